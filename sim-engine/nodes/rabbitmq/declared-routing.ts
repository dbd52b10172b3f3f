// The exchanges, queues and bindings of one broker of a drawing, declared: from parts and relations to a routing state. Whoever starts a
// broker or asks where a message would go begins here. What cannot be declared is named, with the code the server would answer.

import type { Params } from '../fields.ts';
import { amqpName, bindingSpec, type DeclaredPart, exchangeSpec, queueSpec } from './declared-arguments.ts';
import type { BindingSpec, ExchangeSpec, HeaderTable, HeaderValue, QueueSpec, ReplyCode, Version } from './model.ts';
import { addQueue, bind, declareExchange, newRouting, type RoutingState } from './routing.ts';

export interface BrokerPart extends DeclaredPart {
  readonly kind: string;
}
/** A wire between two parts of one broker. */
export interface BrokerRelation {
  readonly id: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly params: Params;
}

/** A part or a wire, by id, with what it declared. */
interface Declared<Spec> {
  readonly id: string;
  readonly spec: Spec;
}

/** Everything in the order of declaration. */
export interface DeclaredRouting {
  readonly routing: RoutingState;
  readonly exchanges: readonly Declared<ExchangeSpec>[];
  readonly queues: readonly Declared<QueueSpec>[];
  readonly bindings: readonly Declared<BindingSpec>[];
  /** Parts and wires that a server would refuse, by id. */
  readonly refused: readonly { readonly id: string; readonly code: ReplyCode }[];
}

const isExchange = (part: BrokerPart): boolean => part.kind === 'rabbitmq-exchange';

/** Declares everything in order of id, numbers in it by their size: a hash ring depends on the order of its bindings. */
export function declaredRouting(
  version: Version,
  parts: readonly BrokerPart[],
  relations: readonly BrokerRelation[],
): DeclaredRouting {
  const routing = newRouting(version);
  const byId = new Map(parts.map((part) => [part.id, part]));
  const inOrder = asCounted(relations, ({ id }) => id);
  const alternates = firstByStart(inOrder, 'alternate');
  const deadLetters = firstByStart(inOrder, 'rabbitmq-dead-letter');
  const refused: { id: string; code: ReplyCode }[] = [];
  const note = (id: string, code: ReplyCode): void => {
    if (code !== 0) refused.push({ id, code });
  };
  const exchanges: Declared<ExchangeSpec>[] = [];
  const queues: Declared<QueueSpec>[] = [];
  for (const part of asCounted(parts, ({ id }) => id)) {
    const { id } = part;
    if (isExchange(part)) {
      const spec = exchangeSpec(part, alternateName(alternates.get(id), byId));
      exchanges.push({ id, spec });
      note(id, declareExchange(routing, spec));
    } else if (part.kind === 'rabbitmq-queue') {
      queues.push({ id, spec: queueSpec(part, deadLetterArguments(deadLetters.get(id), byId)) });
      addQueue(routing, amqpName(part));
    }
  }
  const bindings: Declared<BindingSpec>[] = [];
  for (const wire of inOrder) {
    const [from, to] = [byId.get(wire.from), byId.get(wire.to)];
    if (wire.kind !== 'binding' || from === undefined || to === undefined) continue;
    const spec = bindingSpec(wire.params, from, to, isExchange(to));
    bindings.push({ id: wire.id, spec });
    note(wire.id, bind(routing, spec));
  }
  return { routing, exchanges, queues, bindings, refused };
}

/** Of each part the one wire of a kind that starts at it. */
function firstByStart(relations: readonly BrokerRelation[], kind: string): ReadonlyMap<string, BrokerRelation> {
  const first = new Map<string, BrokerRelation>();
  for (const wire of relations) if (wire.kind === kind && !first.has(wire.from)) first.set(wire.from, wire);
  return first;
}

function alternateName(wire: BrokerRelation | undefined, byId: ReadonlyMap<string, BrokerPart>): string | null {
  const to = byId.get(wire?.to ?? '');
  return to === undefined ? null : amqpName(to);
}

/** What the wire of a queue's dead letters says in its declaration. To a queue the way is the default exchange and that queue's name. */
function deadLetterArguments(wire: BrokerRelation | undefined, byId: ReadonlyMap<string, BrokerPart>): HeaderTable {
  const args = new Map<string, HeaderValue>();
  const to = byId.get(wire?.to ?? '');
  if (wire === undefined || to === undefined) return args;
  args.set('x-dead-letter-exchange', isExchange(to) ? amqpName(to) : '');
  const key = isExchange(to) ? (wire.params.routingKey as string) : amqpName(to);
  if (key !== '') args.set('x-dead-letter-routing-key', key);
  return args;
}

/** In the order of their names as people count: `binding-2` before `binding-10`. What has the same name keeps its order. */
export function asCounted<T>(all: readonly T[], nameOf: (one: T) => string): readonly T[] {
  // Every second piece of a name is a number.
  const split = all.map((one) => ({ one, pieces: nameOf(one).split(/(\d+)/) }));
  return split.sort((a, b) => comparePieces(a.pieces, b.pieces)).map(({ one }) => one);
}

function comparePieces(left: readonly string[], right: readonly string[]): number {
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [x, y] = [left[i] as string, right[i] as string];
    if (x === y) continue;
    const difference = i % 2 === 1 ? Number(x) - Number(y) : 0;
    return difference !== 0 ? difference : x < y ? -1 : 1;
  }
  return left.length - right.length;
}
