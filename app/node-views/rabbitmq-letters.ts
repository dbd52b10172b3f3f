// The letters of a RabbitMQ queue in one row: what consumers hold at the right, next to the way out, a rule, and what is ready behind
// it. Loaded with the first such queue.

import type { Places } from '../store/readings.ts';
import type { Painter } from './node-view.ts';

const Y = 55;
const RIGHT = 191;
const PITCH = 17.8;
const PLACES = 10;
/** Of those that consumers hold so many are drawn; their number stands below. */
const HELD_MAX = 4;
const RULE = 8;
const BAR_HEIGHT = 9;
const LEFT = 13;

export function paintLetters(painter: Painter, node: string, frame: Float64Array, places: Places): void {
  const ready = frame[places.gauge(node, 'ready')] ?? 0;
  const held = Math.min(frame[places.gauge(node, 'in_flight')] ?? 0, HELD_MAX);
  for (let ix = 0; ix < held; ix++) painter.mark('work', RIGHT - PITCH * (ix + 0.5), Y);
  const rule = held === 0 ? RIGHT : RIGHT - PITCH * held - RULE;
  if (held > 0) for (let y = Y - 7; y <= Y + 7; y += 3.5) painter.dot(rule + RULE / 2, y);
  const room = Math.floor((rule - LEFT) / PITCH);
  // Tens are tied into bundles where singles have no room. What has none then is a bar, a million fills it; the figure below is exact.
  const bundles = ready > room ? Math.floor(ready / 10) : 0;
  const cells = bundles + ready - 10 * bundles;
  if (cells > room) {
    const share = Math.min(1, Math.log10(1 + ready) / 6);
    painter.bar(LEFT, Y - BAR_HEIGHT / 2, rule - LEFT - 2, BAR_HEIGHT, share, 'waiting');
    return;
  }
  for (let ix = 0; ix < Math.min(room, PLACES); ix++) {
    const x = rule - PITCH * (ix + 0.5);
    if (ix < bundles) painter.mark('bundle-waiting', x, Y);
    else if (ix < cells) painter.mark('waiting', x, Y);
    else painter.dot(x, Y);
  }
}
