// Streams in a drawing: who reads from where, what each reader is owed, and what retention does to it (doc: streams).

import { describe, expect, it } from 'vitest';
import { ledgerOf } from '../../simulation/ledger.ts';
import { node, type ParamsDocument, partsOf, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';

const part = partsOf('rabbit');
const SWIFT = { work: { law: 'constant', value: '1ms' } };

/** Ten messages a second into a stream, read by as many workers as there are wires. */
function drawn(
  readers: { readonly [worker: string]: ParamsDocument },
  stream: ParamsDocument = {},
  shop: ParamsDocument = {},
): Story {
  return new Story({
    nodes: [
      node('shop', 'sender', { arrivals: 'constant', rate: 10, ...shop }),
      node('rabbit', 'rabbitmq'),
      part('log', 'rabbitmq-queue', { type: 'stream', ...stream }),
      ...Object.keys(readers).map((id) => node(id, 'service', SWIFT)),
    ],
    wires: [
      wire('rabbitmq-publish', 'shop', 'log', { delay: '1ms' }),
      ...Object.entries(readers).map(([id, params]) =>
        wire('rabbitmq-consume', 'log', id, { delay: '1ms', prefetch: 10, reconnect: 'at-once', ...params }),
      ),
    ],
  });
}

describe('a stream', () => {
  it('owes every record to each of its readers', () => {
    const story = drawn({ one: {}, two: {} }).to('3s');
    const { accepted } = story.ledger.publish;
    expect(accepted).toBeGreaterThan(25);
    expect(story.ledger.delivery.owed).toBe(2 * accepted);
    expect(story.gauge('processed', 'one') + story.gauge('processed', 'two')).toBe(story.ledger.delivery.processed);
    expect(story.gauge('dup_effects')).toBe(0);
    expect(story.gauge('ready', 'log')).toBe(accepted);
  });

  it.each([
    ['first', 50],
    ['next', 30],
    ['10', 40],
    ['1s', 40],
  ])('is read from %s on, also by who comes later', (streamOffset, most) => {
    const story = drawn({ early: {}, late: { streamOffset } });
    // It is away until two seconds are over, in which twenty records have come.
    story.at('0s', 'crash late for 2s').to('5050ms');
    expect(story.gauge('processed', 'early')).toBeGreaterThan(48);
    expect(story.gauge('processed', 'late')).toBeGreaterThan(most - 3);
    expect(story.gauge('processed', 'late')).toBeLessThanOrEqual(most + 1);
  });

  it('is read again from the first on by who comes back, which repeats what was done', () => {
    const story = drawn({ one: { streamOffset: 'first' } })
      .at('1s', 'crash one for 100ms')
      .to('3s');
    expect(story.ledger.delivery.owed).toBe(story.ledger.publish.accepted);
    expect(story.gauge('processed', 'one')).toBeGreaterThan(story.ledger.publish.accepted + 5);
    expect(story.ledger.delivery.lost).toBe(0);
  });

  it('keeps what is out when its reader dies, for when it comes back', () => {
    const story = drawn({ one: { streamOffset: 'first', delay: '400ms' } })
      .at('1s', 'crash one for 1h')
      .to('3s');
    // What was on its way to the worker is not lost: it lies in the stream.
    expect(story.ledger.delivery.lost).toBe(0);
    const { inFlight, onTheWire, owed, processed, waiting } = story.ledger.delivery;
    expect([inFlight, onTheWire, waiting]).toEqual([0, 0, owed - processed]);
  });

  it('lets its oldest segments go, and with them what nobody has read', () => {
    const story = drawn(
      { slow: { streamOffset: 'first', reconnect: 'never' } },
      { segmentBytes: 2000, maxLengthBytes: 10_000 },
      { size: { law: 'constant', value: 1000 } },
    );
    story.at('1s', 'crash slow for 1h').to('5s');
    const { delivery, publish } = ledgerOf(story.simulation.world);
    expect(delivery.skipped).toBeGreaterThan(20);
    expect(publish.accepted).toBe(delivery.processed + delivery.skipped + delivery.waiting);
  });

  it('goes on the same from a copy in mid-run', () => {
    const story = drawn({ one: {}, two: { streamOffset: 'first' } })
      .at('1s', 'crash two for 500ms')
      .to('1200ms');
    const checkpoint = story.simulation.checkpoint();
    const straight = story.to('3s').simulation.digest;
    story.simulation.restore(checkpoint);
    expect(story.to('3s').simulation.digest).toBe(straight);
  });
});
