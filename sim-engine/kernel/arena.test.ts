// Tables of columns and their free lists: slots are used again, columns grow, and a copy brings back everything that was there.

import { describe, expect, it } from 'vitest';
import { Arena, f64, i32, Table, u8, u16 } from './arena.ts';
import { AssertionError } from './assert.ts';

class People extends Table {
  age = u8();
  house = i32();
  bornNs = f64();
  visits = u16();

  constructor(arena: Arena, capacity = 4) {
    super(capacity);
    this.allocate(arena);
  }
}

describe('a table', () => {
  it('never gives out slot 0, so that 0 can mean none', () => {
    const people = new People(new Arena());
    expect([people.slots.alloc(), people.slots.alloc(), people.slots.alloc()]).toEqual([1, 2, 3]);
    expect(people.live).toBe(3);
  });

  it('uses a freed slot again before it takes a new one, the last freed first', () => {
    const people = new People(new Arena());
    const [a, b] = [people.slots.alloc(), people.slots.alloc()];
    people.slots.free(a);
    people.slots.free(b);
    expect(people.live).toBe(0);
    expect([people.slots.alloc(), people.slots.alloc(), people.slots.alloc()]).toEqual([b, a, 3]);
    expect(people.next[b]).toBe(0);
  });

  it('grows by doubling and keeps what is in it', () => {
    const people = new People(new Arena());
    for (let i = 1; i <= 100; i++) {
      // The slot first: what grows replaces its columns, and a column named before that is the old one.
      const slot = people.slots.alloc();
      people.house[slot] = -i;
    }
    expect(people.capacity).toBe(128);
    for (let i = 1; i <= 100; i++) expect(people.house[i]).toBe(-i);
    for (const column of [people.age, people.house, people.bornNs, people.visits, people.next]) expect(column).toHaveLength(128);
  });
});

describe('an arena', () => {
  it('copies all tables and puts them back, though they have grown since', () => {
    const arena = new Arena();
    const people = new People(arena);
    const others = new People(arena);
    people.bornNs[people.slots.alloc()] = 2 ** 53 - 1;
    others.age[others.slots.alloc()] = 200;
    const copy = arena.save();
    for (let i = 0; i < 50; i++) {
      const slot = people.slots.alloc();
      people.bornNs[slot] = i;
    }
    people.bornNs[1] = 5;
    others.slots.free(1);
    arena.load(copy);
    expect([people.high, people.live, people.bornNs[1]]).toEqual([2, 1, 2 ** 53 - 1]);
    expect([others.high, others.live, others.age[1]]).toEqual([2, 1, 200]);
    expect(people.slots.alloc()).toBe(2);
  });

  it('lets slots that were given out after the copy read as new', () => {
    const arena = new Arena();
    const people = new People(arena);
    const copy = arena.save();
    people.house[people.slots.alloc()] = 77;
    arena.load(copy);
    expect(people.house[people.slots.alloc()]).toBe(0);
  });

  it('can be put back any number of times from one copy, which later runs do not touch', () => {
    const arena = new Arena();
    const people = new People(arena);
    people.house[people.slots.alloc()] = 1;
    const copy = arena.save();
    for (let round = 0; round < 3; round++) {
      arena.load(copy);
      expect(people.house[1]).toBe(1);
      people.house[1] = 99 + round;
      people.slots.free(1);
    }
  });

  it('refuses a copy of another arena', () => {
    const arena = new Arena();
    new People(arena);
    expect(() => arena.load([])).toThrow(AssertionError);
  });
});
