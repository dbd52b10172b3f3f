// Which charts the dock shows: the lanes everybody has, and gauges somebody asked for.

import { create } from 'zustand';
import { nodeKind } from '../../sim-engine/nodes/declarations.ts';
import type { Gauge } from '../../sim-engine/nodes/node-kind.ts';
import type { FrameLayout } from '../../sim-engine/protocol/messages.ts';
import { count, duration, figure } from '../ui/format.ts';

export type LaneId = 'throughput' | 'latency' | 'depth' | 'dead';

export interface ChartedGauge {
  readonly node: string;
  readonly gauge: string;
}

interface Charted {
  readonly lanes: readonly LaneId[];
  readonly gauges: readonly ChartedGauge[];
}

/** More would leave no room for the drawing. */
export const GAUGES_MAX = 3;

export const useCharted = create<Charted>(() => ({ lanes: ['throughput', 'latency', 'depth'], gauges: [] }));
const { getState: get, setState: set } = useCharted;

export const isSameGauge = (a: ChartedGauge, b: ChartedGauge): boolean => a.node === b.node && a.gauge === b.gauge;

export function toggleGauge(gauge: ChartedGauge): void {
  const { gauges } = get();
  const rest = gauges.filter((one) => !isSameGauge(one, gauge));
  if (rest.length < gauges.length) set({ gauges: rest });
  else if (gauges.length < GAUGES_MAX) set({ gauges: [...gauges, gauge] });
}

export function toggleLane(id: LaneId): void {
  const { lanes } = get();
  set({ lanes: lanes.includes(id) ? lanes.filter((one) => one !== id) : [...lanes, id] });
}

/** The declaration of a gauge of a drawn node; undefined once it is no longer drawn. */
export function gaugeOf(layout: FrameLayout | null, { node, gauge }: ChartedGauge): Gauge | undefined {
  const kind = layout?.nodes.find(({ id }) => id === node)?.kind;
  return kind === undefined ? undefined : nodeKind(kind)?.gauges.find(({ name }) => name === gauge);
}

/** A reading of a gauge with its unit, as far as the figure needs one. */
export function gaugeText({ unit }: Pick<Gauge, 'unit'>, value: number): string {
  if (Number.isNaN(value)) return figure(value);
  if (unit === 'ratio') return `${(value * 100).toFixed(0)} %`;
  if (unit !== 'seconds') return Number.isInteger(value) ? count(value) : figure(value);
  const { figure: age, unit: ageUnit } = duration(value < 1e-3 ? 0 : value * 1e9);
  return `${age} ${ageUnit}`;
}
