// A broker in a drawing: clients on connections that stall and break, the books of its messages, and what an edit of the drawing changes.

import { describe, expect, it } from 'vitest';
import { ledgerOf } from '../../simulation/ledger.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import { node, type ParamsDocument, partsOf, simulationOf, wire } from '../../testing/drawing.ts';
import { give, runTo } from '../../testing/running.ts';
import type { WireDocument } from '../../topology/document.ts';
import type { Actor } from '../../world/actor.ts';
import { ACK } from '../../world/packet-types.ts';

const SECOND_NS = 1e9;
const part = partsOf('rabbit');
const exchange = (id: string, params: ParamsDocument = {}) => part(id, 'rabbitmq-exchange', params);
const queue = (id: string, params: ParamsDocument = {}) => part(id, 'rabbitmq-queue', params);
const publish = (from: string, to: string, params: ParamsDocument = {}) =>
  wire('rabbitmq-publish', from, to, { delay: '1ms', ...params });
const consume = (from: string, to: string, params: ParamsDocument = {}) =>
  wire('rabbitmq-consume', from, to, { delay: '1ms', ...params });
const SWIFT = { work: { law: 'constant', value: '1ms' } };

interface Drawn {
  readonly broker?: ParamsDocument;
  readonly sender?: ParamsDocument;
  readonly worker?: ParamsDocument;
  readonly publishes?: ParamsDocument;
  readonly consumes?: ParamsDocument;
  readonly work?: ParamsDocument;
  readonly nodes?: Parameters<typeof simulationOf>[0]['nodes'];
  readonly wires?: readonly WireDocument[];
}

/** A shop publishes to a topic exchange, whose binding leads to a queue that a worker reads. */
function drawn({ broker, consumes, nodes = [], publishes, sender, wires = [], work, worker }: Drawn = {}): Simulation {
  return simulationOf({
    nodes: [
      node('shop', 'sender', { arrivals: 'constant', rate: 100, ...sender }),
      node('rabbit', 'rabbitmq', broker),
      exchange('orders', { type: 'topic' }),
      queue('work', work),
      node('worker', 'service', { ...SWIFT, ...worker }),
      ...nodes,
    ],
    wires: [
      publish('shop', 'orders', { routingKey: 'order.created', ...publishes }),
      wire('binding', 'orders', 'work', { routingKey: 'order.*' }),
      consume('work', 'worker', { prefetch: 5, ...consumes }),
      ...wires,
    ],
  });
}

/** What the broker's actor has noted of its clients. */
function notesOf({ world }: Simulation) {
  const broker = world.actors[world.nodeIds.indexOf('rabbit')] as Actor;
  return (broker.save() as { readonly own: Notes }).own;
}
interface Notes {
  readonly sessions: ReadonlyMap<number, unknown>;
  readonly parked: ReadonlyMap<number, readonly { readonly type: number }[]>;
}

describe('a message', () => {
  it('goes by exchange and binding to a queue and is worked on', () => {
    const { delivery, publish: sent } = runTo(drawn(), 2);
    expect(sent.accepted).toBeGreaterThan(190);
    expect(sent.unroutable).toBe(0);
    expect(delivery.processed).toBeGreaterThan(185);
  });

  it('that no binding takes is unroutable, confirmed all the same, and returned only if it is mandatory', () => {
    const lost = runTo(drawn({ publishes: { routingKey: 'other', confirm: true } }), 1);
    expect([lost.publish.unroutable > 90, lost.publish.accepted]).toEqual([true, 0]);
    const told = drawn({ publishes: { routingKey: 'other', confirm: true, mandatory: true, resends: 0 } });
    expect(runTo(told, 1).publish.unroutable).toBeGreaterThan(90);
  });

  const TYPES = [
    { name: 'created', weight: 1 },
    { name: 'paid', weight: 1 },
  ];

  it('fills the holes of its routing key: its type by name, its key, its number', () => {
    const { publish: sent } = runTo(
      drawn({ sender: { types: TYPES, limit: 100 }, publishes: { routingKey: 'order.{type}' } }),
      2,
    );
    expect([sent.accepted, sent.unroutable]).toEqual([100, 0]);
    const both = (routingKey: string, boundTo: string) =>
      runTo(
        drawn({
          sender: { types: TYPES, limit: 100, keys: 2 },
          publishes: { routingKey },
          nodes: [exchange('all', { type: 'direct' }), queue('some')],
          wires: [publish('shop', 'all', { routingKey }), wire('binding', 'all', 'some', { routingKey: boundTo })],
        }),
        2,
      );
    for (const [template, key] of [
      ['{type}', 'paid'],
      ['k{key}', 'k1'],
    ] as const) {
      const { accepted } = both(template, key).publish;
      // Nothing of it is an order; of the other exchange about half has this key.
      expect(accepted).toBeGreaterThan(30);
      expect(accepted).toBeLessThan(70);
    }
    expect(both('n{number}', 'n7').publish.accepted).toBe(1);
  });

  it('has the type of what it is the result of, by name, however far the sender is', () => {
    const result = {
      steps: ['receive', { do: 'sleep', takes: { law: 'constant', value: '1ms' } }, { do: 'publish' }, 'acknowledge'],
    };
    const { publish: sent } = runTo(
      drawn({
        sender: { types: [{ name: 'created', weight: 1 }], limit: 50 },
        publishes: { routingKey: 'order.{type}' },
        worker: result,
        nodes: [exchange('done', { type: 'direct' }), queue('next'), queue('last'), node('second', 'service', result)],
        wires: [
          publish('worker', 'done', { routingKey: 'first-{type}' }),
          wire('binding', 'done', 'next', { routingKey: 'first-created' }),
          consume('next', 'second', { prefetch: 5 }),
          { ...wire('binding', 'done', 'last', { routingKey: 'second-created' }), id: 'to-last' },
          publish('second', 'done', { routingKey: 'second-{type}' }),
        ],
      }),
      3,
    );
    expect([sent.accepted, sent.unroutable]).toEqual([150, 0]);
  });

  it('fills those of its headers too, and may carry an id that is hashed', () => {
    const shared = { limit: 100, types: TYPES };
    const asked = drawn({
      sender: shared,
      nodes: [exchange('by-kind', { type: 'headers' }), queue('paid')],
      wires: [
        publish('shop', 'by-kind', { headers: { kind: '{type}', 'x-list': ['{key}'] } }),
        wire('binding', 'by-kind', 'paid', { arguments: { 'x-match': 'all', kind: 'paid' } }),
      ],
    });
    const { accepted, unroutable } = runTo(asked, 2).publish;
    expect(accepted + unroutable).toBe(200);
    expect(unroutable).toBeGreaterThan(30);
    expect(unroutable).toBeLessThan(70);
    const halves = (messageId: boolean) => {
      const simulation = drawn({
        sender: shared,
        nodes: [exchange('ring', { type: 'x-consistent-hash', hashOn: 'message_id' }), queue('one'), queue('other')],
        wires: [
          publish('shop', 'ring', { messageId }),
          wire('binding', 'ring', 'one', { weight: 5 }),
          wire('binding', 'ring', 'other', { weight: 5 }),
        ],
      });
      runTo(simulation, 2);
      const cells = new Float64Array(4);
      const broker = simulation.world.actors[simulation.world.nodeIds.indexOf('rabbit')] as Actor;
      return ['one', 'other'].map((id) => {
        broker.samplePart?.(id, cells, 0);
        return cells[0] as number;
      });
    };
    expect(Math.min(...halves(true))).toBeGreaterThan(25);
    expect(Math.max(...halves(false))).toBe(100);
  });

  it('to a queue goes through the default exchange, whatever the key', () => {
    const simulation = drawn({
      nodes: [queue('box'), node('clerk', 'service', SWIFT)],
      wires: [publish('shop', 'box', { routingKey: 'ignored' }), consume('box', 'clerk')],
    });
    const { delivery } = runTo(simulation, 1);
    expect(delivery.processed).toBeGreaterThan(180);
  });

  it('that is refused is nacked, sent again as often as the client may, and then refused in the books', () => {
    const work = { maxLength: 1, overflow: 'reject-publish' };
    const simulation = drawn({
      work,
      worker: { work: { law: 'constant', value: '1h' } },
      consumes: { prefetch: 1 },
      publishes: { confirm: true, resends: 2 },
    });
    const { publish: sent } = runTo(simulation, 1);
    expect(sent.accepted).toBe(2);
    expect(sent.refused).toBeGreaterThan(3 * 80);
  });
});

describe('what dies', () => {
  const dying = (consumes: ParamsDocument, more: Drawn = {}) =>
    drawn({
      worker: { ...SWIFT, failure: 1, retryBase: '5ms', maxAttempts: 3 },
      consumes: { prefetch: 1, ...consumes },
      ...more,
    });

  it('takes what is owed for it along: in a queue that gives it back it is delayed, where nobody does it rests', () => {
    const simulation = dying(
      { onRetry: 'dead-letter' },
      {
        nodes: [queue('wait', { messageTtl: '200ms' }), queue('dead')],
        wires: [wire('rabbitmq-dead-letter', 'work', 'wait'), wire('rabbitmq-dead-letter', 'wait', 'work')],
      },
    );
    const { delivery } = runTo(simulation, 3);
    expect(delivery.delayed).toBeGreaterThan(0);
    expect(delivery.owed).toBe(delivery.waiting + delivery.delayed + delivery.inFlight + delivery.onTheWire);
  });

  it('rests in a queue that nobody reads, with the reason', () => {
    const simulation = dying({}, { nodes: [queue('dead')], wires: [wire('rabbitmq-dead-letter', 'work', 'dead')] });
    const { delivery, reasons } = runTo(simulation, 3);
    expect(delivery.deadLettered).toBeGreaterThan(20);
    expect(reasons).toContainEqual(expect.objectContaining({ where: 'rabbit', class: 'deadLettered', reason: 'rejected' }));
  });

  it('is delayed in a second work queue, and does not rest where somebody reads', () => {
    const slow = { work: { law: 'constant', value: '100ms' } };
    const simulation = dying(
      {},
      {
        nodes: [queue('second'), node('careful', 'service', slow)],
        wires: [wire('rabbitmq-dead-letter', 'work', 'second'), consume('second', 'careful', { prefetch: 1 })],
      },
    );
    const { delivery } = runTo(simulation, 3);
    expect(delivery.deadLettered).toBe(0);
    expect(delivery.delayed).toBeGreaterThan(20);
    expect(delivery.processed).toBeGreaterThan(20);
  });

  it('is still known while a worker keeps it for a retry and the broker is gone without a word', () => {
    const simulation = dying(
      { prefetch: 200, delay: '400ms' },
      { worker: { ...SWIFT, failure: 1, retry: 'fixed', retryBase: '100ms' } },
    );
    runTo(simulation, 2);
    give(simulation, { type: 'crash', node: 'rabbit' });
    runTo(simulation, 5);
    const { obligations } = simulation.world;
    let referred = 0;
    for (let obl = 1; obl < obligations.high; obl++) {
      if (obligations.causes[obl] !== 0 || obligations.mentions[obl] !== 0) referred++;
    }
    expect(referred).toBe(obligations.live);
  });

  it('is dropped where there is no such queue', () => {
    const { delivery } = runTo(dying({}), 3);
    expect(delivery.dropped).toBeGreaterThan(20);
  });

  it('expires at the head of the line alone', () => {
    const simulation = drawn({
      publishes: { expiration: '50ms' },
      worker: { work: { law: 'constant', value: '1h' } },
      consumes: { prefetch: 1 },
    });
    const { delivery } = runTo(simulation, 2);
    expect(delivery.expired).toBeGreaterThan(150);
    expect(delivery.waiting).toBeLessThan(8);
  });
});

describe('a process dies', () => {
  const slow = { work: { law: 'constant', value: '100ms' } };

  it('the worker: its socket closes, and what it held comes back at once', () => {
    const simulation = drawn({ worker: slow, consumes: { reconnect: 'never' } });
    runTo(simulation, 1);
    give(simulation, { type: 'crash', node: 'worker' });
    simulation.advanceTo(1.01 * SECOND_NS);
    const { delivery } = ledgerOf(simulation.world);
    expect([delivery.inFlight, delivery.lost]).toEqual([0, 0]);
    expect(delivery.waiting).toBeGreaterThan(80);
  });

  it('the worker, with automatic acknowledgement: what it held is lost (R32)', () => {
    const simulation = drawn({ worker: slow, consumes: { acknowledge: 'automatic' } });
    runTo(simulation, 1);
    give(simulation, { type: 'crash', node: 'worker' });
    expect(runTo(simulation, 1.1).delivery.lost).toBeGreaterThan(80);
  });

  it('the broker: persistent messages are there again, others are lost, and clients come back by themselves', () => {
    const reconnect = { reconnect: 'at-once' };
    const run = (persistent: boolean) => {
      const simulation = drawn({ worker: slow, publishes: { persistent, ...reconnect }, consumes: reconnect });
      runTo(simulation, 1);
      const before = ledgerOf(simulation.world).delivery;
      give(simulation, { type: 'crash', node: 'rabbit' });
      runTo(simulation, 1.5);
      give(simulation, { type: 'restart', node: 'rabbit' });
      return { before, after: runTo(simulation, 25).delivery };
    };
    const kept = run(true);
    expect(kept.after.lost).toBe(0);
    expect(kept.after.processed).toBeGreaterThan(kept.before.processed + 90);
    expect(run(false).after.lost).toBeGreaterThan(80);
  });
});

describe('a connection', () => {
  it('that is cut stalls; heartbeats find out, and what was out comes back', () => {
    const simulation = drawn({
      worker: { work: { law: 'constant', value: '10s' } },
      consumes: { heartbeat: '2s', reconnect: 'never' },
    });
    runTo(simulation, 1);
    give(simulation, { type: 'cut', wire: 'work-worker' });
    runTo(simulation, 3);
    expect(notesOf(simulation).sessions.size).toBe(2);
    runTo(simulation, 12);
    expect(notesOf(simulation).sessions.size).toBe(1);
  });

  it('whose broker says nothing for two heartbeats is given up by its clients, who come back', () => {
    const simulation = drawn({
      consumes: { heartbeat: '1s', reconnectAfter: '1s', prefetch: 1 },
      publishes: { heartbeat: '1s', reconnectAfter: '1s', confirm: true },
      sender: { rate: 10, limit: 60 },
    });
    runTo(simulation, 1);
    const before = [...notesOf(simulation).sessions.values()];
    give(simulation, { type: 'stall', node: 'rabbit', forNs: 5 * SECOND_NS });
    runTo(simulation, 5);
    // While it lies still it knows of nothing.
    expect([...notesOf(simulation).sessions.values()]).toEqual(before);
    const { delivery, publish: sent } = runTo(simulation, 60);
    expect([...notesOf(simulation).sessions.values()].length).toBe(2);
    expect([...notesOf(simulation).sessions.values()]).not.toEqual(before);
    expect(sent.lost).toBe(0);
    // What was on its way or not confirmed was sent again: nothing is lost, and some of it is there twice.
    expect(delivery.processed).toBeGreaterThanOrEqual(60);
    expect(delivery.lost).toBe(0);
  });

  it('is held up by an alarm from its next publish on, and nothing is lost (R33)', () => {
    const simulation = drawn({ publishes: { confirm: true }, consumes: { prefetch: 5 } });
    runTo(simulation, 1);
    give(simulation, { type: 'setParam', target: 'rabbit', field: 'memoryAlarm', value: true });
    const during = runTo(simulation, 2);
    expect(during.publish.accepted).toBeLessThan(105);
    // Whoever only consumes has drained what there was.
    expect(during.delivery.processed).toBe(during.publish.accepted);
    give(simulation, { type: 'setParam', target: 'rabbit', field: 'memoryAlarm', value: false });
    const after = runTo(simulation, 4);
    expect(after.publish.lost).toBe(0);
    expect(after.publish.accepted).toBeGreaterThan(180);
  });

  it('shared with a publisher holds up the acknowledgements of its consumer too', () => {
    const run = (connection: string) => {
      const simulation = drawn({
        nodes: [queue('done')],
        wires: [publish('worker', 'done', { connection })],
        worker: {
          steps: ['receive', { do: 'sleep', takes: { law: 'constant', value: '50ms' } }, { do: 'publish' }, 'acknowledge'],
        },
        consumes: { connection, prefetch: 5 },
      });
      runTo(simulation, 1);
      give(simulation, { type: 'setParam', target: 'rabbit', field: 'memoryAlarm', value: true });
      runTo(simulation, 3);
      return [...notesOf(simulation).parked.values()].flat().filter(({ type }) => type === ACK).length;
    };
    expect(run('shared')).toBeGreaterThan(0);
    expect(run('own')).toBe(0);
  });
});

describe('a cluster', () => {
  it('goes on when the leader of a quorum queue is killed: what was published meanwhile is confirmed by the next', () => {
    const simulation = drawn({
      broker: { nodes: 3 },
      work: { type: 'quorum' },
      publishes: { confirm: true, node: 2 },
      consumes: { node: 3 },
    });
    runTo(simulation, 1);
    const before = ledgerOf(simulation.world).publish.accepted;
    give(simulation, { type: 'setParam', target: 'rabbit', field: 'nodesDown', value: '1' });
    simulation.advanceTo(1.2 * SECOND_NS);
    expect(ledgerOf(simulation.world).publish.accepted - before).toBeLessThan(3);
    const after = runTo(simulation, 2);
    expect(after.publish.accepted).toBeGreaterThan(before + 90);
    expect(after.publish.lost).toBe(0);
    expect(after.delivery.lost).toBe(0);
  });

  it('with two of three nodes down confirms nothing until one is back', () => {
    const simulation = drawn({
      broker: { nodes: 3 },
      work: { type: 'quorum' },
      publishes: { confirm: true, node: 3 },
      consumes: { node: 3 },
    });
    runTo(simulation, 1);
    give(simulation, { type: 'setParam', target: 'rabbit', field: 'nodesDown', value: '1, 2' });
    const during = runTo(simulation, 3);
    expect(during.publish.onTheWire).toBeGreaterThan(150);
    give(simulation, { type: 'setParam', target: 'rabbit', field: 'nodesDown', value: '' });
    const after = runTo(simulation, 4);
    expect(after.publish.onTheWire).toBeLessThan(5);
    expect(after.publish.lost).toBe(0);
  });
});

describe('an edit of the drawing', () => {
  it('binds, unbinds and changes limits while messages flow', () => {
    const simulation = drawn({ nodes: [queue('copy')] });
    runTo(simulation, 1);
    const binding = { id: 'more', kind: 'binding', from: 'orders', to: 'copy', params: { routingKey: '#' } };
    give(simulation, { type: 'addWire', wire: binding });
    const { delivery } = runTo(simulation, 2);
    expect(delivery.waiting).toBeGreaterThan(90);
    give(simulation, { type: 'setParam', target: 'copy', field: 'maxLength', value: 10 });
    expect(runTo(simulation, 2.1).delivery.dropped).toBeGreaterThan(80);
    give(simulation, { type: 'removeWire', wire: 'more' });
    const before = ledgerOf(simulation.world).delivery.owed;
    expect(runTo(simulation, 3).delivery.owed - before).toBeLessThan(95);
  });

  it('that takes a node down or raises an alarm is told, and so is the end of it', () => {
    const simulation = drawn({ broker: { nodes: 3 } });
    const changed = (field: string, value: string | boolean) =>
      give(simulation, { type: 'setParam', target: 'rabbit', field, value });
    changed('nodesDown', '2');
    changed('memoryAlarm', true);
    runTo(simulation, 1);
    changed('nodesDown', '');
    changed('memoryAlarm', false);
    runTo(simulation, 2);
    const told = simulation.world.notices.since(0).filter(({ key }) => key.startsWith('notice.rabbitmq.'));
    expect(told.map(({ key, values }) => [key, values.node, values.number])).toEqual([
      ['notice.rabbitmq.node-down', 'rabbit', 2],
      ['notice.rabbitmq.memory-alarm', 'rabbit', undefined],
      ['notice.rabbitmq.node-up', 'rabbit', 2],
      ['notice.rabbitmq.memory-alarm-over', 'rabbit', undefined],
    ]);
  });

  it('that takes a queue away ends what is in it, and one that takes the broker away all of it', () => {
    const simulation = drawn({ worker: { work: { law: 'constant', value: '1h' } } });
    runTo(simulation, 1);
    give(simulation, { type: 'removeNode', node: 'work' });
    const { delivery, publish: sent } = runTo(simulation, 2);
    expect(delivery.lost).toBeGreaterThan(80);
    expect(sent.unroutable).toBeGreaterThan(90);
    give(simulation, { type: 'removeNode', node: 'rabbit' });
    runTo(simulation, 3);
  });
});
