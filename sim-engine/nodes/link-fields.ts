// The fields of every wire that travels: what the network between two nodes does to what is on it.

import { declareFields } from './declare.ts';

export const LINK_FIELDS = declareFields('wire', {
  delay: {
    kind: 'duration',
    min: '0s',
    max: '1h',
    default: '100ms',
    live: true,
  },
  jitter: {
    kind: 'duration',
    min: '0s',
    max: '1h',
    default: '0s',
    live: true,
  },
  loss: { kind: 'ratio', unit: '%', min: 0, max: 1, default: 0, live: true },
  duplication: {
    kind: 'ratio',
    unit: '%',
    min: 0,
    max: 1,
    default: 0,
    live: true,
    advanced: true,
  },
  bandwidth: {
    kind: 'bytes',
    unit: 'bytes/s',
    min: 0,
    max: 1e12,
    default: 0,
    live: true,
    advanced: true,
  },
});
