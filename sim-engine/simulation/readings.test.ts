// What a check sees of a run is what the run holds, under the names that dashboards use.

import { describe, expect, it } from 'vitest';
import type { Labels } from '../checks/readings.ts';
import { HISTOGRAM_BUCKETS } from '../kernel/histogram.ts';
import { EN } from '../messages/en.ts';
import { lineText, runOf, scenarioText } from '../testing/run-fixtures.ts';
import { DROPPED, LOST } from '../world/books.ts';
import { Judge } from './judge.ts';
import { ledgerOf } from './ledger.ts';
import { SimulationReadings } from './readings.ts';
import type { Simulation } from './simulation.ts';

const S = 1e9;
const slowWorker = { work: { law: 'constant', value: '10s' } };

function readerOf(simulation: Simulation): (name: string, labels?: Labels) => number {
  const readings = new SimulationReadings(simulation);
  return (name, labels = {}) => {
    const ref = { name, labels };
    const missing = readings.whyNot(ref);
    if (missing !== null) throw new Error(JSON.stringify(missing));
    return readings.read(ref);
  };
}

describe('the measures of a run', () => {
  it('divide the totals of the books among channels and statuses, and nothing is missing', () => {
    const simulation = runOf(scenarioText('publish-subscribe'));
    const read = readerOf(simulation);
    simulation.command(
      { type: 'crash', node: simulation.topology.nodes.find((node) => node.kind === 'service')?.id ?? '' },
      'tick',
    );
    simulation.advanceTo(20 * S);
    const { publish, delivery } = ledgerOf(simulation.world);
    for (const [status, count] of Object.entries({
      sent: publish.sent,
      accepted: publish.accepted,
      refused: publish.refused,
      unroutable: publish.unroutable,
      'publish.lost': publish.lost,
      'publish.on_the_wire': publish.onTheWire,
      waiting: delivery.waiting,
      delayed: delivery.delayed,
      on_the_wire: delivery.onTheWire,
      in_flight: delivery.inFlight,
      processed: delivery.processed,
      expired: delivery.expired,
      dropped: delivery.dropped,
      lost: delivery.lost,
      dead_lettered: delivery.deadLettered,
      skipped: delivery.skipped,
    })) {
      expect(read('messages_total', { status }), status).toBe(count);
    }
    expect(delivery.processed).toBeGreaterThan(0);
    expect(read('owed')).toBe(delivery.owed);
  });

  it('count what was dropped as lost, too', () => {
    const simulation = runOf(
      lineText({
        sender: { arrivals: 'constant', rate: 10 },
        queue: { capacity: 3, overflow: 'drop-oldest' },
        worker: slowWorker,
      }),
    );
    const read = readerOf(simulation);
    simulation.advanceTo(5 * S);
    const { delivery } = simulation.world.books;
    expect(delivery[DROPPED]).toBeGreaterThan(30);
    expect(read('lost')).toBe((delivery[DROPPED] as number) + (delivery[LOST] as number));
    expect(read('lost', { node: 'orders' })).toBe(read('lost'));
    expect(read('lost', { reason: 'overflow' })).toBe(read('lost'));
    expect(read('lost', { reason: 'crash' })).toBe(0);
    expect(read('lost', { where: 'orders' })).toBe(read('lost'));
  });

  it('know a queue by the label queue_name and, like everything, by node', () => {
    const simulation = runOf(lineText({ sender: { arrivals: 'constant', rate: 10 }, worker: slowWorker }));
    const read = readerOf(simulation);
    simulation.advanceTo(3 * S);
    const size = read('queue_size', { queue_name: 'orders' });
    expect(size).toBeGreaterThan(20);
    expect(read('queue_size', { node: 'orders' })).toBe(size);
    expect(read('queue_size')).toBe(size);
    expect(read('ready') + read('in_flight')).toBe(size);
    expect(read('unacked')).toBe(read('in_flight'));
  });

  it('mean the sender by sent{shop} and all messages by sent', () => {
    const simulation = runOf(scenarioText('order-pipeline'));
    const read = readerOf(simulation);
    simulation.advanceTo(10 * S);
    expect(read('sent', { node: 'checkout' }) + read('sent', { node: 'mobile' })).toBe(read('sent'));
    expect(read('sent', { topic: 'orders' })).toBe(read('sent'));
    const workers = ['worker-1', 'worker-2', 'worker-3'].map((node) => read('processed', { node }));
    expect(workers.reduce((a, b) => a + b)).toBe(read('processed') + read('repeats'));
    expect(read('failed', { topic: 'orders' })).toBe(read('failed'));
  });

  it('say which names, labels and values they know', () => {
    const readings = new SimulationReadings(runOf(scenarioText('order-pipeline')));
    expect(readings.whyNot({ name: 'queue_sizes', labels: {} })).toMatchObject({ code: 'unknown-measure' });
    expect(readings.whyNot({ name: 'consumer_lags', labels: {} })).toMatchObject({ code: 'unknown-measure' });
    expect(readings.whyNot({ name: 'queue_size', labels: { queue: 'orders' } })).toMatchObject({
      code: 'unknown-label',
      known: ['queue_name', 'node'],
    });
    expect(readings.whyNot({ name: 'queue_size', labels: { queue_name: 'order' } })).toMatchObject({
      code: 'unknown-label-value',
      known: ['orders'],
    });
    expect(readings.whyNot({ name: 'messages_total', labels: { topic: 'orders', status: 'done' } })?.known).toContain(
      'processed',
    );
    expect(readings.whyNot({ name: 'dup_effects', labels: { node: 'orders' } })).toMatchObject({ code: 'unknown-label' });
    expect(readings.whyNot({ name: 'refused', labels: { reason: 'full' } })).toBeNull();
  });

  it('know from the start who is written to with no channel in between, and nobody else that works', () => {
    const straight = new SimulationReadings(runOf(scenarioText('lessons/l01-mailbox')));
    for (const status of ['sent', 'accepted', 'refused', 'processed'])
      expect(straight.whyNot({ name: 'messages_total', labels: { topic: 'worker', status } })).toBeNull();
    const queued = new SimulationReadings(runOf(scenarioText('order-pipeline')));
    const unknown = queued.whyNot({ name: 'messages_total', labels: { topic: 'worker-1', status: 'sent' } });
    expect(unknown?.code).toBe('unknown-label-value');
    expect(unknown?.known).not.toContain('worker-1');
  });

  it('have a help sentence each', () => {
    const readings = new SimulationReadings(runOf(scenarioText('order-pipeline')));
    for (const { help } of readings.measures.all()) expect(Object.keys(EN), help).toContain(help);
  });

  it('grow or are heights', () => {
    const readings = new SimulationReadings(runOf(scenarioText('order-pipeline')));
    const isTotal = (name: string, labels: Labels = {}): boolean => readings.isTotal({ name, labels });
    expect([isTotal('sent'), isTotal('redeliveries'), isTotal('goodput'), isTotal('refused')]).toEqual([true, true, true, true]);
    expect([isTotal('waiting'), isTotal('queue_size'), isTotal('missed_effects')]).toEqual([false, false, false]);
    expect(isTotal('messages_total', { status: 'processed' })).toBe(true);
    expect(isTotal('messages_total', { status: 'waiting' })).toBe(false);
    expect(isTotal('messages_total')).toBe(false);
  });

  it('count every latency once, over all and by topic', () => {
    const simulation = runOf(scenarioText('publish-subscribe'));
    const readings = new SimulationReadings(simulation);
    const empty = new Float64Array(HISTOGRAM_BUCKETS);
    expect(readings.histogram({ name: 'message_latency_seconds', labels: {} }, empty)).toBe(true);
    expect(readings.histogram({ name: 'queue_size', labels: {} }, empty)).toBe(false);
    simulation.advanceTo(20 * S);
    const counts = new Float64Array(HISTOGRAM_BUCKETS);
    readings.histogram({ name: 'message_latency_seconds', labels: {} }, counts);
    const byTopic = new Float64Array(HISTOGRAM_BUCKETS);
    const topics =
      readings.measures
        .get('message_latency_seconds')
        ?.series()
        .map(({ node }) => node) ?? [];
    expect(topics.length).toBeGreaterThan(1);
    for (const topic of topics) readings.histogram({ name: 'message_latency_seconds', labels: { topic } }, byTopic);
    expect(byTopic).toEqual(counts);
    expect(counts.reduce((a, b) => a + b)).toBe(ledgerOf(simulation.world).delivery.processed);
  });

  it('go with their node, and what is left counts on', () => {
    const simulation = runOf(scenarioText('order-pipeline'));
    const read = readerOf(simulation);
    simulation.advanceTo(10 * S);
    const before = read('received');
    simulation.command({ type: 'removeNode', node: 'worker-3' }, 'tick');
    expect(read('received')).toBeLessThan(before);
    expect(read('received')).toBe(read('received', { node: 'worker-1' }) + read('received', { node: 'worker-2' }));
  });

  it('know which nodes are down', () => {
    const simulation = runOf(scenarioText('order-pipeline'));
    const read = readerOf(simulation);
    expect(read('node_down')).toBe(0);
    simulation.command({ type: 'crash', node: 'worker-1' }, 'tick');
    simulation.command({ type: 'crash', node: 'worker-2' }, 'tick');
    expect(read('node_down')).toBe(2);
    expect(read('node_down', { node: 'worker-1' })).toBe(1);
    expect(read('node_down', { node: 'worker-3' })).toBe(0);
  });
});

describe('settings, drawing and commands', () => {
  it('are read as they stand in the run: lengths of time in seconds, what is not live as it was at the start', () => {
    const simulation = runOf(scenarioText('order-pipeline'));
    const readings = new SimulationReadings(simulation);
    expect(readings.knob('orders', 'ackDeadline')).toBe(30);
    expect(readings.knob('checkout', 'rate')).toBe(2.5);
    expect(readings.knob('orders', 'overflow')).toBe('refuse');
    expect(readings.knob('checkout-orders', 'delay')).toBe(0.35);
    expect(readings.knob('orders', 'nothing')).toBeUndefined();
    expect(readings.knob('nobody', 'rate')).toBeUndefined();
    simulation.command({ type: 'setParam', target: 'checkout', field: 'rate', value: 4 }, 'tick');
    expect(readings.knob('checkout', 'rate')).toBe(4);
    simulation.command({ type: 'setParam', target: 'checkout', field: 'keys', value: 10 }, 'tick');
    expect(readings.knob('checkout', 'keys')).toBe(0);
  });

  it('name the kinds that are drawn and how they are joined', () => {
    const readings = new SimulationReadings(runOf(scenarioText('order-pipeline')));
    expect([...readings.kinds()].sort()).toEqual(['dead-letter-queue', 'queue', 'sender', 'service']);
    expect(readings.joined()).toContainEqual(['queue', 'dead-letter-queue']);
    expect(readings.joined()).not.toContainEqual(['service', 'queue']);
  });

  it('count what was done, by the scenario and from outside, once its time has come', () => {
    const simulation = runOf(scenarioText('crash-and-redeliver'));
    const readings = new SimulationReadings(simulation);
    expect(readings.commandsGiven('crash')).toBe(0);
    simulation.advanceTo(12 * S);
    expect(readings.commandsGiven('crash')).toBe(1);
    expect(readings.commandsGiven('crash', 'worker-1')).toBe(1);
    expect(readings.commandsGiven('crash', 'worker-2')).toBe(0);
    simulation.command({ type: 'setParam', target: 'shop', field: 'rate', value: 1 }, 'tick');
    const edits = [
      { type: 'setParam', target: 'shop', field: 'rate', value: 2 },
      { type: 'setParam', target: 'parcels', field: 'capacity', value: 50 },
    ] as const;
    simulation.command({ type: 'edit', edits }, 'tick');
    expect(readings.commandsGiven('set')).toBe(3);
    expect(readings.commandsGiven('set', 'rate')).toBe(2);
    expect(readings.commandsGiven('set', 'parcels')).toBe(1);
    expect(readings.commandsGiven('restart')).toBe(0);
  });
});

describe('checks judged on a run', () => {
  const judged = (simulation: Simulation, untilNs: number, ...texts: string[]): readonly boolean[] => {
    const judge = Judge.create(
      simulation,
      texts.map((text) => ({ text, at: ['expect'] })),
    );
    if (!judge.ok) throw new Error(JSON.stringify(judge.problems));
    simulation.advanceTo(untilNs);
    return judge.value.finish().map(({ held }) => held);
  };

  it('hold for every expectation of every scenario', () => {
    for (const name of ['order-pipeline', 'crash-and-redeliver', 'overflow', 'publish-subscribe']) {
      const simulation = runOf(scenarioText(name));
      const { document, durationNs } = simulation.scenario;
      const texts = (document.expect ?? []).map(({ check }) => check);
      expect(texts.length).toBeGreaterThan(0);
      expect(judged(simulation, durationNs, ...texts)).toEqual(texts.map(() => true));
    }
  });

  it('fail when the run does otherwise', () => {
    const held = judged(
      runOf(scenarioText('order-pipeline')),
      30 * S,
      'lost >= 1',
      'never: sent > 10',
      'within 1s: processed >= 1',
      'hold 60s: lost == 0',
      'did: crash',
      'uses: queue -> topic',
    );
    expect(held).toEqual([false, false, false, false, false, false]);
  });

  it('know utilisation as the mean of the last 10 s, of several workers together', () => {
    const simulation = runOf(
      lineText({ sender: { arrivals: 'constant', rate: 2 }, worker: { work: { law: 'constant', value: '100ms' } } }),
    );
    const held = judged(
      simulation,
      30 * S,
      'end: utilisation{worker} in 0.19..0.21',
      'hold 15s: utilisation in 0.18..0.22',
      'never: utilisation > 0.3',
    );
    expect(held).toEqual([true, true, true]);
  });

  it('know throughput, goodput and arrivals as rates', () => {
    const held = judged(
      runOf(lineText({ sender: { arrivals: 'constant', rate: 2 }, worker: { work: { law: 'constant', value: '100ms' } } })),
      30 * S,
      'goodput in 1.9..2.1',
      'throughput == goodput',
      'arrivals in 1.9..2.1',
      'p99(message_latency_seconds{topic=orders}) in 0.29..0.31',
      'rate(sent{shop}) in 1.9..2.1',
    );
    expect(held).toEqual([true, true, true, true, true]);
  });

  it('change nothing about the run', () => {
    const alone = runOf(scenarioText('crash-and-redeliver'));
    alone.advanceTo(40 * S);
    const watched = runOf(scenarioText('crash-and-redeliver'));
    judged(watched, 40 * S, 'utilisation < 2', 'p99(message_latency_seconds) < 100', 'slope(queue_size) over 60s < 1');
    expect(watched.digest).toBe(alone.digest);
  });

  it('tell a misspelt name before the run, with the place it was given', () => {
    const judge = Judge.create(runOf(scenarioText('order-pipeline')), [
      { text: 'lost == 0', at: ['expect', 0] },
      { text: 'queu_size == 0', at: ['expect', 1] },
      { text: 'lost ==', at: ['expect', 2] },
    ]);
    if (judge.ok) throw new Error('judged');
    expect(judge.problems[0]).toMatchObject({
      code: 'check-unknown-measure',
      at: ['expect', 1],
      values: { nearest: 'queue_size' },
    });
    expect(judge.problems[1]?.at).toEqual(['expect', 2]);
  });
});
