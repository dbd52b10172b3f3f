// A service and requests whose callers have given up: P3 of docs/semantics/patterns.md, and step 5 of lesson L3.

import { describe, expect, it } from 'vitest';
import { INSTANT, lasting, node, type ParamsDocument, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';

/** Two requests a second, each waited for 1 s, for a server that takes 2 s each. */
const behind = (server: ParamsDocument): Story =>
  new Story({
    nodes: [
      node('client', 'requester', { arrivals: 'constant', rate: 2, timeout: '1s' }),
      node('asked', 'queue', { ackDeadline: '0s' }),
      node('server', 'service', { work: lasting('2s'), ...server }),
      node('replies', 'queue'),
    ],
    wires: [
      wire('publish', 'client', 'asked', INSTANT),
      wire('deliver', 'asked', 'server', INSTANT),
      wire('publish', 'server', 'replies', INSTANT),
      wire('deliver', 'replies', 'client', INSTANT),
    ],
  });

describe('a server that is behind', () => {
  it('works for nobody: all it does comes too late', () => {
    const story = behind({}).to('5min');
    expect(story.gauge('busy_seconds', 'server')).toBeGreaterThan(295);
    expect(story.gauge('wasted_work')).toBeGreaterThan(290);
    expect(story.gauge('answered', 'client')).toBe(0);
  });

  it('that skips what nobody waits for begins nothing whose caller has given up (P3)', () => {
    const story = behind({ skipsExpired: true }).to('5min');
    expect(story.gauge('too_late', 'server')).toBeGreaterThan(400);
    const asked = new Map(
      story
        .stops('sent')
        .filter(({ sender }) => sender === 'client')
        .map(({ number, ms }) => [number, ms]),
    );
    const begun = story.stops('begun').filter(({ where }) => where === 'server');
    expect(begun.length).toBeGreaterThan(100);
    for (const { number, ms } of begun) expect(ms - (asked.get(number) as number)).toBeLessThan(1000);
  });

  it('what it skips is expired in the books, at its place and for its reason', () => {
    const story = behind({ skipsExpired: true, work: lasting('900ms') }).to('1min');
    expect(story.reasons('expired')['server late']).toBe(story.gauge('too_late', 'server'));
    expect(story.gauge('too_late', 'server')).toBeGreaterThan(30);
  });

  it('knows nothing of messages without a deadline', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'constant', rate: 2, limit: 20 }),
        node('orders', 'queue', { ackDeadline: '0s' }),
        node('worker', 'service', { work: lasting('2s'), skipsExpired: true }),
      ],
      wires: [wire('publish', 'shop', 'orders', INSTANT), wire('deliver', 'orders', 'worker', INSTANT)],
    }).to('5min');
    expect(story.ledger.delivery.processed).toBe(20);
  });
});
