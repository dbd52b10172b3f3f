// The textbook queue: point-to-point, every message to one of the competing readers.

import type { Fields } from '../fields.ts';
import type { NodeKind } from '../node-kind.ts';

/** Priorities 0 to 9. */
const PRIORITIES = 10;

const QUEUE_FIELDS = {
  ackDeadline: {
    kind: 'duration',
    label: 'queue.ackDeadline.label',
    help: 'queue.ackDeadline.help',
    min: '0s',
    max: '1000h',
    default: '30s',
    live: true,
  },
  maxAttempts: {
    kind: 'int',
    label: 'queue.maxAttempts.label',
    help: 'queue.maxAttempts.help',
    unit: 'attempts',
    min: 0,
    max: 65535,
    default: 0,
    live: true,
  },
  capacity: {
    kind: 'int',
    label: 'queue.capacity.label',
    help: 'queue.capacity.help',
    unit: 'messages',
    min: 0,
    max: 4000000,
    default: 0,
    live: true,
  },
  overflow: {
    kind: 'choice',
    label: 'queue.overflow.label',
    help: 'queue.overflow.help',
    choices: [
      { value: 'refuse', label: 'queue.overflow.refuse' },
      { value: 'drop-newest', label: 'queue.overflow.drop-newest' },
      { value: 'drop-oldest', label: 'queue.overflow.drop-oldest' },
      { value: 'block', label: 'queue.overflow.block' },
    ],
    default: 'refuse',
    live: true,
  },
  capacityCounts: {
    kind: 'choice',
    label: 'queue.capacityCounts.label',
    help: 'queue.capacityCounts.help',
    choices: [
      { value: 'waiting', label: 'queue.capacityCounts.waiting' },
      { value: 'all', label: 'queue.capacityCounts.all' },
    ],
    default: 'waiting',
    live: true,
    advanced: true,
  },
  order: {
    kind: 'choice',
    label: 'queue.order.label',
    help: 'queue.order.help',
    choices: [
      { value: 'oldest', label: 'queue.order.oldest' },
      { value: 'newest', label: 'queue.order.newest' },
      { value: 'strict', label: 'queue.order.strict' },
      { value: 'weighted', label: 'queue.order.weighted' },
    ],
    default: 'oldest',
    live: true,
  },
  priorityWeights: {
    kind: 'weights',
    label: 'queue.priorityWeights.label',
    help: 'queue.priorityWeights.help',
    maxCount: PRIORITIES,
    default: Array.from({ length: PRIORITIES }, (_, priority) => ({ name: `${priority}`, weight: priority + 1 })),
    live: true,
    when: { field: 'order', is: ['weighted'] },
  },
  expiry: {
    kind: 'choice',
    label: 'queue.expiry.label',
    help: 'queue.expiry.help',
    choices: [
      { value: 'never', label: 'queue.expiry.never' },
      { value: 'at-head', label: 'queue.expiry.at-head' },
      { value: 'on-time', label: 'queue.expiry.on-time' },
    ],
    default: 'never',
    live: true,
  },
  timeToLive: {
    kind: 'distribution',
    of: 'duration',
    label: 'queue.timeToLive.label',
    help: 'queue.timeToLive.help',
    max: '1000h',
    default: { law: 'constant', value: '10s' },
    live: true,
    when: { field: 'expiry', is: ['at-head', 'on-time'] },
  },
  dedupWindow: {
    kind: 'int',
    label: 'queue.dedupWindow.label',
    help: 'queue.dedupWindow.help',
    unit: 'numbers',
    min: 0,
    max: 1000000,
    default: 1000,
    live: true,
    advanced: true,
  },
  returnTo: {
    kind: 'choice',
    label: 'queue.returnTo.label',
    help: 'queue.returnTo.help',
    choices: [
      { value: 'back', label: 'queue.returnTo.back' },
      { value: 'front', label: 'queue.returnTo.front' },
    ],
    default: 'back',
    live: true,
    advanced: true,
  },
  durable: {
    kind: 'flag',
    label: 'queue.durable.label',
    help: 'queue.durable.help',
    default: true,
    live: true,
    advanced: true,
  },
} as const satisfies Fields;

export const QUEUE: NodeKind<'queue', typeof QUEUE_FIELDS> = {
  type: 'queue',
  label: 'kind.queue.label',
  about: 'kind.queue.about',
  fidelity: 'kind.queue.fidelity',
  group: 'channels',
  fields: QUEUE_FIELDS,
  ports: [
    { name: 'in', direction: 'in', type: 'intake', label: 'kind.queue.port.in' },
    { name: 'out', direction: 'out', type: 'hands-out', label: 'kind.queue.port.out' },
    { name: 'dead', direction: 'out', type: 'gives-up', maxWires: 1, label: 'kind.queue.port.dead' },
  ],
  gauges: [
    {
      name: 'queue_size',
      unit: 'messages',
      type: 'level',
      exported: 'queue_size',
      label: 'gauge.queue_size.label',
      help: 'gauge.queue_size.help',
    },
    { name: 'ready', unit: 'messages', type: 'level', label: 'gauge.ready.label', help: 'gauge.ready.help' },
    { name: 'in_flight', unit: 'messages', type: 'level', label: 'gauge.in_flight.label', help: 'gauge.in_flight.help' },
    { name: 'delayed', unit: 'messages', type: 'level', label: 'gauge.delayed.label', help: 'gauge.delayed.help' },
    { name: 'oldest_age', unit: 'seconds', type: 'level', label: 'gauge.oldest_age.label', help: 'gauge.oldest_age.help' },
    { name: 'redeliveries', unit: 'messages', type: 'total', label: 'gauge.redeliveries.label', help: 'gauge.redeliveries.help' },
  ],
  holdsMessages: true,
};
