// What the lanes of the deck show: series, colours, words. Data only; Lanes draws them.

import type { Gauge } from '../../sim-engine/nodes/node-kind.ts';
import type { MessageKey } from '../messages/asked.ts';
import type { ChartedGauge, LaneId } from '../store/charted.ts';
import { seriesOfGauge } from './history.ts';

export interface LaneSeries {
  readonly series: string;
  readonly label: MessageKey;
  /** Stands for the label: what people call it. */
  readonly name?: string;
  /** Said under the pointer. */
  readonly help?: MessageKey;
  /** Colour tokens. Series that are not states of a letter use ink. */
  readonly colour: string;
  readonly fill?: string;
  readonly width?: number;
  readonly dash?: string;
}
export interface Lane {
  /** A lane everybody has, or the series of a gauge. */
  readonly id: LaneId | string;
  /** A key of the page's words, or of the engine's for a gauge. */
  readonly name: string;
  /** Of a lane that somebody asked for. */
  readonly gauge?: ChartedGauge & { readonly declared: Gauge };
  /** The measure under its exported name. */
  readonly measure: string;
  /** `stack`: areas on top of each other; `areas`: each from the ground; `lines`: no areas, on a logarithmic axis. */
  readonly look: 'stack' | 'areas' | 'lines';
  /** Height of the axis that is never gone below. */
  readonly least: number;
  readonly series: readonly LaneSeries[];
}

export const LANES: readonly (Lane & { readonly id: LaneId; readonly name: MessageKey })[] = [
  {
    id: 'throughput',
    name: 'lanes.throughput',
    measure: 'messages_total',
    look: 'areas',
    least: 5,
    series: [
      { series: 'done', label: 'lanes.done', colour: 'done', fill: 'done-soft' },
      { series: 'failed', label: 'lanes.failed', colour: 'retry', fill: 'retry-soft' },
      { series: 'dead', label: 'lanes.dead', colour: 'dead', fill: 'dead-soft' },
    ],
  },
  {
    id: 'latency',
    name: 'lanes.latency',
    measure: 'message_latency_seconds',
    look: 'lines',
    least: 1e6,
    series: [
      { series: 'p50', label: 'lanes.p50', help: 'lanes.p50.help', colour: 'ink', width: 1.75 },
      { series: 'p95', label: 'lanes.p95', help: 'lanes.p95.help', colour: 'ink-2', width: 1.25 },
      { series: 'p99', label: 'lanes.p99', help: 'lanes.p99.help', colour: 'ink-3', width: 1.25, dash: '4 3' },
    ],
  },
  {
    id: 'depth',
    name: 'lanes.depth',
    measure: 'queue_size',
    look: 'stack',
    least: 10,
    series: [
      { series: 'delayed', label: 'lanes.delayed', colour: 'retry', fill: 'retry-soft' },
      { series: 'inFlight', label: 'lanes.in-flight', colour: 'work', fill: 'work-soft' },
      { series: 'ready', label: 'lanes.ready', colour: 'waiting', fill: 'waiting-soft' },
    ],
  },
  {
    id: 'dead',
    name: 'lanes.dead-letters',
    measure: 'dlq_size',
    look: 'areas',
    least: 5,
    series: [{ series: 'resting', label: 'lanes.resting', colour: 'dead', fill: 'dead-soft' }],
  },
];

/** Groups that are told apart in one lane. */
export const GROUPS_MAX = 3;

/** Told apart by width and dash: they are no states of a letter. */
const LINES: readonly Pick<LaneSeries, 'colour' | 'width' | 'dash'>[] = [
  { colour: 'ink', width: 1.75 },
  { colour: 'ink-2', width: 1.5, dash: '4 3' },
  { colour: 'ink-3', width: 1.25, dash: '1.5 3' },
];

export const lagOf = (node: string): ChartedGauge => ({ node, gauge: 'consumer_lag' });

/** How far each consumer group lags: the queues of Kafka, where nothing is taken out by reading it. */
export const lagLane = (groups: readonly { readonly id: string; readonly name: string }[]): Lane => ({
  id: LAG,
  name: 'lanes.lag',
  measure: 'consumer_lag',
  look: 'areas',
  least: 10,
  series: groups.slice(0, GROUPS_MAX).map(({ id, name }, ix) => ({
    series: seriesOfGauge(lagOf(id)),
    label: 'lanes.now',
    ...(groups.length > 1 ? { name } : {}),
    ...(LINES[ix] as (typeof LINES)[number]),
  })),
});
export const LAG = 'lag';

interface Drawn {
  readonly id: string;
  readonly kind: string;
}
const QUEUES: ReadonlySet<string> = new Set(['queue', 'rabbitmq-queue']);
export const queuesOf = (nodes: readonly Drawn[]): string[] => nodes.filter(({ kind }) => QUEUES.has(kind)).map(({ id }) => id);
export const groupsOf = (nodes: readonly Drawn[]): string[] =>
  nodes.filter(({ kind }) => kind === 'kafka-group').map(({ id }) => id);

/** What waits stands in queues or before consumer groups. Who asked for the depth of queues sees that of what is drawn. */
export const isLagAlone = (nodes: readonly Drawn[]): boolean => groupsOf(nodes).length > 0 && queuesOf(nodes).length === 0;

/** The lane of a gauge: its height, or how fast it grows if it only ever does. */
export function gaugeLane(charted: ChartedGauge, declared: Gauge): Lane {
  const series = seriesOfGauge(charted);
  return {
    id: series,
    name: declared.label,
    gauge: { ...charted, declared },
    measure: declared.name,
    look: 'areas',
    least: declared.unit === 'ratio' ? 1 : declared.unit === 'seconds' ? 0.1 : 5,
    series: [{ series, label: 'lanes.now', colour: 'ink-2' }],
  };
}
