// A cluster in a drawing: producers that batch, try again and are held back, groups that share partitions and hand them on, what they
// commit and what the books say of it, brokers that die, and what an edit of the drawing changes.

import { describe, expect, it } from 'vitest';
import { valuesOf } from '../../kernel/number-map.ts';
import type { Command } from '../../simulation/commands.ts';
import { ledgerOf } from '../../simulation/ledger.ts';
import { Measures } from '../../simulation/measures.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import { node, type ParamsDocument, simulationOf, wire } from '../../testing/drawing.ts';
import type { WireDocument } from '../../topology/document.ts';
import type { Actor } from '../../world/actor.ts';
import { TICK_NS } from '../../world/world.ts';
import type { Member } from './consumer-member.ts';
import type { CoordinatorState } from './group-coordinator.ts';
import type { PartitionLog } from './partition-log.ts';
import type { InsideWord, Request, Response } from './protocol.ts';

const SECOND_NS = 1e9;
const part = (id: string, kind: string, params: ParamsDocument = {}) => ({ ...node(id, kind, params), parent: 'kafka' });
const topic = (id: string, params: ParamsDocument = {}) => part(id, 'kafka-topic', params);
const group = (id: string) => part(id, 'kafka-group');
const produce = (from: string, to: string, params: ParamsDocument = {}) =>
  wire('kafka-produce', from, to, { delay: '1ms', ...params });
const consume = (from: string, to: string, params: ParamsDocument = {}) =>
  wire('kafka-consume', from, to, { delay: '1ms', offsetReset: 'earliest', ...params });
/** Carried out at the next tick. */
const give = (simulation: Simulation, command: Command): void => simulation.schedule(simulation.timeNs + TICK_NS, command);

interface Drawn {
  readonly cluster?: ParamsDocument;
  readonly sender?: ParamsDocument;
  readonly produces?: ParamsDocument;
  readonly orders?: ParamsDocument;
  readonly consumes?: ParamsDocument;
  readonly worker?: ParamsDocument;
  /** Services in the group, beginning with "worker0". */
  readonly workers?: number;
  readonly nodes?: Parameters<typeof simulationOf>[0]['nodes'];
  readonly wires?: readonly WireDocument[];
}

/** A shop writes to a topic, which a group of workers reads. */
function drawn({
  cluster,
  consumes,
  nodes = [],
  orders,
  produces,
  sender,
  wires = [],
  worker,
  workers = 1,
}: Drawn = {}): Simulation {
  const names = Array.from({ length: workers }, (_, i) => `worker${i}`);
  return simulationOf({
    nodes: [
      node('shop', 'sender', { arrivals: 'constant', rate: 100, keys: 20, ...sender }),
      node('kafka', 'kafka', { initialRebalanceDelay: '100ms', ...cluster }),
      topic('orders', { partitions: 4, ...orders }),
      group('readers'),
      ...names.map((name) => node(name, 'service', { work: { law: 'constant', value: '1ms' }, ...worker })),
      ...nodes,
    ],
    wires: [
      produce('shop', 'orders', produces),
      wire('kafka-subscribe', 'orders', 'readers'),
      ...names.map((name) => consume('readers', name, consumes)),
      ...wires,
    ],
  });
}

/** Runs to a time; the books balance at every hundredth of it. */
function runTo(simulation: Simulation, seconds: number): ReturnType<typeof ledgerOf> {
  const from = simulation.timeNs;
  for (let part = 1; part <= 100; part++) {
    simulation.advanceTo(Math.floor(from + ((seconds * SECOND_NS - from) * part) / 100));
    expect(ledgerOf(simulation.world).balances).toBe(true);
  }
  return ledgerOf(simulation.world);
}

const gauge = (simulation: Simulation, id: string, name: string): number =>
  new Measures(simulation)
    .get(name)
    ?.series()
    .find((one) => one.node === id)
    ?.read() ?? Number.NaN;

function savedOf<T>({ assembly, world }: Simulation, id: string): readonly T[] {
  return assembly.actors.filter(({ nodeId }) => nodeId === id).map(({ ix }) => (world.actors[ix] as Actor).save() as T);
}

/** Logs of the topic, in the order of its partitions. */
function logsOf(simulation: Simulation): readonly PartitionLog[] {
  interface Notes {
    readonly own: { readonly partitions?: ReadonlyMap<string, { readonly partition: number; readonly log: PartitionLog }> };
  }
  return savedOf<Notes>(simulation, 'kafka')
    .flatMap(({ own }) => [...(own.partitions?.values() ?? [])])
    .sort((a, b) => a.partition - b.partition)
    .map(({ log }) => log);
}

/** Members that a worker runs. */
function membersOf(simulation: Simulation, id: string): readonly Member[] {
  interface Notes {
    readonly parts: readonly ({ readonly members?: readonly Member[] } | null)[];
  }
  return savedOf<Notes>(simulation, id).flatMap(({ parts }) => parts.flatMap((notes) => notes?.members ?? []));
}

/** Partitions that the members of a worker own now. */
const ownedBy = (simulation: Simulation, id: string): readonly string[] =>
  membersOf(simulation, id).flatMap(({ owned }) => [...owned.keys()]);

/** Counts requests of a sort from now on. */
function countRequests({ world: { payloads } }: Simulation, isWanted: (request: Request) => boolean): { count: number } {
  const counted = { count: 0 };
  const put = payloads.put.bind(payloads);
  payloads.put = (content) => {
    const word = content as Request | InsideWord | Response;
    if ('api' in word && !isAnswer(word) && isWanted(word)) counted.count++;
    return put(content);
  };
  return counted;
}
const isAnswer = (word: Request | Response): word is Response =>
  'results' in word || 'error' in word || 'offsets' in word || 'metadata' in word || 'producerId' in word;

/** What was told as news, by key. */
function listenTo({ world }: Simulation): Map<string, number> {
  const heard = new Map<string, number>();
  const notice = world.notice.bind(world);
  world.notice = (key, about, values) => {
    heard.set(key, (heard.get(key) ?? 0) + 1);
    notice(key, about, values);
  };
  return heard;
}

describe('a record', () => {
  it('goes to the leader of its partition, is fetched, worked on and committed', () => {
    const simulation = drawn({ sender: { limit: 300 } });
    const { delivery, publish } = runTo(simulation, 15);
    expect([publish.accepted, delivery.processed]).toEqual([300, 300]);
    expect(simulation.world.oracle.orderBreaks).toBe(0);
    expect(gauge(simulation, 'orders', 'records')).toBe(300);
    expect(gauge(simulation, 'readers', 'fetched')).toBe(300);
    expect(gauge(simulation, 'readers', 'consumer_lag')).toBe(0);
  });

  it('that its reader has fetched is in flight, wherever in the client it lies', () => {
    const simulation = drawn({ cluster: { initialRebalanceDelay: '2s' }, worker: { work: { law: 'constant', value: '1s' } } });
    const { delivery } = runTo(simulation, 3);
    // One a second is worked on, a hundred come: most of them wait in the client, and few are on a wire of 1 ms.
    expect(delivery.inFlight).toBeGreaterThan(150);
    expect(delivery.onTheWire).toBeLessThan(5);
  });

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
    expect(gauge(simulation, 'orders', 'records')).toBe(2000);
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
    expect(gauge(simulation, 'orders', 'records')).toBeGreaterThan(20);
  });
});

describe('a group', () => {
  it('shares the partitions, each with one owner (K22)', () => {
    for (const [assignor, shares] of [
      ['range', [2, 1, 1]],
      ['roundrobin', [2, 1, 1]],
      ['sticky', [2, 1, 1]],
      ['cooperative-sticky', [2, 1, 1]],
    ] as const) {
      const simulation = drawn({ workers: 3, consumes: { assignor } });
      runTo(simulation, 10);
      const owned = [0, 1, 2].map((i) => ownedBy(simulation, `worker${i}`));
      expect(owned.map(({ length }) => length).sort((a, b) => b - a)).toEqual(shares);
      expect(new Set(owned.flat()).size).toBe(4);
      expect(gauge(simulation, 'readers', 'members')).toBe(3);
    }
  });

  it('has idle members when there are more of them than partitions (K22, K30)', () => {
    const simulation = drawn({ workers: 3, orders: { partitions: 2 } });
    runTo(simulation, 6);
    expect([0, 1, 2].map((i) => ownedBy(simulation, `worker${i}`).length).sort()).toEqual([0, 1, 1]);
  });

  it('never lets two members own a partition, whatever comes and goes (K22, K24)', () => {
    for (const assignor of ['range', 'cooperative-sticky']) {
      const simulation = drawn({ workers: 2, consumes: { assignor, sessionTimeout: '6s' } });
      const check = (seconds: number): void => {
        while (simulation.timeNs < seconds * SECOND_NS) {
          simulation.advanceTo(simulation.timeNs + 5e6);
          const owned = [0, 1, 2].flatMap((i) => ownedBy(simulation, `worker${i}`));
          expect(new Set(owned).size).toBe(owned.length);
        }
      };
      check(6);
      give(simulation, {
        type: 'edit',
        edits: [
          { type: 'addNode', node: node('worker2', 'service', { work: { law: 'constant', value: '1ms' } }) },
          { type: 'addWire', wire: consume('readers', 'worker2', { assignor, sessionTimeout: '6s' }) },
        ],
      });
      check(14);
      expect([0, 1, 2].map((i) => ownedBy(simulation, `worker${i}`).length).sort()).toEqual([1, 1, 2]);
      give(simulation, { type: 'removeNode', node: 'worker0' });
      check(22);
      expect([1, 2].map((i) => ownedBy(simulation, `worker${i}`).length)).toEqual([2, 2]);
      expect(ledgerOf(simulation.world).balances).toBe(true);
    }
  });

  it('that is cooperative goes on meanwhile with what does not move, an eager one stands still (K24)', () => {
    /** Records a second that the first worker finishes while it waits for the round to end. */
    const doneInRound = (assignor: string): number => {
      const simulation = drawn({
        orders: { partitions: 2 },
        consumes: { assignor, heartbeatInterval: '100ms' },
        sender: { rate: 200 },
      });
      runTo(simulation, 6);
      // One that works for two seconds on a record joins that late, and the others wait for it.
      const slow = { assignor, maxPollRecords: 1 };
      give(simulation, {
        type: 'edit',
        edits: [
          { type: 'addNode', node: node('worker1', 'service', { work: { law: 'constant', value: '2s' } }) },
          { type: 'addWire', wire: consume('readers', 'worker1', slow) },
        ],
      });
      runTo(simulation, 16);
      give(simulation, {
        type: 'edit',
        edits: [
          { type: 'addNode', node: node('worker2', 'service') },
          { type: 'addWire', wire: consume('readers', 'worker2', { assignor }) },
        ],
      });
      const isWaiting = (): boolean => membersOf(simulation, 'worker0').some(({ stage }) => stage === 'joining');
      while (!isWaiting()) simulation.advanceTo(simulation.timeNs + 5e6);
      const [fromNs, before] = [simulation.timeNs, gauge(simulation, 'worker0', 'processed')];
      while (isWaiting()) simulation.advanceTo(simulation.timeNs + 5e6);
      const seconds = (simulation.timeNs - fromNs) / SECOND_NS;
      expect(seconds).toBeGreaterThan(0.2);
      return (gauge(simulation, 'worker0', 'processed') - before) / seconds;
    };
    expect(doneInRound('cooperative-sticky')).toBeGreaterThan(60);
    expect(doneInRound('range')).toBeLessThan(20);
  });

  it('hands on what a crashed member had after its session, not before (K25)', () => {
    const simulation = drawn({ workers: 2, consumes: { sessionTimeout: '10s' } });
    runTo(simulation, 8);
    give(simulation, { type: 'crash', node: 'worker0' });
    runTo(simulation, 14);
    expect(ownedBy(simulation, 'worker1')).toHaveLength(2);
    const { delivery } = runTo(simulation, 24);
    expect(ownedBy(simulation, 'worker1')).toHaveLength(4);
    expect(delivery.lost).toBe(0);
  });

  it.each([
    ['is killed', { type: 'crash', node: 'worker0' }, 10, 13.1],
    ['is closed', { type: 'setParam', target: 'readers-worker0', field: 'closed', value: true }, 0, 3.1],
  ] as const)(
    'hands on what a member had that %s: after its session, or within a round of heartbeats (K25)',
    (_, command, least, most) => {
      for (const assignor of ['range', 'cooperative-sticky']) {
        const simulation = drawn({ workers: 2, consumes: { assignor, sessionTimeout: '10s', heartbeatInterval: '3s' } });
        runTo(simulation, 20);
        expect(ownedBy(simulation, 'worker1')).toHaveLength(2);
        const fromNs = simulation.timeNs;
        give(simulation, command);
        while (ownedBy(simulation, 'worker1').length < 4) simulation.advanceTo(simulation.timeNs + 10e6);
        const seconds = (simulation.timeNs - fromNs) / SECOND_NS;
        // The last heartbeat may lie almost one interval back.
        expect(seconds).toBeGreaterThan(least - 3);
        expect(seconds).toBeLessThan(most);
        expect(runTo(simulation, 40).delivery.lost).toBe(0);
      }
    },
  );

  it('waits for a static member that is back in time, without a round (K25)', () => {
    const simulation = drawn({ workers: 2, consumes: { staticMembers: true, sessionTimeout: '20s' } });
    runTo(simulation, 8);
    const owned = [ownedBy(simulation, 'worker0'), ownedBy(simulation, 'worker1')];
    const syncs = countRequests(simulation, ({ api }) => api === 'join');
    give(simulation, { type: 'crash', node: 'worker0', forNs: 3 * SECOND_NS });
    runTo(simulation, 20);
    expect([ownedBy(simulation, 'worker0'), ownedBy(simulation, 'worker1')]).toEqual(owned);
    expect(syncs.count).toBe(1);
  });

  it('loses a member that works on one poll for too long (K26)', () => {
    const simulation = drawn({
      worker: { work: { law: 'constant', value: '200ms' } },
      consumes: { maxPollInterval: '5s', maxPollRecords: 100 },
    });
    const heard = listenTo(simulation);
    runTo(simulation, 60);
    expect(heard.get('notice.kafka.slow-poll')).toBeGreaterThan(0);
    // It begins again where it has committed, and so works on the same records.
    expect(simulation.world.oracle.duplicateEffects).toBeGreaterThan(0);
  });
});

describe('a copy made in the middle of a rebalance', () => {
  it.each(['range', 'cooperative-sticky'])('by %s leads to the same end, two rounds later too', (assignor) => {
    const fields = { assignor, sessionTimeout: '6s' };
    const simulation = drawn({ workers: 2, consumes: fields });
    const isJoining = (): boolean =>
      ['worker0', 'worker1', 'worker2'].some((id) => membersOf(simulation, id).some(({ stage }) => stage === 'joining'));
    const toJoining = (): void => {
      while (!isJoining()) simulation.advanceTo(simulation.timeNs + 0.5e6);
    };
    runTo(simulation, 8);
    give(simulation, {
      type: 'edit',
      edits: [
        { type: 'addNode', node: node('worker2', 'service') },
        { type: 'addWire', wire: consume('readers', 'worker2', fields) },
      ],
    });
    toJoining();
    const first = simulation.checkpoint();
    const secondRound = (): void => {
      runTo(simulation, 16);
      give(simulation, { type: 'crash', node: 'worker1', forNs: SECOND_NS });
      runTo(simulation, 17.5);
    };
    secondRound();
    toJoining();
    const second = simulation.checkpoint();
    runTo(simulation, 40);
    const { digest } = simulation;
    simulation.restore(second);
    runTo(simulation, 40);
    expect(simulation.digest).toBe(digest);
    simulation.restore(first);
    secondRound();
    runTo(simulation, 40);
    expect(simulation.digest).toBe(digest);
  });
});

describe('what is committed', () => {
  const crashed = (commit: string) => {
    const simulation = drawn({
      sender: { limit: 1000 },
      worker: { work: { law: 'constant', value: '12ms' } },
      consumes: { commit, commitEvery: 50, sessionTimeout: '6s', maxPollRecords: 100 },
    });
    runTo(simulation, 5);
    give(simulation, { type: 'crash', node: 'worker0', forNs: SECOND_NS });
    const ledger = runTo(simulation, 60);
    return { ...ledger, oracle: simulation.world.oracle };
  };

  it('after the work: a crash repeats, and loses nothing (K28)', () => {
    const { delivery, oracle } = crashed('after');
    expect([delivery.processed, delivery.lost]).toEqual([1000, 0]);
    expect(oracle.duplicateEffects).toBeGreaterThan(0);
    expect(oracle.duplicateEffects).toBeLessThanOrEqual(50);
  });

  it('before the work: a crash loses what was in hand, and repeats nothing (K28)', () => {
    const { delivery, oracle } = crashed('before');
    expect(delivery.lost).toBeGreaterThan(0);
    expect(delivery.lost).toBeLessThanOrEqual(100);
    expect(delivery.processed).toBe(1000 - delivery.lost);
    expect(oracle.duplicateEffects).toBe(0);
  });

  it('before the work: nothing is begun until it is through, however long that takes (K28)', () => {
    const simulation = drawn({ consumes: { commit: 'before', maxPollRecords: 20 }, sender: { limit: 400 } });
    interface Notes {
      readonly own: { readonly coordinator?: CoordinatorState };
    }
    const committedOf = (name: string): number =>
      Math.max(
        0,
        ...savedOf<Notes>(simulation, 'kafka').map(
          ({ own }) => own.coordinator?.groups.get('readers')?.offsets.get(name)?.offset ?? 0,
        ),
      );
    simulation.advanceTo(3 * SECOND_NS);
    give(simulation, { type: 'delay', wire: 'readers-worker0', extraNs: 0.2 * SECOND_NS, forNs: 3 * SECOND_NS });
    let seen = 0;
    while (simulation.timeNs < 8 * SECOND_NS) {
      simulation.advanceTo(simulation.timeNs + 3e6);
      for (const { inHand } of membersOf(simulation, 'worker0')) {
        for (const { offset, partition } of valuesOf(inHand)) {
          seen++;
          expect(committedOf(partition)).toBeGreaterThan(offset);
        }
      }
    }
    expect(seen).toBeGreaterThan(20);
    expect(runTo(simulation, 20).delivery).toMatchObject({ processed: 400, lost: 0 });
  });

  it('nowhere yet: the group begins at the end or at the start, and what is passed over is skipped (K29)', () => {
    const begun = (offsetReset: string) => {
      const simulation = drawn({ sender: { limit: 300 }, consumes: { offsetReset }, cluster: { initialRebalanceDelay: '2s' } });
      return runTo(simulation, 20).delivery;
    };
    const latest = begun('latest');
    expect(latest.skipped).toBeGreaterThan(100);
    expect(latest.processed).toBe(300 - latest.skipped);
    expect(begun('earliest')).toMatchObject({ processed: 300, skipped: 0 });
  });

  it('and a group that may not choose stands still', () => {
    const simulation = drawn({ consumes: { offsetReset: 'none' } });
    const heard = listenTo(simulation);
    expect(runTo(simulation, 5).delivery.processed).toBe(0);
    expect(heard.get('notice.kafka.no-offset')).toBeGreaterThan(0);
  });
});

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
    expect(gauge(simulation, 'orders', 'records')).toBeLessThan(250);
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
