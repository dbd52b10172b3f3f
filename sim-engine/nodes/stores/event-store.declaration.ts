// The event store: a stream of events per key, appended to by whoever knows how long it is, and published by a relay.

import { declareFields, declareNode } from '../declare.ts';
import type { NodeKind } from '../node-kind.ts';
import { PLACE_FIELDS, RELAY_FIELDS, STORE_GAUGES, STORE_PORTS } from './store-fields.declaration.ts';

const EVENT_STORE_FIELDS = declareFields('event-store', {
  ...PLACE_FIELDS,
  streams: {
    kind: 'choice',
    choices: [{ value: 'free' }, { value: 'trip' }],
    default: 'free',
    live: false,
  },
  idempotent: {
    kind: 'flag',
    default: true,
    live: true,
  },
  foldTakes: {
    kind: 'duration',
    min: '0s',
    max: '1s',
    default: '10us',
    live: true,
    advanced: true,
  },
  snapshotEvery: {
    kind: 'int',
    unit: 'events',
    min: 0,
    max: 1000000,
    default: 0,
    live: true,
    advanced: true,
  },
  history: {
    kind: 'int',
    unit: 'events',
    min: 0,
    max: 5000000,
    default: 0,
    live: false,
    advanced: true,
  },
  capacity: {
    kind: 'int',
    unit: 'events',
    min: 1,
    max: 10000000,
    default: 10000000,
    live: true,
    advanced: true,
  },
  ...RELAY_FIELDS,
});

export const EVENT_STORE: NodeKind<'event-store', typeof EVENT_STORE_FIELDS> = declareNode({
  type: 'event-store',
  group: 'between',
  fields: EVENT_STORE_FIELDS,
  ports: STORE_PORTS,
  gauges: [
    ...STORE_GAUGES,
    { name: 'streams', unit: 'streams', type: 'level' },
    {
      name: 'rejected_events',
      unit: 'writes',
      type: 'total',
    },
  ],
  holdsMessages: false,
});
