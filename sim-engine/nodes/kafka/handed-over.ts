// What a broker does with records that a group has failed at and published to another topic. What was owed for them goes along: the group that
// reads the topic answers for it from then on, or, while none does, the topic itself, where it rests. Whoever led the record before
// has it still until that group has committed past it, so one obligation may stand in two logs.

import { DEAD_LETTERED, DELAYED, WAITING } from '../../world/books.ts';
import { MAX_ATTEMPTS } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { Partition } from './broker-state.ts';
import { type GroupShare, holdAt, holdMore, newShare, owedAt, oweRecord, takeFrom } from './group-share.ts';

/** Subscription of what rests in a topic: that of each obligation is its own. */
const NONE = -1;

/** A record was written on behalf of an obligation. Further groups are owed it anew. */
export function takeOver(
  world: World,
  partition: Partition,
  holder: number,
  place: number,
  offset: number,
  obl: number,
  isRetry: boolean,
): void {
  const { obligations } = world;
  let isTaken = false;
  for (const share of partition.shares.values()) {
    if (isTaken) oweRecord(world, share, holder, offset, obligations.msg[obl] as number);
    else holdAt(share, offset, obl);
    isTaken = true;
  }
  if (!isTaken) {
    partition.kept ??= newShare(NONE, offset);
    holdAt(partition.kept, offset, obl);
  }
  holdMore(world, obl, holder);
  const attempt = obligations.attempts[obl] as number;
  if (isRetry && isTaken) {
    obligations.moveTo(obl, DELAYED);
    world.tellOf(obl, 'delayed', place, attempt);
    return;
  }
  if (obligations.isOpen(obl)) world.books.countReason(true, DEAD_LETTERED, place, MAX_ATTEMPTS);
  obligations.moveTo(obl, DEAD_LETTERED);
  world.tellOf(obl, 'dead-lettered', place, attempt, MAX_ATTEMPTS);
  world.settled++;
}

/** A first group has come to read the topic: what rested there waits for it. True if the record was such a one. */
export function openAgain(world: World, { kept }: Partition, share: GroupShare, offset: number): boolean {
  const obl = kept === null ? 0 : owedAt(kept, offset);
  if (obl === 0) return false;
  holdAt(share, offset, obl);
  world.obligations.moveTo(obl, WAITING);
  return true;
}

/** The last group of the topic is gone: what others had handed over to it rests in the topic. */
export function layDown(world: World, partition: Partition, share: GroupShare): void {
  const { obligations } = world;
  takeFrom(share, (offset, obl) => {
    if (obligations.sub[obl] === share.sub) return false;
    partition.kept ??= newShare(NONE, offset);
    holdAt(partition.kept, offset, obl);
    obligations.moveTo(obl, DEAD_LETTERED);
    return true;
  });
}
