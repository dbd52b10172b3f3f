// What AMQP sees of a message that a client sends: the template that its wire carries, filled with the message's own.

import type { World } from '../../world/world.ts';
import type { TableEntry } from '../fields.ts';
import type { Connection } from '../node-kind.ts';
import type { ActorCore } from './actor-state.ts';
import type { BrokerDrawing } from './broker-drawing.ts';
import { headerTable } from './declared-arguments.ts';
import { REPLY_QUEUE } from './direct-replies.ts';
import type { HeaderTable, HeaderValue, Message } from './model.ts';
import { answeredTo, askedWith } from './reply-addresses.ts';

const MS = 1_000_000;
const NO_HEADERS: HeaderTable = new Map();

const hasHoles = (value: HeaderValue): boolean =>
  typeof value === 'string' ? value.includes('{') : Array.isArray(value) && (value as readonly HeaderValue[]).some(hasHoles);

export class MessageTemplates {
  private readonly actor: ActorCore;
  private readonly drawing: BrokerDrawing;
  private readonly world: World;
  /** Headers of publish wires, read once. */
  private readonly tables = new WeakMap<readonly TableEntry[], HeaderTable>();

  constructor(actor: ActorCore, drawing: BrokerDrawing) {
    this.actor = actor;
    this.drawing = drawing;
    this.world = actor.world;
  }

  messageOf({ params, peerId, selfId }: Connection, msg: number): Message {
    const { actor, drawing } = this;
    const { messages } = this.world;
    const { queueParts, replyParts } = drawing.drawn;
    const isToQueue = queueParts.has(selfId);
    const isReply = replyParts.has(selfId);
    const replyTo = params.replyTo as string;
    const priority = messages.priority[msg] as number;
    const expirationNs = params.expiration as number;
    return {
      exchange: isToQueue || isReply ? '' : drawing.nameOf(selfId),
      key: isReply
        ? answeredTo(actor, replyParts, msg)
        : isToQueue
          ? drawing.nameOf(selfId)
          : this.filled(params.routingKey as string, msg),
      cc: [],
      bcc: [],
      headers: this.headersOf(params.headers as readonly TableEntry[], msg),
      isPersistent: params.persistent as boolean,
      priority: priority === 0 ? -1 : priority,
      expiration: expirationNs === 0 ? null : String(expirationNs / MS),
      messageId: params.messageId === true ? this.idOf(msg) : null,
      correlationId: isReply ? this.questionOf(msg) : replyTo === '' ? null : this.idOf(msg),
      replyTo: replyTo === '' ? null : replyTo === REPLY_QUEUE ? askedWith(actor, replyParts, peerId, msg) : replyTo,
      bodyBytes: messages.sizeBytes[msg] as number,
      deaths: null,
      failedDeliveries: 0,
      content: msg,
    };
  }

  private idOf(msg: number): string {
    const { messages } = this.world;
    return this.idOfNumber(messages.sender[msg] as number, messages.number[msg] as number);
  }

  private idOfNumber(sender: number, number: number): string {
    return `${this.world.nodeIds[sender]}-${number}`;
  }

  /** Id of the question that a message is the answer to. */
  private questionOf(msg: number): string | null {
    const { messages } = this.world;
    const number = messages.causeNumber[msg] as number;
    return number === 0 ? null : this.idOfNumber(messages.causeSender[msg] as number, number);
  }

  private headersOf(entries: readonly TableEntry[], msg: number): HeaderTable {
    if (entries.length === 0) return NO_HEADERS;
    const table = this.tables.get(entries) ?? headerTable(entries);
    this.tables.set(entries, table);
    return [...table.values()].some(hasHoles)
      ? new Map(Array.from(table, ([name, value]) => [name, this.filledValue(value, msg)]))
      : table;
  }

  private filledValue(value: HeaderValue, msg: number): HeaderValue {
    if (typeof value === 'string') return this.filled(value, msg);
    return Array.isArray(value) ? (value as readonly HeaderValue[]).map((item) => this.filledValue(item, msg)) : value;
  }

  /** A text with its holes filled: `{key}`, `{type}` and `{number}` of the message. */
  private filled(template: string, msg: number): string {
    if (!template.includes('{')) return template;
    const { messages } = this.world;
    return template
      .replaceAll('{key}', String(messages.key[msg]))
      .replaceAll('{type}', this.typeOf(msg))
      .replaceAll('{number}', String(messages.number[msg]));
  }

  /**
   * Its type as its sender calls it. A result has the type of what it is the result of, by that one's sender; where nobody can be asked,
   * the names are those of the one sender that has any, else it is a number.
   */
  private typeOf(msg: number): string {
    const { messages, typeNames } = this.world;
    const type = messages.type[msg] as number;
    const cause = messages.causeNumber[msg] === 0 ? -1 : (messages.causeSender[msg] as number);
    const [only] = typeNames.size === 1 ? typeNames.values() : [];
    const names = typeNames.get(messages.sender[msg] as number) ?? typeNames.get(cause) ?? only;
    return names?.[type] ?? String(type);
  }
}
