// Going back and forth in time: the run is the same whichever way one came, and the memory for it is bounded.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runOf, scenarioText } from '../testing/run-fixtures.ts';
import type { Command } from './commands.ts';
import { History } from './history.ts';
import { ledgerOf } from './ledger.ts';
import type { Simulation, TimedCommand } from './simulation.ts';

const S = 1e9;

/** Digest of a run that goes straight to a time. */
function straight(scenario: string, timeNs: number, log: readonly TimedCommand[] = []): string {
  const simulation = runOf(scenarioText(scenario), { log });
  simulation.advanceTo(timeNs);
  return simulation.digest;
}

const COMMANDS: readonly Command[] = [
  { type: 'crash', node: 'worker-1', forNs: 3 * S },
  { type: 'slow', node: 'worker-2', factor: 3 },
  { type: 'setParam', target: 'worker-1', field: 'concurrency', value: 3 },
  { type: 'removeNode', node: 'worker-2' },
  { type: 'addNode', node: { id: 'late', kind: 'queue' } },
];

describe('the history of a run', () => {
  it('comes to the same digest at every moment, whichever way it is reached', () => {
    const simulation = runOf(scenarioText('crash-and-redeliver'));
    const history = new History(simulation, { eventsBetween: 50 });
    for (const seconds of [30, 5, 12, 11, 0, 40, 17.5, 17.4, 39]) {
      expect(history.seek(seconds * S)).toBe(true);
      expect(simulation.timeNs).toBe(seconds * S);
      expect(simulation.digest).toBe(straight('crash-and-redeliver', seconds * S));
    }
    expect(history.times.length).toBeGreaterThan(4);
  });

  it('takes back a command as if it had never been given', () => {
    const step = fc.record({
      toNs: fc.integer({ min: 1, max: 30_000 }).map((ms) => ms * 1e6),
      command: fc.constantFrom(...COMMANDS),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), fc.nat(5), fc.boolean(), (steps, choice, goesBack) => {
        const simulation = runOf(scenarioText('crash-and-redeliver'));
        const history = new History(simulation, { eventsBetween: 40 });
        for (const { toNs, command } of steps.toSorted((a, b) => a.toNs - b.toNs)) {
          if (toNs > simulation.timeNs) history.seek(toNs);
          simulation.command(command, 'nanosecond');
        }
        const { log, timeNs } = simulation;
        if (log.length === 0) return;
        const index = choice % log.length;
        const rest = log.filter((_, at) => at !== index);
        // Also where the command is still to come.
        if (goesBack) history.seek(timeNs / 2);
        expect(history.takeBack(index)).toBe(true);
        expect(simulation.log).toEqual(rest);
        for (const nowNs of [timeNs, timeNs + 5 * S, timeNs / 3]) {
          expect(history.seek(nowNs)).toBe(true);
          expect(simulation.digest).toBe(straight('crash-and-redeliver', nowNs, rest));
        }
      }),
      { numRuns: 60 },
    );
  });

  it('carries out every command of the log again on its way, edits included', () => {
    const step = fc.record({
      toNs: fc.integer({ min: 0, max: 30_000 }).map((ms) => ms * 1e6),
      command: fc.option(fc.constantFrom(...COMMANDS), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 8 }), (steps) => {
        const simulation = runOf(scenarioText('crash-and-redeliver'));
        const history = new History(simulation, { eventsBetween: 40 });
        for (const { toNs, command } of steps) {
          history.seek(toNs);
          if (command === undefined) continue;
          history.fork();
          // Edits of what is gone are refused and leave no trace.
          simulation.command(command, 'nanosecond');
        }
        const { log, timeNs } = simulation;
        expect(simulation.digest).toBe(straight('crash-and-redeliver', timeNs, log));
        history.seek(30 * S);
        expect(simulation.digest).toBe(straight('crash-and-redeliver', 30 * S, log));
        expect(ledgerOf(simulation.world).balances).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('gives up what came after a moment at which something else was done', () => {
    const simulation = runOf(scenarioText('order-pipeline'));
    const history = new History(simulation, { eventsBetween: 50 });
    history.seek(5 * S);
    simulation.command({ type: 'slow', node: 'worker-1', factor: 2 }, 'tick');
    history.seek(20 * S);
    simulation.command({ type: 'crash', node: 'worker-2' }, 'tick');
    history.seek(25 * S);
    history.seek(10 * S);
    expect(simulation.log).toHaveLength(2);
    history.fork();
    expect(simulation.log).toHaveLength(1);
    expect(Math.max(...history.times)).toBeLessThanOrEqual(10 * S);
    simulation.command({ type: 'crash', node: 'worker-3' }, 'tick');
    history.seek(30 * S);
    expect(simulation.log.map(({ command }) => command.type)).toEqual(['slow', 'crash']);
    expect(simulation.digest).toBe(straight('order-pipeline', 30 * S, simulation.log));
  });

  it('changes nothing by forking where nothing came after', () => {
    const simulation = runOf(scenarioText('crash-and-redeliver'));
    const history = new History(simulation);
    history.seek(5 * S);
    history.fork();
    simulation.advanceTo(20 * S);
    expect(simulation.digest).toBe(straight('crash-and-redeliver', 20 * S));
  });

  it('cannot go to before its beginning', () => {
    const simulation = runOf(scenarioText('order-pipeline'));
    simulation.advanceTo(10 * S);
    const history = new History(simulation);
    expect(history.seek(5 * S)).toBe(false);
    expect(simulation.timeNs).toBe(10 * S);
  });
});

describe('the memory of a history', () => {
  function played(bytesMax: number, untilNs = 600 * S): { history: History; simulation: Simulation } {
    const simulation = runOf(scenarioText('order-pipeline'));
    const history = new History(simulation, { eventsBetween: 100, bytesMax });
    for (let timeNs = 0; timeNs < untilNs; timeNs += S) {
      simulation.advanceTo(timeNs);
      history.note();
    }
    return { history, simulation };
  }

  it('stays within its bound, and every moment can still be reached', () => {
    const unbounded = played(Number.POSITIVE_INFINITY);
    const bound = unbounded.history.bytes / 4;
    const { history, simulation } = played(bound);
    expect(history.bytes).toBeLessThanOrEqual(bound);
    expect(history.times.length).toBeGreaterThan(3);
    history.seek(100 * S);
    expect(simulation.digest).toBe(straight('order-pipeline', 100 * S));
  });

  it('holds at most 64 checkpoints, closer together the younger they are', () => {
    const { history } = played(Number.POSITIVE_INFINITY, 1500 * S);
    const { times } = history;
    expect(times.length).toBeLessThanOrEqual(64);
    expect(times[0]).toBe(0);
    const gaps = times.slice(1).map((timeNs, ix) => timeNs - (times[ix] as number));
    const mean = (part: number[]): number => part.reduce((a, b) => a + b, 0) / part.length;
    expect(mean(gaps.slice(0, 8))).toBeGreaterThan(2 * mean(gaps.slice(-8)));
    expect(times.at(-1)).toBeGreaterThan(1490 * S);
  });

  it('keeps the beginning when not even one checkpoint fits', () => {
    const { history, simulation } = played(1000, 60 * S);
    expect(history.times).toEqual([0]);
    history.seek(30 * S);
    expect(simulation.digest).toBe(straight('order-pipeline', 30 * S));
  });
});
