// L13, the sorting desk: exchanges and bindings, R1, R2 and R36 of docs/semantics/rabbitmq.md. Two beliefs to break: that `*` matches
// everything, and that a message which nobody takes raises an error.

import { describe, expect, it } from 'vitest';
import { Lesson } from '../../testing/lesson.ts';

const lesson = new Lesson('l13-sorting-desk');

describe('predict: who gets order.eu.created?', () => {
  it('nobody: it is dropped, and a sender that asks is told that all is well', () => {
    // With confirms it would send again what is refused: each is sent once.
    const run = lesson.begin({ edits: ['set europe-events.confirm true'] }).to('60s');
    expect(run.read('unroutable')).toBe(run.read('sent', 'europe'));
    expect(run.read('unroutable')).toBeGreaterThan(50);
    expect(run.read('accepted')).toBeGreaterThan(run.read('sent', 'shop') - 2);
    expect([run.read('refused'), run.read('publish.lost')]).toEqual([0, 0]);
  });
});

const HASH = 'set events-inventory.routingKey "order.#"';
const SECOND_BINDING =
  'add-wire {"id": "again", "kind": "binding", "from": "events", "to": "email", "params": {"routingKey": "order.*"}}';
const STRAYS = [
  'add-node {"id": "lost-and-found", "kind": "rabbitmq-exchange", "parent": "rabbit", "params": {"type": "fanout"}}',
  'add-node {"id": "strays", "kind": "rabbitmq-queue", "parent": "rabbit"}',
  'add-wire {"id": "keep", "kind": "binding", "from": "lost-and-found", "to": "strays"}',
  'add-wire {"id": "instead", "kind": "alternate", "from": "events", "to": "lost-and-found"}',
];

describe('step', () => {
  it('1: some are unroutable, and nothing says so but the count', () => {
    expect(lesson.failures('60s', { checks: ['event: unroutable >= 1', 'end: refused == 0'] })).toEqual([]);
  });

  it('2: a hash stands for any number of words, a star for one', () => {
    const checks = ['hold 20s: unroutable == 0', 'end: processed{inventory-worker} > 150'];
    expect(lesson.failures('60s', { edits: [HASH], checks })).toEqual([]);
    // Not so with a star, which is the belief to break: alone it does not even match what has two words.
    const star = 'set events-inventory.routingKey "*"';
    expect(lesson.failures('60s', { edits: [star], checks })).toHaveLength(2);
    expect(
      lesson
        .begin({ edits: [star] })
        .to('60s')
        .read('processed', 'inventory-worker'),
    ).toBe(0);
  });

  it('2: repaired while messages flow, the rest arrives', () => {
    const run = lesson.begin({ at: [['30s', HASH]] }).to('30500ms');
    const unroutable = run.read('unroutable');
    expect(unroutable).toBeGreaterThan(20);
    expect(run.to('60s').read('unroutable')).toBe(unroutable);
  });

  it('3: two bindings that both match bring one copy (R1)', () => {
    const run = lesson.begin({ edits: [SECOND_BINDING] }).to('60s');
    // One for each of the two queues.
    expect(run.read('owed') / run.read('accepted')).toBe(2);
    expect(run.read('dup_effects')).toBe(0);
    const once = lesson.begin().to('60s');
    expect(run.read('processed', 'email-worker')).toBe(once.read('processed', 'email-worker'));
  });

  it('4: an alternate exchange catches the strays, and no others (R36)', () => {
    const checks = ['end: dropped == 0 and unroutable == 0 and queue_size{strays} >= 1'];
    expect(lesson.failures('60s', { edits: STRAYS, checks })).toEqual([]);
    expect(lesson.failures('60s', { edits: STRAYS.slice(0, 3), checks })).toHaveLength(1);
    const run = lesson.begin({ edits: STRAYS }).to('60s');
    expect(run.read('queue_size', 'strays')).toBe(
      run.read('owed') - 2 * (run.read('accepted') - run.read('queue_size', 'strays')),
    );
  });
});

/** The kinds of message of the final task; of the n-th 2^n are sent, so that what a worker has done tells which kinds it got. */
const KINDS = [
  'order.eu.created',
  'order.us.created',
  'order.eu.refunded',
  'order.us.refunded',
  'invoice.eu.created',
  'invoice.us.created',
  'invoice.us.refunded',
  'parcel.eu.sent',
  'parcel.us.sent',
];
/** Which kinds each queue is for. */
const WANTED: { readonly [queue: string]: (kind: string) => boolean } = {
  audit: () => true,
  orders: (kind) => kind.startsWith('order.'),
  europe: (kind) => kind.split('.')[1] === 'eu',
  refunds: (kind) => kind.endsWith('.refunded'),
};

describe('final task: four queues, nine kinds of message, at most five bindings; nothing goes astray', () => {
  const START = [
    ...['shop', 'europe', 'email', 'inventory', 'email-worker', 'inventory-worker'].map((id) => `remove ${id}`),
    ...KINDS.flatMap((kind, ix) => [
      `add-node {"id": "sender-${ix}", "kind": "sender", "params": {"arrivals": "constant", "rate": 50, "limit": ${2 ** ix}}}`,
      `add-wire {"id": "wire-${ix}", "kind": "rabbitmq-publish", "from": "sender-${ix}", "to": "events", "params": {"routingKey": "${kind}"}}`,
    ]),
    ...Object.keys(WANTED).flatMap((queue) => [
      `add-node {"id": "${queue}", "kind": "rabbitmq-queue", "parent": "rabbit"}`,
      `add-node {"id": "${queue}-worker", "kind": "service", "params": {"work": {"law": "constant", "value": "1ms"}}}`,
      `add-wire {"id": "${queue}-out", "kind": "rabbitmq-consume", "from": "${queue}", "to": "${queue}-worker"}`,
    ]),
  ];
  const bind = (keys: { readonly [queue: string]: readonly string[] }): readonly string[] =>
    Object.entries(keys).flatMap(([queue, all]) =>
      all.map(
        (routingKey, ix) =>
          `add-wire ${JSON.stringify({ id: `${queue}-${ix}`, kind: 'binding', from: 'events', to: queue, params: { routingKey } })}`,
      ),
    );
  /** By queue: messages too many or too few. */
  const astray = (seed: number, bindings: readonly string[]): { readonly [queue: string]: number } => {
    expect(bindings.length).toBeLessThanOrEqual(5);
    const run = lesson.begin({ edits: [...START, ...bindings], seed }).to('30s');
    return Object.fromEntries(
      Object.entries(WANTED).map(([queue, isFor]) => {
        const wanted = KINDS.reduce((sum, kind, ix) => sum + (isFor(kind) ? 2 ** ix : 0), 0);
        return [queue, run.read('processed', `${queue}-worker`) - wanted];
      }),
    );
  };
  const SOLVED = { audit: ['#'], orders: ['order.#'], europe: ['*.eu.*'], refunds: ['*.*.refunded'] };

  it.each(lesson.seeds)('is solved by four patterns, on seed %i', (seed) => {
    expect(astray(seed, bind(SOLVED))).toEqual({ audit: 0, orders: 0, europe: 0, refunds: 0 });
  });

  it.each(lesson.seeds)('is not solved by doing nothing: what no binding takes is gone, on seed %i', (seed) => {
    expect(Object.values(astray(seed, [])).every((off) => off < 0)).toBe(true);
  });

  it.each(lesson.seeds)('is not solved by a star for everything, on seed %i', (seed) => {
    const off = astray(seed, bind({ audit: ['*'], orders: ['order.*'], europe: ['*.eu.*'], refunds: ['*.refunded'] }));
    expect(off).toEqual({ audit: -511, orders: -15, europe: 0, refunds: -76 });
  });
});
