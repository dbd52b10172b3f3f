// The textbook dead-letter queue: where messages rest after the last attempt, with the reason, until a redrive.

import { declareNode } from '../declare.ts';
import type { Fields } from '../fields.ts';
import type { NodeKind } from '../node-kind.ts';

const DEAD_LETTER_QUEUE_FIELDS = {} as const satisfies Fields;

export const DEAD_LETTER_QUEUE: NodeKind<'dead-letter-queue', typeof DEAD_LETTER_QUEUE_FIELDS> = declareNode({
  type: 'dead-letter-queue',
  group: 'channels',
  fields: DEAD_LETTER_QUEUE_FIELDS,
  ports: [{ name: 'in', direction: 'in', type: 'dead-letters' }],
  gauges: [
    { name: 'dlq_size', unit: 'messages', type: 'level' },
    { name: 'arrived', unit: 'messages', type: 'total' },
    { name: 'redriven', unit: 'messages', type: 'total' },
  ],
  holdsMessages: true,
});
