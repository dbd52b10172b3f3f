// Retry storms: an outage that is over and stays. Section 3 of docs/semantics/patterns.md, P11 to P14: seventy requests a second for a
// server that can do a hundred, each tried up to four times, a second each, and ten seconds at half of its speed. The table itself is
// held by scenarios/lessons/l20-table.test.ts, over many seeds and against a slow twin.

import { describe, expect, it } from 'vitest';
import { INSTANT, node, type ParamsDocument, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';

/** What the server can do in a second. */
const CAPACITY = 100;
const TROUBLE_S = 10;
const OVER_S = 40;

interface Outage {
  readonly clients?: ParamsDocument;
  readonly questions?: ParamsDocument;
  readonly trouble?: string;
  readonly seed?: number;
}

const outage = ({ clients, questions, trouble = `slow server x2 for ${TROUBLE_S}s`, seed = 1 }: Outage): Story =>
  new Story(
    {
      seed,
      nodes: [
        node('clients', 'requester', { rate: 70, timeout: '1s', retry: 'fixed', retryBase: '0s', maxAttempts: 4, ...clients }),
        node('questions', 'queue', { ackDeadline: '0s', ...questions }),
        node('server', 'service', { work: { law: 'exponential', mean: '10ms' } }),
        node('answers', 'queue'),
      ],
      wires: [
        wire('publish', 'clients', 'questions', INSTANT),
        wire('deliver', 'questions', 'server', INSTANT),
        wire('publish', 'server', 'answers', INSTANT),
        wire('deliver', 'answers', 'clients', INSTANT),
      ],
    },
    { traceEvery: 0 },
  ).at(`${OVER_S - TROUBLE_S}s`, trouble);

/** Answers in time, a second, between two seconds. */
function goodput(story: Story, fromS: number, toS: number): number {
  const before = story.to(`${fromS}s`).gauge('answered', 'clients');
  return (story.to(`${toS}s`).gauge('answered', 'clients') - before) / (toS - fromS);
}

describe('an outage of ten seconds', () => {
  it('P11: without a remedy lasts ten times as long and more, while the server is busy all the time', () => {
    for (const seed of [1, 2, 3]) {
      const story = outage({ seed });
      expect(goodput(story, 10, 30)).toBeGreaterThan(60);
      const busy = story.to('50s').gauge('busy_seconds', 'server');
      expect(goodput(story, 50, 50 + 10 * TROUBLE_S)).toBeLessThan(0.05 * CAPACITY);
      expect(story.gauge('busy_seconds', 'server') - busy).toBeGreaterThan(0.999 * 10 * TROUBLE_S);
    }
  });

  it('P12: with a retry budget of a tenth is over once what has piled up is worked off', () => {
    const clients = { budget: 'ratio', budgetRatio: 0.1 };
    let piled = 0;
    let tookS = 0;
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const story = outage({ clients, seed }).to(`${OVER_S}s`);
      piled += story.gauge('queue_size', 'questions');
      let second = OVER_S;
      while (story.gauge('queue_size', 'questions') > 5 && second < 200) story.to(`${++second}s`);
      tookS += second - OVER_S;
      expect(goodput(story, 200, 260)).toBeGreaterThan(60);
    }
    const wantedS = piled / (CAPACITY - 1.1 * 70);
    expect(tookS / wantedS).toBeGreaterThan(0.6);
    expect(tookS / wantedS).toBeLessThan(1.6);
  });

  it('P13: is over soon where the newest comes first', () => {
    for (const seed of [1, 2, 3]) expect(goodput(outage({ questions: { order: 'newest' }, seed }), 60, 140)).toBeGreaterThan(60);
  });

  it('P13: is over soon where what is older than the time-out is dropped', () => {
    const questions = { expiry: 'at-head', timeToLive: { law: 'constant', value: '1s' } };
    for (const seed of [1, 2, 3]) expect(goodput(outage({ questions, seed }), 60, 140)).toBeGreaterThan(60);
  });
});

describe('an outage of half a minute', () => {
  it('P14: heals slowly where the load times the tries is within what the server can do, and the slower the nearer it is', () => {
    const heals = (rate: number, bySecond: number): boolean => {
      const story = outage({ clients: { rate }, trouble: 'stall server 30s' });
      return goodput(story, bySecond - 20, bySecond) > 0.8 * rate;
    };
    // It ends at 60 s with 2,400 tries waiting: 2,400 / (100 - 20 × 4) is two minutes, at 24 a second it is ten.
    expect(heals(20, 120)).toBe(false);
    expect(heals(20, 240)).toBe(true);
    expect(heals(24, 300)).toBe(false);
  });
});
