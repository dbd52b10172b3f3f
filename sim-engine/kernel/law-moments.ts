// Mean and variance of the laws of law-spec.ts by the textbook, before lengths are rounded. `Law` and its tests ask; no run does.

import { exp } from './exact-math.ts';
import type { LawSpec } from './law-spec.ts';

export function meanOf(spec: LawSpec): number {
  switch (spec.law) {
    case 'constant':
      return spec.value;
    case 'uniform':
      return (spec.low + spec.high) / 2;
    case 'hyperexponential':
      return spec.share * spec.mean1 + (1 - spec.share) * spec.mean2;
    case 'two-point':
      return spec.share * spec.value1 + (1 - spec.share) * spec.value2;
    case 'normal':
      return cutNormalMoments(spec.mean, spec.deviation).mean;
    case 'geometric':
      return spec.unit / spec.share;
    default:
      return spec.mean;
  }
}

export function varianceOf(spec: LawSpec): number {
  switch (spec.law) {
    case 'constant':
      return 0;
    case 'uniform': {
      const lengths = spec.high - spec.low + 1;
      return (lengths * lengths - 1) / 12;
    }
    case 'exponential':
      return spec.mean * spec.mean;
    case 'erlang':
      return (spec.mean * spec.mean) / spec.shape;
    case 'hyperexponential': {
      // The second moment of an exponential is twice the square of its mean.
      const second = 2 * (spec.share * spec.mean1 * spec.mean1 + (1 - spec.share) * spec.mean2 * spec.mean2);
      const mean = meanOf(spec);
      return second - mean * mean;
    }
    case 'two-point': {
      const apart = spec.value1 - spec.value2;
      return spec.share * (1 - spec.share) * apart * apart;
    }
    case 'normal':
      return cutNormalMoments(spec.mean, spec.deviation).variance;
    case 'log-normal':
      return spec.scv * spec.mean * spec.mean;
    case 'geometric':
      return ((1 - spec.share) * spec.unit * spec.unit) / (spec.share * spec.share);
  }
}

const INVERSE_ROOT_OF_TWO_PI = 0.3989422804014327;
/** Beyond so many deviations nothing of the bell is cut off that a float64 could show. */
const DEVIATIONS_MAX = 9;

/** Moments of a normal law whose negative half-line is moved to 0: max(0, X). */
function cutNormalMoments(mean: number, deviation: number): { mean: number; variance: number } {
  if (mean >= DEVIATIONS_MAX * deviation) return { mean, variance: deviation * deviation };
  const z = mean / deviation;
  const density = INVERSE_ROOT_OF_TWO_PI * exp(-0.5 * z * z);
  const share = normalShareBelow(z, density);
  const cutMean = mean * share + deviation * density;
  const second = (mean * mean + deviation * deviation) * share + mean * deviation * density;
  return { mean: cutMean, variance: second - cutMean * cutMean };
}

/** Share of the bell below z >= 0: one half and the series density * (z + z^3/3 + z^5/(3*5) + ...), all of whose terms add. */
function normalShareBelow(z: number, density: number): number {
  let term = z;
  let sum = z;
  for (let i = 3; term > sum * Number.EPSILON; i += 2) {
    term *= (z * z) / i;
    sum += term;
  }
  return 0.5 + density * sum;
}
