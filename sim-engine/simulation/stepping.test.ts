// Moving a run on: by events, messages and ticks, with commands at their moments, up to the bounds at which it stops by itself.

import { describe, expect, it } from 'vitest';
import { INSTANT, lasting, node, simulationOf, wire } from '../testing/drawing.ts';
import { lineText, runOf, scenarioText } from '../testing/run-fixtures.ts';
import { Story } from '../testing/story.ts';
import { INSTANT_EVENTS_MAX, MESSAGES_MAX } from '../world/world.ts';
import type { Command } from './commands.ts';
import { ledgerOf } from './ledger.ts';

const S = 1e9;
const MS = 1e6;

/** Two messages, at 1.5 ms and 7 ms; each takes 2 ms of work. */
const two = () =>
  runOf(
    lineText({
      sender: { arrivals: 'times', times: ['1500us', '7ms'] },
      worker: { work: lasting('2ms') },
      wires: INSTANT,
    }),
  );

describe('a step', () => {
  it('of one event handles exactly one, and stands at its time', () => {
    const simulation = two();
    const times: number[] = [];
    while (simulation.stepEvent(8 * MS)) {
      expect(simulation.world.events).toBe(times.length + 1);
      times.push(simulation.timeNs);
    }
    // The worker says that it has room; then twice: it is time, the message arrives, it is delivered, the work ends, the receipt arrives.
    expect(times.map((ns) => ns / MS)).toEqual([0, 1.5, 1.5, 1.5, 3.5, 3.5, 7, 7, 7, 9, 9]);
    expect(simulation.timeNs).toBe(17 * MS);
  });

  it('of one event goes no further than it may, and says so', () => {
    const simulation = two();
    simulation.advanceTo(4 * MS);
    const { events } = simulation.world;
    expect(simulation.stepEvent(2 * MS)).toBe(false);
    expect([simulation.timeNs, simulation.world.events]).toEqual([6 * MS, events]);
    expect(simulation.stepEvent(2 * MS)).toBe(true);
    expect([simulation.timeNs, simulation.world.events]).toEqual([7 * MS, events + 1]);
  });

  it('of one message goes on until one more is settled: worked off', () => {
    const simulation = two();
    expect(simulation.stepMessage(S)).toBe(true);
    expect(simulation.timeNs).toBe(3.5 * MS);
    expect(ledgerOf(simulation.world).delivery.processed).toBe(1);
    expect(simulation.stepMessage(S)).toBe(true);
    expect(simulation.timeNs).toBe(9 * MS);
    expect(simulation.stepMessage(S)).toBe(false);
    expect(simulation.timeNs).toBe(9 * MS + S);
  });

  it('of one message: or given up', () => {
    const simulation = runOf(
      lineText({
        sender: { arrivals: 'times', times: ['0s'] },
        worker: { work: lasting('2ms'), failure: 1, retry: 'fixed', retryBase: '1s', maxAttempts: 3 },
        wires: INSTANT,
      }),
    );
    expect(simulation.stepMessage(60 * S)).toBe(true);
    expect(simulation.timeNs).toBe(2006 * MS);
    simulation.advanceTo(2007 * MS);
    expect(ledgerOf(simulation.world).delivery.deadLettered).toBe(1);
  });

  it('of one tick goes to its end, from wherever in it', () => {
    const simulation = two();
    simulation.stepTick();
    expect(simulation.timeNs).toBe(MS);
    simulation.stepEvent(S);
    expect(simulation.timeNs).toBe(1.5 * MS);
    simulation.stepTick();
    expect(simulation.timeNs).toBe(2 * MS);
    simulation.stepTick();
    expect(simulation.timeNs).toBe(3 * MS);
  });

  it('is nothing while the run stands still: looking at a paused run moves nothing', () => {
    const simulation = two();
    simulation.advanceTo(5 * MS);
    const { digest } = simulation;
    for (let i = 0; i < 3; i++) expect(simulation.advanceTo(5 * MS)).toBe('limit');
    expect([simulation.timeNs, simulation.digest]).toEqual([5 * MS, digest]);
  });

  it('stops for a budget in the middle of an instant and goes on there', () => {
    const simulation = two();
    expect(simulation.advanceTo(S, 3)).toBe('budget');
    expect([simulation.timeNs, simulation.world.events]).toEqual([1.5 * MS, 3]);
    expect(simulation.advanceTo(S, 3)).toBe('budget');
    expect([simulation.timeNs, simulation.world.events]).toEqual([3.5 * MS, 6]);
    expect(simulation.advanceTo(S)).toBe('limit');
  });
});

describe('a command', () => {
  const crash: Command = { type: 'crash', node: 'worker' };

  it('applies at the next tick of a run that moves, at the next nanosecond of one that hardly does', () => {
    const moving = two();
    moving.advanceTo(2.25 * MS);
    expect(moving.command(crash, 'tick')).toEqual([]);
    expect(moving.log).toEqual([{ atNs: 3 * MS, command: crash }]);
    expect(moving.timeNs).toBe(3 * MS);
    const standing = two();
    standing.advanceTo(2 * MS);
    expect(standing.command(crash, 'nanosecond')).toEqual([]);
    expect(standing.log).toEqual([{ atNs: 2 * MS + 1, command: crash }]);
    // Also on a tick the next one is meant: events of this one may have been handled already.
    expect(two().command(crash, 'tick')).toEqual([]);
  });

  it('comes before the events of its instant', () => {
    const simulation = two();
    // The work would end at 3.5 ms.
    simulation.schedule(3.5 * MS, crash);
    simulation.advanceTo(5 * MS);
    expect(ledgerOf(simulation.world).delivery.processed).toBe(0);
    const later = two();
    later.schedule(3.5 * MS + 1, crash);
    later.advanceTo(5 * MS);
    expect(ledgerOf(later.world).delivery.processed).toBe(1);
  });

  it('comes after those that were given for the same instant before it', () => {
    const both = (first: Command, second: Command) => {
      const simulation = two();
      simulation.schedule(2 * MS, first);
      simulation.schedule(2 * MS, second);
      // What is scheduled for earlier goes before them, whenever it was said.
      simulation.schedule(MS, { type: 'setParam', target: 'worker', field: 'concurrency', value: 4 });
      simulation.advanceTo(3 * MS);
      return simulation.world.notices.since(0).map(({ key }) => key);
    };
    expect(both(crash, { type: 'restart', node: 'worker' })).toEqual(['notice.crashed', 'notice.restarted']);
    expect(both({ type: 'restart', node: 'worker' }, crash)).toEqual(['notice.crashed']);
  });

  it('that makes no sense is refused with a problem, and nothing happened', () => {
    const simulation = two();
    simulation.advanceTo(2 * MS);
    const { digest } = simulation;
    const problems: readonly (readonly [Command, string])[] = [
      [{ type: 'crash', node: 'nobody' }, 'command-unknown-node'],
      [{ type: 'cut', wire: 'nothing' }, 'command-unknown-wire'],
      [{ type: 'cut', wire: 'worker' }, 'command-unknown-wire'],
      [{ type: 'burst', node: 'orders', count: 5 }, 'command-wrong-kind'],
      [{ type: 'poison', node: 'worker', share: 0.5 }, 'command-wrong-kind'],
      [{ type: 'redrive', node: 'worker' }, 'command-wrong-kind'],
    ];
    for (const [command, code] of problems)
      expect(simulation.command(command, 'tick').map((problem) => problem.code)).toEqual([code]);
    expect([simulation.timeNs, simulation.digest, simulation.log]).toEqual([2 * MS, digest, []]);
  });

  it('of a scenario that makes no sense when its time comes is noted, and the run goes on', () => {
    const story = new Story({
      nodes: [node('shop', 'sender', { arrivals: 'constant', rate: 10 }), node('orders', 'queue')],
      wires: [wire('publish', 'shop', 'orders', INSTANT)],
      commands: [
        { at: '1s', do: 'remove shop' },
        { at: '2s', do: 'crash shop' },
      ],
    });
    const { simulation } = story;
    simulation.advanceTo(3 * S);
    expect(simulation.refused.map(({ atNs, problems }) => [atNs, problems.map(({ code }) => code)])).toEqual([
      [2 * S, ['command-unknown-node']],
    ]);
    expect(story.notices().map(({ key, atNs }) => [key, atNs])).toEqual([['notice.command-refused', 2 * S]]);
  });

  it('stands in the log, and the log played again is the same run', () => {
    const given: readonly Command[] = [
      { type: 'crash', node: 'worker-1', forNs: 4 * S },
      { type: 'slow', node: 'worker-2', factor: 2.5 },
      { type: 'lose', wire: 'checkout-orders', share: 0.2, forNs: 3 * S },
      { type: 'setParam', target: 'worker-3', field: 'concurrency', value: 2 },
      { type: 'removeNode', node: 'worker-2' },
      { type: 'burst', node: 'mobile', count: 20, overNs: S },
    ];
    const byHand = runOf(scenarioText('order-pipeline'), { seed: 7 });
    given.forEach((command, ix) => {
      byHand.advanceTo((3 + 2.7 * ix) * S);
      expect(byHand.command(command, ix % 2 === 0 ? 'tick' : 'nanosecond')).toEqual([]);
    });
    byHand.advanceTo(30 * S);
    expect(byHand.log).toHaveLength(given.length);
    const again = runOf(scenarioText('order-pipeline'), { seed: 7, log: byHand.log });
    again.advanceTo(30 * S);
    expect(again.digest).toBe(byHand.digest);
    expect(again.log).toEqual(byHand.log);
    expect(ledgerOf(again.world)).toEqual(ledgerOf(byHand.world));
  });
});

describe('a run stops by itself', () => {
  it('where messages go round in one instant, and names who', () => {
    const story = new Story(
      {
        nodes: [node('shop', 'sender', { arrivals: 'gaps', gaps: lasting('0s') }), node('orders', 'queue')],
        wires: [wire('publish', 'shop', 'orders', INSTANT)],
      },
      { traceEvery: 0 },
    );
    const { simulation } = story;
    expect(simulation.advanceTo(S)).toBe('stopped');
    expect(simulation.stopped).toEqual({ key: 'notice.loop', values: { nodes: 'orders, shop', limit: INSTANT_EVENTS_MAX } });
    expect(simulation.timeNs).toBe(0);
    expect(simulation.world.events).toBe(INSTANT_EVENTS_MAX);
    expect(ledgerOf(simulation.world).balances).toBe(true);
  });

  it('at a moment between two events, to which a replay comes by its time and its count of events', () => {
    const drawing = {
      nodes: [node('shop', 'sender', { arrivals: 'gaps', gaps: lasting('0s') }), node('orders', 'queue')],
      wires: [wire('publish', 'shop', 'orders', INSTANT)],
    };
    const first = simulationOf(drawing);
    first.advanceTo(S);
    const again = simulationOf(drawing);
    again.advanceTo(first.timeNs);
    again.advanceWithin(first.world.events - 1);
    expect([again.stopped, again.world.events]).toEqual([null, first.world.events - 1]);
    again.advanceWithin(first.world.events);
    expect([again.stopped, again.timeNs, again.digest]).toEqual([first.stopped, first.timeNs, first.digest]);
    // What the instant has not got is not waited for.
    const calm = simulationOf({ nodes: drawing.nodes.slice(1), wires: [] });
    calm.advanceWithin(5);
    expect([calm.timeNs, calm.world.events]).toEqual([0, 0]);
  });

  it('at the same event whatever the budget, and not for many events in many instants', () => {
    const drawing = (gap: string) => ({
      nodes: [node('shop', 'sender', { arrivals: 'gaps', gaps: lasting(gap) }), node('orders', 'queue')],
      wires: [wire('publish', 'shop', 'orders', INSTANT)],
    });
    const inPieces = simulationOf(drawing('0s'));
    while (inPieces.advanceTo(S, 777) === 'budget');
    const atOnce = simulationOf(drawing('0s'));
    atOnce.advanceTo(S);
    expect([inPieces.world.events, inPieces.digest]).toEqual([atOnce.world.events, atOnce.digest]);
    const slow = simulationOf(drawing('1ns'));
    expect(slow.advanceTo(2 * INSTANT_EVENTS_MAX)).toBe('limit');
    expect(slow.world.events).toBeGreaterThan(2 * INSTANT_EVENTS_MAX);
  });

  it('and then takes no command and goes no further, until it is put back to before', () => {
    const simulation = runOf(lineText({ sender: { arrivals: 'constant', rate: 1 }, wires: INSTANT }));
    simulation.advanceTo(S / 2);
    const checkpoint = simulation.checkpoint();
    simulation.schedule(2 * S, { type: 'burst', node: 'shop', count: INSTANT_EVENTS_MAX });
    expect(simulation.advanceTo(5 * S)).toBe('stopped');
    const { timeNs, digest } = simulation;
    expect(timeNs).toBe(2 * S);
    expect(simulation.advanceTo(9 * S)).toBe('stopped');
    expect(simulation.stepEvent(S)).toBe(false);
    expect(simulation.command({ type: 'crash', node: 'shop' }, 'tick').map(({ code }) => code)).toEqual(['run-stopped']);
    expect([simulation.timeNs, simulation.digest, simulation.log.length]).toEqual([timeNs, digest, 1]);
    simulation.restore(checkpoint);
    expect(simulation.stopped).toBeNull();
    expect(simulation.advanceTo(5 * S)).toBe('limit');
    expect(ledgerOf(simulation.world).publish.sent).toBe(4);
  });

  it('with more messages under way than it may hold', () => {
    const story = new Story(
      {
        nodes: [node('shop', 'sender', { arrivals: 'bursts', burstSize: 50_000, burstEvery: '1ms' }), node('orders', 'queue')],
        wires: [wire('publish', 'shop', 'orders', INSTANT)],
      },
      { traceEvery: 0 },
    );
    const { simulation } = story;
    expect(simulation.advanceTo(S)).toBe('stopped');
    expect(simulation.stopped).toEqual({ key: 'notice.bound.messages', values: { limit: MESSAGES_MAX } });
    // Looked at once a tick, so that it may be passed by what two ticks bring.
    const { sent } = ledgerOf(simulation.world).publish;
    expect(sent).toBeGreaterThan(MESSAGES_MAX);
    expect(sent).toBeLessThanOrEqual(MESSAGES_MAX + 100_000);
  });
});

describe('going on to where a run stands already', () => {
  it('does nothing, also right after a command and with an event due at that very moment', () => {
    const digestOf = (looksAgain: boolean): string => {
      const simulation = simulationOf({
        nodes: [
          node('shop', 'sender', { arrivals: 'constant', rate: 10 }),
          node('orders', 'queue'),
          node('worker', 'service', { work: lasting('50ms') }),
        ],
        wires: [wire('publish', 'shop', 'orders', INSTANT), wire('deliver', 'orders', 'worker', INSTANT)],
      });
      simulation.advanceTo(99.5 * MS);
      simulation.command({ type: 'setParam', target: 'worker', field: 'concurrency', value: 3 }, 'tick');
      if (looksAgain) expect(simulation.advanceTo(simulation.timeNs)).toBe('limit');
      simulation.advanceTo(2 * S);
      return simulation.digest;
    };
    expect(digestOf(true)).toBe(digestOf(false));
  });
});
