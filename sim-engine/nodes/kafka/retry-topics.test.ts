// What a group fails at goes on to another topic: when it is read again, how often at most, where it ends, and what the books say of it (K36).

import { describe, expect, it } from 'vitest';
import { ledgerOf } from '../../simulation/ledger.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import { node, type ParamsDocument, partsOf, simulationOf, wire } from '../../testing/drawing.ts';
import { CHECKERS } from '../../testing/fuzzer/checkers.ts';
import { gaugeOf, give, runTo } from '../../testing/running.ts';
import type { WireDocument } from '../../topology/document.ts';

const SECOND_NS = 1e9;
const part = partsOf('kafka');
const consume = (from: string, params: ParamsDocument = {}) =>
  wire('kafka-consume', from, 'worker', { delay: '1ms', offsetReset: 'earliest', ...params });
const passOn = (from: string, to: string, params: ParamsDocument = {}) => wire('kafka-pass-on', from, to, params);

interface Chain {
  readonly limit?: number;
  readonly worker?: ParamsDocument;
  readonly shop?: ParamsDocument;
  readonly consumes?: ParamsDocument;
  /** Waits before the second, third attempt and so on. */
  readonly delays?: readonly string[];
  readonly keepsDead?: boolean;
  readonly wires?: readonly WireDocument[];
}

/** Journeys are kept for whoever asks when work began. */
const TRACED = { traceEvery: 1, traceEntries: 1 << 14 };

/** A shop, its topic, a retry topic for each wait and one for dead letters, and one worker who reads all but the last. */
function chain({
  consumes = {},
  delays = ['1s', '2s'],
  keepsDead = true,
  limit = 20,
  shop = {},
  wires = [],
  worker = {},
}: Chain = {}) {
  const topics = ['orders', ...delays.map((delay) => `orders-retry-${delay}`)];
  return simulationOf(
    {
      nodes: [
        node('shop', 'sender', { arrivals: 'constant', rate: 20, keys: 5, limit, ...shop }),
        node('kafka', 'kafka'),
        ...topics.map((topic) => part(topic, 'kafka-topic', { partitions: 2 })),
        ...topics.map((_, i) => part(`group-${i}`, 'kafka-group')),
        part('orders-dlt', 'kafka-topic'),
        node('worker', 'service', {
          work: { law: 'constant', value: '5ms' },
          concurrency: 1,
          retry: 'fixed',
          retryBase: '0s',
          maxAttempts: 0,
          ...worker,
        }),
      ],
      wires: [
        wire('kafka-produce', 'shop', 'orders', { delay: '1ms' }),
        ...topics.map((topic, i) => wire('kafka-subscribe', topic, `group-${i}`)),
        ...topics.map((_, i) => consume(`group-${i}`, { commit: 'after', ...consumes })),
        ...delays.map((delay, i) => passOn(`group-${i}`, `orders-retry-${delay}`, { delay })),
        ...(keepsDead ? [passOn(`group-${delays.length}`, 'orders-dlt', { as: 'dead-letter' })] : []),
        ...wires,
      ],
    },
    TRACED,
  );
}

/** Times at which work on each message began, s. */
function begunOf({ world: { trace } }: Simulation): ReadonlyMap<number, readonly number[]> {
  const begun = new Map<number, number[]>();
  for (const { atNs, number, stop } of trace.entries())
    if (stop === 'begun') begun.set(number, [...(begun.get(number) ?? []), atNs / 1e9]);
  return begun;
}

describe('what a group fails at', () => {
  it('is tried again out of the retry topic, and others pass meanwhile', () => {
    const simulation = chain({ worker: { failFirst: 1 } });
    const { delivery, publish } = runTo(simulation, 15);
    expect([publish.accepted, delivery.processed, delivery.owed]).toEqual([20, 20, 20]);
    expect(gaugeOf(simulation, 'orders-retry-1s', 'appended')).toBe(20);
    expect(gaugeOf(simulation, 'orders-retry-2s', 'appended')).toBe(0);
  });

  it('ends with the dead letters after the last retry topic, and rests there', () => {
    const simulation = chain({ worker: { failure: 1, maxAttempts: 3 } });
    const { delivery } = runTo(simulation, 15);
    expect([delivery.deadLettered, delivery.processed, delivery.lost]).toEqual([20, 0, 0]);
    expect(gaugeOf(simulation, 'orders-dlt', 'appended')).toBe(20);
    expect(gaugeOf(simulation, 'worker', 'failed')).toBe(60);
  });

  it('is never tried again before it is due, and each record as often as the chain is long (K36)', () => {
    const simulation = chain({ worker: { failure: 1, maxAttempts: 3 }, limit: 60 });
    runTo(simulation, 20);
    const begun = [...begunOf(simulation).values()];
    expect(begun).toHaveLength(60);
    for (const times of begun) {
      expect(times).toHaveLength(3);
      const [first, second, last] = times as [number, number, number];
      expect(second - first).toBeGreaterThan(1);
      expect(last - second).toBeGreaterThan(2);
    }
  });

  it('is overtaken by those of its key that came after it', () => {
    const simulation = chain({ worker: { failFirst: 0 }, shop: { poison: 0.3, keys: 1 }, limit: 60 });
    runTo(simulation, 4);
    give(simulation, { type: 'setParam', target: 'worker', field: 'poison', value: 'ignored' });
    runTo(simulation, 20);
    expect(simulation.world.oracle.orderBreaks).toBeGreaterThan(0);
    expect(ledgerOf(simulation.world).delivery.processed).toBe(60);
  });

  it('waits for none of another partition, but for those before it', () => {
    // The wait of the records before it has been made shorter: what is due sooner lies behind what is due later.
    const simulation = chain({ delays: ['8s'], worker: { failFirst: 1 }, shop: { keys: 1, limit: 200 } });
    runTo(simulation, 6);
    give(simulation, { type: 'setParam', target: 'group-0-orders-retry-8s', field: 'delay', value: '100ms' });
    runTo(simulation, 30);
    const begun = [...begunOf(simulation)].sort(([a], [b]) => a - b).map(([, times]) => times as [number, number]);
    const waits = begun.map(([first, second]) => second - first);
    expect(waits.filter((wait) => wait > 8).length).toBeGreaterThan(5);
    // The last ones were due after a tenth of a second.
    expect(waits.at(-1)).toBeGreaterThan(2);
    expect(waits.at(-1)).toBeLessThan(8);
  });

  it('is doubled by no answer that is lost on the way, since what is published is numbered', () => {
    // A cut holds up what is on the wire: at one of these moments, an answer. Who hears nothing for thirty seconds sends again.
    for (let after = 0; after < 4; after++) {
      const simulation = chain({
        worker: { failFirst: 1 },
        consumes: { delay: '100ms', maxPollRecords: 1, sessionTimeout: '2min' },
        limit: 20,
      });
      runTo(simulation, 5 + 0.053 * after);
      give(simulation, { type: 'cut', wire: 'group-0-worker', forNs: 35 * SECOND_NS });
      const { delivery } = runTo(simulation, 90);
      expect([delivery.processed, delivery.owed]).toEqual([20, 20]);
      expect(gaugeOf(simulation, 'orders-retry-1s', 'appended')).toBe(20);
    }
  });

  it('comes again after a crash between publishing and commit: at least once (K36)', () => {
    const slow = { commit: 'after', commitEvery: 0, maxPollRecords: 500 };
    const simulation = chain({ consumes: slow, worker: { failFirst: 1, work: { law: 'constant', value: '100ms' } }, limit: 100 });
    runTo(simulation, 5);
    give(simulation, { type: 'crash', node: 'worker', forNs: SECOND_NS });
    const { delivery } = runTo(simulation, 120);
    expect([delivery.processed, delivery.lost]).toEqual([100, 0]);
    expect(simulation.world.oracle.duplicateEffects).toBeGreaterThan(0);
  });

  it('goes to no topic at all without a wire to one', () => {
    const simulation = chain({ delays: [], keepsDead: false, worker: { failure: 1, maxAttempts: 2 } });
    const { delivery } = runTo(simulation, 10);
    expect([delivery.dropped, delivery.deadLettered]).toEqual([20, 0]);
    expect(gaugeOf(simulation, 'worker', 'failed')).toBe(40);
  });

  it('that was given up at once goes to the dead letters, past all retries', () => {
    const simulation = chain({
      worker: { failure: 1, retry: 'none' },
      wires: [passOn('group-0', 'orders-dlt', { as: 'dead-letter' })],
    });
    const { delivery } = runTo(simulation, 10);
    expect(delivery.deadLettered).toBe(20);
    expect(gaugeOf(simulation, 'orders-retry-1s', 'appended')).toBe(0);
  });

  it('is tried again where it is when its retry topic is taken away under it', () => {
    const simulation = chain({ worker: { failFirst: 2 }, limit: 60 });
    runTo(simulation, 3.1);
    give(simulation, { type: 'removeNode', node: 'orders-retry-1s' });
    const { delivery } = runTo(simulation, 40);
    expect(delivery.processed + delivery.lost).toBe(60);
    expect(delivery.processed).toBeGreaterThan(20);
  });
});

describe('dead letters', () => {
  it('are owed again when a group comes to read their topic, and rest again when it goes', () => {
    const simulation = chain({ worker: { failure: 1, maxAttempts: 3 } });
    runTo(simulation, 12);
    const edits = [
      { type: 'addNode', node: part('repair', 'kafka-group') },
      { type: 'addNode', node: node('people', 'service', { concurrency: 1, work: { law: 'constant', value: '1s' } }) },
      { type: 'addWire', wire: wire('kafka-subscribe', 'orders-dlt', 'repair') },
      {
        type: 'addWire',
        wire: wire('kafka-consume', 'repair', 'people', { offsetReset: 'earliest', commit: 'after', maxPollRecords: 1 }),
      },
    ] as const;
    give(simulation, { type: 'edit', edits: [...edits] });
    const some = runTo(simulation, 25).delivery;
    expect(some.processed).toBeGreaterThan(4);
    expect(some.owed).toBe(20);
    give(simulation, { type: 'removeNode', node: 'repair' });
    const { delivery } = runTo(simulation, 30);
    expect(delivery.deadLettered).toBe(20 - delivery.processed - delivery.lost);
    expect(delivery.lost).toBeLessThanOrEqual(1);
  });

  it('go when retention takes them', () => {
    const simulation = chain({ worker: { failure: 1, maxAttempts: 3 } });
    for (const [field, value] of [
      ['retentionTime', '5s'],
      ['segmentTime', '1s'],
    ] as const)
      give(simulation, { type: 'setParam', target: 'orders-dlt', field, value });
    give(simulation, { type: 'setParam', target: 'kafka', field: 'retentionCheck', value: '2s' });
    expect(runTo(simulation, 9).delivery.deadLettered).toBe(20);
    const { delivery } = runTo(simulation, 20);
    expect([delivery.deadLettered, delivery.skipped]).toEqual([0, 20]);
  });
});

describe('a run with retry topics', () => {
  it('keeps every cause and every record accounted for, and goes on the same from a copy', () => {
    const simulation = chain({ worker: { failure: 0.5, maxAttempts: 3 }, limit: 200 });
    const other = chain({ worker: { failure: 0.5, maxAttempts: 3 }, limit: 200 });
    for (let at = 1; at <= 24; at++) {
      simulation.advanceTo(at * 0.61 * SECOND_NS);
      if (at === 8) give(simulation, { type: 'crash', node: 'worker', forNs: SECOND_NS });
      for (const { check, name, when } of CHECKERS) if (when !== 'calm') expect(check(simulation), name).toBeNull();
      other.restore(simulation.checkpoint());
      other.advanceTo(simulation.timeNs + 0.3 * SECOND_NS);
      simulation.advanceTo(other.timeNs);
      expect(other.digest).toBe(simulation.digest);
    }
  });
});
