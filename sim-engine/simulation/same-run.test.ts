// Topology + seed + command log = the same run, bit for bit, however it is driven and whether or not it is watched. A chain of
// digests, one a second, is compared: where two runs part is then known to the second.

import { describe, expect, it } from 'vitest';
import { node, simulationOf, wire } from '../testing/drawing.ts';
import { runOf, scenarioText } from '../testing/run-fixtures.ts';
import type { ScenarioDocument } from '../topology/document.ts';
import { followMessage, journeyOf } from './journeys.ts';
import { Judge } from './judge.ts';
import { ledgerOf } from './ledger.ts';
import { Measures } from './measures.ts';
import { Sampler } from './sampler.ts';
import type { Simulation, SimulationOptions } from './simulation.ts';

const S = 1e9;
const MS = 1e6;
const SECONDS = 60;
const TEXT = scenarioText('order-pipeline');
const SCENARIOS = ['order-pipeline', 'publish-subscribe', 'overflow', 'crash-and-redeliver'];

type Drive = (simulation: Simulation, toNs: number) => void;
const straightOn: Drive = (simulation, toNs) => {
  simulation.advanceTo(toNs);
};

/** Digests at every whole second after the present one, up to `seconds`. */
function chainOf(simulation: Simulation, drive: Drive = straightOn, seconds = SECONDS): readonly string[] {
  const digests: string[] = [];
  for (let second = Math.floor(simulation.timeNs / S) + 1; second <= seconds; second++) {
    drive(simulation, second * S);
    expect(simulation.timeNs).toBe(second * S);
    digests.push(simulation.digest);
  }
  return digests;
}

const seven = (text = TEXT, options: SimulationOptions = {}) => runOf(text, { seed: 7, ...options });

/** Numbers without end, the same every time: a linear congruence is enough to choose moments by. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * sides);
  };
}

describe('the digest of order-pipeline, seed 7, every second of 60', () => {
  const reference = chainOf(seven());

  it('changes every second: no two of the chain are alike', () => {
    expect(reference).toHaveLength(60);
    expect(new Set(reference).size).toBe(60);
    for (const digest of reference) expect(digest).toMatch(/^[0-9a-f]{16}$/);
  });

  it('is the same a second time', () => {
    expect(chainOf(seven())).toEqual(reference);
  });

  it('is another for every other seed, from the first second on', () => {
    for (const seed of [0, 1, 6, 8, 7 + 2 ** 32, 2 ** 53 - 1]) {
      const other = chainOf(seven(TEXT, { seed }));
      expect(other.filter((digest, second) => digest === reference[second])).toEqual([]);
    }
  });

  it.each([
    ['a tick', MS],
    ['a frame of a sixtieth of a second', 16_666_667],
    ['a third of a second and a little', 333_333_334],
  ])('is the same in slices of %s', (_, sliceNs) => {
    const inSlices: Drive = (simulation, toNs) => {
      while (simulation.timeNs < toNs) simulation.advanceTo(Math.min(toNs, simulation.timeNs + sliceNs));
    };
    expect(chainOf(seven(), inSlices)).toEqual(reference);
  });

  it.each([1, 7, 1000])('is the same when it is handled %i events at a time', (budget) => {
    const inBudgets: Drive = (simulation, toNs) => {
      while (simulation.advanceTo(toNs, budget) === 'budget');
    };
    expect(chainOf(seven(), inBudgets)).toEqual(reference);
  });

  it('is the same when it is stepped: events, messages, ticks', () => {
    const stepped: Drive = (simulation, toNs) => {
      while (simulation.timeNs < toNs) {
        for (let i = 0; i < 3; i++) if (!simulation.stepEvent(toNs - simulation.timeNs)) return;
        if (simulation.timeNs + MS < toNs) simulation.stepTick();
        if (!simulation.stepMessage(toNs - simulation.timeNs)) return;
      }
    };
    expect(chainOf(seven(), stepped)).toEqual(reference);
  });

  it('is the same watched and unwatched', () => {
    const watched = seven(TEXT, { traceEvery: 1 });
    const sampler = new Sampler(watched);
    const judge = Judge.create(watched, [{ text: 'end: lost == 0', at: [] }]);
    expect(judge.ok).toBe(true);
    const measures = new Measures(watched);
    const looking: Drive = (simulation, toNs) => {
      while (simulation.timeNs < toNs) {
        simulation.advanceTo(Math.min(toNs, simulation.timeNs + 40 * MS));
        sampler.sample();
        for (const measure of measures.all()) measure.total();
        ledgerOf(simulation.world);
        simulation.checkpoint();
      }
    };
    expect(chainOf(watched, looking)).toEqual(reference);
  });

  it('is the same when a hundred messages are selected in mid-run', () => {
    const simulation = seven();
    const first = chainOf(simulation, straightOn, 30);
    for (let number = 1; number <= 100; number++) expect(followMessage(simulation, 'checkout', number)).toEqual([]);
    expect([...first, ...chainOf(simulation)]).toEqual(reference);
  });

  it('is the same after checkpoint and restore at 20 random ticks', () => {
    const die = dice(20);
    for (let i = 0; i < 20; i++) {
      const simulation = seven();
      const tick = 1 + die(SECONDS * 1000 - 1);
      simulation.advanceTo(tick * MS);
      const checkpoint = simulation.checkpoint();
      const on = chainOf(simulation);
      simulation.restore(checkpoint);
      expect(simulation.timeNs).toBe(tick * MS);
      expect(chainOf(simulation)).toEqual(on);
      expect(on).toEqual(reference.slice(Math.floor(tick / 1000)));
      // And in another run of the same scenario, which was somewhere else.
      const other = seven();
      other.advanceTo(die(SECONDS * 1000) * MS);
      other.restore(checkpoint);
      expect(chainOf(other)).toEqual(on);
    }
  });

  it('is the same with nodes renamed and moved, and everything reordered in the file', () => {
    const document = JSON.parse(TEXT) as ScenarioDocument;
    const die = dice(3);
    const shuffled = <T>(list: readonly T[]): T[] => {
      const left = [...list];
      return Array.from(list, () => left.splice(die(left.length), 1)[0] as T);
    };
    for (let i = 0; i < 5; i++) {
      const { topology } = document;
      const nodes = shuffled(topology.nodes).map((one, ix) => ({
        ...Object.fromEntries(shuffled(Object.entries(one))),
        name: `Another name ${ix}`,
        position: { x: die(5000), y: -die(5000) },
        comment: 'moved about',
      }));
      const wires = shuffled(topology.wires).map((one) => ({
        ...Object.fromEntries(shuffled(Object.entries(one))),
        comment: 'so what',
      }));
      const text = JSON.stringify({
        ...document,
        title: 'Another title',
        about: '',
        topology: { ...topology, name: 'x', nodes, wires },
      });
      expect(text).not.toBe(TEXT);
      expect(chainOf(seven(text))).toEqual(reference);
    }
  });

  it('is another when one service time is a nanosecond longer, from the first work with it on', () => {
    const document = JSON.parse(TEXT) as ScenarioDocument;
    const withWork = (mean: string) => {
      const nodes = document.topology.nodes.map((one) =>
        one.id === 'worker-1' ? { ...one, params: { ...one.params, work: { law: 'constant', value: mean } } } : one,
      );
      return chainOf(seven(JSON.stringify({ ...document, topology: { ...document.topology, nodes } })));
    };
    const plain = withWork('450ms');
    const longer = withWork('450000001ns');
    const firstApart = plain.findIndex((digest, second) => digest !== longer[second]);
    // Nobody can have done any work in the first second: that takes 0.35 s to the queue, 0.2 s to the worker and 0.45 s there.
    expect(firstApart).toBeGreaterThanOrEqual(1);
    expect(firstApart).toBeLessThan(5);
    expect(plain.slice(firstApart).filter((digest, ix) => digest === longer[firstApart + ix])).toEqual([]);
  });

  it('is another when a node with another id stands in the same place: ids are what chance goes by', () => {
    const other = chainOf(seven(TEXT.replaceAll('worker-1', 'worker-0')));
    expect(other[59]).not.toBe(reference[59]);
  });

  it('shifts nobody else: what added nodes draw is their own, busy or idle', () => {
    const document = JSON.parse(TEXT) as ScenarioDocument;
    const { topology } = document;
    const worker = topology.nodes.find(({ id }) => id === 'worker-1');
    const nodes = [
      ...topology.nodes,
      node('aaa-idle', 'sender', { rate: 50 }),
      node('aaa-shop', 'sender', { rate: 9, poison: 0.1 }),
      node('aaa-queue', 'queue'),
      { ...worker, id: 'aaa-worker' },
      node('zzz-idle', 'queue'),
    ];
    const wires = [
      ...topology.wires,
      wire('publish', 'aaa-shop', 'aaa-queue', { delay: '5ms', jitter: '5ms' }),
      wire('deliver', 'aaa-queue', 'aaa-worker', { delay: '5ms', jitter: '9ms' }),
    ];
    const larger = seven(JSON.stringify({ ...document, topology: { ...topology, nodes, wires } }), { traceEvery: 1 });
    const plain = seven(TEXT, { traceEvery: 1 });
    const [added, orders] = [larger, plain].map((simulation) => {
      simulation.advanceTo(60 * S);
      return topology.nodes
        .filter(({ kind }) => kind === 'sender')
        .flatMap(({ id }) => Array.from({ length: 100 }, (_, ix) => journeyOf(simulation, id, ix + 1)));
    });
    expect(orders?.flat().length).toBeGreaterThan(1000);
    expect(added).toEqual(orders);
    expect(
      new Measures(larger)
        .get('processed')
        ?.series()
        .find((one) => one.node === 'aaa-worker')
        ?.read(),
    ).toBeGreaterThan(50);
  });
});

/** Everything the network and the clients can do at once: what a checkpoint has to bring back. */
const CROWDED = {
  nodes: [
    node('callers', 'sender', { loop: 'closed', callers: 20, think: { law: 'exponential', mean: '50ms' }, keys: 7 }),
    node('poisson', 'sender', { rate: 60, poison: 0.03, size: { law: 'log-normal', mean: 900, scv: 2 } }),
    node('bursty', 'sender', { arrivals: 'bursts', burstSize: 30, burstEvery: '700ms' }),
    node('curve', 'sender', {
      arrivals: 'day',
      dayCurve: [
        ['0s', 5],
        ['10s', 60],
        ['20s', 5],
      ],
    }),
    node('news', 'topic'),
    node('narrow', 'queue', { capacity: 40, overflow: 'block', ackDeadline: '400ms' }),
    node('dropping', 'queue', { capacity: 10, overflow: 'drop-oldest', returnTo: 'front' }),
    node('listener', 'service', { work: { law: 'erlang', shape: 3, mean: '10ms' }, failure: 0.1 }),
    node('worker-a', 'service', {
      concurrency: 3,
      work: { law: 'exponential', mean: '40ms' },
      failure: 0.3,
      maxAttempts: 2,
      retry: 'decorrelated',
      retryBase: '100ms',
      poison: 'crashes',
    }),
    node('worker-b', 'service', {
      work: { law: 'hyperexponential', share: 0.9, mean1: '10ms', mean2: '90ms' },
      failure: 0.3,
      maxAttempts: 2,
      retry: 'polly-decorrelated',
      retryBase: '50ms',
      retryWait: 'in-worker',
    }),
    node('results', 'queue', { capacity: 200, overflow: 'block' }),
    node('dead', 'dead-letter-queue'),
  ],
  wires: [
    wire('publish', 'callers', 'narrow', { delay: '5ms', jitter: '5ms', loss: 0.05, confirm: true, timeout: '200ms' }),
    wire('publish', 'poisson', 'news', { delay: '2ms', bandwidth: 80_000 }),
    wire('publish', 'bursty', 'narrow', { delay: '0s' }),
    wire('publish', 'curve', 'dropping', { delay: '10ms', duplication: 0.1 }),
    wire('publish', 'worker-b', 'results', { delay: '1ms', jitter: '3ms' }),
    wire('feed', 'news', 'narrow', { delay: '1ms' }),
    wire('feed', 'news', 'dropping', { delay: '0s' }),
    wire('subscribe', 'news', 'listener', { delay: '3ms', jitter: '2ms' }),
    wire('deliver', 'narrow', 'worker-a', { delay: '2ms', desk: 6, loss: 0.02 }),
    wire('deliver', 'narrow', 'worker-b', { delay: '0s', pollTimeout: '1s' }),
    wire('deliver', 'dropping', 'worker-b', { delay: '1ms', duplication: 0.05, pollTimeout: '1s' }),
    wire('dead-letter', 'narrow', 'dead'),
    wire('dead-letter', 'dropping', 'dead'),
  ],
  commands: [
    { at: '3s', do: 'crash worker-a for 2s' },
    { at: '4s', do: 'slow worker-b x3 for 4s' },
    { at: '6.5s', do: 'cut narrow-worker-a for 1s' },
    { at: '8s', do: 'stall narrow 300ms' },
    { at: '9s', do: 'crash dropping for 500ms' },
    { at: '10s', do: 'lose news-narrow 50% for 2s' },
    { at: '11s', do: 'delay callers-narrow 50ms for 1s' },
    { at: '12s', do: 'redrive dead 5' },
    { at: '13s', do: 'poison poisson 50% for 1s' },
    { at: '14s', do: 'burst bursty 100 over 2s' },
    { at: '15s', do: 'set worker-a.concurrency 5' },
    { at: '16s', do: 'remove worker-b' },
  ],
};

describe('everything at once', () => {
  const crowded = () => simulationOf(CROWDED, { seed: 11 });
  const reference = chainOf(crowded(), straightOn, 20);

  it('goes through every class that a run of these kinds can reach', () => {
    const simulation = crowded();
    simulation.advanceTo(20 * S);
    const { publish, delivery, reasons, repeats } = ledgerOf(simulation.world);
    const reached = [
      publish.accepted,
      publish.lost,
      delivery.processed,
      delivery.dropped,
      delivery.lost,
      delivery.deadLettered,
      repeats,
    ];
    expect(Math.min(...reached)).toBeGreaterThan(0);
    const why = [...new Set(reasons.map(({ reason }) => reason))];
    expect(why).toEqual(expect.arrayContaining(['loss', 'overflow', 'rejected', 'down', 'forgotten', 'full']));
    expect(simulation.refused).toEqual([]);
  });

  it('comes back from a checkpoint at 20 random ticks', () => {
    const die = dice(77);
    for (let i = 0; i < 20; i++) {
      const simulation = crowded();
      simulation.advanceTo((1 + die(19_999)) * MS);
      const checkpoint = simulation.checkpoint();
      const on = chainOf(simulation, straightOn, 20);
      expect(on).toEqual(reference.slice(reference.length - on.length));
      simulation.restore(checkpoint);
      expect(chainOf(simulation, straightOn, 20)).toEqual(on);
    }
  });

  it('comes back from a checkpoint between two events of one instant', () => {
    const simulation = crowded();
    for (let i = 0; i < 20; i++) {
      simulation.advanceTo(20 * S, 1_501 + 37 * i);
      const checkpoint = simulation.checkpoint();
      const { digest, timeNs } = simulation;
      simulation.advanceTo(timeNs + S);
      simulation.restore(checkpoint);
      expect([simulation.digest, simulation.timeNs]).toEqual([digest, timeNs]);
    }
    simulation.advanceTo(20 * S);
    expect(simulation.digest).toBe(reference.at(-1));
  });

  it('is the same in any slices', () => {
    const inSlices: Drive = (simulation, toNs) => {
      while (simulation.timeNs < toNs) simulation.advanceTo(Math.min(toNs, simulation.timeNs + 16_666_667), 500);
    };
    expect(chainOf(crowded(), inSlices, 20)).toEqual(reference);
  });

  it('is the same when commands come from a log instead of a scenario', () => {
    const { commands: _, ...drawing } = CROWDED;
    const scripted = crowded();
    scripted.advanceTo(20 * S);
    const log = scripted.checkpoint();
    expect(log.log).toEqual([]);
    const byHand = simulationOf(drawing, { seed: 11, log: crowded().checkpoint().waiting });
    expect(chainOf(byHand, straightOn, 20)).toEqual(reference);
  });
});

describe('stalls that end in one instant', () => {
  it('are the same run in any slices, from now or from a copy, however far their end is', () => {
    for (const [stallMs, rate, endNs, sliceNs] of [
      [300, 200, 3 * S, 1_234_567],
      [7_200_000, 5, 7202 * S, 1.7 * S],
    ] as const) {
      const ids = Array.from({ length: 12 }, (_, ix) => `worker-${ix}`);
      const stalled = () =>
        simulationOf({
          nodes: [
            node('shop', 'sender', { rate }),
            node('orders', 'queue', { ackDeadline: '1s' }),
            ...ids.map((id) =>
              node(id, 'service', { work: { law: 'exponential', mean: '30ms' }, failure: 0.2, retry: 'fixed', retryBase: '0s' }),
            ),
          ],
          wires: [
            wire('publish', 'shop', 'orders', { delay: '0s' }),
            ...ids.map((id, ix) => wire('deliver', 'orders', id, { delay: ix % 3 === 0 ? '0s' : `${ix}ms` })),
          ],
          commands: [...ids, 'orders'].map((id, ix) => ({
            at: `${500 + ((ix * 7) % 13)}ms`,
            do: `stall ${id} ${stallMs - ((ix * 7) % 13)}ms`,
          })),
        });
      const straight = stalled();
      straight.advanceTo(endNs);
      expect(straight.stopped).toBeNull();
      const sliced = stalled();
      while (sliced.timeNs < endNs) sliced.advanceTo(Math.min(endNs, sliced.timeNs + sliceNs));
      const restored = stalled();
      restored.advanceTo(0.6 * S);
      const copy = restored.checkpoint();
      restored.advanceTo(0.9 * S);
      restored.restore(copy);
      while (restored.advanceTo(endNs, 13) === 'budget');
      expect([sliced.digest, restored.digest]).toEqual([straight.digest, straight.digest]);
    }
  });
});

describe('the scenarios of the repository', () => {
  it.each(SCENARIOS)('%s comes back from a checkpoint at 20 random ticks', (name) => {
    const text = scenarioText(name);
    const reference = chainOf(runOf(text), straightOn, 30);
    const die = dice(name.length);
    const simulation = runOf(text);
    const start = simulation.checkpoint();
    for (let i = 0; i < 20; i++) {
      simulation.restore(start);
      simulation.advanceTo((1 + die(29_999)) * MS);
      const checkpoint = simulation.checkpoint();
      simulation.advanceTo(30 * S);
      expect(simulation.digest).toBe(reference[29]);
      simulation.restore(checkpoint);
      expect(chainOf(simulation, straightOn, 30)).toEqual(reference.slice(Math.floor(checkpoint.timeNs / S)));
    }
  });
});
