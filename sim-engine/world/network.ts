// The network: what becomes of a packet between who sends it and whom it reaches. Links have traits and faults; a call may be
// lost, late or doubled, a connection keeps its order and stands still while it is cut. Whoever receives, and when time moves
// on, is the loop's matter (`world.ts`).

import { floor } from '../kernel/exact-math.ts';
import type { ActorIx, EventIx, LinkIx, StreamIx } from '../kernel/ids.ts';
import type { Streams } from '../kernel/rng.ts';
import { type ActorTable, CRASHED } from './actor-table.ts';
import type { Cargo } from './cargo.ts';
import { type Clock, LINK_HEAD, PACKET_ALONE } from './clock.ts';
import type { Lane } from './lane.ts';
import { ALONE, CALL, HELD_UP, IN_LINE, type LinkTable, MODE_DIRECT, MODE_NETWORK, type PacketTable, RELATION } from './links.ts';
import { actorPlace, CUT, DOWN, LOSS, linkPlace, REMOVED } from './reasons.ts';

/** Retransmission time-out of a connection, ns: what one loss costs instead of the packet (RFC 6298 puts the least at 1 s; Linux uses 200 ms). */
const RETRANSMIT_NS = 200_000_000;

/** Of a packet that the network loses as it is sent: the model does not say where on the way. */
const SOMEWHERE = Number.NaN;

/** What a link is made of; see `LinkTable`. Rates in bytes a second, 0 = unlimited. */
export interface LinkTraits {
  readonly delayNs: number;
  readonly jitterNs: number;
  readonly loss: number;
  readonly duplication: number;
  readonly bandwidth: number;
}
export const INSTANT_LINK: LinkTraits = { delayNs: 0, jitterNs: 0, loss: 0, duplication: 0, bandwidth: 0 };

export class Network {
  private readonly seed: number;
  private readonly clock: Clock;
  private readonly aux: Float64Array;
  private readonly links: LinkTable;
  private readonly packets: PacketTable;
  private readonly lane: Lane;
  private readonly cargo: Cargo;
  private readonly streams: Streams;
  private readonly actorTable: ActorTable;
  private readonly wireIds: string[];

  constructor(
    seed: number,
    clock: Clock,
    aux: Float64Array,
    links: LinkTable,
    packets: PacketTable,
    lane: Lane,
    cargo: Cargo,
    streams: Streams,
    actorTable: ActorTable,
    wireIds: string[],
  ) {
    this.seed = seed;
    this.clock = clock;
    this.aux = aux;
    this.links = links;
    this.packets = packets;
    this.lane = lane;
    this.cargo = cargo;
    this.streams = streams;
    this.actorTable = actorTable;
    this.wireIds = wireIds;
  }

  // ---------------------------------------------------------------- links, their traits and faults

  /** `door` tells several links of one wire apart, by name; '' where there is just one each way. */
  newLink(
    from: ActorIx,
    to: ActorIx,
    toSlot: number,
    sort: number,
    isForward: boolean,
    wire: number,
    wireId: string,
    door = '',
  ): LinkIx {
    const link = this.links.slots.alloc() as LinkIx;
    const links = this.links;
    links.from[link] = from;
    links.to[link] = to;
    links.toSlot[link] = toSlot;
    links.sort[link] = sort;
    links.isForward[link] = isForward ? 1 : 0;
    links.wire[link] = wire;
    links.faultLoss[link] = -1;
    links.stream[link] = this.streams.openFor(this.seed, wireId, `${isForward ? 'forward' : 'back'}${door}`);
    this.wireIds[link] = wireId;
    this.setTraits(link, INSTANT_LINK);
    return link;
  }

  setTraits(link: LinkIx, traits: LinkTraits): void {
    const links = this.links;
    links.delayNs[link] = traits.delayNs;
    links.jitterNs[link] = traits.jitterNs;
    links.loss[link] = traits.loss;
    links.duplication[link] = traits.duplication;
    links.bytesPerNs[link] = traits.bandwidth / 1e9;
    this.setMode(link);
  }

  /** A cut: calls on the way are lost at once, a connection stands still until it is healed. */
  cut(link: LinkIx): void {
    const links = this.links;
    if (links.isCut[link] === 1) return;
    links.isCut[link] = 1;
    this.setMode(link);
    if (links.sort[link] === CALL) this.dropAllOn(link, CUT);
    else if (links.armed[link] !== 0) {
      this.clock.wheel.cancel(links.armed[link] as EventIx);
      links.armed[link] = 0;
    }
  }

  heal(link: LinkIx): void {
    const { clock, links, packets } = this;
    if (links.isCut[link] === 0) return;
    links.isCut[link] = 0;
    this.setMode(link);
    if (links.sort[link] === CALL || links.head[link] === 0) return;
    // A connection sends again whatever the cut held up, in order.
    let dueNs = (clock.now[0] as number) + this.delayOf(link);
    for (let packet = links.head[link] as number; packet !== 0; packet = packets.next[packet] as number) {
      if (dueNs < (packets.dueNs[packet] as number)) dueNs = packets.dueNs[packet] as number;
      packets.dueNs[packet] = dueNs;
      packets.seq[packet] = clock.nextSeq();
    }
    this.armHead(link);
  }

  setExtraDelay(link: LinkIx, extraNs: number): void {
    this.links.extraNs[link] = extraNs;
    this.setMode(link);
  }

  /** -1 = the wire's own share again. */
  setFaultLoss(link: LinkIx, share: number): void {
    this.links.faultLoss[link] = share;
    this.setMode(link);
  }

  removeLink(link: LinkIx): void {
    this.links.isRemoved[link] = 1;
    this.setMode(link);
    this.dropAllOn(link, REMOVED);
  }

  private setMode(link: LinkIx): void {
    const links = this.links;
    const isPlain =
      links.delayNs[link] === 0 &&
      links.extraNs[link] === 0 &&
      links.jitterNs[link] === 0 &&
      links.loss[link] === 0 &&
      (links.faultLoss[link] as number) <= 0 &&
      links.duplication[link] === 0 &&
      links.bytesPerNs[link] === 0 &&
      links.isCut[link] === 0 &&
      links.isRemoved[link] === 0 &&
      links.head[link] === 0 &&
      this.actorTable.condition[links.from[link] as number] !== CRASHED;
    links.mode[link] = isPlain ? MODE_DIRECT : MODE_NETWORK;
  }

  /** Of every link that leads away from an actor: whether it speaks at all has changed. */
  setModes(actor: ActorIx): void {
    for (let link = 1; link < this.links.high; link++) if (this.links.from[link] === actor) this.setMode(link as LinkIx);
  }

  private delayOf(link: number): number {
    return (this.links.delayNs[link] as number) + (this.links.extraNs[link] as number);
  }

  // ---------------------------------------------------------------- a packet's way

  /** Puts a packet on a link that is not simply open; `World.send` says what becomes of its cargo. */
  transmit(link: LinkIx, type: number, first: number, count: number, tag: number): void {
    const { cargo, links } = this;
    const stream = links.stream[link] as StreamIx;
    const share = (links.faultLoss[link] as number) >= 0 ? (links.faultLoss[link] as number) : (links.loss[link] as number);
    // A process that is down says nothing any more; what the store behind it does is no word of the process.
    if (links.sort[link] !== RELATION && this.actorTable.condition[links.from[link] as number] === CRASHED) {
      return cargo.lose(link, type, first, actorPlace(links.from[link] as number), DOWN, 0);
    }
    if (links.sort[link] === CALL) {
      if (links.isRemoved[link] === 1) return cargo.lose(link, type, first, linkPlace(link), REMOVED, SOMEWHERE);
      if (links.isCut[link] === 1) return cargo.lose(link, type, first, linkPlace(link), CUT, SOMEWHERE);
      if (share > 0 && this.streams.uniform(stream) < share) {
        return cargo.lose(link, type, first, linkPlace(link), LOSS, SOMEWHERE);
      }
      if ((links.duplication[link] as number) > 0 && this.streams.uniform(stream) < (links.duplication[link] as number)) {
        this.enqueue(link, type, cargo.copy(link, type, first), count, tag, 0);
      }
      this.enqueue(link, type, first, count, tag, 0);
      return;
    }
    if (links.isRemoved[link] === 1) return cargo.lose(link, type, first, linkPlace(link), REMOVED, SOMEWHERE);
    let lateNs = 0;
    // Each loss costs one retransmission time-out, which doubles, at most 16 times: a connection loses nothing.
    for (let round = 0, wait = RETRANSMIT_NS; share > 0 && round < 16 && this.streams.uniform(stream) < share; round++, wait *= 2)
      lateNs += wait;
    this.enqueue(link, type, first, count, tag, lateNs);
  }

  private enqueue(link: LinkIx, type: number, first: number, count: number, tag: number, lateNs: number): void {
    const links = this.links;
    const nowNs = this.clock.now[0] as number;
    let dueNs = nowNs;
    const bytesPerNs = links.bytesPerNs[link] as number;
    if (bytesPerNs > 0) {
      const begin = (links.busyUntilNs[link] as number) > nowNs ? (links.busyUntilNs[link] as number) : nowNs;
      dueNs = begin + floor(this.cargo.bytes(type, first) / bytesPerNs);
      links.busyUntilNs[link] = dueNs;
    }
    dueNs += this.delayOf(link) + lateNs;
    const jitterNs = links.jitterNs[link] as number;
    if (jitterNs > 0) dueNs += floor(this.streams.uniform(links.stream[link] as StreamIx) * (jitterNs + 1));
    const tail = links.tail[link] as number;
    const isConnection = links.sort[link] !== CALL;
    if (isConnection && tail !== 0 && (this.packets.dueNs[tail] as number) > dueNs) dueNs = this.packets.dueNs[tail] as number;
    if (dueNs <= nowNs && tail === 0 && links.isCut[link] === 0) {
      this.lane.push(link, type, first, count, tag, this.aux);
      return;
    }
    const packet = this.newPacket(link, type, first, count, tag);
    this.packets.dueNs[packet] = dueNs;
    if (tail !== 0 && (this.packets.dueNs[tail] as number) > dueNs) {
      this.armAlone(packet);
      return;
    }
    links.tail[link] = packet;
    if (tail !== 0) {
      this.packets.next[tail] = packet;
      return;
    }
    links.head[link] = packet;
    if (links.isCut[link] === 0) this.armHead(link);
  }

  /** A packet that nobody has put anywhere yet, sent now; what it brings in `aux` is in the cell. */
  newPacket(link: number, type: number, first: number, count: number, tag: number): number {
    const packet = this.packets.slots.alloc();
    const packets = this.packets;
    packets.next[packet] = 0;
    packets.link[packet] = link;
    packets.type[packet] = type;
    packets.first[packet] = first;
    packets.count[packet] = count;
    packets.tag[packet] = tag;
    packets.aux[packet] = this.aux[0] as number;
    packets.sentNs[packet] = this.clock.now[0] as number;
    packets.seq[packet] = this.clock.nextSeq();
    packets.standing[packet] = IN_LINE;
    packets.isDoomed[packet] = 0;
    return packet;
  }

  freePacket(packet: number): void {
    this.packets.link[packet] = 0;
    this.packets.slots.free(packet);
  }

  private armHead(link: LinkIx): void {
    const { at, wheel } = this.clock;
    const head = this.links.head[link] as number;
    at[0] = this.packets.dueNs[head] as number;
    this.links.armed[link] = wheel.insertAs(at, this.packets.seq[head] as number, link, LINK_HEAD, 0);
  }

  private armAlone(packet: number): void {
    const { at, wheel } = this.clock;
    const { packets } = this;
    packets.standing[packet] = ALONE;
    at[0] = packets.dueNs[packet] as number;
    wheel.insertAs(at, packets.seq[packet] as number, packets.link[packet] as number, PACKET_ALONE, packet);
  }

  /** Takes the first packet out of a link's line, whose time has come, and arms the next. */
  takeHead(link: LinkIx): number {
    const links = this.links;
    const packet = links.head[link] as number;
    const following = this.packets.next[packet] as number;
    links.head[link] = following;
    links.armed[link] = 0;
    if (following === 0) links.tail[link] = 0;
    else this.armHead(link);
    return packet;
  }

  // ---------------------------------------------------------------- the end of a way

  /** Ends every packet on a link, in order; those that stand elsewhere keep their place, empty. A cut spares what has arrived. */
  private dropAllOn(link: LinkIx, reason: number): void {
    const { cargo, clock, links, packets } = this;
    if (links.armed[link] !== 0) clock.wheel.cancel(links.armed[link] as EventIx);
    links.armed[link] = 0;
    for (let packet = links.head[link] as number; packet !== 0; ) {
      const following = packets.next[packet] as number;
      const type = packets.type[packet] as number;
      const first = packets.first[packet] as number;
      const share = this.shareOf(packet);
      this.freePacket(packet);
      cargo.lose(link, type, first, linkPlace(link), reason, share);
      packet = following;
    }
    links.head[link] = 0;
    links.tail[link] = 0;
    for (let packet = 1; packet < packets.high; packet++) {
      const isThere = packets.standing[packet] === ALONE || (packets.standing[packet] === HELD_UP && reason === REMOVED);
      if (packets.link[packet] !== link || !isThere || packets.isDoomed[packet] === 1) continue;
      packets.isDoomed[packet] = 1;
      const first = packets.first[packet] as number;
      cargo.lose(link, packets.type[packet] as number, first, linkPlace(link), reason, this.shareOf(packet));
    }
    this.lane.dropAllOn(link, (type, first) => cargo.lose(link, type, first, linkPlace(link), reason, SOMEWHERE));
    clock.isTickDirty = true;
  }

  /** How far along its link a packet is now. */
  private shareOf(packet: number): number {
    const sentNs = this.packets.sentNs[packet] as number;
    const travelsNs = (this.packets.dueNs[packet] as number) - sentNs;
    const share = travelsNs > 0 ? ((this.clock.now[0] as number) - sentNs) / travelsNs : 1;
    return share < 1 ? share : 1;
  }
}
