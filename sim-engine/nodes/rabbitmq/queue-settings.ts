// What a queue goes by: its arguments checked for its type, and what policies fill in. Lengths and times take the lower value of the
// two, names take the argument. `x-` stands before the name in an argument and is left out in a policy.

import { isSameValue } from './headers-match.ts';
import {
  type HeaderTable,
  type HeaderValue,
  PRECONDITION_FAILED,
  type QueueSpec,
  RESOURCE_LOCKED,
  type ReplyCode,
  type Version,
} from './model.ts';

export type QueueType = 'classic' | 'quorum' | 'stream';
export type Overflow = 'drop-head' | 'reject-publish' | 'reject-publish-dlx';
export type DelayedRetry = 'disabled' | 'all' | 'failed' | 'returned';

export interface QueueSettings {
  /** Infinity = no limit, for each number here. */
  readonly messageTtlMs: number;
  readonly expiresMs: number;
  readonly maxLength: number;
  readonly maxBytes: number;
  readonly overflow: Overflow;
  /** Null = none; '' is the default exchange. */
  readonly deadLetterExchange: string | null;
  readonly deadLetterKey: string | null;
  readonly isAtLeastOnce: boolean;
  /** Infinity = none, by which returned messages go another way on 3.10. */
  readonly deliveryLimit: number;
  readonly isSingleActive: boolean;
  /** Of a classic queue, -1 = no priorities. */
  readonly maxPriority: number;
  readonly delayedRetry: DelayedRetry;
  readonly delayedRetryMinMs: number;
  readonly delayedRetryMaxMs: number;
  readonly consumerTimeoutMs: number;
  /** Of a stream. */
  readonly maxAgeMs: number;
  readonly segmentBytes: number;
}

/** `consumer_timeout`: 30 minutes. Source: rabbitmq-server, Makefile and `rabbit.schema`. */
const CONSUMER_TIMEOUT_MS = 1_800_000;
/** Source: `rabbit_quorum_queue`, DEFAULT_DELIVERY_LIMIT, since 4.0. */
const DELIVERY_LIMIT = 20;
const PRIORITY_MAX = 255;
/** 500 MB. Source: `rabbit_stream_queue`, doc: streams. */
const SEGMENT_BYTES = 500_000_000;
/** `x-delayed-retry-max` where only the least is given. */
const RETRY_MAX_MS = Number.POSITIVE_INFINITY;

const COMMON = ['x-queue-type', 'x-queue-leader-locator', 'x-max-length-bytes'];
const KEEPS = [
  'x-expires',
  'x-message-ttl',
  'x-dead-letter-exchange',
  'x-dead-letter-routing-key',
  'x-max-length',
  'x-overflow',
  'x-single-active-consumer',
];
/** Arguments a type knows; one that another type knows and this one does not is refused, one that none knows is passed over. */
const KNOWN: Readonly<Record<QueueType, readonly string[]>> = {
  classic: [...COMMON, ...KEEPS, 'x-max-priority', 'x-queue-mode', 'x-queue-version', 'x-queue-master-locator'],
  quorum: [
    ...COMMON,
    ...KEEPS,
    'x-dead-letter-strategy',
    'x-max-in-memory-length',
    'x-max-in-memory-bytes',
    'x-quorum-initial-group-size',
    'x-delivery-limit',
    'x-consumer-timeout',
    'x-consumer-disconnected-timeout',
    'x-delayed-retry-type',
    'x-delayed-retry-min',
    'x-delayed-retry-max',
  ],
  stream: [...COMMON, 'x-max-age', 'x-stream-max-segment-size-bytes', 'x-stream-filter-size-bytes', 'x-initial-cluster-size'],
};
const ALL_KNOWN: ReadonlySet<string> = new Set([...KNOWN.classic, ...KNOWN.quorum, ...KNOWN.stream]);
/** Came with 4.3: an older server knows nothing of them and passes them over. */
const SINCE_43: ReadonlySet<string> = new Set([
  'x-consumer-timeout',
  'x-delayed-retry-type',
  'x-delayed-retry-min',
  'x-delayed-retry-max',
  'x-consumer-disconnected-timeout',
]);

const CHOICES: Readonly<Record<string, readonly string[]>> = {
  'x-queue-leader-locator': ['client-local', 'balanced', 'random', 'least-leaders'],
  'x-overflow': ['drop-head', 'reject-publish', 'reject-publish-dlx'],
  'x-dead-letter-strategy': ['at-most-once', 'at-least-once'],
};
const RETRIES: readonly string[] = ['disabled', 'all', 'failed', 'returned'] satisfies readonly DelayedRetry[];
const COUNTS: ReadonlySet<string> = new Set([
  'x-max-length',
  'x-max-length-bytes',
  'x-max-in-memory-length',
  'x-max-in-memory-bytes',
  'x-consumer-timeout',
  'x-consumer-disconnected-timeout',
  'x-stream-max-segment-size-bytes',
]);
const POSITIVE: ReadonlySet<string> = new Set(['x-quorum-initial-group-size', 'x-initial-cluster-size']);

/** The longest time to live, of queues and of messages: ten years. Source: `rabbit_misc`, check_expiry. */
const LIFE_MAX_MS = 315_360_000_000;
const isLife = (value: HeaderValue): value is number => isWhole(value) && value >= 0 && value <= LIFE_MAX_MS;

/** Whether a message may be published with this `expiration`: a whole number of ms as Erlang reads one. */
export const isExpiration = (text: string): boolean => /^\+?[0-9]+$/.test(text) && isLife(Number(text));

/** Null for a type that nobody knows. */
export function queueTypeOf(args: HeaderTable): QueueType | null {
  const type = args.get('x-queue-type');
  if (type === undefined) return 'classic';
  return type === 'classic' || type === 'quorum' || type === 'stream' ? type : null;
}

/** Whether a queue may be declared so: 0, or 406. */
export function declarationRefusal(spec: QueueSpec, version: Version): ReplyCode {
  const type = queueTypeOf(spec.args);
  if (type === null) return PRECONDITION_FAILED;
  for (const [name, value] of spec.args) {
    if (version !== '4.3' && SINCE_43.has(name)) continue;
    if (ALL_KNOWN.has(name) && !KNOWN[type].includes(name)) return PRECONDITION_FAILED;
    if (!isAcceptable(name, value, spec.args, version)) return PRECONDITION_FAILED;
  }
  if (type !== 'classic' && (!spec.isDurable || spec.isExclusive || spec.isAutoDelete)) return PRECONDITION_FAILED;
  return 0;
}

/**
 * Whether a queue may be declared once more: 405 unless both belong to one connection or neither does, 406 unless they are alike in all else
 * that a server compares. An argument that this type of queue has no use for it does not even see (`assert_equivalence`).
 */
export function redeclarationRefusal(there: QueueSpec, again: QueueSpec, version: Version): ReplyCode {
  if (there.isExclusive !== again.isExclusive) return RESOURCE_LOCKED;
  const type = queueTypeOf(there.args);
  if (there.isDurable !== again.isDurable || there.isAutoDelete !== again.isAutoDelete) return PRECONDITION_FAILED;
  if (type === null || type !== queueTypeOf(again.args)) return PRECONDITION_FAILED;
  for (const name of KNOWN[type]) {
    if (name === 'x-queue-type' || (version !== '4.3' && SINCE_43.has(name))) continue;
    const [ours, theirs] = [there.args.get(name), again.args.get(name)];
    if (ours === undefined && theirs === undefined) continue;
    if (ours === undefined || theirs === undefined || !isSameValue(ours, theirs)) return PRECONDITION_FAILED;
  }
  return 0;
}

function isAcceptable(name: string, value: HeaderValue, args: HeaderTable, version: Version): boolean {
  if (name === 'x-message-ttl') return isLife(value);
  if (name === 'x-expires') return isLife(value) && value > 0;
  if (COUNTS.has(name)) return isWhole(value) && value >= 0;
  if (POSITIVE.has(name)) return isWhole(value) && value > 0;
  const choices = CHOICES[name];
  if (choices !== undefined) return typeof value === 'string' && choices.includes(value);
  switch (name) {
    case 'x-max-priority':
      return isWhole(value) && value >= 0 && value <= PRIORITY_MAX;
    case 'x-queue-version':
      return value === 2 || (value === 1 && version !== '4.3');
    case 'x-queue-mode':
      return version === '4.3' || value === 'default' || value === 'lazy';
    case 'x-single-active-consumer':
      return typeof value === 'boolean';
    case 'x-dead-letter-exchange':
      return typeof value === 'string';
    case 'x-dead-letter-routing-key':
      return typeof value === 'string' && args.has('x-dead-letter-exchange');
    case 'x-max-age':
      return typeof value === 'string' && ageMs(value) !== null;
    default:
      return true;
  }
}

const isWhole = (value: HeaderValue): value is number => typeof value === 'number' && Number.isInteger(value);

const AGE_UNITS: Readonly<Record<string, number>> = {
  Y: 365 * 86_400_000,
  M: 30 * 86_400_000,
  D: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
};

/** `7D`, `12h`: ms, or null if it is none. */
function ageMs(text: string): number | null {
  const parts = /^(0*[1-9][0-9]*)([YMDhms])$/.exec(text);
  return parts === null ? null : Number(parts[1]) * (AGE_UNITS[parts[2] as string] as number);
}

/** What arguments and the policy in force say together. */
export function settingsOf(args: HeaderTable, policy: HeaderTable, version: Version): QueueSettings {
  const type = queueTypeOf(args) ?? 'classic';
  const number = (name: string): number => lower(numberOf(args, `x-${name}`), numberOf(policy, name));
  const text = (name: string): string | null => textOf(args, `x-${name}`) ?? textOf(policy, name);
  const age = text('max-age');
  const retry = version === '4.3' ? text('delayed-retry-type') : null;
  return {
    messageTtlMs: number('message-ttl'),
    expiresMs: number('expires'),
    maxLength: number('max-length'),
    maxBytes: number('max-length-bytes'),
    overflow: (text('overflow') as Overflow | null) ?? 'drop-head',
    deadLetterExchange: text('dead-letter-exchange'),
    deadLetterKey: text('dead-letter-routing-key'),
    // Without reject-publish it falls back to at-most-once (doc: quorum-queues).
    isAtLeastOnce: type === 'quorum' && text('dead-letter-strategy') === 'at-least-once' && text('overflow') === 'reject-publish',
    deliveryLimit: deliveryLimit(args, policy, version),
    isSingleActive: args.get('x-single-active-consumer') === true,
    maxPriority: type === 'classic' ? ((args.get('x-max-priority') as number | undefined) ?? -1) : -1,
    // What is none of these is declared all the same, and does nothing.
    delayedRetry: retry !== null && RETRIES.includes(retry) ? (retry as DelayedRetry) : 'disabled',
    delayedRetryMinMs: orElse(number('delayed-retry-min'), 0),
    delayedRetryMaxMs: orElse(number('delayed-retry-max'), RETRY_MAX_MS),
    consumerTimeoutMs: lower(number('consumer-timeout'), CONSUMER_TIMEOUT_MS),
    maxAgeMs: age === null ? Number.POSITIVE_INFINITY : (ageMs(age) ?? Number.POSITIVE_INFINITY),
    segmentBytes: orElse(number('stream-max-segment-size-bytes'), SEGMENT_BYTES),
  };
}

const lower = (a: number, b: number): number => (a < b ? a : b);
/** Of two of which one may be missing, the higher one that is there. */
const higherOf = (a: number, b: number): number => {
  if (a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY) return lower(a, b);
  return a > b ? a : b;
};
const orElse = (value: number, otherwise: number): number => (value === Number.POSITIVE_INFINITY ? otherwise : value);

function numberOf(table: HeaderTable, name: string): number {
  const value = table.get(name);
  return typeof value === 'number' ? value : Number.POSITIVE_INFINITY;
}

function textOf(table: HeaderTable, name: string): string | null {
  const value = table.get(name);
  return typeof value === 'string' ? value : null;
}

/**
 * Of two the lower one, unless one of them is negative, which is no limit: then the higher one (`resolve_delivery_limit`). 3.10 takes -1 for
 * a number like any other.
 */
function deliveryLimit(args: HeaderTable, policy: HeaderTable, version: Version): number {
  const own = numberOf(args, 'x-delivery-limit');
  const given = numberOf(policy, 'delivery-limit');
  if (own === Number.POSITIVE_INFINITY && given === Number.POSITIVE_INFINITY) {
    return version === '3.10' ? Number.POSITIVE_INFINITY : DELIVERY_LIMIT;
  }
  if (version === '3.10') return lower(own, given);
  const limit = lower(own, given) < 0 ? higherOf(own, given) : lower(own, given);
  return limit < 0 ? Number.POSITIVE_INFINITY : limit;
}
