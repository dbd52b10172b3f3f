// Facts about the waits of a client beyond the recorded ones.

import { describe, expect, it } from 'vitest';
import { CLIENT_JITTER, CLIENT_MULTIPLIER, clientBackoffMs, usesBackoffDraw } from './client-backoff.ts';

const RETRY = { initialMs: 100, multiplier: CLIENT_MULTIPLIER, maxMs: 1000, jitter: CLIENT_JITTER };

describe('the wait before a retry', () => {
  it('doubles from retry.backoff.ms to retry.backoff.max.ms, a fifth either way (K21)', () => {
    expect([0, 1, 2, 3, 4, 5].map((failures) => clientBackoffMs(RETRY, failures, 0))).toEqual([80, 160, 320, 640, 800, 800]);
    expect([0, 1, 2, 3, 4, 5].map((failures) => clientBackoffMs(RETRY, failures, 1))).toEqual([120, 240, 480, 960, 1000, 1000]);
  });

  it('is never above the longest, however often it failed', () => {
    for (const failures of [50, 1000]) expect(clientBackoffMs(RETRY, failures, 0.999)).toBeLessThanOrEqual(1000);
  });

  it('is constant and needs no draw where the longest is not above the first', () => {
    const constant = { ...RETRY, initialMs: 1000 };
    expect(usesBackoffDraw(constant)).toBe(false);
    expect(usesBackoffDraw(RETRY)).toBe(true);
    expect(usesBackoffDraw({ ...RETRY, jitter: 0 })).toBe(false);
    expect(clientBackoffMs(constant, 3, 0.9)).toBe(1000);
  });

  it('is nothing where the first one is nothing', () => {
    for (const multiplier of [1, 2]) expect(clientBackoffMs({ ...RETRY, initialMs: 0, maxMs: 1, multiplier }, 3, 0.5)).toBe(0);
  });

  it('is refused with a multiplier below zero', () => {
    expect(() => clientBackoffMs({ ...RETRY, multiplier: -2 }, 1, 0.5)).toThrow('multiplied by a whole number');
  });
});
