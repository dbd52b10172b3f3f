// Draws lengths from the laws of law-spec.ts. Senders, services and links own one `Law` per thing they draw, each on its own
// stream. Drawing makes no objects and asks nothing of the host's Math: exponential and normal draws come from ziggurats.

import { assert } from './assert.ts';
import { exp, floor, ln, max, min, sqrt } from './exact-math.ts';
import type { StreamIx } from './ids.ts';
import { meanOf, varianceOf } from './law-moments.ts';
import type { LawSpec } from './law-spec.ts';
import type { Streams } from './rng.ts';
import {
  EXPONENTIAL_INNER,
  EXPONENTIAL_WIDTHS,
  exponentialAtEdgeInto,
  standardExponentialInto,
  standardNormalInto,
} from './ziggurat.ts';

const CONSTANT = 0;
const UNIFORM = 1;
const EXPONENTIAL = 2;
const ERLANG = 3;
const HYPEREXPONENTIAL = 4;
const TWO_POINT = 5;
const NORMAL = 6;
const LOG_NORMAL = 7;
const GEOMETRIC = 8;

// A compiler folds constants of its own module, not imported ones: these two names save a fifth of an exponential draw.
const LAYER_WIDTHS = EXPONENTIAL_WIDTHS;
const LAYER_INNER = EXPONENTIAL_INNER;

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
  /** What a draw needs, worked out once by `prepare`; each drawing function says what it finds where. */
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
    const random = this.streams.bits(this.stream);
    const layer = random & 255;
    const mantissa = random >>> 8;
    const mean = this.numbers[0] as number;
    if (mantissa < (LAYER_INNER[layer] as number)) {
      cell[0] = floor(min((mantissa + 0.5) * (LAYER_WIDTHS[layer] as number) * mean, LENGTH_MAX - 1) + 0.5);
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
