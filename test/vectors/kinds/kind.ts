/** A file of a vectors folder; `relativePath` is below that folder, with forward slashes. */
export interface VectorFile {
  readonly path: string;
  readonly relativePath: string;
  /** The vectors folder itself. */
  readonly dir: string;
}

/** What one case gave. A skipped case says why. */
export interface CaseResult {
  readonly name: string;
  readonly ok: boolean;
  readonly expected?: string;
  readonly got?: string;
  readonly skipped?: boolean;
  /** Why what is expected is not what the standard says; such a case is listed and is no failure. */
  readonly disputed?: string;
}

/** A kind of vector file and how its cases are run. */
export interface VectorKind {
  readonly name: string;
  matches(relativePath: string): boolean;
  run(file: VectorFile): Promise<CaseResult[]> | CaseResult[];
}
