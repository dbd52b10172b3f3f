// The store: rows on disk behind a limited number of connections, and an outbox that a relay publishes.

import { declareFields, declareNode } from '../declare.ts';
import type { NodeKind } from '../node-kind.ts';
import { PLACE_FIELDS, RELAY_FIELDS, STORE_GAUGES, STORE_PORTS } from './store-fields.declaration.ts';

const STORE_FIELDS = declareFields('store', {
  ...PLACE_FIELDS,
  rowOf: {
    kind: 'choice',
    choices: [{ value: 'message' }, { value: 'key' }],
    default: 'message',
    live: false,
  },
  capacity: {
    kind: 'int',
    unit: 'rows',
    min: 1,
    max: 10000000,
    default: 1000000,
    live: true,
    advanced: true,
  },
  ...RELAY_FIELDS,
});

export const STORE: NodeKind<'store', typeof STORE_FIELDS> = declareNode({
  type: 'store',
  group: 'between',
  fields: STORE_FIELDS,
  ports: STORE_PORTS,
  gauges: STORE_GAUGES,
  holdsMessages: false,
});
