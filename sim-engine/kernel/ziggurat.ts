// Draws of mean 1 from the exponential law and of deviation 1 from the bell, by the ziggurat of Marsaglia and Tsang (2000): a point
// uniform in one of 256 layers of equal area, accepted if it lies below the curve. distributions.ts calls it; it keeps nothing but
// its tables.

import { exp, floor } from './exact-math.ts';
import type { StreamIx } from './ids.ts';
import type { Streams } from './rng.ts';
import { EXPONENTIAL_EDGES, EXPONENTIAL_HEIGHTS } from './tables/exponential-ziggurat.ts';
import { NORMAL_EDGES, NORMAL_HEIGHTS } from './tables/normal-ziggurat.ts';

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
export const EXPONENTIAL_WIDTHS = EXPONENTIAL_ZIGGURAT.widths;
export const EXPONENTIAL_INNER = EXPONENTIAL_ZIGGURAT.inner;
const EXPONENTIAL_CURVE = EXPONENTIAL_ZIGGURAT.heights;
const EXPONENTIAL_BASE = EXPONENTIAL_EDGES[1] as number;

const NORMAL_ZIGGURAT = zigguratOf(NORMAL_EDGES, NORMAL_HEIGHTS, 8388608);
const NORMAL_WIDTHS = NORMAL_ZIGGURAT.widths;
const NORMAL_INNER = NORMAL_ZIGGURAT.inner;
const NORMAL_CURVE = NORMAL_ZIGGURAT.heights;
const NORMAL_BASE = NORMAL_EDGES[1] as number;

/** Writes an exponential draw of mean 1 to `cell[0]`. 98.9 % of all draws end at the first comparison. */
export function standardExponentialInto(cell: Float64Array, streams: Streams, stream: StreamIx): void {
  const random = streams.bits(stream);
  const layer = random & LAYER_MASK;
  const mantissa = random >>> 8;
  if (mantissa < (EXPONENTIAL_INNER[layer] as number)) cell[0] = (mantissa + 0.5) * (EXPONENTIAL_WIDTHS[layer] as number);
  else exponentialAtEdgeInto(cell, streams, stream, layer, mantissa);
}

/** Goes on with a point that the first comparison has not accepted. */
export function exponentialAtEdgeInto(
  cell: Float64Array,
  streams: Streams,
  stream: StreamIx,
  layer: number,
  mantissa: number,
): void {
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
    const random = streams.bits(stream);
    layer = random & LAYER_MASK;
    mantissa = random >>> 8;
  }
}

/** Writes a normal draw of mean 0 and deviation 1 to `cell[0]`. */
export function standardNormalInto(cell: Float64Array, streams: Streams, stream: StreamIx): void {
  for (;;) {
    const random = streams.bits(stream);
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
