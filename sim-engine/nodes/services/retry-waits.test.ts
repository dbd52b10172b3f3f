// How long a worker waits before another attempt, in whole runs: every strategy within its bounds. Section 2 of
// docs/semantics/patterns.md; P6. Means, waves and spreads are in service.test.ts.

import { expect, it } from 'vitest';
import { INSTANT, node, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';

const BASE_S = 1;
const CAP_S = 5;
const ATTEMPTS = 6;

/** min(cap, base × 2^retry), s. */
const grown = (retry: number): number => Math.min(CAP_S, BASE_S * 2 ** retry);
type Bounds = (retry: number) => readonly [low: number, high: number];

const STRATEGIES: readonly (readonly [string, Bounds])[] = [
  ['fixed', () => [BASE_S, BASE_S]],
  ['linear', (retry) => [Math.min(CAP_S, BASE_S * (retry + 1)), Math.min(CAP_S, BASE_S * (retry + 1))]],
  ['exponential', (retry) => [grown(retry), grown(retry)]],
  ['exponential-full', (retry) => [0, grown(retry)]],
  ['exponential-equal', (retry) => [grown(retry) / 2, grown(retry)]],
  ['decorrelated', () => [BASE_S, CAP_S]],
  // It is x that is capped: half of it either way.
  ['randomized', (retry) => [grown(retry) / 2, 1.5 * grown(retry)]],
  ['polly-constant', () => [0.75 * BASE_S, 1.25 * BASE_S]],
  ['polly-linear', (retry) => [Math.min(CAP_S, 0.75 * BASE_S * (retry + 1)), Math.min(CAP_S, 1.25 * BASE_S * (retry + 1))]],
  ['polly-decorrelated', () => [0, CAP_S]],
];

it.each(STRATEGIES)('P6: no wait of %s is above its cap or outside of its bounds', (retry, boundsOf) => {
  const story = new Story({
    nodes: [
      node('shop', 'sender', { arrivals: 'constant', rate: 50, limit: 300 }),
      node('orders', 'queue', { ackDeadline: '0s' }),
      node('worker', 'service', {
        work: { law: 'constant', value: '1ms' },
        concurrency: 300,
        failure: 1,
        retry,
        retryBase: `${BASE_S}s`,
        retryCap: `${CAP_S}s`,
        retryRandomization: 0.5,
        maxAttempts: ATTEMPTS,
      }),
    ],
    wires: [wire('publish', 'shop', 'orders', INSTANT), wire('deliver', 'orders', 'worker', INSTANT)],
  }).to('2min');
  const failedNs = new Map(story.stops('failed').map(({ attempt, number, ns }) => [`${number} ${attempt}`, ns]));
  const again = story.stops('delivered').filter(({ attempt }) => attempt > 1);
  expect(again).toHaveLength(300 * (ATTEMPTS - 1));
  for (const { attempt, number, ns } of again) {
    const [low, high] = boundsOf(attempt - 2);
    const waitNs = ns - (failedNs.get(`${number} ${attempt - 1}`) as number);
    expect(waitNs).toBeGreaterThanOrEqual(low * 1e9 - 1);
    expect(waitNs).toBeLessThanOrEqual(high * 1e9 + 1);
  }
});
