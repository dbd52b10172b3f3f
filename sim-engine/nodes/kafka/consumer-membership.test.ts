// Groups of a cluster in a drawing share partitions and hand them on: whoever comes, is killed, is closed, or works too long.

import { describe, expect, it } from 'vitest';
import { ledgerOf } from '../../simulation/ledger.ts';
import { node } from '../../testing/drawing.ts';
import { consume, countRequests, drawn, listenTo, membersOf, ownedBy } from '../../testing/kafka/drawn-cluster.ts';
import { gaugeOf, give, runTo } from '../../testing/running.ts';

const SECOND_NS = 1e9;

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
      expect(gaugeOf(simulation, 'readers', 'members')).toBe(3);
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
      const [fromNs, before] = [simulation.timeNs, gaugeOf(simulation, 'worker0', 'processed')];
      while (isWaiting()) simulation.advanceTo(simulation.timeNs + 5e6);
      const seconds = (simulation.timeNs - fromNs) / SECOND_NS;
      expect(seconds).toBeGreaterThan(0.2);
      return (gaugeOf(simulation, 'worker0', 'processed') - before) / seconds;
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
