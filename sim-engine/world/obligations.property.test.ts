// Obligations and oracle against their plain slow twins. An obligation lives as long as anything can cause its work or speaks of it; it
// closes once, and what it closes as is decided by its last cause. The oracle's twin keeps every effect there ever was.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Arena } from '../kernel/arena.ts';
import {
  Books,
  DEAD_LETTERED,
  DELAYED,
  DLV_CLASSES,
  DROPPED,
  EXPIRED,
  IN_FLIGHT,
  isClosed,
  LOST,
  ON_WIRE,
  PROCESSED,
  WAITING,
} from './books.ts';
import { MessageTable } from './messages.ts';
import { Obligations } from './obligations.ts';
import { Oracle } from './oracle.ts';
import { Trace } from './trace.ts';

const OPEN = [WAITING, DELAYED, ON_WIRE, IN_FLIGHT] as const;
const ENDS = [LOST, DROPPED, EXPIRED] as const;

class Ledger {
  readonly arena = new Arena();
  readonly messages = new MessageTable(this.arena);
  readonly books = new Books(this.arena);
  readonly oracle = new Oracle(this.arena);
  readonly now = new Float64Array(1);
  readonly obligations = new Obligations(this.arena, this.messages, this.books, this.oracle, new Trace(this.arena), this.now);
  readonly sub = this.books.subscription('orders', 1);

  message(number: number): number {
    const msg = this.messages.slots.alloc();
    this.messages.sender[msg] = 1;
    this.messages.number[msg] = number;
    this.messages.key[msg] = -1;
    this.messages.createdNs[msg] = this.now[0] as number;
    this.messages.refs[msg] = 1;
    return msg;
  }
}

interface TwinObligation {
  readonly slot: number;
  causes: number;
  mentions: number;
  cls: number;
}

const one = <const Do extends string>(what: Do) => fc.record({ do: fc.constant(what), which: fc.nat() });
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('open' as const), cls: fc.constantFrom(WAITING, ON_WIRE, IN_FLIGHT) }) },
  { weight: 1, arbitrary: one('one more cause') },
  { weight: 1, arbitrary: one('mention') },
  { weight: 1, arbitrary: one('mention ends') },
  { weight: 1, arbitrary: one('succeed') },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('cause ends' as const), which: fc.nat(), cls: fc.constantFrom(...ENDS) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('move' as const), which: fc.nat(), cls: fc.constantFrom(...OPEN, DEAD_LETTERED) }),
  },
);

describe('obligations', () => {
  it('close once, as the last of their causes says, and are forgotten when nobody speaks of them', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (story) => {
        const { books, obligations, messages, oracle, sub, message } = bound(new Ledger());
        const live: TwinObligation[] = [];
        const ended = new Array<number>(DLV_CLASSES).fill(0);
        const reasons = new Map<number, number>();
        let repeats = 0;
        let delayed = 0;
        const close = (twin: TwinObligation, cls: number): void => {
          if (twin.cls === DELAYED) delayed--;
          twin.cls = cls;
        };
        const tidy = (twin: TwinObligation): void => {
          if (twin.causes > 0 || twin.mentions > 0) return;
          live.splice(live.indexOf(twin), 1);
          ended[twin.cls] = (ended[twin.cls] as number) + 1;
        };
        let number = 0;
        for (const move of story) {
          if (move.do === 'open') {
            const msg = message(++number);
            const slot = obligations.open(msg, sub, move.cls);
            messages.release(msg);
            live.push({ slot, causes: 1, mentions: 0, cls: move.cls });
            continue;
          }
          const twin = live[move.which % live.length];
          if (twin === undefined) continue;
          const { slot } = twin;
          if (move.do === 'one more cause') {
            if (twin.causes === 0) continue;
            obligations.addCause(slot);
            twin.causes++;
          } else if (move.do === 'mention') {
            obligations.addMention(slot);
            twin.mentions++;
          } else if (move.do === 'mention ends') {
            if (twin.mentions === 0) continue;
            obligations.dropMention(slot);
            twin.mentions--;
            tidy(twin);
          } else if (move.do === 'succeed') {
            if (twin.causes === 0) continue;
            const isFirst = !isClosed(twin.cls);
            expect(obligations.succeed(slot)).toBe(isFirst);
            if (isFirst) close(twin, PROCESSED);
            else repeats++;
          } else if (move.do === 'move') {
            obligations.moveTo(slot, move.cls);
            if (isClosed(twin.cls) || twin.cls === move.cls) continue;
            if (twin.cls === DELAYED) delayed--;
            if (move.cls === DELAYED) delayed++;
            twin.cls = move.cls;
          } else {
            if (twin.causes === 0) continue;
            obligations.endCause(slot, move.cls, 6, move.cls);
            twin.causes--;
            if (twin.causes === 0 && !isClosed(twin.cls)) {
              close(twin, move.cls);
              reasons.set(move.cls, (reasons.get(move.cls) ?? 0) + 1);
            }
            tidy(twin);
          }
          expect(books.imbalance()).toBeNull();
        }
        const classes = ended.map((count, cls) => count + live.filter((twin) => twin.cls === cls).length);
        expect([...books.delivery]).toEqual(classes);
        expect([obligations.live, messages.live]).toEqual([live.length, live.length]);
        expect([books.totals[2], books.totals[3]]).toEqual([repeats, delayed]);
        expect(new Map(books.reasonCounts().map(({ cls, count }) => [cls, count]))).toEqual(reasons);
        // Every message is owed once here: a surplus success is a surplus effect, and what ended undone is missed.
        expect(oracle.duplicateEffects).toBe(repeats);
        expect(oracle.missedEffects).toBe([...reasons.values()].reduce((a, b) => a + b, 0));
      }),
      { numRuns: 400 },
    );
  });

  it('have their message until the last of them is forgotten', () => {
    const { obligations, messages, sub, message } = bound(new Ledger());
    const msg = message(1);
    const both = [obligations.open(msg, sub, WAITING), obligations.open(msg, sub, WAITING)];
    messages.release(msg);
    for (const [ix, slot] of both.entries()) {
      expect(messages.live).toBe(1);
      obligations.addMention(slot);
      obligations.succeed(slot);
      obligations.endCause(slot, LOST, 2, 1);
      expect(obligations.live).toBe(2 - ix);
      obligations.dropMention(slot);
      expect(obligations.live).toBe(1 - ix);
    }
    expect(messages.live).toBe(0);
  });
});

/** Everything that was ever done, sender by sender. */
class PlainOracle {
  private readonly done: string[] = [];
  private readonly missedNow = new Set<string>();
  duplicates = 0;
  breaks = 0;
  private readonly first: { readonly lane: string; readonly number: number }[] = [];

  effect(sub: number, sender: number, number: number, key: number): void {
    const id = `${sub} ${sender} ${number}`;
    if (this.done.includes(id)) {
      this.duplicates++;
      return;
    }
    this.done.push(id);
    this.missedNow.delete(id);
    if (key < 0) return;
    const lane = `${sub} ${sender} ${key}`;
    if (this.first.some((before) => before.lane === lane && before.number > number)) this.breaks++;
    this.first.push({ lane, number });
  }
  missed(sub: number, sender: number, number: number): void {
    const id = `${sub} ${sender} ${number}`;
    if (!this.done.includes(id)) this.missedNow.add(id);
  }
  get missing(): number {
    return this.missedNow.size;
  }
}

describe('the oracle', () => {
  it('knows duplicates, what is missing and where the order of a key broke, also after a copy and a return', () => {
    const move = fc.record({
      do: fc.constantFrom('effect' as const, 'effect' as const, 'effect' as const, 'missed' as const),
      sub: fc.integer({ min: 1, max: 2 }),
      sender: fc.integer({ min: 1, max: 2 }),
      number: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(fc.array(move, { maxLength: 120 }), fc.nat(), (story, at) => {
        const arena = new Arena();
        const oracle = new Oracle(arena);
        const twin = new PlainOracle();
        for (const [ix, { do: what, sub, sender, number }] of story.entries()) {
          // Of each message the key is what it is.
          const key = (number % 4) - 1;
          if (what === 'effect') {
            oracle.effect(sub, sender, number, key);
            twin.effect(sub, sender, number, key);
          } else {
            oracle.missed(sub, sender, number);
            twin.missed(sub, sender, number);
          }
          if (ix === at % story.length) {
            const copy = arena.save();
            oracle.effect(1, 1, 999, 0);
            oracle.missed(1, 1, 998);
            arena.load(copy);
          }
        }
        expect([oracle.duplicateEffects, oracle.missedEffects, oracle.orderBreaks]).toEqual([
          twin.duplicates,
          twin.missing,
          twin.breaks,
        ]);
      }),
      { numRuns: 500 },
    );
  });
});

const bound = (ledger: Ledger) => ({
  books: ledger.books,
  obligations: ledger.obligations,
  messages: ledger.messages,
  oracle: ledger.oracle,
  sub: ledger.sub,
  message: (number: number) => ledger.message(number),
});
