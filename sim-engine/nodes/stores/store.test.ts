// The store and its outbox: what is there after a crash, who waits and who is refused, what a second write does, and what becomes of
// events when a service or the relay dies between two steps. Section 7 of docs/semantics/patterns.md; P27 to P30.

import { describe, expect, it } from 'vitest';
import { every, INSTANT, lasting, node, type ParamsDocument, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';

const write = (fields: ParamsDocument = {}) => ({ do: 'write', ...fields });

interface Shop {
  readonly sender?: ParamsDocument;
  readonly queue?: ParamsDocument;
  readonly deliver?: ParamsDocument;
  readonly worker?: ParamsDocument;
  readonly call?: ParamsDocument;
  readonly store?: ParamsDocument;
  readonly events?: ParamsDocument;
  readonly publish?: ParamsDocument;
  readonly reader?: ParamsDocument;
}

/** `shop` sends orders, `worker` writes each into `db` (3 ms); events come to `reader` from the relay and from `worker` itself. */
const shop = ({ sender, queue, deliver, worker, call, store, events, publish, reader }: Shop): Story =>
  new Story({
    nodes: [
      node('shop', 'sender', { arrivals: 'times', times: ['0s'], ...sender }),
      node('orders', 'queue', { ackDeadline: '2s', ...queue }),
      node('worker', 'service', { restartAfter: '1s', steps: ['receive', write(), 'acknowledge'], ...worker }),
      node('db', 'store', { readTakes: lasting('1ms'), writeTakes: lasting('3ms'), relayEvery: '10ms', ...store }),
      node('events', 'queue', events ?? {}),
      node('reader', 'service', { work: lasting('1ms'), ...reader }),
    ],
    wires: [
      wire('publish', 'shop', 'orders', INSTANT),
      wire('deliver', 'orders', 'worker', { ...INSTANT, ...deliver }),
      wire('call', 'worker', 'db', { ...INSTANT, ...call }),
      wire('publish', 'db', 'events', { ...INSTANT, confirm: true, ...publish }),
      wire('publish', 'worker', 'events', INSTANT),
      wire('deliver', 'events', 'reader', INSTANT),
    ],
  });

const OUTBOX = ['receive', write({ outbox: true }), 'acknowledge'];
const DUAL = ['receive', write({ how: 'insert' }), 'publish', 'acknowledge'];
const missed = (story: Story): number => story.simulation.world.oracle.missedEffects;
const doubled = (story: Story): number => story.simulation.world.oracle.duplicateEffects;

describe('a write', () => {
  it('takes its time at a connection and is there at its end', () => {
    const story = shop({}).to('2ms');
    expect([story.gauge('connections', 'db'), story.gauge('rows', 'db')]).toEqual([1, 0]);
    expect(story.to('4ms').gauge('rows', 'db')).toBe(1);
    expect(story.times('processed')).toEqual([3]);
  });

  it('that a crash interrupts was never there, and its asker learns of it by its time-out', () => {
    const story = shop({ call: { timeout: '100ms' }, worker: { steps: OUTBOX, retry: 'fixed', retryBase: '1s' } })
      .at('2ms', 'crash db for 500ms')
      .to('600ms');
    expect(story.gauge('rows', 'db')).toBe(0);
    expect(story.to('10s').times('failed')).toEqual([100]);
    expect([story.gauge('rows', 'db'), story.gauge('committed', 'db')]).toEqual([1, 1]);
  });

  it('stays over a crash of the store', () => {
    const story = shop({ sender: { times: every(10, 5) } })
      .at('1s', 'crash db for 1s')
      .to('3s');
    expect(story.gauge('rows', 'db')).toBe(5);
  });

  it('whose answer is lost leaves its asker in doubt: it asks again, and finds its row in place', () => {
    const story = shop({ call: { timeout: '50ms', retries: 3 } })
      .at('1ms', 'lose worker-db 100% for 10ms')
      .to('10s');
    expect([story.gauge('committed', 'db'), story.gauge('rows', 'db')]).toEqual([2, 1]);
    expect([doubled(story), story.ledger.delivery.processed]).toEqual([0, 1]);
  });

  it('waits for a connection, up to a bound, and is refused beyond it', () => {
    const story = shop({
      sender: { times: every(0, 10) },
      worker: { concurrency: 10, retry: 'none' },
      store: { connections: 2, waiting: 3 },
    }).to('1ms');
    expect(['connections', 'questions_waiting', 'refusals'].map((name) => story.gauge(name, 'db'))).toEqual([2, 3, 5]);
    expect(story.to('1s').times('processed')).toEqual([3, 3, 6, 6, 9]);
  });

  it('is refused while the store is read-only, and takes as many times as long while it is slow', () => {
    const refused = shop({ worker: { retry: 'none' }, store: { mode: 'read-only' } }).to('1s');
    expect([refused.gauge('rows', 'db'), refused.gauge('refusals', 'db')]).toEqual([0, 1]);
    const slow = shop({ store: { mode: 'slow', slowness: 4 } }).to('1s');
    expect(slow.times('processed')).toEqual([12]);
    const both = shop({ store: { mode: 'slow', slowness: 4 } })
      .at('0s', 'slow db x2')
      .to('1s');
    expect(both.times('processed')).toEqual([24]);
  });

  it('of a new row finds no room in a full store', () => {
    const story = shop({ sender: { times: every(10, 5) }, worker: { retry: 'none' }, store: { capacity: 3 } }).to('1s');
    expect([story.gauge('rows', 'db'), story.gauge('refusals', 'db')]).toEqual([3, 2]);
  });

  it('only if the row is not there yet is the inbox: a second delivery is recognised', () => {
    const steps = ['receive', write({ how: 'insert', onConflict: 'skip' }), 'work', 'acknowledge'];
    const story = shop({ worker: { steps, work: lasting('1ms'), crashAfter: 2 } })
      .at('1s', 'set worker.crashAfter 0')
      .to('10s');
    // It wrote, died before the receipt, got it again and saw the row.
    expect([story.gauge('conflicts', 'db'), story.gauge('skipped_work', 'worker')]).toEqual([1, 1]);
    expect(doubled(story)).toBe(0);
  });

  it('of a row that a key names goes through only as long as the row is as it was read (P34)', () => {
    const steps = ['receive', { do: 'read' }, 'work', write({ how: 'append', onConflict: 'fail' }), 'acknowledge'];
    const story = shop({
      sender: { times: every(0, 4), keys: 1 },
      worker: { steps, concurrency: 4, work: lasting('5ms'), retry: 'none' },
      store: { rowOf: 'key' },
    }).to('1s');
    expect([story.gauge('committed', 'db'), story.gauge('conflicts', 'db'), story.gauge('rows', 'db')]).toEqual([1, 3, 1]);
  });

  it('ends with its wire: nobody is there to be answered', () => {
    const story = shop({ worker: { retry: 'none' } })
      .at('2ms', 'remove-wire worker-db')
      .to('1s');
    expect([story.gauge('rows', 'db'), story.gauge('connections', 'db')]).toEqual([0, 0]);
    expect(story.simulation.world.obligations.live).toBe(0);
  });
});

describe('an outbox', () => {
  it('publishes what was committed, and nothing else (P28)', () => {
    const story = shop({
      sender: { times: every(5, 40) },
      worker: { steps: OUTBOX, concurrency: 4, retry: 'none' },
      call: { timeout: '50ms' },
    })
      .at('61ms', 'crash db for 100ms')
      .to('10s');
    const rows = story.gauge('rows', 'db');
    expect(rows).toBeLessThan(40);
    const published = new Set(story.numbers('accepted', 'events'));
    expect([...published].toSorted((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, ix) => ix + 1));
    expect(story.gauge('events_published', 'db')).toBe(rows + story.gauge('published_again', 'db'));
    expect(story.gauge('outbox', 'db')).toBe(0);
  });

  it('looks every so often, and its event counts from the commit', () => {
    const story = shop({ worker: { steps: OUTBOX }, store: { relayEvery: '50ms', relayCrash: 'never' } }).to('1s');
    const [done] = story.stops('processed').filter(({ where }) => where === 'reader');
    expect(done?.ms).toBe(51);
    expect(done?.sender).toBe('db');
    const { world } = story.simulation;
    // 3 ms of the order, and 48 ms from the commit to the reader's success.
    expect(world.books.totals[0]).toBe(51e6);
  });

  it('is published again if the relay dies between publishing and marking: the event is the same one (P30)', () => {
    const story = shop({
      worker: { steps: OUTBOX },
      store: { relayCrash: 'before-mark', relayCrashChance: 1, relayBackAfter: '100ms' },
    })
      .at('50ms', 'set db.relayCrash never')
      .to('10s');
    expect([story.gauge('events_published', 'db'), story.gauge('published_again', 'db')]).toEqual([2, 1]);
    expect(story.numbers('processed', 'reader')).toEqual([1, 1]);
    expect(doubled(story)).toBe(1);
  });

  it('with an inbox behind it every event has one effect, however often the relay dies (P30)', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'times', times: every(20, 60) }),
        node('orders', 'queue'),
        node('worker', 'service', { steps: OUTBOX }),
        node('db', 'store', { relayBatch: 1, relayCrash: 'before-mark', relayCrashChance: 0.3, relayBackAfter: '50ms' }),
        node('events', 'queue'),
        node('mailer', 'service', { steps: ['receive', write({ how: 'insert', to: 'inbox' }), 'acknowledge'] }),
        node('inbox', 'store'),
      ],
      wires: [
        wire('publish', 'shop', 'orders', INSTANT),
        wire('deliver', 'orders', 'worker', INSTANT),
        wire('call', 'worker', 'db', INSTANT),
        wire('publish', 'db', 'events', { ...INSTANT, confirm: true }),
        wire('deliver', 'events', 'mailer', INSTANT),
        wire('call', 'mailer', 'inbox', INSTANT),
      ],
    }).to('1min');
    const again = story.gauge('published_again', 'db');
    expect(again).toBeGreaterThan(10);
    expect(story.gauge('conflicts', 'inbox')).toBe(again);
    expect([story.gauge('rows', 'inbox'), doubled(story), missed(story)]).toEqual([60, 0, 0]);
  });

  it('with numbered events a queue recognises what is published a second time', () => {
    const story = shop({
      worker: { steps: OUTBOX },
      store: { relayCrash: 'before-mark', relayCrashChance: 1, relayBackAfter: '100ms', numbered: true },
    })
      .at('50ms', 'set db.relayCrash never')
      .to('10s');
    expect(story.gauge('published_again', 'db')).toBe(1);
    expect([story.numbers('processed', 'reader'), doubled(story)]).toEqual([[1], 0]);
  });

  it('keeps the order of commits for each key, whatever the wire and the relay do (P29)', () => {
    const story = shop({
      sender: { times: every(2, 300), keys: 3 },
      worker: { steps: OUTBOX, concurrency: 1 },
      store: { relayCrash: 'before-mark', relayCrashChance: 0.05, relayBackAfter: '20ms', writeTakes: lasting('1ms') },
      publish: { delay: '5ms', jitter: '40ms', loss: 0.1, timeout: '100ms', resends: 0 },
    }).to('2min');
    expect(story.gauge('outbox', 'db')).toBe(0);
    expect(story.gauge('published_again', 'db')).toBeGreaterThan(20);
    expect([story.simulation.world.oracle.orderBreaks, missed(story)]).toEqual([0, 0]);
  });

  it('that nobody reads keeps its events until somebody does', () => {
    const story = shop({ sender: { times: every(10, 5) }, worker: { steps: OUTBOX } })
      .at('0s', 'remove-wire db-events')
      .to('1s');
    expect(story.gauge('outbox', 'db')).toBe(5);
    story.at('2s', 'add-wire {"id":"db-events","kind":"publish","from":"db","to":"events","params":{"delay":"0s"}}').to('3s');
    expect([story.gauge('outbox', 'db'), story.gauge('events_published', 'db')]).toEqual([0, 5]);
  });

  it('that leaves the drawing takes its unpublished events with it', () => {
    const story = shop({ sender: { times: every(10, 5) }, worker: { steps: OUTBOX }, store: { relayEvery: '1h' } })
      .at('1s', 'remove db')
      .to('2s');
    expect(missed(story)).toBe(5);
  });
});

describe('a dual write', () => {
  it('that dies after the row and before the event: nobody will ever hear of the order', () => {
    const story = shop({ worker: { steps: DUAL, crashAfter: 2 } })
      .at('1s', 'set worker.crashAfter 0')
      .to('30s');
    // The second delivery finds the row in place and is taken for done.
    expect([story.gauge('rows', 'db'), story.gauge('skipped_work', 'worker')]).toEqual([1, 1]);
    expect(story.numbers('accepted', 'events')).toEqual([]);
    expect(missed(story)).toBe(1);
  });

  it('is made good by a second delivery that does everything again', () => {
    const steps = ['receive', write(), 'publish', 'acknowledge'];
    const story = shop({ worker: { steps, crashAfter: 2 } })
      .at('1s', 'set worker.crashAfter 0')
      .to('1s');
    // It may still come: nothing is missed while the order waits for its second delivery.
    expect(missed(story)).toBe(0);
    expect([missed(story.to('30s')), story.numbers('accepted', 'events').length]).toEqual([0, 1]);
  });

  it('that dies after the event and before the row tells of an order that is not there', () => {
    const steps = ['receive', 'publish', write(), 'acknowledge'];
    const story = shop({ worker: { steps, crashAfter: 2 }, deliver: { acknowledge: false } }).to('30s');
    expect([story.gauge('rows', 'db'), story.numbers('accepted', 'events').length]).toEqual([0, 1]);
  });

  it('misses as many events as rows were left behind, and an outbox none (P27)', () => {
    const crashes = { crashAfter: 2, crashChance: 0.2, restartAfter: '100ms' };
    const sender = { times: every(500, 200) };
    const dual = shop({ sender, worker: { steps: DUAL, ...crashes } }).to('5min');
    const told = new Set(
      dual
        .stops('accepted')
        .filter(({ where }) => where === 'events')
        .map(({ number }) => number),
    ).size;
    expect(missed(dual)).toBeGreaterThan(20);
    expect(missed(dual)).toBe(dual.gauge('rows', 'db') - told);
    const steps = ['receive', write({ how: 'insert', outbox: true }), 'acknowledge'];
    const outbox = shop({ sender, worker: { steps, ...crashes } }).to('5min');
    expect(outbox.gauge('skipped_work', 'worker')).toBeGreaterThan(20);
    expect([missed(outbox), outbox.gauge('processed', 'reader')]).toEqual([0, 200]);
  });

  it('with nobody who wants to hear of it misses nothing', () => {
    const story = shop({ worker: { steps: DUAL } })
      .at('0s', 'remove-wire worker-events')
      .to('1s');
    expect(missed(story)).toBe(0);
  });
});
