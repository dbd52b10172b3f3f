// The event store at work: a stream of events per key. An append goes by what the one who asks has seen of the stream; of two who saw
// the same, one is first. A stream of a known kind takes no event that has no meaning where it stands. Section 8 and P31 to P35 of
// docs/semantics/patterns.md.

import { floor, min } from '../../kernel/exact-math.ts';
import type { LinkIx } from '../../kernel/ids.ts';
import { addToRanges, isInRanges, newRangeSet, type RangeSet } from '../../kernel/range-set.ts';
import { appendExpecting, NOTHING_YET, nextState } from '../../parts/event-fold.ts';
import type { Inside } from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import type { ActorSelf, NodeBehaviour } from '../node-kind.ts';
import { appendEvent, type EventLog, type EventRow, eventInto, newEventLog } from './event-log.ts';
import { newSeenVersions, noteRead, noteSeen, type SeenVersions, takeSeen } from './seen-versions.ts';
import { newPlacesState, type PlacesState, type Question, StoreActor } from './store-actor.ts';
import { streamsTable } from './store-inside.ts';
import { type StreamKind, streamKind, TRIP_LENGTH } from './trip.ts';

/** Events of one answer at most. */
export const PAGE = 1000;

/** Keys of streams that were complete before the run: none of them is a key that a sender has. */
const HISTORY_KEYS = 0x40000000;

interface Stream {
  /** The last event, -1 before the first. */
  lastSeq: number;
  state: number;
  /** Number of its last event. */
  lastNumber: number;
}

interface EventStoreState extends PlacesState {
  log: EventLog;
  /** Of each event in the log, the number of the one before it in its stream; 0 = none. */
  previous: Int32Array;
  streams: Map<number, Stream>;
  seen: SeenVersions;
  /** Messages whose event is in the log: numbers by sender. */
  recorded: Map<number, RangeSet>;
  rejected: number;
}

export class EventStore extends StoreActor {
  override state: EventStoreState;
  override readonly hasStreams = true;
  /** Events that were there before the run. */
  readonly history: number;
  private readonly kind: StreamKind;
  private isIdempotent = true;
  private foldTakesNs = 0;
  private snapshotEvery = 0;

  constructor(world: World, self: ActorSelf) {
    const history = self.params.history as number;
    super(world, self, history);
    this.history = history;
    this.kind = streamKind(self.params.streams);
    this.state = {
      ...newPlacesState(),
      log: newEventLog(history),
      previous: new Int32Array(16),
      streams: new Map(),
      seen: newSeenVersions(),
      recorded: new Map(),
      rejected: 0,
    };
    this.readOwnParams(self.params);
  }

  private readOwnParams(params: Params): void {
    this.isIdempotent = params.idempotent as boolean;
    this.foldTakesNs = params.foldTakes as number;
    this.snapshotEvery = params.snapshotEvery as number;
  }

  override onParams(params: Params): void {
    this.readOwnParams(params);
    super.onParams(params);
  }

  override get log(): EventLog {
    return this.state.log;
  }

  /** Events stay for good. */
  override onAllMarked(): void {}

  // ---------------------------------------------------------------- appending

  protected override seenBy(slot: number, obl: number): number {
    const { messages, obligations } = this.world;
    const msg = obligations.msg[obl] as number;
    const { key, number, sender } = messages;
    return takeSeen(this.state.seen, slot, key[msg] as number, sender[msg] as number, number[msg] as number);
  }

  /** State is the fold of what came after the last snapshot. */
  protected override readingTakes({ obl }: Question): number {
    if (obl === 0) return 0;
    const length = (this.streamOf(obl)?.lastSeq ?? -1) + 1;
    return this.foldTakesNs * (this.snapshotEvery === 0 ? length : length % this.snapshotEvery);
  }

  private streamOf(obl: number): Stream | undefined {
    const { messages, obligations } = this.world;
    return this.state.streams.get(messages.key[obligations.msg[obl] as number] as number);
  }

  protected override onRead({ obl, slot }: Question): void {
    const { messages, obligations } = this.world;
    const msg = obligations.msg[obl] as number;
    const { key, number, sender } = messages;
    const version = this.streamOf(obl)?.lastSeq ?? -1;
    noteRead(this.state.seen, slot, key[msg] as number, sender[msg] as number, number[msg] as number, version);
  }

  protected override commit({ expected, obl, slot, type }: Question): number {
    const { state } = this;
    const row = this.describe(obl);
    const stream = state.streams.get(row.key) ?? { lastSeq: -1, state: NOTHING_YET, lastNumber: 0 };
    const recorded = state.recorded.get(row.causeSender);
    if (this.isIdempotent && recorded !== undefined && isInRanges(recorded, row.causeNumber)) return packet.ANSWER_KNOWN;
    if (state.log.last >= this.capacity) return packet.ANSWER_REFUSED;
    const seen = type === packet.WRITE ? stream.lastSeq : type === packet.INSERT ? -1 : expected;
    const event = this.kind.eventOf(row.type);
    const next = event < 0 ? -1 : nextState(this.kind.table, stream.state, event);
    if (seen === stream.lastSeq && next < 0) {
      state.rejected++;
      return packet.ANSWER_FAILED;
    }
    if (!appendExpecting(stream, seen, 1)) {
      noteSeen(state.seen, slot, row.key, stream.lastSeq);
      return packet.ANSWER_CONFLICT;
    }
    stream.state = next;
    row.seq = stream.lastSeq;
    this.keep(stream, row);
    state.streams.set(row.key, stream);
    noteSeen(state.seen, slot, row.key, stream.lastSeq);
    this.relay.armLook();
    return packet.ANSWER_OK;
  }

  private keep(stream: Stream, row: EventRow): void {
    const { state } = this;
    const number = appendEvent(state.log, row);
    const at = number - state.log.base - 1;
    if (at === state.previous.length) {
      const larger = new Int32Array(at * 2);
      larger.set(state.previous);
      state.previous = larger;
    }
    state.previous[at] = stream.lastNumber;
    stream.lastNumber = number;
    const numbers = state.recorded.get(row.causeSender) ?? newRangeSet();
    if (!state.recorded.has(row.causeSender)) state.recorded.set(row.causeSender, numbers);
    addToRanges(numbers, row.causeNumber);
  }

  // ---------------------------------------------------------------- reading the log

  /** A page of the log, or the stream of a key. Whoever asked finds the events here by their numbers. */
  protected override sendEvents({ from, tag, type }: Question, out: LinkIx): void {
    const last = this.state.log.last;
    const count =
      type === packet.READ_STREAM
        ? (this.state.streams.get(from)?.lastSeq ?? -1) + 1
        : min(PAGE, from > last ? 0 : last - from + 1);
    this.world.send(out, packet.EVENTS, from, count, tag);
  }

  /** Writes event `number`, from 1, into `row`. What was there before the run are trips that ended well. */
  eventInto(number: number, row: EventRow): void {
    if (number > this.history) {
      eventInto(this.state.log, number, row);
      return;
    }
    const trip = floor((number - 1) / TRIP_LENGTH);
    row.key = HISTORY_KEYS + trip;
    row.seq = number - 1 - trip * TRIP_LENGTH;
    row.type = row.seq;
    row.sizeBytes = 0;
    row.causeSender = 0;
    row.causeNumber = 0;
    row.bornNs = 0;
  }

  /** Numbers of the events of a stream that come after `seq`, in their order. */
  numbersAfter(key: number, seq: number): readonly number[] {
    const { log, previous, streams } = this.state;
    const stream = streams.get(key);
    const numbers: number[] = [];
    if (stream === undefined) return numbers;
    let number = stream.lastNumber;
    for (let at = stream.lastSeq; at > seq; at--) {
      numbers.push(number);
      number = previous[number - log.base - 1] as number;
    }
    return numbers.reverse();
  }

  /** Those of before the run included. */
  private get streamCount(): number {
    return this.state.streams.size + floor((this.history + TRIP_LENGTH - 1) / TRIP_LENGTH);
  }

  inside(): Inside {
    const { history, kind, world } = this;
    const { streams } = this.state;
    const eventInto = (number: number, row: EventRow) => this.eventInto(number, row);
    return [...this.insideAll(), streamsTable({ world, kind, streams, history, total: this.streamCount, eventInto })];
  }

  override sample(out: Float64Array, at: number): void {
    const { log, rejected } = this.state;
    this.sampleAll(log.last, out, at);
    out[at + 10] = this.streamCount;
    out[at + 11] = rejected;
  }
}

export const EVENT_STORE_BEHAVIOUR: NodeBehaviour = {
  expand(_self, _params, _parts, plan) {
    plan.actor('', (world, actor) => new EventStore(world, actor));
  },
};
