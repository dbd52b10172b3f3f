// Messages that go straight to a service, with no queue in between: lesson L1 of the curriculum, and P50 with nowhere to wait.

import { describe, expect, it } from 'vitest';
import { INSTANT, lasting, node, type ParamsDocument, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';

const direct = (sender: ParamsDocument, worker: ParamsDocument, on: ParamsDocument = {}): Story =>
  new Story({
    nodes: [node('shop', 'sender', { arrivals: 'constant', ...sender }), node('worker', 'service', worker)],
    wires: [wire('direct', 'shop', 'worker', { ...INSTANT, ...on })],
  });

describe('a message that goes straight to a service', () => {
  it('is worked on there, and counted in both books', () => {
    const story = direct({ rate: 10, limit: 5 }, { work: lasting('50ms') }, { delay: '10ms' }).to('10s');
    expect(story.times('processed')).toEqual([160, 260, 360, 460, 560]);
    expect(story.ledger.publish).toMatchObject({ sent: 5, accepted: 5 });
    expect(story.ledger.delivery).toMatchObject({ owed: 5, processed: 5 });
    expect(story.simulation.world.messages.live).toBe(0);
  });

  it('is refused by who is busy and lets nobody wait: 200 in a second, twenty a second (L1)', () => {
    const story = direct({ rate: 200, limit: 200 }, { work: lasting('50ms'), callsWaiting: 0 }).to('10s');
    expect(story.ledger.publish.refused).toBeGreaterThan(150);
    expect(story.ledger.publish).toMatchObject({ sent: 200, accepted: 200 - story.ledger.publish.refused });
    expect(story.reasons('refused')).toEqual({ 'worker full': story.ledger.publish.refused });
    expect(story.gauge('missed_effects')).toBe(story.ledger.publish.refused);
  });

  it('waits with as many as may wait', () => {
    const story = direct({ rate: 1000, limit: 10 }, { work: lasting('1s'), callsWaiting: 3 }).to('1min');
    expect(story.ledger.publish).toMatchObject({ accepted: 4, refused: 6 });
    expect(story.ledger.delivery.processed).toBe(4);
  });

  it('is lost with a service that is down, and with one that crashes over it', () => {
    const story = direct({ rate: 10, limit: 20 }, { work: lasting('50ms') })
      .at('1.01s', 'crash worker for 500ms')
      .to('10s');
    expect(story.reasons('lost')).toEqual({ 'worker down': 5, 'worker crash': 1 });
    expect(story.ledger.delivery.processed).toBe(14);
  });

  it('that fails has nowhere to wait: it is lost, unless the worker tries again by itself', () => {
    const failing = { work: lasting('10ms'), failFirst: 1, retry: 'fixed', retryBase: '10ms' };
    const lost = direct({ rate: 10, limit: 5 }, failing).to('10s');
    expect(lost.reasons('lost')).toEqual({ 'worker rejected': 5 });
    for (const retryWait of ['in-worker', 'in-place']) {
      expect(direct({ rate: 10, limit: 5 }, { ...failing, retryWait }).to('10s').ledger.delivery.processed, retryWait).toBe(5);
    }
  });

  it('answers its sender when the work is done: a caller of a closed loop waits for it', () => {
    const closed = { loop: 'closed', callers: 1, think: lasting('0s') };
    const story = direct(closed, { work: lasting('100ms') }, { delay: '10ms' }).to('12.1s');
    // 10 ms there, 100 ms of work, 10 ms back.
    expect(story.ledger.publish.sent).toBe(101);
  });

  it('stops to be waited for after the time-out, and its sender goes on', () => {
    const closed = { loop: 'closed', callers: 1, think: lasting('0s') };
    const story = direct(closed, { work: lasting('1h') }, { timeout: '500ms' }).to('10.1s');
    expect(story.ledger.publish.sent).toBe(21);
  });

  it('is let go of with its wire', () => {
    const story = direct({ rate: 10 }, { work: lasting('1h'), concurrency: 100 })
      .at('2s', 'remove worker')
      .to('3s');
    expect(story.reasons('lost')).toEqual({ 'worker removed': 19 });
  });
});
