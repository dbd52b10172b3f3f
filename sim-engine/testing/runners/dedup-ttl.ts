// Judges patterns/dedup-ttl by runs of a service that remembers keys: the mode is the order of its steps, a crash is one between two
// of them. Nothing is delivered again but what the case itself delivers.

import { isSamePlain } from '../../kernel/plain-state.ts';
import type { Service } from '../../nodes/services/service.ts';
import { isSeen } from '../../parts/dedup-window.ts';
import { node, simulationOf, wire } from '../drawing.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';

const SECOND_NS = 1e9;
const MS_NS = 1e6;

type Mode = 'markBefore' | 'markAfter' | 'atomic';
interface Delivery {
  readonly t: number;
  readonly id: string;
  readonly crash?: 'beforeEffect' | 'afterEffect';
}

const CHARGE = { do: 'charge', takes: { law: 'constant', value: '0s' } };
const STEPS: { readonly [mode in Mode]: readonly unknown[] } = {
  markBefore: ['receive', 'remember', CHARGE, 'acknowledge'],
  markAfter: ['receive', 'check', CHARGE, 'mark', 'acknowledge'],
  atomic: ['receive', 'check', { ...CHARGE, once: true }, 'acknowledge'],
};
/** In each list the charge is the third step. A transaction that a crash interrupts, early or late, has never been. */
const CRASH_AFTER: { readonly [mode in Mode]: { readonly beforeEffect: number; readonly afterEffect: number } } = {
  markBefore: { beforeEffect: 2, afterEffect: 3 },
  markAfter: { beforeEffect: 2, afterEffect: 3 },
  atomic: { beforeEffect: 2, afterEffect: 2 },
};

export const DEDUP_TTL_FORMAT: VectorFormat = {
  key: 'patterns/dedup-ttl',
  judge(one: VectorCase): Judgement {
    const { mode, ttlSeconds, deliveries } = one.input as {
      readonly mode: Mode;
      readonly ttlSeconds: number;
      readonly deliveries: readonly Delivery[];
    };
    const found = run(mode, ttlSeconds, deliveries);
    const faults = Object.keys(one.expected)
      .filter((key) => !isSamePlain(found[key as keyof Outcome], one.expected[key]))
      .map((key) => `${key}: ${JSON.stringify(found[key as keyof Outcome])}, recorded ${JSON.stringify(one.expected[key])}`);
    return { faults };
  },
};

interface Outcome {
  readonly steps: readonly string[];
  readonly effects: readonly string[];
  readonly duplicates: number;
  readonly neverProcessed: readonly string[];
}

function run(mode: Mode, ttlSeconds: number, deliveries: readonly Delivery[]): Outcome {
  const ids = [...new Set(deliveries.map(({ id }) => id))];
  const instant = { delay: '0s' };
  const simulation = simulationOf(
    {
      nodes: [
        ...deliveries.map(({ t, id }, ix) => {
          const key = ids.indexOf(id);
          const keyWeights = ids.map((name, at) => ({ name, weight: at === key ? 1 : 0 }));
          return node(`m${ix}`, 'sender', {
            arrivals: 'times',
            times: [`${t}s`],
            keys: ids.length,
            keyLaw: 'weighted',
            keyWeights,
          });
        }),
        node('orders', 'queue', { ackDeadline: '0s' }),
        node('worker', 'service', {
          steps: STEPS[mode],
          memory: 'key',
          memoryTtl: `${ttlSeconds}s`,
          memoryKept: true,
          restartAfter: '1ms',
        }),
      ],
      wires: [
        ...deliveries.map((_, ix) => wire('publish', `m${ix}`, 'orders', instant)),
        wire('deliver', 'orders', 'worker', instant),
      ],
    },
    { traceEvery: 1 },
  );
  const { world } = simulation;
  const spec = { ttlNs: ttlSeconds * SECOND_NS, maxCount: 0 };
  const { work } = world.actors[world.nodeIds.indexOf('worker')] as Service;
  const memory = () => work.memory.state;
  const steps: string[] = [];
  const effects: string[] = [];
  for (const [ix, { t, id, crash }] of deliveries.entries()) {
    simulation.advanceTo(Math.max(simulation.timeNs, t * SECOND_NS - MS_NS));
    const value = crash === undefined ? 0 : CRASH_AFTER[mode][crash];
    simulation.schedule(simulation.timeNs, { type: 'setParam', target: 'worker', field: 'crashAfter', value });
    simulation.advanceTo(t * SECOND_NS + 100 * MS_NS);
    const sender = world.nodeIds.indexOf(`m${ix}`);
    const stops = new Set(
      world.trace
        .entries()
        .filter((entry) => entry.sender === sender)
        .map(({ stop }) => stop),
    );
    const isRemembered = isSeen(spec, memory(), simulation.timeNs, 0, ids.indexOf(id));
    if (stops.has('processed')) effects.push(id);
    if (stops.has('processed')) steps.push(isRemembered ? 'processed' : 'processedNotMarked');
    else if (stops.has('recognised')) steps.push('skipped');
    // What is remembered without its effect will be passed over when it comes again.
    else steps.push(isRemembered ? 'lost' : 'notProcessed');
  }
  return {
    steps,
    effects,
    duplicates: effects.length - new Set(effects).size,
    neverProcessed: ids.filter((id) => !effects.includes(id)),
  };
}
