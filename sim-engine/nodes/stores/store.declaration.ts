// The store: rows on disk behind a limited number of connections, and an outbox that a relay publishes.

import type { Fields } from '../fields.ts';
import type { NodeKind } from '../node-kind.ts';
import { PLACE_FIELDS, RELAY_FIELDS, STORE_GAUGES, STORE_PORTS } from './store-fields.declaration.ts';

const STORE_FIELDS = {
  ...PLACE_FIELDS,
  rowOf: {
    kind: 'choice',
    label: 'store.rowOf.label',
    help: 'store.rowOf.help',
    choices: [
      { value: 'message', label: 'store.rowOf.message' },
      { value: 'key', label: 'store.rowOf.key' },
    ],
    default: 'message',
    live: false,
  },
  capacity: {
    kind: 'int',
    label: 'store.capacity.label',
    help: 'store.capacity.help',
    unit: 'rows',
    min: 1,
    max: 10000000,
    default: 1000000,
    live: true,
    advanced: true,
  },
  ...RELAY_FIELDS,
} as const satisfies Fields;

export const STORE: NodeKind<'store', typeof STORE_FIELDS> = {
  type: 'store',
  label: 'kind.store.label',
  about: 'kind.store.about',
  fidelity: 'kind.store.fidelity',
  group: 'between',
  fields: STORE_FIELDS,
  ports: STORE_PORTS,
  gauges: STORE_GAUGES,
  holdsMessages: false,
};
