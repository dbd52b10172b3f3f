// Steps that take time, the step whose success is the effect, and crashes between any two steps: P26 and scene 6 of
// docs/semantics/patterns.md.

import { describe, expect, it } from 'vitest';
import { INSTANT, lasting, node, type ParamsDocument, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';

const sleep = (value: string) => ({ do: 'sleep', takes: lasting(value) });
const charge = (value: string, fails = 0) => ({ do: 'charge', takes: lasting(value), fails });

/** One message, one worker; whatever it publishes goes to `results`. */
const line = (worker: ParamsDocument, queue: ParamsDocument = {}): Story =>
  new Story({
    nodes: [
      node('shop', 'sender', { arrivals: 'times', times: ['0s'] }),
      node('orders', 'queue', queue),
      node('worker', 'service', worker),
      node('results', 'queue'),
    ],
    wires: [
      wire('publish', 'shop', 'orders', INSTANT),
      wire('deliver', 'orders', 'worker', INSTANT),
      wire('publish', 'worker', 'results', INSTANT),
    ],
  });

const told = (story: Story) =>
  story
    .stops('begun', 'processed', 'failed', 'published', 'acknowledged', 'repeated')
    .filter(({ sender }) => sender === 'shop')
    .map(({ what, ms }) => `${what} ${ms}`);

describe('steps that take time', () => {
  it('go one after the other, and as often as the list says', () => {
    const steps = ['receive', sleep('10ms'), 'publish', sleep('20ms'), charge('5ms'), 'publish', 'acknowledge'];
    expect(told(line({ steps }).to('1s'))).toEqual([
      'begun 0',
      'published 10',
      'processed 35',
      'published 35',
      'acknowledged 35',
    ]);
  });

  it('take longer in a slowed worker', () => {
    const story = line({ steps: ['receive', sleep('10ms'), charge('10ms'), 'acknowledge'] });
    story.at('0s', 'slow worker 3').to('1s');
    expect(story.times('processed')).toEqual([60]);
  });

  it('the effect is the charge, and without one the last work', () => {
    const effects = (steps: readonly unknown[]) =>
      line({ steps, work: lasting('10ms') })
        .to('1s')
        .times('processed');
    expect(effects(['receive', 'work', charge('10ms'), 'work', 'acknowledge'])).toEqual([20]);
    expect(effects(['receive', 'work', sleep('5ms'), 'work', 'acknowledge'])).toEqual([25]);
    expect(effects(['receive', sleep('5ms'), 'acknowledge'])).toEqual([5]);
  });

  it('a charge fails as often as it says, and what comes before it is done again', () => {
    const steps = ['receive', 'publish', charge('10ms', 1), 'acknowledge'];
    const story = line({ steps, retry: 'fixed', retryBase: '1s', maxAttempts: 3 }).to('1min');
    expect(told(story).filter((what) => what.startsWith('failed'))).toEqual(['failed 10', 'failed 1020', 'failed 2030']);
    expect(story.gauge('ready', 'results')).toBe(3);
  });

  it('a sleep does not fail, whatever the worker fails at', () => {
    const story = line({ steps: ['receive', sleep('10ms'), 'acknowledge'], failure: 1 }).to('1s');
    expect(story.ledger.delivery.processed).toBe(1);
  });

  it('a second receipt changes nothing', () => {
    const story = line({ steps: ['receive', 'acknowledge', charge('10ms'), 'acknowledge'] }).to('1min');
    expect(told(story)).toEqual(['begun 0', 'acknowledged 0', 'processed 10']);
    expect(story.gauge('queue_size', 'orders')).toBe(0);
  });
});

describe('a crash between two steps', () => {
  /** Effects, results and what became of the message, for a crash of the first attempt after so many steps. */
  function crashed(steps: readonly unknown[], crashAfter: number) {
    const story = line({ steps, work: lasting('10ms'), crashAfter, restartAfter: '1s' }, { ackDeadline: '2s' });
    // Once: the worker that comes back works on.
    story.at('500ms', 'set worker.crashAfter 0').to('1min');
    const { processed, lost } = story.ledger.delivery;
    return { processed, lost, repeats: story.ledger.repeats, results: story.gauge('ready', 'results') };
  }
  const FIRST_WORK = ['receive', 'work', 'publish', 'acknowledge'];

  it.each([
    [1, { processed: 1, lost: 0, repeats: 0, results: 1 }],
    [2, { processed: 1, lost: 0, repeats: 1, results: 1 }],
    [3, { processed: 1, lost: 0, repeats: 1, results: 2 }],
    [4, { processed: 1, lost: 0, repeats: 0, results: 1 }],
  ])('work first: after step %i', (crashAfter, outcome) => {
    expect(crashed(FIRST_WORK, crashAfter)).toEqual(outcome);
  });

  it.each([
    [1, { processed: 1, lost: 0, repeats: 0, results: 1 }],
    [2, { processed: 0, lost: 1, repeats: 0, results: 0 }],
    [3, { processed: 1, lost: 0, repeats: 0, results: 0 }],
    [4, { processed: 1, lost: 0, repeats: 0, results: 1 }],
  ])('receipt first: after step %i', (crashAfter, outcome) => {
    expect(crashed(['receive', 'acknowledge', 'work', 'publish'], crashAfter)).toEqual(outcome);
  });

  it('comes as often as it is said to, and the worker comes back', () => {
    const story = new Story({
      nodes: [
        node('shop', 'sender', { arrivals: 'constant', rate: 100, limit: 2000 }),
        node('orders', 'queue', { ackDeadline: '100ms' }),
        node('worker', 'service', { work: lasting('1ms'), crashAfter: 2, crashChance: 0.1, restartAfter: '1ms' }),
      ],
      wires: [wire('publish', 'shop', 'orders', INSTANT), wire('deliver', 'orders', 'worker', INSTANT)],
    }).to('10min');
    const crashes = story.notices().filter(({ key }) => key === 'notice.crashed').length;
    // One in ten attempts, and each crash costs another attempt: 2000 / 0.9 attempts, 222 crashes.
    expect(Math.abs(crashes - 222)).toBeLessThan(60);
    expect(story.ledger.delivery).toMatchObject({ processed: 2000, lost: 0 });
    expect(story.ledger.repeats).toBe(crashes);
  });
});
