// The digest against its slow twin in whole numbers without end, and what it is for: whatever is different shows.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DigestEvent, plainDigest } from '../testing/slow-twins/plain-digest.ts';
import { Arena } from './arena.ts';
import { Digest } from './digest.ts';

const word = fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.integer({ min: -3, max: 40 }));
const time = fc.oneof(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), fc.integer({ min: 0, max: 1000 }));
const event: fc.Arbitrary<DigestEvent> = fc.tuple(time, word, word, word, word);

function digestOf(events: readonly DigestEvent[]): string {
  const digest = new Digest(new Arena());
  mixAll(digest, events);
  return digest.toString();
}
function mixAll(digest: Digest, events: readonly DigestEvent[]): void {
  for (const [timeNs, who, what, first, count] of events) digest.mix(Float64Array.of(timeNs), who, what, first, count);
}

describe('the digest', () => {
  it('is what its twin says, event by event', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        expect(digestOf(events)).toBe(plainDigest(events));
      }),
      { numRuns: 500 },
    );
  });

  it('is written as 16 hex digits, and as two unsigned words that say the same', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 5 }), (events) => {
        const digest = new Digest(new Arena());
        mixAll(digest, events);
        expect(digest.toString()).toMatch(/^[0-9a-f]{16}$/);
        const [high, low] = digest.words;
        expect((BigInt(high) << 32n) | BigInt(low)).toBe(BigInt(`0x${digest}`));
      }),
    );
  });

  it('shows every single difference: another time, actor, packet, cargo or count, anywhere in the run', () => {
    fc.assert(
      fc.property(
        fc.array(event, { minLength: 1, maxLength: 20 }),
        fc.nat(),
        fc.nat({ max: 4 }),
        fc.nat({ max: 30 }),
        (events, at, field, bit) => {
          const changed = events.map((one) => [...one]) as number[][];
          const one = changed[at % changed.length] as number[];
          const value = one[field] as number;
          one[field] = field === 0 ? Math.abs(value - 2 ** bit) : value ^ (1 << bit);
          if (one[field] === value) return;
          expect(digestOf(changed as unknown as DigestEvent[])).not.toBe(digestOf(events));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('shows what is missing, what is there twice, and what came in another order', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 2, maxLength: 20 }), fc.nat(), (events, at) => {
        const i = at % (events.length - 1);
        const digest = digestOf(events);
        expect(digestOf(events.toSpliced(i, 1))).not.toBe(digest);
        expect(digestOf(events.toSpliced(i, 0, events[i] as DigestEvent))).not.toBe(digest);
        const swapped = events.toSpliced(i, 2, events[i + 1] as DigestEvent, events[i] as DigestEvent);
        if (JSON.stringify(swapped) !== JSON.stringify(events)) expect(digestOf(swapped)).not.toBe(digest);
      }),
      { numRuns: 500 },
    );
  });

  it('goes on after a return to a copy as if nothing had been', () => {
    fc.assert(
      fc.property(fc.array(event), fc.array(event), fc.array(event), (before, aside, after) => {
        const arena = new Arena();
        const digest = new Digest(arena);
        mixAll(digest, before);
        const copy = arena.save();
        mixAll(digest, aside);
        arena.load(copy);
        mixAll(digest, after);
        expect(digest.toString()).toBe(digestOf([...before, ...after]));
      }),
    );
  });

  it('spreads: of a hundred thousand runs that differ in one small number no two have the same', () => {
    const seen = new Set<string>();
    for (let first = 0; first < 100_000; first++) seen.add(digestOf([[1000, 3, 12, first, 1]]));
    expect(seen.size).toBe(100_000);
  });
});
