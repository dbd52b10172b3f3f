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
  const inOrder = [...relations].sort((a, b) => compareNames(a.id, b.id));
  const refused: { id: string; code: ReplyCode }[] = [];
  const note = (id: string, code: ReplyCode): void => {
    if (code !== 0) refused.push({ id, code });
  };
  const exchanges: Declared<ExchangeSpec>[] = [];
  const queues: Declared<QueueSpec>[] = [];
  for (const part of [...parts].sort((a, b) => compareNames(a.id, b.id))) {
    const { id } = part;
    if (isExchange(part)) {
      const spec = exchangeSpec(part, alternateName(part, inOrder, byId));
      exchanges.push({ id, spec });
      note(id, declareExchange(routing, spec));
    } else {
      queues.push({ id, spec: queueSpec(part, deadLetterArguments(part, inOrder, byId)) });
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

function alternateName(
  part: BrokerPart,
  relations: readonly BrokerRelation[],
  byId: ReadonlyMap<string, BrokerPart>,
): string | null {
  const to = byId.get(relations.find(({ kind, from }) => kind === 'alternate' && from === part.id)?.to ?? '');
  return to === undefined ? null : amqpName(to);
}

/** What the wire of a queue's dead letters says in its declaration. To a queue the way is the default exchange and that queue's name. */
function deadLetterArguments(
  part: BrokerPart,
  relations: readonly BrokerRelation[],
  byId: ReadonlyMap<string, BrokerPart>,
): HeaderTable {
  const args = new Map<string, HeaderValue>();
  const wire = relations.find(({ kind, from }) => kind === 'rabbitmq-dead-letter' && from === part.id);
  const to = byId.get(wire?.to ?? '');
  if (wire === undefined || to === undefined) return args;
  args.set('x-dead-letter-exchange', isExchange(to) ? amqpName(to) : '');
  const key = isExchange(to) ? (wire.params.routingKey as string) : amqpName(to);
  if (key !== '') args.set('x-dead-letter-routing-key', key);
  return args;
}

/** Ids and names in the order in which people count: `binding-2` before `binding-10`. */
export function compareNames(a: string, b: string): number {
  const [left, right] = [a.split(/(\d+)/), b.split(/(\d+)/)];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const [x, y] = [left[i] as string, right[i] as string];
    if (x === y) continue;
    // Every second piece is a number.
    const difference = i % 2 === 1 ? Number(x) - Number(y) : 0;
    return difference !== 0 ? difference : x < y ? -1 : 1;
  }
  return left.length - right.length;
}
