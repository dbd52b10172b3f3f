// Stretches of time as they are drawn: which part of them is seen, and what the last rebalance was. Pure.

import type { Stretch, StretchLook } from '../../sim-engine/protocol/messages.ts';

/** At least so much is seen, and at most. */
const SPAN_MIN_NS = 5e9;
const SPAN_MAX_NS = 60e9;

/** How far back is drawn, ns. */
export function spanNs(stretches: readonly Stretch[], nowNs: number): number {
  const first = stretches.reduce((earliest, { fromNs }) => Math.min(earliest, fromNs), nowNs);
  return Math.max(SPAN_MIN_NS, Math.min(SPAN_MAX_NS, nowNs - first));
}

export interface Shown {
  /** 0 to 1 of the window. */
  readonly from: number;
  readonly to: number;
  readonly look: StretchLook;
}

/** What of them lies between two times. */
export function inWindow(stretches: readonly Stretch[], fromNs: number, untilNs: number): readonly Shown[] {
  const share = (ns: number) => (Math.max(fromNs, Math.min(untilNs, ns)) - fromNs) / (untilNs - fromNs);
  return stretches
    .filter((stretch) => stretch.untilNs > fromNs && stretch.fromNs < untilNs)
    .map((stretch) => ({ from: share(stretch.fromNs), to: share(stretch.untilNs), look: stretch.look }));
}

/** Gaps shorter than this between two rounds are none: what was given up in the first is added in the second. */
const GAP_NS = 1e9;

interface LastRebalance {
  readonly tookNs: number;
  /** Of that nothing was read for so long. */
  readonly pausedNs: number;
  readonly isOver: boolean;
}

/** Of stretches that follow each other; null where none was in between. */
export function lastRebalance(stretches: readonly Stretch[]): LastRebalance | null {
  const isBetween = ({ look }: Stretch) => look === 'between' || look === 'paused';
  let end = stretches.length - 1;
  while (end >= 0 && !isBetween(stretches[end] as Stretch)) end--;
  if (end < 0) return null;
  let start = end;
  for (let at = end - 1; at >= 0; at--) {
    const stretch = stretches[at] as Stretch;
    if (isBetween(stretch)) start = at;
    else if (stretch.untilNs - stretch.fromNs >= GAP_NS) break;
  }
  const all = stretches.slice(start, end + 1);
  const lengths = (some: readonly Stretch[]) => some.reduce((sum, { fromNs, untilNs }) => sum + untilNs - fromNs, 0);
  return {
    tookNs: lengths(all),
    pausedNs: lengths(all.filter(({ look }) => look === 'paused')),
    isOver: end < stretches.length - 1,
  };
}
