/** The value below which `share` of the samples lie. NaN for no samples. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

/** Milliseconds of each of `times` runs of `work`, one after the other. */
export async function timed(times: number, work: (round: number) => Promise<unknown> | unknown): Promise<number[]> {
  const took: number[] = [];
  for (let round = 0; round < times; round++) {
    const start = performance.now();
    await work(round);
    took.push(performance.now() - start);
  }
  return took;
}
