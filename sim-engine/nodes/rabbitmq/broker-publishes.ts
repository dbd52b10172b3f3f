// Publishes that reach a broker: handed to the machine at once, or to queues that take their time for it, and entered in the publish book
// as what became of them.

import type { ActorIx, MsgIx, OblIx, SubIx } from '../../kernel/ids.ts';
import { PUB_ACCEPTED, PUB_REFUSED, PUB_UNROUTABLE } from '../../world/books.ts';
import * as packet from '../../world/packet-types.ts';
import { FULL, UNKNOWN } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { Connection } from '../node-kind.ts';
import { type ActorCore, type ActorState, type HandedOver, type Session, TAKEN } from './actor-state.ts';
import type { BrokerDrawing } from './broker-drawing.ts';
import { BY_NETWORK } from './client-session.ts';
import { handOver, isOutOfCredit, taken } from './credit-flow.ts';
import { MessageTemplates } from './message-template.ts';
import type { Message } from './model.ts';
import { route } from './routing.ts';

const SECOND_NS = 1_000_000_000;

export class BrokerPublishes {
  private readonly actor: ActorCore;
  private readonly world: World;
  private readonly drawing: BrokerDrawing;
  private readonly templates: MessageTemplates;
  /** How long the process of a queue is busy with one publish, ns; 0 = it takes no time. */
  private paceNs = 0;
  /** The publish under way, and whether a queue has it; 0 between operations, so it is no part of the state. */
  private current = 0;
  private isCurrentTaken = false;

  constructor(actor: ActorCore, drawing: BrokerDrawing) {
    this.actor = actor;
    this.world = actor.world;
    this.drawing = drawing;
    this.templates = new MessageTemplates(actor, drawing);
  }

  private get state(): ActorState {
    return this.actor.state;
  }

  /** So many publishes a queue takes in a second; 0 = as many as come. */
  setPace(perSecond: number): void {
    this.paceNs = perSecond === 0 ? 0 : SECOND_NS / perSecond;
  }

  onPublish(session: Session, slot: number, msg: MsgIx): void {
    const connection = this.actor.connections[slot] as Connection;
    const message = this.templates.messageOf(connection, msg);
    const isMandatory = connection.params.mandatory as boolean;
    if (this.paceNs > 0) this.giveToQueues(session, connection.selfId, message, isMandatory);
    else this.publish(session.channel, connection.selfId, message, isMandatory);
  }

  // ---------------------------------------------------------------- queues that take their time

  /** The channel hands a message to its queues. */
  private giveToQueues({ channel, connection }: Session, part: string, message: Message, isMandatory: boolean): void {
    const { world } = this;
    const { flow, handedOver, inFlow } = this.state;
    const queues = route(this.actor.broker.state.routing, message.exchange, message);
    const dueNs = handOver(flow, channel, queues, world.now[0] as number, this.paceNs);
    let at = handedOver.length;
    while (at > 0 && (handedOver[at - 1] as HandedOver).dueNs > dueNs) at--;
    handedOver.splice(at, 0, { channel, part, message, isMandatory, queues, dueNs });
    world.at[0] = dueNs;
    world.arm(this.actor.ix, TAKEN, 0);
    if (inFlow.has(connection) || !isOutOfCredit(flow, channel)) return;
    inFlow.add(connection);
    this.tellFlow(connection, packet.FLOW_STOP);
  }

  /** What is due has been taken, and its channel may get more credit. */
  takeHandedOver(): void {
    const { broker } = this.actor;
    const { flow, handedOver, inFlow } = this.state;
    while (handedOver.length > 0 && (handedOver[0] as HandedOver).dueNs <= (this.world.now[0] as number)) {
      const { channel, isMandatory, message, part, queues } = handedOver.shift() as HandedOver;
      // What was read is taken even if whoever sent it has left.
      this.publish(broker.isOpen(channel) ? channel : this.drawing.channel(), part, message, isMandatory);
      taken(flow, channel, queues);
      const connection = broker.state.channels.get(channel)?.connection ?? 0;
      if (inFlow.has(connection) && !isOutOfCredit(flow, channel)) this.goOn(connection);
    }
  }

  /** The channel has credit again: its connection is read on. */
  private goOn(connection: number): void {
    const { inFlow } = this.state;
    inFlow.delete(connection);
    this.actor.readOn(connection);
    // What was unread may have used the credit up again.
    if (!inFlow.has(connection)) this.tellFlow(connection, packet.FLOW_GO);
  }

  /** To a client it is a network that takes no more, and not an alarm. */
  private tellFlow(connection: number, type: number): void {
    for (const [slot, session] of this.state.sessions) {
      if (session.connection === connection) this.actor.send(slot, type, 0, BY_NETWORK);
    }
  }

  // ---------------------------------------------------------------- the publish book

  private publish(channel: number, part: string, message: Message, isMandatory: boolean): void {
    const msg = message.content;
    this.current = msg;
    this.isCurrentTaken = false;
    const published = this.publishedTo(part);
    published.count++;
    const { code, openAt, refusedBy } = this.actor.broker.publish(channel, message, isMandatory);
    this.current = 0;
    if (openAt > 0) this.state.undecided.set(msg, { left: openAt, isTaken: this.isCurrentTaken });
    else if (!this.isCurrentTaken) {
      if (code === 0 && refusedBy === 0) published.unroutable++;
      this.close(msg, code !== 0 ? UNKNOWN : refusedBy > 0 ? FULL : 0);
    }
  }

  private publishedTo(part: string): { count: number; unroutable: number } {
    const { published } = this.state;
    const known = published.get(part);
    if (known !== undefined) return known;
    const counts = { count: 0, unroutable: 0 };
    published.set(part, counts);
    return counts;
  }

  /** A message that no queue has: refused for a reason, or 0 = unroutable. */
  private close(msg: number, reason: number): void {
    const { ix, place } = this.actor;
    const { books, messages, oracle } = this.world;
    if (reason === 0) {
      this.state.unroutable++;
      books.closePublish(ix, PUB_UNROUTABLE);
    } else {
      books.closePublish(ix, PUB_REFUSED);
      books.countReason(false, PUB_REFUSED, place, reason);
    }
    oracle.missedPublish(ix, messages.sender[msg] as number, messages.number[msg] as number);
    this.world.tell(msg, reason === 0 ? 'unroutable' : 'refused', place, 0, reason);
    messages.release(msg);
  }

  /** What a subscription is owed of a message that somebody keeps now; of a copy that died elsewhere its publish was accepted before. */
  owed({ content, deaths }: Message, sub: SubIx, cls: number): OblIx {
    return deaths !== null && content !== this.current
      ? this.world.obligations.open(content, sub, cls)
      : this.accepted(content, sub, cls);
  }

  /** The same of a publish, which the first that has it accepts. */
  accepted(msg: number, sub: SubIx, cls: number): OblIx {
    const { ix, place } = this.actor;
    const { books, messages, obligations, oracle } = this.world;
    const late = this.state.undecided.get(msg);
    if (msg === this.current ? this.isCurrentTaken : (late?.isTaken ?? true)) return obligations.open(msg, sub, cls);
    if (msg === this.current) this.isCurrentTaken = true;
    else if (late !== undefined) late.isTaken = true;
    books.closePublish(ix, PUB_ACCEPTED);
    oracle.acceptedPublish(ix, messages.sender[msg] as number, messages.number[msg] as number);
    this.world.tell(msg, 'accepted', place, 0);
    return obligations.openAccepted(msg, sub, cls);
  }

  /** A queue that was without a leader has taken a publish, which the books know by then, or will not have it. */
  decided({ content }: Message): void {
    const late = this.state.undecided.get(content);
    if (late === undefined || --late.left > 0) return;
    this.state.undecided.delete(content);
    if (!late.isTaken) this.close(content, FULL);
  }

  /** The broker is gone, and with it what no queue had taken yet. */
  loseAll(reason: number): void {
    const { flow, handedOver, undecided } = this.state;
    for (const [msg, { isTaken }] of [...undecided]) {
      undecided.delete(msg);
      if (!isTaken) this.lose(msg, reason);
    }
    for (const { message } of handedOver) this.lose(message.content, reason);
    handedOver.length = 0;
    flow.busyUntil.clear();
  }

  private lose(msg: number, reason: number): void {
    const { ix, place } = this.actor;
    this.world.losePublish(ix as ActorIx, msg as MsgIx, place, reason);
  }
}
