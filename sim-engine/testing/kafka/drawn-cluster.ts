// A small cluster in a drawing, for tests of what its brokers and clients do: a shop writes to a topic, which a group of workers reads. Also
// what its logs and members hold, and what is said meanwhile.

import type { Member } from '../../nodes/kafka/consumer-member.ts';
import type { PartitionLog } from '../../nodes/kafka/partition-log.ts';
import type { InsideWord, Request, Response } from '../../nodes/kafka/protocol.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import type { WireDocument } from '../../topology/document.ts';
import type { Actor } from '../../world/actor.ts';
import { node, type ParamsDocument, partsOf, simulationOf, wire } from '../drawing.ts';

const part = partsOf('kafka');
export const topic = (id: string, params: ParamsDocument = {}) => part(id, 'kafka-topic', params);
export const produce = (from: string, to: string, params: ParamsDocument = {}) =>
  wire('kafka-produce', from, to, { delay: '1ms', ...params });
export const consume = (from: string, to: string, params: ParamsDocument = {}) =>
  wire('kafka-consume', from, to, { delay: '1ms', offsetReset: 'earliest', ...params });

interface Drawn {
  readonly cluster?: ParamsDocument;
  readonly sender?: ParamsDocument;
  readonly produces?: ParamsDocument;
  readonly orders?: ParamsDocument;
  readonly consumes?: ParamsDocument;
  readonly worker?: ParamsDocument;
  /** Services in the group, beginning with "worker0". */
  readonly workers?: number;
  readonly nodes?: Parameters<typeof simulationOf>[0]['nodes'];
  readonly wires?: readonly WireDocument[];
}

/** A shop writes to a topic, which a group of workers reads. */
export function drawn({
  cluster,
  consumes,
  nodes = [],
  orders,
  produces,
  sender,
  wires = [],
  worker,
  workers = 1,
}: Drawn = {}): Simulation {
  const names = Array.from({ length: workers }, (_, i) => `worker${i}`);
  return simulationOf({
    nodes: [
      node('shop', 'sender', { arrivals: 'constant', rate: 100, keys: 20, ...sender }),
      node('kafka', 'kafka', { initialRebalanceDelay: '100ms', ...cluster }),
      topic('orders', { partitions: 4, ...orders }),
      part('readers', 'kafka-group'),
      ...names.map((name) => node(name, 'service', { work: { law: 'constant', value: '1ms' }, ...worker })),
      ...nodes,
    ],
    wires: [
      produce('shop', 'orders', produces),
      wire('kafka-subscribe', 'orders', 'readers'),
      ...names.map((name) => consume('readers', name, consumes)),
      ...wires,
    ],
  });
}

/** What each of a node's actors remembers. */
export function savedOf<T>({ assembly, world }: Simulation, id: string): readonly T[] {
  return assembly.actors.filter(({ nodeId }) => nodeId === id).map(({ ix }) => (world.actors[ix] as Actor).save() as T);
}

/** Logs of the topic, in the order of its partitions. */
export function logsOf(simulation: Simulation): readonly PartitionLog[] {
  interface Notes {
    readonly own: { readonly partitions?: ReadonlyMap<string, { readonly partition: number; readonly log: PartitionLog }> };
  }
  return savedOf<Notes>(simulation, 'kafka')
    .flatMap(({ own }) => [...(own.partitions?.values() ?? [])])
    .sort((a, b) => a.partition - b.partition)
    .map(({ log }) => log);
}

/** Members that a worker runs. */
export function membersOf(simulation: Simulation, id: string): readonly Member[] {
  interface Notes {
    readonly parts: readonly ({ readonly members?: readonly Member[] } | null)[];
  }
  return savedOf<Notes>(simulation, id).flatMap(({ parts }) => parts.flatMap((notes) => notes?.members ?? []));
}

/** Partitions that the members of a worker own now. */
export const ownedBy = (simulation: Simulation, id: string): readonly string[] =>
  membersOf(simulation, id).flatMap(({ owned }) => [...owned.keys()]);

/** Counts requests of a sort from now on. */
export function countRequests({ world: { payloads } }: Simulation, isWanted: (request: Request) => boolean): { count: number } {
  const counted = { count: 0 };
  const put = payloads.put.bind(payloads);
  payloads.put = (content) => {
    const word = content as Request | InsideWord | Response;
    if ('api' in word && !isAnswer(word) && isWanted(word)) counted.count++;
    return put(content);
  };
  return counted;
}
const isAnswer = (word: Request | Response): word is Response =>
  'results' in word || 'error' in word || 'offsets' in word || 'metadata' in word || 'producerId' in word;

/** What is told as news from now on: how often, by key. */
export function listenTo({ world }: Simulation): Map<string, number> {
  const heard = new Map<string, number>();
  const notice = world.notice.bind(world);
  world.notice = (key, about, values) => {
    heard.set(key, (heard.get(key) ?? 0) + 1);
    notice(key, about, values);
  };
  return heard;
}
