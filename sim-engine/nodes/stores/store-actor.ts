// What a store and an event store have alike: questions are worked on at a limited number of places, what finds none waits or is
// refused, and what a crash interrupts was never done. How a question is answered is up to each of them.

import type { Law } from '../../kernel/distributions.ts';
import type { LinkIx } from '../../kernel/ids.ts';
import type { LawSpec } from '../../kernel/law-spec.ts';
import { StatefulActor } from '../../world/actor.ts';
import type { Inside } from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import { type ActorSelf, CLIENT_TIMERS, type Connection } from '../node-kind.ts';
import { type EventLog, type EventRow, newEventRow } from './event-log.ts';
import { Relay, type RelayHost, slowed } from './relay.ts';
import { storeInside } from './store-inside.ts';

/** A question is worked off. */
const WORKED = 0;

/** A timer's argument names the place and its serial; the engine allows at most 10,000 places. */
const PLACE_BITS = 14;
const SERIAL_MASK = 0xffff;

/** One question, from when it comes until it is answered. */
export interface Question {
  /** On whose behalf; 0 for those that carry nothing. */
  readonly obl: number;
  readonly slot: number;
  readonly type: number;
  readonly tag: number;
  /** Bits of `packet.WRITE_*`. */
  readonly options: number;
  /** From where, or of which key, events are read. */
  readonly from: number;
  /** What the row or stream must be like for a conditional write: its version as the one who asks has seen it. */
  readonly expected: number;
}

export interface PlacesState {
  /** By place; null = free. */
  places: (Question | null)[];
  /** By place: raised by each question that takes it. */
  serials: number[];
  free: number[];
  busy: number;
  /** Oldest first. */
  waiting: Question[];
  reads: number;
  committed: number;
  conflicts: number;
  refusals: number;
}

export const newPlacesState = (): PlacesState => ({
  places: [],
  serials: [],
  free: [],
  busy: 0,
  waiting: [],
  reads: 0,
  committed: 0,
  conflicts: 0,
  refusals: 0,
});

export abstract class StoreActor extends StatefulActor implements RelayHost {
  abstract override state: PlacesState;
  abstract readonly log: EventLog;
  abstract readonly hasStreams: boolean;
  readonly nodeId: string;
  protected readonly world: World;
  protected readonly row: EventRow = newEventRow();
  protected readonly relay: Relay;
  protected capacity = 0;
  /** By slot: document id of the node at the other end. */
  private readonly peers: string[] = [];
  /** By slot: the links on which it answers. */
  private readonly answers: (LinkIx | null)[] = [];
  private readLaw!: Law;
  private writeLaw!: Law;
  private connections = 1;
  private waitingMost = 0;
  private mode = 'normal';
  private slowness = 1;

  /** `before`: so many events were committed and published before the run. */
  constructor(world: World, self: ActorSelf, before: number) {
    super(self.ix);
    this.world = world;
    this.nodeId = self.nodeId;
    this.relay = new Relay(world, this, before);
    this.readParams(self.params);
  }

  /** First the relay: how many wires there are may differ between a copy and the run it is put into. */
  protected override statefulParts() {
    return [this.relay, ...Array.from(this.relay.outlets.clients, (client) => client ?? null)];
  }

  protected readParams(params: Params): void {
    const { nodeId, world } = this;
    this.readLaw = world.law(params.readTakes as LawSpec, nodeId, 'read');
    this.writeLaw = world.law(params.writeTakes as LawSpec, nodeId, 'write');
    this.connections = params.connections as number;
    this.waitingMost = params.waiting as number;
    this.mode = params.mode as string;
    this.slowness = params.slowness as number;
    this.capacity = params.capacity as number;
    this.relay.readParams(params);
  }

  // ---------------------------------------------------------------- what each kind of store says

  /** What the asker has seen of the row or stream of a message: its version, -1 for nothing. */
  protected abstract seenBy(slot: number, obl: number): number;
  /** What reading the row or stream costs beside the read itself, ns. */
  protected abstract readingTakes(question: Question): number;
  /** The asker now knows the row or stream as it is. */
  protected abstract onRead(question: Question): void;
  /** Carries out a write, or says why not: one of `packet.ANSWER_*`. */
  protected abstract commit(question: Question): number;
  /** Answers a question for events, if it has any. */
  protected abstract sendEvents(question: Question, out: LinkIx): void;

  abstract onAllMarked(number: number): void;

  // ---------------------------------------------------------------- life

  override attach(slot: number, connection: Connection): void {
    this.peers[slot] = connection.peerId;
    if (connection.port === 'out') this.relay.attach(slot, connection);
    else this.answers[slot] = connection.out;
  }

  override onConnected(slot: number): void {
    if (this.relay.outlets.clients[slot]) this.relay.onConnected(slot);
  }

  /** Nobody is there any more who could be answered; what has not been committed never will be. */
  override onDisconnected(slot: number): void {
    if (this.relay.outlets.clients[slot]) {
      this.relay.onDisconnected(slot);
      return;
    }
    this.answers[slot] = null;
    const { state } = this;
    for (const question of state.waiting) if (question.slot === slot) this.letGo(question);
    state.waiting = state.waiting.filter((question) => question.slot !== slot);
    for (let place = 0; place < state.places.length; place++) {
      const question = state.places[place];
      if (!question || question.slot !== slot) continue;
      this.letGo(question);
      this.vacate(place);
    }
    this.fillPlaces();
  }

  override onWireParams(slot: number, connection: Connection): void {
    this.relay.outlets.onParams(slot, connection);
  }

  override onParams(params: Params): void {
    this.readParams(params);
    this.fillPlaces();
  }

  override onStart(): void {
    this.relay.start();
  }

  /** Rows are on disk; a transaction that was under way was never there. */
  override onCrash(): void {
    this.letEverythingGo();
    this.relay.fall();
  }

  override onRestart(): void {
    this.relay.start();
  }

  /** The disk goes too: what was committed and never published never will be. */
  override onRemoved(): void {
    this.letEverythingGo();
    this.relay.fall();
    for (let number = this.log.base + 1; number <= this.log.last; number++) {
      if (this.relay.isUnpublished(number)) this.world.oracle.missedPublish(this.ix, this.ix, number);
    }
  }

  private letEverythingGo(): void {
    const { state } = this;
    for (const question of state.places) if (question) this.letGo(question);
    for (const question of state.waiting) this.letGo(question);
    state.places = [];
    state.free = [];
    state.waiting = [];
    state.busy = 0;
  }

  private letGo({ obl }: Question): void {
    if (obl !== 0) this.world.obligations.dropMention(obl);
  }

  // ---------------------------------------------------------------- questions

  override onPacket(link: LinkIx, type: number, first: number, count: number): void {
    const { world } = this;
    const slot = world.links.toSlot[link] as number;
    const { tag } = world;
    switch (type) {
      // Whoever is called answers; a store does so by reading.
      case packet.CALL:
      case packet.READ:
        return this.onQuestion({ obl: first, slot, type: packet.READ, tag, options: 0, from: 0, expected: -1 });
      case packet.WRITE:
      case packet.INSERT:
      case packet.APPEND: {
        const options = world.aux[0] as number;
        return this.onQuestion({ obl: first, slot, type, tag, options, from: 0, expected: this.seenBy(slot, first) });
      }
      case packet.READ_LOG:
      case packet.READ_STREAM:
        return this.onQuestion({ obl: 0, slot, type, tag, options: 0, from: first, expected: -1 });
      default:
        this.relay.outlets.onPacket(slot, link, type, first, count);
    }
  }

  private onQuestion(question: Question): void {
    const { state } = this;
    if (this.mode === 'read-only' && isWrite(question)) this.refuse(question);
    else if (state.busy < this.connections) this.begin(question);
    else if (state.waiting.length < this.waitingMost) state.waiting.push(question);
    else this.refuse(question);
  }

  private refuse(question: Question): void {
    this.state.refusals++;
    this.letGo(question);
    this.answer(question, packet.ANSWER_REFUSED);
  }

  private begin(question: Question): void {
    const { state, world } = this;
    const place = state.free.length > 0 ? (state.free.pop() as number) : state.places.length;
    const serial = ((state.serials[place] ?? 0) + 1) & SERIAL_MASK;
    state.places[place] = question;
    state.serials[place] = serial;
    state.busy++;
    const takesNs = isWrite(question) ? this.markTakes() : this.lengthOf(this.readLaw) + this.readingTakes(question);
    world.at[0] = (world.now[0] as number) + takesNs;
    world.arm(this.ix, WORKED, (serial << PLACE_BITS) | place);
  }

  /** As long as any write. */
  markTakes(): number {
    return this.lengthOf(this.writeLaw);
  }

  private lengthOf(law: Law): number {
    return slowed(law, this.world, this.world.slowFactor(this.ix) * (this.mode === 'slow' ? this.slowness : 1));
  }

  override onTimer(timer: number, arg: number): void {
    if (timer === WORKED) this.onWorked(arg & ((1 << PLACE_BITS) - 1), arg >>> PLACE_BITS);
    else if (timer >= CLIENT_TIMERS) this.relay.outlets.onTimer(timer, arg);
    else this.relay.onTimer(timer, arg);
  }

  private onWorked(place: number, serial: number): void {
    const { state } = this;
    const question = state.places[place];
    // Its wire was taken away meanwhile.
    if (!question || state.serials[place] !== serial) return;
    const out = this.answers[question.slot];
    if (question.obl === 0) {
      state.reads++;
      if (out) this.sendEvents(question, out);
    } else if (isWrite(question)) this.answer(question, this.write(question));
    else {
      state.reads++;
      this.onRead(question);
      this.answer(question, packet.ANSWER_OK);
    }
    this.letGo(question);
    this.vacate(place);
    this.fillPlaces();
  }

  private write(question: Question): number {
    const { state, world } = this;
    const result = this.commit(question);
    if (result === packet.ANSWER_CONFLICT) state.conflicts++;
    else if (result === packet.ANSWER_REFUSED) state.refusals++;
    if (result !== packet.ANSWER_OK && result !== packet.ANSWER_KNOWN) return result;
    state.committed++;
    if ((question.options & packet.WRITE_ANNOUNCED) !== 0) world.obligations.oweAnnouncement(question.obl);
    return result;
  }

  private answer({ slot, tag }: Question, result: number): void {
    const out = this.answers[slot];
    if (out) this.world.send(out, packet.ANSWER, result, 1, tag);
  }

  private vacate(place: number): void {
    const { state } = this;
    state.places[place] = null;
    state.free.push(place);
    state.busy--;
  }

  private fillPlaces(): void {
    const { state } = this;
    while (state.busy < this.connections && state.waiting.length > 0) this.begin(state.waiting.shift() as Question);
  }

  // ---------------------------------------------------------------- what is committed

  /** Writes what the message of an obligation says into `row`; its place in a stream is the caller's. */
  protected describe(obl: number): EventRow {
    const { row, world } = this;
    const { messages, obligations } = world;
    const msg = obligations.msg[obl] as number;
    row.key = messages.key[msg] as number;
    row.seq = -1;
    row.type = messages.type[msg] as number;
    row.sizeBytes = messages.sizeBytes[msg] as number;
    row.causeSender = messages.sender[msg] as number;
    row.causeNumber = messages.number[msg] as number;
    row.bornNs = world.now[0] as number;
    return row;
  }

  protected insideAll(): Inside {
    const { log, peers, relay, state, world } = this;
    const timers = state.busy > 0 ? world.timersOf(this.ix, WORKED) : new Map<number, number>();
    const endsNs = (place: number) => timers.get(((state.serials[place] ?? 0) << PLACE_BITS) | place);
    return [...storeInside({ world, state, relay, log, peers, endsNs }), ...relay.outlets.inside()];
  }

  protected sampleAll(rows: number, out: Float64Array, at: number): void {
    const { relay, state } = this;
    out[at] = rows;
    out[at + 1] = relay.unmarkedCount;
    out[at + 2] = state.busy;
    out[at + 3] = state.waiting.length;
    out[at + 4] = state.reads;
    out[at + 5] = state.committed;
    out[at + 6] = state.conflicts;
    out[at + 7] = state.refusals;
    out[at + 8] = relay.state.publishedCount;
    out[at + 9] = relay.state.publishedAgain;
  }
}

const isWrite = ({ type }: Question): boolean => type === packet.WRITE || type === packet.INSERT || type === packet.APPEND;
