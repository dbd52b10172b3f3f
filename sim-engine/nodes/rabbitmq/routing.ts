// All exchanges and bindings of a broker, and the way of a message through them: from the exchange it is published to along every
// binding that matches, from exchange to exchange, each exchange visited once, to the queues. The broker's actor asks here; queues
// are known by their names alone. semantics/rabbitmq.md 2; vectors/rabbitmq/routing.json, suite-topic.json.

import {
  ALTERNATE_ARGUMENT,
  addBinding,
  alternateOf,
  areExchangeArgs,
  bindingId,
  type Exchange,
  isBindable,
  isExchangeType,
  matchBindings,
  newExchange,
  removeBinding,
} from './exchange.ts';
import { isSameValue } from './headers-match.ts';
import {
  ACCESS_REFUSED,
  type BindingSpec,
  COMMAND_INVALID,
  DONE,
  type ExchangeSpec,
  type ExchangeType,
  type HeaderValue,
  NOT_FOUND,
  PRECONDITION_FAILED,
  type ReplyCode,
  type RoutedMessage,
  type Version,
} from './model.ts';
import type { Targets } from './targets.ts';

export interface RoutingState {
  readonly version: Version;
  readonly exchanges: Map<string, Exchange>;
  readonly queues: Set<string>;
  /** By destination: the bindings that lead there, with the exchange that each starts at. */
  readonly incoming: Map<string, Map<string, string>>;
}

/** The exchange without a name, at which every queue is bound by its own. */
const DEFAULT_EXCHANGE = '';
const RESERVED = 'amq.';

const PREDECLARED: readonly (readonly [string, ExchangeType])[] = [
  ['amq.direct', 'direct'],
  ['amq.fanout', 'fanout'],
  ['amq.headers', 'headers'],
  ['amq.match', 'headers'],
  ['amq.topic', 'topic'],
];

export function newRouting(version: Version): RoutingState {
  const exchanges = new Map<string, Exchange>();
  for (const [name, type] of PREDECLARED) {
    const args = new Map<string, HeaderValue>();
    exchanges.set(name, newExchange({ name, type, isDurable: true, isAutoDelete: false, isInternal: false, args }));
  }
  return { version, exchanges, queues: new Set(), incoming: new Map() };
}

// ------------------------------------------------------------------ exchanges

/** 403 (reserved name), 406 (unknown type, or there already and different), 503 (3.10: unknown type). */
export function declareExchange(state: RoutingState, spec: ExchangeSpec): ReplyCode {
  if (!isExchangeType(spec.type)) return state.version === '3.10' ? COMMAND_INVALID : PRECONDITION_FAILED;
  if (spec.name === DEFAULT_EXCHANGE) return ACCESS_REFUSED;
  const there = state.exchanges.get(spec.name);
  if (there !== undefined) return isSameExchange(there.spec, spec) ? DONE : PRECONDITION_FAILED;
  if (spec.name.startsWith(RESERVED)) return ACCESS_REFUSED;
  if (!areExchangeArgs(spec.type, spec.args)) return PRECONDITION_FAILED;
  state.exchanges.set(spec.name, newExchange(spec));
  return DONE;
}

/** Of the arguments the server compares only the alternate exchange. */
function isSameExchange(a: ExchangeSpec, b: ExchangeSpec): boolean {
  const isAlike = a.type === b.type && a.isDurable === b.isDurable && a.isAutoDelete === b.isAutoDelete;
  if (!isAlike || a.isInternal !== b.isInternal) return false;
  const [ours, theirs] = [a.args.get(ALTERNATE_ARGUMENT), b.args.get(ALTERNATE_ARGUMENT)];
  return ours === undefined || theirs === undefined ? ours === theirs : isSameValue(ours, theirs);
}

/** 404 if it is not there, 403 for the default exchange, of which one may not ask. */
export function checkExchange(state: RoutingState, name: string): ReplyCode {
  if (name === DEFAULT_EXCHANGE) return ACCESS_REFUSED;
  return state.exchanges.has(name) ? DONE : NOT_FOUND;
}

/** 406 if `ifUnused` and it has bindings. Deleting what is not there is done. */
export function deleteExchange(state: RoutingState, name: string, ifUnused: boolean): ReplyCode {
  if (name === DEFAULT_EXCHANGE || name.startsWith(RESERVED)) return ACCESS_REFUSED;
  const exchange = state.exchanges.get(name);
  if (exchange === undefined) return DONE;
  if (ifUnused && exchange.bindings.size > 0) return PRECONDITION_FAILED;
  dropExchange(state, exchange);
  return DONE;
}

/** With its bindings, and with the auto-delete exchanges that led nowhere else. */
function dropExchange(state: RoutingState, exchange: Exchange): void {
  const { name } = exchange.spec;
  state.exchanges.delete(name);
  for (const [id, binding] of exchange.bindings) forgetIncoming(state, id, binding);
  dropIncoming(state, true, name);
}

/** The alternate exchange that policies give an exchange (`alternate-exchange`), null for none; an argument goes before it. */
export function setPolicyAlternate(state: RoutingState, exchange: string, alternate: string | null): void {
  const there = state.exchanges.get(exchange);
  if (there !== undefined) there.policyAlternate = alternate;
}

/**
 * A stop and start of the broker; queues that do not survive it are taken out before by `removeQueue`. Up to 4.0 exchanges that are not durable are gone then, with their bindings; from 4.3 on, where all
 * of this stands in the replicated metadata store, they are still there (vectors/rabbitmq/restart.json).
 */
export function restartRouting(state: RoutingState): void {
  if (state.version === '4.3') return;
  for (const exchange of [...state.exchanges.values()]) {
    if (exchange.spec.isDurable || !state.exchanges.has(exchange.spec.name)) continue;
    dropExchange(state, exchange);
  }
}

// ------------------------------------------------------------------ bindings

/** 403 (default exchange), 404 (an end is missing), 406 (a key or arguments that the type does not take). */
export function bind(state: RoutingState, binding: BindingSpec): ReplyCode {
  const exchange = sourceOf(state, binding);
  if (typeof exchange === 'number') return exchange;
  if (!isBindable(state.version, exchange, binding)) return PRECONDITION_FAILED;
  const id = bindingId(binding);
  if (exchange.bindings.has(id)) return DONE;
  addBinding(state.version, exchange, id, binding);
  const end = endOf(binding.toExchange, binding.destination);
  const incoming = state.incoming.get(end);
  if (incoming === undefined) state.incoming.set(end, new Map([[id, binding.source]]));
  else incoming.set(id, binding.source);
  return DONE;
}

/** The exchange a binding starts at, if there are both ends and neither is the default exchange. */
function sourceOf(state: RoutingState, { source, destination, toExchange }: BindingSpec): Exchange | ReplyCode {
  if (source === DEFAULT_EXCHANGE || (toExchange && destination === DEFAULT_EXCHANGE)) return ACCESS_REFUSED;
  const exchange = state.exchanges.get(source);
  const isThere = toExchange ? state.exchanges.has(destination) : state.queues.has(destination);
  return exchange === undefined || !isThere ? NOT_FOUND : exchange;
}

/** Unbinding what is not bound is done. */
export function unbind(state: RoutingState, binding: BindingSpec): ReplyCode {
  const exchange = sourceOf(state, binding);
  if (exchange === ACCESS_REFUSED) return ACCESS_REFUSED;
  const id = bindingId(binding);
  if (typeof exchange !== 'number' && exchange.bindings.has(id)) takeOut(state, exchange, id);
  return DONE;
}

function takeOut(state: RoutingState, exchange: Exchange, id: string): void {
  forgetIncoming(state, id, exchange.bindings.get(id) as BindingSpec);
  removeBinding(exchange, id);
  if (exchange.spec.isAutoDelete && exchange.bindings.size === 0) dropExchange(state, exchange);
}

const endOf = (toExchange: boolean, name: string): string => (toExchange ? `x${name}` : `q${name}`);

function forgetIncoming(state: RoutingState, id: string, { toExchange, destination }: BindingSpec): void {
  const end = endOf(toExchange, destination);
  const incoming = state.incoming.get(end);
  incoming?.delete(id);
  if (incoming?.size === 0) state.incoming.delete(end);
}

/** A destination is gone, and with it the bindings that led there. */
function dropIncoming(state: RoutingState, toExchange: boolean, name: string): void {
  const incoming = state.incoming.get(endOf(toExchange, name));
  if (incoming === undefined) return;
  for (const [id, source] of [...incoming]) {
    const exchange = state.exchanges.get(source);
    if (exchange?.bindings.has(id)) takeOut(state, exchange, id);
  }
}

/** A queue is there now; it is bound to the default exchange by its name. */
export function addQueue(state: RoutingState, name: string): void {
  state.queues.add(name);
}

/** A queue is gone, and with it its bindings and the auto-delete exchanges that had no other. */
export function removeQueue(state: RoutingState, name: string): void {
  state.queues.delete(name);
  dropIncoming(state, false, name);
}

// ------------------------------------------------------------------ the way of a message

/** 404 or 403 (internal) where one may not publish to an exchange at all. */
export function publishRefusal(state: RoutingState, exchange: string): ReplyCode {
  if (exchange === DEFAULT_EXCHANGE) return DONE;
  const there = state.exchanges.get(exchange);
  if (there === undefined) return NOT_FOUND;
  return there.spec.isInternal ? ACCESS_REFUSED : DONE;
}

const NOWHERE: readonly string[] = [];

/**
 * Names of the queues that get the message, each once, in order of name; none if it is unroutable or there is no such exchange. The
 * exchange need not be the message's own. The list is good until bindings change.
 */
export function route(state: RoutingState, exchange: string, message: RoutedMessage): readonly string[] {
  if (exchange === DEFAULT_EXCHANGE) return routeByName(state, message);
  const first = state.exchanges.get(exchange);
  if (first === undefined) return NOWHERE;
  const found: Targets[] = [];
  matchBindings(state.version, first, message, found);
  const only = found[0];
  // The usual case costs no list of its own.
  if (found.length === 1 && only?.exchanges.names.length === 0) return only.queues.names;
  return routeFurther(state, first, message, found);
}

function routeByName(state: RoutingState, { key, cc, bcc }: RoutedMessage): readonly string[] {
  if (cc.length === 0 && bcc.length === 0) return state.queues.has(key) ? [key] : NOWHERE;
  return inOrder(new Set([key, ...cc, ...bcc].filter((name) => state.queues.has(name))));
}

/** Along the bindings to further exchanges, and to the alternate exchange of each that no binding led on from. */
function routeFurther(state: RoutingState, first: Exchange, message: RoutedMessage, found: Targets[]): readonly string[] {
  const queues = new Set<string>();
  const seen = new Set([first.spec.name]);
  const waiting = [first];
  let matched = found;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next !== first) {
      matched = [];
      matchBindings(state.version, next, message, matched);
    }
    for (const name of leadsTo(next, matched, queues)) {
      const there = state.exchanges.get(name);
      if (there === undefined || seen.has(name)) continue;
      seen.add(name);
      waiting.push(there);
    }
  }
  return inOrder(queues);
}

/** The exchanges that `matched` leads to; its queues are added to `queues`. */
function leadsTo(exchange: Exchange, matched: readonly Targets[], queues: Set<string>): readonly string[] {
  // A binding to an exchange that leads nowhere is a match all the same.
  const alternate = matched.length === 0 ? alternateOf(exchange) : null;
  const further: string[] = alternate === null ? [] : [alternate];
  for (const target of matched) {
    for (const name of target.queues.names) queues.add(name);
    further.push(...target.exchanges.names);
  }
  return further;
}

const inOrder = (names: ReadonlySet<string>): readonly string[] => [...names].sort((a, b) => (a < b ? -1 : 1));
