// What becomes of a message that dies in a queue: the copy that goes to the dead letter exchange, with its history (`x-death`), and
// whether it may go into a queue where it has died before. Follows `rabbit_dead_letter`, `mc:record_death` and, for 3.10,
// `mc_compat`. semantics/rabbitmq.md 7; vectors/rabbitmq/deadletter.json.

import type { Death, DeathHistory, DeathReason, HeaderTable, HeaderValue, Message, Version } from './model.ts';

export interface DeathOf {
  readonly queue: string;
  readonly reason: DeathReason;
  readonly deadLetterExchange: string;
  /** Null = the message keeps its keys, those of CC and BCC included. */
  readonly deadLetterKey: string | null;
  readonly timeMs: number;
  /** Deliveries that failed, as the target may come to know. */
  readonly failedDeliveries: number;
}

export function deadCopy(message: Message, death: DeathOf, version: Version): Message {
  const { deadLetterExchange, deadLetterKey } = death;
  return {
    ...message,
    exchange: deadLetterExchange,
    key: deadLetterKey ?? message.key,
    cc: deadLetterKey === null ? message.cc : [],
    bcc: deadLetterKey === null ? message.bcc : [],
    headers: deadLetterKey !== null && version === '3.10' ? without(message.headers, 'CC') : message.headers,
    expiration: null,
    deaths: recordDeath(message, death, version),
    failedDeliveries: death.failedDeliveries,
  };
}

function without(table: HeaderTable | null, name: string): HeaderTable | null {
  if (!table?.has(name)) return table;
  const rest = new Map(table);
  rest.delete(name);
  return rest;
}

/** One entry for each queue and reason, most recent first: a further death there counts up and keeps what the first one told. */
function recordDeath(message: Message, { queue, reason, timeMs }: DeathOf, version: Version): DeathHistory {
  const before = message.deaths ?? (version === '3.10' ? forgedHistory(message.headers) : null);
  const same = before?.entries.find((entry) => entry.queue === queue && entry.reason === reason);
  const entry: Death =
    same === undefined
      ? {
          queue,
          reason,
          count: 1,
          exchange: message.exchange,
          routingKeys: keysToTell(message, version),
          timeMs,
          originalExpiration: message.expiration,
        }
      : { ...same, count: same.count + 1 };
  const last = { queue, reason, exchange: message.exchange };
  const others = before?.entries.filter((other) => other !== same) ?? [];
  // 3.10 turns the history round as it looks for the entry, so that its order is not that of the deaths (`group_by_queue_and_reason`).
  if (version === '3.10') others.reverse();
  return { entries: [entry, ...others], first: before === null ? last : before.first, last };
}

/**
 * All keys that a message goes by less those of BCC, each taken out where it stands first: so a key that BCC names once more comes last (4.0
 * on; `mc:record_death`). Up to 3.10 the key and those of CC.
 */
function keysToTell({ bcc, cc, key }: Message, version: Version): readonly string[] {
  if (bcc.length === 0 || version === '3.10') return [key, ...cc];
  const keys = [key, ...cc, ...bcc];
  for (const hidden of bcc) keys.splice(keys.indexOf(hidden), 1);
  return keys;
}

/** 3.10 believes the history that a client publishes, and goes on counting from it. */
function forgedHistory(headers: HeaderTable | null): DeathHistory | null {
  const given = headers?.get('x-death');
  if (!Array.isArray(given)) return null;
  const entries = (given as readonly HeaderValue[])
    .filter((value) => value instanceof Map)
    .map((value) => deathOf(value as HeaderTable));
  return { entries, first: null, last: null };
}

function deathOf(table: HeaderTable): Death {
  const text = (name: string): string => (typeof table.get(name) === 'string' ? (table.get(name) as string) : '');
  const keys = table.get('routing-keys');
  const count = table.get('count');
  const expiration = table.get('original-expiration');
  return {
    queue: text('queue'),
    reason: text('reason') as DeathReason,
    count: typeof count === 'number' ? count : 0,
    exchange: text('exchange'),
    routingKeys: Array.isArray(keys) ? (keys as readonly HeaderValue[]).filter((key) => typeof key === 'string') : [],
    timeMs: 0,
    originalExpiration: typeof expiration === 'string' ? expiration : null,
  };
}

/**
 * Whether the message has been round without anybody having rejected it since it last died in `target`: such a copy is dropped there
 * without a word. A message that was just rejected is never asked (from 4.0 on; 3.10 asks, and finds the rejection).
 */
export function isDeathCycle(target: string, deaths: DeathHistory): boolean {
  const { entries } = deaths;
  const at = entries.findIndex(({ queue }) => queue === target);
  if (at < 0) return false;
  for (let i = 0; i <= at; i++) if (entries[i]?.reason === 'rejected') return false;
  return true;
}

/** The headers a reader sees: those of the message, with what the broker adds in place of what a client may have called so. */
export function visibleHeaders(message: Message, version: Version): Map<string, HeaderValue> {
  const headers = new Map(message.headers ?? []);
  const { deaths } = message;
  if (deaths === null) return headers;
  headers.set('x-death', deaths.entries.map(deathTable));
  if (deaths.first !== null) {
    headers.set('x-first-death-queue', deaths.first.queue);
    headers.set('x-first-death-reason', deaths.first.reason);
    headers.set('x-first-death-exchange', deaths.first.exchange);
  }
  if (deaths.last !== null && version !== '3.10') {
    headers.set('x-last-death-queue', deaths.last.queue);
    headers.set('x-last-death-reason', deaths.last.reason);
    headers.set('x-last-death-exchange', deaths.last.exchange);
  }
  return headers;
}

function deathTable(death: Death): HeaderTable {
  const table = new Map<string, HeaderValue>([
    ['count', death.count],
    ['reason', death.reason],
    ['queue', death.queue],
    ['time', death.timeMs],
    ['exchange', death.exchange],
    ['routing-keys', death.routingKeys],
  ]);
  if (death.originalExpiration !== null) table.set('original-expiration', death.originalExpiration);
  return table;
}
