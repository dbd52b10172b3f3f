// The wire by which one service asks another and waits for the answer. Its fields are those of the caller's client library: how long
// it waits, how often it asks again, how many questions it lets out at once.

import type { Fields } from '../fields.ts';
import type { WireKind } from '../node-kind.ts';

const CALL_FIELDS = {
  timeout: {
    kind: 'duration',
    label: 'call.timeout.label',
    help: 'call.timeout.help',
    min: '0s',
    max: '24h',
    default: '1s',
    live: true,
  },
  retries: {
    kind: 'int',
    label: 'call.retries.label',
    help: 'call.retries.help',
    unit: 'times',
    min: 0,
    max: 100,
    default: 0,
    live: true,
  },
  retryWait: {
    kind: 'duration',
    label: 'call.retryWait.label',
    help: 'call.retryWait.help',
    min: '0s',
    max: '1h',
    default: '0s',
    live: true,
    advanced: true,
  },
  atOnce: {
    kind: 'int',
    label: 'call.atOnce.label',
    help: 'call.atOnce.help',
    unit: 'calls',
    min: 0,
    max: 10000,
    default: 0,
    live: true,
    key: 'maxConcurrentCalls',
  },
  whenHeldBack: {
    kind: 'choice',
    label: 'call.whenHeldBack.label',
    help: 'call.whenHeldBack.help',
    choices: [
      { value: 'fail', label: 'call.whenHeldBack.fail' },
      { value: 'wait', label: 'call.whenHeldBack.wait' },
      { value: 'requeue', label: 'call.whenHeldBack.requeue' },
      { value: 'dead-letter', label: 'call.whenHeldBack.dead-letter' },
    ],
    default: 'fail',
    live: true,
  },
} as const satisfies Fields;

export const CALL: WireKind<'call', typeof CALL_FIELDS> = {
  type: 'call',
  label: 'wire.call.label',
  about: 'wire.call.about',
  from: ['calls'],
  to: ['answers'],
  fields: CALL_FIELDS,
  travels: true,
  carries: 'call',
};
