// Fetch sessions (KIP-227): a fetch names all that is wanted once, and then only what has changed, until one side has forgotten the other.

import { describe, expect, it } from 'vitest';
import { ledgerOf } from '../../simulation/ledger.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import { node, partsOf, simulationOf, wire } from '../../testing/drawing.ts';
import { TICK_NS } from '../../world/world.ts';
import type { Request, Response } from './protocol.ts';

const SECOND_NS = 1e9;
const PARTITIONS = 600;
const BROKERS = 3;

type Fetch = Extract<Request, { readonly api: 'fetch' }>;

const part = partsOf('kafka');
const consume = (worker: string) => wire('kafka-consume', 'readers', worker, { delay: '1ms', offsetReset: 'earliest' });

/** One worker reads a topic of many partitions; a shop writes so many records a second. */
function drawn(rate: number, limit = 0): Simulation {
  return simulationOf({
    nodes: [
      node('shop', 'sender', { arrivals: 'constant', rate, limit, keys: 1000 }),
      node('kafka', 'kafka', { brokers: BROKERS, initialRebalanceDelay: '100ms' }),
      part('orders', 'kafka-topic', { partitions: PARTITIONS }),
      part('readers', 'kafka-group'),
      node('worker0', 'service', { work: { law: 'constant', value: '1ms' } }),
    ],
    wires: [
      wire('kafka-produce', 'shop', 'orders', { delay: '1ms', linger: '0s' }),
      wire('kafka-subscribe', 'orders', 'readers'),
      consume('worker0'),
    ],
  });
}

/** Fetches and their answers from now on. */
function listenTo({ world: { payloads } }: Simulation) {
  const fetches: Fetch[] = [];
  const answers: Extract<Response, { readonly api: 'fetch' }>[] = [];
  const put = payloads.put.bind(payloads);
  payloads.put = (content) => {
    const said = content as Request | Response;
    if ('api' in said && said.api === 'fetch') {
      if ('epoch' in said) fetches.push({ ...said });
      else answers.push(said);
    }
    return put(content);
  };
  return { fetches, answers };
}
const named = (fetches: readonly Fetch[]): number => fetches.reduce((sum, { partitions }) => sum + partitions.length, 0);

describe('a fetch session', () => {
  it('begins with all partitions that the broker leads; while nothing comes a fetch names none', () => {
    const simulation = drawn(1, 1);
    const { fetches } = listenTo(simulation);
    simulation.advanceTo(20 * SECOND_NS);
    const first = fetches.filter(({ epoch }) => epoch === 0);
    expect(first.map(({ partitions }) => partitions.length)).toEqual(Array(BROKERS).fill(PARTITIONS / BROKERS));
    // The one record changes the place of one partition.
    expect(named(fetches.filter(({ epoch }) => epoch > 0))).toBeLessThanOrEqual(1);
    expect(fetches.length).toBeGreaterThan(50);
  });

  it('says of each record that was read where it goes on, and nothing else', () => {
    const simulation = drawn(200, 2000);
    const { fetches } = listenTo(simulation);
    simulation.advanceTo(30 * SECOND_NS);
    expect(ledgerOf(simulation.world).delivery.processed).toBe(2000);
    const after = named(fetches.filter(({ epoch }) => epoch > 0));
    expect(after).toBeGreaterThan(500);
    expect(after).toBeLessThanOrEqual(2000);
  });

  it('that a broker has lost is begun anew with everything, and nothing is read twice', () => {
    const simulation = drawn(100, 2000);
    const { fetches } = listenTo(simulation);
    simulation.advanceTo(5 * SECOND_NS);
    const down = (value: string) =>
      simulation.schedule(simulation.timeNs + TICK_NS, { type: 'setParam', target: 'kafka', field: 'brokersDown', value });
    down('2');
    simulation.advanceTo(7 * SECOND_NS);
    down('');
    const before = fetches.length;
    simulation.advanceTo(60 * SECOND_NS);
    const again = fetches.slice(before).filter(({ epoch }) => epoch === 0);
    expect(again.map(({ partitions }) => partitions.length)).toEqual([PARTITIONS / BROKERS]);
    expect(ledgerOf(simulation.world).delivery.processed).toBe(2000);
    expect(simulation.world.oracle.duplicateEffects).toBe(0);
  });

  it('is told which partitions are not wanted any more', () => {
    const simulation = drawn(100);
    const { fetches } = listenTo(simulation);
    simulation.advanceTo(5 * SECOND_NS);
    simulation.schedule(simulation.timeNs + TICK_NS, {
      type: 'edit',
      edits: [
        { type: 'addNode', node: node('worker1', 'service', { work: { law: 'constant', value: '1ms' } }) },
        { type: 'addWire', wire: consume('worker1') },
      ],
    });
    const before = fetches.length;
    simulation.advanceTo(20 * SECOND_NS);
    const forgotten = fetches.slice(before).reduce((sum, one) => sum + one.forgotten.length, 0);
    // An eager member gives up all it has, but for what it had at hand.
    expect(forgotten).toBeGreaterThan(PARTITIONS * 0.9);
    expect(forgotten).toBeLessThanOrEqual(PARTITIONS);
    expect(simulation.world.oracle.duplicateEffects).toBe(0);
  });

  it('of which the broker knows nothing is refused by an answer without a session', () => {
    const simulation = drawn(100, 1500);
    const { answers, fetches } = listenTo(simulation);
    simulation.advanceTo(5 * SECOND_NS);
    // The client believes that it has said more than the broker has heard.
    const worker = simulation.assembly.actorsOfNode('worker0')[0]?.ix as number;
    const actor = simulation.world.actors[worker] as unknown as { statefulParts(): readonly unknown[] };
    interface Client {
      readonly state: { readonly members?: readonly { readonly sessions: readonly { epoch: number }[] }[] };
    }
    for (const one of actor.statefulParts() as readonly (Client | null)[])
      for (const { sessions } of one?.state.members ?? []) for (const session of sessions) session.epoch += 5;
    simulation.advanceTo(40 * SECOND_NS);
    expect(answers.some(({ session }) => session === 0)).toBe(true);
    expect(fetches.filter(({ epoch }) => epoch === 0).length).toBeGreaterThan(BROKERS);
    expect(ledgerOf(simulation.world).delivery.processed).toBe(1500);
    expect(simulation.world.oracle.duplicateEffects).toBe(0);
  });
});
