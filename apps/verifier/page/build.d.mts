/** Where the built page is. */
export const page: string;
export function buildPageIfStale(): Promise<void>;
export function buildPage(): Promise<void>;
