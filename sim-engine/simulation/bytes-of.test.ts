// How much memory a copy takes, about.

import { describe, expect, it } from 'vitest';
import { runOf, scenarioText } from '../testing/run-fixtures.ts';
import { bytesOf } from './bytes-of.ts';

describe('the size of plain data', () => {
  it('is at least that of its typed arrays, wherever they are', () => {
    const array = new Float64Array(1000);
    for (const holder of [array, [array], { deep: { array } }, new Map([['a', array]]), new Set([array])]) {
      expect(bytesOf(holder)).toBeGreaterThanOrEqual(8000);
      expect(bytesOf(holder)).toBeLessThan(8400);
    }
  });

  it('counts only what a view shows', () => {
    expect(bytesOf(new Float64Array(1000).subarray(0, 10))).toBeLessThan(200);
  });

  it('grows with what a run holds', () => {
    const simulation = runOf(scenarioText('order-pipeline'));
    const before = bytesOf(simulation.checkpoint());
    simulation.command({ type: 'burst', node: 'checkout', count: 20_000 }, 'tick');
    simulation.advanceTo(2e9);
    // Each of 20,000 messages in the queue takes a row of the message table and one of the obligations, 50 bytes and more.
    expect(bytesOf(simulation.checkpoint()) - before).toBeGreaterThan(20_000 * 50);
  });
});
