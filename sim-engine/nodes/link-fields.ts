// The fields of every wire that travels: what the network between two nodes does to what is on it.

import type { Fields } from './fields.ts';

export const LINK_FIELDS = {
  delay: {
    kind: 'duration',
    label: 'wire.delay.label',
    help: 'wire.delay.help',
    min: '0s',
    max: '1h',
    default: '100ms',
    live: true,
  },
  jitter: {
    kind: 'duration',
    label: 'wire.jitter.label',
    help: 'wire.jitter.help',
    min: '0s',
    max: '1h',
    default: '0s',
    live: true,
  },
  loss: { kind: 'ratio', label: 'wire.loss.label', help: 'wire.loss.help', unit: '%', min: 0, max: 1, default: 0, live: true },
  duplication: {
    kind: 'ratio',
    label: 'wire.duplication.label',
    help: 'wire.duplication.help',
    unit: '%',
    min: 0,
    max: 1,
    default: 0,
    live: true,
    advanced: true,
  },
  bandwidth: {
    kind: 'bytes',
    label: 'wire.bandwidth.label',
    help: 'wire.bandwidth.help',
    unit: 'bytes/s',
    min: 0,
    max: 1e12,
    default: 0,
    live: true,
    advanced: true,
  },
} as const satisfies Fields;
