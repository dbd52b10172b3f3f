// Fields, ports and gauges that a store and an event store have alike: places for questions, the disk, and the relay that publishes
// what was committed. Plain data.

import { type BareGauge, declareFields } from '../declare.ts';
import type { Port } from '../node-kind.ts';

/** What every question costs, and how many are worked on and may wait. */
export const PLACE_FIELDS = declareFields('store', {
  connections: {
    kind: 'int',
    unit: 'at once',
    min: 1,
    max: 10000,
    default: 100,
    live: true,
    key: 'max_connections',
  },
  waiting: {
    kind: 'int',
    unit: 'questions',
    min: 0,
    max: 10000,
    default: 1000,
    live: true,
    advanced: true,
  },
  readTakes: {
    kind: 'distribution',
    of: 'duration',
    max: '1h',
    default: { law: 'exponential', mean: '1ms' },
    live: true,
  },
  writeTakes: {
    kind: 'distribution',
    of: 'duration',
    max: '1h',
    default: { law: 'exponential', mean: '3ms' },
    live: true,
  },
  mode: {
    kind: 'choice',
    choices: [{ value: 'normal' }, { value: 'read-only' }, { value: 'slow' }],
    default: 'normal',
    live: true,
  },
  slowness: {
    kind: 'ratio',
    unit: '×',
    min: 1,
    max: 1000,
    default: 10,
    live: true,
    when: { field: 'mode', is: ['slow'] },
  },
});

/** How what was committed is published. */
export const RELAY_FIELDS = declareFields('relay', {
  relayEvery: {
    kind: 'duration',
    label: 'relay.every.label',
    help: 'relay.every.help',
    min: '1ms',
    max: '1h',
    default: '100ms',
    live: true,
  },
  relayBatch: {
    kind: 'int',
    label: 'relay.batch.label',
    help: 'relay.batch.help',
    unit: 'events',
    min: 1,
    max: 1000,
    default: 100,
    live: true,
    advanced: true,
  },
  numbered: {
    kind: 'flag',
    default: false,
    live: true,
    advanced: true,
  },
  relayCrash: {
    kind: 'choice',
    label: 'relay.crash.label',
    help: 'relay.crash.help',
    choices: [
      { value: 'never', label: 'relay.crash.never' },
      { value: 'before-publish', label: 'relay.crash.before-publish' },
      { value: 'before-mark', label: 'relay.crash.before-mark' },
    ],
    default: 'never',
    live: true,
    advanced: true,
  },
  relayCrashChance: {
    kind: 'ratio',
    label: 'relay.crashChance.label',
    help: 'relay.crashChance.help',
    unit: '%',
    min: 0,
    max: 1,
    default: 0.1,
    live: true,
    advanced: true,
    when: { field: 'relayCrash', is: ['before-publish', 'before-mark'] },
  },
  relayBackAfter: {
    kind: 'duration',
    label: 'relay.backAfter.label',
    help: 'relay.backAfter.help',
    min: '1ms',
    max: '24h',
    default: '5s',
    live: true,
    advanced: true,
    when: { field: 'relayCrash', is: ['before-publish', 'before-mark'] },
  },
});

export const STORE_PORTS: readonly Port[] = [
  { name: 'asked', direction: 'in', type: 'answers', label: 'kind.store.port.asked' },
  { name: 'out', direction: 'out', type: 'offers', label: 'kind.store.port.out' },
];

/** In the order in which `StoreActor.sample` writes them. */
export const STORE_GAUGES: readonly BareGauge[] = [
  { name: 'rows', unit: 'rows', type: 'level' },
  { name: 'outbox', unit: 'events', type: 'level' },
  { name: 'connections', unit: 'places', type: 'level' },
  {
    name: 'questions_waiting',
    unit: 'questions',
    type: 'level',
  },
  { name: 'reads', unit: 'questions', type: 'total' },
  { name: 'committed', unit: 'writes', type: 'total' },
  { name: 'conflicts', unit: 'writes', type: 'total' },
  { name: 'refusals', unit: 'questions', type: 'total' },
  {
    name: 'events_published',
    unit: 'events',
    type: 'total',
  },
  {
    name: 'published_again',
    unit: 'events',
    type: 'total',
  },
];
