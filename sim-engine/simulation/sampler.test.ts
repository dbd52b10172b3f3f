// Frames say what the run holds, and taking them changes nothing.

import { describe, expect, it } from 'vitest';
import { nodeKind } from '../nodes/declarations.ts';
import {
  BREAKER,
  DELIVERY_CLASSES,
  FRAME,
  frameLength,
  gaugesAt,
  LANE,
  LANE_HEAD,
  LANE_STRIDE,
  LETTER,
  LETTER_STATE,
  LETTER_STRIDE,
  LETTERS_MAX,
  LOSS,
  LOSS_STRIDE,
  lettersAt,
  NODE_STATE,
  nodesAt,
  PUBLISH_CLASSES,
  WIRE,
  WIRE_STRIDE,
  wiresAt,
} from '../protocol/frame.ts';
import { lasting, type ParamsDocument } from '../testing/drawing.ts';
import { type LineParams, lineText, runOf, scenarioText } from '../testing/run-fixtures.ts';
import * as books from '../world/books.ts';
import { Sampler } from './sampler.ts';
import type { Simulation } from './simulation.ts';

const S = 1e9;

const line = (params: LineParams): Simulation => runOf(lineText(params));

function gauge(sampler: Sampler, frame: Float64Array, id: string, name: string): number {
  const node = sampler.layout.nodes.find((candidate) => candidate.id === id);
  if (node === undefined) throw new Error(`no node ${id}`);
  const at = nodeKind(node.kind)?.gauges.findIndex((declared) => declared.name === name) ?? -1;
  if (at < 0) throw new Error(`no gauge ${name}`);
  return frame[gaugesAt() + node.firstGauge + at] as number;
}

function stateOf(sampler: Sampler, frame: Float64Array, id: string): number {
  const { gaugeCount, nodes } = sampler.layout;
  return frame[nodesAt(gaugeCount) + nodes.findIndex((node) => node.id === id)] as number;
}

function wireOf(sampler: Sampler, frame: Float64Array, id: string): readonly number[] {
  const { gaugeCount, nodes, wires } = sampler.layout;
  const at = wiresAt(gaugeCount, nodes.length) + wires.findIndex((wire) => wire.id === id) * WIRE_STRIDE;
  return [...frame.slice(at, at + WIRE_STRIDE)];
}

function lettersOf(sampler: Sampler, frame: Float64Array): readonly (readonly number[])[] {
  const { gaugeCount, nodes, wires } = sampler.layout;
  const from = lettersAt(gaugeCount, nodes.length, wires.length);
  return Array.from({ length: frame[FRAME.LETTER_COUNT] as number }, (_, ix) => [
    ...frame.slice(from + ix * LETTER_STRIDE, from + (ix + 1) * LETTER_STRIDE),
  ]);
}

function lossesOf(sampler: Sampler, frame: Float64Array): readonly (readonly number[])[] {
  const { gaugeCount, nodes, wires } = sampler.layout;
  const from = lettersAt(gaugeCount, nodes.length, wires.length) + (frame[FRAME.LETTER_COUNT] as number) * LETTER_STRIDE;
  return Array.from({ length: frame[FRAME.LOSS_COUNT] as number }, (_, ix) => [
    ...frame.slice(from + ix * LOSS_STRIDE, from + (ix + 1) * LOSS_STRIDE),
  ]);
}

describe('watching changes nothing', () => {
  it('a run with a frame every 7 ms and at odd nanoseconds ends in the same digest as one without', () => {
    for (const name of ['order-pipeline', 'crash-and-redeliver', 'overflow', 'publish-subscribe']) {
      const alone = runOf(scenarioText(name));
      const watched = runOf(scenarioText(name));
      const sampler = new Sampler(watched);
      alone.advanceTo(20 * S);
      watched.watch({ gridNs: 7e6, observe: () => void sampler.sample() });
      for (let timeNs = 0; timeNs < 20 * S; timeNs += 1_234_567_891) {
        watched.advanceTo(timeNs);
        sampler.sample();
      }
      watched.advanceTo(20 * S);
      expect(watched.digest).toBe(alone.digest);
    }
  });
});

describe('a frame', () => {
  it('holds both books, and they balance', () => {
    const simulation = runOf(scenarioText('order-pipeline'));
    const sampler = new Sampler(simulation);
    for (let timeNs = 0; timeNs <= 20 * S; timeNs += S) {
      simulation.advanceTo(timeNs);
      const frame = sampler.sample();
      const sum = (from: number, count: number): number => frame.slice(from, from + count).reduce((a, b) => a + b, 0);
      expect(sum(FRAME.PUBLISH_BOOK, PUBLISH_CLASSES.length)).toBe(frame[FRAME.SENT]);
      expect(sum(FRAME.DELIVERY_BOOK, DELIVERY_CLASSES.length)).toBe(frame[FRAME.OWED]);
      const { gaugeCount, nodes, wires } = sampler.layout;
      expect(frame.length).toBe(
        frameLength(gaugeCount, nodes.length, wires.length, frame[FRAME.LETTER_COUNT] as number, frame[FRAME.LOSS_COUNT]),
      );
    }
  });

  it('names the classes of the books in the order of the engine', () => {
    const camel = (name: string): string => name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    const engine = books as unknown as Record<string, number>;
    const publish = ['PUB_ON_WIRE', 'PUB_ACCEPTED', 'PUB_REFUSED', 'PUB_UNROUTABLE', 'PUB_LOST'];
    for (const name of publish) {
      const word = camel(name.slice(4));
      expect(PUBLISH_CLASSES[engine[name] as number]).toBe(word === 'onWire' ? 'onTheWire' : word);
    }
    const delivery = [
      'WAITING',
      'DELAYED',
      'ON_WIRE',
      'IN_FLIGHT',
      'PROCESSED',
      'EXPIRED',
      'DROPPED',
      'LOST',
      'DEAD_LETTERED',
      'SKIPPED',
    ];
    for (const name of delivery) {
      const word = camel(name);
      expect(DELIVERY_CLASSES[engine[name] as number]).toBe(word === 'onWire' ? 'onTheWire' : word);
    }
  });

  it('holds the digest of the run as two words', () => {
    const simulation = runOf(scenarioText('order-pipeline'));
    simulation.advanceTo(3 * S);
    const frame = new Sampler(simulation).sample();
    const hex = (at: number): string => (frame[at] as number).toString(16).padStart(8, '0');
    expect(hex(FRAME.DIGEST_HI) + hex(FRAME.DIGEST_LO)).toBe(simulation.digest);
  });

  it('gives the quantiles of what was processed since the frame before, and none when nothing was', () => {
    const simulation = line({ sender: { arrivals: 'times', times: ['0s', '1s'] }, worker: { work: lasting('200ms') } });
    const sampler = new Sampler(simulation);
    expect(sampler.sample()[FRAME.LATENCY_P50_NS]).toBeNaN();
    simulation.advanceTo(0.9 * S);
    // Two wires of 100 ms and 200 ms of work.
    expect(Math.abs((sampler.sample()[FRAME.LATENCY_P99_NS] as number) / 0.4e9 - 1)).toBeLessThan(1 / 100);
    expect(sampler.sample()[FRAME.LATENCY_P50_NS]).toBeNaN();
    simulation.advanceTo(2 * S);
    expect(Math.abs((sampler.sample()[FRAME.LATENCY_P50_NS] as number) / 0.4e9 - 1)).toBeLessThan(1 / 100);
  });

  it('shows each packet with a message once, with the shape of what it says', () => {
    const at = (
      timeNs: number,
      worker: ParamsDocument,
    ): { letters: readonly (readonly number[])[]; wires: readonly string[] } => {
      const simulation = line({ sender: { arrivals: 'times', times: ['0s'] }, worker });
      const sampler = new Sampler(simulation);
      simulation.advanceTo(timeNs);
      const letters = lettersOf(sampler, sampler.sample());
      const { wires } = sampler.layout;
      return { letters, wires: letters.map((letter) => wires[letter[LETTER.WIRE] as number]?.id ?? '?') };
    };
    const done = { work: { law: 'constant', value: '200ms' } };
    const sent = at(0.05 * S, done);
    expect(sent.wires).toEqual(['shop-orders']);
    expect(sent.letters[0]).toEqual([expect.any(Number), 0, 0.1 * S, LETTER_STATE.WAITING, 1, 1, 2]);
    const delivered = at(0.15 * S, done);
    expect(delivered.wires).toEqual(['orders-worker']);
    expect(delivered.letters[0]?.[LETTER.DIRECTION]).toBe(1);
    const acknowledged = at(0.45 * S, done);
    expect(acknowledged.letters[0]?.[LETTER.STATE]).toBe(LETTER_STATE.DONE);
    expect(acknowledged.letters[0]?.[LETTER.DIRECTION]).toBe(-1);
    const failing = { ...done, failFirst: 1, retry: 'fixed', retryBase: '1s' };
    expect(at(0.45 * S, failing).letters[0]?.[LETTER.STATE]).toBe(LETTER_STATE.TO_RETRY);
    const again = at(1.55 * S, failing);
    expect(again.letters[0]?.slice(LETTER.STATE, LETTER.DIRECTION + 1)).toEqual([LETTER_STATE.TO_RETRY, 1]);
    const hopeless = { ...done, failFirst: 1, retry: 'none' };
    expect(at(0.45 * S, hopeless).letters[0]?.[LETTER.STATE]).toBe(LETTER_STATE.DEAD);
  });

  it('says what got lost on a wire, when and where on the way, forward and back', () => {
    const sender = { arrivals: 'times', times: ['0s', '1s', '2s'] };
    const simulation = line({ sender, worker: { work: lasting('200ms') } });
    const sampler = new Sampler(simulation);
    const [first, second] = ['shop-orders', 'orders-worker'].map((id) =>
      sampler.layout.wires.findIndex((wire) => wire.id === id),
    );
    const shop = sampler.layout.nodes.findIndex(({ id }) => id === 'shop');
    const before = simulation.checkpoint();
    simulation.advanceTo(0.03 * S);
    // Cut under it at the next tick, 31 of 100 ms on its way.
    simulation.command({ type: 'cut', wire: 'shop-orders', forNs: 0.5 * S }, 'tick');
    simulation.advanceTo(0.2 * S);
    expect(lettersOf(sampler, sampler.sample())).toEqual([]);
    const [cut] = lossesOf(sampler, sampler.sample());
    expect(cut?.[LOSS.WIRE]).toBe(first);
    expect(cut?.[LOSS.AT_NS]).toBe(31e6);
    expect(cut?.[LOSS.SHARE]).toBe(0.31);
    expect(cut?.slice(LOSS.DIRECTION)).toEqual([1, 1, shop]);

    // The second letter is worked on from 1.2 s to 1.4 s; its receipt is lost by the network, which does not say where.
    simulation.advanceTo(1.3 * S);
    simulation.command({ type: 'lose', wire: 'orders-worker', share: 1, forNs: 0.3 * S }, 'tick');
    simulation.advanceTo(1.7 * S);
    const frame = sampler.sample();
    const receipt = lossesOf(sampler, frame).find((loss) => loss[LOSS.WIRE] === second);
    expect(receipt?.[LOSS.SHARE]).toBeNaN();
    expect(receipt?.[LOSS.AT_NS]).toBe(1.4 * S);
    expect(receipt?.slice(LOSS.DIRECTION)).toEqual([-1, 2, shop]);

    // The third is on its way to a queue that has crashed: lost where it arrives.
    simulation.advanceTo(2.05 * S);
    simulation.command({ type: 'crash', node: 'orders' }, 'tick');
    simulation.advanceTo(2.15 * S);
    const [newest] = lossesOf(sampler, sampler.sample());
    expect(newest).toEqual([first, 2.1 * S, 1, 1, 3, shop]);

    // Of a checkpoint before it, it knows nothing; what is long past it no longer tells.
    simulation.advanceTo(40 * S);
    expect(lossesOf(sampler, sampler.sample()).every((loss) => (loss[LOSS.AT_NS] as number) >= 10 * S)).toBe(true);
    simulation.restore(before);
    expect(lossesOf(sampler, sampler.sample())).toEqual([]);
  });

  it('counts all letters and draws at most so many', () => {
    const simulation = line({ sender: { arrivals: 'constant', rate: 100_000 }, wires: { delay: '50ms' } });
    const sampler = new Sampler(simulation);
    simulation.advanceTo(0.05 * S);
    const frame = sampler.sample();
    expect(frame[FRAME.LETTER_COUNT]).toBe(LETTERS_MAX);
    expect(frame[FRAME.LETTERS_IN_ALL]).toBeGreaterThan(4900);
    expect(frame[FRAME.LETTERS_IN_ALL]).toBe(frame[FRAME.PUBLISH_BOOK]);
  });

  it('shows a node as crashed, stalled, slowed or held back', () => {
    const simulation = line({
      sender: { arrivals: 'constant', rate: 100 },
      queue: { capacity: 5, overflow: 'block' },
      worker: { work: lasting('1s') },
    });
    const sampler = new Sampler(simulation);
    simulation.advanceTo(3 * S);
    const held = sampler.sample();
    expect(gauge(sampler, held, 'shop', 'held_back')).toBeGreaterThan(0);
    expect(stateOf(sampler, held, 'shop')).toBe(NODE_STATE.BLOCKED);
    expect(stateOf(sampler, held, 'worker')).toBe(NODE_STATE.UP);
    simulation.command({ type: 'slow', node: 'worker', factor: 2 }, 'tick');
    expect(stateOf(sampler, sampler.sample(), 'worker')).toBe(NODE_STATE.SLOWED);
    simulation.command({ type: 'stall', node: 'worker', forNs: S }, 'tick');
    expect(stateOf(sampler, sampler.sample(), 'worker')).toBe(NODE_STATE.STALLED);
    simulation.advanceTo(5 * S);
    expect(stateOf(sampler, sampler.sample(), 'worker')).toBe(NODE_STATE.SLOWED);
    simulation.command({ type: 'crash', node: 'worker' }, 'tick');
    expect(stateOf(sampler, sampler.sample(), 'worker')).toBe(NODE_STATE.CRASHED);
  });

  it('shows what a wire carried, whether it is cut, how much it loses and how much later it is', () => {
    const simulation = line({ sender: { arrivals: 'constant', rate: 10 } });
    const sampler = new Sampler(simulation);
    simulation.advanceTo(S);
    const [forward, back, isCut, loss, extraNs] = wireOf(sampler, sampler.sample(), 'shop-orders');
    expect(forward).toBeGreaterThanOrEqual(9);
    expect([back, isCut, loss, extraNs]).toEqual([0, 0, 0, 0]);
    simulation.command({ type: 'cut', wire: 'shop-orders' }, 'tick');
    simulation.command({ type: 'lose', wire: 'shop-orders', share: 0.25 }, 'tick');
    const after = wireOf(sampler, sampler.sample(), 'shop-orders');
    expect(after[WIRE.IS_CUT]).toBe(1);
    expect(after[WIRE.LOSS]).toBe(0.25);
    simulation.command({ type: 'delay', wire: 'shop-orders', extraNs: 120e6 }, 'tick');
    expect(wireOf(sampler, sampler.sample(), 'shop-orders')[WIRE.EXTRA_NS]).toBe(120e6);
  });
});

describe('the layout of frames', () => {
  it('keeps its revision while only settings change, and has a new one when something is drawn or taken away', () => {
    const simulation = runOf(scenarioText('order-pipeline'));
    const sampler = new Sampler(simulation, 5);
    const first = sampler.layout;
    expect(first.revision).toBe(5);
    simulation.command({ type: 'setParam', target: 'checkout', field: 'rate', value: 9 }, 'tick');
    expect(sampler.layout).toBe(first);
    simulation.command({ type: 'removeNode', node: 'worker-3' }, 'tick');
    const second = sampler.layout;
    expect(second.revision).toBe(6);
    expect(second.nodes.map((node) => node.id)).toEqual(first.nodes.map((node) => node.id).filter((id) => id !== 'worker-3'));
    expect(second.wires.map((wire) => wire.id)).not.toContain('orders-worker-3');
    simulation.advanceTo(10 * S);
    const frame = sampler.sample();
    for (const letter of lettersOf(sampler, frame)) expect(second.wires[letter[LETTER.WIRE] as number]).toBeDefined();
  });
});

/** A worker that asks another one, which is as slow as is said, on a wire with these settings. */
const asking = (work: string, wire: object, worker: ParamsDocument = {}): string =>
  JSON.stringify({
    format: 'broker-lab/topology',
    version: 1,
    nodes: [
      { id: 'shop', kind: 'sender', params: { arrivals: 'constant', rate: 10 } },
      { id: 'orders', kind: 'queue' },
      { id: 'worker', kind: 'service', params: { steps: ['receive', 'call', 'acknowledge'], retry: 'none', ...worker } },
      { id: 'prices', kind: 'service', params: { concurrency: 100, work: { law: 'constant', value: work } } },
    ],
    wires: [
      { id: 'in', kind: 'publish', from: 'shop', to: 'orders', params: { delay: '0s' } },
      { id: 'out', kind: 'deliver', from: 'orders', to: 'worker', params: { delay: '0s' } },
      { id: 'ask', kind: 'call', from: 'worker', to: 'prices', params: { delay: '100ms', ...wire } },
    ],
  });

describe('a wire on which somebody asks', () => {
  it('has questions along it and answers back, which are no messages of a sender', () => {
    const simulation = runOf(asking('1s', { timeout: '5s' }, { concurrency: 4 }));
    const sampler = new Sampler(simulation);
    // Four went out at 0.1 to 0.4 s; a question takes a tenth of a second, the first answer is back at 1.3 s.
    simulation.advanceTo(0.15 * S);
    const asked = lettersOf(sampler, sampler.sample());
    expect(asked.map((letter) => [letter[LETTER.STATE], letter[LETTER.DIRECTION], letter[LETTER.NUMBER]])).toEqual([
      [LETTER_STATE.QUESTION, 1, 1],
    ]);
    simulation.advanceTo(1.25 * S);
    const answered = lettersOf(sampler, sampler.sample()).filter((letter) => letter[LETTER.DIRECTION] === -1);
    expect(answered.map((letter) => [letter[LETTER.STATE], letter[LETTER.SENDER]])).toEqual([[LETTER_STATE.ANSWER, -1]]);
  });

  it('says how many calls are out, how many wait to go out, and how its breaker stands', () => {
    const wait = { timeout: '10s', atOnce: 1, whenHeldBack: 'wait' };
    const patient = runOf(asking('5s', wait, { concurrency: 4 }));
    const sampler = new Sampler(patient);
    patient.advanceTo(2 * S);
    const of = (wire: readonly number[]) => [wire[WIRE.BREAKER], wire[WIRE.CALLS_OUT], wire[WIRE.CALLS_WAITING]];
    expect(of(wireOf(sampler, sampler.sample(), 'ask'))).toEqual([BREAKER.NONE, 1, 3]);
    expect(of(wireOf(sampler, sampler.sample(), 'out'))).toEqual([BREAKER.NONE, 0, 0]);

    const guard = { timeout: '200ms', breaker: 'resilience4j', breakerMinimum: 5, breakerOpen: '3s', breakerProbes: 1 };
    const guarded = runOf(asking('5s', guard, { concurrency: 4 }));
    const watching = new Sampler(guarded);
    guarded.advanceTo(0.3 * S);
    expect(wireOf(watching, watching.sample(), 'ask')[WIRE.BREAKER]).toBe(BREAKER.CLOSED);
    guarded.advanceTo(2 * S);
    expect(wireOf(watching, watching.sample(), 'ask')[WIRE.BREAKER]).toBe(BREAKER.OPEN);
  });
});

describe('the lanes of a service', () => {
  const lanesOf = (frame: Float64Array): readonly (readonly number[])[] => {
    const lanes = frame[FRAME.LANE_COUNT] as number;
    const from = frame.length - lanes * LANE_STRIDE;
    return Array.from({ length: lanes }, (_, ix) => [...frame.slice(from + ix * LANE_STRIDE, from + (ix + 1) * LANE_STRIDE)]);
  };

  it('say what is at the place of each, and how many stand behind it', () => {
    const sender = { arrivals: 'constant', rate: 10, keys: 3, keyLaw: 'uniform' };
    const worker = { concurrency: 2, assignment: 'by-key', work: { law: 'constant', value: '100s' } };
    const simulation = line({ sender, worker, deliver: { desk: 100 } });
    const sampler = new Sampler(simulation);
    expect(lanesOf(sampler.sample()).map((lane) => lane[LANE.HEAD])).toEqual([LANE_HEAD.FREE, LANE_HEAD.FREE]);
    simulation.advanceTo(2 * S);
    const frame = sampler.sample();
    const lanes = lanesOf(frame);
    expect(lanes.map((lane) => lane[LANE.NUMBER])).toEqual([0, 1]);
    expect(lanes.every((lane) => lane[LANE.HEAD] === LANE_HEAD.IN_WORK)).toBe(true);
    const behind = lanes.reduce((sum, lane) => sum + (lane[LANE.BEHIND] as number), 0);
    expect(behind).toBe(gauge(sampler, frame, 'worker', 'desk'));
    expect(behind).toBeGreaterThan(0);
  });

  it('are none where any free place takes what comes next', () => {
    const simulation = line({ sender: { rate: 10 }, worker: { concurrency: 4 } });
    const sampler = new Sampler(simulation);
    simulation.advanceTo(2 * S);
    expect(sampler.sample()[FRAME.LANE_COUNT]).toBe(0);
  });

  it('show a letter that waits to be tried again at the head of its lane', () => {
    const worker = {
      concurrency: 1,
      assignment: 'by-key',
      work: { law: 'constant', value: '10ms' },
      failFirst: 1,
      retry: 'fixed',
      retryBase: '50s',
      retryWait: 'in-place',
    };
    const simulation = line({ sender: { arrivals: 'constant', rate: 10 }, worker });
    const sampler = new Sampler(simulation);
    simulation.advanceTo(2 * S);
    expect(lanesOf(sampler.sample()).map((lane) => lane[LANE.HEAD])).toEqual([LANE_HEAD.TO_RETRY]);
  });
});
