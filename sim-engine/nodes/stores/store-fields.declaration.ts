// Fields, ports and gauges that a store and an event store have alike: places for questions, the disk, and the relay that publishes
// what was committed. Plain data.

import type { Fields } from '../fields.ts';
import type { Gauge, Port } from '../node-kind.ts';

/** What every question costs, and how many are worked on and may wait. */
export const PLACE_FIELDS = {
  connections: {
    kind: 'int',
    label: 'store.connections.label',
    help: 'store.connections.help',
    unit: 'at once',
    min: 1,
    max: 10000,
    default: 100,
    live: true,
    key: 'max_connections',
  },
  waiting: {
    kind: 'int',
    label: 'store.waiting.label',
    help: 'store.waiting.help',
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
    label: 'store.readTakes.label',
    help: 'store.readTakes.help',
    max: '1h',
    default: { law: 'exponential', mean: '1ms' },
    live: true,
  },
  writeTakes: {
    kind: 'distribution',
    of: 'duration',
    label: 'store.writeTakes.label',
    help: 'store.writeTakes.help',
    max: '1h',
    default: { law: 'exponential', mean: '3ms' },
    live: true,
  },
  mode: {
    kind: 'choice',
    label: 'store.mode.label',
    help: 'store.mode.help',
    choices: [
      { value: 'normal', label: 'store.mode.normal' },
      { value: 'read-only', label: 'store.mode.read-only' },
      { value: 'slow', label: 'store.mode.slow' },
    ],
    default: 'normal',
    live: true,
  },
  slowness: {
    kind: 'ratio',
    label: 'store.slowness.label',
    help: 'store.slowness.help',
    unit: '×',
    min: 1,
    max: 1000,
    default: 10,
    live: true,
    when: { field: 'mode', is: ['slow'] },
  },
} as const satisfies Fields;

/** How what was committed is published. */
export const RELAY_FIELDS = {
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
    label: 'relay.numbered.label',
    help: 'relay.numbered.help',
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
} as const satisfies Fields;

export const STORE_PORTS: readonly Port[] = [
  { name: 'asked', direction: 'in', type: 'answers', label: 'kind.store.port.asked' },
  { name: 'out', direction: 'out', type: 'offers', label: 'kind.store.port.out' },
];

/** In the order in which `StoreActor.sample` writes them. */
export const STORE_GAUGES: readonly Gauge[] = [
  { name: 'rows', unit: 'rows', type: 'level', label: 'gauge.rows.label', help: 'gauge.rows.help' },
  { name: 'outbox', unit: 'events', type: 'level', label: 'gauge.outbox.label', help: 'gauge.outbox.help' },
  { name: 'connections', unit: 'places', type: 'level', label: 'gauge.connections.label', help: 'gauge.connections.help' },
  {
    name: 'questions_waiting',
    unit: 'questions',
    type: 'level',
    label: 'gauge.questions_waiting.label',
    help: 'gauge.questions_waiting.help',
  },
  { name: 'reads', unit: 'questions', type: 'total', label: 'gauge.reads.label', help: 'gauge.reads.help' },
  { name: 'committed', unit: 'writes', type: 'total', label: 'gauge.committed.label', help: 'gauge.committed.help' },
  { name: 'conflicts', unit: 'writes', type: 'total', label: 'gauge.conflicts.label', help: 'gauge.conflicts.help' },
  { name: 'refusals', unit: 'questions', type: 'total', label: 'gauge.refusals.label', help: 'gauge.refusals.help' },
  {
    name: 'events_published',
    unit: 'events',
    type: 'total',
    label: 'gauge.events_published.label',
    help: 'gauge.events_published.help',
  },
  {
    name: 'published_again',
    unit: 'events',
    type: 'total',
    label: 'gauge.published_again.label',
    help: 'gauge.published_again.help',
  },
];
