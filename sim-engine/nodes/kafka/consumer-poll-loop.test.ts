// What members of a group in a drawing commit and when, and what a crash repeats or loses by that.

import { describe, expect, it } from 'vitest';
import { valuesOf } from '../../kernel/number-map.ts';
import { drawn, listenTo, membersOf, savedOf } from '../../testing/kafka/drawn-cluster.ts';
import { give, runTo } from '../../testing/running.ts';
import type { CoordinatorState } from './group-coordinator.ts';

const SECOND_NS = 1e9;

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
