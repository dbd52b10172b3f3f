// The textbook dead-letter queue: where messages rest after the last attempt, with the reason, until a redrive.

import type { Fields } from '../fields.ts';
import type { NodeKind } from '../node-kind.ts';

const DEAD_LETTER_QUEUE_FIELDS = {} as const satisfies Fields;

export const DEAD_LETTER_QUEUE: NodeKind<'dead-letter-queue', typeof DEAD_LETTER_QUEUE_FIELDS> = {
  type: 'dead-letter-queue',
  label: 'kind.dead-letter-queue.label',
  about: 'kind.dead-letter-queue.about',
  fidelity: 'kind.dead-letter-queue.fidelity',
  group: 'channels',
  fields: DEAD_LETTER_QUEUE_FIELDS,
  ports: [{ name: 'in', direction: 'in', type: 'dead-letters', label: 'kind.dead-letter-queue.port.in' }],
  gauges: [
    { name: 'dlq_size', unit: 'messages', type: 'level', label: 'gauge.dlq_size.label', help: 'gauge.dlq_size.help' },
    { name: 'arrived', unit: 'messages', type: 'total', label: 'gauge.arrived.label', help: 'gauge.arrived.help' },
    { name: 'redriven', unit: 'messages', type: 'total', label: 'gauge.redriven.label', help: 'gauge.redriven.help' },
  ],
  holdsMessages: true,
};
