// In which order the scenarios stand, and under which headings: what is plain comes before what is made of it. By name of the file.

import type { MessageKey } from '../messages/asked.ts';

export interface Shelf {
  readonly label: MessageKey;
  readonly scenarios: readonly string[];
}

export const SHELVES: readonly Shelf[] = [
  {
    label: 'scenarios.shelf.first',
    scenarios: ['order-pipeline', 'publish-subscribe', 'request-response', 'crash-and-redeliver', 'overflow'],
  },
  {
    label: 'scenarios.shelf.failing',
    scenarios: ['retry-waves', 'retry-storm', 'hung-dependency', 'outage-and-its-cures'],
  },
  {
    label: 'scenarios.shelf.once',
    scenarios: ['dedup-window', 'mark-before-and-after', 'outbox-and-dual-write', 'lanes'],
  },
  {
    label: 'scenarios.shelf.rabbitmq',
    scenarios: [
      'rabbitmq-order-events',
      'rabbitmq-prefetch',
      'rabbitmq-poison',
      'rabbitmq-retry-ladder',
      'rabbitmq-head-of-line',
      'rabbitmq-questions',
      'rabbitmq-direct-replies',
      'rabbitmq-memory-alarm',
      'rabbitmq-leader-killed',
    ],
  },
  {
    label: 'scenarios.shelf.kafka',
    scenarios: [
      'kafka-order-events',
      'kafka-idle-members',
      'kafka-hot-key',
      'kafka-more-partitions',
      'kafka-commit-before',
      'kafka-slow-poll',
      'kafka-rolling-restart',
      'kafka-retention',
      'kafka-sent-again',
      'kafka-blocking-retry',
      'kafka-retry-topics',
    ],
  },
  { label: 'scenarios.shelf.larger', scenarios: ['uber-trip', 'autoscaling'] },
  {
    label: 'scenarios.shelf.slips',
    scenarios: [
      'slip-forgotten-when-handed-out',
      'slip-marked-before-the-work',
      'slip-attempts-forgotten',
      'slip-sleeping-worker',
      'slip-put-back-for-ever',
      'slip-written-then-published',
    ],
  },
];
