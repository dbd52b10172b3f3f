// What of a run is worth a word to people who hear it.

import { describe, expect, test } from 'vitest';
import { Watch } from './watch.ts';

const at = (timeNs: number, waiting: number, dead = 0) => ({ timeNs, waiting: new Map([['orders', waiting]]), dead });

describe('a watch over a run', () => {
  test('tells of a line when it has grown long, and again only when it has doubled', () => {
    const watch = new Watch();
    const told = [0, 4, 9, 10, 11, 15, 19, 20, 39, 41].flatMap((length, ix) => watch.take(at(ix, length)));
    expect(told).toEqual([
      { kind: 'grows', queue: 'orders', count: 10 },
      { kind: 'grows', queue: 'orders', count: 20 },
      { kind: 'grows', queue: 'orders', count: 41 },
    ]);
  });

  test('tells that it is empty again, if it was told that it had grown', () => {
    const watch = new Watch();
    const told = [0, 3, 0, 12, 5, 0, 0, 3, 0, 10].flatMap((length, ix) => watch.take(at(ix, length)));
    expect(told.map(({ kind }) => kind)).toEqual(['grows', 'empty', 'grows']);
  });

  test('tells that letters have died, and how many are dead', () => {
    const watch = new Watch();
    expect(watch.take(at(0, 0, 3))).toEqual([]);
    expect(watch.take(at(1, 0, 3))).toEqual([]);
    expect(watch.take(at(2, 0, 5))).toEqual([{ kind: 'dead', count: 5 }]);
  });

  test('takes a run that begins anew as it is, and tells nothing of letters that are alive again', () => {
    const watch = new Watch();
    watch.take(at(5, 0, 4));
    watch.take(at(6, 80, 4));
    expect(watch.take(at(0, 30, 0))).toEqual([]);
    expect(watch.take(at(1, 35, 0))).toEqual([]);
    expect(watch.take(at(2, 61, 1)).map(({ kind }) => kind)).toEqual(['dead', 'grows']);
  });

  test('tells nothing of letters sent back from the dead', () => {
    const watch = new Watch();
    watch.take(at(0, 0, 5));
    expect(watch.take(at(1, 0, 2))).toEqual([]);
    expect(watch.take(at(2, 0, 3))).toEqual([{ kind: 'dead', count: 3 }]);
  });
});
