// The requester: what it asks, what answers it, when it gives up and what it throws away. P1, P2 and the trap are of section 1 of
// docs/semantics/patterns.md; the server that is slower than the deadline is lesson L3 of the curriculum.

import { describe, expect, it } from 'vitest';
import { every, INSTANT, lasting, node, type ParamsDocument, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';

interface Office {
  readonly client?: ParamsDocument;
  /** A second requester at the same queues. */
  readonly other?: ParamsDocument;
  readonly server?: ParamsDocument;
  readonly requests?: ParamsDocument;
  readonly replies?: ParamsDocument;
  /** Of the wire on which replies reach the requesters. */
  readonly deliver?: ParamsDocument;
  /** Of the wire from the requesters to the queue. */
  readonly ask?: ParamsDocument;
  readonly seed?: number;
}

/** `client` asks at `requests`, `server` works and publishes to `replies`, which hands out to `client`. */
function office({ client, other, server, requests, replies, deliver, ask, seed }: Office): Story {
  const clients = other === undefined ? ['client'] : ['client', 'other'];
  return new Story({
    nodes: [
      node('client', 'requester', { arrivals: 'times', times: ['0s'], timeout: '1s', ...client }),
      ...(other === undefined ? [] : [node('other', 'requester', { arrivals: 'times', times: ['0s'], timeout: '1s', ...other })]),
      node('requests', 'queue', requests),
      node('server', 'service', { work: lasting('100ms'), ...server }),
      node('replies', 'queue', replies),
    ],
    wires: [
      ...clients.map((id) => wire('publish', id, 'requests', { ...INSTANT, ...ask })),
      wire('deliver', 'requests', 'server', INSTANT),
      wire('publish', 'server', 'replies', INSTANT),
      ...clients.map((id) => wire('deliver', 'replies', id, { ...INSTANT, ...deliver })),
    ],
    ...(seed === undefined ? {} : { seed }),
  });
}

const GAUGES = [
  'asked',
  'answered',
  'timed_out',
  'late',
  'duplicate',
  'unknown',
  'mixed_up',
  'retried',
  'open_requests',
] as const;

/** The counters of a requester that are not 0. */
function counts(story: Story, of = 'client'): { readonly [gauge: string]: number } {
  return Object.fromEntries(GAUGES.map((name) => [name, story.gauge(name, of)] as const).filter(([, count]) => count !== 0));
}

describe('a request', () => {
  it('is answered by the reply that it caused', () => {
    const story = office({ client: { times: every(500, 3) } }).to('10s');
    expect(counts(story)).toEqual({ asked: 3, answered: 3 });
    expect(story.gauge('answer_seconds', 'client')).toBeCloseTo(0.3, 9);
    expect(story.ledger.delivery).toMatchObject({ processed: 6, expired: 0 });
  });

  it('is open until its reply is there', () => {
    const story = office({ client: { times: every(10, 4) } }).to('50ms');
    expect(counts(story)).toEqual({ asked: 4, open_requests: 4 });
    expect(counts(story.to('250ms'))).toEqual({ asked: 4, answered: 2, open_requests: 2 });
  });

  it('carries key, size and deadline on every attempt', () => {
    const client = { keys: 9, size: { law: 'uniform', low: 10, high: 99 }, timeout: '100ms', retry: 'fixed', retryBase: '0s' };
    const story = office({ client, server: { work: lasting('1h') } }).to('250ms');
    const { messages } = story.simulation.world;
    const deadlines = Array.from({ length: messages.high }, (_, msg) => messages.deadlineNs[msg] as number).filter(
      (ns) => ns > 0,
    );
    expect(deadlines.toSorted((a, b) => a - b)).toEqual([1e8, 2e8, 3e8]);
    const sent = story.messages();
    expect(sent.length).toBe(3);
    expect(new Set(sent.map(({ key, sizeBytes, number }) => `${key} ${sizeBytes} ${number}`)).size).toBe(1);
  });

  it('leaves no deadline behind in the place of a message that is gone', () => {
    const { messages } = office({ client: { times: every(10, 30) }, server: { concurrency: 30 } }).to('10s').simulation.world;
    expect(messages.live).toBe(0);
    expect(messages.high).toBeGreaterThan(10);
    expect(messages.deadlineNs.some((ns) => ns !== 0)).toBe(false);
  });
});

describe('a deadline', () => {
  it('ends a request, and its reply is late: thrown away, and counted', () => {
    const story = office({ server: { work: lasting('2s') } }).to('1500ms');
    expect(counts(story)).toEqual({ asked: 1, timed_out: 1 });
    story.to('10s');
    expect(counts(story)).toEqual({ asked: 1, timed_out: 1, late: 1 });
    expect(story.ledger.delivery).toMatchObject({ processed: 1, expired: 1 });
    expect(story.reasons('expired')).toEqual({ 'client late': 1 });
  });

  it('is late in its very instant', () => {
    expect(counts(office({ server: { work: lasting('1s') } }).to('10s'))).toEqual({ asked: 1, timed_out: 1, late: 1 });
    expect(counts(office({ server: { work: lasting('999999999ns') } }).to('10s'))).toEqual({ asked: 1, answered: 1 });
  });

  it('is late in its very instant, though it was on its way before the deadline was next in line', () => {
    const server = { work: lasting('850ms'), concurrency: 2 };
    const story = office({ client: { times: ['0s', '100ms'] }, server, deliver: { delay: '150ms' } }).to('10s');
    expect(counts(story)).toEqual({ asked: 2, timed_out: 2, late: 2 });
  });

  it('of 0 never comes', () => {
    const story = office({ client: { timeout: '0s' }, server: { work: lasting('23h') } }).to('22h');
    expect(counts(story)).toEqual({ asked: 1, open_requests: 1 });
    expect(counts(story.to('24h'))).toEqual({ asked: 1, answered: 1 });
  });

  it('that is shortened holds for what is asked from then on', () => {
    const client = { times: ['0s', '1s'], timeout: '10s' };
    const story = office({ client, server: { work: lasting('1h') } }).at('500ms', 'set client.timeout 2s');
    expect(counts(story.to('2900ms'))).toEqual({ asked: 2, open_requests: 2 });
    expect(counts(story.to('3100ms'))).toEqual({ asked: 2, timed_out: 1, open_requests: 1 });
    expect(counts(story.to('10100ms'))).toEqual({ asked: 2, timed_out: 2 });
  });
});

describe('a retry', () => {
  const slow = { work: lasting('2500ms'), concurrency: 4 };
  const twice = { retry: 'fixed', retryBase: '0s', maxAttempts: 2 };

  it('comes after its wait, at most so often', () => {
    const client = { retry: 'exponential', retryBase: '1s', maxAttempts: 4, timeout: '500ms' };
    const story = office({ client, server: { work: lasting('1h') } }).to('1h');
    // Time-outs at 0.5, 2, 4.5 and 9 s.
    expect(story.times('sent')).toEqual([0, 1500, 4000, 8500]);
    expect(counts(story)).toEqual({ asked: 1, retried: 3, timed_out: 1 });
    expect(story.gauge('request_seconds', 'client')).toBe(9);
  });

  it('doubles the effect of what was only slow: a time-out is no failure of the work', () => {
    const story = office({ client: twice, server: slow }).to('10s');
    expect(counts(story)).toEqual({ asked: 1, retried: 1, timed_out: 1, late: 2 });
    expect(story.gauge('dup_effects')).toBe(1);
  });

  it('of the same request is answered by the reply to an earlier attempt, and the second reply is a duplicate', () => {
    const client = { ...twice, maxAttempts: 3 };
    const story = office({ client, server: slow }).to('10s');
    expect(counts(story)).toEqual({ asked: 1, retried: 2, answered: 1, duplicate: 2 });
    expect(story.reasons('skipped')).toEqual({ 'client duplicate': 2 });
    expect(story.gauge('missed_effects')).toBe(0);
  });

  it('that is a new request is not: that reply is late', () => {
    const client = { ...twice, maxAttempts: 3, retryAs: 'new' };
    const story = office({ client, server: slow }).to('10s');
    expect(counts(story)).toEqual({ asked: 1, retried: 2, timed_out: 1, late: 3 });
    expect(story.gauge('dup_effects')).toBe(0);
  });

  it('is not sent any more when the answer comes during its wait', () => {
    const client = { retry: 'fixed', retryBase: '5s', timeout: '1s' };
    const story = office({ client, server: { work: lasting('2s') } }).to('1min');
    expect(counts(story)).toEqual({ asked: 1, answered: 1 });
  });
});

describe('a retry budget', () => {
  /** Ten requests a second, of which none is answered, and as many retries as they like. */
  const outage = (client: ParamsDocument) =>
    office({
      client: { arrivals: 'constant', rate: 10, timeout: '200ms', retry: 'fixed', retryBase: '0s', maxAttempts: 0, ...client },
      server: { work: lasting('23h') },
    });

  it('is none unless somebody asks for one', () => {
    expect(outage({}).to('10s').gauge('retried', 'client')).toBeGreaterThan(1000);
  });

  it('of AWS is spent at 10 tokens for a time-out, and then there are no retries (P15, P16)', () => {
    const story = outage({ budget: 'aws', budgetTokens: 57 }).to('30s');
    expect(story.gauge('retried', 'client')).toBe(5);
    expect(story.gauge('timed_out', 'client')).toBeGreaterThan(280);
  });

  it('of AWS is given back by answers: its cost by a retry that was answered, a token by a first attempt', () => {
    const client = {
      times: ['0s', '10s', '20s', '30s'],
      timeout: '1s',
      retry: 'fixed',
      retryBase: '0s',
      budget: 'aws',
      budgetTokens: 10,
    };
    // Each is answered by its second attempt at the latest: the first is slow, the others are not.
    const story = office({ client, server: { work: lasting('1500ms') } }).to('1min');
    expect(counts(story)).toMatchObject({ asked: 4, answered: 4, retried: 4 });
    const spent = office({ client: { ...client, timeout: '500ms' }, server: { work: lasting('9s') } }).to('1min');
    expect(counts(spent)).toMatchObject({ asked: 4, timed_out: 4, retried: 1 });
  });

  it('of gRPC ends when half of the tokens are gone', () => {
    expect(outage({ budget: 'grpc', budgetTokens: 10 }).to('30s').gauge('retried', 'client')).toBe(4);
  });

  it('that is a share allows so many of the requests of ten seconds and one more (P16)', () => {
    const story = outage({ budget: 'ratio', budgetRatio: 0.2 }).to('10s');
    expect(story.gauge('retried', 'client')).toBeLessThanOrEqual(0.2 * story.gauge('asked', 'client') + 1);
    const before = story.gauge('retried', 'client');
    // In the long run 2 a second, however many time out.
    expect(story.to('110s').gauge('retried', 'client') - before).toBeGreaterThan(190);
    expect(story.gauge('retried', 'client') - before).toBeLessThan(215);
  });

  it('begins anew when it is changed, and after a crash', () => {
    const story = outage({ budget: 'aws', budgetTokens: 20 })
      .at('10s', 'set client.budgetTokens 30')
      .at('20s', 'crash client for 1s');
    expect(story.to('9s').gauge('retried', 'client')).toBe(2);
    expect(story.to('19s').gauge('retried', 'client')).toBe(5);
    expect(story.to('40s').gauge('retried', 'client')).toBe(8);
  });
});

describe('a server slower than the deadline (L3)', () => {
  const client = { arrivals: 'constant', rate: 1 / 3, timeout: '1s', retry: 'fixed', retryBase: '0s', maxAttempts: 2 };
  const lesson = (more: ParamsDocument = {}) => office({ client: { ...client, ...more }, server: { work: lasting('2s') } });

  it('is busy all the time, and not one of its answers is used', () => {
    const story = lesson().to('10s');
    const before = story.gauge('busy_seconds', 'server');
    story.to('310s');
    expect(story.gauge('busy_seconds', 'server') - before).toBe(300);
    expect(story.gauge('replies_used')).toBe(0);
    expect(story.gauge('late', 'client')).toBeGreaterThanOrEqual(150);
    expect(story.gauge('timed_out', 'client')).toBeGreaterThanOrEqual(100);
  });

  it('answers everything with a longer time-out and no retry', () => {
    const story = lesson({ timeout: '2500ms', retry: 'none' }).to('301s');
    expect(counts(story)).toEqual({ asked: 100, answered: 99, open_requests: 1 });
  });
});

describe('requests that live as long as their callers wait', () => {
  /** Twenty-four a second for a server of twenty: the line grows until callers give up. */
  const busy = (requests: ParamsDocument) =>
    office({
      client: { arrivals: 'poisson', rate: 24, timeout: '500ms' },
      server: { work: { law: 'exponential', mean: '50ms' } },
      requests,
    }).to('60s');
  /** Of the requests that were begun, how many after their caller had given up. */
  const begunTooLate = (story: Story): number => {
    const sent = new Map(
      story
        .stops('sent')
        .filter(({ sender }) => sender === 'client')
        .map(({ number, ns }) => [number, ns]),
    );
    const begun = story.stops('begun').filter(({ sender }) => sender === 'client');
    return begun.filter(({ number, ns }) => ns >= (sent.get(number) as number) + 5e8).length;
  };

  it('are begun for nobody who has left (P3), while others are', () => {
    expect(begunTooLate(busy({}))).toBeGreaterThan(500);
    const story = busy({ expiry: 'at-head', timeToLive: lasting('500ms') });
    expect(begunTooLate(story)).toBe(0);
    expect(story.ledger.delivery.expired).toBeGreaterThan(100);
    expect(story.gauge('answered', 'client')).toBeGreaterThan(600);
  });
});

describe('a shared reply queue', () => {
  const other = { times: ['10ms'] };
  /** The first asked is answered last. */
  const server = { work: { law: 'uniform', low: '10ms', high: '400ms' }, concurrency: 50 };
  const many = { times: every(17, 40), timeout: '10s' };

  it('without matching numbers mixes replies up, and the oracle says so', () => {
    const story = office({
      client: { ...many, matching: 'oldest' },
      other: { ...many, matching: 'oldest' },
      server,
    }).to('1min');
    expect(story.gauge('answered')).toBe(80);
    expect(story.gauge('mixed_up')).toBeGreaterThan(40);
    expect(story.gauge('mixed_up')).toBe(story.gauge('mixed_up', 'client') + story.gauge('mixed_up', 'other'));
    expect(story.gauge('misrouted')).toBe(story.gauge('mixed_up'));
  });

  it('with them gives back what is for the other, and nothing is mixed up', () => {
    const story = office({ client: many, other: many, server }).to('1min');
    expect(counts(story)).toEqual({ asked: 40, answered: 40 });
    expect(counts(story, 'other')).toEqual({ asked: 40, answered: 40 });
    expect(story.gauge('foreign')).toBeGreaterThan(10);
    expect(story.gauge('mixed_up')).toBe(0);
  });

  it('whose readers throw away what is for the other leaves callers without an answer', () => {
    const story = office({ client: { ...many, foreign: 'drop' }, other: { ...many, foreign: 'drop' }, server }).to('1min');
    expect(story.gauge('timed_out')).toBe(story.gauge('foreign'));
    expect(story.gauge('timed_out')).toBeGreaterThan(10);
    expect(story.ledger.delivery.dropped).toBe(story.gauge('foreign'));
  });

  it('whose readers reject it makes the queue give up on it', () => {
    const story = office({ client: { ...many, foreign: 'reject' }, other: { ...many, foreign: 'reject' }, server }).to('1min');
    expect(story.reasons('dropped')).toEqual({ 'replies rejected': story.gauge('foreign') });
  });

  it('with one caller alone mixes up nothing, whoever takes it, as long as replies come in order', () => {
    const story = office({ client: { times: every(500, 5), matching: 'oldest' }, server: { work: lasting('100ms') } }).to('10s');
    expect(counts(story)).toEqual({ asked: 5, answered: 5 });
  });

  it('without matching numbers takes a late reply for the answer to the next question', () => {
    const client = { times: ['0s', '1500ms'], matching: 'oldest', timeout: '1s' };
    const story = office({ client, server: { work: lasting('2s'), concurrency: 2 } }).to('10s');
    expect(counts(story)).toEqual({ asked: 2, timed_out: 1, answered: 1, mixed_up: 1, duplicate: 1 });
  });

  it('holds nothing for one that has left: a reply to it is unknown, in a run that was put back too', () => {
    const away = { ...many, limit: 5 };
    const story = office({ client: { ...many, limit: 1 }, other: away, server: { work: lasting('1s'), concurrency: 50 } });
    story.at('500ms', 'remove other').to('900ms');
    const { simulation } = story;
    const checkpoint = simulation.checkpoint();
    story.to('1min');
    expect(counts(story)).toEqual({ asked: 1, answered: 1, unknown: 5 });
    expect(story.gauge('foreign', 'client')).toBe(0);
    const { digest } = simulation;
    simulation.restore(checkpoint);
    expect(story.to('1min').simulation.digest).toBe(digest);
  });

  it('knows who asked', () => {
    expect(counts(office({ client: { times: ['0s'] }, other, server: { work: lasting('1ms') } }).to('5s'), 'other')).toEqual({
      asked: 1,
      answered: 1,
    });
  });
});

describe('a reply', () => {
  it('to nothing anybody asked is unknown', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'times', times: every(10, 3) }),
        node('replies', 'queue'),
        node('client', 'requester', { limit: 1, startAt: '1h' }),
      ],
      wires: [wire('publish', 'shop', 'replies', INSTANT), wire('deliver', 'replies', 'client', INSTANT)],
    }).to('1s');
    expect(counts(story)).toEqual({ unknown: 3 });
    expect(story.reasons('dropped')).toEqual({ 'client unknown': 3 });
  });

  it('that is delivered twice answers once', () => {
    const story = office({ deliver: { duplication: 1 } }).to('10s');
    expect(counts(story)).toEqual({ asked: 1, answered: 1, duplicate: 1 });
    expect(story.ledger.delivery).toMatchObject({ processed: 2, skipped: 0 });
  });
});

describe('callers', () => {
  const closed = { loop: 'closed', callers: 2, think: lasting('1s') };

  it('ask again when they know the answer', () => {
    const story = office({ client: closed, server: { work: lasting('100ms'), concurrency: 2 } }).to('3500ms');
    expect(story.times('sent').filter((ms) => ms % 1100 === 1000)).toEqual([1000, 1000, 2100, 2100, 3200, 3200]);
  });

  it('ask again when they have given up', () => {
    const story = office({ client: { ...closed, callers: 1, timeout: '500ms' }, server: { work: lasting('1h') } }).to('5s');
    expect(story.times('sent')).toEqual([1000, 2500, 4000]);
    expect(counts(story)).toEqual({ asked: 3, timed_out: 3 });
  });

  it('rest at the limit, and go on when it is raised', () => {
    const story = office({ client: { ...closed, callers: 3, limit: 2 }, server: { work: lasting('1ms') } });
    expect(counts(story.to('1min'))).toEqual({ asked: 2, answered: 2 });
    story.at('61s', 'set client.limit 7').to('2min');
    expect(counts(story)).toEqual({ asked: 7, answered: 7 });
  });
});

describe('a requester that is held back', () => {
  it('asks when there is room again', () => {
    const client = { times: every(1, 5), timeout: '10s' };
    const story = office({ client, requests: { capacity: 1, overflow: 'block' }, ask: { delay: '1ms' } });
    expect(story.to('90ms').gauge('held_back', 'client')).toBeGreaterThan(0);
    expect(counts(story.to('10s'))).toEqual({ asked: 5, answered: 5 });
  });

  it('asks nothing while no wire leads anywhere', () => {
    const story = new Story({ nodes: [node('client', 'requester', { arrivals: 'constant', rate: 10 })], wires: [] }).to('10s');
    expect(counts(story)).toEqual({});
  });

  it('gives up a further attempt that has nowhere to go', () => {
    const client = { timeout: '1s', retry: 'fixed', retryBase: '1s' };
    const story = office({ client, server: { work: lasting('1h') } })
      .at('1500ms', 'remove-wire client-requests')
      .to('1min');
    expect(counts(story)).toEqual({ asked: 1, timed_out: 1 });
  });
});

describe('a crash of the requester', () => {
  it('forgets what was open, and what comes for it is unknown', () => {
    const client = { arrivals: 'constant', rate: 1, timeout: '10s', limit: 8 };
    const story = office({ client, server: { work: lasting('5s'), concurrency: 10 } });
    story.at('3500ms', 'crash client for 2s').to('4s');
    expect(counts(story)).toEqual({ asked: 3 });
    expect(story.gauge('forgotten', 'client')).toBe(3);
    expect(counts(story.to('1min'))).toEqual({ asked: 8, answered: 5, unknown: 3 });
  });

  it('does not stop a closed loop for good', () => {
    const client = { loop: 'closed', callers: 2, think: lasting('1s') };
    const story = office({ client, server: { work: lasting('5s'), concurrency: 4 } }).at('1500ms', 'crash client for 1s');
    expect(counts(story.to('3600ms'))).toEqual({ asked: 4, open_requests: 2 });
  });
});
