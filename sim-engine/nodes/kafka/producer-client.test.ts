// Producers of a cluster in a drawing: where their records go, how they are gathered, sent again and given up, and when their hosts are held
// back.

import { describe, expect, it } from 'vitest';
import { ledgerOf } from '../../simulation/ledger.ts';
import { countRequests, drawn, listenTo, logsOf } from '../../testing/kafka/drawn-cluster.ts';
import { gaugeOf, give, runTo } from '../../testing/running.ts';

const SECOND_NS = 1e9;

describe('a record', () => {
  it('of a key goes to the partition of that key (K14)', () => {
    const simulation = drawn({ sender: { limit: 300 } });
    runTo(simulation, 5);
    const partitions = new Map<number, number>();
    for (const [i, { segments }] of logsOf(simulation).entries()) {
      for (const { key, recordCount } of segments) {
        for (let at = 0; at < recordCount; at++) {
          expect(partitions.get(key[at] as number) ?? i).toBe(i);
          partitions.set(key[at] as number, i);
        }
      }
    }
    expect(partitions.size).toBe(20);
    expect(new Set(partitions.values()).size).toBeGreaterThan(1);
  });

  it('without a key goes where its producer sticks to for a batch (K15)', () => {
    const simulation = drawn({
      sender: { keys: 0, limit: 1000, size: { law: 'constant', value: 100 } },
      produces: { batchSize: 2000 },
    });
    runTo(simulation, 15);
    const sizes = logsOf(simulation).map(({ logEnd }) => logEnd);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(1000);
    for (const size of sizes) expect(size).toBeGreaterThan(100);
  });
});

describe('a producer', () => {
  it('gathers records for as long as it lingers', () => {
    const sent = (linger: string): number => {
      const simulation = drawn({ sender: { limit: 200 }, orders: { partitions: 1 }, produces: { linger } });
      const counted = countRequests(simulation, ({ api }) => api === 'produce');
      expect(runTo(simulation, 5).publish.accepted).toBe(200);
      return counted.count;
    };
    expect(sent('0s')).toBe(200);
    expect(sent('100ms')).toBeLessThan(25);
  });

  it('sends again what is not answered, and with numbers nothing is doubled or overtaken (K16)', () => {
    const simulation = drawn({ sender: { limit: 500 }, produces: { requestTimeout: '200ms' } });
    runTo(simulation, 1);
    give(simulation, { type: 'delay', wire: 'shop-orders', extraNs: 0.3 * SECOND_NS, forNs: SECOND_NS });
    const { delivery, publish } = runTo(simulation, 30);
    expect(publish.accepted).toBe(500);
    expect(publish.refused).toBeGreaterThan(0);
    expect(delivery.processed).toBe(500);
    expect(logsOf(simulation).reduce((sum, { logEnd }) => sum + logEnd, 0)).toBe(500);
    const { duplicateEffects, missedEffects, orderBreaks } = simulation.world.oracle;
    expect([duplicateEffects, missedEffects, orderBreaks]).toEqual([0, 0, 0]);
  });

  it('without numbers doubles what it sends again (K17)', () => {
    const simulation = drawn({ sender: { limit: 500 }, produces: { requestTimeout: '200ms', idempotence: 'off' } });
    runTo(simulation, 1);
    give(simulation, { type: 'delay', wire: 'shop-orders', extraNs: 0.3 * SECOND_NS, forNs: SECOND_NS });
    runTo(simulation, 30);
    expect(logsOf(simulation).reduce((sum, { logEnd }) => sum + logEnd, 0)).toBeGreaterThan(500);
    expect(simulation.world.oracle.duplicateEffects).toBeGreaterThan(0);
  });

  it('gives up after the delivery time-out, and not before (K18)', () => {
    const simulation = drawn({
      sender: { limit: 1 },
      produces: { deliveryTimeout: '3s', requestTimeout: '1s' },
      cluster: { brokers: 1 },
    });
    simulation.advanceTo(5 * 1e6);
    give(simulation, { type: 'setParam', target: 'kafka', field: 'brokersDown', value: '1' });
    expect(runTo(simulation, 2.9).publish.lost).toBe(0);
    expect(runTo(simulation, 4.5).publish).toMatchObject({ accepted: 0, lost: 1 });
  });

  it('holds its host back when its buffer is full (K19)', () => {
    const simulation = drawn({
      cluster: { brokers: 1 },
      sender: { rate: 200, size: { law: 'constant', value: 1000 }, limit: 2000 },
      produces: { bufferMemory: 50_000, deliveryTimeout: '1h' },
    });
    const heard = listenTo(simulation);
    runTo(simulation, 1);
    give(simulation, { type: 'setParam', target: 'kafka', field: 'brokersDown', value: '1' });
    const { publish } = runTo(simulation, 4);
    expect(heard.get('notice.held-back')).toBe(1);
    expect(publish.onTheWire).toBeLessThanOrEqual(50);
    give(simulation, { type: 'setParam', target: 'kafka', field: 'brokersDown', value: '' });
    runTo(simulation, 30);
    expect(gaugeOf(simulation, 'orders', 'records')).toBe(2000);
  });

  it('that waits for nobody hands over and loses what a dead broker was sent', () => {
    const simulation = drawn({ produces: { acks: '0', delay: '20ms', linger: '0s' } });
    runTo(simulation, 2);
    give(simulation, { type: 'setParam', target: 'kafka', field: 'brokersDown', value: '1,2,3' });
    runTo(simulation, 2.5);
    give(simulation, { type: 'setParam', target: 'kafka', field: 'brokersDown', value: '' });
    const { publish } = runTo(simulation, 6);
    expect(publish.lost).toBeGreaterThan(0);
    expect(publish.refused).toBe(0);
  });

  it('that sends one at a time has never two on the way', () => {
    const simulation = drawn({ produces: { synchronous: true, linger: '0s' } });
    for (let i = 0; i < 200; i++) {
      simulation.advanceTo(simulation.timeNs + 3e6);
      expect(ledgerOf(simulation.world).publish.onTheWire).toBeLessThanOrEqual(1);
    }
    expect(gaugeOf(simulation, 'orders', 'records')).toBeGreaterThan(20);
  });
});
