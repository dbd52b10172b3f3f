// The hash of a key as a plain slow twin: murmur2 over big whole numbers, written from its description (semantics/kafka.md 8) and not from
// the engine's. Only tests use it.

const BITS = 0xffffffffn;
const M = 0x5bd1e995n;

/** The partition of a text's bytes among `count`. */
export function plainPartition(text: string, count: number): number {
  const bytes = [...text].map((letter) => BigInt(letter.charCodeAt(0)));
  let hash = (0x9747b28cn ^ BigInt(bytes.length)) & BITS;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    let word = 0n;
    for (let i = 3; i >= 0; i--) word = word * 256n + (bytes[at + i] as bigint);
    word = (word * M) & BITS;
    word ^= word >> 24n;
    word = (word * M) & BITS;
    hash = ((hash * M) & BITS) ^ word;
  }
  const rest = bytes.slice(at);
  if (rest.length > 0) {
    for (const [i, byte] of rest.entries()) hash ^= byte << BigInt(8 * i);
    hash = (hash * M) & BITS;
  }
  hash ^= hash >> 13n;
  hash = (hash * M) & BITS;
  hash ^= hash >> 15n;
  return Number((hash & 0x7fffffffn) % BigInt(count));
}
