// Draws lengths from the laws of law-spec.ts. Senders, services and links own one `Law` per thing they draw, each on its own
// stream. Drawing makes no objects and asks nothing of the host's Math: exponential and normal draws come from ziggurats.

import { assert } from './assert.ts';
import { exp, floor, ln, max, min, sqrt } from './exact-math.ts';
import type { StreamIx } from './ids.ts';
import type { LawSpec } from './law-spec.ts';
import type { Streams } from './rng.ts';
import { EXPONENTIAL_EDGES, EXPONENTIAL_HEIGHTS } from './tables/exponential-ziggurat.ts';
import { NORMAL_EDGES, NORMAL_HEIGHTS } from './tables/normal-ziggurat.ts';

const CONSTANT = 0;
const UNIFORM = 1;
const EXPONENTIAL = 2;
const ERLANG = 3;
const HYPEREXPONENTIAL = 4;
const TWO_POINT = 5;
const NORMAL = 6;
const LOG_NORMAL = 7;
const GEOMETRIC = 8;

const TWO_TO_21 = 2097152;
const TWO_TO_32 = 4294967296;
const TWO_TO_52 = 4503599627370496;

/** No draw is longer: beyond it whole numbers are not exact. 2^53 ns are 104 days. */
const LENGTH_MAX = Number.MAX_SAFE_INTEGER;

/** One law on one stream. The same class for all laws, so that a call of `drawInto` is always the same code. */
export class Law {
  readonly spec: LawSpec;
  private readonly streams: Streams;
  private readonly stream: StreamIx;
  private readonly code: number;
  /** What a draw needs, worked out once; the meaning of each place stands beside its code in `prepare`. */
  private readonly numbers: Float64Array;

  constructor(spec: LawSpec, streams: Streams, stream: StreamIx) {
    this.spec = spec;
    this.streams = streams;
    this.stream = stream;
    this.numbers = new Float64Array(3);
    this.code = prepare(spec, this.numbers);
  }

  /**
   * Draws one length and writes it, rounded to the nearest whole number from 0 to 2^53 - 1, to `cell[0]`. (Results go
   * through a cell because a float64 returned from a call that is not inlined is boxed.) A constant law uses no draw.
   */
  drawInto(cell: Float64Array): void {
    if (this.code !== EXPONENTIAL) {
      this.drawOtherInto(cell);
      return;
    }
    // The commonest law stands here in full, so that the whole call can be inlined where it is made.
    const random = this.streams.u32(this.stream);
    const layer = random & LAYER_MASK;
    const mantissa = random >>> 8;
    const mean = this.numbers[0] as number;
    if (mantissa < (EXPONENTIAL_INNER[layer] as number)) {
      cell[0] = floor(min((mantissa + 0.5) * (EXPONENTIAL_WIDTHS[layer] as number) * mean, LENGTH_MAX - 1) + 0.5);
      return;
    }
    exponentialAtEdgeInto(cell, this.streams, this.stream, layer, mantissa);
    scaleAndRound(cell, this.numbers, 0);
  }

  private drawOtherInto(cell: Float64Array): void {
    const { streams, stream, numbers } = this;
    switch (this.code) {
      case CONSTANT:
        cell[0] = numbers[0] as number;
        return;
      case UNIFORM:
        return drawUniformInto(cell, streams, stream, numbers);
      case ERLANG:
        return drawErlangInto(cell, streams, stream, numbers);
      case HYPEREXPONENTIAL:
        return drawHyperexponentialInto(cell, streams, stream, numbers);
      case TWO_POINT:
        return drawTwoPointInto(cell, streams, stream, numbers);
      case NORMAL:
        return drawNormalInto(cell, streams, stream, numbers);
      case LOG_NORMAL:
        return drawLogNormalInto(cell, streams, stream, numbers);
      default:
        return drawGeometricInto(cell, streams, stream, numbers);
    }
  }

  /** Mean of the law, before rounding. */
  mean(): number {
    return meanOf(this.spec);
  }

  /** Squared coefficient of variation, variance / mean^2, of the law before rounding; 0 for a law of mean 0. */
  scv(): number {
    const mean = meanOf(this.spec);
    return mean === 0 ? 0 : varianceOf(this.spec) / (mean * mean);
  }
}

/** Checks a law, works out the numbers of its draws and returns its code. */
function prepare(spec: LawSpec, numbers: Float64Array): number {
  for (const value of Object.values(spec)) {
    if (typeof value === 'number')
      assert(value >= 0 && value <= LENGTH_MAX, `a ${spec.law} law needs finite numbers of at least 0`);
  }
  switch (spec.law) {
    case 'constant':
      numbers[0] = nearestLength(spec.value);
      return CONSTANT;
    case 'uniform':
      assert(spec.low <= spec.high, 'a uniform law needs low <= high');
      numbers[0] = nearestLength(spec.low);
      numbers[2] = nearestLength(spec.high);
      numbers[1] = numbers[2] - numbers[0] + 1;
      return UNIFORM;
    case 'exponential':
      numbers[0] = spec.mean;
      return EXPONENTIAL;
    case 'erlang':
      assert(spec.shape >= 1 && spec.shape === floor(spec.shape), 'an Erlang law needs a whole shape of at least 1');
      numbers[0] = spec.mean / spec.shape;
      numbers[1] = spec.shape;
      return ERLANG;
    case 'hyperexponential':
      numbers[0] = thresholdOf(spec.share);
      numbers[1] = spec.mean1;
      numbers[2] = spec.mean2;
      return HYPEREXPONENTIAL;
    case 'two-point':
      numbers[0] = thresholdOf(spec.share);
      numbers[1] = nearestLength(spec.value1);
      numbers[2] = nearestLength(spec.value2);
      return TWO_POINT;
    case 'normal':
      numbers[0] = spec.mean;
      numbers[1] = spec.deviation;
      return NORMAL;
    case 'log-normal':
      // The logarithm has variance ln(1 + scv) and mean ln(mean) - variance / 2.
      numbers[0] = spec.mean;
      numbers[1] = sqrt(ln(1 + spec.scv));
      numbers[2] = ln(1 + spec.scv) / 2;
      return LOG_NORMAL;
    case 'geometric':
      assert(spec.share > 0 && spec.share <= 1, 'a geometric law needs a share above 0 and at most 1');
      numbers[0] = spec.unit;
      numbers[1] = 1 / lnOfOneMinus(spec.share);
      return GEOMETRIC;
  }
}

/** From 2^52 on every float64 is whole, and the sum with one half would itself be rounded. */
function nearestLength(value: number): number {
  return value < TWO_TO_52 ? floor(value + 0.5) : value;
}

/** How many of the 2^32 values of a draw mean "yes" for a probability. */
function thresholdOf(share: number): number {
  assert(share <= 1, 'a share is at most 1');
  return floor(share * TWO_TO_32 + 0.5);
}

/** ln(1 - share). What the rounding of 1 - share does to the logarithm, it does to share as well: the quotient takes it out. */
function lnOfOneMinus(share: number): number {
  const rounded = 1 - share;
  assert(rounded < 1, 'a share this small cannot be told from 0');
  return rounded === 0 ? -Infinity : (ln(rounded) * share) / (1 - rounded);
}

/** Multiplies `cell[0]` by `numbers[at]` and rounds it to a length. */
function scaleAndRound(cell: Float64Array, numbers: Float64Array, at: number): void {
  cell[0] = floor(min((cell[0] as number) * (numbers[at] as number), LENGTH_MAX - 1) + 0.5);
}

/** Every whole length from low to high is as likely as another. `numbers`: low, how many lengths, high. */
function drawUniformInto(cell: Float64Array, streams: Streams, stream: StreamIx, numbers: Float64Array): void {
  const length = floor((numbers[0] as number) + streams.uniform(stream) * (numbers[1] as number));
  // u is below 1, but the sum may round up to the number after the last.
  cell[0] = min(length, numbers[2] as number);
}

/** The sum of exponential phases. `numbers`: mean of a phase, how many. */
function drawErlangInto(cell: Float64Array, streams: Streams, stream: StreamIx, numbers: Float64Array): void {
  const shape = numbers[1] as number;
  let sum = 0;
  for (let i = 0; i < shape; i++) {
    standardExponentialInto(cell, streams, stream);
    sum += cell[0] as number;
  }
  cell[0] = sum;
  scaleAndRound(cell, numbers, 0);
}

/** `numbers`: threshold of the first phase, mean of the first, mean of the second. */
function drawHyperexponentialInto(cell: Float64Array, streams: Streams, stream: StreamIx, numbers: Float64Array): void {
  const phase = streams.u32(stream) < (numbers[0] as number) ? 1 : 2;
  standardExponentialInto(cell, streams, stream);
  scaleAndRound(cell, numbers, phase);
}

/** `numbers`: threshold of the first value, the first, the second. */
function drawTwoPointInto(cell: Float64Array, streams: Streams, stream: StreamIx, numbers: Float64Array): void {
  cell[0] = numbers[streams.u32(stream) < (numbers[0] as number) ? 1 : 2] as number;
}

/** `numbers`: mean, deviation. */
function drawNormalInto(cell: Float64Array, streams: Streams, stream: StreamIx, numbers: Float64Array): void {
  standardNormalInto(cell, streams, stream);
  const length = (numbers[0] as number) + (numbers[1] as number) * (cell[0] as number);
  cell[0] = floor(min(max(0, length), LENGTH_MAX - 1) + 0.5);
}

/** e to a normal draw, scaled to its mean. `numbers`: mean, deviation of the logarithm, half its variance. */
function drawLogNormalInto(cell: Float64Array, streams: Streams, stream: StreamIx, numbers: Float64Array): void {
  standardNormalInto(cell, streams, stream);
  cell[0] = exp((numbers[1] as number) * (cell[0] as number) - (numbers[2] as number));
  scaleAndRound(cell, numbers, 0);
}

/**
 * By inversion, from 53 random bits: k units if u lies between (1 - share)^k and (1 - share)^(k-1). `numbers`: unit,
 * 1 / ln(1 - share).
 */
function drawGeometricInto(cell: Float64Array, streams: Streams, stream: StreamIx, numbers: Float64Array): void {
  const upper = streams.u32(stream);
  const lower = streams.u32(stream) >>> 11;
  // The open interval: u is never 0 or 1, so that a logarithm and at least one unit come out.
  const u = (upper * TWO_TO_21 + lower + 0.5) / (TWO_TO_32 * TWO_TO_21);
  cell[0] = 1 + floor(ln(u) * (numbers[1] as number));
  scaleAndRound(cell, numbers, 0);
}

// --- Ziggurats (Marsaglia and Tsang 2000): a point uniform in one of 256 layers of equal area, accepted if below the curve --

const LAYER_MASK = 255;

/** Layer i reaches from 0 to edge i; where it lies below the curve, that is up to edge i + 1, no curve need be computed. */
interface Ziggurat {
  /** Width of layer i for each unit of the mantissa. */
  readonly widths: Float64Array;
  /** A mantissa below this lies inside. */
  readonly inner: Int32Array;
  readonly heights: Float64Array;
}

function zigguratOf(edges: readonly number[], heights: readonly number[], mantissas: number): Ziggurat {
  const layers = LAYER_MASK + 1;
  const widths = new Float64Array(layers);
  const inner = new Int32Array(layers);
  for (let i = 0; i < layers; i++) {
    widths[i] = (edges[i] as number) / mantissas;
    inner[i] = floor(((edges[i + 1] as number) / (edges[i] as number)) * mantissas);
  }
  return { widths, inner, heights: Float64Array.from(heights) };
}

/** 8 of the 32 bits of a draw choose the layer, 24 the place in it; the normal's place has a sign. */
const EXPONENTIAL_ZIGGURAT = zigguratOf(EXPONENTIAL_EDGES, EXPONENTIAL_HEIGHTS, 16777216);
const EXPONENTIAL_WIDTHS = EXPONENTIAL_ZIGGURAT.widths;
const EXPONENTIAL_INNER = EXPONENTIAL_ZIGGURAT.inner;
const EXPONENTIAL_CURVE = EXPONENTIAL_ZIGGURAT.heights;
const EXPONENTIAL_BASE = EXPONENTIAL_EDGES[1] as number;

const NORMAL_ZIGGURAT = zigguratOf(NORMAL_EDGES, NORMAL_HEIGHTS, 8388608);
const NORMAL_WIDTHS = NORMAL_ZIGGURAT.widths;
const NORMAL_INNER = NORMAL_ZIGGURAT.inner;
const NORMAL_CURVE = NORMAL_ZIGGURAT.heights;
const NORMAL_BASE = NORMAL_EDGES[1] as number;

/** Writes an exponential draw of mean 1 to `cell[0]`. 98.9 % of all draws end at the first comparison. */
function standardExponentialInto(cell: Float64Array, streams: Streams, stream: StreamIx): void {
  const random = streams.u32(stream);
  const layer = random & LAYER_MASK;
  const mantissa = random >>> 8;
  if (mantissa < (EXPONENTIAL_INNER[layer] as number)) cell[0] = (mantissa + 0.5) * (EXPONENTIAL_WIDTHS[layer] as number);
  else exponentialAtEdgeInto(cell, streams, stream, layer, mantissa);
}

function exponentialAtEdgeInto(cell: Float64Array, streams: Streams, stream: StreamIx, layer: number, mantissa: number): void {
  // What lies beyond the base strip is the same law again, begun at its end: an exponential has no memory.
  let begun = 0;
  for (;;) {
    const x = (mantissa + 0.5) * (EXPONENTIAL_WIDTHS[layer] as number);
    let isBelowCurve = mantissa < (EXPONENTIAL_INNER[layer] as number);
    if (!isBelowCurve && layer === 0) begun += EXPONENTIAL_BASE;
    else if (!isBelowCurve) {
      const low = EXPONENTIAL_CURVE[layer] as number;
      const y = low + streams.uniform(stream) * ((EXPONENTIAL_CURVE[layer + 1] as number) - low);
      isBelowCurve = y < exp(-x);
    }
    if (isBelowCurve) {
      cell[0] = begun + x;
      return;
    }
    const random = streams.u32(stream);
    layer = random & LAYER_MASK;
    mantissa = random >>> 8;
  }
}

/** Writes a normal draw of mean 0 and deviation 1 to `cell[0]`. */
function standardNormalInto(cell: Float64Array, streams: Streams, stream: StreamIx): void {
  for (;;) {
    const random = streams.u32(stream);
    const layer = random & LAYER_MASK;
    // The upper 24 bits with their sign; m and -m - 1 are mirror images, and no branch need guess which side it is.
    const mantissa = random >> 8;
    const size = mantissa ^ (mantissa >> 31);
    cell[0] = (mantissa + 0.5) * (NORMAL_WIDTHS[layer] as number);
    if (size < (NORMAL_INNER[layer] as number) || isNormalAtEdge(cell, streams, stream, layer)) return;
  }
}

/** Whether the point at `cell[0]`, beyond the inner part of its layer, counts; in the base strip a draw of the tail takes its place. */
function isNormalAtEdge(cell: Float64Array, streams: Streams, stream: StreamIx, layer: number): boolean {
  if (layer === 0) {
    normalTailInto(cell, streams, stream);
    return true;
  }
  const x = cell[0] as number;
  const low = NORMAL_CURVE[layer] as number;
  const y = low + streams.uniform(stream) * ((NORMAL_CURVE[layer + 1] as number) - low);
  return y < exp(-0.5 * x * x);
}

/**
 * Beyond the base edge on the side of `cell[0]` (Marsaglia 1964): an exponential excess, accepted as often as the bell is below
 * that exponential.
 */
function normalTailInto(cell: Float64Array, streams: Streams, stream: StreamIx): void {
  const side = (cell[0] as number) < 0 ? -1 : 1;
  for (;;) {
    standardExponentialInto(cell, streams, stream);
    const excess = (cell[0] as number) / NORMAL_BASE;
    standardExponentialInto(cell, streams, stream);
    if (2 * (cell[0] as number) > excess * excess) {
      cell[0] = side * (NORMAL_BASE + excess);
      return;
    }
  }
}

// --- Moments, by the textbook ----------------------------------------------------------------------------------------

function meanOf(spec: LawSpec): number {
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

function varianceOf(spec: LawSpec): number {
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
