// The requester: asks questions, each with a number and a deadline, and waits for the answers at a reply queue. It knows no broker;
// clients of whatever stands at the other ends of its wires speak for it.

import { declareFields, declareNode } from '../declare.ts';
import type { NodeKind } from '../node-kind.ts';
import { SENDER } from './sender.declaration.ts';
import { SERVICE } from './service.declaration.ts';

const sends = SENDER.fields;
const retries = SERVICE.fields;

const REQUESTER_FIELDS = declareFields('requester', {
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
    min: '0s',
    max: '24h',
    default: '5s',
    live: true,
  },
  matching: {
    kind: 'choice',
    choices: [{ value: 'numbers' }, { value: 'oldest' }],
    default: 'numbers',
    live: true,
    key: 'correlationId',
  },
  foreign: {
    kind: 'choice',
    choices: [{ value: 'give-back' }, { value: 'drop' }, { value: 'reject' }],
    default: 'give-back',
    live: true,
    when: { field: 'matching', is: ['numbers'] },
  },
  giveBackAfter: {
    kind: 'duration',
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
    choices: [{ value: 'same' }, { value: 'new' }],
    default: 'same',
    live: true,
    advanced: true,
  },
  budget: {
    kind: 'choice',
    choices: [{ value: 'none' }, { value: 'aws' }, { value: 'grpc' }, { value: 'ratio' }],
    default: 'none',
    live: true,
    advanced: true,
  },
  budgetTokens: {
    kind: 'int',
    unit: 'tokens',
    min: 1,
    max: 1000000,
    default: 500,
    live: true,
    advanced: true,
    when: { field: 'budget', is: ['aws', 'grpc'] },
  },
  budgetRatio: {
    kind: 'ratio',
    unit: '%',
    min: 0,
    max: 10,
    default: 0.1,
    live: true,
    advanced: true,
    when: { field: 'budget', is: ['grpc', 'ratio'] },
  },
  keys: sends.keys,
  size: sends.size,
  limit: { ...sends.limit, label: 'requester.limit.label', help: 'requester.limit.help', unit: 'requests' },
  startAt: sends.startAt,
});

export const REQUESTER: NodeKind<'requester', typeof REQUESTER_FIELDS> = declareNode({
  type: 'requester',
  group: 'ends',
  fields: REQUESTER_FIELDS,
  ports: [
    { name: 'in', direction: 'in', type: 'reads' },
    { name: 'out', direction: 'out', type: 'offers' },
  ],
  gauges: [
    {
      name: 'open_requests',
      unit: 'requests',
      type: 'level',
    },
    { name: 'asked', unit: 'requests', type: 'total' },
    { name: 'answered', unit: 'requests', type: 'total' },
    { name: 'timed_out', unit: 'requests', type: 'total' },
    { name: 'retried', unit: 'attempts', type: 'total' },
    { name: 'forgotten', unit: 'requests', type: 'total' },
    { name: 'late', unit: 'replies', type: 'total' },
    { name: 'duplicate', unit: 'replies', type: 'total' },
    { name: 'unknown', unit: 'replies', type: 'total' },
    { name: 'foreign', unit: 'replies', type: 'total' },
    { name: 'mixed_up', unit: 'replies', type: 'total' },
    {
      name: 'answer_seconds',
      unit: 'seconds',
      type: 'total',
    },
    {
      name: 'request_seconds',
      unit: 'seconds',
      type: 'total',
    },
    { name: 'held_back', unit: 'messages', type: 'level' },
  ],
  holdsMessages: false,
});
