// What a member of a group went through of late, as its client saw it: which stage it entered when, and how many partitions it owned then.
// Bounded, and part of what a checkpoint keeps; nothing a member does depends on it. Read by the tables of its host.

import type { Member } from './consumer-member.ts';

/** From `atNs` on, until the next one. */
export interface Turn {
  readonly atNs: number;
  readonly stage: Member['stage'];
  readonly owns: number;
  /** -1 = none. */
  readonly generation: number;
}

/** Older ones are forgotten: about ten rebalances. */
export const TURNS_MAX = 32;

/** Called when all that goes with the stage is done: what is given up is given up before, what is added is there. */
export function enter(member: Member, stage: Member['stage'], nowNs: number): void {
  member.stage = stage;
  const { generation, owned, turns } = member;
  const owns = owned.size;
  // Stages that took no time at all are none.
  while (turns.at(-1)?.atNs === nowNs) turns.pop();
  const last = turns.at(-1);
  if (last !== undefined && last.stage === stage && last.owns === owns && last.generation === generation) return;
  turns.push({ atNs: nowNs, stage, owns, generation });
  if (turns.length > TURNS_MAX) turns.shift();
}

/** A way from leaving the stable state, or from the start, to reaching it. */
export interface Rebalance {
  readonly fromNs: number;
  /** How long it took so far. */
  readonly tookNs: number;
  /** How long of that the member owned no partition: nothing was read for it. */
  readonly withoutNs: number;
  readonly isOver: boolean;
  readonly generation: number;
  readonly ownedBefore: number;
  readonly ownedAfter: number;
}

/** Oldest first. One whose beginning is forgotten is left out. */
export function rebalancesOf(turns: readonly Turn[], nowNs: number, isWhole: boolean): readonly Rebalance[] {
  const found: Rebalance[] = [];
  let from: { readonly ns: number; readonly owned: number } | null = isWhole ? { ns: turns[0]?.atNs ?? nowNs, owned: 0 } : null;
  let withoutNs = 0;
  turns.forEach((turn, at) => {
    const before = turns[at - 1];
    if (turn.stage === 'stable') {
      if (from !== null) found.push(rebalance(from, turn.atNs, withoutNs, true, turn));
      from = null;
      return;
    }
    if (before?.stage === 'stable') {
      from = { ns: turn.atNs, owned: before.owns };
      withoutNs = 0;
    }
    if (turn.owns === 0) withoutNs += (turns[at + 1]?.atNs ?? nowNs) - turn.atNs;
  });
  const last = turns.at(-1);
  if (from !== null && last !== undefined) found.push(rebalance(from, nowNs, withoutNs, false, last));
  return found;
}

const rebalance = (
  from: { readonly ns: number; readonly owned: number },
  untilNs: number,
  withoutNs: number,
  isOver: boolean,
  { generation, owns }: Turn,
): Rebalance => ({
  fromNs: from.ns,
  tookNs: untilNs - from.ns,
  withoutNs,
  isOver,
  generation,
  ownedBefore: from.owned,
  ownedAfter: owns,
});
