// The two books against their plain slow twin: a list of entries, each with its class. Whatever entries are opened and moved, the sums
// agree, the books balance, and a copy brings everything back.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Arena } from '../kernel/arena.ts';
import { HISTOGRAM_BUCKETS } from '../kernel/histogram.ts';
import {
  ALL_LATENCIES,
  Books,
  DEAD_LETTERED,
  DLV_CLASSES,
  IN_FLIGHT,
  isClosed,
  PROCESSED,
  PUB_ACCEPTED,
  PUB_CLASSES,
  PUB_LOST,
  PUB_ON_WIRE,
} from './books.ts';

interface Twin {
  publish: { readonly actor: number; cls: number }[];
  delivery: { readonly sub: number; cls: number }[];
  reasons: Map<string, number>;
  latencies: number[];
}
const copyOf = (twin: Twin): Twin => ({
  publish: twin.publish.map((entry) => ({ ...entry })),
  delivery: twin.delivery.map((entry) => ({ ...entry })),
  reasons: new Map(twin.reasons),
  latencies: [...twin.latencies],
});

const ACTORS = 200;
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('send' as const), actor: fc.integer({ min: 1, max: ACTORS }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('close' as const),
      which: fc.nat(),
      cls: fc.integer({ min: PUB_ACCEPTED, max: PUB_LOST }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('owe' as const), sub: fc.nat({ max: 90 }), cls: fc.nat({ max: IN_FLIGHT }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('move' as const), which: fc.nat(), cls: fc.nat({ max: DLV_CLASSES - 1 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('reason' as const),
      isDelivery: fc.boolean(),
      cls: fc.nat({ max: 9 }),
      place: fc.nat({ max: 1_000_000 }),
      reason: fc.nat({ max: 11 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('latency' as const), sub: fc.nat({ max: 90 }), ns: fc.nat({ max: 2 ** 31 - 1 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('copy' as const, 'put back' as const) }) },
);

const counts = (classes: number, entries: readonly { readonly cls: number }[]) =>
  Array.from({ length: classes }, (_, cls) => entries.filter((entry) => entry.cls === cls).length);

describe('the books', () => {
  it('hold what a list of entries holds', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (story) => {
        const arena = new Arena();
        const books = new Books(arena);
        const subs = Array.from({ length: 91 }, (_, ix) => books.subscription(`sub ${ix}`, ix + 1));
        let twin: Twin = { publish: [], delivery: [], reasons: new Map(), latencies: [] };
        let copy = { arena: arena.save(), twin: copyOf(twin) };
        for (const move of story) {
          switch (move.do) {
            case 'send':
              books.openPublish(move.actor);
              twin.publish.push({ actor: move.actor, cls: PUB_ON_WIRE });
              break;
            case 'close': {
              const open = twin.publish.filter(({ cls }) => cls === PUB_ON_WIRE);
              const entry = open[move.which % open.length];
              if (entry === undefined) break;
              books.closePublish(entry.actor, move.cls);
              entry.cls = move.cls;
              break;
            }
            case 'owe': {
              const sub = subs[move.sub] as number;
              books.openDelivery(sub, move.cls);
              twin.delivery.push({ sub, cls: move.cls });
              break;
            }
            case 'move': {
              const open = twin.delivery.filter(({ cls }) => !isClosed(cls));
              const entry = open[move.which % open.length];
              if (entry === undefined) break;
              books.moveDelivery(entry.sub, entry.cls, move.cls);
              entry.cls = move.cls;
              break;
            }
            case 'reason': {
              books.countReason(move.isDelivery, move.cls, move.place, move.reason);
              const key = `${move.isDelivery ? 'delivery' : 'publish'} ${move.cls} ${move.place} ${move.reason}`;
              twin.reasons.set(key, (twin.reasons.get(key) ?? 0) + 1);
              break;
            }
            case 'latency':
              books.recordLatency(subs[move.sub] as number, Float64Array.of(move.ns));
              twin.latencies.push(move.ns);
              break;
            case 'copy':
              copy = { arena: arena.save(), twin: copyOf(twin) };
              break;
            case 'put back':
              arena.load(copy.arena);
              twin = copyOf(copy.twin);
          }
        }
        expect(books.imbalance()).toBeNull();
        expect([...books.opened]).toEqual([twin.publish.length, twin.delivery.length]);
        expect([...books.publish]).toEqual(counts(PUB_CLASSES, twin.publish));
        expect([...books.delivery]).toEqual(counts(DLV_CLASSES, twin.delivery));
        for (const sub of subs) {
          const own = [...books.bySub.slice(sub * DLV_CLASSES, (sub + 1) * DLV_CLASSES)];
          expect(own).toEqual(
            counts(
              DLV_CLASSES,
              twin.delivery.filter((entry) => entry.sub === sub),
            ),
          );
        }
        const reasons = books
          .reasonCounts()
          .map(({ book, cls, place, reason, count }) => [`${book} ${cls} ${place} ${reason}`, count]);
        expect(new Map(reasons as [string, number][])).toEqual(twin.reasons);
        expect(books.totals[0]).toBe(twin.latencies.reduce((a, b) => a + b, 0));
        const from = books.latencies.offset(ALL_LATENCIES);
        const recorded = books.latencies.counts.subarray(from, from + HISTOGRAM_BUCKETS).reduce((a, b) => a + b, 0);
        expect(recorded).toBe(twin.latencies.length);
      }),
      { numRuns: 300 },
    );
  });

  it('have a checksum of their totals: the same for the same classes, whichever way they came about', () => {
    const entry = fc.record({ sub: fc.constantFrom(1, 2, 3), cls: fc.nat({ max: DLV_CLASSES - 1 }) });
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 40 }), fc.nat(), (entries, seed) => {
        const straight = new Books(new Arena());
        const around = new Books(new Arena());
        for (const books of [straight, around]) for (const sub of [1, 2, 3]) books.subscription(`${sub}`, sub);
        for (const { sub, cls } of entries) straight.openDelivery(sub, cls);
        const order = entries.map((_, ix) => (ix * 7 + seed) % entries.length);
        for (const ix of new Set([...order, ...entries.keys()])) {
          const { sub, cls } = entries[ix] as (typeof entries)[number];
          around.openDelivery(sub, 0);
          around.moveDelivery(sub, 0, DEAD_LETTERED);
          around.moveDelivery(sub, DEAD_LETTERED, cls);
        }
        expect(around.checksum).toBe(straight.checksum);
        straight.openDelivery(1, PROCESSED);
        expect(around.checksum).not.toBe(straight.checksum);
      }),
    );
  });

  it('forget a subscription that was begun after the copy they return to', () => {
    const arena = new Arena();
    const books = new Books(arena);
    const orders = books.subscription('orders', 1);
    const copy = arena.save();
    const late = books.subscription('late', 2);
    arena.load(copy);
    expect(books.subscription('orders', 1)).toBe(orders);
    expect(books.subscription('other', 3)).toBe(late);
    expect(books.subscription('late', 2)).not.toBe(late);
  });

  it('say which of them does not balance, and how', () => {
    const short = new Books(new Arena());
    short.openPublish(1);
    short.opened[0] = 2;
    expect(short.imbalance()).toBe('publish book: sent 2, classes add up to 1');
    const negative = new Books(new Arena());
    const sub = negative.subscription('orders', 1);
    negative.openDelivery(sub, IN_FLIGHT);
    negative.moveDelivery(sub, PROCESSED, IN_FLIGHT);
    expect(negative.imbalance()).toBe(`delivery book: class ${PROCESSED} is negative`);
    const lost = new Books(new Arena());
    lost.openDelivery(lost.subscription('orders', 1), IN_FLIGHT);
    lost.opened[1] = 0;
    expect(lost.imbalance()).toBe('delivery book: owed 0, classes add up to 1');
  });
});
