// How a view comes to know what it missed: from which event store it is built, the questions to that store (the missing events of a
// stream, or the log from the first missing event on, page by page), and reading what it answers at its rate. What an event does to
// the view is the projection's business.

import { floor } from '../../kernel/exact-math.ts';
import type { ActorIx } from '../../kernel/ids.ts';
import type { Stateful } from '../../world/actor.ts';
import * as packet from '../../world/packet-types.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import type { Connection } from '../node-kind.ts';
import { EventStore, PAGE } from './event-store.ts';

const QUESTIONS_MASK = 0x3fffffff;
/** How long an answer of the event store is waited for where the wire says nothing of it, ns. */
const WAIT_NS = 1_000_000_000;

/** Events that came from the event store: a page of the log, or the missing ones of a stream. */
interface Page {
  readonly numbers: readonly number[];
  /** Nothing comes after it. */
  readonly isLast: boolean;
}

interface CatchingUpState {
  /** Key of the stream whose missing events are asked for, or null. */
  missing: number | null;
  isRebuilding: boolean;
  /** Number of the question that is out, 0 = none; and of the last that was asked. */
  asked: number;
  questions: number;
  /** The first event of the page that is asked for. */
  askedFrom: number;
  reading: Page | null;
  /** A page that came while another was read. */
  next: Page | null;
  rebuilds: number;
}

/** What catching up asks of its projection. */
export interface CatchingUpHost {
  readonly ix: ActorIx;
  /** How much of a stream is in the view: the number of its last event there. */
  seqInView(key: number): number;
  /** Calls `onPageRead` after so long, ns; whatever else was set to end is passed over. */
  armPage(lengthNs: number): void;
  /** Nothing that was set to end is waited for any more. */
  passOver(): void;
  /** Takes an event into the view: false if it has no meaning where the stream stands. */
  refold(store: EventStore, number: number): boolean;
  /** Everything that was missing is there. */
  onCaughtUp(): void;
  /** What came does not lead on. */
  onStuck(): void;
}

export class CatchingUp implements Stateful {
  state: CatchingUpState = {
    missing: null,
    isRebuilding: false,
    asked: 0,
    questions: 0,
    askedFrom: 0,
    reading: null,
    next: null,
    rebuilds: 0,
  };
  private readonly world: World;
  private readonly host: CatchingUpHost;
  /** Number of the timer of its host that calls `onAnswerDue`. */
  private readonly timer: number;
  /** Wires to event stores by slot; the first that is there is the one it is built from. */
  private readonly sources: (Connection | null)[] = [];
  private source: Connection | null = null;
  private rebuildRate = 1;
  /** Slot of the wire to the event store that the view is built from, -1 if there is none, and the actor there. */
  sourceSlot = -1;
  sourceIx = 0;

  constructor(world: World, host: CatchingUpHost, timer: number, params: Params) {
    this.world = world;
    this.host = host;
    this.timer = timer;
    this.onParams(params);
  }

  onParams(params: Params): void {
    this.rebuildRate = params.rebuildRate as number;
  }

  // ---------------------------------------------------------------- from where

  /** A wire to a node that may be asked. */
  attach(slot: number, connection: Connection): void {
    this.sources[slot] = connection.peerKind === 'event-store' ? connection : null;
    this.choose();
  }

  detach(slot: number): void {
    this.sources[slot] = null;
    this.choose();
  }

  onWireParams(slot: number, connection: Connection): void {
    if (this.sources[slot]) this.sources[slot] = connection;
    this.choose();
  }

  private choose(): void {
    this.sourceSlot = this.sources.findIndex((source) => source);
    this.source = this.sources[this.sourceSlot] ?? null;
    this.sourceIx = this.source === null ? 0 : (this.world.links.to[this.source.out] as number);
  }

  get hasSource(): boolean {
    return this.source !== null;
  }

  eventStore(): EventStore | null {
    const actor = this.world.actors[this.sourceIx];
    return this.source !== null && actor instanceof EventStore ? actor : null;
  }

  // ---------------------------------------------------------------- asking

  /** Whether it waits for events, so that no delivery is taken up. */
  get isUnderWay(): boolean {
    return this.state.isRebuilding || this.state.missing !== null;
  }

  /** Asks for the log from event `first` on. */
  rebuild(first: number): void {
    const { state } = this;
    this.giveUp();
    state.isRebuilding = true;
    state.rebuilds++;
    state.askedFrom = first;
    this.ask();
  }

  /** Asks for the events of a stream that are missing. */
  fillIn(key: number): void {
    this.state.missing = key;
    this.ask();
  }

  giveUp(): void {
    const { state } = this;
    state.isRebuilding = false;
    state.missing = null;
    state.asked = 0;
    state.reading = null;
    state.next = null;
    this.host.passOver();
  }

  private ask(): void {
    const { source, state, world } = this;
    if (source === null) return;
    state.questions = (state.questions + 1) & QUESTIONS_MASK;
    state.asked = state.questions;
    const timeoutNs = source.params.timeout as number;
    world.at[0] = (world.now[0] as number) + (timeoutNs > 0 ? timeoutNs : WAIT_NS);
    world.arm(this.host.ix, this.timer, state.asked);
    if (state.missing !== null) world.send(source.out, packet.READ_STREAM, state.missing, 1, state.asked);
    else world.send(source.out, packet.READ_LOG, state.askedFrom, 1, state.asked);
  }

  onAnswerDue(question: number): void {
    if (question === this.state.asked) this.ask();
  }

  // ---------------------------------------------------------------- reading

  /** The event store names the events; they lie in its log for good. */
  onEvents(first: number, count: number): void {
    const { state } = this;
    const store = this.eventStore();
    // A late answer to a question that was asked again.
    if (this.world.tag !== state.asked || store === null) return;
    state.asked = 0;
    const { missing } = state;
    const page: Page =
      missing === null
        ? { numbers: Array.from({ length: count }, (_, ix) => first + ix), isLast: count < PAGE }
        : { numbers: store.numbersAfter(missing, this.host.seqInView(missing)), isLast: true };
    if (!page.isLast) state.askedFrom = first + count;
    if (state.reading === null) this.read(page);
    else state.next = page;
  }

  /** Reads a page at its rate; the one after it is on its way meanwhile. */
  private read(page: Page): void {
    const { host, world } = this;
    this.state.reading = page;
    host.armPage(floor((page.numbers.length * 1e9 * world.slowFactor(host.ix)) / this.rebuildRate));
    if (!page.isLast) this.ask();
  }

  onPageRead(): void {
    const { host, state } = this;
    const { next, reading } = state;
    const store = this.eventStore();
    if (reading === null || store === null) return;
    state.reading = null;
    state.next = null;
    const isOfNoUse = state.missing !== null && reading.numbers.length === 0;
    if (isOfNoUse || !reading.numbers.every((number) => host.refold(store, number))) {
      this.giveUp();
      host.onStuck();
      return;
    }
    if (!reading.isLast) {
      if (next !== null) this.read(next);
      return;
    }
    state.missing = null;
    state.isRebuilding = false;
    host.onCaughtUp();
  }
}
