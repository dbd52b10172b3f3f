// Draws a story of Kafka alone: one to five brokers, topics, groups by every assignor, producers with numbers and without, and brokers,
// members and hosts that die, stall and come back, in a network that is cut, slowed and lossy. Where the fuzzer's other stories lay wires
// between everything there is, here all of them make sense together, so that the laws of Kafka have something to judge.

import type { Command } from '../../simulation/commands.ts';
import type { NodeDocument, TopologyDocument, WireDocument } from '../../topology/document.ts';
import { DOCUMENT_VERSION, TOPOLOGY_FORMAT } from '../../topology/document.ts';
import { node, type ParamsDocument, wire } from '../drawing.ts';
import type { Dice } from './dice.ts';

const MS_NS = 1_000_000;
const SECOND_NS = 1000 * MS_NS;

export interface DrawnCluster {
  readonly topology: TopologyDocument;
  readonly script: readonly { readonly atNs: number; readonly command: Command; readonly stamp: 'tick' | 'nanosecond' }[];
  readonly endNs: number;
  /** Time between two looks of the checkers, ns. */
  readonly everyNs: number;
}

const CLUSTER = 'kafka';
const part = (id: string, kind: string, params: ParamsDocument = {}): NodeDocument => ({
  ...node(id, kind, params),
  parent: CLUSTER,
});

interface Cast {
  readonly nodes: NodeDocument[];
  readonly wires: WireDocument[];
  readonly brokers: number;
  readonly topics: readonly string[];
  readonly groups: readonly string[];
  readonly senders: readonly string[];
  readonly workers: readonly string[];
  /** By group: what its members are told, all of them the same. */
  readonly manners: ReadonlyMap<string, ParamsDocument>;
}

export function drawCluster(dice: Dice): DrawnCluster {
  // Retention and the cleaner look once in a while: to see them, a run goes on for minutes and little happens in it.
  const isLong = dice.chance(0.2);
  const endNs = isLong ? dice.int(310, 650) * SECOND_NS : dice.int(4_000, 14_000) * MS_NS;
  const cast = drawCast(dice, isLong);
  const script = drawScript(dice, cast, endNs);
  return {
    topology: { format: TOPOLOGY_FORMAT, version: DOCUMENT_VERSION, nodes: cast.nodes, wires: cast.wires },
    script,
    endNs,
    everyNs: isLong ? 20 * MS_NS : MS_NS,
  };
}

const names = (letter: string, count: number): readonly string[] => Array.from({ length: count }, (_, i) => `${letter}${i}`);

function drawCast(dice: Dice, isLong: boolean): Cast {
  const brokers = dice.int(1, 5);
  const topics = names('t', dice.int(1, 3));
  const groups = names('g', dice.int(1, 2));
  const senders = names('s', dice.int(1, 3));
  const workers = names('w', dice.int(1, 5));
  const manners = new Map(groups.map((group) => [group, drawManners(dice)]));
  const cast: Cast = { nodes: [], wires: [], brokers, topics, groups, senders, workers, manners };
  cast.nodes.push(
    node(CLUSTER, 'kafka', { brokers, initialRebalanceDelay: `${dice.int(0, 300)}ms`, minSessionTimeout: '1ms' }),
    ...topics.map((id) => part(id, 'kafka-topic', drawTopic(dice, isLong))),
    ...groups.map((id) => part(id, 'kafka-group')),
    ...senders.map((id) => node(id, 'sender', drawSender(dice, isLong))),
    ...workers.map((id) => node(id, 'service', drawWorker(dice))),
  );
  for (const sender of senders) cast.wires.push(wire('kafka-produce', sender, dice.pick(topics), drawProducer(dice)));
  for (const group of groups) {
    const read = dice.shuffled(topics).slice(0, dice.int(1, topics.length));
    for (const topic of read) cast.wires.push(wire('kafka-subscribe', topic, group));
  }
  for (const worker of workers) cast.wires.push(drawMembership(dice, cast, worker));
  if (dice.chance(0.3)) drawScaler(dice, cast);
  return cast;
}

const drawMembership = (dice: Dice, { groups, manners }: Cast, worker: string): WireDocument => {
  const group = dice.pick(groups);
  return wire('kafka-consume', group, worker, { ...manners.get(group), ...drawNetwork(dice), staticMembers: dice.chance(0.2) });
};

const drawNetwork = (dice: Dice): ParamsDocument => ({ delay: dice.chance(0.2) ? '0s' : `${dice.int(200, 15_000)}us` });

function drawTopic(dice: Dice, isLong: boolean): ParamsDocument {
  if (!isLong) return { partitions: dice.int(1, 6), segmentBytes: dice.pick([200, 2_000, 1_000_000]) };
  return {
    partitions: dice.int(1, 3),
    cleanupPolicy: dice.pick(['delete', 'delete', 'compact', 'compact-delete']),
    segmentBytes: dice.int(100, 2_000),
    retentionTime: dice.pick(['60s', '120s', '7d']),
    retentionBytes: dice.pick([0, 0, 2_000]),
    minDirtyRatio: dice.pick([0, 0.3]),
    segmentTime: dice.pick(['20s', '7d']),
  };
}

function drawSender(dice: Dice, isLong: boolean): ParamsDocument {
  return {
    arrivals: dice.pick(['poisson', 'constant']),
    rate: isLong ? dice.int(1, 2) : dice.int(10, 60),
    keys: dice.pick([0, 0, 1, 3, 20]),
    size: { law: 'uniform', low: 10, high: dice.int(10, 400) },
  };
}

function drawProducer(dice: Dice): ParamsDocument {
  const idempotence = dice.pick(['default', 'off', 'on']);
  return {
    ...drawNetwork(dice),
    idempotence,
    acks: idempotence === 'on' ? 'all' : dice.pick(['all', 'all', '1', '0']),
    linger: `${dice.pick([0, 0, 5, 80])}ms`,
    batchSize: dice.pick([300, 1_000, 16_384]),
    bufferMemory: dice.pick([2_000, 20_000, 33_554_432]),
    maxInFlight: dice.pick([1, 2, 5]),
    requestTimeout: `${dice.int(50, 1_500)}ms`,
    deliveryTimeout: `${dice.int(300, 6_000)}ms`,
    retryBackoff: `${dice.int(10, 150)}ms`,
    synchronous: dice.chance(0.1),
  };
}

/** Members of one group that differ in these would keep each other out, or make its promises nobody's. */
function drawManners(dice: Dice): ParamsDocument {
  return {
    assignor: dice.pick(['default', 'range', 'roundrobin', 'sticky', 'cooperative-sticky', 'cooperative-sticky']),
    offsetReset: dice.pick(['earliest', 'earliest', 'earliest', 'latest']),
    commit: dice.pick(['auto', 'after', 'after', 'before']),
    autoCommitInterval: `${dice.int(20, 800)}ms`,
    commitEvery: dice.pick([0, 0, 1, 7]),
    maxPollRecords: dice.pick([1, 5, 500]),
    sessionTimeout: `${dice.int(200, 2_000)}ms`,
    heartbeatInterval: `${dice.int(20, 150)}ms`,
    maxPollInterval: `${dice.int(400, 4_000)}ms`,
    fetchMaxWait: `${dice.int(10, 500)}ms`,
    fetchMinBytes: dice.pick([1, 1, 1, 300]),
    maxPartitionFetchBytes: dice.pick([100, 1_048_576]),
  };
}

function drawWorker(dice: Dice): ParamsDocument {
  return {
    work: dice.chance(0.5)
      ? { law: 'constant', value: `${dice.int(1, 40)}ms` }
      : { law: 'exponential', mean: `${dice.int(1, 40)}ms` },
    ...(dice.chance(0.4) ? { failure: 0.2, retryBase: `${dice.int(0, 60)}ms` } : {}),
    concurrency: dice.pick([1, 1, 3]),
  };
}

/** Replicas of a worker come and go: members that leave the group in good order. */
function drawScaler(dice: Dice, { nodes, wires, workers }: Cast): void {
  const worker = dice.pick(workers);
  const params = {
    pollingInterval: `${dice.int(50, 400)}ms`,
    threshold: dice.int(1, 8),
    startUp: `${dice.int(0, 300)}ms`,
    cooldown: `${dice.int(0, 900)}ms`,
    stabilizationDown: `${dice.int(0, 900)}ms`,
    min: 1,
    max: dice.int(2, 4),
  };
  nodes.push(node('line', 'queue', {}), node('scaler', 'autoscaler', params));
  nodes.push(
    node('crowd', 'sender', { arrivals: 'bursts', burstSize: dice.int(10, 30), burstEvery: `${dice.int(500, 3_000)}ms` }),
  );
  nodes.push(node('clerk', 'service', { work: { law: 'constant', value: `${dice.int(10, 60)}ms` } }));
  wires.push(wire('publish', 'crowd', 'line'), wire('deliver', 'line', 'clerk'));
  wires.push(wire('watch', 'line', 'scaler'), wire('scale', 'scaler', worker));
}

// ------------------------------------------------------------------ what happens

type Happening = (dice: Dice, cast: Cast, serial: number) => Command | undefined;

const someTime = (dice: Dice, mostMs: number): { readonly forNs?: number } =>
  dice.chance(0.8) ? { forNs: dice.int(5, mostMs) * MS_NS + dice.int(0, 3) } : {};

const travelling = ({ wires }: Cast): readonly string[] =>
  wires.filter(({ kind }) => kind === 'kafka-produce' || kind === 'kafka-consume').map(({ id }) => id);

/** Brokers die and come back: some of them, all of them, none. */
const brokersDie: Happening = (dice, { brokers }) => {
  const down = names('', brokers).map((name) => Number(name) + 1);
  const value = dice.chance(0.4) ? '' : dice.shuffled(down).slice(0, dice.int(1, brokers)).join(',');
  return { type: 'setParam', target: CLUSTER, field: 'brokersDown', value };
};
const hostDies: Happening = (dice, { senders, workers }) => ({
  type: 'crash',
  node: dice.chance(0.8) ? dice.pick(workers) : dice.pick(senders),
  ...someTime(dice, 2_500),
});
const hostComesBack: Happening = (dice, { workers }) => ({ type: 'restart', node: dice.pick(workers) });
const hostStalls: Happening = (dice, { workers }) => ({
  type: 'stall',
  node: dice.pick(workers),
  forNs: dice.int(20, 2_500) * MS_NS,
});
const hostSlows: Happening = (dice, { workers }) => ({
  type: 'slow',
  node: dice.pick(workers),
  factor: dice.pick([0.5, 3, 20]),
  ...someTime(dice, 1_500),
});
const wireCut: Happening = (dice, cast) => ({ type: 'cut', wire: dice.pick(travelling(cast)), ...someTime(dice, 2_500) });
const wireHeals: Happening = (dice, cast) => ({ type: 'heal', wire: dice.pick(travelling(cast)) });
const wireSlows: Happening = (dice, cast) => ({
  type: 'delay',
  wire: dice.pick(travelling(cast)),
  extraNs: dice.int(1, 600) * MS_NS,
  ...someTime(dice, 1_500),
});
const wireLoses: Happening = (dice, cast) => ({
  type: 'lose',
  wire: dice.pick(travelling(cast)),
  share: 0.6 * dice.share(),
  ...someTime(dice, 1_500),
});
const senderBursts: Happening = (dice, { senders }) => ({ type: 'burst', node: dice.pick(senders), count: dice.int(5, 60) });
const memberJoins: Happening = (dice, cast, serial) => {
  const id = `new${serial}`;
  return {
    type: 'edit',
    edits: [
      { type: 'addNode', node: node(id, 'service', drawWorker(dice)) },
      { type: 'addWire', wire: drawMembership(dice, cast, id) },
    ],
  };
};
const workerGoes: Happening = (dice, { workers }) => ({ type: 'removeNode', node: dice.pick(workers) });
const partitionsGrow: Happening = (dice, { nodes, topics }) => {
  const topic = dice.pick(topics);
  const before = nodes.find(({ id }) => id === topic)?.params?.partitions as number;
  return { type: 'setParam', target: topic, field: 'partitions', value: before + dice.int(1, 3) };
};

const HAPPENINGS: readonly Happening[] = [
  brokersDie,
  brokersDie,
  brokersDie,
  hostDies,
  hostDies,
  hostComesBack,
  hostStalls,
  hostSlows,
  wireCut,
  wireCut,
  wireHeals,
  wireSlows,
  wireLoses,
  senderBursts,
  memberJoins,
  memberJoins,
  workerGoes,
  partitionsGrow,
];

/** A quiet moment at the end shows whether everything finds its way back. */
const QUIET_SHARE = 0.3;
const APART_NS = 2 * MS_NS;

function drawScript(dice: Dice, cast: Cast, endNs: number): DrawnCluster['script'] {
  const count = dice.chance(0.15) ? 0 : dice.int(1, 14);
  const times = Array.from({ length: count }, () => dice.int(0, (1 - QUIET_SHARE) * endNs)).sort((a, b) => a - b);
  const gone = new Set<string>();
  const grown = new Set<string>();
  const script: DrawnCluster['script'][number][] = [];
  let atNs = 0;
  for (const [serial, time] of times.entries()) {
    const command = dice.pick(HAPPENINGS)(dice, cast, serial);
    if (command === undefined || isTooLate(command, gone, grown)) continue;
    atNs = Math.max(time, atNs + APART_NS);
    script.push({ atNs, command, stamp: dice.chance(0.7) ? 'tick' : 'nanosecond' });
  }
  const back: Command = { type: 'setParam', target: CLUSTER, field: 'brokersDown', value: '' };
  script.push({ atNs: Math.max(atNs + APART_NS, Math.floor((1 - QUIET_SHARE) * endNs)), command: back, stamp: 'tick' });
  return script;
}

/** Who is taken out is not taken out again, and a topic grows once: of what is drawn only the beginning is known here. */
function isTooLate(command: Command, gone: Set<string>, grown: Set<string>): boolean {
  if (command.type === 'removeNode') {
    if (gone.size > 0) return true;
    gone.add(command.node);
    return false;
  }
  if (command.type === 'setParam' && command.field === 'partitions') {
    if (grown.has(command.target)) return true;
    grown.add(command.target);
    return false;
  }
  if ('node' in command && typeof command.node === 'string') return gone.has(command.node);
  if ('wire' in command && typeof command.wire === 'string')
    return [...gone].some((id) => command.wire === `g0-${id}` || command.wire === `g1-${id}`);
  return false;
}
