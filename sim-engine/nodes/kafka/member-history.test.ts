// What a member went through is told by its host: a round in which it gives everything up counts as long as it owns nothing, one that leaves it
// what it has counts as nothing. Only so much is kept, and a copy of the run has it too.

import { describe, expect, it } from 'vitest';
import { insideOf } from '../../simulation/inside.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import { node, simulationOf, wire } from '../../testing/drawing.ts';
import type { InsideCell, Stretch } from '../../world/inside.ts';
import { TICK_NS } from '../../world/world.ts';
import { newMember, newOwned } from './consumer-member.ts';
import { enter, rebalancesOf, TURNS_MAX } from './member-history.ts';

const S = 1e9;

function drawn(assignor: string): Simulation {
  const consume = (to: string) =>
    wire('kafka-consume', 'readers', to, { delay: '1ms', offsetReset: 'earliest', assignor, heartbeatInterval: '500ms' });
  const simulation = simulationOf({
    nodes: [
      node('shop', 'sender', { arrivals: 'constant', rate: 50, keys: 20 }),
      node('kafka', 'kafka', { initialRebalanceDelay: '100ms' }),
      { ...node('orders', 'kafka-topic', { partitions: 4 }), parent: 'kafka' },
      { ...node('readers', 'kafka-group'), parent: 'kafka' },
      node('worker0', 'service', { work: { law: 'constant', value: '1ms' } }),
      node('worker1', 'service', { work: { law: 'constant', value: '1ms' } }),
    ],
    wires: [
      wire('kafka-produce', 'shop', 'orders', { delay: '1ms' }),
      wire('kafka-subscribe', 'orders', 'readers'),
      consume('worker0'),
      consume('worker1'),
    ],
  });
  simulation.advanceTo(8 * S);
  simulation.schedule(simulation.timeNs + TICK_NS, {
    type: 'edit',
    edits: [
      { type: 'addNode', node: node('worker2', 'service', { work: { law: 'constant', value: '1ms' } }) },
      { type: 'addWire', wire: consume('worker2') },
    ],
  });
  simulation.advanceTo(16 * S);
  return simulation;
}

function column(simulation: Simulation, id: string, table: string, key: string): readonly InsideCell[] {
  return insideOf(simulation, id)
    .filter(({ title }) => title === `inside.kafka-consumer.${table}.title`)
    .flatMap(({ columns, rows }) => rows.map((row) => row[columns.findIndex((one) => one.key === key)] ?? null));
}

const stretchesOf = (simulation: Simulation, id: string): readonly Stretch[] =>
  insideOf(simulation, id).flatMap(({ stretches, title }) =>
    title === 'inside.kafka-consumer.turns.title' ? (stretches ?? []) : [],
  );

describe('the rebalances of a member', () => {
  it('leave an eager one without partitions for the whole round, a cooperative one not for a moment', () => {
    const without = (simulation: Simulation) => column(simulation, 'worker0', 'rebalances', 'without').map(Number);
    const took = (simulation: Simulation) => column(simulation, 'worker0', 'rebalances', 'took').map(Number);
    const eager = drawn('range');
    expect(took(eager)[0]).toBeGreaterThan(0);
    expect(without(eager)[0]).toBe(took(eager)[0]);
    const cooperative = drawn('cooperative-sticky');
    // The round in which it gives one up, the round in which another gets it.
    expect(took(cooperative).length).toBeGreaterThan(took(eager).length);
    expect(without(cooperative).slice(0, 2)).toEqual([0, 0]);
    // Joining for the first time, both had nothing.
    expect(without(cooperative).at(-1)).toBe(took(cooperative).at(-1));
  });

  it('are told as stretches that follow each other without a gap, up to now', () => {
    const simulation = drawn('range');
    const stretches = stretchesOf(simulation, 'worker0');
    expect(stretches.at(-1)).toMatchObject({ untilNs: simulation.timeNs, look: 'on' });
    expect(stretches.slice(1).map(({ fromNs }) => fromNs)).toEqual(stretches.slice(0, -1).map(({ untilNs }) => untilNs));
    expect(stretches.map(({ look }) => look)).toContain('paused');
    expect(stretchesOf(drawn('cooperative-sticky'), 'worker0').map(({ look }) => look)).toContain('between');
  });

  it('are in a copy of the run', () => {
    const simulation = drawn('range');
    const saved = simulation.checkpoint();
    const told = insideOf(simulation, 'worker0');
    simulation.advanceTo(20 * S);
    simulation.restore(saved);
    expect(insideOf(simulation, 'worker0')).toEqual(told);
  });
});

describe('the history of a member', () => {
  it('forgets the oldest, and what took no time', () => {
    const member = newMember(0, 0, 0);
    for (let at = 0; at < 100; at++) enter(member, at % 2 === 0 ? 'joining' : 'stable', at);
    expect(member.turns).toHaveLength(TURNS_MAX);
    enter(member, 'out', 99);
    enter(member, 'joining', 99);
    // It joined at 98 and does so still.
    expect(member.turns.at(-1)).toMatchObject({ atNs: 98, stage: 'joining' });
  });

  it('counts only what it was without partitions for, as long as the round goes on', () => {
    const member = newMember(0, 0, 0);
    enter(member, 'joining', 0);
    member.owned.set('a-0', newOwned({ topic: 'a', partition: 0 }));
    enter(member, 'stable', 3);
    enter(member, 'joining', 10);
    member.owned.clear();
    enter(member, 'out', 14);
    expect(rebalancesOf(member.turns, 20, true)).toMatchObject([
      { fromNs: 0, tookNs: 3, withoutNs: 3, isOver: true, ownedBefore: 0, ownedAfter: 1 },
      { fromNs: 10, tookNs: 10, withoutNs: 6, isOver: false, ownedBefore: 1, ownedAfter: 0 },
    ]);
  });
});
