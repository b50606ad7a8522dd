/**
 * Whether a text can be kept: PostgreSQL stores neither NUL nor half of a surrogate pair, and no GS1 or EPCIS field has
 * a use for them.
 */
export function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

/** The first key or string value, at any depth, that cannot be kept, by its path (`variables.input.name`). */
export function unstorablePath(value: unknown, path = ''): string | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : path;
  if (value === null || typeof value !== 'object') return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const here = path === '' ? key : `${path}.${key}`;
    if (!isStorable(key)) return path;
    const found = unstorablePath(inner, here);
    if (found !== undefined) return found;
  }
  return undefined;
}
