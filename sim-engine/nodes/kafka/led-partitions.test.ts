// Topics of a cluster in a drawing: what their leaders keep, delete and compact, how far groups are behind, and partitions that come and go.

import { describe, expect, it } from 'vitest';
import { ledgerOf } from '../../simulation/ledger.ts';
import { Measures } from '../../simulation/measures.ts';
import { node, wire } from '../../testing/drawing.ts';
import { drawn, logsOf, ownedBy, produce, topic } from '../../testing/kafka/drawn-cluster.ts';
import { gaugeOf, give, runTo } from '../../testing/running.ts';
import type { PartitionLog } from './partition-log.ts';

const SECOND_NS = 1e9;

describe('a topic', () => {
  it('deletes whole segments that are old, whether or not they were read (K31)', () => {
    const simulation = drawn({
      sender: { rate: 2, limit: 1000 },
      orders: { retentionTime: '60s', segmentTime: '30s', partitions: 1 },
      consumes: { maxPollRecords: 1 },
      worker: { work: { law: 'constant', value: '1h' } },
    });
    const { delivery } = runTo(simulation, 310);
    expect(delivery.skipped).toBeGreaterThan(300);
    expect((logsOf(simulation)[0] as PartitionLog).logStart).toBeGreaterThan(300);
    expect(gaugeOf(simulation, 'orders', 'records')).toBeLessThan(250);
  });

  it('keeps the last record of each key when it is compacted (K32)', () => {
    const simulation = drawn({
      sender: { keys: 3, limit: 400 },
      orders: { cleanupPolicy: 'compact', partitions: 1, segmentTime: '1s' },
      workers: 0,
    });
    const { delivery } = runTo(simulation, 40);
    expect(delivery.dropped).toBeGreaterThan(200);
    const [log] = logsOf(simulation);
    expect(log?.logEnd).toBe(400);
    expect(log?.segments.reduce((sum, { recordCount }) => sum + recordCount, 0)).toBeLessThan(200);
  });

  it('may get more partitions while it is read', () => {
    const simulation = drawn({ workers: 2, sender: { rate: 5 }, orders: { partitions: 1 } });
    runTo(simulation, 6);
    give(simulation, { type: 'setParam', target: 'orders', field: 'partitions', value: 4 });
    runTo(simulation, 400);
    expect([0, 1].map((i) => ownedBy(simulation, `worker${i}`).length)).toEqual([2, 2]);
    expect(logsOf(simulation)).toHaveLength(4);
  });

  it('of thousands of partitions costs nothing while nobody writes to it', () => {
    const simulation = drawn({ sender: { limit: 1 }, orders: { partitions: 6_000 } });
    simulation.advanceTo(20 * SECOND_NS);
    const before = simulation.world.events;
    simulation.advanceTo(30 * SECOND_NS);
    // Two fetches a second to each of three brokers, and a heartbeat now and then.
    expect(simulation.world.events - before).toBeLessThan(300);
  });

  it('that is taken out leaves nothing open', () => {
    const simulation = drawn({ worker: { work: { law: 'constant', value: '50ms' } } });
    runTo(simulation, 5);
    give(simulation, { type: 'removeNode', node: 'orders' });
    const { delivery } = runTo(simulation, 60);
    expect(delivery.lost).toBeGreaterThan(100);
    expect([delivery.waiting, delivery.inFlight, delivery.onTheWire]).toEqual([0, 0, 0]);
    expect(simulation.world.messages.live).toBe(0);
  });
});

describe('the lag of a group', () => {
  it('is what it has not committed of each topic that it reads (K29)', () => {
    const simulation = drawn({
      consumes: { commit: 'after', commitEvery: 1, maxPollRecords: 1 },
      nodes: [node('office', 'sender', { arrivals: 'constant', rate: 50, limit: 100 }), topic('bills')],
      wires: [produce('office', 'bills'), wire('kafka-subscribe', 'bills', 'readers')],
      sender: { limit: 200 },
      worker: { work: { law: 'constant', value: '20ms' } },
    });
    runTo(simulation, 3);
    const lines = new Measures(simulation).get('consumer_lag')?.series() ?? [];
    expect(lines.map(({ labels }) => labels)).toEqual([
      { topic: 'bills', consumer_group: 'readers' },
      { topic: 'orders', consumer_group: 'readers' },
    ]);
    const lags = lines.map(({ read }) => read());
    const done = ledgerOf(simulation.world).delivery.processed;
    const behind = 300 - done - lags.reduce((sum, lag) => sum + lag, 0);
    // The last commit or two may be on their way.
    expect(Math.abs(behind)).toBeLessThanOrEqual(2);
    runTo(simulation, 20);
    expect(lines.map(({ read }) => read())).toEqual([0, 0]);
  });
});
