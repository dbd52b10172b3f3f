// The host's way to give its thread back: others have their turn, and nothing is called too early or out of order.

import { describe, expect, it } from 'vitest';
import { wallClock } from './clock.ts';

const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('the wall clock of a host', () => {
  it('calls back in order, after what called it has returned', async () => {
    const clock = wallClock(4);
    const called: number[] = [];
    clock.defer(() => called.push(1), 0);
    clock.defer(() => called.push(2), 0);
    expect(called).toEqual([]);
    await later(20);
    expect(called).toEqual([1, 2]);
  });

  it('lets others have their turn between two slices', async () => {
    const clock = wallClock(4);
    let slices = 0;
    let isOver = false;
    const slice = (): void => {
      slices++;
      if (!isOver) clock.defer(slice, 0);
    };
    slice();
    // A host that kept the thread would never let this timer come.
    await later(20);
    isOver = true;
    expect(slices).toBeGreaterThan(2);
  });

  it('waits for as long as it is told', async () => {
    const clock = wallClock(4);
    const beganMs = clock.now();
    const calledMs = await new Promise<number>((resolve) => clock.defer(() => resolve(clock.now()), 15));
    expect(calledMs - beganMs).toBeGreaterThanOrEqual(14);
  });
});
