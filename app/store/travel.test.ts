import { describe, expect, it } from 'vitest';
import type { Status } from '../../sim-engine/protocol/messages.ts';
import { travel, type Vehicle } from './travel.ts';

/** A run in which one event happens every millisecond, and three more at once at 500 ms. */
class Run implements Vehicle {
  readonly legs: number[] = [];
  atNs = 0;
  extra = 0;
  nowMs = 0;
  /** What a simulated second costs, wall clock ms. */
  readonly msPerSecond: number;
  constructor(msPerSecond = 1) {
    this.msPerSecond = msPerSecond;
  }

  private status(): Status {
    return { simTimeNs: this.atNs, events: Math.floor(this.atNs / 1e6) + this.extra, stopped: null } as Status;
  }

  runTo(timeNs: number, events = 0) {
    this.legs.push(timeNs);
    this.nowMs += (Math.abs(timeNs - this.atNs) / 1e9) * this.msPerSecond;
    this.atNs = timeNs;
    this.extra = timeNs > 500e6 ? 3 : 0;
    if (timeNs === 500e6) this.extra = Math.max(0, Math.min(3, events - 500));
    return Promise.resolve({ ok: true as const, status: this.status() });
  }
}

const go = (run: Run, atNs: number, events = 0, isWanted = () => true) =>
  travel(run, { atNs, events }, isWanted, () => run.nowMs);

describe('the way to a moment', () => {
  it('ends exactly there, in many legs of even length', async () => {
    const run = new Run();
    expect(await go(run, 60e9)).toMatchObject({ simTimeNs: 60e9 });
    expect(run.legs).toHaveLength(200);
    expect(run.legs.at(-1)).toBe(60e9);
  });

  it('goes in shorter legs where the way is hard, so that the page is never left alone for long', async () => {
    const run = new Run(1000);
    let lastMs = 0;
    let longest = 0;
    await go(run, 200e9, 0, () => {
      longest = Math.max(longest, run.nowMs - lastMs);
      lastMs = run.nowMs;
      return run.atNs < 100e9;
    });
    // The first leg cannot know. After it none is longer than the bound by more than what it was before halving.
    const legs = run.legs.map((leg, ix) => leg - (run.legs[ix - 1] ?? 0));
    expect(legs[0]).toBe(1e9);
    expect(Math.max(...legs.slice(4))).toBeLessThanOrEqual(125e6);
    expect(longest).toBe(1000);
  });

  it('arrives also where every leg takes long, however short it is', async () => {
    const run = new Run();
    const busy: Vehicle = {
      runTo(timeNs) {
        run.nowMs += 150;
        return run.runTo(timeNs);
      },
    };
    await travel(
      busy,
      { atNs: 60e9, events: 0 },
      () => run.legs.length < 10_000,
      () => run.nowMs,
    );
    expect(run.atNs).toBe(60e9);
    expect(run.legs.length).toBeLessThan(3300);
  });

  it('comes back to between two events of one instant', async () => {
    expect(await go(new Run(), 500e6, 502)).toMatchObject({ simTimeNs: 500e6, events: 502 });
  });

  it('does not go beyond the moment for events that never were', async () => {
    expect(await go(new Run(), 500e6, 1e9)).toMatchObject({ simTimeNs: 500e6 });
  });

  it('is called off when nobody wants it any more', async () => {
    const run = new Run();
    expect(await go(run, 60e9, 0, () => run.atNs < 30e9)).toBeNull();
    expect(run.atNs).toBe(30e9);
  });

  it('a moment at 0 is one', async () => {
    expect(await go(new Run(), 0)).toMatchObject({ simTimeNs: 0 });
  });
});
