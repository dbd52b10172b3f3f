// Parts of a container are measured one by one, and what a container shows of them is not counted twice.

import { describe, expect, it } from 'vitest';
import { nodeKind } from '../nodes/declarations.ts';
import { FRAME, gaugesAt, LETTER, LETTER_STATE, LETTER_STRIDE, lettersAt } from '../protocol/frame.ts';
import { node, partsOf, simulationOf, wire } from '../testing/drawing.ts';
import { Measures } from './measures.ts';
import { Sampler } from './sampler.ts';

const S = 1e9;
const part = partsOf('rabbit');

/** Two kinds of orders, of which the second has no binding; two queues, of which one has a reader that holds three at once. */
function drawn() {
  return simulationOf({
    nodes: [
      node('shop', 'sender', { arrivals: 'constant', rate: 10 }),
      node('odd', 'sender', { arrivals: 'constant', rate: 5 }),
      node('rabbit', 'rabbitmq'),
      part('orders', 'rabbitmq-exchange', { type: 'fanout' }),
      part('lonely', 'rabbitmq-exchange', { type: 'topic' }),
      part('kept', 'rabbitmq-queue'),
      part('read', 'rabbitmq-queue'),
      node('worker', 'service', { work: { law: 'constant', value: '20s' }, concurrency: 1 }),
    ],
    wires: [
      wire('rabbitmq-publish', 'shop', 'orders'),
      wire('rabbitmq-publish', 'odd', 'lonely'),
      wire('binding', 'orders', 'kept'),
      wire('binding', 'orders', 'read'),
      wire('rabbitmq-consume', 'read', 'worker', { prefetch: 3 }),
    ],
  });
}

it('letters on their way to a consumer of a broker are first attempts, whatever their delivery tags', () => {
  const simulation = simulationOf({
    nodes: [
      node('shop', 'sender', { arrivals: 'constant', rate: 50 }),
      node('rabbit', 'rabbitmq'),
      part('work', 'rabbitmq-queue'),
      node('worker', 'service', { work: { law: 'constant', value: '1ms' } }),
    ],
    wires: [
      wire('rabbitmq-publish', 'shop', 'work'),
      wire('rabbitmq-consume', 'work', 'worker', { prefetch: 20, delay: '200ms' }),
    ],
  });
  const sampler = new Sampler(simulation);
  simulation.advanceTo(2 * S);
  const frame = sampler.sample();
  const { gaugeCount, nodes, wires } = sampler.layout;
  const from = lettersAt(gaugeCount, nodes.length, wires.length);
  const read = wires.findIndex(({ id }) => id === 'work-worker');
  const states = Array.from({ length: frame[FRAME.LETTER_COUNT] as number }, (_, ix) => from + ix * LETTER_STRIDE)
    .filter((at) => frame[at + LETTER.WIRE] === read && frame[at + LETTER.DIRECTION] === 1)
    .map((at) => frame[at + LETTER.STATE]);
  expect(states.length).toBeGreaterThan(3);
  expect(new Set(states)).toEqual(new Set([LETTER_STATE.WAITING]));
});

describe('the gauges of a part', () => {
  const simulation = drawn();
  const sampler = new Sampler(simulation);
  simulation.advanceTo(5 * S);
  const frame = sampler.sample();
  const gauge = (id: string, name: string): number => {
    const place = sampler.layout.nodes.find((one) => one.id === id);
    const at = nodeKind(place?.kind ?? '')?.gauges.findIndex((declared) => declared.name === name) ?? -1;
    if (place === undefined || at < 0) throw new Error(`no gauge ${name} of ${id}`);
    return frame[gaugesAt() + place.firstGauge + at] as number;
  };

  it('say what lies in each queue and who reads it', () => {
    expect(gauge('kept', 'ready')).toBeGreaterThan(40);
    expect([gauge('kept', 'in_flight'), gauge('kept', 'consumers')]).toEqual([0, 0]);
    expect([gauge('read', 'in_flight'), gauge('read', 'consumers')]).toEqual([3, 1]);
    expect(gauge('read', 'ready')).toBe(gauge('kept', 'ready') - 3);
    expect(gauge('read', 'queue_size')).toBe(gauge('kept', 'queue_size'));
    expect(gauge('kept', 'ready') + gauge('read', 'ready')).toBe(gauge('rabbit', 'ready'));
    expect(gauge('rabbit', 'in_flight')).toBe(3);
  });

  it('say what was published to each exchange, and what of it nobody took', () => {
    expect(gauge('orders', 'published')).toBe(gauge('kept', 'queue_size'));
    expect(gauge('orders', 'unroutable')).toBe(0);
    expect(gauge('lonely', 'published')).toBeGreaterThan(20);
    expect(gauge('lonely', 'unroutable')).toBe(gauge('lonely', 'published'));
    expect(gauge('rabbit', 'unroutable')).toBe(gauge('lonely', 'unroutable'));
  });

  it('are measures by the name of the part; their sum leaves out that of the container', () => {
    const measures = new Measures(simulation);
    const sizes = new Map(
      measures
        .get('queue_size')
        ?.series()
        .map(({ node: id, read }) => [id, read()]),
    );
    expect(sizes.get('kept')).toBe(gauge('kept', 'queue_size'));
    expect(measures.get('queue_size')?.total()).toBe(gauge('kept', 'queue_size') + gauge('read', 'queue_size'));
    expect(measures.get('unroutable')?.total()).toBe(gauge('lonely', 'unroutable'));
    expect(measures.get('connections')?.total()).toBe(3);
  });
});
