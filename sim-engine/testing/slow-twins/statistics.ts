// How far draws lie from a law: the textbook tests that the property tests of the kernel's laws use. It knows no law by name and
// draws nothing.

/** Pearson's statistic in deviations of its own law: a fit gives about 0, beyond 5 there is no fit. */
export function chiSquareDeviations(observed: readonly number[], expected: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < observed.length; i++)
    sum += ((observed[i] as number) - (expected[i] as number)) ** 2 / (expected[i] as number);
  const freedom = observed.length - 1;
  return (sum - freedom) / Math.sqrt(2 * freedom);
}

/** Counts draws by the place their share below has between 0 and 1: of a continuous law every one of `bins` is as likely. */
export function countsByShare(draws: ArrayLike<number>, shareBelow: (x: number) => number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < draws.length; i++) {
    const bin = Math.min(Math.floor(shareBelow(draws[i] as number) * bins), bins - 1);
    counts[bin] = (counts[bin] as number) + 1;
  }
  return counts;
}

/** Greatest distance between the shares below of two samples (Kolmogorov and Smirnov), times sqrt(n m / (n + m)); beyond 2 they differ. */
export function samplesApart(first: Float64Array, second: Float64Array): number {
  const a = first.slice().sort();
  const b = second.slice().sort();
  let apart = 0;
  let j = 0;
  for (let i = 0; i < a.length; ) {
    const value = Math.min(a[i] as number, (b[j] ?? Infinity) as number);
    while (i < a.length && a[i] === value) i++;
    while (j < b.length && b[j] === value) j++;
    apart = Math.max(apart, Math.abs(i / a.length - j / b.length));
  }
  return apart * Math.sqrt((a.length * b.length) / (a.length + b.length));
}

export interface Moments {
  readonly mean: number;
  readonly variance: number;
}

export function momentsOf(draws: Float64Array): Moments {
  let sum = 0;
  for (const draw of draws) sum += draw;
  const mean = sum / draws.length;
  let squares = 0;
  for (const draw of draws) squares += (draw - mean) ** 2;
  return { mean, variance: squares / draws.length };
}

/** Share of the standard bell below z, by its all-positive series. */
export function normalShareBelow(z: number): number {
  if (z < 0) return 1 - normalShareBelow(-z);
  if (z > 12) return 1;
  let term = z;
  let sum = z;
  for (let i = 3; term > sum * 1e-17; i += 2) {
    term *= (z * z) / i;
    sum += term;
  }
  return 0.5 + (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}
