// Questions by message whose replies go straight to the channel that asked (semantics/rabbitmq.md 10, vectors/rabbitmq/rpc.json), in a
// drawing: who asks, who answers, who has left, and what is refused.

import { describe, expect, it } from 'vitest';
import { insideOf } from '../../simulation/inside.ts';
import { node, type ParamsDocument, partsOf, wire } from '../../testing/drawing.ts';
import { Story } from '../../testing/story.ts';

const REPLY_TO = { replyTo: 'amq.rabbitmq.reply-to' };
const DELAY = { delay: '1ms' };
const part = partsOf('rabbit');

interface Drawn {
  readonly version?: string;
  readonly asks?: ParamsDocument;
  readonly reads?: ParamsDocument;
  readonly answers?: ParamsDocument;
  readonly shop?: ParamsDocument;
}

/** A shop asks each 100 ms; a server takes 50 ms to answer. */
function drawn({ answers, asks, reads, shop, version }: Drawn = {}): Story {
  return new Story({
    nodes: [
      node('shop', 'requester', { arrivals: 'constant', rate: 10, timeout: '1s', ...shop }),
      node('rabbit', 'rabbitmq', version === undefined ? {} : { version }),
      part('questions', 'rabbitmq-queue'),
      part('replies', 'rabbitmq-replies'),
      node('server', 'service', { work: { law: 'constant', value: '50ms' } }),
    ],
    wires: [
      wire('rabbitmq-publish', 'shop', 'questions', { ...DELAY, ...REPLY_TO, ...asks }),
      wire('rabbitmq-consume', 'questions', 'server', { ...DELAY, prefetch: 1 }),
      wire('rabbitmq-publish', 'server', 'replies', { ...DELAY, ...answers }),
      wire('rabbitmq-consume', 'replies', 'shop', { ...DELAY, acknowledge: 'automatic', ...reads }),
    ],
  });
}

/** Reply codes with which the broker closed something, the latest first. */
function closings({ simulation }: Story): readonly unknown[] {
  const table = insideOf(simulation, 'rabbit').find(({ title }) => title === 'inside.rabbitmq.closed.title');
  const at = table?.columns.findIndex(({ key }) => key === 'reply') ?? -1;
  return table?.rows.map((row) => row[at]) ?? [];
}

describe('a question by direct reply-to', () => {
  it.each(['4.3', '4.0', '3.10'])('is answered on the way back that it names (%s)', (version) => {
    const story = drawn({ version }).to('5s');
    expect(story.gauge('answered', 'shop')).toBeGreaterThan(45);
    expect(story.gauge('timed_out', 'shop')).toBe(0);
    expect(story.gauge('unroutable', 'rabbit')).toBe(0);
    // Nothing waits there, and each reply is owed to whoever asked.
    expect(story.ledger.delivery.processed).toBe(story.gauge('processed', 'server') + story.gauge('answered', 'shop'));
    expect(story.gauge('consumers', 'replies')).toBe(1);
  });

  it('is answered to nobody who has left: the broker drops the reply, and a later channel does not get it', () => {
    const story = drawn({ reads: { reconnectAfter: '100ms' }, asks: { reconnectAfter: '100ms' } })
      .at('1020ms', 'crash shop for 20ms')
      .to('1500ms');
    // One was at work and its asker is back before the reply comes, on another channel.
    expect(story.ledger.publish.unroutable).toBe(1);
    expect(story.gauge('unroutable', 'replies')).toBe(1);
    expect(story.gauge('unknown', 'shop')).toBe(0);
    expect(story.to('3s').gauge('answered', 'shop')).toBeGreaterThan(20);
  });

  it('has an address as long as its channel is open', () => {
    const story = drawn().to('1s');
    const table = insideOf(story.simulation, 'replies')[0];
    expect(table?.title).toBe('inside.rabbitmq-replies.readers.title');
    expect(table?.rows).toHaveLength(1);
    expect(table?.rows[0]?.[1]).toMatch(/^amq\.rabbitmq\.reply-to\.\d+$/);
    story.at('1010ms', 'crash shop for 1h').to('2s');
    expect(insideOf(story.simulation, 'replies')[0]?.rows).toEqual([]);
  });

  it('closes the channel with 406 while its client reads no replies', () => {
    const story = drawn({ reads: { reconnect: 'never', delay: '10s' } }).to('3s');
    expect(story.gauge('answered', 'shop')).toBe(0);
    expect(closings(story)).toContain('406 PRECONDITION_FAILED');
    expect(story.ledger.publish.refused).toBeGreaterThan(0);
  });

  it('cannot be read with acknowledgements: 406', () => {
    const story = drawn({ reads: { acknowledge: 'manual' } }).to('3s');
    expect(story.gauge('answered', 'shop')).toBe(0);
    expect(closings(story)).toContain('406 PRECONDITION_FAILED');
  });

  it('that names no way back is answered to nobody', () => {
    const story = drawn({ asks: { replyTo: '' } }).to('3s');
    expect(story.gauge('answered', 'shop')).toBe(0);
    expect(story.gauge('unroutable', 'replies')).toBeGreaterThan(20);
  });

  it('goes on the same from a copy in mid-run', () => {
    const story = drawn().at('1s', 'crash shop for 500ms').to('980ms');
    const checkpoint = story.simulation.checkpoint();
    const straight = story.to('3s').simulation.digest;
    story.simulation.restore(checkpoint);
    expect(story.to('3s').simulation.digest).toBe(straight);
  });
});
