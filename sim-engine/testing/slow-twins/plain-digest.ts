// The fingerprint of a run in whole numbers without end, cut to 32 bits by a remainder: the slow twin of kernel/digest.ts. Only tests
// call it.

const WORD = 1n << 32n;
const cut = (value: bigint): bigint => ((value % WORD) + WORD) % WORD;
const rotatedLeft = (value: bigint, by: bigint): bigint => cut(value * (1n << by)) | (cut(value) >> (32n - by));

/** One mixed event; all five are whole, the time below 2^53, the others of 32 bits with a sign. */
export type DigestEvent = readonly [timeNs: number, who: number, what: number, first: number, count: number];

export function plainDigest(events: readonly DigestEvent[]): string {
  let high = 0x6a09e667n;
  let low = 0xbb67ae85n;
  for (const event of events) {
    const [time, who, what, first, count] = event.map((number) => BigInt(number)) as [bigint, bigint, bigint, bigint, bigint];
    const late = cut((time >> 32n) ^ count);
    const word = cut(time) ^ cut(who * 0x9e3779b1n) ^ cut(what * 0x7feb352dn) ^ cut(late * 0x2545f491n);
    const raised = rotatedLeft((high ^ word) * 0x85ebca6bn, 13n) ^ cut(first);
    const lowered = cut(rotatedLeft((low ^ cut(first) ^ (word >> 15n)) * 0xcc9e2d51n, 15n) + word);
    high = cut(raised * 5n + 0xe6546b64n);
    low = cut(lowered + high);
  }
  return hex(scrambled(high ^ (low >> 9n))) + hex(scrambled(low + high * 0x27d4eb2fn));
}

const hex = (value: bigint): string => value.toString(16).padStart(8, '0');

function scrambled(value: bigint): bigint {
  let h = cut(value);
  h = cut((h ^ (h >> 16n)) * 0x85ebca6bn);
  h = cut((h ^ (h >> 13n)) * 0xc2b2ae35n);
  return h ^ (h >> 16n);
}
