// What becomes of queues when nodes of a cluster die (semantics/rabbitmq.md 8.4 and 8.5): recorded on three nodes of 4.3.6.

import { describe, expect, it } from 'vitest';
import { clonePlain } from '../../kernel/plain-state.ts';
import { ScriptClient, type Step } from '../../testing/runners/rabbitmq-scenario.ts';

const THREE = { nodes: 3, electionNs: 250_000_000 };

/** A client whose connections lead to the nodes named in the script: `conn` 'k2' is on node 2. */
function cluster(...steps: readonly Step[]): ScriptClient {
  const client = new ScriptClient('4.3', THREE);
  for (const step of steps) client.run(step);
  return client;
}

const queue = (name: string, type: string, more: object = {}): Step => ({
  op: 'queue',
  name,
  args: { 'x-queue-type': type },
  ...more,
});
const publish = (body: string, more: object = {}): Step => ({ op: 'publish', key: 'q', body, ...more });
const state: Step = { op: 'state', queue: 'q' };
const on2 = { conn: 'k2', node: 2 };
const wait = (ms: number): Step => ({ op: 'wait', ms });

describe('the leader of a quorum queue dies', () => {
  // The harness itself is on node 1, where queues come to be.
  const lost = () => {
    const client = cluster(
      queue('q', 'quorum'),
      { op: 'channel', ch: 'p', confirm: true, ...on2 },
      { op: 'channel', ch: 'c', prefetch: 1, ...on2 },
      { op: 'consume', ch: 'c', consumer: 'A', queue: 'q' },
      publish('m1', { ch: 'p' }),
      publish('m2', { ch: 'p' }),
    );
    client.kill(1);
    return client;
  };

  it('R29: what is published meanwhile is confirmed by the next leader a quarter of a second later, and kept', () => {
    const client = lost();
    expect(client.run(publish('m3', { ch: 'p' })).result).toEqual({ confirm: 'none' });
    expect(client.run(wait(249))).toEqual({});
    expect(client.run(wait(1)).notices).toEqual(['confirm 3 true']);
    expect(client.broker.named('q')?.node).toBe(2);
    expect(client.run({ op: 'ack', ch: 'c', body: 'm1' })).toMatchObject({ deliveries: { A: [{ body: 'm2', tag: 2 }] } });
    expect(client.run({ op: 'ack', ch: 'c', body: 'm2' })).toMatchObject({
      deliveries: { A: [{ body: 'm3', redelivered: false }] },
    });
  });

  it('R31: the next leader has all that was confirmed, in order', () => {
    const client = cluster(
      queue('q', 'quorum'),
      { op: 'channel', ch: 'p', confirm: true, ...on2 },
      ...['m1', 'm2', 'm3'].map((body) => publish(body, { ch: 'p' })),
    );
    client.kill(1);
    client.run(wait(250));
    client.run({ op: 'channel', ch: 'd', ...on2 });
    const got = Array.from({ length: 3 }, () => client.run({ op: 'get', queue: 'q', ch: 'd' }).result);
    expect(got).toMatchObject(['m1', 'm2', 'm3'].map((body) => ({ message: { body, redelivered: false } })));
  });

  it('its readers elsewhere keep what they have and see no error', () => {
    const client = lost();
    client.run(wait(300));
    expect(client.run({ op: 'ack', ch: 'c', body: 'm1' })).toMatchObject({ deliveries: { A: [{ body: 'm2' }] } });
  });

  it('whoever was connected to it is cut off, and what was out there comes back as failed', () => {
    const client = cluster(
      queue('q', 'quorum'),
      { op: 'channel', ch: 'c', conn: 'k1', node: 1, prefetch: 1 },
      { op: 'consume', ch: 'c', consumer: 'A', queue: 'q' },
      publish('m1'),
    );
    client.kill(1);
    client.run({ op: 'channel', ch: 'd', ...on2 });
    expect(client.run(wait(300))).toEqual({});
    const { message } = client.run({ op: 'get', queue: 'q', ch: 'd' }).result as { message: object };
    expect(message).toMatchObject({ redelivered: true, headers: { 'x-acquired-count': 1, 'x-delivery-count': 1 } });
  });

  it('goes on the same from a copy of the state while there is no leader', () => {
    const client = lost();
    client.run(publish('m3', { ch: 'p' }));
    client.broker.state = clonePlain(client.broker.state);
    expect(client.run(wait(250)).notices).toEqual(['confirm 3 true']);
  });
});

describe('two of three nodes die', () => {
  it('R30: nothing is confirmed, nothing can be declared, until one is back', () => {
    const client = cluster(queue('q', 'quorum'), { op: 'channel', ch: 'p', confirm: true, conn: 'k3', node: 3 });
    client.kill(1);
    client.kill(2);
    expect(client.run(publish('m1', { ch: 'p' })).result).toEqual({ confirm: 'none' });
    expect(client.run(wait(15_000))).toEqual({});
    expect(client.run(queue('other', 'classic', { ch: 'p' })).connectionClosed).toEqual({ k3: 541 });
    client.run({ op: 'channel', ch: 'p', confirm: true, conn: 'k3', node: 3 });
    client.run(publish('m2', { ch: 'p' }));
    client.broker.startNode(2);
    expect(client.run(wait(250)).notices).toEqual(['confirm 1 true']);
    expect(client.run({ ...state, ch: 'p' }).result).toEqual({ ready: 2, consumers: 0 });
  });
});

describe('where a queue has its leader', () => {
  const leaders = (locator: string) => {
    const args = { 'x-queue-type': 'quorum', 'x-queue-leader-locator': locator };
    const names = ['a', 'b', 'c', 'd', 'e'];
    const client = cluster(...names.map((name): Step => ({ op: 'queue', name, args })));
    return names.map((name) => client.broker.named(name)?.node);
  };

  it('is the node that was asked, or the one that leads the fewest (doc: clustering, leader placement)', () => {
    expect(leaders('client-local')).toEqual([1, 1, 1, 1, 1]);
    expect(leaders('balanced')).toEqual([1, 2, 3, 1, 2]);
  });
});

describe('the node of a classic queue dies', () => {
  it('publishes are nacked, readers elsewhere are told, and persistent messages come back with it', () => {
    const client = cluster(
      queue('q', 'classic'),
      { op: 'channel', ch: 'p', confirm: true, ...on2 },
      publish('kept', { ch: 'p', persistent: true }),
      publish('lost', { ch: 'p' }),
      { op: 'channel', ch: 'c', prefetch: 1, ...on2 },
      { op: 'consume', ch: 'c', consumer: 'A', queue: 'q' },
    );
    expect(client.kill(1).cancelled).toEqual(['A']);
    expect(client.run(publish('m1', { ch: 'p' })).result).toEqual({ confirm: 'nack' });
    expect(client.run({ ...state, ch: 'c' })).toMatchObject({ result: { error: 404 } });
    client.broker.startNode(1);
    client.run({ op: 'channel', ch: 'd', ...on2 });
    expect(client.run({ ...state, ch: 'd' }).result).toEqual({ ready: 1, consumers: 0 });
    const { message } = client.run({ op: 'get', queue: 'q', ch: 'd' }).result as { message: object };
    expect(message).toMatchObject({ body: 'kept', redelivered: true });
  });
});
