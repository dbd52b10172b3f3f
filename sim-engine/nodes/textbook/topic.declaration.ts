// The textbook topic: publish-subscribe, every subscription its own copy, late subscribers see only what comes after.

import { declareNode } from '../declare.ts';
import type { Fields } from '../fields.ts';
import type { NodeKind } from '../node-kind.ts';

const TOPIC_FIELDS = {} as const satisfies Fields;

export const TOPIC: NodeKind<'topic', typeof TOPIC_FIELDS> = declareNode({
  type: 'topic',
  group: 'channels',
  fields: TOPIC_FIELDS,
  ports: [
    { name: 'in', direction: 'in', type: 'broadcast' },
    { name: 'out', direction: 'out', type: 'copies' },
  ],
  gauges: [
    { name: 'published', unit: 'messages', type: 'total' },
    { name: 'copies', unit: 'messages', type: 'total' },
  ],
  holdsMessages: false,
});
