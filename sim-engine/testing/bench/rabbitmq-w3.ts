// W3 through a RabbitMQ broker: copies of every message to twenty queues, five readers each, and a ladder of retries made of wait
// queues. A direct exchange behind each queue knows by the key of the last wait which one is next; what has waited comes back through a
// fanout exchange, which does not ask for the key.

import type { Simulation } from '../../simulation/simulation.ts';
import type { NodeDocument, WireDocument } from '../../topology/document.ts';
import { node, type ParamsDocument, simulationOf, wire } from '../drawing.ts';

const QUEUES = 20;
const READERS = 5;
const WAITS_MS = [100, 200, 400];
const NO_DELAY = { delay: '0s' };

const part = (id: string, kind: string, params: ParamsDocument = {}): NodeDocument => ({
  ...node(id, kind, params),
  parent: 'rabbit',
});

/** `count` messages are published, 1,000 a second at random. */
export function retryLadders(count: number): Simulation {
  const ladders = Array.from({ length: QUEUES }, (_, at) => ladder(at));
  return simulationOf({
    nodes: [
      node('source', 'sender', { arrivals: 'gaps', gaps: { law: 'exponential', mean: '1000us' }, limit: count }),
      node('rabbit', 'rabbitmq'),
      part('events', 'rabbitmq-exchange', { type: 'fanout' }),
      part('dead', 'rabbitmq-queue'),
      ...ladders.flatMap(({ nodes }) => nodes),
    ],
    wires: [wire('rabbitmq-publish', 'source', 'events', NO_DELAY), ...ladders.flatMap(({ wires }) => wires)],
  });
}

interface Ladder {
  readonly nodes: readonly NodeDocument[];
  readonly wires: readonly WireDocument[];
}

function ladder(at: number): Ladder {
  const [work, retry, back] = [`work-${at}`, `retry-${at}`, `back-${at}`] as const;
  const rungs = WAITS_MS.map((ms, step) => ({ wait: `wait-${at}-${ms}`, ms, step }));
  const readers = Array.from({ length: READERS }, (_, reader) => `reader-${at}-${reader}`);
  return {
    nodes: [
      part(work, 'rabbitmq-queue'),
      part(retry, 'rabbitmq-exchange', { type: 'direct' }),
      part(back, 'rabbitmq-exchange', { type: 'fanout' }),
      ...rungs.map(({ ms, wait }) => part(wait, 'rabbitmq-queue', { messageTtl: `${ms}ms` })),
      ...readers.map((reader) =>
        node(reader, 'service', { work: { law: 'exponential', mean: '4000us' }, failure: 0.01, retry: 'none' }),
      ),
    ],
    wires: [
      wire('binding', 'events', work),
      wire('rabbitmq-dead-letter', work, retry),
      wire('binding', back, work),
      ...rungs.flatMap(({ step, wait }) => [
        wire('binding', retry, wait, { routingKey: step === 0 ? '' : String(step) }),
        wire('rabbitmq-dead-letter', wait, back, { routingKey: String(step + 1) }),
      ]),
      wire('binding', retry, 'dead', { routingKey: String(WAITS_MS.length) }),
      ...readers.map((reader) => wire('rabbitmq-consume', work, reader, { ...NO_DELAY, prefetch: 1, onRetry: 'dead-letter' })),
    ],
  };
}
