// The senders' side of a queue: takes a message over, recognises one that it has already, refuses it, or lets it wait outside while
// there is no room, and tells the senders when to stop and when to go on. Whether there is room, and what is done without, is said by
// the queue.

import { floor } from '../../kernel/exact-math.ts';
import type { ActorIx, LinkIx, MsgIx, SubIx } from '../../kernel/ids.ts';
import { type IntRing, newRing, pushRing, shiftRing } from '../../kernel/int-ring.ts';
import type { Stateful } from '../../world/actor.ts';
import { PUB_ACCEPTED, PUB_REFUSED, WAITING } from '../../world/books.ts';
import { NUMBERED } from '../../world/messages.ts';
import * as packet from '../../world/packet-types.ts';
import { actorPlace, DUPLICATE, FULL } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { Connection } from '../node-kind.ts';
import { isRemembered, newRecentNumbers, type RecentNumbers, rememberNumber, resizeWindow } from './recent-numbers.ts';

interface DoorState {
  isBlocking: boolean;
  /** Publishes that came while the queue was full and blocking: message, connection, tag. */
  parked: IntRing;
  recent: RecentNumbers;
}

/** What a door asks of its queue. */
export interface DoorHost {
  readonly ix: ActorIx;
  /** By slot; what was attached and is gone is null, its link still known. */
  readonly connections: readonly (Connection | null)[];
  readonly out: readonly LinkIx[];
  hasRoom(): boolean;
  /** Messages that there is room for; infinity without a bound. */
  room(): number;
  /** Keeps what was let in. */
  keepNew(obl: number): void;
}

export class Door implements Stateful {
  state: DoorState = { isBlocking: false, parked: newRing(), recent: newRecentNumbers() };
  private readonly world: World;
  private readonly host: DoorHost;
  private readonly ix: ActorIx;
  private readonly out: readonly LinkIx[];
  private readonly place: number;
  private readonly sub: SubIx;

  constructor(world: World, host: DoorHost, sub: SubIx) {
    this.world = world;
    this.host = host;
    this.ix = host.ix;
    this.out = host.out;
    this.place = actorPlace(host.ix);
    this.sub = sub;
  }

  /** How many numbers of each sender are remembered. */
  setWindow(numbers: number): void {
    resizeWindow(this.state.recent, numbers);
  }

  forgetNumbers(): void {
    this.state.recent.bySender.clear();
  }

  // ---------------------------------------------------------------- one message

  /** Takes the message over from its sender. What becomes of the obligation is up to the caller. */
  admit(msg: MsgIx, slot: number, tag: number): number {
    const { world } = this;
    const messages = world.messages;
    world.books.closePublish(this.ix, PUB_ACCEPTED);
    world.oracle.acceptedPublish(this.ix, messages.sender[msg] as number, messages.number[msg] as number);
    world.tell(msg, 'accepted', this.place, 0);
    const obl = world.obligations.openAccepted(msg, this.sub, WAITING);
    if (((messages.flags[msg] as number) & NUMBERED) !== 0)
      rememberNumber(this.state.recent, messages.sender[msg] as number, messages.number[msg] as number);
    if (tag !== 0) world.send(this.out[slot] as LinkIx, packet.CONFIRM, 0, 1, tag);
    return obl;
  }

  isSentAgain(msg: MsgIx): boolean {
    const { messages } = this.world;
    if (((messages.flags[msg] as number) & NUMBERED) === 0) return false;
    return isRemembered(this.state.recent, messages.sender[msg] as number, messages.number[msg] as number);
  }

  /** It is there already, and only the word that it is was lost. */
  confirmAgain(msg: MsgIx, slot: number, tag: number): void {
    const { world } = this;
    world.books.closePublish(this.ix, PUB_REFUSED);
    world.books.countReason(false, PUB_REFUSED, this.place, DUPLICATE);
    world.tell(msg, 'refused', this.place, 0, DUPLICATE);
    world.messages.release(msg);
    if (tag !== 0) world.send(this.out[slot] as LinkIx, packet.CONFIRM, 0, 1, tag);
  }

  refuse(msg: MsgIx, slot: number, tag: number): void {
    const { world } = this;
    const messages = world.messages;
    world.books.closePublish(this.ix, PUB_REFUSED);
    world.books.countReason(false, PUB_REFUSED, this.place, FULL);
    world.oracle.missedPublish(this.ix, messages.sender[msg] as number, messages.number[msg] as number);
    world.tell(msg, 'refused', this.place, 0, FULL);
    messages.release(msg);
    if (tag !== 0) world.send(this.out[slot] as LinkIx, packet.REFUSE, 0, 1, tag);
  }

  // ---------------------------------------------------------------- held back

  /** It waits outside, and its sender is told to stop. */
  park(msg: MsgIx, slot: number, tag: number): void {
    const { parked } = this.state;
    pushRing(parked, msg);
    pushRing(parked, slot);
    pushRing(parked, tag);
    this.world.send(this.out[slot] as LinkIx, packet.FLOW_STOP, 0, 1, 0);
    this.state.isBlocking = true;
  }

  /** There may be room again: those who were held back come first, then the flow opens. */
  afterRoom(): void {
    const { host, state, world } = this;
    if (!state.isBlocking) return;
    const parked = state.parked;
    while (parked.count > 0 && host.hasRoom()) {
      const msg = shiftRing(parked) as MsgIx;
      const slot = shiftRing(parked);
      const tag = shiftRing(parked);
      if (this.isSentAgain(msg)) this.confirmAgain(msg, slot, tag);
      else host.keepNew(this.admit(msg, slot, tag));
    }
    if (parked.count > 0 || !host.hasRoom()) return;
    state.isBlocking = false;
    const share = this.roomForEach();
    for (let slot = 0; slot < host.connections.length; slot++) {
      if (this.isPublisher(slot)) world.send(this.out[slot] as LinkIx, packet.FLOW_GO, 0, 1, share);
    }
  }

  /** `blocks`: whether the queue holds senders back while it is full. */
  onFlowAsk(slot: number, blocks: boolean): void {
    const { host, state, world } = this;
    if (blocks && !host.hasRoom()) state.isBlocking = true;
    if (state.isBlocking) world.send(this.out[slot] as LinkIx, packet.FLOW_STOP, 0, 1, 0);
    else world.send(this.out[slot] as LinkIx, packet.FLOW_GO, 0, 1, blocks ? this.roomForEach() : 0);
  }

  /** Room, shared out evenly among the senders so that what they hold back does not come all at once; 0 = unlimited. */
  private roomForEach(): number {
    const room = this.host.room();
    if (room === Number.POSITIVE_INFINITY) return 0;
    let publishers = 0;
    for (let slot = 0; slot < this.host.connections.length; slot++) if (this.isPublisher(slot)) publishers++;
    const share = floor(room / publishers);
    return share > 1 ? share : 1;
  }

  private isPublisher(slot: number): boolean {
    return this.host.connections[slot]?.kind.type === 'publish';
  }

  /** Nobody opens any more: what waits outside is lost. */
  dropParked(reason: number): void {
    const { parked } = this.state;
    while (parked.count > 0) {
      const msg = shiftRing(parked) as MsgIx;
      shiftRing(parked);
      shiftRing(parked);
      this.world.losePublish(this.ix, msg, this.place, reason);
    }
  }

  onCrash(reason: number): void {
    this.dropParked(reason);
    this.state.isBlocking = false;
  }
}
