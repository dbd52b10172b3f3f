// Judges queueing/closed by the two checks of vectors/queueing/README.md: N callers of one requester think, ask, and wait for the reply
// of a server. Exact: predicted from the draws alone, every request is asked, begun and done to the nanosecond. Statistical:
// measured over a long run, against the birth-death solution. It holds the theory, no broker. P4 and Q11.

import type { LawSpec } from '../../kernel/law-spec.ts';
import { Measures } from '../../simulation/measures.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import { DELIVER, PUBLISH } from '../../world/packet-types.ts';
import { TRACE_ENTRIES } from '../../world/trace.ts';
import { World } from '../../world/world.ts';
import { node, simulationOf, wire } from '../drawing.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';
import { tapActor } from './tapped-actor.ts';

const SEED = 1;
/** Simulated length of the mean service time, which is the unit of every case, ns. */
const UNIT_NS = 10_000_000;

const EXACT_REQUESTS = 20_000;
const STATISTICAL_REQUESTS_MIN = 200_000;
const STATISTICAL_UTILISATION_MAX = 0.9;
const WARM_UP_SHARE = 0.1;
const RELATIVE = 0.1;

interface Loop {
  readonly clients: number;
  readonly thinkTime: number;
  readonly servers: number;
}

/** In the units of the case. */
interface Figures {
  readonly throughput: number;
  readonly responseTime: number;
  readonly L: number;
  readonly utilisationPerServer: number;
}
const FIGURES = ['throughput', 'responseTime', 'L', 'utilisationPerServer'] as const;

export const CLOSED_LOOP_FORMAT: VectorFormat = {
  key: 'queueing/closed',
  judge(one: VectorCase): Judgement {
    const loop = one.input as unknown as Loop;
    const expected = one.expected as unknown as Figures;
    const faults = [...exactFaults(loop)];
    if (faults.length > 0) return { faults };
    const forWidth = (one.validation?.['messagesForRelHalfWidth_0.05'] as number | undefined) ?? 0;
    const measured = measure(loop, Math.max(STATISTICAL_REQUESTS_MIN, forWidth), expected.throughput);
    const isJudged = expected.utilisationPerServer <= STATISTICAL_UTILISATION_MAX;
    for (const figure of isJudged ? FIGURES : []) {
      if (!(Math.abs(measured[figure] - expected[figure]) <= RELATIVE * expected[figure]))
        faults.push(`${figure} ${measured[figure].toPrecision(5)}, theory ${expected[figure].toPrecision(5)}`);
    }
    const told = FIGURES.map((figure) => `${figure} ${measured[figure].toPrecision(4)} (${expected[figure].toPrecision(4)})`);
    return { faults, details: told.join(', ') };
  },
};

function runOf({ clients, thinkTime, servers }: Loop, traceEvery: number): Simulation {
  const instant = { delay: '0s' };
  const read = { ...instant, pollTimeout: '1h' };
  return simulationOf(
    {
      nodes: [
        node('client', 'requester', {
          loop: 'closed',
          callers: clients,
          think: { law: 'exponential', mean: `${Math.round(thinkTime * UNIT_NS)}ns` },
          timeout: '0s',
        }),
        node('line', 'queue', { ackDeadline: '0s' }),
        node('server', 'service', {
          concurrency: servers,
          work: { law: 'exponential', mean: `${UNIT_NS}ns` },
          retry: 'none',
        }),
        node('replies', 'queue', { ackDeadline: '0s' }),
      ],
      wires: [
        wire('publish', 'client', 'line', instant),
        wire('deliver', 'line', 'server', read),
        wire('publish', 'server', 'replies', instant),
        wire('deliver', 'replies', 'client', read),
      ],
      seed: SEED,
    },
    { traceEvery },
  );
}

// ------------------------------------------------------------------ exact

/** Times of the first requests, in the order in which they were asked, which is that in which they are begun; -1 where unknown. */
interface Times {
  readonly asked: Float64Array;
  readonly begun: Float64Array;
  readonly done: Float64Array;
}
const STOPS = ['asked', 'begun', 'done'] as const;

const noTimes = (): Times => {
  const none = new Float64Array(EXACT_REQUESTS).fill(-1);
  return { asked: none, begun: none.slice(), done: none.slice() };
};

/** Stops of a request and of its reply, with room to spare. */
const STOPS_MAX = 16;
const REQUESTS_PER_LOOK = TRACE_ENTRIES / STOPS_MAX / 4;

/** The first requests that were not asked, begun or done when they should have been. */
function exactFaults(loop: Loop): readonly string[] {
  const simulation = runOf(loop, 1);
  const wanted = predicted(loop, simulation);
  const found = noTimes();
  const columns = new Map([
    ['sent', found.asked],
    ['begun', found.begun],
    ['processed', found.done],
  ]);
  const client = simulation.assembly.actorsOfNode('client')[0]?.ix;
  const lastNs = wanted.done.reduce((latest, ns) => Math.max(latest, ns), 0);
  const lookNs = Math.ceil((UNIT_NS * REQUESTS_PER_LOOK) / loop.servers);
  while (simulation.timeNs <= lastNs) {
    const fromNs = simulation.timeNs;
    simulation.advanceTo(fromNs + lookNs);
    for (const { atNs, sender, number, stop } of simulation.world.trace.entries()) {
      if (atNs < fromNs || sender !== client || number > EXACT_REQUESTS) continue;
      const column = columns.get(stop);
      if (column !== undefined) column[number - 1] = atNs;
    }
  }
  const faults: string[] = [];
  for (let i = 0; i < EXACT_REQUESTS && faults.length < 3; i++) {
    for (const stop of STOPS) {
      if (found[stop][i] !== wanted[stop][i])
        faults.push(`request ${i + 1} ${stop} at ${found[stop][i]} ns, theory ${wanted[stop][i]} ns`);
    }
  }
  return faults;
}

/**
 * Event by event from the draws of the run, the same laws on streams of the same seed and names: thinking times in the order in which
 * callers begin to think, service times in the order in which requests are begun, first asked, first begun.
 */
function predicted({ clients, servers }: Loop, simulation: Simulation): Times {
  const draws = new World(simulation.seed);
  const paramsOf = (id: string) => simulation.topology.nodes.find((one) => one.id === id)?.params ?? {};
  const think = draws.law(paramsOf('client').think as LawSpec, 'client', 'think');
  const work = draws.law(paramsOf('server').work as LawSpec, 'server', 'work');
  const drawn = (law: typeof think): number => {
    law.drawInto(draws.drawn);
    return draws.drawn[0] as number;
  };
  const times = noTimes();
  const thinking = Array.from({ length: clients }, () => drawn(think));
  const working = new Map<number, number>();
  let asked = 0;
  let begun = 0;
  let nowNs = 0;
  const known = (number: number): boolean => number < EXACT_REQUESTS;
  while (begun < EXACT_REQUESTS || [...working.keys()].some(known)) {
    const nextThought = thinking.reduce((first, ns, i) => (ns < (thinking[first] as number) ? i : first), 0);
    const thoughtNs = thinking[nextThought] ?? Number.POSITIVE_INFINITY;
    let nextDone = -1;
    for (const [number, ns] of working) if (nextDone < 0 || ns < (working.get(nextDone) as number)) nextDone = number;
    const doneNs = working.get(nextDone) ?? Number.POSITIVE_INFINITY;
    nowNs = Math.min(thoughtNs, doneNs);
    if (doneNs <= thoughtNs) {
      working.delete(nextDone);
      if (known(nextDone)) times.done[nextDone] = nowNs;
      thinking.push(nowNs + drawn(think));
    } else {
      thinking.splice(nextThought, 1);
      if (known(asked)) times.asked[asked] = nowNs;
      asked++;
    }
    while (working.size < servers && begun < asked) {
      if (known(begun)) times.begun[begun] = nowNs;
      working.set(begun++, nowNs + drawn(work));
    }
  }
  return times;
}

// ------------------------------------------------------------------ statistical

function measure(loop: Loop, requests: number, throughput: number): Figures {
  const simulation = runOf(loop, 0);
  const { world } = simulation;
  const measures = new Measures(simulation);
  const actorOf = (id: string): number => simulation.assembly.actorsOfNode(id)[0]?.ix as number;
  const gauge = (name: string): number => measures.get(name)?.total() ?? Number.NaN;
  // Requests on their way are counted as they pass, apart from the requester's own account of how long each took: the two sides of
  // Little's law.
  let inSystem = 0;
  let area = 0;
  let lastNs = 0;
  const pass = (by: number): void => {
    const nowNs = world.now[0] as number;
    area += inSystem * (nowNs - lastNs);
    lastNs = nowNs;
    inSystem += by;
  };
  tapActor(world, actorOf('line'), (type) => {
    if (type === PUBLISH) pass(1);
  });
  tapActor(world, actorOf('client'), (type) => {
    if (type === DELIVER) pass(-1);
  });
  const warmUpNs = Math.round((requests * WARM_UP_SHARE * UNIT_NS) / throughput);
  const lengthNs = Math.round((requests * UNIT_NS) / throughput);
  simulation.advanceTo(warmUpNs);
  pass(0);
  area = 0;
  const before = {
    busy: gauge('busy_seconds'),
    answered: gauge('answered'),
    seconds: gauge('request_seconds'),
  };
  simulation.advanceTo(warmUpNs + lengthNs);
  pass(0);
  const answered = gauge('answered') - before.answered;
  return {
    throughput: (answered * UNIT_NS) / lengthNs,
    responseTime: ((gauge('request_seconds') - before.seconds) * 1e9) / answered / UNIT_NS,
    L: area / lengthNs,
    utilisationPerServer: ((gauge('busy_seconds') - before.busy) * 1e9) / lengthNs / loop.servers,
  };
}
