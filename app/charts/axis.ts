// Steps of axes: how high a lane is, how much time it shows, where its lines stand. Pure.

const NICE = [1, 2, 5];

/** The smallest of 1, 2, 5, 10, 20 ... that is at least `value`. */
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const ten = 10 ** Math.floor(Math.log10(value));
  for (const step of [...NICE, 10]) {
    // Compared with a hair's breadth, since 0.3 / 0.1 is not 3.
    if (step * ten >= value * (1 - 1e-9)) return step * ten;
  }
  return 10 * ten;
}

/**
 * Height of a lane for a largest value: a nice number with some room above. It rises at once and falls only when most of the
 * lane would be empty, so that the axis does not flicker.
 */
export function nextHeight(height: number, largest: number, least: number): number {
  const wanted = Math.max(least, niceCeiling(largest * 1.1));
  return wanted > height || wanted < height / 2.5 ? wanted : height;
}

/** Lengths of time that are easy to read on a ruler, s. */
const SPANS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 18_000, 36_000, 86_400];

/** Simulated time that a lane shows at a speed, ns: about a minute of watching. */
export function windowOf(speed: number): number {
  const seconds = 60 * speed;
  if (seconds < 1) return niceCeiling(seconds) * 1e9;
  return (SPANS.find((span) => span >= seconds * 0.99) ?? (SPANS.at(-1) as number)) * 1e9;
}

/** Distance of the lines of a ruler, ns: between four and eight of them in the window. */
export function rulerStep(windowNs: number): number {
  const wanted = windowNs / 6;
  const spans = [...SPANS.map((s) => s * 1e9)];
  if (wanted < 1e9) return niceCeiling(wanted / 1e9) * 1e9;
  return spans.find((span) => span >= wanted * 0.7) ?? wanted;
}

/** A moment on the ruler: "1:40", "82:00:00", with as many decimals as the step needs. */
export function rulerText(timeNs: number, stepNs: number): string {
  const decimals = stepNs >= 1e9 ? 0 : Math.min(9, Math.ceil(9 - Math.log10(stepNs)));
  const seconds = timeNs / 1e9;
  const minutes = Math.floor(seconds / 60 + 1e-9);
  const rest = Math.max(0, seconds - minutes * 60).toFixed(decimals);
  const clock = `${minutes % 60}:${rest.padStart(decimals === 0 ? 2 : 3 + decimals, '0')}`;
  return minutes < 60 ? clock : `${Math.floor(minutes / 60)}:${clock.padStart(5, '0')}`;
}

/** Label places pushed apart, lowest first, so that none comes nearer than `gap` to another and all stay within the lane. */
export function pushedApart(wanted: readonly number[], gap: number, top: number, bottom: number): number[] {
  const order = wanted.map((y, ix) => ({ y, ix })).sort((a, b) => b.y - a.y || a.ix - b.ix);
  let limit = bottom;
  for (const each of order) {
    each.y = Math.min(each.y, limit);
    limit = each.y - gap;
  }
  const over = top - (order.at(-1)?.y ?? top);
  if (over > 0) {
    let floor = Number.NEGATIVE_INFINITY;
    for (const each of [...order].reverse()) {
      each.y = Math.max(each.y, top, floor);
      floor = each.y + gap;
    }
  }
  const places = new Array<number>(wanted.length);
  for (const { y, ix } of order) places[ix] = y;
  return places;
}

/** Least distance of two labels at the ends of lines, px. */
export const LABEL_GAP = 13;
/** The same to a label of the lane above or below, half of it on each side; a low lane has room for three labels and no more. */
const LANE_GAP = 20;
/** How far the first and the last of three labels keep from the edges of a lane. */
export const labelEdge = (height: number): number => Math.min(LANE_GAP / 2, (height - 2 * LABEL_GAP) / 2);

/** So many characters stand beside a lane of a narrow screen. */
const AXIS_CHARACTERS = 6;

/** A figure on the axis of a narrow screen: as it is written elsewhere where it has room, else in thousands or millions. */
export function axisText(value: number, full: string): string {
  if (full.length <= AXIS_CHARACTERS) return full;
  if (value >= 1e9) return `${value / 1e9} G`;
  return value >= 1e6 ? `${value / 1e6} M` : value >= 1e4 ? `${value / 1e3} k` : full;
}

/** At no limit of speed a minute of watching is some hours of the run. */
const UNLIMITED = 200;
/** Simulated time that the charts show at a speed, ns. */
export const shownWindow = (speed: number): number => windowOf(Number.isFinite(speed) ? speed : UNLIMITED);
