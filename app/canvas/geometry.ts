// Where wires leave and enter cards and which way they take. Pure: boxes and wires in, paths out; the lines (SVG) and the letters
// (canvas) both follow the same table of points, so a letter can never leave its line.

import { wireKind } from '../../sim-engine/nodes/declarations.ts';
import type { WireDocument } from '../../sim-engine/topology/document.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface Box extends Point {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}
export type Flow = 'right' | 'down';
type Side = 'left' | 'right' | 'top' | 'bottom';

export interface WireShape {
  readonly id: string;
  readonly from: Point;
  readonly to: Point;
  /** SVG path. */
  readonly d: string;
  /** Points at equal distances along the path, x and y in turn. */
  readonly points: Float32Array;
  readonly length: number;
  /** Out of the stream and taking no time: drawn dashed and square-cornered, so that it reads as plumbing. */
  readonly isRelation: boolean;
}

/** Relations that are what the stream goes through: drawn as a wire is. */
const IN_STREAM: ReadonlySet<string> = new Set(['binding']);

const SEGMENTS = 48;
/** Most distance between two wires at one side of a card. */
const SPREAD = 28;
const INWARD: { readonly [side in Side]: Point } = {
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
  top: { x: 0, y: -1 },
  bottom: { x: 0, y: 1 },
};

/** Shapes of all wires whose ends are both there. */
export function wireShapes(boxes: ReadonlyMap<string, Box>, wires: readonly WireDocument[], flow: Flow): Map<string, WireShape> {
  const ends = wires.flatMap((wire) => {
    const from = boxes.get(wire.from);
    const to = boxes.get(wire.to);
    if (from === undefined || to === undefined) return [];
    const kind = wireKind(wire.kind);
    const isRelation = kind?.travels === false && !IN_STREAM.has(wire.kind);
    const isInGutter = isRelation && kind?.isInner === true && flow === 'right';
    const sides = isInGutter ? guttersOf(from, to) : sidesOf(from, to, isRelation, flow);
    return [{ wire, from, to, isRelation, isInGutter, ...sides }];
  });
  const anchors = new Map<string, Point>();
  const atSide = new Map<string, { key: string; box: Box; side: Side; peer: Box }[]>();
  for (const { wire, from, to, leaves, enters } of ends) {
    add(atSide, `${from.id} ${leaves}`, { key: `${wire.id} from`, box: from, side: leaves, peer: to });
    add(atSide, `${to.id} ${enters}`, { key: `${wire.id} to`, box: to, side: enters, peer: from });
  }
  for (const places of atSide.values()) spread(places, anchors);
  const taken: Lane[] = [];
  const gutters: Gutter[] = [];
  const bows = bowsOf(
    ends.filter(({ isRelation }) => !isRelation).map(({ wire }) => wire),
    anchors,
    flow,
  );
  return new Map(
    ends.map(({ wire, from: leaving, to: entering, leaves, enters, isRelation, isInGutter }) => {
      const from = anchors.get(`${wire.id} from`) as Point;
      const to = anchors.get(`${wire.id} to`) as Point;
      if (isInGutter) {
        return [wire.id, { id: wire.id, from, to, isRelation, ...gutterWay(from, leaving, to, entering, enters, gutters) }];
      }
      const back = wayBack(from, leaving, to, entering, leaves, enters, isRelation ? 0 : CORNER, boxes, taken);
      const way =
        back ??
        (isRelation ? squareWay(from, leaves, to, enters) : curvedWay(from, leaves, to, enters, flow, bows.get(wire.id) ?? 0));
      return [wire.id, { id: wire.id, from, to, isRelation, ...way }];
    }),
  );
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

/** Messages flow along; a relation takes the nearest way round, out of the stream. */
function sidesOf(from: Box, to: Box, isRelation: boolean, flow: Flow): { leaves: Side; enters: Side } {
  const along: { leaves: Side; enters: Side } =
    flow === 'right' ? { leaves: 'right', enters: 'left' } : { leaves: 'bottom', enters: 'top' };
  if (!isRelation) return along;
  const across: { leaves: Side; enters: Side } =
    flow === 'right' ? { leaves: 'bottom', enters: 'top' } : { leaves: 'right', enters: 'left' };
  if (flow === 'right') return to.y >= from.y + from.height ? across : along;
  return to.x >= from.x + from.width ? across : along;
}

/** Spreads the wires at one side around its middle, in the order of where they go, so that they do not cross. */
function spread(places: { key: string; box: Box; side: Side; peer: Box }[], anchors: Map<string, Point>): void {
  const { box, side } = places[0] as { box: Box; side: Side };
  const isUpright = side === 'left' || side === 'right';
  const middleOf = (peer: Box) => (isUpright ? peer.y + peer.height / 2 : peer.x + peer.width / 2);
  places.sort((a, b) => middleOf(a.peer) - middleOf(b.peer) || (a.key < b.key ? -1 : 1));
  const room = isUpright ? box.height : box.width;
  const gap = Math.min(isUpright ? SPREAD : 2 * SPREAD, (room - 16) / places.length);
  places.forEach(({ key }, ix) => {
    const off = (ix - (places.length - 1) / 2) * gap;
    const x = isUpright ? box.x + (side === 'right' ? box.width : 0) : box.x + box.width / 2 + off;
    const y = isUpright ? box.y + box.height / 2 + off : box.y + (side === 'bottom' ? box.height : 0);
    anchors.set(key, { x, y });
  });
}

interface Way {
  readonly d: string;
  readonly points: Float32Array;
  readonly length: number;
}

/** Between the middles of wires that join the same two cards: room for what is written on each. */
const PARALLEL_GAP = 22;
/** All of them together spread no wider than this. */
const PARALLEL_MAX = 264;

/** How far to the side the middle of each wire is drawn, so that those between the same two cards stand apart. In order of their ids. */
function bowsOf(wires: readonly WireDocument[], anchors: ReadonlyMap<string, Point>, flow: Flow): ReadonlyMap<string, number> {
  const groups = new Map<string, string[]>();
  for (const { id, from, to } of wires) add(groups, `${from} ${to}`, id);
  const bows = new Map<string, number>();
  for (const ids of groups.values()) {
    if (ids.length === 1) continue;
    const middles = ids.map((id) => {
      const [from, to] = [anchors.get(`${id} from`), anchors.get(`${id} to`)] as [Point, Point];
      return { id, at: flow === 'right' ? (from.y + to.y) / 2 : (from.x + to.x) / 2 };
    });
    middles.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    const mean = middles.reduce((sum, { at }) => sum + at, 0) / ids.length;
    const [first, last] = [middles[0], middles.at(-1)] as [{ at: number }, { at: number }];
    // Wires that stand further apart by themselves need no help.
    const gap = Math.max(Math.min(PARALLEL_GAP, PARALLEL_MAX / ids.length), (last.at - first.at) / (ids.length - 1));
    middles.forEach(({ id, at }, ix) => {
      bows.set(id, mean + (ix - (ids.length - 1) / 2) * gap - at);
    });
  }
  return bows;
}

/** One cubic that leaves and enters along the flow; its middle is drawn `bow` to the side. */
function curvedWay(from: Point, leaves: Side, to: Point, enters: Side, flow: Flow, bow: number): Way {
  const distance = Math.hypot(to.x - from.x, to.y - from.y);
  const reach = flow === 'down' ? Math.max(20, Math.abs(to.y - from.y) * 0.55) : Math.max(24, Math.min(distance * 0.5, 120));
  // The middle of a cubic follows its two handles by three quarters.
  const off = { x: flow === 'down' ? bow / 0.75 : 0, y: flow === 'down' ? 0 : bow / 0.75 };
  const a = { x: from.x + INWARD[leaves].x * reach + off.x, y: from.y + INWARD[leaves].y * reach + off.y };
  const b = { x: to.x + INWARD[enters].x * reach + off.x, y: to.y + INWARD[enters].y * reach + off.y };
  const raw: Point[] = [];
  for (let ix = 0; ix <= SEGMENTS; ix++) {
    const t = ix / SEGMENTS;
    const u = 1 - t;
    const mix = (p: number, q: number, r: number, s: number) =>
      u * u * u * p + 3 * u * u * t * q + 3 * u * t * t * r + t * t * t * s;
    raw.push({ x: mix(from.x, a.x, b.x, to.x), y: mix(from.y, a.y, b.y, to.y) });
  }
  return {
    d: `M${round(from.x)} ${round(from.y)}C${round(a.x)} ${round(a.y)} ${round(b.x)} ${round(b.y)} ${round(to.x)} ${round(to.y)}`,
    ...evenly(raw),
  };
}

/** Straight pieces with square corners. */
function squareWay(from: Point, leaves: Side, to: Point, enters: Side): Way {
  const middle = (from.x + to.x) / 2;
  const corners =
    leaves === 'bottom' && enters === 'top'
      ? squareCorners(from, to)
      : [from, { x: middle, y: from.y }, { x: middle, y: to.y }, to];
  return { d: `M${corners.map(({ x, y }) => `${round(x)} ${round(y)}`).join('L')}`, ...evenly(corners) };
}

/** How far from cards a relation runs that goes round them, and from others that do the same. */
const GUTTER = 14;
const GUTTER_GAP = 7;
const GUTTER_CORNER = 5;

/** What a part of a container hands on out of the stream leaves it downwards and runs between the columns of cards. */
function guttersOf(from: Box, to: Box): { leaves: Side; enters: Side } {
  if (to.x >= from.x + from.width) return { leaves: 'bottom', enters: 'left' };
  const isLeft = to.x + to.width <= from.x;
  if (to.y >= from.y + from.height) return { leaves: 'bottom', enters: 'top' };
  return { leaves: 'bottom', enters: isLeft ? 'bottom' : 'left' };
}

/** Where a relation runs along a column: what leads to the same card runs there together. */
interface Gutter {
  readonly at: number;
  readonly to: string;
}
/** Room for no more between two columns. */
const GUTTERS_MAX = 8;

/** Down, along the column to the height of the other end, and in; straight down to the card right below. */
function gutterWay(from: Point, leaving: Box, to: Point, entering: Box, enters: Side, taken: Gutter[]): Way {
  const isNext = enters === 'top' && to.y - from.y <= 4 * GUTTER && Math.abs(to.x - from.x) < leaving.width;
  if (isNext) return roundedWay(squareCorners(from, to), GUTTER_CORNER);
  const isRight = entering.x >= leaving.x + leaving.width;
  const step = isRight ? GUTTER_GAP : -GUTTER_GAP;
  const outer = entering.x + entering.width <= leaving.x ? leaving.x : Math.min(leaving.x, entering.x);
  const first = isRight ? leaving.x + leaving.width + GUTTER : outer - GUTTER;
  const isTaken = (at: number) => taken.some((other) => other.to !== entering.id && Math.abs(other.at - at) < GUTTER_GAP);
  let lane = 0;
  while (lane < GUTTERS_MAX && isTaken(first + lane * step)) lane++;
  const gutter = first + lane * step;
  taken.push({ at: gutter, to: entering.id });
  const exit = from.y + GUTTER / 2 + 3;
  const entry = enters === 'top' ? to.y - GUTTER : enters === 'bottom' ? to.y + GUTTER : to.y;
  const corners = [from, { x: from.x, y: exit }, { x: gutter, y: exit }, { x: gutter, y: entry }];
  return roundedWay(enters === 'left' ? [...corners, to] : [...corners, { x: to.x, y: entry }, to], GUTTER_CORNER);
}

const squareCorners = (from: Point, to: Point): readonly Point[] => {
  const middle = (from.y + to.y) / 2;
  return [from, { x: from.x, y: middle }, { x: to.x, y: middle }, to];
};

/** How far a wire that turns back goes on before it turns, how far it stays away from cards, and from others that do the same. */
const TURN = 20;
const CLEARANCE = 16;
const LANE_GAP = 10;
const CORNER = 14;
/** In drawings with more cards than this a way back looks only at its own two. */
const CARDS_MAX = 300;

/** The stretch of a way back along which it runs against the stream: at `at`, between `start` and `end`. */
interface Lane {
  readonly at: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The way of a wire whose end lies behind its start: on a little, round in a lane between the cards, against the stream, and in from
 * before. Null for a wire that goes with the stream.
 */
function wayBack(
  from: Point,
  leaving: Box,
  to: Point,
  entering: Box,
  leaves: Side,
  enters: Side,
  corner: number,
  boxes: ReadonlyMap<string, Box>,
  taken: Lane[],
): Way | null {
  // Seen as if the stream flowed to the right: a stream that flows down is turned onto its side.
  const isTurned = leaves === 'bottom' && enters === 'top';
  if (!isTurned && (leaves !== 'right' || enters !== 'left')) return null;
  const seen = (box: Box): Box => (isTurned ? { ...box, x: box.y, y: box.x, width: box.height, height: box.width } : box);
  const at = ({ x, y }: Point): Point => (isTurned ? { x: y, y: x } : { x, y });
  const [start, goal] = [at(from), at(to)];
  if (goal.x >= start.x + TURN / 2) return null;
  const [turn, entry] = [start.x + TURN, goal.x - TURN];
  const around = boxes.size > CARDS_MAX ? [leaving, entering] : [...boxes.values()];
  const lane = laneFor({ at: (start.y + goal.y) / 2, start: entry, end: turn }, around.map(seen), taken);
  taken.push({ at: lane, start: entry, end: turn });
  const corners = [start, { x: turn, y: start.y }, { x: turn, y: lane }, { x: entry, y: lane }, { x: entry, y: goal.y }, goal];
  return roundedWay(corners.map(at), corner);
}

/** The place nearest to the wanted one where the lane runs through no card and over no other lane. */
function laneFor(wanted: Lane, boxes: readonly Box[], taken: readonly Lane[]): number {
  const inWay = boxes.filter((box) => box.x < wanted.end && box.x + box.width > wanted.start);
  const ways = [
    wanted.at,
    ...inWay.flatMap(({ y, height }) => [y - CLEARANCE, y + height + CLEARANCE]),
    ...taken.flatMap(({ at }) => [at - LANE_GAP, at + LANE_GAP]),
  ].sort((a, b) => Math.abs(a - wanted.at) - Math.abs(b - wanted.at) || b - a);
  const isFree = (at: number): boolean =>
    inWay.every(({ y, height }) => at <= y - CLEARANCE / 2 || at >= y + height + CLEARANCE / 2) &&
    taken.every((lane) => lane.end < wanted.start || lane.start > wanted.end || Math.abs(lane.at - at) >= LANE_GAP);
  return ways.find(isFree) ?? Math.max(...inWay.map(({ y, height }) => y + height)) + CLEARANCE;
}

/** Straight pieces; each corner is cut by a curve of this radius, or of as much as there is room for. */
function roundedWay(corners: readonly Point[], radius: number): Way {
  const raw: Point[] = [corners[0] as Point];
  let d = `M${round(raw[0]?.x ?? 0)} ${round(raw[0]?.y ?? 0)}`;
  for (let ix = 1; ix < corners.length - 1; ix++) {
    const [before, corner, after] = corners.slice(ix - 1, ix + 2) as [Point, Point, Point];
    const reach = Math.min(radius, distanceOf(before, corner) / 2, distanceOf(corner, after) / 2);
    const [a, b] = [towards(corner, before, reach), towards(corner, after, reach)];
    d += `L${round(a.x)} ${round(a.y)}Q${round(corner.x)} ${round(corner.y)} ${round(b.x)} ${round(b.y)}`;
    for (let step = 0; step <= CORNER_STEPS; step++) {
      const t = step / CORNER_STEPS;
      const mix = (p: number, q: number, r: number) => (1 - t) * (1 - t) * p + 2 * t * (1 - t) * q + t * t * r;
      raw.push({ x: mix(a.x, corner.x, b.x), y: mix(a.y, corner.y, b.y) });
    }
  }
  const last = corners.at(-1) as Point;
  raw.push(last);
  return { d: `${d}L${round(last.x)} ${round(last.y)}`, ...evenly(raw) };
}

const CORNER_STEPS = 6;

const distanceOf = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y);

function towards(from: Point, to: Point, reach: number): Point {
  const share = reach / Math.max(distanceOf(from, to), 1e-6);
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** The same line as points at equal distances: a letter that moves evenly in time then moves evenly on the screen. */
function evenly(line: readonly Point[]): { points: Float32Array; length: number } {
  const reached = [0];
  for (let ix = 1; ix < line.length; ix++) {
    const [p, q] = [line[ix - 1] as Point, line[ix] as Point];
    reached.push((reached[ix - 1] as number) + Math.hypot(q.x - p.x, q.y - p.y));
  }
  const length = reached.at(-1) as number;
  const points = new Float32Array((SEGMENTS + 1) * 2);
  let ix = 1;
  for (let at = 0; at <= SEGMENTS; at++) {
    const wanted = (length * at) / SEGMENTS;
    while (ix < line.length - 1 && (reached[ix] as number) < wanted) ix++;
    const [p, q] = [line[ix - 1] as Point, line[ix] as Point];
    const piece = (reached[ix] as number) - (reached[ix - 1] as number);
    const share = piece === 0 ? 0 : (wanted - (reached[ix - 1] as number)) / piece;
    points[2 * at] = p.x + (q.x - p.x) * share;
    points[2 * at + 1] = p.y + (q.y - p.y) * share;
  }
  return { points, length };
}

/** Writes the place a share of the way along into `out`. */
export function placeAlong({ points }: WireShape, share: number, out: { x: number; y: number }): void {
  const at = Math.min(Math.max(share, 0), 1) * SEGMENTS;
  const ix = Math.min(Math.floor(at), SEGMENTS - 1);
  const rest = at - ix;
  const x = points[2 * ix] as number;
  const y = points[2 * ix + 1] as number;
  out.x = x + ((points[2 * ix + 2] as number) - x) * rest;
  out.y = y + ((points[2 * ix + 3] as number) - y) * rest;
}
