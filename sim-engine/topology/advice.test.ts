// What is said of a broker's parts: messages go on by relations inside of it too.

import { expect, it } from 'vitest';
import { advice } from './advice.ts';
import type { NodeDocument, WireDocument } from './document.ts';

const node = (id: string, kind: string): NodeDocument => ({ id, kind });
const wire = (kind: string, from: string, to: string): WireDocument => ({ id: `${from}-${to}`, kind, from, to });
const part = (id: string, kind: string) => ({ ...node(id, kind), parent: 'rabbit' });
const saidOf = (...wires: readonly WireDocument[]) =>
  advice({
    format: 'broker-lab/topology',
    version: 1,
    nodes: [
      node('shop', 'sender'),
      node('rabbit', 'rabbitmq'),
      part('orders', 'rabbitmq-exchange'),
      part('wait', 'rabbitmq-queue'),
      part('work', 'rabbitmq-queue'),
      node('worker', 'service'),
    ],
    wires: [wire('rabbitmq-publish', 'shop', 'orders'), ...wires],
  }).map(({ at, code }) => `${at[1]} ${code}`);

it('a binding and the way of what dies are ways out of a part', () => {
  const all = [
    wire('binding', 'orders', 'wait'),
    wire('rabbitmq-dead-letter', 'wait', 'work'),
    wire('rabbitmq-consume', 'work', 'worker'),
  ];
  expect(saidOf(...all)).toEqual([]);
  expect(saidOf(...all.slice(1))).toEqual(['orders no-way-out', 'wait nothing-comes-in']);
  expect(saidOf(...all.slice(0, 1))).toEqual([
    'wait no-way-out',
    'work nothing-comes-in',
    'work no-way-out',
    'worker nothing-comes-in',
  ]);
});

it('dead letters may rest in a topic of Kafka that nobody reads, and what is to be tried again may not', () => {
  const inKafka = (id: string, kind: string): NodeDocument => ({ ...node(id, kind), parent: 'kafka' });
  const said = (as: string) =>
    advice({
      format: 'broker-lab/topology',
      version: 1,
      nodes: [
        node('shop', 'sender'),
        node('kafka', 'kafka'),
        inKafka('orders', 'kafka-topic'),
        inKafka('readers', 'kafka-group'),
        inKafka('dead', 'kafka-topic'),
        node('worker', 'service'),
      ],
      wires: [
        wire('kafka-produce', 'shop', 'orders'),
        wire('kafka-subscribe', 'orders', 'readers'),
        wire('kafka-consume', 'readers', 'worker'),
        { ...wire('kafka-pass-on', 'readers', 'dead'), params: { as } },
      ],
    }).map(({ at, code }) => `${at[1]} ${code}`);
  expect(said('dead-letter')).toEqual([]);
  expect(said('retry')).toEqual(['dead no-way-out']);
});

it('what is given up may rest where it is put, and where something else comes in as well it may not', () => {
  const ways = [
    wire('binding', 'orders', 'wait'),
    wire('rabbitmq-consume', 'wait', 'worker'),
    wire('rabbitmq-dead-letter', 'wait', 'work'),
  ];
  expect(saidOf(...ways)).toEqual([]);
  expect(saidOf(...ways, wire('binding', 'orders', 'work'))).toEqual(['work no-way-out']);
});
