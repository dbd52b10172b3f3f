// The projection: a view that is built from events, each taken once and in the order of its stream.

import { declareFields, declareNode } from '../declare.ts';
import type { NodeKind } from '../node-kind.ts';

const PROJECTION_FIELDS = declareFields('projection', {
  work: {
    kind: 'distribution',
    of: 'duration',
    max: '1h',
    default: { law: 'exponential', mean: '5ms' },
    live: true,
  },
  streams: {
    kind: 'choice',
    choices: [
      { value: 'free', label: 'event-store.streams.free' },
      { value: 'trip', label: 'event-store.streams.trip' },
    ],
    default: 'free',
    live: false,
  },
  onGap: {
    kind: 'choice',
    choices: [{ value: 'ask' }, { value: 'give-back' }, { value: 'stand' }],
    default: 'ask',
    live: true,
  },
  gapWait: {
    kind: 'duration',
    min: '0s',
    max: '1h',
    default: '1s',
    live: true,
    advanced: true,
    when: { field: 'onGap', is: ['give-back'] },
  },
  kept: {
    kind: 'choice',
    choices: [{ value: 'in-memory' }, { value: 'on-disk' }],
    default: 'in-memory',
    live: true,
  },
  snapshotEvery: {
    kind: 'int',
    unit: 'events',
    min: 0,
    max: 10000000,
    default: 0,
    live: true,
  },
  rebuildRate: {
    kind: 'rate',
    min: 1,
    max: 1000000,
    default: 50000,
    live: true,
  },
  version: {
    kind: 'int',
    unit: '',
    min: 1,
    max: 1000,
    default: 1,
    live: true,
    advanced: true,
  },
});

export const PROJECTION: NodeKind<'projection', typeof PROJECTION_FIELDS> = declareNode({
  type: 'projection',
  group: 'between',
  fields: PROJECTION_FIELDS,
  ports: [
    { name: 'in', direction: 'in', type: 'reads' },
    { name: 'asked', direction: 'in', type: 'answers' },
    { name: 'calls', direction: 'out', type: 'calls' },
  ],
  gauges: [
    { name: 'in_view', unit: 'events', type: 'level' },
    { name: 'view_lag', unit: 'events', type: 'level' },
    {
      name: 'stale_seconds',
      unit: 'seconds',
      type: 'level',
    },
    { name: 'held_events', unit: 'events', type: 'level' },
    { name: 'folded', unit: 'events', type: 'total' },
    { name: 'refolded', unit: 'events', type: 'total' },
    { name: 'ignored', unit: 'events', type: 'total' },
    { name: 'gaps', unit: 'times', type: 'total' },
    { name: 'standing', unit: 'ratio', type: 'level' },
    { name: 'rebuilding', unit: 'ratio', type: 'level' },
    { name: 'rebuilds', unit: 'times', type: 'total' },
    { name: 'view_streams', unit: 'streams', type: 'level' },
    {
      name: 'open_trips',
      unit: 'streams',
      type: 'level',
    },
    {
      name: 'completed_trips',
      unit: 'streams',
      type: 'level',
    },
    {
      name: 'cancelled_trips',
      unit: 'streams',
      type: 'level',
    },
    { name: 'view_reads', unit: 'questions', type: 'total' },
    { name: 'stale_reads', unit: 'questions', type: 'total' },
  ],
  holdsMessages: true,
});
