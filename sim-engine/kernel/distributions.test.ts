import { describe, expect, it } from 'vitest';
import { chiSquareDeviations, countsByShare, normalShareBelow } from '../testing/slow-twins/statistics.ts';
import { Arena } from './arena.ts';
import { Law } from './distributions.ts';
import type { LawSpec } from './law-spec.ts';
import { Streams } from './rng.ts';

const DRAWS = 1_000_000;
const BINS = 1000;
/** Long enough that rounding to whole lengths cannot be seen in a thousandth of the draws. */
const MEAN = 1e12;

function draws(spec: LawSpec, count: number, name = 'test'): Float64Array {
  const streams = new Streams(new Arena());
  const law = new Law(spec, streams, streams.open(2026, name));
  const cell = new Float64Array(1);
  const out = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    law.drawInto(cell);
    out[i] = cell[0] as number;
  }
  return out;
}

/** Of many draws only those that `isWanted`. */
function rareDraws(spec: LawSpec, count: number, isWanted: (x: number) => boolean): number[] {
  const streams = new Streams(new Arena());
  const law = new Law(spec, streams, streams.open(2026, 'rare'));
  const cell = new Float64Array(1);
  const out: number[] = [];
  for (let i = 0; i < count; i++) {
    law.drawInto(cell);
    if (isWanted(cell[0] as number)) out.push(cell[0] as number);
  }
  return out;
}

/** All bins of equal share get equal counts. */
function expectFit(spec: LawSpec, shareBelow: (x: number) => number): void {
  const counts = countsByShare(draws(spec, DRAWS), shareBelow, BINS);
  const even = new Array<number>(BINS).fill(DRAWS / BINS);
  expect(Math.abs(chiSquareDeviations(counts, even))).toBeLessThan(4);
}

/** Each value of a discrete law comes as often as it should; what is not listed shares the last place. */
function expectShares(spec: LawSpec, values: readonly number[], shares: readonly number[]): void {
  const counts = new Array<number>(values.length + 1).fill(0);
  for (const draw of draws(spec, DRAWS)) {
    const at = values.indexOf(draw);
    counts[at < 0 ? values.length : at] = (counts[at < 0 ? values.length : at] as number) + 1;
  }
  const rest = 1 - shares.reduce((sum, share) => sum + share, 0);
  const expected = shares.map((share) => share * DRAWS);
  if (rest < 1e-12) expect(counts.pop()).toBe(0);
  else expected.push(rest * DRAWS);
  expect(Math.abs(chiSquareDeviations(counts, expected))).toBeLessThan(4);
}

const exponentialShare = (mean: number) => (x: number) => 1 - Math.exp(-x / mean);

describe('laws of lengths', () => {
  it('a constant law always gives its value and uses no draw', () => {
    const streams = new Streams(new Arena());
    const used = streams.open(7, 'constant');
    const law = new Law({ law: 'constant', value: 1500 }, streams, used);
    const cell = new Float64Array(1);
    for (let i = 0; i < 10; i++) {
      cell[0] = -1;
      law.drawInto(cell);
      expect(cell[0]).toBe(1500);
    }
    const untouched = new Streams(new Arena());
    expect(streams.u32(used)).toBe(untouched.u32(untouched.open(7, 'constant')));
  });

  it('every whole length of a uniform law is as likely as another, the ends too', () => {
    const values = Array.from({ length: 20 }, (_, i) => 10 + i);
    expectShares({ law: 'uniform', low: 10, high: 29 }, values, new Array<number>(20).fill(0.05));
  });

  it('a uniform law from a length to the same length gives that length', () => {
    expect(draws({ law: 'uniform', low: 5, high: 5 }, 100)).toEqual(new Float64Array(100).fill(5));
    expect(draws({ law: 'uniform', low: 2 ** 53 - 1, high: 2 ** 53 - 1 }, 100)).toEqual(new Float64Array(100).fill(2 ** 53 - 1));
  });

  it('exponential draws fit their law', () => {
    expectFit({ law: 'exponential', mean: MEAN }, exponentialShare(MEAN));
  });

  it('beyond the last edge of its ziggurat an exponential law goes on as it began', () => {
    const EDGE = 7.69711747013105;
    const tail = rareDraws({ law: 'exponential', mean: MEAN }, 5_000_000, (x) => x > EDGE * MEAN);
    // exp(-7.697) of five million are 2,270 in the mean, with a deviation of 48.
    expect(Math.abs(tail.length - 2270)).toBeLessThan(4 * 48);
    const counts = countsByShare(
      tail.map((x) => x - EDGE * MEAN),
      exponentialShare(MEAN),
      50,
    );
    expect(Math.abs(chiSquareDeviations(counts, new Array<number>(50).fill(tail.length / 50)))).toBeLessThan(4);
  });

  it('Erlang draws fit their law', () => {
    const shareBelow = (x: number) => {
      const z = (3 * x) / MEAN;
      return 1 - Math.exp(-z) * (1 + z + (z * z) / 2);
    };
    expectFit({ law: 'erlang', shape: 3, mean: MEAN }, shareBelow);
    expectFit({ law: 'erlang', shape: 1, mean: MEAN }, exponentialShare(MEAN));
  });

  it('hyperexponential draws fit their law', () => {
    const shareBelow = (x: number) => 0.1 * exponentialShare(5 * MEAN)(x) + 0.9 * exponentialShare(MEAN / 2)(x);
    expectFit({ law: 'hyperexponential', share: 0.1, mean1: 5 * MEAN, mean2: MEAN / 2 }, shareBelow);
  });

  it('two-point draws fit their law, with the shares 0 and 1 too', () => {
    expectShares({ law: 'two-point', share: 0.05, value1: 2000, value2: 1 }, [2000, 1], [0.05, 0.95]);
    expect(draws({ law: 'two-point', share: 1, value1: 3, value2: 4 }, 1000)).toEqual(new Float64Array(1000).fill(3));
    expect(draws({ law: 'two-point', share: 0, value1: 3, value2: 4 }, 1000)).toEqual(new Float64Array(1000).fill(4));
  });

  it('normal draws fit the bell, in its flanks as well as in the middle', () => {
    // Bins of equal width: in bins of equal share a flank a tenth too heavy would drown among the middle.
    const COUNT = 4_000_000;
    const EDGES = Array.from({ length: 73 }, (_, i) => (i - 36) / 10);
    const counts = new Array<number>(EDGES.length + 1).fill(0);
    for (const x of draws({ law: 'normal', mean: 100 * MEAN, deviation: MEAN }, COUNT)) {
      const bin = Math.min(Math.max(Math.floor((x / MEAN - 100) * 10) + 37, 0), EDGES.length);
      counts[bin] = (counts[bin] as number) + 1;
    }
    const below = [0, ...EDGES.map(normalShareBelow), 1];
    const expected = counts.map((_, i) => ((below[i + 1] as number) - (below[i] as number)) * COUNT);
    expect(Math.abs(chiSquareDeviations(counts, expected))).toBeLessThan(4);
  });

  it('beyond the last edge of its ziggurat the bell goes on, on both sides', () => {
    const EDGE = 3.654152885361009;
    const toZ = (x: number) => x / MEAN - 100;
    const isOutside = (x: number) => Math.abs(toZ(x)) > EDGE;
    const outside = rareDraws({ law: 'normal', mean: 100 * MEAN, deviation: MEAN }, 5_000_000, isOutside).map(toZ);
    const right = outside.filter((z) => z > 0);
    const tailShare = 1 - normalShareBelow(EDGE);
    // Each side has 645 in the mean, with a deviation of 25.
    expect(Math.abs(right.length - tailShare * 5_000_000)).toBeLessThan(4 * 25);
    expect(Math.abs(outside.length - right.length - tailShare * 5_000_000)).toBeLessThan(4 * 25);
    const shareOfTailBelow = (z: number) => 1 - (1 - normalShareBelow(Math.abs(z))) / tailShare;
    const counts = countsByShare(outside, shareOfTailBelow, 50);
    expect(Math.abs(chiSquareDeviations(counts, new Array<number>(50).fill(outside.length / 50)))).toBeLessThan(4);
  });

  it('a normal draw below 0 becomes 0', () => {
    const cut = draws({ law: 'normal', mean: MEAN, deviation: MEAN }, DRAWS);
    const zeros = cut.filter((x) => x === 0).length;
    expect(Math.abs(zeros / DRAWS - normalShareBelow(-1))).toBeLessThan(4 * Math.sqrt((0.16 * 0.84) / DRAWS));
    expect(cut.every((x) => x >= 0)).toBe(true);
  });

  it('log-normal draws fit their law', () => {
    const variance = Math.log(1 + 2);
    const middle = Math.log(MEAN) - variance / 2;
    expectFit({ law: 'log-normal', mean: MEAN, scv: 2 }, (x) => normalShareBelow((Math.log(x) - middle) / Math.sqrt(variance)));
  });

  it('a log-normal law without variation gives its mean', () => {
    expect(draws({ law: 'log-normal', mean: 123456789, scv: 0 }, 100)).toEqual(new Float64Array(100).fill(123456789));
  });

  it('geometric draws are whole units, k of them with the share of k - 1 failures and a success', () => {
    const units = Array.from({ length: 40 }, (_, i) => 250 * (i + 1));
    const shares = units.map((_, i) => 0.2 * 0.8 ** i);
    expectShares({ law: 'geometric', share: 0.2, unit: 250 }, units, shares);
  });

  it('a geometric law that always succeeds takes one unit', () => {
    expect(draws({ law: 'geometric', share: 1, unit: 250 }, 100)).toEqual(new Float64Array(100).fill(250));
  });

  it('a geometric law of a small share looks exponential', () => {
    expectFit({ law: 'geometric', share: 1e-6, unit: 1000 }, exponentialShare(1e9));
  });

  it('lengths are rounded to the nearest whole number', () => {
    // Of an exponential of mean 1, a length below one half rounds to 0.
    expectShares(
      { law: 'exponential', mean: 1 },
      [0, 1, 2],
      [1 - Math.exp(-0.5), Math.exp(-0.5) - Math.exp(-1.5), Math.exp(-1.5) - Math.exp(-2.5)],
    );
  });

  it('a law that makes no sense is a bug of its caller', () => {
    const make = (spec: LawSpec) => () => draws(spec, 1);
    expect(make({ law: 'exponential', mean: -1 })).toThrow('at least 0');
    expect(make({ law: 'exponential', mean: NaN })).toThrow('at least 0');
    expect(make({ law: 'constant', value: Infinity })).toThrow('finite');
    expect(make({ law: 'uniform', low: 2, high: 1 })).toThrow('low <= high');
    expect(make({ law: 'erlang', shape: 1.5, mean: 1 })).toThrow('whole shape');
    expect(make({ law: 'erlang', shape: 0, mean: 1 })).toThrow('whole shape');
    expect(make({ law: 'two-point', share: 1.5, value1: 1, value2: 1 })).toThrow('at most 1');
    expect(make({ law: 'geometric', share: 0, unit: 1 })).toThrow('above 0');
    expect(make({ law: 'geometric', share: 1e-20, unit: 1 })).toThrow('cannot be told');
  });
});
