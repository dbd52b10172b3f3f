// The moving lines of a lane as SVG paths, from samples. Pure: the same function draws while the run plays and while it stands.

import type { Sample } from './history.ts';
import type { Lane } from './lanes.ts';

export interface Plot {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface Axis {
  readonly low: number;
  readonly high: number;
}
export interface LaneLine {
  readonly line: string;
  readonly area: string;
  /** Where the line ends, for its label; NaN while it has no end. */
  readonly endY: number;
}

/** Left edge of the window: the start of the run until that is a whole window ago. */
export const windowStart = (nowNs: number, windowNs: number): number => Math.max(0, nowNs - windowNs);

/** Where a moment stands in the window: 0 at its left edge, 1 at its right one. */
export const shareOf = (timeNs: number, nowNs: number, windowNs: number): number =>
  (timeNs - windowStart(nowNs, windowNs)) / windowNs;

/** Height of a value on the lane. */
export function heightOf(lane: Lane, { low, high }: Axis, plot: Plot, value: number): number {
  const share =
    lane.look === 'lines'
      ? (Math.log10(Math.max(value, low)) - Math.log10(low)) / (Math.log10(high) - Math.log10(low))
      : value / high;
  return plot.y + plot.height * (1 - Math.min(Math.max(share, 0), 1));
}

export function laneLines(
  lane: Lane,
  axis: Axis,
  plot: Plot,
  samples: readonly Sample[],
  nowNs: number,
  windowNs: number,
): LaneLine[] {
  const ground = samples.map(() => 0);
  const xOf = (timeNs: number) => plot.x + plot.width * shareOf(timeNs, nowNs, windowNs);
  return lane.series.map(({ series }) => {
    const top: string[] = [];
    const base: string[] = [];
    let endY = Number.NaN;
    samples.forEach((sample, ix) => {
      const value = sample[series] ?? Number.NaN;
      if (Number.isNaN(value)) return;
      const low = lane.look === 'stack' ? (ground[ix] as number) : 0;
      const x = Math.max(plot.x, xOf(sample.timeNs)).toFixed(1);
      endY = heightOf(lane, axis, plot, low + value);
      top.push(`${x} ${endY.toFixed(1)}`);
      base.push(`${x} ${heightOf(lane, axis, plot, low).toFixed(1)}`);
      ground[ix] = low + value;
    });
    if (top.length === 0) return { line: '', area: '', endY };
    // The newest sample may be a moment old: its line goes on to now.
    const right = xOf(nowNs).toFixed(1);
    top.push(`${right} ${endY.toFixed(1)}`);
    base.push(`${right} ${(base.at(-1) as string).split(' ')[1]}`);
    const line = `M${top.join('L')}`;
    return { line, area: `${line}L${base.reverse().join('L')}Z`, endY };
  });
}

/** The largest value a lane has to show, and the smallest above nothing. */
export function extremesOf(lane: Lane, samples: readonly Sample[]): { least: number; largest: number } {
  let least = Number.POSITIVE_INFINITY;
  let largest = 0;
  for (const sample of samples) {
    let sum = 0;
    for (const { series } of lane.series) {
      const value = sample[series] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      sum = lane.look === 'stack' ? sum + value : Math.max(sum, value);
      if (value > 0) least = Math.min(least, value);
    }
    largest = Math.max(largest, sum);
  }
  return { least, largest };
}
