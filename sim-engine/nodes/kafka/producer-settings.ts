// Whether a producer may be configured so, and what its settings come to: idempotence asks for other settings, and is given up in silence
// where nobody asked for it. Used by the producer client and by the problems of a drawing.
// Follows `ProducerConfig` and `KafkaProducer.configureDeliveryTimeout`; vectors/kafka/producer-config.json; semantics 7 and 9.

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
  | 'acks'
  | 'idempotence-retries'
  | 'idempotence-acks'
  | 'idempotence-in-flight'
  | 'transactions-need-idempotence'
  | 'delivery-timeout';

const INT_MAX = 2147483647;
/** The broker remembers this many batches of a producer, so no more may be on their way. */
const IN_FLIGHT_MAX = 5;

export function producerSettings(set: ProducerSet, release: Release): ProducerSettings | SettingsRefusal {
  const acks = acksOf(textOf(set, 'acks', release));
  if (acks === undefined) return 'acks';
  const retries = numberOf(set, 'retries', release);
  const inFlightMax = numberOf(set, 'max.in.flight.requests.per.connection', release);
  const isIdempotent = idempotenceOf(set, release, acks, retries, inFlightMax);
  if (typeof isIdempotent === 'string') return isIdempotent;
  const isTransactional = set.has('transactional.id');
  if (isTransactional && !isIdempotent) return 'transactions-need-idempotence';

  const lingerMs = numberOf(set, 'linger.ms', release);
  const requestTimeoutMs = numberOf(set, 'request.timeout.ms', release);
  let deliveryTimeoutMs = numberOf(set, 'delivery.timeout.ms', release);
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
  if (textOf(set, 'enable.idempotence', release).toLowerCase() !== 'true') return false;
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
  const acks = text.trim().toLowerCase();
  if (acks === 'all' || acks === '-1') return '-1';
  return acks === '0' || acks === '1' ? acks : undefined;
}

function textOf(set: ProducerSet, key: string, release: Release): string {
  return set.get(key) ?? String(defaultOf('producer', key, release));
}

const numberOf = (set: ProducerSet, key: string, release: Release): number => Number(textOf(set, key, release));
