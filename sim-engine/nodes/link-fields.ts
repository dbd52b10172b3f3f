// Fields of wires that do not depend on what these lead to: of every one that travels what the network does to what is on it, and of those on
// which a host publishes its results their share of them.

import { type BareFields, declareFields } from './declare.ts';

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

/** Where each result goes out on one wire (`publishing.ts`): how much more often on this one than on one with 1. */
export const SHARE_FIELDS = {
  share: { kind: 'ratio', unit: '×', min: 0, max: 1000, default: 1, live: true, advanced: true },
} as const satisfies BareFields;
