// The textbook topic: publish-subscribe, every subscription its own copy, late subscribers see only what comes after.

import type { Fields } from '../fields.ts';
import type { NodeKind } from '../node-kind.ts';

const TOPIC_FIELDS = {} as const satisfies Fields;

export const TOPIC: NodeKind<'topic', typeof TOPIC_FIELDS> = {
  type: 'topic',
  label: 'kind.topic.label',
  about: 'kind.topic.about',
  fidelity: 'kind.topic.fidelity',
  group: 'channels',
  fields: TOPIC_FIELDS,
  ports: [
    { name: 'in', direction: 'in', type: 'broadcast', label: 'kind.topic.port.in' },
    { name: 'out', direction: 'out', type: 'copies', label: 'kind.topic.port.out' },
  ],
  gauges: [
    { name: 'published', unit: 'messages', type: 'total', label: 'gauge.published.label', help: 'gauge.published.help' },
    { name: 'copies', unit: 'messages', type: 'total', label: 'gauge.copies.label', help: 'gauge.copies.help' },
  ],
  holdsMessages: false,
};
