// A table against its plain slow twin: a map from slot to value. Whatever is taken, freed, copied and put back, both hold the same.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Arena, f64, i32, Table } from './arena.ts';

class Notes extends Table {
  value = f64();
  /** Three numbers per slot. */
  trio = i32(3);

  constructor(arena: Arena) {
    super(2);
    this.allocate(arena);
  }
}

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant('take' as const), value: fc.double({ noNaN: true }) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('free' as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('copy' as const, 'put back' as const) }) },
  ),
);

it('a table holds what a map of slots holds', () => {
  fc.assert(
    fc.property(steps, (story) => {
      const arena = new Arena();
      const notes = new Notes(arena);
      let twin = new Map<number, number>();
      let copy = { arena: arena.save(), twin: new Map(twin) };
      for (const step of story) {
        if (step.do === 'take') {
          const slot = notes.slots.alloc();
          expect(twin.has(slot)).toBe(false);
          expect(slot).toBeGreaterThan(0);
          notes.value[slot] = step.value;
          notes.trio.set([slot, -slot, slot * slot], slot * 3);
          twin.set(slot, step.value);
        } else if (step.do === 'free') {
          const slot = [...twin.keys()][step.which % twin.size];
          if (slot === undefined) continue;
          notes.slots.free(slot);
          twin.delete(slot);
        } else if (step.do === 'copy') copy = { arena: arena.save(), twin: new Map(twin) };
        else {
          arena.load(copy.arena);
          twin = new Map(copy.twin);
        }
        expect(notes.live).toBe(twin.size);
        for (const [slot, value] of twin) {
          expect(notes.value[slot]).toBe(value);
          expect([...notes.trio.subarray(slot * 3, slot * 3 + 3)]).toEqual([slot, -slot, slot * slot]);
        }
      }
    }),
  );
});
