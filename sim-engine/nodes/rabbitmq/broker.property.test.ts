// The laws of semantics/rabbitmq.md 13 over random scripts of clients. `npm run mutants` plants into each test the fault that its checker
// must see (testing/mutants/rabbitmq-mutants.ts). R2 and R34 to R36 are about routing (routing.property.test.ts), R29 to R31 about nodes
// that fail (cluster.test.ts), R32 and R33 about clients (broker-actor.test.ts).

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { anyScript, runScript, type Script } from '../../testing/rabbitmq/script.ts';

const RUNS = 1000;

describe('whatever clients do', () => {
  it.each(['4.3', '4.0', '3.10'] as const)('a broker %s keeps the laws', (version) => {
    fc.assert(
      fc.property(anyScript, (script) => {
        const { faults, trace } = runScript(version, script);
        expect([faults, faults.length > 0 ? trace.slice(-15) : []]).toEqual([[], []]);
      }),
      { numRuns: RUNS },
    );
  });
});

const isPlanted = process.env.PLANTED === '1';

/** The first breach of each law, over the same scripts for all; who plants a fault has them run anew for its own law. */
let breaches: ReadonlyMap<string, string> | null = null;
beforeEach(() => {
  if (isPlanted) breaches = null;
});

function breachOf(law: string): string | undefined {
  breaches ??= firstBreaches(isPlanted ? law : '');
  return breaches.get(law);
}

/** Stops at the first breach of `wanted`, if that is a law. */
function firstBreaches(wanted: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const script of fc.sample(anyScript, { numRuns: 3000, seed: 1 })) {
    for (const fault of runScript('4.3', script).faults) {
      const law = fault.slice(0, fault.indexOf(':'));
      if (!found.has(law)) found.set(law, fault);
    }
    if (found.has(wanted)) break;
  }
  return found;
}

describe('over three thousand scripts', () => {
  it.each([
    'R1: each publish yields at most one copy per queue',
    'R3: unroutable and mandatory: exactly one return, before the ack',
    'R4: each publish of a channel with confirms is answered once',
    'R5: ready + unacked + dead-lettered + dropped + acked = enqueued, per queue, after every step',
    'R6: a message is unacked at no more than one consumer',
    'R7: unacked per consumer never exceeds its prefetch',
    'R8: delivery tags of a channel are 1, 2, 3, ... without gaps',
    'R9: no consumer with room is idle while messages are ready',
    'R10: a consumer of lower priority receives only while all higher ones are full',
    'R11: in a classic queue a returned message never passes one with a smaller position',
    'R12: in a quorum queue what came back goes out before what is new',
    'R13: closing a channel requeues exactly its unacked, each redelivered next time',
    'R14: the first delivery of a fresh copy is not redelivered',
    'R15: nothing is delivered after its deadline',
    'R16: an expired message leaves only at the head',
    'R17: unacked messages never expire',
    'R18: ready messages keep to the limit after every step',
    'R19: unacked messages do not count in limits',
    'R20: drop-head drops the oldest first',
    'R21: a publish that is nacked lies in none of the queues that refused it',
    'R22: x-death has one entry per queue and reason, the most recent first, and counts only rise',
    'R23: a cycle without a reader visits no queue twice',
    'R24: a dead letter carries no expiration',
    'R25: the delivery count rises by one with each failed return, and not with a nack',
    'R26: after more failed returns than the limit a message is not in the queue',
    'R27: of a single active consumer no two receive',
    'R28: who has cancelled receives nothing more',
    'R37: a purge makes no dead letters',
    'R38: what is persistent in a durable queue, and all of a quorum queue, survives a restart',
  ])('%s', (title) => {
    expect(breachOf(title.slice(0, title.indexOf(':')))).toBeUndefined();
  });

  it('R39: the same script tells the same', () => {
    fc.assert(fc.property(anyScript, isToldAlike));
  });
});

function isToldAlike(script: Script): boolean {
  const [first, second] = [runScript('4.3', script), runScript('4.3', script)];
  return first.trace.join('\n') === second.trace.join('\n');
}
