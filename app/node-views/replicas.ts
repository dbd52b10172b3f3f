// The replicas of an autoscaler as a row of places: those that work first, then those that are starting. Many are drawn closer
// together, and beyond that the figures below say how many there are.

import type { Places } from '../store/readings.ts';
import type { Painter } from './node-view.ts';

const TOP = 53;
const LEFT = 12;
const WIDTH = 154;
const HEIGHT = 9;
const GAP = 3;
const WIDEST = 12;
const SHOWN_MOST = 24;

export function paintReplicas(painter: Painter, node: string, frame: Float64Array, places: Places): void {
  const wanted = frame[places.gauge(node, 'wanted_replicas')] ?? 0;
  const working = frame[places.gauge(node, 'working_replicas')] ?? 0;
  const shown = Math.min(wanted, SHOWN_MOST);
  if (shown === 0) painter.dot(LEFT + WIDEST / 2, TOP + HEIGHT / 2);
  const width = Math.min(WIDEST, (WIDTH + GAP) / Math.max(1, shown) - GAP);
  for (let ix = 0; ix < shown; ix++) {
    painter.bar(LEFT + ix * (width + GAP), TOP, width, HEIGHT, ix < working ? 1 : 0, 'work');
  }
}
