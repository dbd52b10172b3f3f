// What the recorded scripts of RabbitMQ do not reach: transactions, alarms, late acknowledgements, streams, replies, operator policies.
// Sources stand with each fact; the client is that of the recorded scripts.

import { describe, expect, it } from 'vitest';
import { ScriptClient, type Step } from '../../testing/runners/rabbitmq-scenario.ts';
import type { Version } from './model.ts';

function played(version: Version, ...steps: readonly Step[]) {
  const client = new ScriptClient(version);
  const observed = steps.map((step) => client.run(step));
  return { client, observed, last: observed.at(-1) };
}

const queue = (name: string, args: object = {}): Step => ({ op: 'queue', name, args });
const channel = (ch: string, more: object = {}): Step => ({ op: 'channel', ch, ...more });
const consume = (ch: string, consumer: string, more: object = {}): Step => ({ op: 'consume', ch, consumer, queue: 'q', ...more });
const publish = (body: string, more: object = {}): Step => ({ op: 'publish', key: 'q', body, ...more });
const wait = (ms: number): Step => ({ op: 'wait', ms });
const state = (name = 'q'): Step => ({ op: 'state', queue: name });
const bodies = (observed: unknown): string[] =>
  ((observed as { result: { messages: { body: string }[] } }).result.messages ?? []).map(({ body }) => body);

describe('a transaction (doc: semantics)', () => {
  const begun = () => {
    const { client } = played('4.3', queue('q'), publish('m1'), publish('m2'), channel('c'));
    const id = client.numberOf('c');
    client.broker.selectTransaction(id);
    client.run({ op: 'get', queue: 'q', ch: 'c' });
    client.run(publish('m3', { ch: 'c' }));
    client.run({ op: 'ack', ch: 'c', body: 'm1' });
    return { client, id };
  };

  it('shows publishes and acknowledgements at commit', () => {
    const { client, id } = begun();
    expect(client.run(state()).result).toEqual({ ready: 1, consumers: 0 });
    expect(client.broker.commit(id)).toBe(0);
    expect(client.run(state()).result).toEqual({ ready: 2, consumers: 0 });
    expect(client.run({ op: 'closeChannel', ch: 'c' })).toEqual({});
    expect(bodies(client.run({ op: 'drain', queue: 'q' }))).toEqual(['m2', 'm3']);
  });

  it('forgets the publishes at rollback, and what was taken is out again, not back', () => {
    const { client, id } = begun();
    expect(client.broker.rollback(id)).toBe(0);
    expect(client.run(state()).result).toEqual({ ready: 1, consumers: 0 });
    expect(client.broker.ack(id, 1, false)).toBe(0);
    expect(bodies(client.run({ op: 'drain', queue: 'q' }))).toEqual(['m2']);
  });

  it('does not go together with confirms', () => {
    const { client } = played('4.3', channel('c', { confirm: true }));
    expect(client.broker.selectTransaction(client.numberOf('c'))).toBe(406);
  });
});

describe('an alarm (semantics 5.2)', () => {
  it('R33: holds a connection up from its next publish on, loses nothing, and leaves those alone that only read', () => {
    const { client } = played('4.3', channel('p', { conn: 'p' }), channel('r', { conn: 'r' }));
    const [publisher, reader] = [client.connectionOf('p'), client.connectionOf('r')];
    client.broker.setAlarm('memory', true);
    expect(client.broker.isHeldUp(publisher, false)).toBe(false);
    expect(client.broker.isHeldUp(publisher, true)).toBe(true);
    // From now on anything on that connection waits.
    expect(client.broker.isHeldUp(publisher, false)).toBe(true);
    expect(client.broker.isHeldUp(reader, false)).toBe(false);
    client.broker.setAlarm('disk', true);
    client.broker.setAlarm('memory', false);
    expect(client.broker.isHeldUp(publisher, false)).toBe(true);
    client.broker.setAlarm('disk', false);
    expect(client.broker.isHeldUp(publisher, true)).toBe(false);
  });
});

describe('an acknowledgement that does not come (semantics 4.4)', () => {
  const LONG = 32 * 60_000;

  it('4.3, quorum: the consumer is sent away, the channel stays, the message comes back uncounted', () => {
    const { client, last } = played(
      '4.3',
      queue('q', { 'x-queue-type': 'quorum', 'x-consumer-timeout': 3000 }),
      channel('c', { prefetch: 1 }),
      consume('c', 'A'),
      publish('m1'),
      wait(2900),
      wait(200),
    );
    expect(last).toEqual({ cancelled: ['A'] });
    const got = client.run({ op: 'get', queue: 'q', ch: 'c' }).result as { message: object };
    expect(got.message).toMatchObject({ body: 'm1', redelivered: true, headers: { 'x-acquired-count': 1 } });
    // The tag that is overdue is known to the channel, and means nothing to the queue any more.
    expect(client.run({ op: 'ack', ch: 'c', tag: 1 })).toEqual({});
    expect(client.run({ op: 'ack', ch: 'c', tag: 2 })).toEqual({});
    expect(client.run(state()).result).toEqual({ ready: 0, consumers: 0 });
  });

  it('4.3, classic: nothing happens', () => {
    const { last } = played('4.3', queue('q'), channel('c'), consume('c', 'A'), publish('m1'), wait(LONG), state());
    expect(last).toEqual({ result: { ready: 0, consumers: 1 } });
  });

  it('4.0: the channel is closed with 406 within a minute after half an hour, and the message comes back', () => {
    const { client, observed } = played(
      '4.0',
      queue('q'),
      channel('c'),
      consume('c', 'A'),
      publish('m1'),
      wait(29 * 60_000),
      wait(2 * 60_000),
    );
    expect(observed.slice(-2)).toEqual([{}, { channelClosed: { c: 406 } }]);
    expect(client.run(state()).result).toEqual({ ready: 1, consumers: 0 });
  });
});

describe('a window that all consumers of a channel share (semantics 4.1)', () => {
  const steps = [
    queue('q'),
    channel('c', { globalPrefetch: 2 }),
    consume('c', 'A'),
    consume('c', 'B'),
    { op: 'publish', key: 'q', bodies: ['m1', 'm2', 'm3'] },
  ];

  it('bounds both together up to 4.0', () => {
    const { client, last } = played('4.0', ...steps);
    expect(Object.values((last as { deliveries: object }).deliveries).flat()).toHaveLength(2);
    expect(Object.values((client.run({ op: 'ack', ch: 'c', tag: 1 }) as { deliveries: object }).deliveries).flat()).toHaveLength(
      1,
    );
  });

  it('is passed over by 4.3', () => {
    const { last } = played('4.3', ...steps);
    expect(Object.values((last as { deliveries: object }).deliveries).flat()).toHaveLength(3);
  });

  it('is nothing a quorum queue could keep to: 540, the connection closes (4.0)', () => {
    const { last } = played(
      '4.0',
      queue('q', { 'x-queue-type': 'quorum' }),
      channel('c', { globalPrefetch: 2 }),
      consume('c', 'A'),
    );
    expect(last).toMatchObject({ connectionClosed: { main: 540 } });
  });
});

describe('what is refused', () => {
  it('deleting a quorum queue on conditions closes the connection with 540 (semantics 3.1)', () => {
    const { last } = played('4.3', queue('q', { 'x-queue-type': 'quorum' }), { op: 'deleteQueue', queue: 'q', ifEmpty: true });
    expect(last?.connectionClosed).toEqual({ admin: 540 });
  });

  it('another connection may not touch an exclusive queue: 405', () => {
    const mine = { op: 'queue', name: 'q', exclusive: true, ch: 'c' };
    const { observed } = played('4.3', channel('c', { conn: 'k' }), mine, state(), { op: 'killConnection', conn: 'k' }, state());
    expect(observed.slice(2).map(({ result }) => result)).toEqual([{ error: 405 }, undefined, { error: 404 }]);
  });

  it.each([
    [{ 'x-delivery-limit': 3 }],
    [{ 'x-queue-type': 'quorum', 'x-max-priority': 5 }],
    [{ 'x-message-ttl': -1 }],
    [{ 'x-overflow': 'drop-tail' }],
    [{ 'x-expires': 0 }],
    [{ 'x-dead-letter-routing-key': 'k' }],
  ])('a queue declared with %o: 406', (args) => {
    expect(played('4.3', queue('q', args)).last?.result).toEqual({ error: 406 });
  });

  it('an expiration that is no whole number closes the channel with 406', () => {
    expect(played('4.3', queue('q'), publish('m', { expiration: '1.5' })).last?.result).toEqual({ closed: 406 });
  });
});

describe('3.10, where queues without room die into each other', () => {
  it('hands a rejected message round for ever, and lets it go here in the end', () => {
    const dies = (to: string) => ({ 'x-max-length': 0, 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': to });
    const { client } = played(
      '3.10',
      queue('q', dies('other')),
      queue('other', dies('q')),
      channel('c'),
      consume('c', 'A'),
      publish('m1'),
      { op: 'nack', ch: 'c', body: 'm1', requeue: false },
      { op: 'closeChannel', ch: 'c' },
    );
    expect([client.run(state()).result, client.run(state('other')).result]).toEqual([
      { ready: 0, consumers: 0 },
      { ready: 0, consumers: 0 },
    ]);
  });
});

describe('a direct reply (semantics 10)', () => {
  const asked = (version: Version) =>
    played(
      version,
      queue('server'),
      channel('client'),
      { op: 'consume', ch: 'client', consumer: 'R', queue: 'amq.rabbitmq.reply-to', noAck: true },
      channel('w'),
      { op: 'consume', ch: 'w', consumer: 'W', queue: 'server' },
      publish('ask', { ch: 'client', key: 'server', replyTo: 'amq.rabbitmq.reply-to' }),
    ).client;

  it('reaches whoever asked, on the channel it asked on', () => {
    const client = asked('4.3');
    const answer = client.run(publish('answer', { key: { replyToOf: 'ask' }, mandatory: true }));
    expect(answer).toMatchObject({ result: { confirm: 'ack' }, deliveries: { R: [{ body: 'answer', tag: 1 }] } });
    expect(answer.result).not.toHaveProperty('returned');
  });

  it('is returned up to 4.0 though it was delivered', () => {
    const answer = asked('4.0').run(publish('answer', { key: { replyToOf: 'ask' }, mandatory: true }));
    expect(answer).toMatchObject({ result: { confirm: 'ack', returned: 312 }, deliveries: { R: [{ body: 'answer' }] } });
  });

  it('is dropped when nobody waits any more', () => {
    const client = asked('4.3');
    client.run({ op: 'closeChannel', ch: 'client' });
    expect(client.run(publish('answer', { key: { replyToOf: 'ask' } }))).toEqual({ result: { confirm: 'ack' } });
  });
});

describe('a policy of the operator (doc: policies)', () => {
  it('is merged into the one of the user, the lower number of the two', () => {
    const { client } = played('4.3', queue('q'), {
      op: 'policy',
      name: 'p',
      pattern: '^q$',
      definition: { 'max-length': 3, 'message-ttl': 50 },
    });
    client.broker.setPolicy({
      name: 'bounds',
      pattern: 'q',
      priority: 0,
      applyTo: 'queues',
      definition: new Map([
        ['max-length', 2],
        ['message-ttl', 90],
      ]),
      isOperator: true,
    });
    expect(client.broker.named('q')?.settings).toMatchObject({ maxLength: 2, messageTtlMs: 50 });
    client.broker.clearPolicy('bounds', true);
    expect(client.broker.named('q')?.settings).toMatchObject({ maxLength: 3, messageTtlMs: 50 });
  });

  it('is refused when its pattern is none', () => {
    const { client } = played('4.3');
    const policy = { name: 'p', pattern: '(', priority: 0, applyTo: 'all', definition: new Map(), isOperator: false } as const;
    expect(client.broker.setPolicy(policy)).toBe(false);
  });
});

describe('a stream (doc: streams)', () => {
  const STREAM = { 'x-queue-type': 'stream' };
  const read = (offset: unknown, prefetch = 10): readonly Step[] => [
    channel('c', { prefetch }),
    consume('c', 'A', { args: { 'x-stream-offset': offset } }),
  ];
  const got = (observed: unknown): [string, number][] =>
    ((observed as { deliveries?: { A: { body: string; headers: { 'x-stream-offset': number } }[] } }).deliveries?.A ?? []).map(
      ({ body, headers }) => [body, headers['x-stream-offset']],
    );
  const filled = [queue('q', STREAM), publish('m0'), wait(5), publish('m1'), wait(5), publish('m2')];

  it.each([
    ['first', ['m0', 'm1', 'm2']],
    ['last', ['m2']],
    ['next', []],
    [1, ['m1', 'm2']],
    [7, []],
    ['1h', ['m0', 'm1', 'm2']],
  ])('is read from %s on', (offset, expected) => {
    expect(got(played('4.3', ...filled, ...read(offset)).last).map(([body]) => body)).toEqual(expected);
  });

  it('is read without being taken from, each reader by itself, as far as its credit lasts', () => {
    const { client, last } = played('4.3', ...filled, ...read('first', 2));
    expect(got(last)).toEqual([
      ['m0', 0],
      ['m1', 1],
    ]);
    expect(got(client.run({ op: 'ack', ch: 'c', body: 'm0' }))).toEqual([['m2', 2]]);
    expect(client.run(state()).result).toEqual({ ready: 3, consumers: 1 });
    // A rejection gives credit too, and brings nothing back.
    expect(client.run({ op: 'reject', ch: 'c', body: 'm1' })).toEqual({});
    expect(got(client.run(publish('m3')))).toEqual([['m3', 3]]);
  });

  it('lets its oldest segments go when there are too many bytes or they are too old', () => {
    const args = { ...STREAM, 'x-stream-max-segment-size-bytes': 4, 'x-max-length-bytes': 8, 'x-max-age': '10s' };
    const { client } = played(
      '4.3',
      queue('q', args),
      ...['aa', 'bb', 'cc', 'dd', 'ee', 'ff', 'gg'].map((body) => publish(body)),
    );
    expect(client.run(state()).result).toEqual({ ready: 5, consumers: 0 });
    client.run(wait(11_000));
    client.run(publish('hh'));
    client.run(publish('ii'));
    for (const step of read('first')) client.run(step);
    expect(client.broker.named('q')?.stream?.firstOffset).toBe(6);
  });

  it('wants a window, acknowledgements and no `get`', () => {
    expect(played('4.3', queue('q', STREAM), channel('c'), consume('c', 'A')).last).toMatchObject({ channelClosed: { c: 406 } });
    expect(
      played('4.3', queue('q', STREAM), channel('c', { prefetch: 1 }), consume('c', 'A', { noAck: true })).last,
    ).toMatchObject({
      connectionClosed: { main: 540 },
    });
    expect(played('4.3', queue('q', STREAM), { op: 'get', queue: 'q' }).last?.connectionClosed).toEqual({ admin: 540 });
  });
});
