// The wires of the textbook patterns. Their links are calls: a request or a reply may each be lost, late or doubled.

import { declareFields, declareWire } from '../declare.ts';
import type { Fields } from '../fields.ts';
import { SHARE_FIELDS } from '../link-fields.ts';
import type { WireKind } from '../node-kind.ts';

const PUBLISH_FIELDS = declareFields('publish', {
  confirm: { kind: 'flag', default: false, live: false },
  timeout: {
    kind: 'duration',
    min: '1ms',
    max: '1h',
    default: '5s',
    live: true,
    advanced: true,
  },
  resends: {
    kind: 'int',
    unit: 'times',
    min: 0,
    max: 100,
    default: 3,
    live: true,
    advanced: true,
  },
  ...SHARE_FIELDS,
});

const DELIVER_FIELDS = declareFields('deliver', {
  acknowledge: { kind: 'flag', default: true, live: false },
  desk: {
    kind: 'int',
    unit: 'messages',
    min: 0,
    max: 100000,
    default: 0,
    live: true,
  },
  pollTimeout: {
    kind: 'duration',
    min: '1ms',
    max: '1h',
    default: '20s',
    live: true,
    advanced: true,
  },
  retryAs: {
    kind: 'choice',
    choices: [{ value: 'same' }, { value: 'new' }],
    default: 'same',
    live: true,
    advanced: true,
  },
});

const NO_FIELDS = {} as const satisfies Fields;

/** A sender or service hands messages to a queue or a topic. */
export const PUBLISH: WireKind<'publish', typeof PUBLISH_FIELDS> = declareWire({
  type: 'publish',
  from: ['offers'],
  to: ['intake', 'broadcast'],
  fields: PUBLISH_FIELDS,
  travels: true,
  carries: 'call',
  client: { end: 'from', role: 'publisher' },
});

/** A queue hands messages to one of its competing readers, which acknowledges them. */
export const DELIVER: WireKind<'deliver', typeof DELIVER_FIELDS> = declareWire({
  type: 'deliver',
  from: ['hands-out'],
  to: ['works', 'reads'],
  fields: DELIVER_FIELDS,
  travels: true,
  carries: 'call',
  client: { end: 'to', role: 'consumer' },
});

/** A topic pushes a copy to a service that listens now. Nothing is kept for it and nothing comes twice. */
export const SUBSCRIBE: WireKind<'subscribe', typeof NO_FIELDS> = declareWire({
  type: 'subscribe',
  from: ['copies'],
  to: ['works', 'reads'],
  fields: NO_FIELDS,
  travels: true,
  carries: 'call',
  client: { end: 'to', role: 'consumer' },
});

/** A topic copies every message into a queue, which keeps it for its own readers. */
export const FEED: WireKind<'feed', typeof NO_FIELDS> = declareWire({
  type: 'feed',
  from: ['copies'],
  to: ['intake'],
  fields: NO_FIELDS,
  travels: true,
  carries: 'call',
});

/** Where a queue puts what it gives up on. A relation: it costs no time and cannot fail. */
export const DEAD_LETTER: WireKind<'dead-letter', typeof NO_FIELDS> = declareWire({
  type: 'dead-letter',
  from: ['gives-up'],
  to: ['dead-letters'],
  fields: NO_FIELDS,
  travels: false,
  carries: 'call',
});
