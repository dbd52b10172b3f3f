// Edits of a run that goes on (design: "edits while a run exists"): the new drawing adopts what is running. Actors are matched by id
// and keep theirs, a new node starts empty, a removed one ends like a crash for good; undoing an edit is an edit of its own, now.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Drawing, INSTANT, lasting, node, partsOf, simulationOf, wire } from '../testing/drawing.ts';
import { Story } from '../testing/story.ts';
import type { NodeDocument, WireDocument } from '../topology/document.ts';
import type { Command } from './commands.ts';
import { ledgerOf } from './ledger.ts';

const S = 1e9;
const upTo = (count: number) => Array.from({ length: count }, (_, ix) => ix + 1);

const SHOP = node('shop', 'sender', { arrivals: 'constant', rate: 10 });
const WORKER = node('worker', 'service', { work: lasting('80ms') });
const PUBLISH = wire('publish', 'shop', 'orders', { delay: '10ms' });
const DELIVER = wire('deliver', 'orders', 'worker', { delay: '10ms' });
const LINE: Drawing = {
  nodes: [SHOP, node('orders', 'queue', { ackDeadline: '5s' }), WORKER],
  wires: [PUBLISH, DELIVER],
};

const added = (nodes: readonly NodeDocument[], wires: readonly WireDocument[]) =>
  `edit: ${[...nodes.map((one) => `add-node ${JSON.stringify(one)}`), ...wires.map((one) => `add-wire ${JSON.stringify(one)}`)].join('; ')}`;

describe('a setting', () => {
  it('of a field that is live is taken at once', () => {
    const story = new Story(LINE).at('1005ms', 'set shop.rate 20').to('2010ms');
    // Ten in the first second, then one every 50 ms.
    expect(
      story
        .times('sent')
        .filter((ms) => ms > 1005)
        .slice(0, 3),
    ).toEqual([1055, 1105, 1155]);
  });

  it('of a wire is taken by what is sent from then on', () => {
    const story = new Story(LINE).at('1005ms', 'set shop-orders.delay 500ms').to('3s');
    const accepted = story.stops('accepted');
    expect(accepted.find(({ number }) => number === 10)?.ms).toBe(1010);
    expect(accepted.find(({ number }) => number === 11)?.ms).toBe(1600);
  });

  it('of a field that is not live stands in the drawing and waits for a restart', () => {
    const story = new Story({ ...LINE, wires: [PUBLISH] }).at('1s', 'set shop.keys 5').to('2s');
    expect(story.simulation.topology.nodes.find(({ id }) => id === 'shop')?.params.keys).toBe(5);
    expect(new Set(story.messages().map(({ key }) => key))).toEqual(new Set([-1]));
    // Another edit does not sneak it in, and neither does a checkpoint.
    story.at('3s', 'set shop.rate 20').to('4s');
    story.simulation.restore(story.simulation.checkpoint());
    story.to('5s');
    expect(new Set(story.messages().map(({ key }) => key))).toEqual(new Set([-1]));
  });

  it.each([
    [1, 3],
    [3, 1],
  ])('of how many actors a node is waits as well: a cluster of %i brokers stays one, and nobody is cut off', (before, after) => {
    const part = partsOf('kafka');
    const { simulation } = new Story({
      nodes: [
        SHOP,
        node('kafka', 'kafka', { brokers: before }),
        part('orders', 'kafka-topic'),
        part('readers', 'kafka-group'),
        WORKER,
      ],
      wires: [
        wire('kafka-produce', 'shop', 'orders'),
        wire('kafka-subscribe', 'orders', 'readers'),
        wire('kafka-consume', 'readers', 'worker', { offsetReset: 'earliest' }),
      ],
    })
      .at('5s', `set kafka.brokers ${after}`)
      .at('6s', 'set orders.partitions 9')
      .to('10s');
    expect(simulation.assembly.actorsOfNode('kafka')).toHaveLength(1 + before);
    const { publish, repeats } = ledgerOf(simulation.world);
    expect(publish.accepted).toBeGreaterThanOrEqual(publish.sent - 1);
    expect([publish.lost, repeats]).toEqual([0, 0]);
    simulation.restore(simulation.checkpoint());
    expect(simulation.assembly.actorsOfNode('kafka')).toHaveLength(1 + before);
  });

  it('back to the default is a setting like any other', () => {
    const story = new Story(LINE)
      .at('1005ms', 'set worker.concurrency 4')
      .at('2005ms', 'set worker.concurrency default')
      .to('3s');
    expect(story.simulation.topology.nodes.find(({ id }) => id === 'worker')?.params.concurrency).toBe(1);
    expect(story.simulation.topology.document.nodes.find(({ id }) => id === 'worker')?.params).toStrictEqual({
      work: lasting('80ms'),
    });
  });
});

describe('a return to a copy', () => {
  it('brings the drawing back, and the next edit is one of that drawing', () => {
    const story = new Story(LINE).to('1s');
    const { simulation } = story;
    const { document } = simulation.topology;
    const copy = simulation.checkpoint();
    story.at('2s', 'remove worker').at('3s', 'set shop.rate 50').to('4s');
    simulation.restore(copy);
    expect(simulation.topology.document).toEqual(document);
    story.at('2s', 'set worker.concurrency 2').to('5s');
    expect(simulation.topology.nodes.map(({ id }) => id)).toEqual(['orders', 'shop', 'worker']);
    expect(story.gauge('processed', 'worker')).toBeGreaterThan(40);
  });
});

describe('a node that is added', () => {
  it('takes part from that moment on, and everybody else keeps what they had', () => {
    const plain = new Story(LINE).to('20s');
    const helper = node('helper', 'service', { work: lasting('80ms') });
    const story = new Story({ ...LINE, nodes: [...LINE.nodes.slice(0, 2), { ...WORKER, params: { work: lasting('250ms') } }] });
    story.at('5s', added([helper], [wire('deliver', 'orders', 'helper', { delay: '10ms' })])).to('20s');
    expect(story.times('sent')).toEqual(plain.times('sent'));
    const byHelper = story.stops('begun').filter(({ where }) => where === 'helper');
    expect(byHelper[0]?.ms).toBeGreaterThan(5000);
    expect(byHelper.length).toBeGreaterThan(50);
    expect(story.ledger.delivery.lost).toBe(0);
    expect(story.ledger.repeats).toBe(0);
    story.at('20s', 'set shop.rate 0').to('40s');
    expect(story.numbers('processed').toSorted((a, b) => a - b)).toEqual(upTo(story.ledger.publish.sent));
  });

  it('may be a whole new branch in one edit', () => {
    const branch = added(
      [
        node('web', 'sender', { arrivals: 'poisson', rate: 5 }),
        node('mails', 'queue'),
        node('mailer', 'service', { work: lasting('10ms') }),
      ],
      [wire('publish', 'web', 'mails', INSTANT), wire('deliver', 'mails', 'mailer', INSTANT)],
    );
    const story = new Story(LINE).at('5s', branch).to('30s');
    expect(story.gauge('processed', 'mailer')).toBeGreaterThan(80);
    expect(story.stops('sent').find(({ sender }) => sender === 'web')?.ms).toBeGreaterThan(5000);
  });
});

describe('what is removed', () => {
  it('a worker: what it held comes back to the queue and is done by another', () => {
    const other = node('other', 'service', { work: lasting('80ms') });
    const story = new Story({
      nodes: [...LINE.nodes, other],
      wires: [...LINE.wires, wire('deliver', 'orders', 'other', { delay: '10ms' })],
    });
    story.at('1s', 'stall worker 1h').at('2s', 'remove worker').at('3s', 'set shop.rate 0').to('1min');
    const { sent } = story.ledger.publish;
    expect(story.ledger.delivery).toMatchObject({ owed: sent, processed: sent });
    expect(
      story
        .stops('processed')
        .filter(({ ms }) => ms > 2000)
        .every(({ where }) => where === 'other'),
    ).toBe(true);
  });

  it('a queue: what only it held is lost for that reason, what was on its way to it as well', () => {
    const story = new Story({ ...LINE, wires: [{ ...PUBLISH, params: { delay: '250ms' } }] })
      .at('1005ms', 'remove orders')
      .to('5s');
    // Sent every 100 ms: 7 have arrived, 3 are on the wire.
    expect(story.reasons('lost')).toEqual({ 'orders removed': 7, 'shop-orders removed': 3 });
    expect(story.ledger).toMatchObject({ publish: { sent: 10, accepted: 7, lost: 3 }, delivery: { owed: 7, lost: 7 } });
    expect(story.simulation.topology.wires).toEqual([]);
  });

  it('a queue: what its worker is at comes to its end there', () => {
    const story = new Story({
      ...LINE,
      nodes: [
        SHOP,
        LINE.nodes[1] as NodeDocument,
        node('worker', 'service', { work: lasting('10s'), steps: ['receive', 'acknowledge', 'work'] }),
      ],
    });
    story.at('1005ms', 'remove orders').to('1min');
    // The wire went with the queue, and with it what came over it.
    expect(story.gauge('busy', 'worker')).toBe(0);
    expect(story.ledger.delivery.lost).toBe(story.ledger.delivery.owed);
  });

  it('a sender: its messages go on without it', () => {
    const story = new Story(LINE).at('1005ms', 'remove shop').to('1min');
    // The tenth was on the wire.
    expect(story.ledger.publish).toMatchObject({ sent: 10, accepted: 9, lost: 1 });
    expect(story.ledger.delivery).toMatchObject({ owed: 9, processed: 9 });
  });

  it('a wire: the ends go on alone', () => {
    const story = new Story(LINE).at('1005ms', 'remove-wire orders-worker').to('3s');
    expect(story.gauge('busy', 'worker')).toBe(0);
    expect(story.gauge('ready', 'orders')).toBeGreaterThan(15);
    expect(story.gauge('in_flight', 'orders')).toBe(0);
    expect(story.ledger.delivery.lost).toBe(0);
  });

  it('a wire: what lay on the desk at its end is let go, and comes again over the next', () => {
    const desk = { ...DELIVER, params: { delay: '10ms', desk: 5 } };
    const story = new Story({
      ...LINE,
      nodes: [SHOP, node('orders', 'queue', { ackDeadline: '1h' }), { ...WORKER, params: { work: lasting('1s') } }],
      wires: [PUBLISH, desk],
    });
    story.to('2s');
    expect(story.gauge('desk', 'worker')).toBe(4);
    story
      .at('2005ms', 'remove-wire orders-worker')
      .at('3s', 'set shop.rate 0')
      .at('4s', added([], [desk]))
      .to('3500ms');
    expect([story.gauge('desk', 'worker'), story.gauge('busy', 'worker')]).toEqual([0, 0]);
    story.to('5min');
    const { sent } = story.ledger.publish;
    expect(story.ledger).toMatchObject({ delivery: { owed: sent, processed: sent }, repeats: 0 });
    expect(story.messages()).toEqual([]);
  });

  it('and put there again under its id starts empty, as another', () => {
    const story = new Story(LINE).at('1005ms', 'remove orders').to('2s');
    const before = story.simulation.assembly.actors.map(({ ix }) => ix);
    story.at('2s', added([node('orders', 'queue')], [PUBLISH, DELIVER])).to('3s');
    expect(story.ledger.delivery.processed).toBeGreaterThan(15);
    const orders = story.simulation.assembly.actorsOfNode('orders');
    expect(orders).toHaveLength(1);
    // An index is never used again within a run.
    expect(before).not.toContain(orders[0]?.ix);
    expect(orders[0]?.ix).toBeGreaterThan(3);
  });
});

describe('undo', () => {
  it('puts a worker and its wire back now: time goes on, nothing is lost, and the drawing is what it was', () => {
    const story = new Story(LINE).to('2s');
    const { document } = story.simulation.topology;
    story
      .at('2s', 'remove worker')
      .at('4s', added([WORKER], [DELIVER]))
      .to('8s');
    expect(story.simulation.topology.document).toEqual(document);
    expect(story.simulation.timeNs).toBe(8 * S);
    expect(story.stops('processed').filter(({ ms }) => ms > 2100 && ms < 4000)).toEqual([]);
    story.at('8s', 'set shop.rate 0').to('1min');
    const { sent } = story.ledger.publish;
    expect(story.ledger.delivery).toMatchObject({ owed: sent, processed: sent, lost: 0 });
  });

  it('and redo, any number of times, is a run like any other: its log gives the same digest', () => {
    const byHand = simulationOf(LINE, { seed: 3 });
    for (let second = 1; second <= 10; second++) {
      byHand.advanceTo(second * S);
      const edits: Command =
        second % 2 === 1
          ? { type: 'removeNode', node: 'worker' }
          : {
              type: 'edit',
              edits: [
                { type: 'addNode', node: WORKER },
                { type: 'addWire', wire: DELIVER },
              ],
            };
      expect(byHand.command(edits, 'tick')).toEqual([]);
      expect(ledgerOf(byHand.world).balances).toBe(true);
    }
    byHand.advanceTo(12 * S);
    const again = simulationOf(LINE, { seed: 3, log: byHand.log });
    again.advanceTo(12 * S);
    expect(again.digest).toBe(byHand.digest);
    expect(ledgerOf(again.world)).toEqual(ledgerOf(byHand.world));
  });

  it('of a setting gives the value before', () => {
    const story = new Story(LINE).to('1s');
    const { document } = story.simulation.topology;
    story.at('1005ms', 'set shop.rate 50').at('2005ms', 'set shop.rate 10').to('3s');
    expect(story.simulation.topology.document).toEqual(document);
    expect(story.times('sent').filter((ms) => ms > 2005)).toEqual([2105, 2205, 2305, 2405, 2505, 2605, 2705, 2805, 2905]);
  });
});

describe('an edit that makes no valid drawing', () => {
  const refused: readonly (readonly [string, Command, string])[] = [
    ['an unknown node', { type: 'setParam', target: 'nobody', field: 'rate', value: 1 }, 'command-unknown-node'],
    ['an unknown field', { type: 'setParam', target: 'shop', field: 'rtae', value: 1 }, 'unknown-field'],
    ['a value out of range', { type: 'setParam', target: 'worker', field: 'concurrency', value: 0 }, 'out-of-range'],
    ['a node that is not there', { type: 'removeNode', node: 'nobody' }, 'command-unknown-node'],
    ['a wire that is not there', { type: 'removeWire', wire: 'nothing' }, 'command-unknown-wire'],
    ['an id that is taken', { type: 'addNode', node: node('shop', 'queue') }, 'id-twice'],
    ['an unknown kind', { type: 'addNode', node: node('x', 'teapot') }, 'unknown-kind'],
    ['a wire into nowhere', { type: 'addWire', wire: wire('publish', 'shop', 'nowhere') }, 'wire-dangling'],
    ['a wire of another kind', { type: 'addWire', wire: wire('publish', 'shop', 'worker') }, 'wire-of-wrong-kind'],
    [
      'the bad one among several',
      {
        type: 'edit',
        edits: [
          { type: 'setParam', target: 'shop', field: 'rate', value: 99 },
          { type: 'addWire', wire: wire('deliver', 'orders', 'nobody') },
        ],
      },
      'wire-dangling',
    ],
  ];

  it.each(refused)('%s: refused, and the run is as if it had not been asked', (_, command, code) => {
    const simulation = simulationOf(LINE);
    simulation.advanceTo(2 * S);
    const { digest, topology } = simulation;
    expect(simulation.command(command, 'tick').map((problem) => problem.code)).toContain(code);
    expect(simulation.topology).toBe(topology);
    expect([simulation.digest, simulation.log]).toEqual([digest, []]);
    const untouched = simulationOf(LINE);
    for (const one of [simulation, untouched]) one.advanceTo(5 * S);
    expect(simulation.digest).toBe(untouched.digest);
  });
});

describe('names, places and comments', () => {
  it('are no commands: they cannot matter to a run, whether they were there from the start or came with an edit', () => {
    const plain = [
      node('shop', 'sender', { arrivals: 'poisson', rate: 30 }),
      node('orders', 'queue'),
      node('worker', 'service', { work: { law: 'exponential', mean: '20ms' }, failure: 0.2, retryBase: '100ms' }),
    ];
    const told = plain.map((one) => ({ ...one, name: 'X', position: { x: 1, y: 2 }, comment: 'y' }));
    const run = (first: readonly NodeDocument[], later: NodeDocument) => {
      const simulation = simulationOf({ nodes: first.slice(0, 2), wires: [PUBLISH] });
      simulation.schedule(S, {
        type: 'edit',
        edits: [
          { type: 'addNode', node: later },
          { type: 'addWire', wire: DELIVER },
        ],
      });
      simulation.advanceTo(10 * S);
      expect(ledgerOf(simulation.world).delivery.processed).toBeGreaterThan(100);
      return simulation.digest;
    };
    expect(run(told, told[2] as NodeDocument)).toBe(run(plain, plain[2] as NodeDocument));
  });
});

describe('any edits at any moments', () => {
  const worker = (id: string): readonly Command[] => [
    {
      type: 'addNode',
      node: node(id, 'service', { work: { law: 'exponential', mean: '60ms' }, failure: 0.1, retryBase: '500ms' }),
    },
    { type: 'addWire', wire: wire('deliver', 'orders', id, { delay: '15ms', desk: 3 }) },
  ];
  const edit = fc.constantFrom<Command>(
    { type: 'edit', edits: worker('w1') },
    { type: 'edit', edits: worker('w2') },
    { type: 'removeNode', node: 'w1' },
    { type: 'removeNode', node: 'w2' },
    { type: 'removeNode', node: 'worker' },
    { type: 'removeWire', wire: 'orders-w1' },
    { type: 'removeWire', wire: 'shop-orders' },
    { type: 'addWire', wire: PUBLISH },
    { type: 'addWire', wire: wire('deliver', 'orders', 'w1', { delay: '15ms' }) },
    { type: 'removeNode', node: 'orders' },
    {
      type: 'edit',
      edits: [
        { type: 'addNode', node: node('orders', 'queue', { capacity: 20, overflow: 'block' }) },
        { type: 'addWire', wire: PUBLISH },
      ],
    },
    { type: 'setParam', target: 'orders', field: 'capacity', value: 3 },
    { type: 'setParam', target: 'orders', field: 'overflow', value: 'drop-oldest' },
    { type: 'setParam', target: 'shop', field: 'rate', value: 60 },
    { type: 'setParam', target: 'w1', field: 'concurrency', value: 3 },
    { type: 'crash', node: 'orders', forNs: S / 2 },
    { type: 'crash', node: 'w1', forNs: S },
  );
  const story = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 900 }), edit }), { minLength: 3, maxLength: 20 });

  it('the books balance after each, and the log gives the same run', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const simulation = simulationOf(LINE);
        for (const { afterMs, edit: command } of steps) {
          simulation.advanceTo(simulation.timeNs + afterMs * 1e6);
          simulation.command(command, 'nanosecond');
          expect(simulation.world.books.imbalance()).toBeNull();
        }
        simulation.advanceTo(simulation.timeNs + 3 * S);
        expect(simulation.world.books.imbalance()).toBeNull();
        const again = simulationOf(LINE, { log: simulation.log });
        again.advanceTo(simulation.timeNs);
        expect(again.digest).toBe(simulation.digest);
      }),
      { numRuns: 60, seed: 5 },
    );
  });
});
