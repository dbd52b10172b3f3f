// Brokers of a cluster in a drawing: what becomes of a record, and what of a broker that dies.

import { describe, expect, it } from 'vitest';
import { drawn, logsOf } from '../../testing/kafka/drawn-cluster.ts';
import { gaugeOf, give, runTo } from '../../testing/running.ts';

describe('a record', () => {
  it('goes to the leader of its partition, is fetched, worked on and committed', () => {
    const simulation = drawn({ sender: { limit: 300 } });
    const { delivery, publish } = runTo(simulation, 15);
    expect([publish.accepted, delivery.processed]).toEqual([300, 300]);
    expect(simulation.world.oracle.orderBreaks).toBe(0);
    expect(gaugeOf(simulation, 'orders', 'records')).toBe(300);
    expect(gaugeOf(simulation, 'readers', 'fetched')).toBe(300);
    expect(gaugeOf(simulation, 'readers', 'consumer_lag')).toBe(0);
  });

  it('that its reader has fetched is in flight, wherever in the client it lies', () => {
    const simulation = drawn({ cluster: { initialRebalanceDelay: '2s' }, worker: { work: { law: 'constant', value: '1s' } } });
    const { delivery } = runTo(simulation, 3);
    // One a second is worked on, a hundred come: most of them wait in the client, and few are on a wire of 1 ms.
    expect(delivery.inFlight).toBeGreaterThan(150);
    expect(delivery.onTheWire).toBeLessThan(5);
  });
});

describe('a broker that dies', () => {
  it.each(['1', '2', '3', '1,2', '2,3', '1,3'])('is asked again where to begin when it is back (%s)', (brokersDown) => {
    const simulation = drawn({ cluster: { brokersDown }, sender: { limit: 300 }, consumes: { sessionTimeout: '6s' } });
    runTo(simulation, 4);
    give(simulation, { type: 'setParam', target: 'kafka', field: 'brokersDown', value: '' });
    expect(runTo(simulation, 40).delivery).toMatchObject({ processed: 300, waiting: 0 });
  });

  it('in the middle of a request knows nothing of its first records when it is back', () => {
    const simulation = drawn({
      cluster: { brokers: 1 },
      sender: { rate: 500, limit: 1000 },
      orders: { partitions: 1 },
      produces: { linger: '100ms', bandwidth: 20_000, idempotence: 'off', retries: 0 },
    });
    // On a slow line the records of a batch come one after the other, for as long as it takes to die and to come back.
    for (let ms = 200; ms < 1500; ms += 150) {
      simulation.advanceTo(ms * 1e6);
      give(simulation, { type: 'setParam', target: 'kafka', field: 'brokersDown', value: '1' });
      simulation.advanceTo((ms + 5) * 1e6);
      give(simulation, { type: 'setParam', target: 'kafka', field: 'brokersDown', value: '' });
    }
    runTo(simulation, 10);
    const [log] = logsOf(simulation);
    expect(log?.logEnd).toBeGreaterThan(50);
    for (const { item, recordCount } of log?.segments ?? [])
      for (let at = 0; at < recordCount; at++) expect(simulation.world.messages.number[item[at] as number]).toBeGreaterThan(0);
  });

  it('takes its partitions out of service and brings them back with what was written', () => {
    const simulation = drawn({ sender: { limit: 1500 }, consumes: { sessionTimeout: '6s' } });
    runTo(simulation, 5);
    give(simulation, { type: 'setParam', target: 'kafka', field: 'brokersDown', value: '1' });
    const { delivery } = runTo(simulation, 8);
    const before = delivery.processed;
    give(simulation, { type: 'setParam', target: 'kafka', field: 'brokersDown', value: '' });
    const after = runTo(simulation, 80);
    expect(before).toBeLessThan(800);
    expect(after.publish.accepted).toBe(1500);
    expect(after.delivery.processed).toBe(1500);
    expect(simulation.world.oracle.orderBreaks).toBe(0);
  });
});
