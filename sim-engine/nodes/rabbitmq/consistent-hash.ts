// The ring of a consistent-hash exchange (plugin rabbitmq_consistent_hash_exchange): each destination has as many buckets as the
// binding key of its first binding says, in the order of binding, and a message goes to the one destination of its bucket. Used by
// `exchange.ts`. Hash function, generator and buckets are the plugin's own, so that a key lands where it does on a real server.
// semantics/rabbitmq.md 2.2; vectors/rabbitmq/consistent-hash.json.

import { floor } from '../../kernel/exact-math.ts';
import { nextExs1024, phash2, seedExs1024, type Term } from './erlang-hash.ts';
import { isDouble, isList, isTable, numberOf } from './headers-match.ts';
import type { HeaderTable, HeaderValue, RoutedMessage, Version } from './model.ts';
import { addTarget, newTargets, type Targets } from './targets.ts';

/** One destination after the other, in the order of binding, with the buckets of each. */
export interface Ring {
  readonly arcs: Arc[];
  bucketCount: number;
}
interface Arc {
  readonly toExchange: boolean;
  readonly name: string;
  /** The one destination, in the form in which an exchange answers. */
  readonly targets: Targets;
  readonly bucketCount: number;
}

export const newRing = (): Ring => ({ arcs: [], bucketCount: 0 });

/** From 4.3 on; before, nothing but the memory of the server bounds a weight. */
const WEIGHT_MAX = 10_000;

/** The weight that a binding key stands for, or undefined where it is refused: a positive integer, as Erlang reads one. */
export function weightOf(version: Version, key: string): number | undefined {
  if (!/^[+-]?\d+$/.test(key)) return undefined;
  const weight = Number(key);
  return weight < 1 || weight > (version === '4.3' ? WEIGHT_MAX : Number.MAX_SAFE_INTEGER) ? undefined : weight;
}

const HASH_HEADER = 'hash-header';
const HASH_PROPERTY = 'hash-property';
const PROPERTIES: readonly HeaderValue[] = ['correlation_id', 'message_id', 'timestamp'];

/** Whether an exchange may be declared so: to hash at most one of a header and a property, and one that is known. */
export function isHashedBy(args: HeaderTable): boolean {
  const header = args.get(HASH_HEADER);
  const property = args.get(HASH_PROPERTY);
  if (header !== undefined && property !== undefined) return false;
  if (header !== undefined) return typeof header === 'string';
  return property === undefined || PROPERTIES.includes(property);
}

/** A further binding to a destination that stands in the ring already changes nothing, whatever its weight. */
export function addArc(ring: Ring, toExchange: boolean, name: string, bucketCount: number): void {
  if (ring.arcs.some((arc) => arc.name === name && arc.toExchange === toExchange)) return;
  const targets = newTargets();
  addTarget(targets, toExchange, name);
  ring.arcs.push({ toExchange, name, targets, bucketCount });
  ring.bucketCount += bucketCount;
}

/** Takes a destination out, with any of its bindings that goes; the buckets behind it move down. */
export function removeArc(ring: Ring, toExchange: boolean, name: string): void {
  const at = ring.arcs.findIndex((arc) => arc.name === name && arc.toExchange === toExchange);
  if (at === -1) return;
  ring.bucketCount -= (ring.arcs[at] as Arc).bucketCount;
  ring.arcs.splice(at, 1);
}

/** Where a message goes; undefined while nothing is bound. */
export function arcOf(version: Version, args: HeaderTable, ring: Ring, message: RoutedMessage): Arc | undefined {
  if (ring.bucketCount <= 1) return ring.arcs[0];
  let bucket = jumpHash(seedOf(hashInput(version, args, message)), ring.bucketCount);
  return ring.arcs.find((arc) => {
    bucket -= arc.bucketCount;
    return bucket < 0;
  });
}

// ------------------------------------------------------------------ what is hashed

function hashInput(version: Version, args: HeaderTable, message: RoutedMessage): Term {
  const header = args.get(HASH_HEADER);
  if (header !== undefined) return hashedHeader(version, message.headers?.get(header as string));
  const property = args.get(HASH_PROPERTY);
  if (property === undefined) return binary(message.key);
  // Messages here carry no timestamp.
  const value = property === 'message_id' ? message.messageId : property === 'correlation_id' ? message.correlationId : null;
  return value === null ? UNDEFINED : binary(value);
}

/** Up to 3.10 the type of the header is hashed along; since then, of a list, only its first member. */
function hashedHeader(version: Version, value: HeaderValue | undefined): Term {
  if (value === undefined) return UNDEFINED;
  return version === '3.10' ? typed(value) : termOf(value);
}

/** An integer is the seed itself, a list stands for its first member, all else for its hash. */
function seedOf(input: Term): number {
  if (input.is === 'integer') return input.value;
  const first = input.is === 'list' ? input.of[0] : undefined;
  return first === undefined ? phash2(input) : seedOf(first);
}

/** After Lamping and Veach: jumps ahead through ever more buckets; the last one that there is, is it. */
function jumpHash(seed: number, bucketCount: number): number {
  seedExs1024(seed);
  let bucket = 0;
  for (let next = 0; next < bucketCount; ) {
    bucket = next;
    next = floor((bucket + 1) / nextExs1024());
  }
  return bucket;
}

// ------------------------------------------------------------------ AMQP values as Erlang has them

const atom = (name: string): Term => ({ is: 'atom', name });
const binary = (text: string): Term => ({ is: 'binary', text });
const tuple = (...of: readonly Term[]): Term => ({ is: 'tuple', of });
const UNDEFINED = atom('undefined');
const INT8_MAX = 0x7f;
const INT16_MAX = 0x7fff;
const INT32_MAX = 0x7fffffff;

function termOf(value: HeaderValue): Term {
  if (value === null) return UNDEFINED;
  if (typeof value === 'boolean') return atom(value ? 'true' : 'false');
  if (typeof value === 'string') return binary(value);
  if (isDouble(value)) return { is: 'float', value: numberOf(value) };
  if (typeof value === 'number') return { is: 'integer', value };
  if (isTable(value)) {
    return { is: 'list', of: [...value].map(([name, held]) => tuple(binary(name), atom(typeName(held)), termOf(held))) };
  }
  return isList(value) ? { is: 'list', of: value.map(typed) } : UNDEFINED;
}

const typed = (value: HeaderValue): Term => tuple(atom(typeName(value)), termOf(value));

function typeName(value: HeaderValue): string {
  if (value === null) return 'void';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'longstr';
  if (isDouble(value)) return 'double';
  if (typeof value === 'number') return widthName(value < 0 ? -value - 1 : value);
  return isTable(value) ? 'table' : 'array';
}

/** Which width an integer has is up to the client; the one whose outcomes were recorded takes the narrowest (amqplib, codec). */
function widthName(size: number): string {
  if (size <= INT8_MAX) return 'byte';
  if (size <= INT16_MAX) return 'short';
  return size <= INT32_MAX ? 'signedint' : 'long';
}
