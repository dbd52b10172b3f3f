// The relay of a store: publishes what was committed, in the order of commits for each key, and marks each event once every wire has
// confirmed it. What was published and not marked when it crashes is published again: at least once. One relay at a time.
// Section 7 and P27 to P30 of docs/semantics/patterns.md.

import type { Law } from '../../kernel/distributions.ts';
import { ceil, floor } from '../../kernel/exact-math.ts';
import type { ActorIx, MsgIx, StreamIx } from '../../kernel/ids.ts';
import { addToRanges, isInRanges, newRangeSet, type RangeSet } from '../../kernel/range-set.ts';
import type { Stateful } from '../../world/actor.ts';
import { NUMBERED } from '../../world/messages.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import type { Connection, PublisherHost } from '../node-kind.ts';
import { type MessageTraits, Outlets } from '../publishing.ts';
import { type EventLog, eventInto, keyOfEvent, newEventRow } from './event-log.ts';

/** Timers of the host that belong to its relay. */
const RELAY_LOOK = 8;
const RELAY_MARK = 9;
const RELAY_BACK = 10;

const LIVES_MASK = 0x3fffffff;

/** What a relay asks of the store it belongs to. */
export interface RelayHost {
  readonly ix: ActorIx;
  readonly nodeId: string;
  /** Where events lie until they are marked. */
  readonly log: EventLog;
  /** Whether events without a key are in an order too. */
  readonly hasStreams: boolean;
  /** How long the mark of one event takes, ns: it is a write like any other. */
  markTakes(): number;
  /** All events up to `number` are marked. */
  onAllMarked(number: number): void;
}

interface RelayState {
  /** Events up to the first number that is not in here are published and marked. */
  marked: RangeSet;
  /** Published at least once. */
  published: RangeSet;
  publishedCount: number;
  publishedAgain: number;
  /** Number of the last event that was taken into a batch in this life. */
  cursor: number;
  /** Taken and not marked yet, oldest first. */
  batch: number[];
  /** Published and not confirmed on so many wires. Below 0: not confirmed, and given up by a wire. */
  underWay: Map<number, number>;
  /** Confirmed, and being marked: when that is done, ns. */
  marking: Map<number, number>;
  /** Those that a wire has refused: another try comes with the next look. */
  refused: Set<number>;
  isDown: boolean;
  isLooking: boolean;
  /** Begun so far: timers of an earlier life are passed over. */
  lives: number;
}

const newRelayState = (before: number): RelayState => ({
  marked: firstNumbers(before),
  published: firstNumbers(before),
  publishedCount: 0,
  publishedAgain: 0,
  cursor: before,
  batch: [],
  underWay: new Map(),
  marking: new Map(),
  refused: new Set(),
  isDown: false,
  isLooking: false,
  lives: 0,
});

/** 1 to `count`. */
const firstNumbers = (count: number): RangeSet => (count === 0 ? newRangeSet() : { starts: [1], ends: [count] });

/** The number up to which every one from 1 on is in the set. */
export const unbrokenUpTo = (set: RangeSet): number => (set.starts[0] === 1 ? (set.ends[0] as number) : 0);

export class Relay implements Stateful, PublisherHost {
  state: RelayState;
  readonly ix: ActorIx;
  readonly outlets: Outlets;
  private readonly world: World;
  private readonly host: RelayHost;
  private readonly crashStream: StreamIx;
  private readonly row = newEventRow();
  private readonly traits: MessageTraits = {
    key: -1,
    sizeBytes: 0,
    type: 0,
    flags: 0,
    causeSender: 0,
    causeNumber: 0,
    bornNs: 0,
    eventNumber: 0,
  };
  private everyNs = 0;
  private batchMost = 1;
  private crash = 'never';
  private crashChance = 0;
  private backAfterNs = 0;
  private flags = 0;

  /** `before`: so many events were published before the run. */
  constructor(world: World, host: RelayHost, before: number) {
    this.world = world;
    this.host = host;
    this.ix = host.ix;
    this.outlets = new Outlets(world, this);
    this.crashStream = world.stream(host.nodeId, 'relay crash');
    this.state = newRelayState(before);
  }

  readParams(params: Params): void {
    this.everyNs = params.relayEvery as number;
    this.batchMost = params.relayBatch as number;
    this.crash = params.relayCrash as string;
    this.crashChance = params.relayCrashChance as number;
    this.backAfterNs = params.relayBackAfter as number;
    this.flags = params.numbered ? NUMBERED : 0;
  }

  // ---------------------------------------------------------------- life

  attach(slot: number, connection: Connection): void {
    this.outlets.attach(slot, connection);
  }

  onConnected(slot: number): void {
    this.outlets.clients[slot]?.start();
    this.armLook();
  }

  onDisconnected(slot: number): void {
    this.outlets.detach(slot);
    this.pump();
  }

  start(): void {
    this.outlets.start();
    this.armLook();
  }

  /** The process is gone with all it had not marked. */
  fall(): void {
    const { state } = this;
    this.outlets.onCrash();
    state.batch = [];
    state.underWay.clear();
    state.marking.clear();
    state.refused.clear();
    state.cursor = unbrokenUpTo(state.marked);
    state.isDown = false;
    state.isLooking = false;
    state.lives = (state.lives + 1) & LIVES_MASK;
  }

  /** Whether it crashed here, as its fields demand. */
  private crashesAt(point: string): boolean {
    if (this.crash !== point || this.world.streams.uniform(this.crashStream) >= this.crashChance) return false;
    this.fall();
    this.state.isDown = true;
    this.world.notice('notice.relay-crashed', this.host.nodeId);
    this.world.at[0] = (this.world.now[0] as number) + this.backAfterNs;
    this.world.arm(this.ix, RELAY_BACK, this.state.lives);
    return true;
  }

  onTimer(timer: number, arg: number): void {
    if (timer === RELAY_MARK) this.onMarked(arg);
    else if (arg !== this.state.lives) return;
    else if (timer === RELAY_LOOK) this.look();
    else {
      this.state.isDown = false;
      this.start();
    }
  }

  // ---------------------------------------------------------------- looking

  /** Events that are committed and not marked. */
  get unmarkedCount(): number {
    const { marked } = this.state;
    let count = 0;
    for (let at = 0; at < marked.starts.length; at++) count += (marked.ends[at] as number) - (marked.starts[at] as number) + 1;
    return this.host.log.last - count;
  }

  isUnpublished(number: number): boolean {
    return !isInRanges(this.state.published, number);
  }

  /** There is something to publish: the next look comes at the next whole interval. */
  armLook(): void {
    const { state, world } = this;
    if (state.isLooking || state.isDown || this.outlets.count === 0 || unbrokenUpTo(state.marked) === this.host.log.last) return;
    state.isLooking = true;
    const nowNs = world.now[0] as number;
    world.at[0] = ceil((nowNs + 1) / this.everyNs) * this.everyNs;
    world.arm(this.ix, RELAY_LOOK, state.lives);
  }

  private look(): void {
    const { state } = this;
    const { last } = this.host.log;
    state.isLooking = false;
    state.refused.clear();
    while (state.batch.length < this.batchMost && state.cursor < last) {
      state.cursor++;
      if (!isInRanges(state.marked, state.cursor)) state.batch.push(state.cursor);
    }
    this.pump();
    this.armLook();
  }

  /** Publishes whatever of the batch may go out: of each key the oldest, once the one before it is marked. */
  private pump(): void {
    const { outlets, state } = this;
    if (state.isDown || outlets.count === 0) return;
    const taken = new Set<number>();
    for (const number of state.batch) {
      const key = keyOfEvent(this.host.log, number);
      if (taken.has(key)) continue;
      // What has no key belongs to no order.
      if (key >= 0 || this.host.hasStreams) taken.add(key);
      if (state.underWay.has(number) || state.marking.has(number) || state.refused.has(number)) continue;
      if (!outlets.areOpen || this.crashesAt('before-publish')) return;
      this.publish(number);
      // It may have crashed over it.
      if (state.isDown) return;
    }
  }

  private publish(number: number): void {
    const { outlets, row, state, traits } = this;
    eventInto(this.host.log, number, row);
    traits.key = row.key;
    traits.sizeBytes = row.sizeBytes;
    traits.type = row.type;
    traits.flags = this.flags;
    traits.causeSender = row.causeSender;
    traits.causeNumber = row.causeNumber;
    traits.bornNs = row.bornNs;
    traits.eventNumber = row.seq + 1;
    state.publishedCount++;
    if (!addToRanges(state.published, number)) state.publishedAgain++;
    state.underWay.set(number, outlets.count);
    outlets.publish(number, traits);
  }

  onFlow(_client: number, isOpen: boolean): void {
    if (isOpen) this.pump();
    else this.world.notice('notice.held-back', this.host.nodeId);
  }

  onOutcome(_client: number, outcome: 'handed-over' | 'confirmed' | 'refused' | 'given-up', msg: MsgIx): void {
    const { state } = this;
    const number = this.world.messages.number[msg] as number;
    const left = state.underWay.get(number);
    if (left === undefined) return;
    const isGood = outcome === 'handed-over' || outcome === 'confirmed';
    const wires = (left < 0 ? -left : left) - 1;
    if (wires > 0) {
      state.underWay.set(number, left < 0 || !isGood ? -wires : wires);
      return;
    }
    state.underWay.delete(number);
    if (left < 0 || !isGood) {
      state.refused.add(number);
      this.armLook();
    } else this.mark(number);
  }

  private mark(number: number): void {
    const { state, world } = this;
    if (this.crashesAt('before-mark')) return;
    const dueNs = (world.now[0] as number) + this.host.markTakes();
    state.marking.set(number, dueNs);
    world.at[0] = dueNs;
    world.arm(this.ix, RELAY_MARK, number);
  }

  private onMarked(number: number): void {
    const { state, world } = this;
    const dueNs = state.marking.get(number);
    // It was begun by an earlier life.
    if (dueNs === undefined || dueNs > (world.now[0] as number)) return;
    state.marking.delete(number);
    addToRanges(state.marked, number);
    state.batch.splice(state.batch.indexOf(number), 1);
    this.host.onAllMarked(unbrokenUpTo(state.marked));
    this.pump();
  }
}

/** Of a length that is slowed down, whole ns. */
export function slowed(law: Law, world: World, factor: number): number {
  law.drawInto(world.drawn);
  const lengthNs = world.drawn[0] as number;
  return factor === 1 ? lengthNs : floor(lengthNs * factor);
}
