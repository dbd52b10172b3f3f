// Facts about where a consumer goes on.

import { describe, expect, it } from 'vitest';
import { isInLog, lagOf, NO_OFFSET, startOf, visibleEnd } from './offsets.ts';

const MARKS = { logStart: 10, lastStable: 40, highWatermark: 50, logEnd: 60 };

describe('a consumer', () => {
  it('may stand between the high watermark and the end: it gets nothing yet, and is not sent away (K3)', () => {
    expect(startOf(55, MARKS, 'read_uncommitted', 'earliest')).toEqual({ outcome: 'fetch', position: 55 });
    expect([9, 10, 60, 61].map((offset) => isInLog(offset, MARKS))).toEqual([false, true, true, false]);
  });

  it('that was overtaken by retention skips everything under latest, and reads from the start under earliest', () => {
    expect(startOf(9, MARKS, 'read_uncommitted', 'latest')).toEqual({ outcome: 'reset', position: 50 });
    expect(startOf(9, MARKS, 'read_committed', 'latest')).toEqual({ outcome: 'reset', position: 40 });
    expect(startOf(9, MARKS, 'read_uncommitted', 'earliest')).toEqual({ outcome: 'reset', position: 10 });
    expect(startOf(9, MARKS, 'read_uncommitted', 'none')).toEqual({ outcome: 'error', error: 'OffsetOutOfRange' });
  });

  it('with nothing committed is no error but where it asks for one', () => {
    expect(startOf(NO_OFFSET, MARKS, 'read_uncommitted', 'none')).toEqual({ outcome: 'error', error: 'NoOffsetForPartition' });
    expect(startOf(NO_OFFSET, MARKS, 'read_uncommitted', 'earliest')).toEqual({ outcome: 'reset', position: 10 });
  });

  it('lags by what it could see, and never by less than nothing (K29)', () => {
    expect(lagOf(45, visibleEnd(MARKS, 'read_uncommitted'))).toBe(5);
    expect(lagOf(45, visibleEnd(MARKS, 'read_committed'))).toBe(0);
  });
});
