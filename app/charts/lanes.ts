// What the lanes of the deck show: series, colours, words. Data only; Lanes draws them.

import type { MessageKey } from '../messages/text.ts';
import type { Series } from './history.ts';

export interface LaneSeries {
  readonly series: Series;
  readonly label: MessageKey;
  /** Colour tokens. Series that are not states of a letter use ink. */
  readonly colour: string;
  readonly fill?: string;
  readonly width?: number;
  readonly dash?: string;
}
export interface Lane {
  readonly id: 'throughput' | 'latency' | 'depth';
  readonly name: MessageKey;
  /** The measure under its exported name. */
  readonly measure: string;
  /** `stack`: areas on top of each other; `areas`: each from the ground; `lines`: no areas, on a logarithmic axis. */
  readonly look: 'stack' | 'areas' | 'lines';
  /** Height of the axis that is never gone below. */
  readonly least: number;
  readonly series: readonly LaneSeries[];
}

export const LANES: readonly Lane[] = [
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
      { series: 'p50', label: 'lanes.p50', colour: 'ink', width: 1.75 },
      { series: 'p95', label: 'lanes.p95', colour: 'ink-2', width: 1.25 },
      { series: 'p99', label: 'lanes.p99', colour: 'ink-3', width: 1.25, dash: '4 3' },
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
];
