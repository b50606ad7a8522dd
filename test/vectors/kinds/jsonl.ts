import { readFileSync } from 'node:fs';
import type { CaseResult, VectorFile, VectorKind } from './kind.js';

/** What a case should give and what it gave, as text. */
export interface Comparison {
  readonly expected: string;
  readonly got: string;
}

/** A kind whose file holds one JSON object a line; a case that throws has failed with what it threw. */
export function jsonlKind<Case>(path: string, judge: (one: Case) => Comparison): VectorKind {
  return {
    name: path,
    matches: (relativePath) => relativePath === path,
    run: (file) => casesOf<Case>(file).map((one) => result(one, judge)),
  };
}

function casesOf<Case>(file: VectorFile): readonly Case[] {
  const lines = readFileSync(file.path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Case);
}

function result<Case>(one: Case, judge: (one: Case) => Comparison): CaseResult {
  const name = JSON.stringify(one);
  try {
    const { expected, got } = judge(one);
    return { name, ok: expected === got, expected, got };
  } catch (error) {
    return { name, ok: false, expected: 'an answer', got: String(error) };
  }
}
