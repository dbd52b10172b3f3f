// The requester: asks questions, each with a number and a deadline, and waits for the answers at a reply queue. It knows no broker;
// clients of whatever stands at the other ends of its wires speak for it.

import type { Fields } from '../fields.ts';
import type { NodeKind } from '../node-kind.ts';
import { SENDER } from './sender.declaration.ts';
import { SERVICE } from './service.declaration.ts';

const sends = SENDER.fields;
const retries = SERVICE.fields;

const REQUESTER_FIELDS = {
  loop: { ...sends.loop, help: 'requester.loop.help' },
  arrivals: sends.arrivals,
  rate: { ...sends.rate, label: 'requester.rate.label', default: 1 },
  gaps: sends.gaps,
  burstSize: sends.burstSize,
  burstEvery: sends.burstEvery,
  rampTo: sends.rampTo,
  rampOver: sends.rampOver,
  dayCurve: sends.dayCurve,
  times: sends.times,
  callers: { ...sends.callers, help: 'requester.callers.help' },
  think: { ...sends.think, help: 'requester.think.help' },
  timeout: {
    kind: 'duration',
    label: 'requester.timeout.label',
    help: 'requester.timeout.help',
    min: '0s',
    max: '24h',
    default: '5s',
    live: true,
  },
  matching: {
    kind: 'choice',
    label: 'requester.matching.label',
    help: 'requester.matching.help',
    choices: [
      { value: 'numbers', label: 'requester.matching.numbers' },
      { value: 'oldest', label: 'requester.matching.oldest' },
    ],
    default: 'numbers',
    live: true,
    key: 'correlationId',
  },
  foreign: {
    kind: 'choice',
    label: 'requester.foreign.label',
    help: 'requester.foreign.help',
    choices: [
      { value: 'give-back', label: 'requester.foreign.give-back' },
      { value: 'drop', label: 'requester.foreign.drop' },
      { value: 'reject', label: 'requester.foreign.reject' },
    ],
    default: 'give-back',
    live: true,
    when: { field: 'matching', is: ['numbers'] },
  },
  giveBackAfter: {
    kind: 'duration',
    label: 'requester.giveBackAfter.label',
    help: 'requester.giveBackAfter.help',
    // Two requesters that hand a reply back and forth without any time between would never end.
    min: '1ms',
    max: '1h',
    default: '50ms',
    live: true,
    advanced: true,
    when: { field: 'foreign', is: ['give-back'] },
  },
  retry: { ...retries.retry, help: 'requester.retry.help', default: 'none' },
  maxAttempts: {
    kind: 'int',
    label: 'requester.maxAttempts.label',
    help: 'requester.maxAttempts.help',
    unit: 'attempts',
    min: 0,
    max: 1000000,
    default: 3,
    live: true,
  },
  retryBase: { ...retries.retryBase, default: '100ms' },
  retryCap: { ...retries.retryCap, default: '20s' },
  retryMultiplier: retries.retryMultiplier,
  retryRandomization: retries.retryRandomization,
  retryAs: {
    kind: 'choice',
    label: 'requester.retryAs.label',
    help: 'requester.retryAs.help',
    choices: [
      { value: 'same', label: 'requester.retryAs.same' },
      { value: 'new', label: 'requester.retryAs.new' },
    ],
    default: 'same',
    live: true,
    advanced: true,
  },
  keys: sends.keys,
  size: sends.size,
  limit: { ...sends.limit, label: 'requester.limit.label', help: 'requester.limit.help', unit: 'requests' },
  startAt: sends.startAt,
} as const satisfies Fields;

export const REQUESTER: NodeKind<'requester', typeof REQUESTER_FIELDS> = {
  type: 'requester',
  label: 'kind.requester.label',
  about: 'kind.requester.about',
  fidelity: 'kind.requester.fidelity',
  group: 'ends',
  fields: REQUESTER_FIELDS,
  ports: [
    { name: 'in', direction: 'in', type: 'works', label: 'kind.requester.port.in' },
    { name: 'out', direction: 'out', type: 'offers', label: 'kind.requester.port.out' },
  ],
  gauges: [
    {
      name: 'open_requests',
      unit: 'requests',
      type: 'level',
      label: 'gauge.open_requests.label',
      help: 'gauge.open_requests.help',
    },
    { name: 'asked', unit: 'requests', type: 'total', label: 'gauge.asked.label', help: 'gauge.asked.help' },
    { name: 'answered', unit: 'requests', type: 'total', label: 'gauge.answered.label', help: 'gauge.answered.help' },
    { name: 'timed_out', unit: 'requests', type: 'total', label: 'gauge.timed_out.label', help: 'gauge.timed_out.help' },
    { name: 'retried', unit: 'attempts', type: 'total', label: 'gauge.retried.label', help: 'gauge.retried.help' },
    { name: 'forgotten', unit: 'requests', type: 'total', label: 'gauge.forgotten.label', help: 'gauge.forgotten.help' },
    { name: 'late', unit: 'replies', type: 'total', label: 'gauge.late.label', help: 'gauge.late.help' },
    { name: 'duplicate', unit: 'replies', type: 'total', label: 'gauge.duplicate.label', help: 'gauge.duplicate.help' },
    { name: 'unknown', unit: 'replies', type: 'total', label: 'gauge.unknown.label', help: 'gauge.unknown.help' },
    { name: 'foreign', unit: 'replies', type: 'total', label: 'gauge.foreign.label', help: 'gauge.foreign.help' },
    { name: 'misrouted', unit: 'replies', type: 'total', label: 'gauge.misrouted.label', help: 'gauge.misrouted.help' },
    {
      name: 'answer_seconds',
      unit: 'seconds',
      type: 'total',
      label: 'gauge.answer_seconds.label',
      help: 'gauge.answer_seconds.help',
    },
    {
      name: 'request_seconds',
      unit: 'seconds',
      type: 'total',
      label: 'gauge.request_seconds.label',
      help: 'gauge.request_seconds.help',
    },
    { name: 'held_back', unit: 'messages', type: 'level', label: 'gauge.held_back.label', help: 'gauge.held_back.help' },
  ],
  holdsMessages: false,
};
