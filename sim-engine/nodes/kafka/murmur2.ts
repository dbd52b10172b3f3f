// The hash by which Kafka's clients place a key: murmur2, 32 bits, with the seed and the last steps of `Utils.murmur2`. Used by
// `partitioner.ts`. Pinned by vectors/kafka/murmur2.json; invariant K14.

import { imul } from '../../kernel/exact-math.ts';

const SEED = 0x9747b28c;
const M = 0x5bd1e995;
const R = 24;

/** Hash of the first `length` bytes, as a signed 32-bit integer. Words are read little-endian; no bytes at all hash like any others. */
export function murmur2(bytes: Uint8Array, length = bytes.length): number {
  let hash = SEED ^ length;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    let word =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24);
    word = imul(word, M);
    word = imul(word ^ (word >>> R), M);
    hash = imul(hash, M) ^ word;
  }
  const rest = length - at;
  if (rest > 2) hash ^= (bytes[at + 2] as number) << 16;
  if (rest > 1) hash ^= (bytes[at + 1] as number) << 8;
  if (rest > 0) hash = imul(hash ^ (bytes[at] as number), M);
  hash = imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}

/** What is left of a signed 32-bit integer without its sign bit: Kafka's `toPositive`, which is not the absolute value. */
export const toPositive = (hash: number): number => hash & 0x7fffffff;
