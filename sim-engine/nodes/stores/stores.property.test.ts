// Laws of stores, event streams and views, over drawn histories: against plain lists, and at every cut. Sections 7 and 8 of
// docs/semantics/patterns.md; P27 to P35.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INSTANT, lasting, node, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';
import { appendEvent, eventInto, newEventLog, newEventRow, trimLog } from './event-log.ts';
import { streamKind } from './trip.ts';
import { copyOfView, newView, takeEvent, type View } from './view.ts';

interface Happened {
  readonly key: number;
  readonly seq: number;
  readonly type: number;
}

/** Streams of up to five events, in any order of streams; types in the order of a trip's life. */
const histories = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 24 }).map((keys): readonly Happened[] => {
  const lengths = new Map<number, number>();
  return keys.flatMap((key) => {
    const seq = lengths.get(key) ?? 0;
    if (seq > 4) return [];
    lengths.set(key, seq + 1);
    return [{ key, seq, type: seq }];
  });
});

function take(view: View, events: readonly Happened[], from: number, to: number): void {
  for (let number = from; number <= to; number++) {
    const { key, seq, type } = events[number - 1] as Happened;
    takeEvent(view, streamKind('trip'), number, { ...newEventRow(), key, seq, type, causeSender: 1, causeNumber: number });
  }
}

const told = (view: View) => ({ ...view, streams: [...view.streams].toSorted(([a], [b]) => a - b), causes: [...view.causes] });

describe('a view', () => {
  it('is the same however often it is built (P31)', () => {
    fc.assert(
      fc.property(histories, (events) => {
        const [once, again] = [newView(), newView()];
        take(once, events, 1, events.length);
        take(again, events, 1, events.length);
        expect(told(again)).toEqual(told(once));
        expect(once.count).toBe(events.length);
        // What a plain list says of each trip.
        for (const key of new Set(events.map((event) => event.key))) {
          const length = events.filter((event) => event.key === key).length;
          expect(once.streams.get(key)).toBe(length * 16 + [1, 2, 4, 5, 6][length - 1]!);
        }
      }),
    );
  });

  it('does not change by what it has taken in already, whenever that comes again (P32)', () => {
    fc.assert(
      fc.property(histories, fc.array(fc.nat()), (events, again) => {
        const [plain, doubled] = [newView(), newView()];
        for (let number = 1; number <= events.length; number++) {
          take(plain, events, number, number);
          take(doubled, events, number, number);
          const earlier = ((again[number - 1] ?? 0) % number) + 1;
          take(doubled, events, earlier, number);
        }
        expect(told(doubled)).toEqual(told(plain));
      }),
    );
  });

  it('is the same from a snapshot at every cut on, read from any event before it (P33)', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (events, back) => {
        const whole = newView();
        take(whole, events, 1, events.length);
        for (let cut = 0; cut <= events.length; cut++) {
          const before = newView();
          take(before, events, 1, cut);
          const snapshot = copyOfView(before);
          take(before, events, cut + 1, events.length);
          const from = cut - (back % (cut + 1)) + 1;
          take(snapshot, events, from, events.length);
          expect(told(snapshot)).toEqual(told(whole));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('takes nothing out of order: what comes too early leaves it as it is', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (events, at) => {
        fc.pre(events.length > 0);
        const missing = (at % events.length) + 1;
        const { key, seq } = events[missing - 1] as Happened;
        const view = newView();
        take(view, events, 1, missing - 1);
        take(view, events, missing + 1, events.length);
        expect(view.streams.get(key) ?? 0).toBe(seq === 0 ? 0 : seq * 16 + [1, 2, 4, 5, 6][seq - 1]!);
        take(view, events, missing, events.length);
        expect(view.count).toBe(events.length);
      }),
    );
  });
});

describe('a log', () => {
  it('says what a plain list says, also after its front is let go', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.record({ key: fc.nat(9), type: fc.nat(255) }), fc.nat(40))), (acts) => {
        const log = newEventLog();
        const plain: { key: number; type: number }[] = [];
        let gone = 0;
        for (const act of acts) {
          if (typeof act === 'number') {
            gone = Math.min(plain.length, gone + act);
            trimLog(log, gone);
          } else expect(appendEvent(log, { ...newEventRow(), ...act })).toBe(plain.push(act));
        }
        for (let number = gone + 1; number <= plain.length; number++) {
          const row = newEventRow();
          eventInto(log, number, row);
          expect({ key: row.key, type: row.type }).toEqual(plain[number - 1]);
        }
      }),
    );
  });
});

/** `count` commands at the given times for one stream, each of which reads, works and appends at a place of its own. */
function racing(timesUs: readonly number[], worksUs: number): Story {
  const steps = ['receive', { do: 'read' }, 'work', { do: 'write', how: 'append', onConflict: 'fail' }, 'acknowledge'];
  return new Story({
    nodes: [
      node('apps', 'sender', { arrivals: 'times', times: timesUs.map((us) => `${us}us`), keys: 1 }),
      node('commands', 'queue'),
      node('trips', 'service', { steps, work: lasting(`${worksUs}us`), concurrency: 100, retry: 'none' }),
      node('log', 'event-store', { readTakes: lasting('100us'), writeTakes: lasting('100us'), foldTakes: '0s' }),
    ],
    wires: [
      wire('publish', 'apps', 'commands', INSTANT),
      wire('deliver', 'commands', 'trips', INSTANT),
      wire('call', 'trips', 'log', INSTANT),
    ],
  }).to('1s');
}

describe('an append that expects what its asker has read', () => {
  it('goes through if nobody was faster, and for one of those who read the same (P34)', () => {
    const times = fc
      .uniqueArray(fc.nat(200), { minLength: 1, maxLength: 12 })
      .map((list) => list.map((us) => us * 7).toSorted((a, b) => a - b));
    fc.assert(
      fc.property(times, fc.nat(80), (timesUs, tens) => {
        const worksUs = tens * 7 + 3;
        // A plain list of what happens: reads end at t + 100, appends at t + 200 + work; none of them at the same time.
        const acts = timesUs.flatMap((us, who) => [
          { at: us + 100, who, isWrite: false },
          { at: us + 200 + worksUs, who, isWrite: true },
        ]);
        const seen: number[] = [];
        let length = 0;
        for (const { who, isWrite } of acts.toSorted((a, b) => a.at - b.at)) {
          if (!isWrite) seen[who] = length;
          else if (seen[who] === length) length++;
        }
        const story = racing(timesUs, worksUs);
        expect(story.gauge('rows', 'log')).toBe(length);
        expect(story.gauge('conflicts', 'log')).toBe(timesUs.length - length);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a trip', () => {
  it('takes only what has a meaning where it stands, and stays where it is otherwise (P35)', () => {
    const after: { readonly [state: string]: { readonly [type: number]: string } } = {
      '': { 0: 'REQUESTED' },
      REQUESTED: { 1: 'ACCEPTED', 5: 'CANCELLED' },
      ACCEPTED: { 2: 'ARRIVED', 5: 'CANCELLED' },
      ARRIVED: { 3: 'STARTED', 5: 'CANCELLED' },
      STARTED: { 4: 'COMPLETED' },
      COMPLETED: {},
      CANCELLED: {},
    };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
        const types = ['requested', 'accepted', 'arrived', 'started', 'completed', 'cancelled'].map((name) => ({
          name,
          weight: 1,
        }));
        const story = new Story({
          seed,
          nodes: [
            node('apps', 'sender', { arrivals: 'constant', rate: 100, limit: 60, keys: 3, types }),
            node('commands', 'queue'),
            node('trips', 'service', { steps: ['receive', { do: 'write', how: 'write' }, 'acknowledge'], retry: 'none' }),
            node('log', 'event-store', { streams: 'trip' }),
          ],
          wires: [
            wire('publish', 'apps', 'commands', INSTANT),
            wire('deliver', 'commands', 'trips', INSTANT),
            wire('call', 'trips', 'log', INSTANT),
          ],
        });
        // Nobody works on them until all are there, so that what comes to the store can be read off the queue.
        story.at('0s', 'stall trips 1s').to('900ms');
        const states = ['', '', ''];
        let taken = 0;
        for (const { key, type } of story.messages()) {
          const next = after[states[key] as string]?.[type];
          if (next === undefined) continue;
          states[key] = next;
          taken++;
        }
        story.to('5s');
        expect(story.gauge('rows', 'log')).toBe(taken);
        expect(story.gauge('rejected_events', 'log')).toBe(60 - taken);
      }),
      { numRuns: 12 },
    );
  });
});

describe('an outbox', () => {
  it('tells of every row there is and of no other, in order, whoever crashes and whatever is lost (P27 to P30)', () => {
    const mishaps = fc.array(
      fc.record({
        at: fc.integer({ min: 1, max: 900 }),
        what: fc.constantFrom('worker', 'db', 'events'),
        ms: fc.integer({ min: 1, max: 80 }),
      }),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), mishaps, fc.double({ min: 0, max: 0.3, noNaN: true }), (seed, list, loss) => {
        const story = new Story({
          seed,
          nodes: [
            node('shop', 'sender', { rate: 100, limit: 80, keys: 1 }),
            node('orders', 'queue', { ackDeadline: '200ms' }),
            node('worker', 'service', {
              steps: ['receive', { do: 'write', how: 'insert', outbox: true }, 'acknowledge'],
              retry: 'fixed',
              retryBase: '50ms',
              maxAttempts: 0,
            }),
            node('db', 'store', { relayEvery: '7ms', relayCrash: 'before-mark', relayCrashChance: 0.05, relayBackAfter: '30ms' }),
            node('events', 'queue', { ackDeadline: '200ms' }),
            node('mailer', 'service', { work: lasting('1ms') }),
          ],
          wires: [
            wire('publish', 'shop', 'orders', INSTANT),
            wire('deliver', 'orders', 'worker', { ...INSTANT, pollTimeout: '100ms' }),
            wire('call', 'worker', 'db', { delay: '1ms', loss, timeout: '30ms' }),
            wire('publish', 'db', 'events', { delay: '2ms', jitter: '9ms', loss, confirm: true, timeout: '40ms' }),
            wire('deliver', 'events', 'mailer', { ...INSTANT, pollTimeout: '100ms' }),
          ],
        });
        for (const { at, ms, what } of list.toSorted((a, b) => a.at - b.at)) story.at(`${at}ms`, `crash ${what} for ${ms}ms`);
        story.to('2min');
        const told = story
          .stops('accepted')
          .filter(({ where }) => where === 'events')
          .map(({ number }) => number);
        const rows = story.gauge('rows', 'db');
        expect(rows).toBe(80);
        // The first time each is told, in the order of commits: all are of one key.
        expect([...new Set(told)]).toEqual(Array.from({ length: rows }, (_, ix) => ix + 1));
        expect(story.gauge('outbox', 'db')).toBe(0);
        expect(story.simulation.world.oracle.missedEffects).toBe(0);
      }),
      { numRuns: 25 },
    );
  });
});

describe('a run with stores and views', () => {
  it('goes on from a copy as if nothing had been, at any moment', () => {
    const drawing = {
      nodes: [
        node('apps', 'sender', {
          rate: 200,
          keys: 20,
          types: ['requested', 'accepted', 'arrived', 'started', 'completed'].map((name) => ({ name, weight: 1 })),
          typeOrder: 'in-turn',
        }),
        node('commands', 'queue'),
        node('trips', 'service', {
          steps: [
            'receive',
            { do: 'read', to: 'log' },
            { do: 'write', how: 'append', onConflict: 'fail', to: 'log' },
            { do: 'write', outbox: true, to: 'db' },
            'acknowledge',
          ],
          concurrency: 4,
          assignment: 'by-key',
        }),
        node('log', 'event-store', {
          streams: 'trip',
          history: 3000,
          relayCrash: 'before-mark',
          relayCrashChance: 0.02,
          relayBackAfter: '50ms',
        }),
        node('db', 'store', { rowOf: 'key', connections: 2 }),
        node('events', 'queue'),
        node('view', 'projection', { streams: 'trip', snapshotEvery: 300, rebuildRate: 2000 }),
      ],
      wires: [
        wire('publish', 'apps', 'commands', { delay: '3ms' }),
        wire('deliver', 'commands', 'trips', { delay: '1ms' }),
        wire('call', 'trips', 'log', { delay: '2ms', jitter: '2ms' }),
        wire('call', 'trips', 'db', { delay: '2ms', loss: 0.05, timeout: '50ms' }),
        wire('publish', 'log', 'events', { delay: '4ms', loss: 0.05, confirm: true, timeout: '60ms' }),
        wire('publish', 'db', 'events', INSTANT),
        wire('deliver', 'events', 'view', { delay: '1ms' }),
        wire('call', 'view', 'log', { delay: '3ms', loss: 0.1, timeout: '40ms' }),
      ],
    };
    const told = (): Story =>
      new Story(drawing)
        .at('500ms', 'crash view for 40ms')
        .at('900ms', 'crash log for 60ms')
        .at('1200ms', 'stall db 100ms')
        .at('1300ms', 'set view.version 2');
    const wanted = told().to('2s').simulation.digest;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1999 }), (ms) => {
        const story = told().to(`${ms}ms`);
        const copy = structuredClone(story.simulation.checkpoint());
        expect(story.to('2s').simulation.digest).toBe(wanted);
        story.simulation.restore(copy);
        expect(story.to('2s').simulation.digest).toBe(wanted);
      }),
      { numRuns: 20 },
    );
  });
});
