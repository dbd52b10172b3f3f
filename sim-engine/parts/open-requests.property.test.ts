// Laws P1, P2 and P5 of docs/semantics/patterns.md, and the set against a twin that lists all requests there ever were.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clonePlain } from '../kernel/plain-state.ts';
import { PlainOpenRequests } from '../testing/slow-twins/plain-guards.ts';
import {
  abandonAll,
  newOpenRequests,
  nextDeadlineNs,
  type OpenRequests,
  openRequest,
  takeReply,
  takeTimedOut,
} from './open-requests.ts';

const step = fc.record({
  gapNs: fc.integer({ min: 0, max: 10 }),
  op: fc.constantFrom('request', 'request', 'reply', 'reply', 'stray', 'wait'),
  timeoutNs: fc.integer({ min: 1, max: 60 }),
  pick: fc.integer({ min: 0, max: 1000 }),
});

describe('open requests', () => {
  it('P1, P2: complete exactly once as a plain list says, and whatever else comes back is counted', () => {
    const verdicts = new Set<string>();
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 300 }), (script) => {
        let requests: OpenRequests = newOpenRequests();
        const twin = new PlainOpenRequests();
        const timeouts: number[] = [];
        const counts = { completed: 0, late: 0, duplicate: 0, unknown: 0 };
        let nowNs = 0;
        for (const { gapNs, op, timeoutNs, pick } of script) {
          nowNs += gapNs;
          for (let number = takeTimedOut(requests, nowNs); number >= 0; number = takeTimedOut(requests, nowNs))
            timeouts.push(number);
          twin.advance(nowNs);
          expect(timeouts).toEqual(twin.timeouts);
          if (op === 'request') expect(openRequest(requests, nowNs + timeoutNs)).toBe(twin.open(nowNs + timeoutNs));
          else if (op !== 'wait') {
            // Mostly of a request among the last ones.
            const number =
              op === 'stray' ? twin.requests.length + (pick % 3) : Math.max(0, twin.requests.length - 1 - (pick % 12));
            const verdict = takeReply(requests, nowNs, number);
            expect(verdict).toBe(twin.reply(number));
            counts[verdict]++;
            verdicts.add(verdict);
          }
          expect(requests.openCount).toBe(twin.count('open'));
          if (pick % 50 === 0) requests = clonePlain(requests);
        }
        expect(counts).toEqual({
          completed: requests.completedCount,
          late: requests.lateCount,
          duplicate: requests.duplicateCount,
          unknown: requests.unknownCount,
        });
        expect(requests.completedCount + requests.timedOutCount + requests.openCount).toBe(requests.next);
        expect(abandonAll(requests)).toBe(twin.count('open'));
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(verdicts.size).toBe(4);
  });

  it('P5: are as many, over time, as they come per second times how long they are open, timeouts at their timeout', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 200 }), (answersNs) => {
        const requests = newOpenRequests();
        const timeoutNs = 40;
        const gapNs = 7;
        let area = 0;
        const due = answersNs.map((answerNs, number) => ({ atNs: number * gapNs + answerNs, number }));
        const endNs = answersNs.length * gapNs + 100;
        let responseNs = 0;
        for (let nowNs = 0; nowNs < endNs; nowNs++) {
          while (takeTimedOut(requests, nowNs) >= 0) responseNs += timeoutNs;
          if (nowNs % gapNs === 0 && nowNs / gapNs < answersNs.length) openRequest(requests, nowNs + timeoutNs);
          for (const { atNs, number } of due) {
            if (atNs === nowNs && takeReply(requests, nowNs, number) === 'completed') responseNs += answersNs[number] as number;
          }
          area += requests.openCount;
        }
        expect(nextDeadlineNs(requests)).toBe(Number.POSITIVE_INFINITY);
        expect(area).toBe(responseNs);
      }),
      { numRuns: 100, seed: 5 },
    );
  });
});
