// The textbook queue: point-to-point, every message to one of the competing readers.

import { declareFields, declareNode } from '../declare.ts';
import type { NodeKind } from '../node-kind.ts';

/** Priorities 0 to 9. */
const PRIORITIES = 10;

const QUEUE_FIELDS = declareFields('queue', {
  ackDeadline: {
    kind: 'duration',
    min: '0s',
    max: '1000h',
    default: '30s',
    live: true,
  },
  maxAttempts: {
    kind: 'int',
    unit: 'attempts',
    min: 0,
    max: 65535,
    default: 0,
    zero: 'zero.no-limit',
    live: true,
  },
  capacity: {
    kind: 'int',
    unit: 'messages',
    min: 0,
    max: 4000000,
    default: 0,
    zero: 'zero.no-limit',
    live: true,
  },
  overflow: {
    kind: 'choice',
    choices: [{ value: 'refuse' }, { value: 'drop-newest' }, { value: 'drop-oldest' }, { value: 'block' }],
    default: 'refuse',
    live: true,
  },
  capacityCounts: {
    kind: 'choice',
    choices: [{ value: 'waiting' }, { value: 'all' }],
    default: 'waiting',
    live: true,
    advanced: true,
  },
  order: {
    kind: 'choice',
    choices: [{ value: 'oldest' }, { value: 'newest' }, { value: 'strict' }, { value: 'weighted' }],
    default: 'oldest',
    live: true,
  },
  priorityWeights: {
    kind: 'weights',
    maxCount: PRIORITIES,
    default: Array.from({ length: PRIORITIES }, (_, priority) => ({ name: `${priority}`, weight: priority + 1 })),
    live: true,
    when: { field: 'order', is: ['weighted'] },
  },
  expiry: {
    kind: 'choice',
    choices: [{ value: 'never' }, { value: 'at-head' }, { value: 'on-time' }],
    default: 'never',
    live: true,
  },
  timeToLive: {
    kind: 'distribution',
    of: 'duration',
    max: '1000h',
    default: { law: 'constant', value: '10s' },
    live: true,
    when: { field: 'expiry', is: ['at-head', 'on-time'] },
  },
  dedupWindow: {
    kind: 'int',
    unit: 'numbers',
    min: 0,
    max: 1000000,
    default: 1000,
    live: true,
    advanced: true,
  },
  returnTo: {
    kind: 'choice',
    choices: [{ value: 'back' }, { value: 'front' }],
    default: 'back',
    live: true,
    advanced: true,
  },
  durable: {
    kind: 'flag',
    default: true,
    live: true,
    advanced: true,
  },
});

export const QUEUE: NodeKind<'queue', typeof QUEUE_FIELDS> = declareNode({
  type: 'queue',
  group: 'channels',
  fields: QUEUE_FIELDS,
  ports: [
    { name: 'in', direction: 'in', type: 'intake' },
    { name: 'out', direction: 'out', type: 'hands-out' },
    { name: 'dead', direction: 'out', type: 'gives-up', maxWires: 1 },
    { name: 'measured', direction: 'out', type: 'measures' },
  ],
  gauges: [
    {
      name: 'queue_size',
      unit: 'messages',
      type: 'level',
      exported: 'queue_size',
    },
    { name: 'ready', unit: 'messages', type: 'level' },
    { name: 'in_flight', unit: 'messages', type: 'level' },
    { name: 'delayed', unit: 'messages', type: 'level' },
    { name: 'oldest_age', unit: 'seconds', type: 'level' },
    { name: 'redeliveries', unit: 'messages', type: 'total' },
  ],
  holdsMessages: true,
});
