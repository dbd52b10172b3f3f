// What is said of a drawn RabbitMQ broker that a server would refuse, and of results that come back to whoever publishes them.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeProblem } from '../topology/describe-problem.ts';
import type { NodeDocument, TopologyDocument, WireDocument } from '../topology/document.ts';
import { validateTopology } from '../topology/parse.ts';
import { rabbitmqAdvice } from './rabbitmq-advice.ts';

type Params = NodeDocument['params'];
const node = (id: string, kind: string, params: Params = {}): NodeDocument => ({ id, kind, params });
const part = (id: string, kind: string, params: Params = {}): NodeDocument => ({ ...node(id, kind, params), parent: 'rabbit' });
const wire = (kind: string, from: string, to: string, params: Params = {}): WireDocument => ({
  id: `${from}-${to}`,
  kind,
  from,
  to,
  params,
});

const drawing = (nodes: readonly NodeDocument[], wires: readonly WireDocument[] = [], broker: Params = {}): TopologyDocument => ({
  format: 'broker-lab/topology',
  version: 1,
  nodes: [node('rabbit', 'rabbitmq', broker), ...nodes],
  wires,
});

const saidOf = (document: TopologyDocument): readonly string[] => {
  expect(validateTopology(document)).toEqual([]);
  const said = rabbitmqAdvice(document);
  for (const problem of said) {
    const { remedy, sentence } = describeProblem(problem);
    expect(`${sentence} ${remedy}`).not.toMatch(/[{}]|problem\./);
  }
  return said.map(({ at, code }) => `${at[1]} ${code}`);
};

describe('what a server refuses', () => {
  it.each<[string, readonly NodeDocument[], readonly WireDocument[], readonly string[]]>([
    [
      'a quorum queue that is not durable',
      [part('q', 'rabbitmq-queue', { type: 'quorum', durable: false })],
      [],
      ['q amqp-queue-refused'],
    ],
    [
      'a stream that is exclusive',
      [part('q', 'rabbitmq-queue', { type: 'stream', exclusive: true })],
      [],
      ['q amqp-queue-refused'],
    ],
    [
      'one of its own exchanges, of another type',
      [part('x', 'rabbitmq-exchange', { name: 'amq.topic', type: 'fanout' })],
      [],
      ['x amqp-exchange-refused'],
    ],
    ['one of its own exchanges, as it is', [part('x', 'rabbitmq-exchange', { name: 'amq.topic', type: 'topic' })], [], []],
    [
      'three # in a topic key',
      [part('x', 'rabbitmq-exchange', { type: 'topic' }), part('q', 'rabbitmq-queue')],
      [wire('binding', 'x', 'q', { routingKey: '#.a.#.b.#' })],
      ['x amqp-binding-refused'],
    ],
    [
      'two queues of one name',
      [part('p', 'rabbitmq-queue', { name: 'work' }), part('q', 'rabbitmq-queue', { name: 'work' })],
      [],
      ['q amqp-name-twice'],
    ],
    [
      'a queue and an exchange of one name',
      [part('p', 'rabbitmq-exchange', { name: 'work' }), part('q', 'rabbitmq-queue', { name: 'work' })],
      [],
      [],
    ],
    ['a classic queue that is not durable', [part('q', 'rabbitmq-queue', { durable: false, exclusive: true })], [], []],
  ])('is said of %s', (_, nodes, wires, said) => {
    expect(saidOf(drawing(nodes, wires))).toEqual(said);
  });

  it('up to 4.0 a topic key takes any number of #', () => {
    const nodes = [part('x', 'rabbitmq-exchange', { type: 'topic' }), part('q', 'rabbitmq-queue')];
    expect(saidOf(drawing(nodes, [wire('binding', 'x', 'q', { routingKey: '#.a.#.b.#' })], { version: '4.0' }))).toEqual([]);
  });

  it('a name of the server is a problem: it cannot be drawn at all (403)', () => {
    const codes = (kind: string, name: string) => validateTopology(drawing([part('p', kind, { name })])).map(({ code }) => code);
    expect(codes('rabbitmq-queue', 'amq.mine')).toEqual(['name-reserved']);
    expect(codes('rabbitmq-queue', 'amq.topic')).toEqual(['name-reserved']);
    expect(codes('rabbitmq-exchange', 'amq.mine')).toEqual(['name-reserved']);
    expect(codes('rabbitmq-exchange', 'amq.topic')).toEqual([]);
    expect(codes('rabbitmq-queue', 'AMQ.mine')).toEqual([]);
  });
});

describe('direct replies', () => {
  const asked = (asks: Params, reads: Params) =>
    saidOf(
      drawing(
        [node('shop', 'requester'), part('q', 'rabbitmq-queue'), part('replies', 'rabbitmq-replies')],
        [wire('rabbitmq-publish', 'shop', 'q', asks), wire('rabbitmq-consume', 'replies', 'shop', reads)],
      ),
    );
  const REPLY_TO = { replyTo: 'amq.rabbitmq.reply-to' };

  it('are read with automatic acknowledgement, and named in the question', () => {
    expect(asked(REPLY_TO, { acknowledge: 'automatic' })).toEqual([]);
    expect(asked(REPLY_TO, {})).toEqual(['shop amqp-replies-manual']);
    expect(asked({}, { acknowledge: 'automatic' })).toEqual(['shop amqp-no-reply-to']);
  });

  it('are not asked for without being read', () => {
    const nodes = [node('shop', 'requester'), part('q', 'rabbitmq-queue')];
    expect(saidOf(drawing(nodes, [wire('rabbitmq-publish', 'shop', 'q', REPLY_TO)]))).toEqual(['shop amqp-replies-unread']);
  });
});

describe('a result that comes back to whoever publishes it', () => {
  const circle = (key: string, binding: string, more: readonly WireDocument[] = []) =>
    saidOf(
      drawing(
        [
          node('worker', 'service'),
          part('x', 'rabbitmq-exchange', { type: 'topic' }),
          part('q', 'rabbitmq-queue'),
          part('wait', 'rabbitmq-queue'),
        ],
        [
          wire('binding', 'x', 'q', { routingKey: binding }),
          wire('rabbitmq-consume', 'q', 'worker'),
          wire('rabbitmq-publish', 'worker', 'x', { routingKey: key }),
          ...more,
        ],
      ),
    );

  it('is told of by the bindings that take its key', () => {
    expect(circle('order.paid', 'order.*')).toEqual(['worker amqp-circle']);
    expect(circle('order.paid', 'order.created')).toEqual([]);
    expect(circle('order.{type}', 'order.created')).toEqual(['worker amqp-circle']);
  });

  it('is no circle where it comes back as a dead letter: a ladder of retries', () => {
    const ladder = [wire('binding', 'x', 'wait', { routingKey: 'retry' }), wire('rabbitmq-dead-letter', 'wait', 'q')];
    expect(circle('retry', 'order.*', ladder)).toEqual([]);
  });
});

it('nothing is said of the scenarios, which run on real rules', () => {
  const files = readdirSync('sim-engine/scenarios', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.json'),
  );
  const said = files.flatMap((file) => {
    const { topology } = JSON.parse(readFileSync(`sim-engine/scenarios/${file}`, 'utf8')) as { topology: TopologyDocument };
    return rabbitmqAdvice(topology).map(({ at, code }) => `${file} ${at[1]} ${code}`);
  });
  expect(said).toEqual([]);
});
