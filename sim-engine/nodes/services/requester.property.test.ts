// Laws of the requester: whatever replies come, in whatever order and however often, every request is over exactly once (P1), nothing but
// the first reply in time completes it (P2), and open requests are what rate and mean time say (P5), against a plain slow twin. The
// recorded facts of testing/vectors/patterns/request-reply.json are replayed through the whole actor.

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { node, wire } from '../../testing/drawing.ts';
import { RepliesByHand } from '../../testing/replies-by-hand.ts';
import type { VectorCase } from '../../testing/runners/format.ts';
import { Story } from '../../testing/story.ts';

const MS_NS = 1_000_000;

let office: RepliesByHand | undefined;
afterEach(() => office?.end());

/** A requester that asks at these times, in ms. */
function begin(timesMs: readonly number[], client: { readonly [field: string]: unknown }): RepliesByHand {
  office?.end();
  office = new RepliesByHand({ times: timesMs.map((ms) => `${ms}ms`), ...client });
  return office;
}

interface Event {
  readonly t: number;
  readonly op: 'request' | 'reply';
  readonly id: string;
}

describe('the recorded facts of patterns/request-reply', () => {
  const { cases } = JSON.parse(readFileSync('sim-engine/testing/vectors/patterns/request-reply.json', 'utf8')) as {
    readonly cases: readonly VectorCase[];
  };

  it.each(cases.map((one) => [one.name, one] as const))('%s agrees with a whole run', (_name, { input, expected }) => {
    const events = input.events as readonly Event[];
    const asked = events.filter(({ op }) => op === 'request');
    const client = begin(
      asked.map(({ t }) => t * 1000),
      { timeout: `${(input.timeout as number) * 1000}ms` },
    );
    const numberOf = (id: string): number => asked.findIndex((one) => one.id === id) + 1;
    for (const { t, op, id } of events) {
      client.to(t * 1000 * MS_NS);
      if (op === 'reply') client.reply(numberOf(id));
    }
    client.to(1000 * 1000 * MS_NS);
    const found = client.completions.map(({ number, result, atNs }) => ({
      correlationId: asked[number - 1]?.id,
      result,
      at: atNs / 1000 / MS_NS,
    }));
    expect(found).toEqual(expected.completions);
    expect(client.gauge('late') + client.gauge('duplicate') + client.gauge('unknown')).toBe(expected.discardedReplies);
  });
});

interface Twin {
  completions: { number: number; result: string; atNs: number }[];
  late: number;
  duplicate: number;
  unknown: number;
}

/** The same by the definition: of the replies to a request the first before its deadline counts. */
function twin(
  askedMs: readonly number[],
  repliesMs: readonly (readonly [ms: number, number: number])[],
  timeoutMs: number,
): Twin {
  const found: Twin = { completions: [], late: 0, duplicate: 0, unknown: 0 };
  askedMs.forEach((at, i) => {
    const answer = repliesMs.find(([ms, number]) => number === i + 1 && ms >= at && ms < at + timeoutMs);
    const atMs = answer?.[0] ?? at + timeoutMs;
    found.completions.push({ number: i + 1, result: answer === undefined ? 'timeout' : 'ok', atNs: atMs * MS_NS });
    for (const reply of repliesMs) {
      if (reply[1] !== i + 1 || reply === answer) continue;
      if (reply[0] < at) found.unknown++;
      else if (answer !== undefined) found.duplicate++;
      else found.late++;
    }
  });
  found.unknown += repliesMs.filter(([, number]) => number > askedMs.length || number < 1).length;
  return found;
}

describe('whatever comes back', () => {
  it('completes every request exactly once, the first reply in time or its deadline (P1)', () => {
    const time = fc.integer({ min: 0, max: 60 });
    fc.assert(
      fc.property(
        fc.array(time, { minLength: 1, maxLength: 12 }),
        fc.array(fc.tuple(time, fc.integer({ min: 0, max: 13 })), { maxLength: 40 }),
        fc.integer({ min: 1, max: 30 }),
        (asked, replies, timeoutMs) => {
          const askedMs = asked.toSorted((a, b) => a - b);
          // Half a millisecond after the whole ones: what happens in one instant is asked of the recorded facts.
          const repliesMs = replies.map(([ms, number]) => [ms + 0.5, number] as const).toSorted((a, b) => a[0] - b[0]);
          const client = begin(askedMs, { timeout: `${timeoutMs}ms` });
          for (const [ms, number] of repliesMs) {
            client.to(ms * MS_NS);
            client.reply(number);
          }
          client.to(1000 * MS_NS);
          const wanted = twin(askedMs, repliesMs, timeoutMs);
          const { completions, ...counts } = wanted;
          expect(client.completions.toSorted((a, b) => a.number - b.number)).toEqual(completions);
          expect(Object.fromEntries(Object.keys(counts).map((name) => [name, client.gauge(name)]))).toEqual(counts);
          expect(client.simulation.world.books.imbalance()).toBe(null);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('P2: late, twice or to nobody completes nothing, and is counted as what it is', () => {
    const client = begin([0, 1, 2], { timeout: '20ms' });
    client.to(10 * MS_NS);
    for (const number of [1, 1, 7]) client.reply(number);
    client.to(30 * MS_NS);
    for (const number of [1, 2, 3, 3]) client.reply(number);
    client.to(1000 * MS_NS);
    expect(client.completions.map(({ number, result }) => [number, result])).toEqual([
      [1, 'ok'],
      [2, 'timeout'],
      [3, 'timeout'],
    ]);
    expect(['late', 'duplicate', 'unknown'].map((name) => client.gauge(name))).toEqual([3, 2, 1]);
  });

  it('in the instant of the deadline is late, and before it is not (P2)', () => {
    const client = begin([0, 1], { timeout: '20ms' });
    client.to(20 * MS_NS);
    client.reply(1);
    client.to(21 * MS_NS - 1);
    client.reply(2);
    client.to(1000 * MS_NS);
    expect(client.completions).toEqual([
      { number: 1, result: 'timeout', atNs: 20 * MS_NS },
      { number: 2, result: 'ok', atNs: 21 * MS_NS - 1 },
    ]);
  });
});

describe('open requests', () => {
  it('are on average the rate of requests times their mean time, time-outs at their time-out (P5)', () => {
    for (const [timeout, retry] of [
      ['0s', 'none'],
      ['60ms', 'none'],
      ['25ms', 'fixed'],
      ['25ms', 'exponential-full'],
    ] as const) {
      const story = new Story(
        {
          nodes: [
            node('client', 'requester', { rate: 60, timeout, retry, retryBase: '10ms', limit: 2000 }),
            node('requests', 'queue'),
            node('server', 'service', { work: { law: 'exponential', mean: '12ms' } }),
            node('replies', 'queue'),
          ],
          wires: [
            wire('publish', 'client', 'requests', { delay: '2ms' }),
            wire('deliver', 'requests', 'server', { delay: '1ms', desk: 2 }),
            wire('publish', 'server', 'replies', { delay: '1ms' }),
            wire('deliver', 'replies', 'client', { delay: '2ms' }),
          ],
        },
        { traceEvery: 0 },
      );
      // Looked at every 20 us: the sum over these looks is the integral but for the width of a look at each end of a request.
      const gridNs = 20_000;
      let area = 0;
      const at = story.simulation.assembly.actorsOfNode('client')[0]?.ix as number;
      const cells = new Float64Array(32);
      story.simulation.watch({
        gridNs,
        observe() {
          story.simulation.world.actors[at]?.sample(cells, 0);
          area += (cells[0] as number) * gridNs;
        },
      });
      story.to('120s');
      expect(story.gauge('open_requests', 'client')).toBe(0);
      const asked = story.gauge('asked', 'client');
      expect(asked).toBe(2000);
      expect(story.gauge('answered', 'client') + story.gauge('timed_out', 'client')).toBe(2000);
      if (timeout !== '0s') expect(story.gauge('timed_out', 'client')).toBeGreaterThan(20);
      expect(Math.abs(area / 1e9 - story.gauge('request_seconds', 'client'))).toBeLessThan((2 * asked * gridNs) / 1e9);
      // The mean time is that of at least one attempt where it timed out.
      expect(story.gauge('request_seconds', 'client') / asked).toBeGreaterThan(0.01);
    }
  });
});
