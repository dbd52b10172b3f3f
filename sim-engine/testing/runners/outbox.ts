// Judges patterns/outbox by real runs: one order, a service that dies between two of its steps, or a relay that dies between publishing
// and marking. Whether the row is there, and how often its event was published, is read from the run.

import { node, type ParamsDocument, simulationOf, wire } from '../drawing.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';

const SECOND_NS = 1e9;
/** After this time nobody crashes any more. */
const CALM_NS = SECOND_NS;
const END_NS = 60 * SECOND_NS;

interface Told {
  readonly row: boolean;
  readonly published: number;
}

interface Parts {
  readonly worker: ParamsDocument;
  readonly store?: ParamsDocument;
  /** Who publishes, and would crash: its field that says so. */
  readonly publisher: 'worker' | 'db';
}

const WRITE = { do: 'write', how: 'write' };

/** What is drawn for a case; null for one that is not known. */
function partsOf(pattern: unknown, crash: unknown): Parts | null {
  if (pattern === 'outbox' && crash === 'afterPublishBeforeMark') {
    const steps = ['receive', { ...WRITE, outbox: true }, 'acknowledge'];
    return {
      publisher: 'db',
      worker: { steps },
      store: { relayCrash: 'before-mark', relayCrashChance: 1, relayBackAfter: '2s' },
    };
  }
  if (pattern !== 'dualWrite') return null;
  const rowFirst = ['receive', WRITE, 'publish', 'acknowledge'];
  if (crash === 'none') return { publisher: 'worker', worker: { steps: rowFirst } };
  if (crash === 'afterDbBeforePublish') return { publisher: 'worker', worker: { steps: rowFirst, crashAfter: 2 } };
  const eventFirst = ['receive', 'publish', WRITE, 'acknowledge'];
  return crash === 'afterPublishBeforeDb' ? { publisher: 'worker', worker: { steps: eventFirst, crashAfter: 2 } } : null;
}

/** The order is handed out once and forgotten: what the crash leaves behind is not made good by a second delivery. */
function told({ publisher, store, worker }: Parts): Told {
  const instant = { delay: '0s' };
  const simulation = simulationOf(
    {
      nodes: [
        node('shop', 'sender', { arrivals: 'times', times: ['0s'] }),
        node('orders', 'queue'),
        node('worker', 'service', worker),
        node('db', 'store', { writeTakes: { law: 'constant', value: '3ms' }, ...store }),
        node('events', 'queue'),
      ],
      wires: [
        wire('publish', 'shop', 'orders', instant),
        wire('deliver', 'orders', 'worker', { ...instant, acknowledge: false }),
        wire('call', 'worker', 'db', instant),
        wire('publish', publisher, 'events', { ...instant, confirm: true }),
      ],
    },
    { traceEvery: 1 },
  );
  if (store?.relayCrash !== undefined) {
    simulation.schedule(CALM_NS, { type: 'setParam', target: 'db', field: 'relayCrash', value: 'never' });
  }
  simulation.advanceTo(END_NS);
  const { world } = simulation;
  const actorOf = (id: string): number => world.nodeIds.indexOf(id);
  const gauges = new Float64Array(64);
  world.actors[actorOf('db')]?.sample(gauges, 0);
  const published = world.trace.entries().filter(({ sender, stop }) => stop === 'accepted' && sender === actorOf(publisher));
  return { row: gauges[0] === 1, published: published.length };
}

export const OUTBOX_FORMAT: VectorFormat = {
  key: 'patterns/outbox',
  judge({ expected, input }: VectorCase): Judgement {
    const parts = partsOf(input.pattern, input.crash);
    if (parts === null) return { faults: [`unknown: ${input.pattern} with ${input.crash}`] };
    const { published, row } = told(parts);
    const faults: string[] = [];
    if (row !== expected.row) faults.push(`row: ${row}, recorded ${expected.row}`);
    const { publishedMax, publishedMin } = expected as { readonly publishedMin: number; readonly publishedMax: number };
    if (published < publishedMin || published > publishedMax)
      faults.push(`published ${published} times, recorded ${publishedMin} to ${publishedMax}`);
    return { faults };
  },
};
