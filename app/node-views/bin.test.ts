import { describe, expect, it } from 'vitest';
import { FRAME } from '../../sim-engine/protocol/frame.ts';
import { BIN_LETTERS, Bins, FALL_NS } from './bin.ts';

function at(timeNs: number): Float64Array {
  const numbers = new Float64Array(FRAME.HEADER_LENGTH);
  numbers[FRAME.SIM_TIME_NS] = timeNs;
  return numbers;
}

describe('a letter that nobody waits for', () => {
  it('falls as simulated time goes on, and then lies', () => {
    const bins = new Bins();
    expect(bins.of('shop', at(0), 0)).toEqual([]);
    expect(bins.of('shop', at(1e9), 1)).toEqual([0]);
    expect(bins.of('shop', at(1e9 + FALL_NS / 2), 2)).toEqual([0.5, 0]);
    expect(bins.of('shop', at(1e9 + FALL_NS), 2)).toEqual([1, 0.5]);
    expect(bins.of('shop', at(9e9), 2)).toEqual([1, 1]);
  });

  it('is one of a few that are shown, the latest', () => {
    const bins = new Bins();
    bins.of('shop', at(0), 0);
    expect(bins.of('shop', at(1e9), 1000)).toEqual(new Array(BIN_LETTERS).fill(0));
    expect(bins.of('shop', at(9e9), 1001)).toEqual([...new Array(BIN_LETTERS - 1).fill(1), 0]);
  });

  it('lies already where a run is met in its middle or was set back', () => {
    const bins = new Bins();
    expect(bins.of('shop', at(5e9), 2)).toEqual([1, 1]);
    expect(bins.of('shop', at(6e9), 3)).toEqual([1, 1, 0]);
    expect(bins.of('shop', at(2e9), 1)).toEqual([1]);
  });

  it('has a bin for each node', () => {
    const bins = new Bins();
    expect(bins.of('shop', at(0), 0)).toEqual([]);
    expect(bins.of('desk', at(0), 1)).toEqual([1]);
    expect(bins.of('shop', at(1), 1)).toEqual([0]);
  });
});
