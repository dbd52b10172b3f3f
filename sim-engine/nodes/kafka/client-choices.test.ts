// What the settings of a client decide besides its protocol: how long a call to send waits, when a program stops waiting for an answer, what a
// failed record holds up, what is committed before partitions are given up, and how a consumer ends.

import { describe, expect, it } from 'vitest';
import type { Command } from '../../simulation/commands.ts';
import { ledgerOf } from '../../simulation/ledger.ts';
import type { Simulation, SimulationOptions } from '../../simulation/simulation.ts';
import { node, type ParamsDocument, partsOf, simulationOf, wire } from '../../testing/drawing.ts';
import { CHECKERS } from '../../testing/fuzzer/checkers.ts';
import { gaugeOf, give } from '../../testing/running.ts';
import { PUB_CLASSES } from '../../world/books.ts';
import { TOO_OLD } from '../../world/reasons.ts';

const SECOND_NS = 1e9;
const part = partsOf('kafka');
const set = (simulation: Simulation, target: string, field: string, value: unknown): void =>
  give(simulation, { type: 'setParam', target, field, value } as Command);

interface Drawn {
  readonly shop?: ParamsDocument;
  readonly produces?: ParamsDocument;
  readonly consumes?: ParamsDocument;
  readonly worker?: ParamsDocument;
  readonly partitions?: number;
  readonly cluster?: ParamsDocument;
}

function drawn(
  { cluster = {}, consumes = {}, partitions = 4, produces = {}, shop = {}, worker = {} }: Drawn = {},
  options: SimulationOptions = {},
): Simulation {
  const drawing = {
    nodes: [
      node('shop', 'sender', { arrivals: 'constant', rate: 20, keys: 40, ...shop }),
      node('kafka', 'kafka', { brokers: 1, ...cluster }),
      part('orders', 'kafka-topic', { partitions }),
      part('readers', 'kafka-group'),
      node('worker', 'service', { concurrency: 1, work: { law: 'constant', value: '5ms' }, ...worker }),
    ],
    wires: [
      wire('kafka-produce', 'shop', 'orders', { delay: '1ms', ...produces }),
      wire('kafka-subscribe', 'orders', 'readers'),
      wire('kafka-consume', 'readers', 'worker', { delay: '1ms', offsetReset: 'earliest', commit: 'after', ...consumes }),
    ],
  };
  return simulationOf(drawing, options);
}

/** Runs to a time; every law that can be looked at meanwhile holds at every half second. */
function runTo(simulation: Simulation, seconds: number): ReturnType<typeof ledgerOf> {
  while (simulation.timeNs < seconds * SECOND_NS) {
    simulation.advanceTo(Math.min(simulation.timeNs + 0.5 * SECOND_NS, seconds * SECOND_NS));
    for (const { check, name, when } of CHECKERS) if (when !== 'calm') expect(check(simulation), name).toBeNull();
  }
  return ledgerOf(simulation.world);
}

/** Publishes that were given up for their age. */
function givenUp({ world: { books } }: Simulation): number {
  let count = 0;
  for (const { book, count: more, reason } of books.reasonCounts()) if (book === 'publish' && reason === TOO_OLD) count += more;
  return count;
}

describe('a call to send', () => {
  const full = {
    produces: { bufferMemory: 40_000, maxBlock: '2s' },
    shop: { rate: 100, size: { law: 'constant', value: 1000 } },
  };

  it('that finds no room for max.block.ms gives its record up, and the next one waits as long (K19)', () => {
    const simulation = drawn(full);
    runTo(simulation, 1);
    set(simulation, 'kafka', 'brokersDown', '1');
    const { publish } = runTo(simulation, 12);
    // One every two seconds, since the buffer has been full.
    const gaveUp = givenUp(simulation);
    expect(gaveUp).toBeGreaterThanOrEqual(4);
    expect(gaveUp).toBeLessThanOrEqual(5);
    expect(publish.onTheWire).toBeLessThanOrEqual(41);
    set(simulation, 'kafka', 'brokersDown', '');
    const after = runTo(simulation, 25).publish;
    // The last one may have waited until the producer had found the broker again.
    expect(givenUp(simulation)).toBeLessThanOrEqual(gaveUp + 1);
    expect(after.accepted).toBeGreaterThan(1000);
  });

  it('that finds room in time loses nothing', () => {
    const simulation = drawn({ ...full, produces: { bufferMemory: 40_000, maxBlock: '1min' } });
    runTo(simulation, 1);
    set(simulation, 'kafka', 'brokersDown', '1');
    runTo(simulation, 12);
    set(simulation, 'kafka', 'brokersDown', '');
    runTo(simulation, 40);
    expect(givenUp(simulation)).toBe(0);
    expect(gaugeOf(simulation, 'shop', 'sent')).toBeGreaterThan(3800);
    expect(gaugeOf(simulation, 'orders', 'records')).toBeGreaterThan(3800);
  });

  it('to a cluster that nobody has reached yet gives its record up as well', () => {
    const simulation = drawn({ cluster: { brokersDown: '1' }, produces: { maxBlock: '2s' } });
    runTo(simulation, 11);
    expect(givenUp(simulation)).toBe(5);
    set(simulation, 'kafka', 'brokersDown', '');
    const { publish } = runTo(simulation, 15);
    expect([publish.lost, publish.accepted]).toEqual([5, gaugeOf(simulation, 'shop', 'sent') - 5 - publish.onTheWire]);
    expect(publish.accepted).toBeGreaterThan(280);
  });

  it('made before the first word of the topic goes to whichever broker turns out to lead its partition', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const drawing = { cluster: { brokers: 3 }, partitions: 30, produces: { delay: '400ms' }, shop: { limit: 1 } };
      const simulation = drawn(drawing, { seed });
      // By broker, not only their sum.
      const onTheWire = () =>
        simulation.assembly.actorsOfNode('kafka').map(({ ix }) => simulation.world.books.byActor[ix * PUB_CLASSES] ?? 0);
      runTo(simulation, 0.5);
      expect(onTheWire()).toEqual([0, 1, 0, 0]);
      expect(runTo(simulation, 5).publish.accepted).toBe(1);
      expect(onTheWire()).toEqual([0, 0, 0, 0]);
    }
  });

  it('whose wire is taken away closes what it holds', () => {
    const simulation = drawn(full);
    runTo(simulation, 1);
    set(simulation, 'kafka', 'brokersDown', '1');
    runTo(simulation, 2.5);
    give(simulation, { type: 'removeWire', wire: 'shop-orders' });
    expect(runTo(simulation, 3).publish.onTheWire).toBe(0);
  });
});

describe('future.get(timeout)', () => {
  const oneByOne = {
    produces: { synchronous: true, sendTimeout: '3s' },
    shop: { loop: 'closed', callers: 1, think: { law: 'constant', value: '100ms' } },
  };

  it('takes a record for failed that gets there all the same', () => {
    const simulation = drawn(oneByOne);
    runTo(simulation, 2);
    const sent = gaugeOf(simulation, 'shop', 'sent');
    set(simulation, 'kafka', 'brokersDown', '1');
    runTo(simulation, 12);
    // The program goes on every three seconds, and takes each for failed.
    const meanwhile = gaugeOf(simulation, 'shop', 'sent') - sent;
    expect(meanwhile).toBeGreaterThanOrEqual(3);
    expect(meanwhile).toBeLessThanOrEqual(5);
    set(simulation, 'kafka', 'brokersDown', '');
    const { publish } = runTo(simulation, 20);
    expect([publish.lost, publish.refused]).toEqual([0, 0]);
    expect(publish.accepted).toBeGreaterThanOrEqual(gaugeOf(simulation, 'shop', 'sent') - 1);
  });

  it('without one waits for as long as it takes', () => {
    const simulation = drawn({ ...oneByOne, produces: { synchronous: true, sendTimeout: '1h' } });
    runTo(simulation, 2);
    set(simulation, 'kafka', 'brokersDown', '1');
    runTo(simulation, 3);
    const sent = gaugeOf(simulation, 'shop', 'sent');
    runTo(simulation, 12);
    expect(gaugeOf(simulation, 'shop', 'sent')).toBe(sent);
  });
});

describe('what is tried again in place', () => {
  /** Done from 6 s to 26 s, with one record of one key that fails, and fails again every second. */
  const done = (retryMode: string): number => {
    const simulation = drawn({
      consumes: { retryMode, maxPollRecords: 10 },
      worker: { retry: 'fixed', retryBase: '1s', maxAttempts: 0 },
    });
    runTo(simulation, 5);
    give(simulation, { type: 'poison', node: 'shop', share: 1, forNs: 50e6 });
    runTo(simulation, 6);
    const before = ledgerOf(simulation.world).delivery.processed;
    const { delivery } = runTo(simulation, 26);
    expect(simulation.world.oracle.orderBreaks).toBe(0);
    expect(gaugeOf(simulation, 'worker', 'failed')).toBeGreaterThan(18);
    expect(delivery.dropped).toBe(0);
    return delivery.processed - before;
  };

  it('holds up all that the member has, or pauses its partition alone', () => {
    expect(done('wait')).toBe(0);
    // Three of four partitions go on, at twenty a second in all.
    expect(done('pause')).toBeGreaterThan(200);
    expect(done('pause')).toBeLessThan(380);
  });

  it('is worked on as often as its service says, and no more for having been wound back to', () => {
    const simulation = drawn({
      consumes: { retryMode: 'pause' },
      worker: { failure: 1, retry: 'fixed', retryBase: '200ms', maxAttempts: 3 },
      shop: { limit: 40 },
    });
    const { delivery } = runTo(simulation, 60);
    expect([delivery.dropped, gaugeOf(simulation, 'worker', 'failed')]).toEqual([40, 120]);
  });
});

describe('before partitions are given up', () => {
  /** Effects twice when a second worker joins one that commits seldom and is in the middle of a poll. */
  const twice = (commitOnRevoke: boolean): number => {
    const consumes = { commitEvery: 1000, commitOnRevoke, heartbeatInterval: '500ms' };
    const simulation = drawn({ consumes });
    runTo(simulation, 8);
    give(simulation, {
      type: 'edit',
      edits: [
        { type: 'addNode', node: node('other', 'service', { work: { law: 'constant', value: '5ms' } }) },
        {
          type: 'addWire',
          wire: wire('kafka-consume', 'readers', 'other', {
            delay: '1ms',
            offsetReset: 'earliest',
            commit: 'after',
            ...consumes,
          }),
        },
      ],
    });
    expect(runTo(simulation, 20).delivery.lost).toBe(0);
    return simulation.world.oracle.duplicateEffects;
  };

  it('who asks to be told commits what it has done; else the next owner does it again', () => {
    expect(twice(true)).toBe(0);
    expect(twice(false)).toBeGreaterThan(50);
  });
});

describe('a group that is set back', () => {
  it('reads again what was written since then, once nobody is in it, and only then', () => {
    const simulation = drawn();
    runTo(simulation, 30);
    const { processed } = ledgerOf(simulation.world).delivery;
    set(simulation, 'readers', 'rewind', '10s');
    runTo(simulation, 32);
    // A member is in the group: nothing happens.
    expect(simulation.world.oracle.duplicateEffects).toBe(0);
    set(simulation, 'readers-worker', 'closed', true);
    runTo(simulation, 35);
    expect(gaugeOf(simulation, 'readers', 'consumer_lag')).toBeLessThan(80);
    set(simulation, 'readers', 'rewind', '0s');
    runTo(simulation, 35.5);
    set(simulation, 'readers', 'rewind', '10s');
    runTo(simulation, 36);
    // Twenty a second, over ten of which it had read all but the last four.
    expect(gaugeOf(simulation, 'readers', 'consumer_lag')).toBeGreaterThan(195);
    expect(gaugeOf(simulation, 'readers', 'consumer_lag')).toBeLessThan(220);
    set(simulation, 'readers-worker', 'closed', false);
    const { delivery } = runTo(simulation, 60);
    expect(delivery.processed).toBeGreaterThan(processed);
    expect(simulation.world.oracle.duplicateEffects).toBeGreaterThan(110);
    expect(simulation.world.oracle.duplicateEffects).toBeLessThan(150);
    expect(delivery.lost).toBe(0);
  });
});

describe('a consumer that is closed', () => {
  it('finishes its poll, commits, leaves at once, and joins again when it is opened', () => {
    const simulation = drawn({ worker: { work: { law: 'constant', value: '40ms' } } });
    runTo(simulation, 8);
    expect(gaugeOf(simulation, 'readers', 'members')).toBe(1);
    set(simulation, 'readers-worker', 'closed', true);
    const closed = runTo(simulation, 10).delivery.processed;
    expect(gaugeOf(simulation, 'readers', 'members')).toBe(0);
    expect(runTo(simulation, 14).delivery.processed).toBe(closed);
    set(simulation, 'readers-worker', 'closed', false);
    const { delivery } = runTo(simulation, 40);
    expect(gaugeOf(simulation, 'readers', 'members')).toBe(1);
    expect(delivery.processed).toBeGreaterThan(closed + 300);
    const { duplicateEffects, missedEffects } = simulation.world.oracle;
    expect([duplicateEffects, missedEffects, delivery.lost]).toEqual([0, 0, 0]);
  });
});

describe('a compacted topic', () => {
  it('that a record was written to twice keeps the later one, and lets go of the other alone', () => {
    const simulation = simulationOf({
      nodes: [
        node('shop', 'sender', { arrivals: 'constant', rate: 20, keys: 3, limit: 400 }),
        node('kafka', 'kafka', { brokers: 1 }),
        part('orders', 'kafka-topic', { cleanupPolicy: 'compact', segmentTime: '2s', minDirtyRatio: 0.1 }),
        part('readers', 'kafka-group'),
        node('worker', 'service', { concurrency: 1, work: { law: 'constant', value: '200ms' } }),
      ],
      wires: [
        wire('kafka-produce', 'shop', 'orders', { delay: '50ms', idempotence: 'off', requestTimeout: '200ms' }),
        wire('kafka-subscribe', 'orders', 'readers'),
        wire('kafka-consume', 'readers', 'worker', { delay: '1ms', offsetReset: 'earliest', commit: 'after' }),
      ],
    });
    simulation.schedule(2 * SECOND_NS, { type: 'delay', wire: 'shop-orders', extraNs: 0.3 * SECOND_NS, forNs: 6 * SECOND_NS });
    const { delivery } = runTo(simulation, 150);
    expect(gaugeOf(simulation, 'orders', 'appended')).toBeGreaterThan(420);
    expect(delivery.dropped).toBeGreaterThan(100);
    expect(delivery.processed + delivery.dropped).toBe(gaugeOf(simulation, 'orders', 'appended'));
  });
});
