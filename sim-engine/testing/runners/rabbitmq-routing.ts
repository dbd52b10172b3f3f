// Judges what RabbitMQ routes where: single topic and headers matches, whole topologies with publishes, and the shares of a
// consistent-hash exchange. Everything is declared, bound and published through the operations the broker's actor uses.

import { isSamePlain } from '../../kernel/plain-state.ts';
import { type BindingSpec, keyedMessage, type ReplyCode, type RoutedMessage, type Version } from '../../nodes/rabbitmq/model.ts';
import {
  addQueue,
  bind,
  declareExchange,
  newRouting,
  publishRefusal,
  type RoutingState,
  route,
  unbind,
} from '../../nodes/rabbitmq/routing.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';
import { type JsonTable, tableOf, versionOf } from './rabbitmq-values.ts';

const BUILT: Version = '4.3';

/** A message of which only what matters on its way is given. */
const messageOf = (given: Partial<RoutedMessage>): RoutedMessage => ({ ...keyedMessage(''), ...given });

function judged(found: unknown, expected: unknown): Judgement {
  return { faults: isSamePlain(found, expected) ? [] : [`${JSON.stringify(found)}, recorded ${JSON.stringify(expected)}`] };
}

function format(key: string, judge: (one: VectorCase, version: Version) => Judgement): VectorFormat {
  return { key, judge: (one) => judge(one, BUILT), judgeVersion: (one, recorded) => judge(one, versionOf(recorded)) };
}

// ------------------------------------------------------------------ one binding against one message

function matchOf(version: Version, type: string, key: string, args: JsonTable | undefined, message: Partial<RoutedMessage>) {
  const routing = newRouting(version);
  declare(routing, { name: 'x', type });
  addQueue(routing, 'q');
  const code = bind(routing, { source: 'x', destination: 'q', toExchange: false, key, args: tableOf(args) });
  if (code !== 0) return { error: code };
  return { match: route(routing, 'x', messageOf(message)).length > 0 };
}

const TOPIC_FORMAT = format('topic', ({ input, expected }, version) => {
  const { pattern, key } = input as { readonly pattern: string; readonly key: string };
  return judged(matchOf(version, 'topic', pattern, undefined, { key }), expected);
});

const HEADERS_FORMAT = format('headers', ({ input, expected }, version) => {
  const { bindArgs, headers } = input as { readonly bindArgs: JsonTable; readonly headers?: JsonTable };
  const table = headers === undefined ? null : tableOf(headers);
  return judged(matchOf(version, 'headers', '', bindArgs, { headers: table }), expected);
});

// ------------------------------------------------------------------ a topology and publishes

interface ExchangeInput {
  readonly name: string;
  readonly type: string;
  readonly alternate?: string;
  readonly internal?: boolean;
  readonly autoDelete?: boolean;
  readonly args?: JsonTable;
}
interface BindingInput {
  readonly queue?: string;
  readonly exchange?: string;
  readonly destination?: string;
  readonly source?: string;
  readonly key: string;
  readonly args?: JsonTable;
}
interface PublishInput {
  readonly exchange: string;
  readonly key: string;
  readonly headers?: JsonTable;
  /** One key by itself stands for a list of it: so the client sends it. */
  readonly CC?: string | readonly string[];
  readonly BCC?: string | readonly string[];
}
interface RoutingInput {
  readonly exchanges: readonly ExchangeInput[];
  readonly queues: readonly (string | { readonly name: string })[];
  readonly bindings: readonly BindingInput[];
  readonly publishes: readonly PublishInput[];
}

function declare(routing: RoutingState, { name, type, alternate, internal, autoDelete, args }: ExchangeInput): ReplyCode {
  const given = tableOf(alternate === undefined ? args : { ...args, 'alternate-exchange': alternate });
  const spec = { name, type, isDurable: true, isAutoDelete: autoDelete ?? false, isInternal: internal ?? false, args: given };
  return declareExchange(routing, spec);
}

const bindingOf = ({ queue, exchange, destination, source, key, args }: BindingInput): BindingSpec => ({
  source: (source ?? exchange) as string,
  destination: (destination ?? queue) as string,
  toExchange: destination !== undefined,
  key,
  args: tableOf(args),
});

const ROUTING_FORMAT = format('routing', ({ input, expected }, version) => {
  const { exchanges, queues, bindings, publishes } = input as unknown as RoutingInput;
  const routing = newRouting(version);
  const errors: unknown[] = [];
  for (const exchange of exchanges) {
    const code = declare(routing, exchange);
    if (code !== 0) errors.push({ exchange: exchange.name, code });
  }
  for (const queue of queues) addQueue(routing, typeof queue === 'string' ? queue : queue.name);
  for (const one of bindings) {
    const binding = bindingOf(one);
    const code = bind(routing, binding);
    if (code !== 0) errors.push({ binding: `${binding.source}->${binding.destination}:${binding.key}`, code });
  }
  const found = { publishes: publishes.map((publish) => published(routing, publish)) };
  return judged(errors.length === 0 ? found : { ...found, errors }, expected);
});

/** What a publish with the mandatory flag on a confirm channel leads to. */
function published(routing: RoutingState, { exchange, key, headers, CC = [], BCC = [] }: PublishInput) {
  const closed = publishRefusal(routing, exchange);
  if (closed !== 0) return { queues: [], closed };
  const cc = [CC].flat();
  const table = headers === undefined && cc.length === 0 ? null : tableOf(cc.length === 0 ? headers : { ...headers, CC: cc });
  const queues = [...route(routing, exchange, messageOf({ key, headers: table, cc, bcc: [BCC].flat() }))];
  return queues.length === 0 ? { queues, confirm: 'ack', returned: 312 } : { queues, confirm: 'ack' };
}

// ------------------------------------------------------------------ shares of a hash ring

interface HashInput {
  readonly keys: number;
  readonly weights: { readonly [queue: string]: number };
  readonly keyPrefix?: string;
  readonly exchangeArgs?: JsonTable;
  /** The header that carries the key, by name or as the arguments of the exchange name it. */
  readonly byHeader?: string | boolean;
  readonly byMessageId?: boolean;
  readonly thenAdd?: { readonly [queue: string]: number };
  readonly thenUnbind?: readonly string[];
}
type Counts = { [name: string]: number };

/** Recorded for so many keys one by one. */
const FIRST_KEYS = 60;

const HASH_FORMAT = format('consistent-hash', ({ input, expected }, version) => {
  const { keys, weights, keyPrefix = 'k', exchangeArgs, thenAdd, thenUnbind, ...by } = input as unknown as HashInput;
  const routing = newRouting(version);
  const code = declare(routing, { name: 'x', type: 'x-consistent-hash', ...(exchangeArgs && { args: exchangeArgs }) });
  if (code !== 0) return { faults: [`the exchange is refused with ${code}`] };
  const names = [...Object.keys(weights), ...Object.keys(thenAdd ?? {})];
  const messages = Array.from({ length: keys }, (_, i) => hashed(`${keyPrefix}${i}`, exchangeArgs, by));
  const landed = () => messages.map((message) => route(routing, 'x', message));

  bindWeights(routing, weights);
  const before = landed();
  const found: { [key: string]: unknown } = {
    counts: countsOf(before, names),
    copies: before.reduce((sum, queues) => sum + queues.length, 0),
    first: before.slice(0, FIRST_KEYS).map(([queue]) => queue),
  };
  if (thenAdd !== undefined) {
    bindWeights(routing, thenAdd);
    found.afterAdd = movesBetween(before, landed(), names);
  }
  if (thenUnbind !== undefined) {
    for (const queue of thenUnbind) unbind(routing, arc(queue, weights[queue] as number));
    found.afterUnbind = movesBetween(before, landed(), names);
  }
  const faults = Object.keys(expected).flatMap((key) =>
    judged(found[key], expected[key]).faults.map((fault) => `${key}: ${fault}`),
  );
  return { faults };
});

function hashed(
  key: string,
  exchangeArgs: JsonTable | undefined,
  by: Pick<HashInput, 'byHeader' | 'byMessageId'>,
): RoutedMessage {
  if (by.byMessageId) return messageOf({ messageId: key });
  if (by.byHeader === undefined || by.byHeader === false) return messageOf({ key });
  const name = typeof by.byHeader === 'string' ? by.byHeader : (exchangeArgs?.['hash-header'] as string);
  return messageOf({ headers: new Map([[name, key]]) });
}

const arc = (queue: string, weight: number): BindingSpec => ({
  source: 'x',
  destination: queue,
  toExchange: false,
  key: String(weight),
  args: new Map(),
});

function bindWeights(routing: RoutingState, weights: { readonly [queue: string]: number }): void {
  for (const [queue, weight] of Object.entries(weights)) {
    addQueue(routing, queue);
    bind(routing, arc(queue, weight));
  }
}

type Landed = readonly (readonly string[])[];

function countsOf(landed: Landed, names: readonly string[]): Counts {
  const counts: Counts = Object.fromEntries(names.map((name) => [name, 0]));
  for (const queues of landed) for (const queue of queues) counts[queue] = (counts[queue] ?? 0) + 1;
  return counts;
}

function movesBetween(before: Landed, after: Landed, names: readonly string[]) {
  const moves: Counts = {};
  for (const [i, [from]] of before.entries()) {
    const to = after[i]?.[0];
    if (from !== to) moves[`${from}->${to}`] = (moves[`${from}->${to}`] ?? 0) + 1;
  }
  const moved = Object.values(moves).reduce((sum, count) => sum + count, 0);
  return { counts: countsOf(after, names), moved, moves };
}

export const RABBITMQ_ROUTING_FORMATS: readonly VectorFormat[] = [TOPIC_FORMAT, HEADERS_FORMAT, ROUTING_FORMAT, HASH_FORMAT];
