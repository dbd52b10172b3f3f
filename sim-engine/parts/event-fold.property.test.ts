// Laws P31 to P35 of docs/semantics/patterns.md, over histories that are walks through the table.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clonePlain } from '../kernel/plain-state.ts';
import { appendExpecting, type Fold, foldEvent, NOTHING_YET, newFold, nextState, TRIP, transitionTable } from './event-fold.ts';

/** A lift that goes on for ever, so that histories are longer than a trip's. */
const LIFT = transitionTable([
  { from: '', event: 'called', to: 'COMING' },
  { from: 'COMING', event: 'arrived', to: 'OPEN' },
  { from: 'OPEN', event: 'called', to: 'COMING' },
  { from: 'OPEN', event: 'closed', to: 'IDLE' },
  { from: 'IDLE', event: 'called', to: 'COMING' },
  { from: 'IDLE', event: 'opened', to: 'OPEN' },
]);

/** A table and a history that it allows. */
const history = fc
  .record({ table: fc.constantFrom(TRIP, LIFT), picks: fc.array(fc.integer({ min: 0, max: 1000 }), { maxLength: 40 }) })
  .map(({ table, picks }) => {
    const events: number[] = [];
    let state = NOTHING_YET;
    for (const pick of picks) {
      const possible = table.events.map((_, event) => event).filter((event) => nextState(table, state, event) >= 0);
      if (possible.length === 0) break;
      const event = possible[pick % possible.length] as number;
      events.push(event);
      state = nextState(table, state, event);
    }
    return { table, events, state };
  });

function folded(
  { table, events }: { readonly table: typeof TRIP; readonly events: readonly number[] },
  from: Fold = newFold(),
): Fold {
  const fold = clonePlain(from);
  for (const [seq, event] of events.entries()) foldEvent(table, fold, seq, event);
  return fold;
}

describe('a fold', () => {
  it('P31: of the same events is the same, any number of times, and the state they lead to', () => {
    fc.assert(
      fc.property(history, (one) => {
        expect(folded(one)).toEqual({ state: one.state, seq: one.events.length - 1, ignored: 0, gapAt: -1, illegalAt: -1 });
        expect(folded(one)).toEqual(folded(one));
      }),
      { numRuns: 500, seed: 31 },
    );
  });

  it('P32: is not changed by duplicates, which are counted', () => {
    fc.assert(
      fc.property(history, fc.array(fc.nat({ max: 1000 }), { maxLength: 30 }), (one, repeats) => {
        const fold = newFold();
        let ignored = 0;
        for (const [seq, event] of one.events.entries()) {
          foldEvent(one.table, fold, seq, event);
          for (const repeat of repeats) {
            if (repeat > seq) continue;
            expect(foldEvent(one.table, fold, repeat, one.events[repeat] as number)).toBe('ignored');
            ignored++;
          }
        }
        expect(fold).toEqual({ ...folded(one), ignored });
      }),
      { numRuns: 300, seed: 32 },
    );
  });

  it('P33: from a snapshot, at any cut, ends as the fold of all', () => {
    fc.assert(
      fc.property(history, (one) => {
        for (let cut = 0; cut <= one.events.length; cut++) {
          const snapshot = folded({ ...one, events: one.events.slice(0, cut) });
          expect(folded(one, snapshot)).toEqual({ ...folded(one), ignored: cut });
        }
      }),
      { numRuns: 300, seed: 33 },
    );
  });

  it('P35: takes nothing after a gap or an illegal transition, whatever follows', () => {
    let stopped = 0;
    fc.assert(
      fc.property(
        history,
        fc.array(fc.record({ seq: fc.nat({ max: 12 }), event: fc.nat({ max: 5 }) }), { maxLength: 30 }),
        (one, noise) => {
          const fold = folded(one);
          for (const { seq, event } of noise) {
            const { state, seq: at, ignored } = fold;
            const known = event < one.table.events.length ? event : 0;
            const isStopped = fold.gapAt >= 0 || fold.illegalAt >= 0;
            const verdict = foldEvent(one.table, fold, seq, known);
            if (isStopped) stopped++;
            const isNext = !isStopped && seq === at + 1 && nextState(one.table, state, known) >= 0;
            expect(verdict).toBe(isNext ? 'applied' : !isStopped && seq <= at ? 'ignored' : 'stopped');
            expect([fold.state, fold.seq]).toEqual(isNext ? [nextState(one.table, state, known), seq] : [state, at]);
            expect(fold.ignored).toBe(ignored + (verdict === 'ignored' ? 1 : 0));
          }
        },
      ),
      { numRuns: 500, seed: 35 },
    );
    expect(stopped).toBeGreaterThan(1000);
  });
});

describe('an append', () => {
  it('P34: among any writers who saw the same end exactly one wins', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1, max: 100 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 }),
        (lastSeq, writers) => {
          const stream = { lastSeq };
          expect(writers.filter((count) => appendExpecting(stream, lastSeq, count))).toHaveLength(1);
          expect(stream.lastSeq).toBe(lastSeq + (writers[0] as number));
        },
      ),
      { numRuns: 200, seed: 34 },
    );
  });
});
