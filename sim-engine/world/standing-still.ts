// What a stall holds up: the packets and timers that come to an actor while it stands still, in the order in which they came.
// They go on one by one when it does; what an actor that stands still is, and when, is said in `lives.ts`.

import type { ActorIx } from '../kernel/ids.ts';
import type { ActorTable } from './actor-table.ts';
import type { Cargo } from './cargo.ts';
import { type Clock, STALL_END } from './clock.ts';
import { LANE_TIMER } from './lane.ts';
import { HELD_UP, HELD_UP_TIMER, type PacketTable } from './links.ts';
import type { Network } from './network.ts';
import { actorPlace } from './reasons.ts';

export class StandingStill {
  private readonly clock: Clock;
  private readonly table: ActorTable;
  private readonly packets: PacketTable;
  private readonly network: Network;
  private readonly cargo: Cargo;

  constructor(clock: Clock, table: ActorTable, packets: PacketTable, network: Network, cargo: Cargo) {
    this.clock = clock;
    this.table = table;
    this.packets = packets;
    this.network = network;
    this.cargo = cargo;
  }

  holdPacket(actor: ActorIx, link: number, type: number, first: number, count: number, tag: number): void {
    const packet = this.network.newPacket(link, type, first, count, tag);
    this.packets.standing[packet] = HELD_UP;
    this.append(actor, packet);
  }

  holdTimer(actor: ActorIx, timer: number, arg: number): void {
    const held = this.network.newPacket(actor, LANE_TIMER, timer, arg, this.table.epoch[actor] as number);
    this.packets.standing[held] = HELD_UP_TIMER;
    this.append(actor, held);
  }

  private append(actor: ActorIx, held: number): void {
    const { packets, table } = this;
    const tail = table.heldTail[actor] as number;
    if (tail === 0) table.heldHead[actor] = held;
    else packets.next[tail] = held;
    table.heldTail[actor] = held;
  }

  /** Takes out the oldest of what an actor's stall holds up; the slot is the caller's to free. There must be one. */
  take(actor: ActorIx): number {
    const { packets, table } = this;
    const held = table.heldHead[actor] as number;
    const following = packets.next[held] as number;
    table.heldHead[actor] = following;
    if (following === 0) table.heldTail[actor] = 0;
    return held;
  }

  /** Its place is before all other events of its time, so that what was held up goes before what comes only now. */
  armEnd(actor: ActorIx): void {
    const { at, wheel } = this.clock;
    at[0] = this.table.stalledUntilNs[actor] as number;
    this.table.stallArmedNs[actor] = at[0];
    wheel.insertAs(at, 0, actor, STALL_END, 0);
  }

  /** The process that stood still dies: what had reached it is lost, its timers with it. */
  drop(actor: ActorIx, reason: number): void {
    const { packets, table } = this;
    while (table.heldHead[actor] !== 0) {
      const held = this.take(actor);
      const isLost = packets.standing[held] === HELD_UP && packets.isDoomed[held] === 0;
      const link = packets.link[held] as number;
      const type = packets.type[held] as number;
      const first = packets.first[held] as number;
      this.network.freePacket(held);
      if (isLost) this.cargo.lose(link, type, first, actorPlace(actor), reason, 1);
    }
  }
}
