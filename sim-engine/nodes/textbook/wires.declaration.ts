// The wires of the textbook patterns. Their links are calls: a request or a reply may each be lost, late or doubled.

import type { Fields } from '../fields.ts';
import type { WireKind } from '../node-kind.ts';

const PUBLISH_FIELDS = {
  confirm: { kind: 'flag', label: 'publish.confirm.label', help: 'publish.confirm.help', default: false, live: false },
  timeout: {
    kind: 'duration',
    label: 'publish.timeout.label',
    help: 'publish.timeout.help',
    min: '1ms',
    max: '1h',
    default: '5s',
    live: true,
    advanced: true,
  },
  resends: {
    kind: 'int',
    label: 'publish.resends.label',
    help: 'publish.resends.help',
    unit: 'times',
    min: 0,
    max: 100,
    default: 3,
    live: true,
    advanced: true,
  },
  share: {
    kind: 'ratio',
    label: 'publish.share.label',
    help: 'publish.share.help',
    unit: '×',
    min: 0,
    max: 1000,
    default: 1,
    live: true,
    advanced: true,
  },
} as const satisfies Fields;

const DELIVER_FIELDS = {
  acknowledge: { kind: 'flag', label: 'deliver.acknowledge.label', help: 'deliver.acknowledge.help', default: true, live: false },
  desk: {
    kind: 'int',
    label: 'deliver.desk.label',
    help: 'deliver.desk.help',
    unit: 'messages',
    min: 0,
    max: 100000,
    default: 0,
    live: true,
  },
  pollTimeout: {
    kind: 'duration',
    label: 'deliver.pollTimeout.label',
    help: 'deliver.pollTimeout.help',
    min: '1ms',
    max: '1h',
    default: '20s',
    live: true,
    advanced: true,
  },
} as const satisfies Fields;

const NO_FIELDS = {} as const satisfies Fields;

/** A sender or service hands messages to a queue or a topic. */
export const PUBLISH: WireKind<'publish', typeof PUBLISH_FIELDS> = {
  type: 'publish',
  label: 'wire.publish.label',
  about: 'wire.publish.about',
  from: ['offers'],
  to: ['intake', 'broadcast'],
  fields: PUBLISH_FIELDS,
  travels: true,
  carries: 'call',
  client: { end: 'from', role: 'publisher' },
};

/** A queue hands messages to one of its competing readers, which acknowledges them. */
export const DELIVER: WireKind<'deliver', typeof DELIVER_FIELDS> = {
  type: 'deliver',
  label: 'wire.deliver.label',
  about: 'wire.deliver.about',
  from: ['hands-out'],
  to: ['works', 'reads'],
  fields: DELIVER_FIELDS,
  travels: true,
  carries: 'call',
  client: { end: 'to', role: 'consumer' },
};

/** A topic pushes a copy to a service that listens now. Nothing is kept for it and nothing comes twice. */
export const SUBSCRIBE: WireKind<'subscribe', typeof NO_FIELDS> = {
  type: 'subscribe',
  label: 'wire.subscribe.label',
  about: 'wire.subscribe.about',
  from: ['copies'],
  to: ['works', 'reads'],
  fields: NO_FIELDS,
  travels: true,
  carries: 'call',
  client: { end: 'to', role: 'consumer' },
};

/** A topic copies every message into a queue, which keeps it for its own readers. */
export const FEED: WireKind<'feed', typeof NO_FIELDS> = {
  type: 'feed',
  label: 'wire.feed.label',
  about: 'wire.feed.about',
  from: ['copies'],
  to: ['intake'],
  fields: NO_FIELDS,
  travels: true,
  carries: 'call',
};

/** Where a queue puts what it gives up on. A relation: it costs no time and cannot fail. */
export const DEAD_LETTER: WireKind<'dead-letter', typeof NO_FIELDS> = {
  type: 'dead-letter',
  label: 'wire.dead-letter.label',
  about: 'wire.dead-letter.about',
  from: ['gives-up'],
  to: ['dead-letters'],
  fields: NO_FIELDS,
  travels: false,
  carries: 'call',
};
