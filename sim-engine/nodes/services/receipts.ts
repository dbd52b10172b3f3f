// What whoever gave a service a piece of work is told of it. The `call` of a place says who that is: 0 the client that brought a delivery,
// above 0 another service that asks, below 0 a sender without a queue.

import type { LinkIx, OblIx } from '../../kernel/ids.ts';
import type { PacketType } from '../../world/packet-types.ts';
import * as packet from '../../world/packet-types.ts';
import type { World } from '../../world/world.ts';
import type { ConsumerClient } from '../node-kind.ts';
import type { Place } from './places.ts';
import type { ServiceCore } from './service-state.ts';

export class Receipts {
  private readonly world: World;
  private readonly consumers: readonly (ConsumerClient | null)[];
  private readonly answers: readonly (LinkIx | null)[];
  /** Where in the books it is. */
  private readonly place: number;

  constructor({ answers, consumers, place, world }: ServiceCore) {
    this.world = world;
    this.consumers = consumers;
    this.answers = answers;
    this.place = place;
  }

  /** It is done: said once, before the place is free. */
  acknowledge(place: Place): void {
    if (place.isAcknowledged) return;
    place.isAcknowledged = true;
    if (place.call === 0) this.consumers[place.slot]?.settle(place.obl as OblIx, place.attempt, 'ack', 0, false);
    else if (place.call > 0) this.answer(place.slot, place.call, packet.ANSWER_OK);
    else this.tellSender(place.slot, packet.CONFIRM, -place.call);
  }

  /** Nothing more is done with it, and there is room for another; `isDone`: it is acknowledged with that, if it is not yet. */
  close(place: Place, isDone: boolean): void {
    if (place.call !== 0) this.acknowledge(place);
    else if (isDone && !place.isAcknowledged) this.settle(place, 'ack', 0);
    else this.consumers[place.slot]?.freePlace();
  }

  /** Of a delivery: its receipt, and that there is room for another. */
  settle(place: Place, outcome: 'ack' | 'retry' | 'reject', delayNs: number): void {
    this.consumers[place.slot]?.settle(place.obl as OblIx, place.attempt, outcome, delayNs, true);
  }

  /** To a sender: its message was not worked on. */
  refuse({ call, slot }: Place): void {
    this.tellSender(slot, packet.REFUSE, -call);
  }

  /** To a sender, of its message `tag`. */
  tellSender(slot: number, type: PacketType, tag: number): void {
    const link = this.answers[slot];
    if (link) this.world.send(link, type, 0, 1, tag);
  }

  /** To another service, of its call `call`. */
  answer(slot: number, call: number, result: number): void {
    const link = this.answers[slot];
    if (link) this.world.send(link, packet.ANSWER, result, 1, call);
  }

  /** What the service has of a piece of work goes: one of the causes of a delivery, or only the word of a call. */
  letGo(obl: number, call: number, reason: number): void {
    if (call <= 0) this.world.obligations.dropCause(obl, this.place, reason);
    else this.world.obligations.dropMention(obl);
  }
}
