// Announcements: how often, in which order, and what falls away.

import { describe, expect, test } from 'vitest';
import { ANNOUNCE_MS, Announcer } from './announcer.ts';

describe('an announcer', () => {
  test('says at most one sentence in two seconds, however much is told', () => {
    const announcer = new Announcer();
    const saidAt: number[] = [];
    for (let nowMs = 0; nowMs < 60_000; nowMs += 50) {
      announcer.tell(`topic ${nowMs % 350}`, `at ${nowMs}`);
      if (announcer.take(nowMs) !== null) saidAt.push(nowMs);
    }
    expect(ANNOUNCE_MS).toBe(2_000);
    expect(saidAt).toHaveLength(30);
    for (const [ix, nowMs] of saidAt.entries()) expect(nowMs - (saidAt[ix - 1] ?? -2_000)).toBeGreaterThanOrEqual(2_000);
  });

  test('says the first at once, and the others in the order in which they were told', () => {
    const announcer = new Announcer();
    announcer.tell('a', 'one');
    announcer.tell('b', 'two');
    expect([announcer.take(0), announcer.take(1_999), announcer.take(2_000), announcer.take(4_000)]).toEqual([
      'one',
      null,
      'two',
      null,
    ]);
  });

  test('tells the newest of a topic alone', () => {
    const announcer = new Announcer();
    announcer.tell('run', 'paused');
    announcer.tell('run', 'running');
    expect(announcer.take(0)).toBe('running');
    expect(announcer.take(9_000)).toBeNull();
  });

  test('forgets the oldest of too many topics', () => {
    const announcer = new Announcer();
    for (const topic of ['a', 'b', 'c', 'd', 'e']) announcer.tell(topic, topic);
    expect(announcer.take(0)).toBe('b');
  });

  test('takes back what is over before it was said', () => {
    const announcer = new Announcer();
    announcer.tell('line', 'grows');
    announcer.tell('line', '');
    expect(announcer.take(0)).toBeNull();
    announcer.tell('run', 'paused');
    expect(announcer.take(0)).toBe('paused');
  });
});
