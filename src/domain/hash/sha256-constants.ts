/** First 32 bits of the fractional parts of the cube roots of the first 64 primes (FIPS 180-4 §4.2.2). */
export const ROUND_CONSTANTS: readonly number[] = firstPrimes(64).map((prime) => fraction(Math.cbrt(prime), prime, 3n));

/** First 32 bits of the fractional parts of the square roots of the first 8 primes (FIPS 180-4 §5.3.3). */
export const INITIAL_STATE: readonly number[] = firstPrimes(8).map((prime) => fraction(Math.sqrt(prime), prime, 2n));

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

/** Bits 1 to 32 behind the point of the root; `near` only says where to look, the integers decide. */
function fraction(near: number, of: number, degree: bigint): number {
  const target = BigInt(of) << (32n * degree);
  let root = BigInt(Math.floor(near * 2 ** 32));
  while (root ** degree > target) root--;
  while ((root + 1n) ** degree <= target) root++;
  return Number(BigInt.asUintN(32, root));
}

/** The 64 words of the message schedule of one block of 16 words (FIPS 180-4 §6.2.2 step 1), round constants added. */
export function scheduleWithConstants(block: readonly number[]): number[] {
  const words = [...block];
  for (let t = 16; t < 64; t++) {
    const early = words[t - 15]!;
    const late = words[t - 2]!;
    const sigma0 = rotr(early, 7) ^ rotr(early, 18) ^ (early >>> 3);
    const sigma1 = rotr(late, 17) ^ rotr(late, 19) ^ (late >>> 10);
    words.push((sigma1 + words[t - 7]! + sigma0 + words[t - 16]!) | 0);
  }
  return words.map((word, t) => (word + ROUND_CONSTANTS[t]!) | 0);
}

const rotr = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));
