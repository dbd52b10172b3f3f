// One exchange: what it was declared with, its bindings, and the index over them that its type needs, so that a publish costs what it
// matches and not what is bound. `routing.ts` holds all exchanges of a broker and follows bindings from one to the next; nothing here
// knows another exchange. Plain state, changed by functions.

import { addArc, arcOf, isHashedBy, newRing, type Ring, removeArc, weightOf } from './consistent-hash.ts';
import { isDouble, isHeadersBinding, isList, isTable, matchHeaders, numberOf } from './headers-match.ts';
import type { BindingSpec, ExchangeSpec, ExchangeType, HeaderTable, HeaderValue, RoutedMessage, Version } from './model.ts';
import { addTarget, isEmpty, newTargets, removeTarget, type Targets } from './targets.ts';
import { addPattern, anyCount, matchTopic, newTopicTrie, removePattern, type TopicNode } from './topic-trie.ts';

/** Every binding with the same arguments asks the same of a message's headers. */
interface HeadersGroup {
  readonly args: HeaderTable;
  readonly targets: Targets;
}

type BindingIndex =
  | { readonly is: 'direct'; readonly byKey: Map<string, Targets> }
  | { readonly is: 'fanout'; readonly targets: Targets }
  | { readonly is: 'topic'; readonly trie: TopicNode }
  | { readonly is: 'headers'; readonly groups: Map<string, HeadersGroup> }
  | { readonly is: 'x-consistent-hash'; readonly ring: Ring };

export interface Exchange {
  readonly spec: ExchangeSpec;
  /** By identity, in the order of binding. */
  readonly bindings: Map<string, BindingSpec>;
  readonly index: BindingIndex;
  /** The alternate exchange that a policy gives it; an argument goes before it. */
  policyAlternate: string | null;
}

const EXCHANGE_TYPES: readonly string[] = [
  'direct',
  'fanout',
  'topic',
  'headers',
  'x-consistent-hash',
] satisfies readonly ExchangeType[];

export const isExchangeType = (type: string): type is ExchangeType => EXCHANGE_TYPES.includes(type);

export const ALTERNATE_ARGUMENT = 'alternate-exchange';

/** Whether an exchange of a known type may be declared with these arguments. */
export function areExchangeArgs(type: ExchangeType, args: HeaderTable): boolean {
  const alternate = args.get(ALTERNATE_ARGUMENT);
  if (alternate !== undefined && typeof alternate !== 'string') return false;
  return type !== 'x-consistent-hash' || isHashedBy(args);
}

/** `spec` has passed `isExchangeType` and `areExchangeArgs`. */
export const newExchange = (spec: ExchangeSpec): Exchange => ({
  spec,
  bindings: new Map(),
  index: newIndex(spec.type as ExchangeType),
  policyAlternate: null,
});

function newIndex(type: ExchangeType): BindingIndex {
  switch (type) {
    case 'direct':
      return { is: type, byKey: new Map() };
    case 'fanout':
      return { is: type, targets: newTargets() };
    case 'topic':
      return { is: type, trie: newTopicTrie() };
    case 'headers':
      return { is: type, groups: new Map() };
    case 'x-consistent-hash':
      return { is: type, ring: newRing() };
  }
}

/** The exchange that gets what no binding takes; null for none. */
export function alternateOf({ spec, policyAlternate }: Exchange): string | null {
  const given = spec.args.get(ALTERNATE_ARGUMENT);
  return typeof given === 'string' ? given : policyAlternate;
}

// ------------------------------------------------------------------ bindings

/** From 4.3 on: each further `#` multiplies the work of the server's matcher. */
const ANY_WORDS_MAX = 2;

/** Whether a binding with this key and these arguments may start at an exchange of this type. */
export function isBindable(version: Version, exchange: Exchange, { key, args }: BindingSpec): boolean {
  switch (exchange.index.is) {
    case 'topic':
      return version !== '4.3' || anyCount(key) <= ANY_WORDS_MAX;
    case 'headers':
      return isHeadersBinding(args);
    case 'x-consistent-hash':
      return weightOf(version, key) !== undefined;
    default:
      return true;
  }
}

/** Two bindings are one if source, destination, key and arguments are the same, the latter in any order. */
export const bindingId = ({ source, destination, toExchange, key, args }: BindingSpec): string =>
  JSON.stringify([source, toExchange, destination, key, argsId(args)]);

/** Text that is the same for the same arguments. */
const argsId = (args: HeaderTable): unknown =>
  [...args].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => [name, valueId(value)]);

function valueId(value: HeaderValue): unknown {
  if (isDouble(value)) return { double: numberOf(value) };
  if (isTable(value)) return { table: [...value].map(([name, held]) => [name, valueId(held)]) };
  return isList(value) ? value.map(valueId) : value;
}

/** Adds a binding that is bindable and not there yet. */
export function addBinding(version: Version, exchange: Exchange, id: string, binding: BindingSpec): void {
  const { destination, toExchange, key, args } = binding;
  const { index } = exchange;
  exchange.bindings.set(id, binding);
  switch (index.is) {
    case 'direct':
      return addTarget(entry(index.byKey, key, newTargets), toExchange, destination);
    case 'fanout':
      return addTarget(index.targets, toExchange, destination);
    case 'topic':
      return addPattern(index.trie, key, toExchange, destination);
    case 'headers':
      return addTarget(
        entry(index.groups, JSON.stringify(argsId(args)), () => ({ args, targets: newTargets() })).targets,
        toExchange,
        destination,
      );
    case 'x-consistent-hash':
      return addArc(index.ring, toExchange, destination, weightOf(version, key) as number);
  }
}

function entry<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** Takes a binding out that is there. */
export function removeBinding(exchange: Exchange, id: string): void {
  const { destination, toExchange, key, args } = exchange.bindings.get(id) as BindingSpec;
  const { index } = exchange;
  exchange.bindings.delete(id);
  switch (index.is) {
    case 'direct': {
      const targets = index.byKey.get(key) as Targets;
      removeTarget(targets, toExchange, destination);
      if (isEmpty(targets)) index.byKey.delete(key);
      return;
    }
    case 'fanout':
      return removeTarget(index.targets, toExchange, destination);
    case 'topic':
      return removePattern(index.trie, key, toExchange, destination);
    case 'headers': {
      const group = JSON.stringify(argsId(args));
      const { targets } = index.groups.get(group) as HeadersGroup;
      removeTarget(targets, toExchange, destination);
      if (isEmpty(targets)) index.groups.delete(group);
      return;
    }
    case 'x-consistent-hash':
      return removeArc(index.ring, toExchange, destination);
  }
}

// ------------------------------------------------------------------ matching

/** Adds what every binding that matches leads to. Nothing is added exactly if none does. */
export function matchBindings(version: Version, exchange: Exchange, message: RoutedMessage, into: Targets[]): void {
  const { index } = exchange;
  switch (index.is) {
    case 'direct':
      addOfKey(index.byKey, message.key, into);
      for (const key of message.cc) addOfKey(index.byKey, key, into);
      for (const key of message.bcc) addOfKey(index.byKey, key, into);
      return;
    case 'fanout':
      if (!isEmpty(index.targets)) into.push(index.targets);
      return;
    case 'topic':
      matchTopic(index.trie, message.key, into);
      for (const key of message.cc) matchTopic(index.trie, key, into);
      for (const key of message.bcc) matchTopic(index.trie, key, into);
      return;
    case 'headers':
      for (const { args, targets } of index.groups.values()) {
        if (matchHeaders(version, args, message.headers)) into.push(targets);
      }
      return;
    case 'x-consistent-hash': {
      const arc = arcOf(version, exchange.spec.args, index.ring, message);
      if (arc !== undefined) into.push(arc.targets);
    }
  }
}

function addOfKey(byKey: ReadonlyMap<string, Targets>, key: string, into: Targets[]): void {
  const targets = byKey.get(key);
  if (targets !== undefined) into.push(targets);
}

/** The bindings that `message` takes, in the order of binding: for who asks to see them, not for a publish. */
export function matchingBindings(version: Version, exchange: Exchange, message: RoutedMessage): readonly BindingSpec[] {
  const all = [...exchange.bindings.values()];
  const { index } = exchange;
  if (index.is === 'x-consistent-hash') {
    const arc = arcOf(version, exchange.spec.args, index.ring, message);
    // What stands in the ring is the first of the bindings to a destination.
    const first = all.find(({ destination, toExchange }) => destination === arc?.name && toExchange === arc.toExchange);
    return first === undefined ? [] : [first];
  }
  return all.filter((binding) => {
    const alone = newExchange(exchange.spec);
    addBinding(version, alone, '', binding);
    const found: Targets[] = [];
    matchBindings(version, alone, message, found);
    return found.length > 0;
  });
}
