// What the parts of a broker and the relations between them say is to be declared: exchanges, queues and bindings by name. The broker's
// actor compares it with what the server has.

import type { Params } from '../fields.ts';
import type { Connection, PartRef } from '../node-kind.ts';
import { amqpName, bindingSpec, exchangeSpec, queueSpec } from './declared-arguments.ts';
import { REPLY_QUEUE } from './direct-replies.ts';
import type { BindingSpec, ExchangeSpec, HeaderValue, QueueSpec } from './model.ts';

const EXCHANGE = 'rabbitmq-exchange';
const QUEUE = 'rabbitmq-queue';
const REPLIES = 'rabbitmq-replies';
const BINDING = 'binding';
const ALTERNATE = 'alternate';
const DEAD_LETTER = 'rabbitmq-dead-letter';

/** A relation between two parts. */
export interface InnerWire {
  readonly id: string;
  readonly kind: string;
  readonly params: Params;
  readonly from: string;
  readonly to: string;
}

export const isInner = (connection: Connection | null | undefined): boolean => connection?.kind.isInner === true;

export interface Drawn {
  /** What AMQP calls a part, by its id, and which part a queue is, by its name. */
  readonly names: ReadonlyMap<string, string>;
  readonly parts: ReadonlyMap<string, string>;
  readonly queueParts: ReadonlySet<string>;
  readonly replyParts: ReadonlySet<string>;
  readonly exchangeParts: ReadonlySet<string>;
  readonly exchanges: ReadonlyMap<string, ExchangeSpec>;
  readonly queues: ReadonlyMap<string, QueueSpec>;
  /** By id of the wire, with what it says: one that says something else is another binding. */
  readonly bindings: ReadonlyMap<string, BindingSpec>;
}

export function drawnTopology(parts: readonly PartRef[], wires: readonly InnerWire[]): Drawn {
  const byId = new Map(parts.map((part) => [part.id, part]));
  const exchanges = parts.filter(({ kind }) => kind === EXCHANGE);
  const queues = parts.filter(({ kind }) => kind === QUEUE);
  const from = (part: string, kind: string): InnerWire | undefined =>
    wires.find((wire) => wire.from === part && wire.kind === kind);
  const nameOf = (id: string): string => amqpName(byId.get(id) ?? { id, params: { name: '' } });
  const alternateOf = (id: string): string | null => {
    const wire = from(id, ALTERNATE);
    return wire === undefined || !byId.has(wire.to) ? null : nameOf(wire.to);
  };
  return {
    names: new Map(parts.map((part) => [part.id, part.kind === REPLIES ? REPLY_QUEUE : amqpName(part)])),
    parts: new Map(queues.map((part) => [amqpName(part), part.id])),
    queueParts: new Set(queues.map(({ id }) => id)),
    exchangeParts: new Set(exchanges.map(({ id }) => id)),
    replyParts: new Set(parts.filter(({ kind }) => kind === REPLIES).map(({ id }) => id)),
    exchanges: new Map(exchanges.map((part) => [amqpName(part), exchangeSpec(part, alternateOf(part.id))])),
    queues: new Map(
      queues.map((part) => [amqpName(part), queueSpec(part, deadLetterArguments(from(part.id, DEAD_LETTER), byId))]),
    ),
    bindings: new Map(wires.flatMap((wire) => bindingOf(wire, byId))),
  };
}

/** To a queue the way leads through the default exchange, by the queue's name. */
function deadLetterArguments(wire: InnerWire | undefined, parts: ReadonlyMap<string, PartRef>): ReadonlyMap<string, HeaderValue> {
  const args = new Map<string, HeaderValue>();
  const target = wire === undefined ? undefined : parts.get(wire.to);
  if (wire === undefined || target === undefined) return args;
  const isQueue = target.kind === QUEUE;
  args.set('x-dead-letter-exchange', isQueue ? '' : amqpName(target));
  if (isQueue) args.set('x-dead-letter-routing-key', amqpName(target));
  else if (wire.params.routingKey !== '') args.set('x-dead-letter-routing-key', wire.params.routingKey as string);
  return args;
}

function bindingOf(wire: InnerWire, parts: ReadonlyMap<string, PartRef>): [string, BindingSpec][] {
  const source = parts.get(wire.from);
  const destination = parts.get(wire.to);
  if (wire.kind !== BINDING || source === undefined || destination === undefined) return [];
  const spec = bindingSpec(wire.params, source, destination, destination.kind === EXCHANGE);
  const says = [
    spec.source,
    spec.destination,
    spec.key,
    ...[...spec.args].map(([name, value]) => `${name}=${JSON.stringify(value)}`),
  ];
  return [[`${wire.id}\n${says.join('\n')}`, spec]];
}
