// AMQP values as the files of recorded RabbitMQ facts write them, in the engine's words: `{"!": "double", "value": 1}` forces a type, a
// plain integer is an integer, null is void. Shared by the runners of these files.

import type { HeaderTable, HeaderValue, Version } from '../../nodes/rabbitmq/model.ts';

export type JsonTable = { readonly [name: string]: unknown };

export const tableOf = (object: JsonTable | undefined): HeaderTable =>
  new Map(Object.entries(object ?? {}).map(([name, value]) => [name, headerValue(value)]));

function headerValue(value: unknown): HeaderValue {
  if (Array.isArray(value)) return value.map(headerValue);
  if (typeof value !== 'object' || value === null) return value as HeaderValue;
  const { '!': type, value: held } = value as { readonly '!'?: string; readonly value?: number };
  if (type === undefined) return tableOf(value as JsonTable);
  return type === 'double' ? { double: held as number } : (held as number);
}

/** The version whose rules a recorded server followed: "4.0.5" is a 4.0. */
export function versionOf(recorded: string): Version {
  const version = (['4.3', '4.0', '3.10'] as const).find((known) => recorded.startsWith(`${known}.`));
  if (version === undefined) throw new Error(`no version for ${recorded}`);
  return version;
}
