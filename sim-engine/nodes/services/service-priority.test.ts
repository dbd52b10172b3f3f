// Urgency at a service: the most urgent first, with and without interrupting what is in work. Q13 of docs/semantics/queueing.md (both
// priority disciplines); the recorded theory is testing/vectors/queueing/priority.json.

import { describe, expect, it } from 'vitest';
import { INSTANT, lasting, node, type ParamsDocument, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';

/** `slow` sends at priority 0, `urgent` at 9; the worker takes everything onto its desk. */
const line = (slow: readonly string[], urgent: readonly string[], worker: ParamsDocument, desk = 1000): Story =>
  new Story({
    nodes: [
      node('slow', 'sender', { arrivals: 'times', times: slow }),
      node('urgent', 'sender', { arrivals: 'times', times: urgent, priority: 9 }),
      node('orders', 'queue', { ackDeadline: '0s' }),
      node('worker', 'service', { work: lasting('100ms'), ...worker }),
    ],
    wires: [
      wire('publish', 'slow', 'orders', INSTANT),
      wire('publish', 'urgent', 'orders', INSTANT),
      wire('deliver', 'orders', 'worker', { ...INSTANT, desk }),
    ],
  });
const ends = (story: Story) => story.stops('processed').map(({ sender, number, ms }) => `${sender} ${number} ${ms}`);

describe('the most urgent first', () => {
  it('takes urgent letters from the desk before all others, and each urgency in its order', () => {
    const story = line(['0s', '1ms', '2ms'], ['50ms', '51ms'], { deskOrder: 'urgent-first' }).to('1s');
    expect(ends(story)).toEqual(['slow 1 100', 'urgent 1 200', 'urgent 2 300', 'slow 2 400', 'slow 3 500']);
  });

  it('sorts what lies there already, when it is chosen in mid-run', () => {
    const story = line(['0s', '1ms', '2ms'], ['50ms'], {}).at('60ms', 'set worker.deskOrder urgent-first').to('1s');
    expect(ends(story)).toEqual(['slow 1 100', 'urgent 1 200', 'slow 2 300', 'slow 3 400']);
  });
});

describe('urgent work that interrupts', () => {
  const interrupting = { deskOrder: 'urgent-first', interrupts: true };

  it('takes the place of what is less urgent, which goes on where it was', () => {
    const story = line(['0s', '1ms'], ['30ms', '50ms'], interrupting).to('1s');
    // 30 ms of the first were done; both urgent ones go before its other 70.
    expect(ends(story)).toEqual(['urgent 1 130', 'urgent 2 230', 'slow 1 300', 'slow 2 400']);
    expect(story.gauge('busy_seconds', 'worker')).toBeCloseTo(0.4, 9);
  });

  it('is not interrupted by its like', () => {
    const story = line(['1h'], ['0s', '10ms'], interrupting).to('1s');
    expect(ends(story)).toEqual(['urgent 1 100', 'urgent 2 200']);
  });

  it('takes the least urgent of several, and a free place before any', () => {
    const story = line(['0s', '10ms'], ['20ms', '30ms', '40ms'], { ...interrupting, concurrency: 3 }).to('1s');
    expect(ends(story)).toEqual(['urgent 1 120', 'urgent 2 130', 'urgent 3 140', 'slow 1 190', 'slow 2 200']);
  });

  it('waits where there are fewer places than work is going on', () => {
    const story = line(['0s', '0s', '0s'], ['50ms'], { ...interrupting, concurrency: 3 })
      .at('10ms', 'set worker.concurrency 1')
      .to('1s');
    expect(ends(story)).toEqual(['slow 1 100', 'slow 2 100', 'slow 3 100', 'urgent 1 200']);
  });

  it('lets what waits for an answer wait, also in a place that was taken from work with time to go', () => {
    const story = new Story({
      nodes: [
        node('slow', 'sender', { arrivals: 'times', times: ['0s'] }),
        node('middle', 'sender', { arrivals: 'times', times: ['300ms'], priority: 4 }),
        node('urgent', 'sender', { arrivals: 'times', times: ['350ms'], priority: 9 }),
        node('orders', 'queue', { ackDeadline: '0s' }),
        node('worker', 'service', {
          ...interrupting,
          steps: ['receive', 'call', 'work', 'acknowledge'],
          work: lasting('1s'),
        }),
        node('server', 'service', { work: lasting('100ms') }),
      ],
      wires: [
        ...['slow', 'middle', 'urgent'].map((id) => wire('publish', id, 'orders', INSTANT)),
        wire('deliver', 'orders', 'worker', { ...INSTANT, desk: 10 }),
        wire('call', 'worker', 'server', INSTANT),
      ],
    }).to('10s');
    // The first works from 100 ms on and has 800 to go when the second one takes its place and asks; the third waits for that answer
    // and no longer.
    expect(story.stops('begun').map(({ sender, ms }) => `${sender} ${ms}`)).toContain('middle 300');
    expect(story.ledger.delivery.processed).toBe(3);
    expect(story.gauge('busy', 'worker')).toBe(0);
    expect(story.gauge('calls_out', 'worker')).toBe(0);
    expect(
      story
        .stops('begun')
        .filter(({ sender, where }) => sender === 'urgent' && where === 'worker')
        .map(({ ms }) => ms),
    ).toEqual([1400]);
  });

  it('does not leave its lane', () => {
    const story = line(['0s'], ['50ms'], { ...interrupting, assignment: 'by-key', concurrency: 1 }).to('1s');
    expect(ends(story)).toEqual(['slow 1 100', 'urgent 1 200']);
  });

  it('what was interrupted is lost with a crash, and comes again by the rules of its queue', () => {
    const story = line(['0s'], ['30ms'], interrupting).at('50ms', 'crash worker for 10ms').to('10s');
    expect(story.ledger.delivery.inFlight).toBe(2);
    expect(story.gauge('busy', 'worker')).toBe(0);
  });

  it('loses nothing, whatever comes when', () => {
    const story = new Story({
      nodes: [
        node('slow', 'sender', { rate: 40, limit: 1000 }),
        node('middle', 'sender', { rate: 20, limit: 500, priority: 4 }),
        node('urgent', 'sender', { rate: 10, limit: 250, priority: 9 }),
        node('orders', 'queue', { ackDeadline: '0s' }),
        node('worker', 'service', { ...interrupting, concurrency: 3, work: { law: 'exponential', mean: '40ms' }, failure: 0.1 }),
      ],
      wires: [
        wire('publish', 'slow', 'orders', INSTANT),
        wire('publish', 'middle', 'orders', INSTANT),
        wire('publish', 'urgent', 'orders', INSTANT),
        wire('deliver', 'orders', 'worker', { ...INSTANT, desk: 1000 }),
      ],
    });
    story.at('5s', 'set worker.concurrency 1').at('8s', 'set worker.concurrency 4').to('20min');
    const { processed, lost, dropped } = story.ledger.delivery;
    expect([processed + lost + dropped, lost]).toEqual([1750, lost]);
    expect(story.gauge('busy', 'worker')).toBe(0);
    expect(story.gauge('queue_size', 'orders')).toBe(0);
  });
});
