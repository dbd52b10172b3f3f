// What is kept for people to look at: journeys of chosen messages and notices, in rings of a stated size.

import { describe, expect, it } from 'vitest';
import { Arena } from '../kernel/arena.ts';
import { followMessage, journeyOf } from '../simulation/journeys.ts';
import { node, type ParamsDocument, simulationOf, wire } from '../testing/drawing.ts';
import { JOURNEY_STOPS, NOTICES_MAX, Notices, stopNumber, TRACE_ENTRIES, Trace } from './trace.ts';

const LINE = {
  nodes: [
    node('shop', 'sender', { arrivals: 'constant', rate: 10 }),
    node('orders', 'queue'),
    node('worker', 'service', { work: { law: 'constant', value: '10ms' }, failFirst: 1, retry: 'fixed', retryBase: '1s' }),
  ],
  wires: [wire('publish', 'shop', 'orders', { delay: '5ms' }), wire('deliver', 'orders', 'worker', { delay: '5ms' })],
};
const told = (simulation: ReturnType<typeof simulationOf>, number: number) =>
  journeyOf(simulation, 'shop', number).map(({ what, where, attempt, atNs }) => `${what} ${where} ${attempt} ${atNs / 1e6}`);

describe('the journey of a message', () => {
  it('is written from its beginning to its end, if it was chosen beforehand', () => {
    const simulation = simulationOf(LINE);
    followMessage(simulation, 'shop', 3);
    simulation.advanceTo(5e9);
    expect(told(simulation, 3)).toEqual([
      'journey.sent shop 1 300',
      'journey.accepted orders 0 305',
      'journey.delivered orders 1 305',
      'journey.begun worker 1 310',
      'journey.failed worker 1 320',
      'journey.delayed orders 1 325',
      'journey.delivered orders 2 1325',
      'journey.begun worker 2 1330',
      'journey.processed worker 2 1340',
      'journey.acknowledged orders 2 1345',
    ]);
    expect(told(simulation, 2)).toEqual([]);
  });

  it('is written from now on, if it was chosen on its way', () => {
    const simulation = simulationOf(LINE);
    simulation.advanceTo(315e6);
    followMessage(simulation, 'shop', 3);
    simulation.advanceTo(5e9);
    expect(told(simulation, 3)[0]).toBe('journey.failed worker 1 320');
    expect(told(simulation, 3)).toHaveLength(6);
  });

  it('says at its end why it ended there: on a wire, in a channel, with a worker, among the dead letters', () => {
    const ends = (
      settings: ParamsDocument,
      command: Parameters<ReturnType<typeof simulationOf>['command']>[0],
      wires: readonly object[] = [],
    ) => {
      const [shop, , worker] = LINE.nodes;
      const nodes = [shop, node('orders', 'queue', settings), worker, node('dead', 'dead-letter-queue')];
      const simulation = simulationOf({ ...LINE, nodes, wires: [...LINE.wires, ...wires] } as typeof LINE, { traceEvery: 1 });
      simulation.advanceTo(1e9);
      expect(simulation.command(command, 'nanosecond')).toEqual([]);
      simulation.advanceTo(5e9);
      const of = new Set(simulation.world.trace.entries().map(({ number }) => number));
      const last = [...of].flatMap((number) => journeyOf(simulation, 'shop', number).slice(-1));
      return new Set(last.map(({ what, where, reason }) => `${what} ${where} ${reason}`));
    };
    const burst = { type: 'burst', node: 'shop', count: 200, overNs: 1e9 } as const;
    expect(ends({}, { type: 'cut', wire: 'shop-orders' })).toContain('journey.lost shop-orders cut');
    expect(ends({}, { type: 'removeNode', node: 'orders' })).toContain('journey.lost orders removed');
    expect(ends({ capacity: 5, overflow: 'refuse' }, burst)).toContain('journey.refused orders full');
    expect(ends({ capacity: 5, overflow: 'drop-oldest' }, burst)).toContain('journey.dropped orders overflow');
    const toDead = wire('dead-letter', 'orders', 'dead');
    expect(ends({ maxAttempts: 1 }, burst, [toDead])).toContain('journey.dead-lettered dead max-attempts');
    // A stop that ends nothing has none.
    expect(ends({}, burst)).toContain('journey.acknowledged orders none');
  });

  it('of every n-th message is written unasked', () => {
    const simulation = simulationOf(LINE, { traceEvery: 4 });
    simulation.advanceTo(2e9);
    const followed = new Set(simulation.world.trace.entries().map(({ number }) => number));
    expect([...followed]).toEqual([1, 5, 9, 13, 17]);
  });

  it('goes when 16,384 newer stops were written', () => {
    const trace = new Trace(new Arena());
    const sent = stopNumber('sent');
    for (let number = 1; number <= TRACE_ENTRIES + 10; number++) trace.write(Float64Array.of(number), 1, number, sent, 2, 1);
    const entries = trace.entries();
    expect(entries).toHaveLength(TRACE_ENTRIES);
    expect([entries[0]?.number, entries.at(-1)?.number]).toEqual([11, TRACE_ENTRIES + 10]);
    expect(trace.journey(1, 10)).toEqual([]);
    expect(trace.journey(1, 11)).toEqual([{ atNs: 11, sender: 1, number: 11, stop: 'sent', place: 2, attempt: 1, reason: 0 }]);
  });

  it('is there again after a return to a copy, and what came after the copy is not', () => {
    const arena = new Arena();
    const trace = new Trace(arena);
    const write = (number: number) => trace.write(Float64Array.of(number), 1, number, number % JOURNEY_STOPS.length, 2, 1);
    for (let number = 1; number <= 40; number++) write(number);
    const copy = arena.save();
    const before = trace.entries();
    for (let number = 41; number <= 90; number++) write(number);
    arena.load(copy);
    expect(trace.entries()).toEqual(before);
  });
});

describe('notices', () => {
  it('are kept in order, the last thousand of them, and counted from the first', () => {
    const notices = new Notices(new Arena());
    for (let i = 0; i < NOTICES_MAX + 5; i++) notices.write({ atNs: i, key: 'notice.crashed', values: {}, about: `node ${i}` });
    expect(notices.written).toBe(NOTICES_MAX + 5);
    expect(notices.since(0)).toHaveLength(NOTICES_MAX);
    expect(notices.since(0)[0]?.about).toBe('node 5');
    expect(notices.since(NOTICES_MAX + 3).map(({ about }) => about)).toEqual([
      `node ${NOTICES_MAX + 3}`,
      `node ${NOTICES_MAX + 4}`,
    ]);
    expect(notices.since(NOTICES_MAX + 5)).toEqual([]);
  });

  it('are those of a copy after a return to it', () => {
    const arena = new Arena();
    const notices = new Notices(arena);
    const write = (about: string) => notices.write({ atNs: 1, key: 'notice.crashed', values: {}, about });
    write('a');
    const copy = arena.save();
    write('b');
    arena.load(copy);
    write('c');
    expect(notices.since(0).map(({ about }) => about)).toEqual(['a', 'c']);
    expect(notices.written).toBe(2);
  });
});
