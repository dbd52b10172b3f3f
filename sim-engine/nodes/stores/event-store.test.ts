// The event store and the views built from it: who may append, what comes of a view that lags, meets a gap, is lost, and is built
// again. Section 8 of docs/semantics/patterns.md; P31 to P35.

import { describe, expect, it } from 'vitest';
import { every, INSTANT, lasting, node, type ParamsDocument, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';

const append = (fields: ParamsDocument = {}) => ({ do: 'write', how: 'append', onConflict: 'fail', ...fields });
const LIFE = ['requested', 'accepted', 'arrived', 'started', 'completed'].map((name) => ({ name, weight: 1 }));

interface Trips {
  readonly sender?: ParamsDocument;
  readonly worker?: ParamsDocument;
  readonly log?: ParamsDocument;
  readonly publish?: ParamsDocument;
  readonly deliver?: ParamsDocument;
  readonly view?: ParamsDocument;
  readonly ask?: ParamsDocument;
  readonly isWired?: boolean;
}

/** `apps` sends the events of trips, `trips` appends them to `log`, whose relay publishes them; `view` is built from them. */
const trips = ({ sender, worker, log, publish, deliver, view, ask, isWired = true }: Trips): Story =>
  new Story({
    nodes: [
      node('apps', 'sender', { arrivals: 'times', times: every(10, 10), keys: 1, types: LIFE, typeOrder: 'in-turn', ...sender }),
      node('commands', 'queue'),
      node('trips', 'service', { steps: ['receive', append(), 'acknowledge'], retry: 'none', ...worker }),
      node('log', 'event-store', {
        streams: 'trip',
        readTakes: lasting('1ms'),
        writeTakes: lasting('1ms'),
        relayEvery: '1ms',
        ...log,
      }),
      node('events', 'queue', { ackDeadline: '1h' }),
      node('view', 'projection', { streams: 'trip', work: lasting('2ms'), ...view }),
    ],
    wires: [
      wire('publish', 'apps', 'commands', INSTANT),
      wire('deliver', 'commands', 'trips', INSTANT),
      wire('call', 'trips', 'log', INSTANT),
      wire('publish', 'log', 'events', { ...INSTANT, confirm: true, ...publish }),
      wire('deliver', 'events', 'view', { ...INSTANT, ...deliver }),
      ...(isWired ? [wire('call', 'view', 'log', { ...INSTANT, ...ask })] : []),
    ],
  });

const oracle = (story: Story) => story.simulation.world.oracle;
const figures = (story: Story, at: string, ...names: readonly string[]) => names.map((name) => story.gauge(name, at));

describe('an event store', () => {
  it('keeps a stream for each key, and publishes every event once, in the order of its stream', () => {
    const story = trips({}).to('1s');
    expect(figures(story, 'log', 'rows', 'streams', 'events_published', 'published_again', 'outbox')).toEqual([10, 2, 10, 0, 0]);
    expect(figures(story, 'view', 'in_view', 'completed_trips', 'open_trips', 'view_lag')).toEqual([10, 2, 0, 0]);
  });

  it('lets one of two win who have seen the same (P34)', () => {
    const steps = ['receive', { do: 'read' }, 'work', append(), 'acknowledge'];
    const story = trips({
      sender: { times: every(0, 6), types: [{ name: 'any', weight: 1 }], typeOrder: 'by-weight' },
      worker: { steps, work: lasting('5ms'), concurrency: 6 },
      log: { streams: 'free' },
    }).to('1s');
    expect(figures(story, 'log', 'rows', 'committed', 'conflicts')).toEqual([1, 1, 5]);
  });

  it('lets the loser win once it has read again', () => {
    const steps = ['receive', { do: 'read' }, append(), 'acknowledge'];
    const story = trips({
      sender: { times: every(0, 6), types: [{ name: 'any', weight: 1 }], typeOrder: 'by-weight' },
      worker: { steps, concurrency: 6, retry: 'fixed', retryBase: '10ms', maxAttempts: 0 },
      log: { streams: 'free' },
    }).to('1s');
    expect(figures(story, 'log', 'rows', 'conflicts')).toEqual([6, 5 + 4 + 3 + 2 + 1]);
    expect(story.ledger.delivery.deadLettered).toBe(0);
  });

  it('takes it from the answer how far the stream is for whoever has not read', () => {
    const story = trips({ sender: { times: every(10, 5) } }).to('1s');
    expect(figures(story, 'log', 'rows', 'conflicts')).toEqual([5, 0]);
  });

  it('rejects an event that has no meaning where the trip stands, and does not advance (P35)', () => {
    const twice = trips({ sender: { times: ['0s', '10ms'], types: LIFE.slice(0, 1), typeOrder: 'by-weight' } }).to('1s');
    expect(figures(twice, 'log', 'rows', 'rejected_events')).toEqual([1, 1]);
    expect(figures(twice, 'view', 'in_view', 'open_trips')).toEqual([1, 1]);
  });

  it('recognises an event that is appended again because its answer was lost', () => {
    const again = (idempotent: boolean) =>
      trips({ sender: { times: ['0s'] }, log: { idempotent }, worker: { retry: 'fixed', retryBase: '10ms' } })
        .at('0s', 'set trips-log.timeout 5ms')
        .at('0.5ms', 'lose trips-log 100% for 2ms')
        .to('1s');
    expect(figures(again(true), 'log', 'rows', 'conflicts', 'rejected_events')).toEqual([1, 0, 0]);
    expect(oracle(again(true)).duplicateEffects).toBe(0);
    // Without, the same event comes a second time, and has no meaning there.
    expect(figures(again(false), 'log', 'rows', 'rejected_events')).toEqual([1, 2]);
    // The event is there and known; whoever appended it has given up.
    expect(again(false).ledger.delivery).toMatchObject({ processed: 1, dropped: 1 });
  });

  it('reads a stream the longer the more events it has, but for those before a snapshot', () => {
    const steps = ['receive', { do: 'read' }, append(), 'acknowledge'];
    const sender = { times: every(100, 10), types: [{ name: 'any', weight: 1 }], typeOrder: 'by-weight' };
    const log = { streams: 'free', foldTakes: '1ms' };
    const took = (story: Story) => story.times('processed').map((ms, ix) => ms - 100 * ix);
    const plain = trips({ sender, worker: { steps }, log, view: { streams: 'free' } });
    const times = (story: Story) => took(story).filter((_, ix) => ix < 10 && story.stops('processed')[ix]?.where === 'trips');
    expect(times(plain.at('0s', 'remove view').to('2s'))).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    const kept = trips({ sender, worker: { steps }, log: { ...log, snapshotEvery: 4 } }).at('0s', 'remove view');
    expect(times(kept.to('2s'))).toEqual([2, 3, 4, 5, 2, 3, 4, 5, 2, 3]);
  });

  it('keeps its events and what is not published over a crash', () => {
    const story = trips({ log: { relayEvery: '1s' } })
      .at('500ms', 'crash log for 100ms')
      .to('3s');
    expect(figures(story, 'log', 'rows', 'events_published')).toEqual([10, 10]);
  });
});

describe('a view', () => {
  it('lags by what its work takes, and whoever reads it sees the past', () => {
    const story = trips({ view: { work: lasting('50ms') } }).to('120ms');
    const [lag] = figures(story, 'view', 'view_lag');
    expect(lag).toBeGreaterThan(5);
    // The third event, committed at 21 ms, is the oldest that is missing.
    expect(story.gauge('stale_seconds', 'view')).toBeCloseTo(0.099, 6);
    expect(figures(story.to('1s'), 'view', 'view_lag', 'stale_seconds')).toEqual([0, 0]);
  });

  it('does not show its own writes to a writer while it lags', () => {
    const steps = ['receive', append(), { do: 'sleep', takes: lasting('1ms') }, { do: 'read', to: 'view' }, 'acknowledge'];
    const reads = (work: string, takes: string) => {
      const slept = steps.map((step) =>
        typeof step === 'object' && step.do === 'sleep' ? { do: 'sleep', takes: lasting(takes) } : step,
      );
      const story = trips({ sender: { times: every(100, 10) }, worker: { steps: slept }, view: { work: lasting(work) } });
      story.at('0s', 'add-wire {"id":"read","kind":"call","from":"trips","to":"view","params":{"delay":"0s"}}');
      return figures(story.to('5s'), 'view', 'view_reads', 'stale_reads');
    };
    expect(reads('30ms', '1ms')).toEqual([10, 10]);
    expect(reads('30ms', '60ms')).toEqual([10, 0]);
  });

  it('ignores what it has taken in already (P32)', () => {
    const story = trips({ log: { relayCrash: 'before-mark', relayCrashChance: 0.4, relayBackAfter: '20ms', relayBatch: 1 } }).to(
      '10s',
    );
    const again = story.gauge('published_again', 'log');
    expect(again).toBeGreaterThan(2);
    expect(figures(story, 'view', 'in_view', 'folded', 'ignored', 'completed_trips')).toEqual([10, 10, again, 2]);
    expect(oracle(story).duplicateEffects).toBe(0);
  });

  /** The second event never reaches the queue, and its relay thinks it did. */
  const withGap = (parts: Trips): Story =>
    trips({ ...parts, publish: { confirm: false } })
      .at('9ms', 'lose log-events 100%')
      .at('19ms', 'lose log-events normal');

  it('stands still at a gap, and shows no state nobody was in', () => {
    const story = withGap({ isWired: false }).to('1s');
    expect(figures(story, 'view', 'in_view', 'standing', 'gaps', 'held_events')).toEqual([1, 1, 1, 1]);
    expect(story.notices().map(({ key }) => key)).toContain('notice.projection-stands');
    // Also where any event may follow any other.
    const free = withGap({ isWired: false, log: { streams: 'free' }, view: { streams: 'free' } }).to('1s');
    expect(figures(free, 'view', 'in_view', 'standing')).toEqual([1, 1]);
  });

  it('asks the event store for what is missing, and nothing is missing any more', () => {
    const story = withGap({}).to('1s');
    expect(figures(story, 'view', 'gaps', 'in_view', 'view_lag', 'standing')).toEqual([1, 10, 0, 0]);
    expect(figures(story, 'view', 'refolded', 'ignored')).toEqual([2, 1]);
  });

  it('asks again when no answer comes', () => {
    const story = withGap({ ask: { timeout: '20ms' } })
      .at('15ms', 'cut view-log for 200ms')
      .to('150ms');
    expect(figures(story, 'view', 'in_view')).toEqual([1]);
    expect(figures(story.to('1s'), 'view', 'in_view', 'view_lag')).toEqual([10, 0]);
  });

  it('gives an event back until the one before it has come', () => {
    // Half of the events are overtaken on the way to the queue.
    const story = trips({
      isWired: false,
      sender: { times: every(1, 50), keys: 2 },
      worker: { concurrency: 1 },
      publish: { confirm: false, delay: '5ms', jitter: '30ms' },
      view: { onGap: 'give-back', gapWait: '5ms', work: lasting('1ms') },
    }).to('1min');
    expect(story.gauge('gaps', 'view')).toBeGreaterThan(5);
    expect(figures(story, 'view', 'in_view', 'folded', 'standing')).toEqual([50, 50, 0]);
  });

  it('goes on when it is told what to do at a gap', () => {
    const story = withGap({ view: { onGap: 'stand' } });
    expect(figures(story.to('500ms'), 'view', 'standing', 'in_view')).toEqual([1, 1]);
    expect(figures(story.at('500ms', 'set view.onGap ask').to('1s'), 'view', 'standing', 'in_view')).toEqual([0, 10]);
  });
});

describe('a view that is lost', () => {
  it('is built again from the log, at its rate, and is what it was (P31)', () => {
    const story = trips({ log: { history: 1000 }, view: { rebuildRate: 1000 } }).to('1s');
    const before = figures(story, 'view', 'in_view', 'view_streams', 'completed_trips', 'open_trips');
    story.at('1s', 'crash view for 100ms').to('1100ms');
    expect(figures(story, 'view', 'in_view')).toEqual([0]);
    expect(figures(story.to('1500ms'), 'view', 'rebuilding', 'in_view')).toEqual([1, 0]);
    // 1,000 events a second, a page of 1,000 after the other: 1,010 events take 1.01 s.
    expect(figures(story.to('2105ms'), 'view', 'rebuilding', 'in_view')).toEqual([1, 1000]);
    expect(figures(story.to('2120ms'), 'view', 'rebuilding', 'in_view')).toEqual([0, 1010]);
    expect(figures(story, 'view', 'in_view', 'view_streams', 'completed_trips', 'open_trips')).toEqual(before);
  });

  it('begins at its last snapshot (P33)', () => {
    const story = trips({ log: { history: 1000 }, view: { rebuildRate: 1000, snapshotEvery: 4 } })
      .at('1s', 'crash view for 100ms')
      .to('1101ms');
    expect(figures(story, 'view', 'in_view')).toEqual([1008]);
    expect(figures(story.to('1200ms'), 'view', 'in_view', 'refolded', 'completed_trips')).toEqual([1010, 2, 202]);
  });

  it('stays as it is over a crash if it is kept on disk', () => {
    const story = trips({ view: { kept: 'on-disk' } })
      .at('500ms', 'crash view for 100ms')
      .to('1s');
    expect(figures(story, 'view', 'in_view', 'refolded')).toEqual([10, 0]);
  });

  it('is thrown away by a new version, snapshots included', () => {
    const story = trips({ view: { kept: 'on-disk', snapshotEvery: 2 } })
      .at('500ms', 'set view.version 2')
      .to('1s');
    expect(figures(story, 'view', 'in_view', 'refolded', 'rebuilds')).toEqual([10, 10, 1]);
  });

  it('takes what happens meanwhile from its desk, and ignores what it has read', () => {
    const story = trips({ sender: { times: every(10, 100) }, log: { history: 500 }, view: { rebuildRate: 1000 } })
      .at('300ms', 'crash view for 1ms')
      .to('5s');
    expect(figures(story, 'view', 'in_view', 'view_lag')).toEqual([600, 0]);
    expect(story.gauge('ignored', 'view')).toBeGreaterThan(0);
    expect([oracle(story).duplicateEffects, oracle(story).missedEffects]).toEqual([0, 0]);
  });

  it('that comes into the drawing late reads everything that has happened (a service backfilled)', () => {
    const story = trips({ log: { history: 2000 } })
      .at(
        '500ms',
        'edit: add-node {"id":"fares","kind":"projection","params":{"streams":"trip"}}; add-wire {"id":"f","kind":"call","from":"fares","to":"log","params":{"delay":"0s"}}',
      )
      .to('2s');
    expect(figures(story, 'fares', 'in_view', 'refolded', 'view_lag')).toEqual([2010, 2010, 0]);
  });

  it('takes the next event store it is wired to when the first is taken away, in a run that was put back too', () => {
    const edit = [
      'add-node {"id":"other","kind":"event-store","params":{"streams":"trip","history":500}}',
      'add-wire {"id":"w","kind":"call","from":"view","to":"other","params":{"delay":"0s"}}',
    ];
    const story = trips({})
      .at('200ms', `edit: ${edit.join('; ')}`)
      .at('300ms', 'remove-wire view-log')
      .to('350ms');
    const copy = structuredClone(story.simulation.checkpoint());
    story.at('400ms', 'crash view for 10ms').to('1s');
    expect(figures(story, 'view', 'in_view', 'refolded')).toEqual([500, 490 + 500]);
    const { digest } = story.simulation;
    story.simulation.restore(copy);
    expect(story.at('400ms', 'crash view for 10ms').to('1s').simulation.digest).toBe(digest);
  });

  it('has a million events again within twenty seconds at 50,000 a second, and at once from a snapshot (L24)', () => {
    const story = (snapshotEvery: number) =>
      trips({ log: { history: 1_000_000 }, view: { snapshotEvery } }).at('1s', 'crash view for 1ms');
    const plain = story(0);
    expect(plain.to('20.5s').gauge('view_lag', 'view')).toBeGreaterThan(0);
    expect(plain.to('21.1s').gauge('view_lag', 'view')).toBe(0);
    expect(story(100_000).to('1.1s').gauge('view_lag', 'view')).toBe(0);
  });
});
