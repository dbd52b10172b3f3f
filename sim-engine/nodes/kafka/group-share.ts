// What the books know of one partition and one group: an obligation for each record that the group is owed and has not committed. The broker
// that leads the partition holds them as causes, for as long as it could hand the records out again: until the group has committed
// past them, or until retention takes them.

import { max } from '../../kernel/exact-math.ts';
import { type IntRing, newRing, peekRing, pushRing, shiftRing } from '../../kernel/int-ring.ts';
import { DROPPED, LOST, SKIPPED, WAITING } from '../../world/books.ts';
import { FORGOTTEN, REMOVED, TOO_OLD } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { PartitionLog } from './partition-log.ts';

export interface GroupShare {
  readonly sub: number;
  /** Offset that the first obligation of the ring is for; those behind it follow without gaps. */
  from: number;
  readonly obls: IntRing;
  /** Offset up to which the group has committed, as far as the books know. */
  committed: number;
  /** Records handed out to it so far. */
  fetched: number;
}

export const newShare = (sub: number, from: number): GroupShare => ({ sub, from, obls: newRing(), committed: -1, fetched: 0 });

/** A group that has committed nothing yet lags by all that is there. */
export const lagIn = ({ highWatermark, logStart }: PartitionLog, { committed }: GroupShare): number =>
  highWatermark - max(committed, logStart);

/** Offset behind the last one that it knows. */
const endOf = ({ from, obls }: GroupShare): number => from + obls.count;

/** A record has come: it is owed. `msg` keeps the references it has. */
export function oweRecord(world: World, share: GroupShare, holder: number, offset: number, msg: number): void {
  // Between what it knows and this one nothing is a record: markers.
  while (endOf(share) < offset) pushRing(share.obls, 0);
  const { obligations } = world;
  const obl = obligations.open(msg, share.sub, WAITING);
  obligations.holder[obl] = holder;
  pushRing(share.obls, obl);
}

/** The obligation for an offset; 0 = none, or no more. */
export function owedAt(share: GroupShare, offset: number): number {
  const at = offset - share.from;
  return at < 0 || at >= share.obls.count ? 0 : peekRing(share.obls, at);
}

/** Puts an obligation that there is already where the record stands. */
export function holdAt({ from, obls }: GroupShare, offset: number, obl: number): void {
  while (from + obls.count < offset) pushRing(obls, 0);
  pushRing(obls, obl);
}

/** A log has the record of an obligation, beside those that may have it already. */
export function holdMore({ obligations }: World, obl: number, holder: number): void {
  if (obligations.holder[obl] !== 0) obligations.lease[obl] = (obligations.lease[obl] as number) + 1;
  obligations.holder[obl] = holder;
}

/** Asks of each obligation whether it goes elsewhere, and takes it out of here if so. */
export function takeFrom({ from, obls }: GroupShare, goes: (offset: number, obl: number) => boolean): void {
  for (let i = 0; i < obls.count; i++) {
    const obl = peekRing(obls, i);
    if (obl !== 0 && goes(from + i, obl)) obls.items[(obls.head + i) & (obls.items.length - 1)] = 0;
  }
}

/** The group has committed: what lies below is nothing that the broker would hand out again. */
export function letGoBelow(world: World, share: GroupShare, offset: number, place: number): void {
  share.committed = offset;
  releaseBelow(share, offset, (obl) =>
    // What nobody was ever given was passed over, by a start at the end of the log.
    end(world, obl, world.obligations.attempts[obl] === 0 ? SKIPPED : LOST, place, FORGOTTEN),
  );
}

/** Retention has taken what lies below. */
export function expireBelow(world: World, share: GroupShare, offset: number, place: number): void {
  releaseBelow(share, offset, (obl) => end(world, obl, SKIPPED, place, TOO_OLD));
}

/** The cleaner has taken records that a later one of their key stands for. */
export function dropAt(world: World, share: GroupShare, offset: number, place: number): void {
  const obl = owedAt(share, offset);
  if (obl === 0) return;
  const { obls } = share;
  obls.items[(obls.head + offset - share.from) & (obls.items.length - 1)] = 0;
  end(world, obl, DROPPED, place, FORGOTTEN);
}

/** The topic, the group or the cluster is gone. */
export function dropShare(world: World, share: GroupShare, place: number): void {
  releaseBelow(share, endOf(share), (obl) => end(world, obl, LOST, place, REMOVED));
}

function releaseBelow(share: GroupShare, offset: number, letGo: (obl: number) => void): void {
  while (share.obls.count > 0 && share.from < offset) {
    const obl = shiftRing(share.obls);
    share.from++;
    if (obl !== 0) letGo(obl);
  }
  if (share.from < offset) share.from = offset;
}

function end(world: World, obl: number, cls: number, place: number, reason: number): void {
  const { obligations } = world;
  // How many further logs have it is noted where others note a lease.
  const more = obligations.lease[obl] as number;
  if (more > 0) obligations.lease[obl] = more - 1;
  else obligations.holder[obl] = 0;
  obligations.endCause(obl, cls, place, reason);
}
