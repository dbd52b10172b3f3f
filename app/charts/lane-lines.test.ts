import { describe, expect, it } from 'vitest';
import { type Sample, SERIES } from './history.ts';
import { extremesOf, heightOf, laneLines } from './lane-lines.ts';
import { LANES, type Lane } from './lanes.ts';

const laneOf = (id: Lane['id']) => LANES.find((lane) => lane.id === id) as Lane;
const sample = (timeNs: number, values: Partial<Sample>): Sample =>
  ({ ...Object.fromEntries(SERIES.map((series) => [series, 0])), timeNs, ...values }) as Sample;
const PLOT = { x: 100, y: 0, width: 600, height: 100 };

describe('lines of a lane', () => {
  it('end at now, which comes to the right edge after one window and stays there', () => {
    const line = (nowNs: number) =>
      laneLines(laneOf('throughput'), { low: 0, high: 10 }, PLOT, [sample(30e9, { done: 5 })], nowNs, 60e9)[0]?.line;
    expect(line(30e9)).toBe('M400.0 50.0L400.0 50.0');
    expect(line(60e9)).toBe('M400.0 50.0L700.0 50.0');
    expect(line(75e9)).toBe('M250.0 50.0L700.0 50.0');
  });

  it('stand on each other in a stack, so that its height is the whole', () => {
    const depth = laneOf('depth');
    const samples = [sample(60e9, { delayed: 2, inFlight: 3, ready: 5 })];
    const ends = laneLines(depth, { low: 0, high: 10 }, PLOT, samples, 60e9, 60e9).map((line) => line.endY);
    expect(ends).toEqual([80, 50, 0]);
    expect(extremesOf(depth, samples).largest).toBe(10);
  });

  it('stand on a logarithmic axis for latencies', () => {
    const latency = laneOf('latency');
    expect(heightOf(latency, { low: 1e6, high: 1e10 }, PLOT, 1e8)).toBeCloseTo(50);
  });

  it('are empty where there is nothing to say', () => {
    const [p50] = laneLines(laneOf('latency'), { low: 1, high: 10 }, PLOT, [sample(1, { p50: Number.NaN })], 2, 60e9);
    expect(p50).toEqual({ line: '', area: '', endY: Number.NaN });
  });
});
