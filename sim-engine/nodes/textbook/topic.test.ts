// The textbook topic: publish-subscribe. Every subscription has its copy, a late one sees only what comes after, and what nobody
// listens to is unroutable. P45 and P57 are of docs/semantics/patterns.md.

import { describe, expect, it } from 'vitest';
import { every, INSTANT, lasting, node, type ParamsDocument, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';
import { LISTENER_DESK_MAX } from './topic.ts';

const upTo = (count: number) => Array.from({ length: count }, (_, ix) => ix + 1);

interface Fan {
  readonly times: readonly string[];
  /** Queues that the topic feeds, each with a reader `<id>-reader`. */
  readonly queues?: { readonly [id: string]: ParamsDocument };
  /** Services that listen to the topic themselves. */
  readonly listeners?: { readonly [id: string]: ParamsDocument };
  readonly publish?: ParamsDocument;
}

function fan({ times, queues = {}, listeners = {}, publish }: Fan): Story {
  const queueIds = Object.keys(queues);
  const listenerIds = Object.keys(listeners);
  return new Story({
    nodes: [
      node('shop', 'sender', { arrivals: 'times', times }),
      node('news', 'topic'),
      ...queueIds.flatMap((id) => [node(id, 'queue', queues[id]), node(`${id}-reader`, 'service', { work: lasting('1ms') })]),
      ...listenerIds.map((id) => node(id, 'service', listeners[id])),
    ],
    wires: [
      wire('publish', 'shop', 'news', { ...INSTANT, ...publish }),
      ...queueIds.flatMap((id) => [wire('feed', 'news', id, INSTANT), wire('deliver', id, `${id}-reader`, INSTANT)]),
      ...listenerIds.map((id) => wire('subscribe', 'news', id, INSTANT)),
    ],
  });
}

describe('a topic', () => {
  it('gives every subscription its copy of every message', () => {
    const story = fan({
      times: every(10, 50),
      queues: { mail: {}, stock: {} },
      listeners: { screen: { work: lasting('2ms') } },
    }).to('10s');
    expect(story.ledger.publish).toMatchObject({ sent: 50, accepted: 50 });
    expect(story.ledger.delivery).toMatchObject({ owed: 150, processed: 150 });
    for (const where of ['mail-reader', 'stock-reader', 'screen']) expect(story.numbers('processed', where)).toEqual(upTo(50));
    expect([story.gauge('published', 'news'), story.gauge('copies', 'news')]).toEqual([50, 150]);
    // Three effects of one message at three subscriptions are no duplicates.
    expect(story.gauge('dup_effects')).toBe(0);
  });

  it('shows a late subscriber only what comes after', () => {
    const story = fan({ times: every(1000, 10), queues: { mail: {} } });
    story
      .at(
        '4500ms',
        'edit: add-node {"id":"late","kind":"queue"}; add-wire {"id":"news-late","kind":"feed","from":"news","to":"late","params":{"delay":"0s"}}',
      )
      .at(
        '6500ms',
        'edit: add-node {"id":"later","kind":"service"}; add-wire {"id":"news-later","kind":"subscribe","from":"news","to":"later","params":{"delay":"0s"}}',
      )
      .to('1min');
    expect(story.messages().map(({ number }) => number)).toEqual([6, 7, 8, 9, 10]);
    expect(story.gauge('ready', 'late')).toBe(5);
    expect(story.numbers('begun', 'later')).toEqual([8, 9, 10]);
    expect(story.numbers('processed', 'mail-reader')).toEqual(upTo(10));
  });

  it('owes nothing more to a subscriber that left', () => {
    const story = fan({ times: every(1000, 10), queues: { mail: {}, stock: {} } })
      .at('4500ms', 'remove-wire news-stock')
      .to('1min');
    expect(story.numbers('processed', 'stock-reader')).toEqual(upTo(5));
    expect(story.ledger.delivery).toMatchObject({ owed: 15, processed: 15 });
  });

  it('without any subscription has nowhere to put a message: unroutable', () => {
    const story = fan({ times: every(1000, 6), listeners: { screen: {} } });
    story.at('2500ms', 'remove-wire news-screen').to('1min');
    expect(story.ledger.publish).toMatchObject({ sent: 6, accepted: 3, unroutable: 3 });
    expect(story.numbers('unroutable')).toEqual([4, 5, 6]);
    expect(story.reasons('unroutable')).toEqual({ 'news none': 3 });
    expect(story.gauge('missed_effects')).toBe(3);
  });

  it('answers a sender that asks for it, whether or not anybody listens', () => {
    const closed = (listeners: readonly string[]) =>
      new Story({
        nodes: [
          node('shop', 'sender', { loop: 'closed', callers: 1, think: lasting('1s') }),
          node('news', 'topic'),
          ...listeners.map((id) => node(id, 'service')),
        ],
        wires: [
          wire('publish', 'shop', 'news', { delay: '100ms', confirm: true }),
          ...listeners.map((id) => wire('subscribe', 'news', id)),
        ],
      }).to('4s');
    expect(closed(['screen']).times('sent')).toEqual([1000, 2200, 3400]);
    expect(closed([]).times('sent')).toEqual([1000, 2200, 3400]);
  });

  it('lets no subscription wait for another (P45)', () => {
    const story = fan({ times: every(10, 100), queues: { mail: {} }, listeners: { slow: { work: lasting('1s') } } });
    story.at('0s', 'stall mail-reader 30s').to('10s');
    expect(story.numbers('processed', 'slow')).toEqual(upTo(10 - 1));
    expect(story.gauge('queue_size', 'mail')).toBe(100);
    story.to('2min');
    expect(story.ledger.delivery).toMatchObject({ owed: 200, processed: 200 });
  });

  it('keeps nothing: what passes while it is down never happened', () => {
    const story = fan({ times: every(1000, 5), queues: { mail: {} } })
      .at('1500ms', 'crash news for 2s')
      .to('1min');
    expect(story.reasons('lost')).toEqual({ 'news down': 2 });
    expect(story.numbers('processed')).toEqual([1, 2, 5]);
  });
});

describe('a queue that a topic feeds', () => {
  it('drops a copy for which it has no room: a topic cannot be held back', () => {
    for (const overflow of ['refuse', 'block']) {
      const story = fan({ times: every(1, 5), queues: { mail: { capacity: 2, overflow }, stock: {} } });
      story.at('0s', 'remove-wire mail-mail-reader').to('10s');
      expect(story.reasons('dropped')).toEqual({ 'mail full': 3 });
      expect(story.numbers('dropped')).toEqual([3, 4, 5]);
      expect(story.ledger.publish.accepted).toBe(5);
      expect(story.numbers('processed', 'stock-reader')).toEqual(upTo(5));
    }
  });

  it('makes room for it by dropping its oldest, if it is told to', () => {
    const story = fan({ times: every(1, 5), queues: { mail: { capacity: 2, overflow: 'drop-oldest' } } });
    story.at('0s', 'remove-wire mail-mail-reader').to('10s');
    expect(story.numbers('dropped')).toEqual([1, 2, 3]);
    expect(story.gauge('ready', 'mail')).toBe(2);
  });
});

describe('a service that listens to a topic', () => {
  it('is told once: what fails is lost, and nothing comes again', () => {
    const story = fan({ times: every(100, 10), listeners: { screen: { work: lasting('10ms'), failFirst: 1 } } }).to('1h');
    expect(story.gauge('failed', 'screen')).toBe(10);
    expect(story.gauge('received', 'screen')).toBe(10);
    expect(story.reasons('lost')).toEqual({ 'screen forgotten': 10 });
  });

  it('misses what passes while it is down', () => {
    const story = fan({ times: every(1000, 5), listeners: { screen: { work: lasting('10ms') } } })
      .at('1500ms', 'crash screen for 2s')
      .to('1min');
    expect(story.reasons('lost')).toEqual({ 'screen down': 2 });
    expect(story.numbers('processed')).toEqual([1, 2, 5]);
  });

  it('takes what is pushed until its desk is full, then copies are dropped', () => {
    const story = fan({ times: ['1h'], listeners: { screen: { work: lasting('1h') } } });
    story.at('1s', `burst shop ${LISTENER_DESK_MAX + 2}`).to('2s');
    expect(story.gauge('busy', 'screen') + story.gauge('desk', 'screen')).toBe(LISTENER_DESK_MAX);
    expect(story.reasons('dropped')).toEqual({ 'screen no-room': 2 });
  });
});
