// From the fields of a part to what its exchange, queue or binding is declared with, in AMQP's words: what the broker's actor declares
// at its start, and what a definitions file of the server holds. Pure functions over parsed parameters.

import { assert } from '../../kernel/assert.ts';
import { floor } from '../../kernel/exact-math.ts';
import type { Field, Fields, Params, TableEntry, TableValue, Value } from '../fields.ts';
import type { BindingSpec, ExchangeSpec, HeaderTable, HeaderValue, QueueSpec } from './model.ts';
import { RABBITMQ_QUEUE } from './queue.declaration.ts';

const MS_NS = 1_000_000;
const SECOND_NS = 1_000_000_000;
/** Says which kind a queue is even where it is the usual one: the server writes it always. */
const QUEUE_TYPE = 'x-queue-type';
const MAX_AGE = 'x-max-age';

/** A part of a broker, parsed: a member of a topology, or what a behaviour is handed. */
export interface DeclaredPart {
  readonly id: string;
  readonly params: Params;
}

/** What AMQP calls a part: its name, or its id if it has none. */
export const amqpName = ({ id, params }: DeclaredPart): string => (params.name === '' ? id : (params.name as string));

/** The arguments among the fields: those with an `x-` key that are asked of this kind of queue and have not their default. */
function declaredArguments(fields: Fields, params: Params): HeaderTable {
  const args = new Map<string, HeaderValue>();
  for (const [name, field] of Object.entries(fields)) {
    const value = params[name] as Value;
    if (!field.key?.startsWith('x-') || !isAsked(fields, field, params)) continue;
    if (field.key === QUEUE_TYPE || !isDefault(field, value)) args.set(field.key, argumentOf(field, value));
  }
  return args;
}

/** Whether the form shows the field: what belongs to another type would be refused. */
function isAsked(fields: Fields, { when }: Field, params: Params): boolean {
  if (when === undefined) return true;
  return when.is.includes(params[when.field] as string) && isAsked(fields, fields[when.field] as Field, params);
}

function isDefault(field: Field, value: Value): boolean {
  return value === (field.kind === 'duration' ? nsOf(field.default) : field.default);
}

/** A length of time out of a declaration, in ns. */
function nsOf(text: string): number {
  const [, count, unit] = /^(\d+)(s|min|d)$/.exec(text) ?? [];
  assert(count !== undefined, `${text} is a whole number of seconds, minutes or days`);
  return Number(count) * SECOND_NS * (unit === 'd' ? 86_400 : unit === 'min' ? 60 : 1);
}

/** Lengths of time count in whole ms there, the age of a stream as text in seconds. */
function argumentOf(field: Field, value: Value): HeaderValue {
  if (field.kind !== 'duration') return value as HeaderValue;
  return field.key === MAX_AGE ? `${floor((value as number) / SECOND_NS)}s` : floor((value as number) / MS_NS);
}

/** A table field as the headers of a message have it. */
export const headerTable = (entries: readonly TableEntry[]): HeaderTable =>
  new Map(entries.map(({ name, value }) => [name, headerValue(value)]));

function headerValue(value: TableValue): HeaderValue {
  if (typeof value !== 'object' || value === null) return value;
  if ('double' in value) return value;
  return 'table' in value ? headerTable(value.table) : value.map(headerValue);
}

/** Of a part `rabbitmq-queue`; `more` are the arguments that its wires say. */
export const queueSpec = (part: DeclaredPart, more: HeaderTable): QueueSpec => ({
  name: amqpName(part),
  isDurable: part.params.durable as boolean,
  isExclusive: part.params.exclusive as boolean,
  isAutoDelete: part.params.autoDelete as boolean,
  args: new Map([...declaredArguments(RABBITMQ_QUEUE.fields, part.params), ...more]),
});

/** Of a part `rabbitmq-exchange`; `alternate` is the name of its alternate exchange, or null. */
export function exchangeSpec(part: DeclaredPart, alternate: string | null): ExchangeSpec {
  const { type, hashOn, hashHeader, durable, autoDelete, internal } = part.params;
  const args = new Map<string, HeaderValue>();
  if (alternate !== null) args.set('alternate-exchange', alternate);
  if (type === 'x-consistent-hash' && hashOn === 'header') args.set('hash-header', hashHeader as string);
  else if (type === 'x-consistent-hash' && hashOn !== 'routing-key') args.set('hash-property', hashOn as string);
  return {
    name: amqpName(part),
    type: type as string,
    isDurable: durable as boolean,
    isAutoDelete: autoDelete as boolean,
    isInternal: internal as boolean,
    args,
  };
}

/** Of a wire `binding` between two parts. Behind a hash ring the weight stands where the key does elsewhere. */
export const bindingSpec = (
  params: Params,
  source: DeclaredPart,
  destination: DeclaredPart,
  toExchange: boolean,
): BindingSpec => ({
  source: amqpName(source),
  destination: amqpName(destination),
  toExchange,
  key: source.params.type === 'x-consistent-hash' ? String(params.weight) : (params.routingKey as string),
  args: headerTable(params.arguments as readonly TableEntry[]),
});
