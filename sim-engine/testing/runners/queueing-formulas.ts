// Judges queueing/fluid and queueing/tail by their formulas: a burst of constant rates through a line, and a request that waits for the
// slowest of many.

import type { Simulation } from '../../simulation/simulation.ts';
import { ACK, DELIVER, PUBLISH } from '../../world/packet-types.ts';
import { INSTANT, node, simulationOf, wire } from '../drawing.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';
import { MEAN_SERVICE_NS } from './queueing-laws.ts';
import { gaugeOf, Lengths } from './queueing-meter.ts';
import { tapActor } from './tapped-actor.ts';

const SEED = 1;
const SECOND_NS = 1e9;
const TICK_NS = 1_000_000;

const actorOf = (simulation: Simulation, id: string): number => simulation.assembly.actorsOfNode(id)[0]?.ix as number;

// ------------------------------------------------------------------ fluid

interface Burst {
  readonly burstRate: number;
  readonly burstSeconds: number;
  readonly afterRate: number;
  readonly capacity: number;
  readonly initialBacklog: number;
}

interface FluidExpected {
  readonly backlogAtBurstEnd: number;
  readonly drainSeconds: number;
  readonly maxWaitSeconds: number;
}

export const FLUID_FORMAT: VectorFormat = {
  key: 'queueing/fluid',
  judge(one: VectorCase): Judgement {
    const burst = one.input as unknown as Burst;
    const expected = one.expected as unknown as FluidExpected;
    const found = pourThrough(burst, expected.drainSeconds);
    // A stream of whole messages is at most two messages off a fluid, the one in work and the one that is not due yet; in the backlog
    // one of them is seen.
    const tickSeconds = TICK_NS / SECOND_NS;
    const tolerances: FluidExpected = {
      backlogAtBurstEnd: 1,
      drainSeconds: 2 / (burst.capacity - burst.afterRate) + tickSeconds,
      maxWaitSeconds: 2 / burst.capacity + tickSeconds,
    };
    const names = ['backlogAtBurstEnd', 'drainSeconds', 'maxWaitSeconds'] as const;
    const faults = names
      .filter((name) => !(Math.abs(found[name] - expected[name]) <= tolerances[name] * (1 + 1e-9)))
      .map((name) => `${name} ${found[name]}, theory ${expected[name]} within ${tolerances[name]}`);
    return { faults, details: names.map((name) => `${name} ${found[name]}/${expected[name]}`).join('  ') };
  },
};

function pourThrough(burst: Burst, drainSeconds: number): FluidExpected {
  const { burstRate, burstSeconds, afterRate, capacity, initialBacklog } = burst;
  const work = { law: 'constant', value: `${Math.round(SECOND_NS / capacity)}ns` };
  const simulation = simulationOf({
    nodes: [
      node('source', 'sender', { arrivals: 'constant', rate: burstRate }),
      node('line', 'queue', { ackDeadline: '0s' }),
      node('server', 'service', { work, retry: 'none' }),
    ],
    wires: [wire('publish', 'source', 'line', INSTANT), wire('deliver', 'line', 'server', { ...INSTANT, pollTimeout: '1h' })],
    seed: SEED,
  });
  const { world } = simulation;
  const burstEndNs = burstSeconds * SECOND_NS;
  let longestNs = 0;
  let drainedNs = Number.POSITIVE_INFINITY;
  tapActor(world, actorOf(simulation, 'server'), (type, obl) => {
    if (type !== DELIVER) return;
    const nowNs = world.now[0] as number;
    const cameNs = world.messages.createdNs[world.obligations.msg[obl] as number] as number;
    longestNs = Math.max(longestNs, nowNs - cameNs);
    // The backlog is gone when one comes whom nobody keeps waiting.
    if (nowNs > burstEndNs && nowNs === cameNs) drainedNs = Math.min(drainedNs, nowNs);
  });
  if (initialBacklog > 0) simulation.schedule(0, { type: 'burst', node: 'source', count: initialBacklog });
  simulation.schedule(burstEndNs, { type: 'setParam', target: 'source', field: 'rate', value: afterRate });
  simulation.advanceTo(burstEndNs);
  const backlogAtBurstEnd = gaugeOf(simulation, 'line', 'queue', 'queue_size');
  simulation.advanceTo(burstEndNs + Math.ceil(1.1 * drainSeconds * SECOND_NS) + SECOND_NS);
  return {
    backlogAtBurstEnd,
    drainSeconds: (drainedNs - burstEndNs) / SECOND_NS,
    maxWaitSeconds: longestNs / SECOND_NS,
  };
}

// ------------------------------------------------------------------ tail

interface TailExpected {
  readonly pAtLeastOneSlow: number;
  readonly meanMaxOfNExp: number;
  readonly p99OfMax: number;
}

/** Share of the calls that are slow: longer than all but this share of exponential lengths. */
const SLOW_SHARE = 0.01;
const REQUESTS_MIN = 10_000;
const CALLS_MIN = 200_000;
const P_ABSOLUTE = 0.05;
const MEAN_RELATIVE = 0.1;
const QUANTILE_RELATIVE = 0.15;

export const TAIL_FORMAT: VectorFormat = {
  key: 'queueing/tail',
  judge(one: VectorCase): Judgement {
    const n = one.input.n as number;
    const expected = one.expected as unknown as TailExpected;
    const found = fanOut(n, Math.max(REQUESTS_MIN, Math.ceil(CALLS_MIN / n)));
    const tolerances: TailExpected = {
      pAtLeastOneSlow: P_ABSOLUTE,
      meanMaxOfNExp: MEAN_RELATIVE * expected.meanMaxOfNExp,
      p99OfMax: QUANTILE_RELATIVE * expected.p99OfMax,
    };
    const names = ['pAtLeastOneSlow', 'meanMaxOfNExp', 'p99OfMax'] as const;
    const faults = names
      .filter((name) => !(Math.abs(found[name] - expected[name]) <= tolerances[name]))
      .map((name) => `${name} ${found[name].toPrecision(5)}, theory ${expected[name].toPrecision(5)}`);
    return {
      faults,
      details: names.map((name) => `${name} ${found[name].toPrecision(4)}/${expected[name].toPrecision(4)}`).join('  '),
    };
  },
};

/** Each request goes to all backends at once, of which none is ever short of places, and is done when the last of them is. */
function fanOut(n: number, requests: number): TailExpected {
  const unitNs = MEAN_SERVICE_NS;
  const backends = Array.from({ length: n }, (_, i) => i);
  const simulation = simulationOf({
    nodes: [
      node('source', 'sender', { arrivals: 'gaps', gaps: { law: 'exponential', mean: `${unitNs}ns` }, limit: requests }),
      ...backends.map((i) => node(`line${i}`, 'queue', { ackDeadline: '0s' })),
      ...backends.map((i) =>
        node(`backend${i}`, 'service', {
          concurrency: 100,
          work: { law: 'exponential', mean: `${unitNs}ns` },
          retry: 'none',
        }),
      ),
    ],
    wires: [
      ...backends.map((i) => wire('publish', 'source', `line${i}`, INSTANT)),
      ...backends.map((i) => wire('deliver', `line${i}`, `backend${i}`, { ...INSTANT, pollTimeout: '1h' })),
    ],
    seed: SEED,
  });
  const { world } = simulation;
  const slowNs = -Math.log(SLOW_SHARE) * unitNs;
  const left = new Map<number, { calls: number; hasSlow: boolean }>();
  const lengths = new Lengths();
  let done = 0;
  let slow = 0;
  let sumNs = 0;
  for (const i of backends) {
    tapActor(world, actorOf(simulation, `line${i}`), (type, first) => {
      if (type === PUBLISH && i === 0) left.set(first, { calls: n, hasSlow: false });
      if (type !== ACK) return;
      const msg = world.obligations.msg[first] as number;
      const request = left.get(msg);
      if (request === undefined) return;
      const lengthNs = (world.now[0] as number) - (world.messages.createdNs[msg] as number);
      if (lengthNs > slowNs) request.hasSlow = true;
      if (--request.calls > 0) return;
      left.delete(msg);
      done++;
      sumNs += lengthNs;
      lengths.add(lengthNs);
      if (request.hasSlow) slow++;
    });
  }
  simulation.advanceTo((requests + 1_000) * unitNs + Math.ceil(0.1 * requests * unitNs));
  if (done !== requests) throw new Error(`${done} of ${requests} requests came to an end`);
  return {
    pAtLeastOneSlow: slow / done,
    meanMaxOfNExp: sumNs / done / unitNs,
    p99OfMax: lengths.quantiles(unitNs).p99 as number,
  };
}
