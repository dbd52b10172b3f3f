// Draws keys: which of n customers, orders or partitions' keys a message carries. Senders own one per stream. A draw costs at most
// two random words and allocates nothing; what is skewed is prepared once as a table of whole numbers.

import { assert } from './assert.ts';
import { exp, floor, ln } from './exact-math.ts';
import type { StreamIx } from './ids.ts';
import type { Streams } from './rng.ts';

/**
 * - `uniform`: all keys equally likely.
 * - `zipf`: key k (from 0) as likely as (k + 1)^-exponent is to the sum of all.
 * - `weighted`: key k as likely as its weight is to the sum of all; weights at least 0, one above.
 */
export type KeyLawSpec =
  | { readonly law: 'uniform'; readonly keys: number }
  | { readonly law: 'zipf'; readonly keys: number; readonly exponent: number }
  | { readonly law: 'weighted'; readonly weights: readonly number[] };

/** 2^21 keys: a random word times their number is still a whole number below 2^53. */
const KEYS_MAX = 2097152;
const TWO_TO_32 = 4294967296;

export class KeyLaw {
  private readonly streams: Streams;
  private readonly stream: StreamIx;
  private readonly keys: number;
  /** No table for the uniform law. */
  private readonly table: AliasTable | null;

  constructor(spec: KeyLawSpec, streams: Streams, stream: StreamIx) {
    const keys = spec.law === 'weighted' ? spec.weights.length : spec.keys;
    assert(keys >= 1 && keys <= KEYS_MAX && keys === floor(keys), `a law of keys has a whole number of them, 1 to ${KEYS_MAX}`);
    this.streams = streams;
    this.stream = stream;
    this.keys = keys;
    this.table =
      spec.law === 'uniform' ? null : aliasTable(spec.law === 'zipf' ? zipfWeights(keys, spec.exponent) : spec.weights);
  }

  /** The next key, from 0 to keys - 1. */
  draw(): number {
    const column = floor((this.streams.u32(this.stream) * this.keys) / TWO_TO_32);
    const table = this.table;
    if (table === null) return column;
    return this.streams.u32(this.stream) < (table.thresholds[column] as number) ? column : (table.aliases[column] as number);
  }
}

/** Column k, chosen evenly, gives key k for `thresholds[k]` of 2^32 random words and key `aliases[k]` for the others. */
export interface AliasTable {
  readonly thresholds: Uint32Array;
  readonly aliases: Int32Array;
}

/** Vose's method on whole numbers: every column holds exactly 2^32, and no rounding happens while columns are filled. */
export function aliasTable(weights: ArrayLike<number>): AliasTable {
  const count = weights.length;
  const left = wholeShares(weights);
  const thresholds = new Uint32Array(count);
  const aliases = Int32Array.from({ length: count }, (_, key) => key);
  const poor: number[] = [];
  const rich: number[] = [];
  for (let key = count - 1; key >= 0; key--) ((left[key] as number) < TWO_TO_32 ? poor : rich).push(key);
  for (let taker = poor.pop(); taker !== undefined; taker = poor.pop()) {
    const giver = rich.pop();
    assert(giver !== undefined, 'the shares of an alias table fill its columns exactly');
    thresholds[taker] = left[taker] as number;
    aliases[taker] = giver;
    left[giver] = (left[giver] as number) - (TWO_TO_32 - (left[taker] as number));
    ((left[giver] as number) < TWO_TO_32 ? poor : rich).push(giver);
  }
  // Whoever is left is exactly one column rich: its threshold of 0 always leads to itself.
  return { thresholds, aliases };
}

/** Shares in units of 2^-32 of a column, their sum exactly `weights.length` columns; what rounding leaves goes to the heaviest. */
function wholeShares(weights: ArrayLike<number>): Float64Array {
  const count = weights.length;
  let sum = 0;
  let heaviest = 0;
  for (let key = 0; key < count; key++) {
    const weight = weights[key] as number;
    assert(weight >= 0 && weight < Infinity, 'a weight is a finite number of at least 0');
    sum += weight;
    if (weight > (weights[heaviest] as number)) heaviest = key;
  }
  assert(sum > 0 && sum < Infinity, 'some weight is above 0');
  const whole = count * TWO_TO_32;
  const shares = new Float64Array(count);
  let rest = whole;
  for (let key = 0; key < count; key++) {
    const share = floor(((weights[key] as number) / sum) * whole);
    shares[key] = share;
    rest -= share;
  }
  shares[heaviest] = (shares[heaviest] as number) + rest;
  return shares;
}

function zipfWeights(keys: number, exponent: number): Float64Array {
  assert(exponent >= 0 && exponent < Infinity, 'a Zipf law needs a finite exponent of at least 0');
  return Float64Array.from({ length: keys }, (_, key) => exp(-exponent * ln(key + 1)));
}
