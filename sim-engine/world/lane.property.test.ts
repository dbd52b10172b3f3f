// The lane of an instant against its plain slow twin, an array: first in, first out, whatever is pushed and taken out in between,
// through its growth and round its end, and also after a copy and a return.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Arena } from '../kernel/arena.ts';
import { LANE_COUNT, LANE_FIRST, LANE_LINK, LANE_TAG, LANE_TIMER, LANE_TYPE, Lane } from './lane.ts';
import { ACK, DELIVER, PUBLISH, RETRY } from './packet-types.ts';

interface Entry {
  readonly link: number;
  readonly type: number;
  readonly first: number;
  readonly count: number;
  readonly tag: number;
  readonly aux: number;
}

/** The five numbers of an entry stand in this order. */
const ORDER = [LANE_LINK, LANE_TYPE, LANE_FIRST, LANE_COUNT, LANE_TAG];

const entry: fc.Arbitrary<Entry> = fc.record({
  link: fc.nat({ max: 100_000 }),
  type: fc.constantFrom(LANE_TIMER, PUBLISH, DELIVER, ACK, RETRY),
  first: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  count: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  tag: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  aux: fc.integer({ min: 0, max: 2 ** 52 }),
});
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('push' as const), entry, times: fc.constantFrom(1, 1, 1, 200) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('shift' as const), times: fc.constantFrom(1, 1, 2, 150) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('copy' as const, 'put back' as const) }) },
);

it('a lane holds what an array holds, in the same order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (story) => {
      const arena = new Arena();
      const lane = new Lane(arena);
      const aux = new Float64Array(1);
      let twin: Entry[] = [];
      let copy = { arena: arena.save(), twin: [...twin] };
      for (const move of story) {
        if (move.do === 'push') {
          for (let i = 0; i < move.times; i++) {
            const { link, type, first, count, tag } = move.entry;
            const pushed = { ...move.entry, link: link + i };
            aux[0] = move.entry.aux;
            lane.push(link + i, type, first, count, tag, aux);
            twin.push(pushed);
          }
        } else if (move.do === 'shift') {
          for (let i = 0; i < move.times && twin.length > 0; i++) {
            const expected = twin.shift() as Entry;
            aux[0] = -1;
            const at = lane.shift(aux);
            const [link, type, first, count, tag] = ORDER.map((offset) => lane.rows[at + offset]);
            // A length of time travels with a retry and with nothing else: the cell is left alone then.
            expect({ link, type, first, count, tag, aux: aux[0] }).toEqual({
              ...expected,
              aux: type === RETRY ? expected.aux : -1,
            });
          }
        } else if (move.do === 'copy') copy = { arena: arena.save(), twin: [...twin] };
        else {
          arena.load(copy.arena);
          twin = [...copy.twin];
        }
        expect(lane.length).toBe(twin.length);
        for (const ahead of [0, twin.length - 1]) {
          const seen = twin[ahead];
          if (seen !== undefined) expect(lane.peek(ahead)).toEqual({ link: seen.link, type: seen.type });
        }
      }
    }),
    { numRuns: 200 },
  );
});
