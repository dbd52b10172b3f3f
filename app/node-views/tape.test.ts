// A tape shows the newest records of a partition; what a group has committed, was handed and has before it are lengths on it.

import { describe, expect, it } from 'vitest';
import { ROW_STRIDE, TAPE, TAPE_READER, TAPE_READER_STRIDE } from '../../sim-engine/protocol/frame.ts';
import { CELLS, tapeAt } from './tape.ts';

function row(
  marks: readonly [start: number, high: number, end: number],
  ...readers: readonly (readonly number[])[]
): Float64Array {
  const frame = new Float64Array(ROW_STRIDE).fill(-1);
  [frame[TAPE.LOG_START], frame[TAPE.HIGH_WATERMARK], frame[TAPE.LOG_END]] = marks;
  readers.forEach(([group, committed, reached], at) => {
    const from = TAPE.READERS + at * TAPE_READER_STRIDE;
    frame[from + TAPE_READER.GROUP] = group as number;
    frame[from + TAPE_READER.COMMITTED] = committed as number;
    frame[from + TAPE_READER.REACHED] = reached as number;
  });
  return frame;
}

describe('a tape', () => {
  it('of few records has as many cells, next to the high watermark', () => {
    const { from, end, hidden, isFolded } = tapeAt(row([0, 5, 5]), 0);
    expect([end - from, end, hidden, isFolded]).toEqual([5, CELLS, 0, false]);
  });

  it('of many shows the newest and says that there are others', () => {
    const { from, isFolded } = tapeAt(row([0, 1000, 1000]), 0);
    expect([from, isFolded]).toEqual([0, true]);
    // Retention took them: no others are there.
    expect(tapeAt(row([1000 - CELLS, 1000, 1000]), 0).isFolded).toBe(false);
  });

  it('has records above the high watermark behind it, up to two', () => {
    expect(tapeAt(row([0, 50, 51]), 0).hidden).toBe(1);
    expect(tapeAt(row([0, 50, 90]), 0).hidden).toBe(2);
  });

  it('counts what a group has committed and was handed from the same end', () => {
    const [reader] = tapeAt(row([0, 100, 100], [3, 90, 96]), 0).readers;
    expect(reader).toEqual({ group: 3, committed: CELLS - 10, reached: CELLS - 4, flag: CELLS - 10, isBehind: false });
  });

  it('of a group that has committed nothing has no flag, of one far behind has it at the left', () => {
    const [none, behind] = tapeAt(row([0, 100, 100], [3, -1, 0], [4, 20, 95]), 0).readers;
    expect(none).toMatchObject({ flag: null, committed: 0, reached: 0, isBehind: false });
    expect(behind).toMatchObject({ flag: 0, committed: 0, reached: CELLS - 5, isBehind: true });
  });

  it('has a flag no further left than the log begins', () => {
    const [reader] = tapeAt(row([98, 100, 100], [3, 50, 98]), 0).readers;
    expect(reader).toMatchObject({ flag: CELLS - 2, isBehind: true });
  });
});
