// Whether a producer may be configured so, and what its settings come to: idempotence asks for other settings, and is given up in silence
// where nobody asked for it. Used by the producer client and by the problems of a drawing.
// Follows `ProducerConfig`, `ConfigDef` and `KafkaProducer.configureDeliveryTimeout`; vectors/kafka/producer-config.json; semantics 7 and 9.

import { min } from '../../kernel/exact-math.ts';
import { defaultOf } from './defaults.ts';
import { isSince, type Release } from './release.ts';

/** What somebody set, by Kafka's own keys, as text. What is not in it has its default. */
export type ProducerSet = ReadonlyMap<string, string>;

export interface ProducerSettings {
  /** '-1' = all. */
  readonly acks: '-1' | '0' | '1';
  readonly isIdempotent: boolean;
  readonly isTransactional: boolean;
  readonly retries: number;
  readonly inFlightMax: number;
  readonly deliveryTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly lingerMs: number;
}

/** Why a configuration is refused. */
export type SettingsRefusal =
  | 'number'
  | 'switch'
  | 'acks'
  | 'transactional-id'
  | 'idempotence-retries'
  | 'idempotence-acks'
  | 'idempotence-in-flight'
  | 'transactions-need-idempotence'
  | 'delivery-timeout';

const INT_MAX = 2147483647;
const LONG_MAX = (1n << 63n) - 1n;
/** The broker remembers this many batches of a producer, so no more may be on their way. */
const IN_FLIGHT_MAX = 5;

export function producerSettings(set: ProducerSet, release: Release): ProducerSettings | SettingsRefusal {
  const number = (key: string, least: number): number => wholeNumber(textOf(set, key, release), least);
  const retries = number('retries', 0);
  const inFlightMax = number('max.in.flight.requests.per.connection', 1);
  const lingerMs = longNumber(textOf(set, 'linger.ms', release));
  const requestTimeoutMs = number('request.timeout.ms', 0);
  let deliveryTimeoutMs = number('delivery.timeout.ms', 0);
  if ([retries, inFlightMax, lingerMs, requestTimeoutMs, deliveryTimeoutMs].includes(REFUSED)) return 'number';
  const wish = textOf(set, 'enable.idempotence', release).toLowerCase();
  if (wish !== 'true' && wish !== 'false') return 'switch';
  const acks = acksOf(textOf(set, 'acks', release));
  if (acks === undefined) return 'acks';
  const isTransactional = set.has('transactional.id');
  if (isTransactional && textOf(set, 'transactional.id', release) === '') return 'transactional-id';

  const isIdempotent = wish === 'true' ? idempotenceOf(set, release, acks, retries, inFlightMax) : false;
  if (typeof isIdempotent === 'string') return isIdempotent;
  if (isTransactional && !isIdempotent) return 'transactions-need-idempotence';

  const least = min(lingerMs + requestTimeoutMs, INT_MAX);
  if (deliveryTimeoutMs < least) {
    if (set.has('delivery.timeout.ms')) return 'delivery-timeout';
    deliveryTimeoutMs = least;
  }
  return { acks, isIdempotent, isTransactional, retries, inFlightMax, deliveryTimeoutMs, requestTimeoutMs, lingerMs };
}

function idempotenceOf(
  set: ProducerSet,
  release: Release,
  acks: string,
  retries: number,
  inFlightMax: number,
): boolean | SettingsRefusal {
  const isAskedFor = set.has('enable.idempotence');
  let isKept = true;
  if (retries === 0) {
    if (isAskedFor) return 'idempotence-retries';
    isKept = false;
  }
  if (acks !== '-1') {
    if (isAskedFor) return 'idempotence-acks';
    isKept = false;
  }
  if (inFlightMax > IN_FLIGHT_MAX) {
    // 3.9 announced it in its log, 4.0 did it (KAFKA-17927): for this one idempotence is no longer given up in silence.
    if (isAskedFor || isSince(release, '4.0')) return 'idempotence-in-flight';
    isKept = false;
  }
  return isKept;
}

function acksOf(text: string): ProducerSettings['acks'] | undefined {
  if (text === 'all' || text === '-1') return '-1';
  return text === '0' || text === '1' ? text : undefined;
}

/** As Java takes it: without the blanks around it. */
function textOf(set: ProducerSet, key: string, release: Release): string {
  return (set.get(key) ?? String(defaultOf('producer', key, release))).trim();
}

/** In place of a number that is none, or out of its range; no setting read here may be negative. */
const REFUSED = -1;
const WHOLE = /^[+-]?\d+$/;

/** A number of 32 bits that is not below `least`. */
function wholeNumber(text: string, least: number): number {
  const value = WHOLE.test(text) ? Number(text) : REFUSED;
  return value >= least && value <= INT_MAX ? value : REFUSED;
}

/** A number of 64 bits that is not negative; what goes beyond 32 bits counts as the largest of those. */
function longNumber(text: string): number {
  if (!WHOLE.test(text)) return REFUSED;
  const value = BigInt(text.replace('+', ''));
  return value >= 0n && value <= LONG_MAX ? min(Number(value), INT_MAX) : REFUSED;
}
