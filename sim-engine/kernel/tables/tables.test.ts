import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  type BigDecimal,
  bigExp,
  bigExp2,
  decimalOf,
  ONE,
  over,
  times,
  ulpsBetween,
} from '../../testing/slow-twins/big-decimal.ts';
import { EXP2_HIGH, EXP2_LOW } from './exp2-fractions.ts';
import { EXPONENTIAL_EDGES, EXPONENTIAL_HEIGHTS } from './exponential-ziggurat.ts';
import { NORMAL_EDGES, NORMAL_HEIGHTS } from './normal-ziggurat.ts';

const LAYERS = 256;

interface Ziggurat {
  readonly name: string;
  readonly edges: readonly number[];
  readonly heights: readonly number[];
  readonly density: (x: BigDecimal) => BigDecimal;
  /** Area under the density right of x. */
  readonly tail: (x: BigDecimal) => BigDecimal;
}

const exponentialDensity = (x: BigDecimal): BigDecimal => bigExp(-x);
const normalDensity = (x: BigDecimal): BigDecimal => bigExp(-times(x, x) / 2n);

/** Mills' ratio by Laplace's continued fraction 1 / (x + 1 / (x + 2 / (x + 3 / ...))). */
function normalTail(x: BigDecimal): BigDecimal {
  let fraction = x;
  for (let i = 1000n; i >= 1n; i--) fraction = x + over(i * ONE, fraction);
  return over(normalDensity(x), fraction);
}

const ZIGGURATS: readonly Ziggurat[] = [
  {
    name: 'exponential',
    edges: EXPONENTIAL_EDGES,
    heights: EXPONENTIAL_HEIGHTS,
    density: exponentialDensity,
    tail: exponentialDensity,
  },
  { name: 'normal', edges: NORMAL_EDGES, heights: NORMAL_HEIGHTS, density: normalDensity, tail: normalTail },
];

describe.each(ZIGGURATS)('the $name ziggurat', ({ edges, heights, density, tail }) => {
  const at = (i: number): BigDecimal => decimalOf(edges[i] as number);
  const base = at(1);
  const area = times(base, density(base)) + tail(base);

  it('has 256 layers that narrow to the peak', () => {
    expect(edges).toHaveLength(LAYERS + 1);
    expect(heights).toHaveLength(LAYERS + 1);
    for (let i = 0; i < LAYERS; i++) expect(edges[i]).toBeGreaterThan(edges[i + 1] as number);
    expect(edges[LAYERS]).toBe(0);
    expect(heights[LAYERS]).toBe(1);
  });

  it('has heights that lie on the curve', () => {
    // An edge is rounded to a float64 too, which moves the curve's height by up to edge / 2 or edge^2 / 2 more ulps.
    for (let i = 0; i <= LAYERS; i++) expect(ulpsBetween(heights[i] as number, density(at(i)))).toBeLessThan(20);
  });

  it('has layers of equal area, the tail counted to the base', () => {
    const isEqual = (other: BigDecimal) => {
      const apart = Number(over(other - area, area) / 10n ** 390n) / 1e30;
      expect(Math.abs(apart)).toBeLessThan(1e-13);
    };
    isEqual(times(at(0), density(base)));
    for (let i = 1; i < LAYERS; i++) isEqual(times(at(i), density(at(i + 1)) - density(at(i))));
  });
});

describe('tables', () => {
  it('the powers 2^(i/32) are the nearest float64 and what it misses', () => {
    expect(EXP2_HIGH).toHaveLength(32);
    for (let i = 0; i < 32; i++) {
      const exact = bigExp2(decimalOf(i / 32));
      const high = EXP2_HIGH[i] as number;
      expect(ulpsBetween(high, exact)).toBeLessThanOrEqual(0.5);
      // Together they lie within a 2^53rd of half an ulp.
      const rest = exact - decimalOf(high) - decimalOf(EXP2_LOW[i] as number);
      expect(Math.abs(Number(rest / 10n ** 380n)) / 1e40).toBeLessThan(2 ** -106);
    }
  });

  it('the generator writes what is committed', () => {
    const script = fileURLToPath(new URL('../../../scripts/make-tables.mjs', import.meta.url));
    const printed = execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
    expect(printed.trim().split('\n')).toEqual([
      'exp2-fractions.ts: as committed',
      'exponential-ziggurat.ts: as committed',
      'normal-ziggurat.ts: as committed',
    ]);
  });
});
