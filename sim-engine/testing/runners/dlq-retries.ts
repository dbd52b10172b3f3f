// Judges patterns/dlq-retries by real runs: one message, a service that fails the recorded number of times, a dead-letter queue.
// Outcomes, waits and deliveries are read from the journey of the message.

import { isSamePlain } from '../../kernel/plain-state.ts';
import type { TraceEntry } from '../../world/trace.ts';
import { node, simulationOf, wire } from '../drawing.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';

const SECOND_NS = 1e9;
/** 2^53 ns, the end of simulated time. */
const END_NS = 9_007_199_254_740_991;

export const DLQ_RETRIES_FORMAT: VectorFormat = {
  key: 'patterns/dlq-retries',
  judge(one: VectorCase): Judgement {
    const { maxRetries, consecutiveFailures } = one.input as {
      readonly maxRetries: number;
      readonly consecutiveFailures: number;
    };
    const found = storyOf(journeyOf(maxRetries, consecutiveFailures));
    const faults = Object.keys(one.expected)
      .filter((key) => !isSamePlain(found[key as keyof Story], one.expected[key]))
      .map((key) => `${key}: ${JSON.stringify(found[key as keyof Story])}, recorded ${JSON.stringify(one.expected[key])}`);
    return { faults };
  },
};

function journeyOf(maxRetries: number, consecutiveFailures: number): readonly TraceEntry[] {
  const instant = { delay: '0s' };
  const work = { law: 'constant', value: '10ms' };
  const retry = { retry: 'exponential', retryBase: '2s', retryMultiplier: 2, retryCap: '240h', maxAttempts: maxRetries };
  const simulation = simulationOf(
    {
      nodes: [
        node('source', 'sender', { arrivals: 'times', times: ['0s'] }),
        node('orders', 'queue'),
        node('worker', 'service', { work, failFirst: consecutiveFailures, ...retry }),
        node('dead', 'dead-letter-queue'),
      ],
      wires: [
        wire('publish', 'source', 'orders', instant),
        wire('deliver', 'orders', 'worker', { ...instant, pollTimeout: '1h' }),
        wire('dead-letter', 'orders', 'dead'),
      ],
    },
    { traceEvery: 1 },
  );
  // One message is settled exactly once: when it is processed or given up.
  if (!simulation.stepMessage(END_NS)) throw new Error('the message is never settled');
  // What settles it may still be on its way to the dead-letter queue, within this instant.
  simulation.advanceTo(simulation.timeNs + 1);
  return simulation.world.trace.entries();
}

interface Story {
  readonly outcomes: readonly string[];
  readonly delaysSeconds: readonly number[];
  readonly deliveries: number;
}

function storyOf(journey: readonly TraceEntry[]): Story {
  const outcomes: string[] = [];
  const delaysSeconds: number[] = [];
  let delayedAtNs = -1;
  let deliveries = 0;
  for (const { stop, atNs } of journey) {
    if (stop === 'delivered') {
      deliveries++;
      if (delayedAtNs >= 0) delaysSeconds.push((atNs - delayedAtNs) / SECOND_NS);
      delayedAtNs = -1;
    } else if (stop === 'delayed') {
      outcomes.push('retry');
      delayedAtNs = atNs;
    } else if (stop === 'processed') outcomes.push('processed');
    else if (stop === 'dead-lettered') outcomes.push('dlq');
  }
  return { outcomes, delaysSeconds, deliveries };
}
