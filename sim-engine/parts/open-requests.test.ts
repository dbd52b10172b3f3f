// Facts of section 1 of docs/semantics/patterns.md.

import { describe, expect, it } from 'vitest';
import { abandonAll, newOpenRequests, nextDeadlineNs, openRequest, takeReply, takeTimedOut } from './open-requests.ts';

describe('open requests', () => {
  it('complete by a reply before the deadline; at the deadline it is late', () => {
    const requests = newOpenRequests();
    const early = openRequest(requests, 20);
    const late = openRequest(requests, 20);
    expect(takeReply(requests, 19, early)).toBe('completed');
    expect(takeTimedOut(requests, 19)).toBe(-1);
    expect([takeTimedOut(requests, 20), takeTimedOut(requests, 20)]).toEqual([late, -1]);
    expect(takeReply(requests, 20, late)).toBe('late');
    expect(takeReply(requests, 20, early)).toBe('duplicate');
    expect(takeReply(requests, 20, 2)).toBe('unknown');
    expect(takeReply(requests, 20, -1)).toBe('unknown');
    expect([requests.lateCount, requests.duplicateCount, requests.unknownCount]).toEqual([1, 1, 2]);
  });

  it('do not take a reply while a deadline of the same instant is left', () => {
    const requests = newOpenRequests();
    openRequest(requests, 20);
    expect(() => takeReply(requests, 20, 0)).toThrow('deadlines come before');
  });

  it('time out in the order of their deadlines, also when later ones were given less time', () => {
    const requests = newOpenRequests();
    for (const deadline of [50, 30, 40, 30]) openRequest(requests, deadline);
    expect(nextDeadlineNs(requests)).toBe(30);
    expect(takeReply(requests, 10, 1)).toBe('completed');
    expect([0, 1, 2, 3].map(() => takeTimedOut(requests, 100))).toEqual([3, 2, 0, -1]);
    expect(nextDeadlineNs(requests)).toBe(Number.POSITIVE_INFINITY);
  });

  it('are all given up by a crash, and their replies come late', () => {
    const requests = newOpenRequests();
    for (let i = 0; i < 100; i++) openRequest(requests, 1000 + i);
    takeReply(requests, 0, 3);
    expect(abandonAll(requests)).toBe(99);
    expect([requests.openCount, nextDeadlineNs(requests)]).toEqual([0, Number.POSITIVE_INFINITY]);
    expect([takeReply(requests, 0, 3), takeReply(requests, 0, 4)]).toEqual(['duplicate', 'late']);
  });

  it('of half a million keep the oldest open one, and forget what was closed a quarter of a million ago', () => {
    const requests = newOpenRequests();
    openRequest(requests, 1e9);
    for (let number = 1; number < 500_000; number++) {
      openRequest(requests, 1e9);
      takeReply(requests, 0, number);
    }
    expect(takeReply(requests, 0, 499_999)).toBe('duplicate');
    expect(takeReply(requests, 0, 0)).toBe('completed');
    const others = newOpenRequests();
    for (let number = 0; number < 600_000; number++) takeReply(others, 0, openRequest(others, 1e9));
    expect(others.fates.length).toBe(262_144);
    expect([takeReply(others, 0, 599_999), takeReply(others, 0, 1)]).toEqual(['duplicate', 'late']);
  });
});
