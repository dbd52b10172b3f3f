// "Try a routing key" on a drawn RabbitMQ broker: the message's way in ids of parts and wires, in the order in which it comes by. The page
// loads this when somebody opens the field; nothing is sent.

import type { TableEntry } from '../nodes/fields.ts';
import { headerTable } from '../nodes/rabbitmq/declared-arguments.ts';
import { declaredRouting } from '../nodes/rabbitmq/declared-routing.ts';
import { BINDING } from '../nodes/rabbitmq/exchange.declaration.ts';
import type { ReplyCode, RoutedMessage, Version } from '../nodes/rabbitmq/model.ts';
import { type TriedExchange, tryKey } from '../nodes/rabbitmq/try-key.ts';
import type { ParsedTopology, Result } from '../topology/document.ts';
import { parseParam } from '../topology/params.ts';

export interface TriedMessage {
  readonly key: string;
  /** As a document writes a table: { "size": "large" }. Absent: no header table. */
  readonly headers?: unknown;
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  readonly messageId?: string;
  readonly correlationId?: string;
}

export interface Preview {
  /** 404 or 403: the server would close the channel instead. 0: it takes the message. */
  readonly refused: ReplyCode;
  readonly steps: readonly PreviewStep[];
  /** Parts that get a copy. None: the message is unroutable. */
  readonly queues: readonly string[];
  /** Every wire that lights up, bindings and those to alternate exchanges. */
  readonly wires: readonly string[];
}
export interface PreviewStep extends Omit<TriedExchange, 'alternate'> {
  /** The exchange's part; null for one of the server's own that is not drawn. */
  readonly part: string | null;
  /** The wire to the alternate exchange, where nothing else took the message. */
  readonly alternate: string | null;
}

/**
 * `exchange` is the id of a part, or '' for the default exchange. Problems are those of the headers; a broker that is not there takes
 * nothing.
 */
export function previewKey(
  topology: ParsedTopology,
  broker: string,
  exchange: string,
  { key, headers, cc = [], bcc = [], messageId, correlationId }: TriedMessage,
): Result<Preview> {
  const table = headers === undefined ? null : parseParam(BINDING.fields.arguments, headers, ['headers']);
  if (table !== null && !table.ok) return table;
  const parts = topology.nodes.filter(({ parent }) => parent === broker);
  const ids = new Set(parts.map(({ id }) => id));
  const relations = topology.wires.filter(({ from }) => ids.has(from));
  const version = topology.nodes.find(({ id }) => id === broker)?.params.version as Version | undefined;
  const declared = declaredRouting(version ?? '4.3', parts, relations);
  const message: RoutedMessage = {
    key,
    cc,
    bcc,
    headers: table === null ? null : headerTable(table.value as readonly TableEntry[]),
    messageId: messageId ?? null,
    correlationId: correlationId ?? null,
  };
  const name = exchange === '' ? '' : (declared.exchanges.find(({ id }) => id === exchange)?.spec.name ?? exchange);
  const { refused, exchanges, queues } = tryKey(declared, name, message);
  const partOf = new Map(declared.exchanges.map(({ id, spec }) => [spec.name, id]));
  const steps = exchanges.map(({ name: own, by, taken, alternate }): PreviewStep => {
    const part = partOf.get(own) ?? null;
    const wire = alternate === null ? undefined : relations.find(({ kind, from }) => kind === 'alternate' && from === part);
    return { name: own, by, taken, part, alternate: wire?.id ?? null };
  });
  const queueOf = new Map(declared.queues.map(({ id, spec }) => [spec.name, id]));
  return {
    ok: true,
    value: {
      refused,
      steps,
      queues: queues.flatMap((queue) => queueOf.get(queue) ?? []),
      wires: steps.flatMap(({ taken, alternate }) => (alternate === null ? taken : [...taken, alternate])),
    },
  };
}
