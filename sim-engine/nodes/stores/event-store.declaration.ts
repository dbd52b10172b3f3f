// The event store: a stream of events per key, appended to by whoever knows how long it is, and published by a relay.

import type { Fields } from '../fields.ts';
import type { NodeKind } from '../node-kind.ts';
import { PLACE_FIELDS, RELAY_FIELDS, STORE_GAUGES, STORE_PORTS } from './store-fields.declaration.ts';

const EVENT_STORE_FIELDS = {
  ...PLACE_FIELDS,
  streams: {
    kind: 'choice',
    label: 'event-store.streams.label',
    help: 'event-store.streams.help',
    choices: [
      { value: 'free', label: 'event-store.streams.free' },
      { value: 'trip', label: 'event-store.streams.trip' },
    ],
    default: 'free',
    live: false,
  },
  idempotent: {
    kind: 'flag',
    label: 'event-store.idempotent.label',
    help: 'event-store.idempotent.help',
    default: true,
    live: true,
  },
  foldTakes: {
    kind: 'duration',
    label: 'event-store.foldTakes.label',
    help: 'event-store.foldTakes.help',
    min: '0s',
    max: '1s',
    default: '10us',
    live: true,
    advanced: true,
  },
  snapshotEvery: {
    kind: 'int',
    label: 'event-store.snapshotEvery.label',
    help: 'event-store.snapshotEvery.help',
    unit: 'events',
    min: 0,
    max: 1000000,
    default: 0,
    live: true,
    advanced: true,
  },
  history: {
    kind: 'int',
    label: 'event-store.history.label',
    help: 'event-store.history.help',
    unit: 'events',
    min: 0,
    max: 5000000,
    default: 0,
    live: false,
    advanced: true,
  },
  capacity: {
    kind: 'int',
    label: 'event-store.capacity.label',
    help: 'event-store.capacity.help',
    unit: 'events',
    min: 1,
    max: 10000000,
    default: 10000000,
    live: true,
    advanced: true,
  },
  ...RELAY_FIELDS,
} as const satisfies Fields;

export const EVENT_STORE: NodeKind<'event-store', typeof EVENT_STORE_FIELDS> = {
  type: 'event-store',
  label: 'kind.event-store.label',
  about: 'kind.event-store.about',
  fidelity: 'kind.event-store.fidelity',
  group: 'between',
  fields: EVENT_STORE_FIELDS,
  ports: STORE_PORTS,
  gauges: [
    ...STORE_GAUGES,
    { name: 'streams', unit: 'streams', type: 'level', label: 'gauge.streams.label', help: 'gauge.streams.help' },
    {
      name: 'rejected_events',
      unit: 'writes',
      type: 'total',
      label: 'gauge.rejected_events.label',
      help: 'gauge.rejected_events.help',
    },
  ],
  holdsMessages: false,
};
