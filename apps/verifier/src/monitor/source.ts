import { open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Stopped, Unreachable } from './findings.js';
import { httpRequest } from './http.js';

export type Fetched =
  { readonly kind: 'found'; readonly bytes: Uint8Array } | { readonly kind: 'missing' } | { readonly kind: 'too-long' };

/** A place where files are served. Nothing that it gives is to be believed. */
export interface Source {
  /** How it is called in messages. */
  readonly name: string;
  /**
   * The file of a path, at most `limit` bytes of it; the place itself where the path is empty. Throws Unreachable after
   * some attempts, or Stopped.
   */
  get(path: string, limit: number): Promise<Fetched>;
}

/** How long things may take, and when to stop. */
export interface Patience {
  readonly stop: AbortSignal;
  /** For one answer, whole. */
  readonly answerMs: number;
  /** How long to wait before each further attempt. */
  readonly retriesMs: readonly number[];
  /** How long to wait before a file that is missing is asked for once more. */
  readonly missingMs: number;
}

/** Attempts after one hundredth, one twentieth and one sixth of the time that one answer may take. */
export const patienceOf = (answerMs: number, stop: AbortSignal): Patience => ({
  ...{ stop, answerMs, missingMs: answerMs / 30 },
  retriesMs: [answerMs / 100, answerMs / 20, answerMs / 6],
});

const NOT_THERE = new Set([403, 404, 410]);

/** The files below an http or https URL, or below a folder. */
export function openSource(base: string, patience: Patience): Source {
  return isHttp(base) ? httpSource(base, patience) : folderSource(base);
}

export const isHttp = (base: string): boolean => /^https?:\/\//i.test(base);

function httpSource(base: string, patience: Patience): Source {
  const { stop } = patience;
  const prefix = base.replace(/\/*$/, '');
  const once = async (url: string, limit: number): Promise<Fetched> => {
    const { status, body } = await httpRequest(url, { limit, patienceMs: patience.answerMs, stop });
    if (NOT_THERE.has(status)) return { kind: 'missing' };
    if (status !== 200) throw new Unreachable(`${url} answered ${status}`);
    return body === undefined ? { kind: 'too-long' } : { kind: 'found', bytes: body };
  };
  return {
    name: prefix,
    async get(path, limit) {
      const url = path === '' ? base : `${prefix}/${path}`;
      const first = await retrying(() => once(url, limit), patience);
      if (first.kind !== 'missing') return first;
      await pause(patience.missingMs, stop);
      return retrying(() => once(url, limit), patience);
    },
  };
}

/** Runs `work` again where it throws Unreachable. */
export async function retrying<T>(work: () => Promise<T>, { stop, retriesMs }: Patience): Promise<T> {
  for (const wait of retriesMs) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      await pause(wait, stop);
    }
  }
  return work();
}

/** Waits; throws Stopped where the monitor is told to end. */
export async function pause(ms: number, stop: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal: stop });
  } catch {
    throw new Stopped();
  }
}

function folderSource(folder: string): Source {
  const root = resolve(folder);
  return {
    name: root,
    async get(path, limit) {
      try {
        return await readWhole(join(root, path), limit);
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing' };
        throw new Unreachable(`${join(root, path)} cannot be read (${code ?? String(error)})`);
      }
    },
  };
}

async function readWhole(path: string, limit: number): Promise<Fetched> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return size > limit ? { kind: 'too-long' } : { kind: 'found', bytes: await file.readFile() };
  } finally {
    await file.close();
  }
}
