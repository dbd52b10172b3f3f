// What a service remembers, and when: marked before the effect, after it, or with it. Section 6 of docs/semantics/patterns.md; P23
// to P26. The tables themselves are testing/vectors/patterns/dedup-ttl.json, replayed by the runner.

import { describe, expect, it } from 'vitest';
import { INSTANT, lasting, node, type ParamsDocument, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';

const MARK_BEFORE = ['receive', 'remember', 'work', 'acknowledge'];
const MARK_AFTER = ['receive', 'check', 'work', 'mark', 'acknowledge'];
const ONCE = ['receive', 'check', { do: 'charge', takes: lasting('10ms'), once: true }, 'acknowledge'];

/** One in two receipts is lost on the way back, so that half of all messages are handed out again. */
const doubled = (worker: ParamsDocument, sender: ParamsDocument = {}, ackDeadline = '1s'): Story =>
  new Story({
    nodes: [
      node('shop', 'sender', { arrivals: 'constant', rate: 10, limit: 400, ...sender }),
      node('orders', 'queue', { ackDeadline }),
      node('worker', 'service', { work: lasting('10ms'), ...worker }),
    ],
    wires: [
      wire('publish', 'shop', 'orders', INSTANT),
      wire('deliver', 'orders', 'worker', { ...INSTANT, loss: 0.3, pollTimeout: '100ms' }),
    ],
  });

describe('deliveries that come again', () => {
  it('are done again by a worker that remembers nothing', () => {
    const story = doubled({}).to('10min');
    expect(story.ledger.repeats).toBeGreaterThan(50);
    expect(story.gauge('dup_effects')).toBeGreaterThan(50);
  });

  it.each([
    ['before', MARK_BEFORE],
    ['after', MARK_AFTER],
    ['with', ONCE],
  ])('are recognised when marked %s the effect: deliveries less ids (P23)', (_, steps) => {
    const story = doubled({ steps }).to('10min');
    expect(story.gauge('dup_effects')).toBe(0);
    expect(story.ledger.delivery.processed).toBe(400);
    expect(story.gauge('skipped_work', 'worker')).toBe(story.gauge('received', 'worker') - 400);
  });

  it('are done again when they come later than they are remembered', () => {
    const short = doubled({ steps: MARK_AFTER, memoryTtl: '900ms' }).to('10min');
    expect(short.gauge('dup_effects')).toBeGreaterThan(50);
    expect(doubled({ steps: MARK_AFTER, memoryTtl: '60s' }).to('10min').gauge('dup_effects')).toBe(0);
  });

  it('P25: are skipped at the age at which they are forgotten, and done again a nanosecond later', () => {
    // It is remembered at once and takes longer than the deadline: a second place is handed it after a second, to the nanosecond.
    const again = (memoryTtl: string) => {
      const worker = { steps: MARK_BEFORE, concurrency: 2, work: lasting('1500ms'), memoryTtl };
      const story = doubled(worker, { limit: 1 }).at('0s', 'set orders-worker.loss 0').to('1min');
      return [story.gauge('received', 'worker'), story.gauge('skipped_work', 'worker'), story.gauge('dup_effects')];
    };
    expect(again('1s')).toEqual([2, 1, 0]);
    expect(again('999999999ns')).toEqual([2, 0, 1]);
  });

  it('are done again when they were forgotten before they were to be remembered for longer', () => {
    // It is handed out again after a second.
    const raised = (at: string) => {
      const worker = { steps: MARK_BEFORE, concurrency: 2, work: lasting('1500ms'), memoryTtl: '500ms' };
      const story = doubled(worker, { limit: 1 }).at('0s', 'set orders-worker.loss 0');
      story.at(at, 'set worker.memoryTtl 1h').to('1min');
      return [story.gauge('received', 'worker'), story.gauge('skipped_work', 'worker'), story.gauge('dup_effects')];
    };
    // The one message comes at 100 ms.
    expect(raised('550ms')).toEqual([2, 1, 0]);
    expect(raised('650ms')).toEqual([2, 0, 1]);
  });

  it('both pass when two places check at the same time, unless they check and mark in one', () => {
    // The deadline is over before the work is, so that a second place begins while the first is at it.
    const racing = (steps: readonly unknown[]) =>
      doubled({ steps, concurrency: 4, work: lasting('150ms') }, { rate: 2, limit: 50 }, '100ms').to('10min');
    expect(racing(MARK_AFTER).gauge('dup_effects')).toBeGreaterThan(20);
    expect(racing(MARK_BEFORE).gauge('dup_effects')).toBe(0);
    const transaction = ['receive', 'check', { do: 'charge', takes: lasting('150ms'), once: true }, 'acknowledge'];
    expect(racing(transaction).gauge('dup_effects')).toBe(0);
  });
});

describe('a crash about the effect', () => {
  /** Effects of one message whose first attempt ends after so many steps; what is remembered is kept on disk. */
  function effects(steps: readonly unknown[], crashAfter: number): number {
    const crash = { crashAfter, restartAfter: '200ms', memoryKept: true };
    const story = doubled({ steps, ...crash }, { limit: 1 }).at('0s', 'set orders-worker.loss 0');
    story.at('500ms', 'set worker.crashAfter 0').to('1min');
    expect(story.gauge('received', 'worker')).toBe(2);
    return story.ledger.delivery.processed + story.ledger.repeats;
  }

  it.each([
    ['before', MARK_BEFORE, 2, 3, 0, 1],
    ['after', MARK_AFTER, 2, 3, 1, 2],
    ['with', ONCE, 2, 3, 1, 1],
  ])('P26: marked %s it: none, one or two, by whether it came before or after', (_, steps, before, after, first, second) => {
    expect([effects(steps, before), effects(steps, after)]).toEqual([first, second]);
  });
});

describe('what is remembered', () => {
  it('is as much as comes within the time to live (P24)', () => {
    const story = doubled(
      { steps: MARK_BEFORE, memoryTtl: '20s', work: lasting('1ms'), concurrency: 50 },
      { limit: 0, rate: 15 },
    );
    const newIds = () => story.gauge('received', 'worker') - story.gauge('skipped_work', 'worker');
    story.to('100s');
    const before = newIds();
    story.to('120s');
    expect(newIds() - before).toBeGreaterThan(200);
    expect(Math.abs(story.gauge('ids_kept', 'worker') - (newIds() - before))).toBeLessThanOrEqual(1);
  });

  it('is bounded where it is told to be, and then forgets early', () => {
    const story = doubled({ steps: MARK_AFTER, memoryTtl: '1h', memoryBound: 5 }).to('10min');
    expect(story.gauge('ids_kept', 'worker')).toBe(5);
    expect(story.gauge('dup_effects')).toBeGreaterThan(0);
  });

  it('is forgotten in a crash, unless it is kept on disk', () => {
    const crashed = (memoryKept: boolean) =>
      doubled({ steps: MARK_BEFORE, memoryKept }).at('20s', 'crash worker for 100ms').to('20.2s').gauge('ids_kept', 'worker');
    expect(crashed(true)).toBeGreaterThan(100);
    expect(crashed(false)).toBeLessThan(5);
  });

  it('marked before, with a crash in between: the message is passed over and its effect missing', () => {
    const story = doubled({ steps: MARK_BEFORE, memoryKept: true, crashAfter: 2, crashChance: 0.1, restartAfter: '1ms' }).to(
      '10min',
    );
    expect(story.gauge('missed_effects')).toBeGreaterThan(20);
    expect(story.gauge('dup_effects')).toBe(0);
    expect(story.reasons('dropped')).toEqual({ 'worker recognised': story.ledger.delivery.dropped });
  });

  it('goes by the key where it is told to: another message about the same order is the same', () => {
    const story = doubled({ steps: MARK_BEFORE, memory: 'key' }, { keys: 5 }).to('10min');
    expect(story.ledger.delivery.processed).toBe(5);
  });
});
