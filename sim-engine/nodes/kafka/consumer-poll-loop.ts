// The poll loop of each member: hands the records of a poll to the service, as many at once as it has places, keeps what is to be tried again,
// commits as the wire says, and polls again when all of them are done.
// Follows `ConsumerCoordinator`; semantics 11, 12; K28.

import { floor, max } from '../../kernel/exact-math.ts';
import type { OblIx } from '../../kernel/ids.ts';
import { lookUp, putIn, takeFrom } from '../../kernel/number-map.ts';
import { DELAYED, DROPPED } from '../../world/books.ts';
import { REJECTED } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { Settlement } from '../node-kind.ts';
import { COMMIT, type ConsumerCore, KINDS, REQUEST_TIMEOUT_NS, RESUME, RETRIES, RETRY_NS } from './consumer-core.ts';
import {
  type Member,
  nextOffsets,
  noteFilled,
  type Owned,
  positionsOf,
  type Rec,
  resumeNs,
  takePolled,
  UNSENT,
} from './consumer-member.ts';
import { addDeadline } from './deadlines.ts';

export class PollLoop {
  private readonly core: ConsumerCore;
  private readonly world: World;

  constructor(core: ConsumerCore) {
    this.core = core;
    this.world = core.world;
  }

  /** What the application does when it is through with all it had: `poll()`. */
  poll(member: Member): void {
    if (member.isClosing) {
      this.core.end(member);
      return;
    }
    member.lastPollNs = this.core.nowNs;
    member.isIdle = false;
    if (member.stage === 'out') {
      this.core.membership.join(member);
      return;
    }
    if (member.needsRejoin && member.stage === 'stable') this.core.membership.rejoin(member);
    if (this.core.commitMode === 'auto') this.commitIfDue(member);
    const polled = takePolled(member, this.core.params.maxPollRecords as number, this.core.nowNs);
    this.resumeLater(member);
    if (polled.length === 0) {
      member.isIdle = true;
      this.core.fetcher.fetch(member);
      return;
    }
    member.polled.push(...polled);
    if (this.core.commitMode === 'before') this.commitFirst(member);
    this.handOut(member);
    this.core.fetcher.fetch(member);
  }

  /** `commitSync()` before the work: nothing is begun until it is through, and it is tried until it is. */
  commitFirst(member: Member): void {
    member.committing = this.commit(member, [...member.owned.values()]);
    if (member.committing === UNSENT) this.core.later(member);
  }

  onCommitted(member: Member, isThrough: boolean): void {
    member.committing = isThrough ? 0 : UNSENT;
    if (isThrough) this.goOn(member);
    else this.core.later(member);
  }

  /** One deadline stands for the first of the paused partitions, however often others are polled meanwhile. */
  private resumeLater(member: Member): void {
    const { deadlines, nowNs } = this.core;
    const againNs = resumeNs(member, nowNs);
    if (member.resumesNs <= nowNs) member.resumesNs = Number.POSITIVE_INFINITY;
    if (againNs >= member.resumesNs) return;
    member.resumesNs = againNs;
    addDeadline(this.world, deadlines, againNs, member.number * KINDS + RESUME);
  }

  pollIfIdle(member: Member): void {
    if (member.isIdle) this.poll(member);
  }

  /** As many at once as the service has places for each replica. */
  handOut(member: Member): void {
    if (member.committing !== 0) return;
    const room = max(1, floor(this.core.host.concurrency() / max(1, this.core.replicas())));
    // Who publishes what has failed waits until it is there.
    while (member.polled.length > 0 && member.given + member.passing.size < room && this.core.host.concurrency() > 0) {
      const rec = member.polled.shift() as Rec;
      this.give(member, rec);
    }
  }

  private give(member: Member, rec: Rec): void {
    member.given++;
    putIn(member.inHand, rec.obl, rec);
    this.core.state.heldCauses--;
    this.core.host.onDelivery(this.core.client, rec.obl as OblIx, rec.attempt);
  }

  settle(obl: OblIx, attempt: number, outcome: Settlement, delayNs: number, freesPlace: boolean): void {
    const member = this.holderOf(obl, attempt);
    // Of a member that is gone: nobody asks any more.
    if (member === undefined) return;
    const rec = takeFrom(member.inHand, obl) as Rec;
    if (freesPlace) member.given--;
    else member.early++;
    if (this.core.passOn.take(member, rec, outcome)) return;
    if (outcome === 'retry' && isOpen(member, rec)) {
      if (this.core.params.retryMode === 'pause') this.putBack(member, rec, delayNs);
      else this.keep(member, rec, delayNs);
      return;
    }
    if (outcome === 'reject') this.world.obligations.conclude(obl, DROPPED, this.core.place, REJECTED);
    this.finish(member, rec);
  }

  private holderOf(obl: number, attempt: number): Member | undefined {
    for (const member of this.core.state.members) if (lookUp(member.inHand, obl)?.attempt === attempt) return member;
    return undefined;
  }

  /** The place of something that was settled before is free. */
  freePlace(): void {
    const member = this.core.state.members.find(({ early }) => early > 0);
    if (member === undefined) return;
    member.early--;
    member.given--;
    this.goOn(member);
  }

  /** Blocking retry: the record waits where it is, and those behind it wait for it. */
  private keep(member: Member, rec: Rec, delayNs: number): void {
    const { obligations } = this.world;
    obligations.addCause(rec.obl);
    this.core.state.heldCauses++;
    if (delayNs > 0) obligations.moveTo(rec.obl, DELAYED);
    member.kept.set(rec.obl, rec);
    addDeadline(this.world, this.core.deadlines, this.core.nowNs + delayNs, RETRIES + rec.obl);
  }

  /**
   * Blocking retry without holding up the poll: the partition is paused and wound back to the record, and others go on. What was fetched
   * of it stays at hand, where the real client would fetch it again.
   */
  private putBack(member: Member, rec: Rec, delayNs: number): void {
    const { obligations } = this.world;
    const owned = member.owned.get(rec.partition) as Owned;
    const attempt = (obligations.attempts[rec.obl] as number) + 1;
    obligations.addCause(rec.obl);
    this.core.state.heldCauses++;
    obligations.attempts[rec.obl] = attempt;
    if (delayNs > 0) obligations.moveTo(rec.obl, DELAYED);
    const behind = member.polled.filter(({ partition }) => partition === rec.partition);
    member.polled = member.polled.filter(({ partition }) => partition !== rec.partition);
    for (const { offset } of [rec, ...behind]) takeFrom(owned.open, offset);
    owned.buffered.unshift({ ...rec, attempt, dueNs: this.core.nowNs + delayNs }, ...behind);
    owned.position = rec.offset;
    noteFilled(member, rec.partition);
    this.goOn(member);
  }

  /** It is in the other topic: here it is done with. */
  onPassedOn(number: number, rec: Rec): void {
    const member = this.core.state.members.find((one) => one.number === number);
    if (member?.passing.delete(rec.obl) === true) this.finish(member, rec);
  }

  /** The other topic is not there any more. */
  onNotPassedOn(number: number, rec: Rec): void {
    const member = this.core.state.members.find((one) => one.number === number);
    if (member?.passing.delete(rec.obl) !== true) return;
    if (isOpen(member, rec)) this.keep(member, rec, RETRY_NS);
    else this.goOn(member);
  }

  giveAgain(obl: number): void {
    const member = this.core.state.members.find(({ kept }) => kept.has(obl)) as Member;
    const rec = member.kept.get(obl) as Rec;
    const { obligations } = this.world;
    member.kept.delete(obl);
    const attempt = (obligations.attempts[obl] as number) + 1;
    obligations.attempts[obl] = attempt;
    member.polled.unshift({ ...rec, attempt });
    this.world.tellOf(obl, 'delivered', this.core.place, attempt);
    this.handOut(member);
  }

  private finish(member: Member, { offset, partition }: Rec): void {
    const owned = member.owned.get(partition);
    if (owned !== undefined && takeFrom(owned.open, offset) === true && this.core.commitMode === 'after') {
      const every = this.core.params.commitEvery as number;
      if (++member.finished >= every && every > 0) this.commit(member, [...member.owned.values()]);
    }
    this.goOn(member);
  }

  goOn(member: Member): void {
    this.handOut(member);
    const { early, inHand, kept, passing, polled } = member;
    const isDone = polled.length === 0 && inHand.size === 0 && kept.size === 0 && passing.size === 0 && early === 0;
    if (!isDone || member.isIdle) return;
    if (this.core.commitMode === 'after' && member.finished > 0 && this.core.params.commitEvery === 0)
      this.commit(member, [...member.owned.values()]);
    this.poll(member);
  }

  // ---------------------------------------------------------------- offsets

  commitIfDue(member: Member): void {
    const dueNs = member.lastCommitNs + (this.core.params.autoCommitInterval as number);
    if (member.stage !== 'stable' || this.core.nowNs < dueNs) return;
    this.commit(member, [...member.owned.values()]);
  }

  /** Before partitions are given up: an automatic commit always, the application's own where it asks to be told of a rebalance. */
  commitBeforeRevoke(member: Member): void {
    const { commitMode, params } = this.core;
    if (commitMode === 'auto' || (commitMode === 'after' && params.commitOnRevoke === true))
      this.commit(member, [...member.owned.values()]);
  }

  /** Answers with the number of the request; UNSENT = there was none. */
  commit(member: Member, owned: readonly Owned[]): number {
    member.finished = 0;
    member.lastCommitNs = this.core.nowNs;
    if (this.core.commitMode === 'auto')
      addDeadline(
        this.world,
        this.core.deadlines,
        this.core.nowNs + (this.core.params.autoCommitInterval as number),
        member.number * KINDS + COMMIT,
      );
    const offsets = this.core.commitMode === 'after' ? nextOffsets(owned) : positionsOf(owned);
    const door = this.core.coordinator();
    if (offsets.length === 0 || !this.core.network.isUp(door)) return UNSENT;
    const { generation, id } = member;
    const instanceId = this.core.instanceOf(member);
    return this.core.network.send(
      door,
      { api: 'commit', group: this.core.group, member: id, instanceId, generation, offsets },
      REQUEST_TIMEOUT_NS,
    );
  }

  /** One that had nothing to do while it joined polls now. */
  goOnIfFree(member: Member): void {
    if (!member.isIdle) this.goOn(member);
  }
}

/** Whether a record is the member's still, and not done. */
const isOpen = ({ owned }: Member, { offset, partition }: Rec): boolean => {
  const one = owned.get(partition);
  return one !== undefined && lookUp(one.open, offset) === true;
};
