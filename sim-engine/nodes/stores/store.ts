// The store at work: rows named by a message or by its key, written whether they are there or not, only if they are not, or only if
// they are as the one who asks has seen them; and an outbox filled in the same transaction. Invariants P27 to P30 of
// docs/semantics/patterns.md.

import { addToRanges, isInRanges, newRangeSet, type RangeSet } from '../../kernel/range-set.ts';
import type { Inside } from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import type { World } from '../../world/world.ts';
import type { ActorSelf, NodeBehaviour } from '../node-kind.ts';
import { appendEvent, type EventLog, newEventLog, trimLog } from './event-log.ts';
import { newSeenVersions, noteRead, noteSeen, type SeenVersions, takeSeen } from './seen-versions.ts';
import { newPlacesState, type PlacesState, type Question, StoreActor } from './store-actor.ts';
import { rowsTable } from './store-inside.ts';

interface StoreState extends PlacesState {
  rows: number;
  /** Rows that messages name: numbers by sender. */
  byMessage: Map<number, RangeSet>;
  /** Rows that keys name: their version, from 0. */
  byKey: Map<number, number>;
  seen: SeenVersions;
  outbox: EventLog;
}

class Store extends StoreActor {
  override state: StoreState = {
    ...newPlacesState(),
    rows: 0,
    byMessage: new Map(),
    byKey: new Map(),
    seen: newSeenVersions(),
    outbox: newEventLog(),
  };
  override readonly hasStreams = false;
  private readonly keysNameRows: boolean;

  constructor(world: World, self: ActorSelf) {
    super(world, self, 0);
    this.keysNameRows = self.params.rowOf === 'key';
  }

  override get log(): EventLog {
    return this.state.outbox;
  }

  override onAllMarked(number: number): void {
    trimLog(this.state.outbox, number);
  }

  // ---------------------------------------------------------------- rows

  /** Version of the row of a message: -1 = it is not there. A row that a message names is written once and for all. */
  private versionOf(obl: number): number {
    const { state, world } = this;
    const { messages, obligations } = world;
    const msg = obligations.msg[obl] as number;
    const key = messages.key[msg] as number;
    if (this.keysNameRows && key >= 0) return state.byKey.get(key) ?? -1;
    const numbers = state.byMessage.get(messages.sender[msg] as number);
    return numbers !== undefined && isInRanges(numbers, messages.number[msg] as number) ? 0 : -1;
  }

  private isByKey(obl: number): boolean {
    const { messages, obligations } = this.world;
    return this.keysNameRows && (messages.key[obligations.msg[obl] as number] as number) >= 0;
  }

  private put(obl: number, version: number): void {
    const { state, world } = this;
    const { messages, obligations } = world;
    const msg = obligations.msg[obl] as number;
    const key = messages.key[msg] as number;
    if (version < 0) state.rows++;
    if (this.keysNameRows && key >= 0) {
      state.byKey.set(key, version + 1);
      return;
    }
    const sender = messages.sender[msg] as number;
    const numbers = state.byMessage.get(sender) ?? newRangeSet();
    if (!state.byMessage.has(sender)) state.byMessage.set(sender, numbers);
    addToRanges(numbers, messages.number[msg] as number);
  }

  protected override seenBy(slot: number, obl: number): number {
    const { messages, obligations } = this.world;
    const msg = obligations.msg[obl] as number;
    const key = this.keysNameRows ? (messages.key[msg] as number) : -1;
    const seen = takeSeen(this.state.seen, slot, key, messages.sender[msg] as number, messages.number[msg] as number);
    // What is not shared by a key is nobody else's business.
    return key < 0 ? -1 : seen;
  }

  protected override readingTakes(): number {
    return 0;
  }

  protected override onRead({ obl, slot }: Question): void {
    const { messages, obligations } = this.world;
    const msg = obligations.msg[obl] as number;
    const key = messages.key[msg] as number;
    if (!this.keysNameRows || key < 0) return;
    const version = this.versionOf(obl);
    noteRead(this.state.seen, slot, key, messages.sender[msg] as number, messages.number[msg] as number, version);
  }

  protected override commit({ expected, obl, options, slot, type }: Question): number {
    const { state } = this;
    const version = this.versionOf(obl);
    const isInTheWay = type === packet.INSERT ? version >= 0 : type === packet.APPEND && version !== expected;
    if (isInTheWay) {
      this.noteVersion(slot, obl, version);
      // A row that the message itself names is its own, from an attempt that nobody heard of.
      if (!this.isByKey(obl)) this.world.obligations.findInPlace(obl);
      return packet.ANSWER_CONFLICT;
    }
    const bringsEvent = (options & packet.WRITE_OUTBOX) !== 0;
    if (version < 0 && state.rows >= this.capacity) return packet.ANSWER_REFUSED;
    if (bringsEvent && this.relay.unmarkedCount >= this.capacity) return packet.ANSWER_REFUSED;
    this.put(obl, version);
    this.noteVersion(slot, obl, this.versionOf(obl));
    if (bringsEvent) {
      appendEvent(state.outbox, this.describe(obl));
      this.relay.armLook();
    }
    // A row that the message itself names is the same however often it is written.
    return version >= 0 && !this.isByKey(obl) ? packet.ANSWER_KNOWN : packet.ANSWER_OK;
  }

  private noteVersion(slot: number, obl: number, version: number): void {
    const { messages, obligations } = this.world;
    const key = messages.key[obligations.msg[obl] as number] as number;
    if (this.keysNameRows && key >= 0) noteSeen(this.state.seen, slot, key, version);
  }

  protected override sendEvents(): void {}

  inside(): Inside {
    const { byKey, byMessage, rows } = this.state;
    return [...this.insideAll(), rowsTable(this.world, rows, byKey, byMessage)];
  }

  override sample(out: Float64Array, at: number): void {
    this.sampleAll(this.state.rows, out, at);
  }
}

export const STORE_BEHAVIOUR: NodeBehaviour = {
  expand(_self, _params, _parts, plan) {
    plan.actor('', (world, actor) => new Store(world, actor));
  },
};
