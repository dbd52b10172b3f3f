// Draws everything that moves on the canvas: letters on wires from their send and due times, trays and desks on cards, and, above
// the threshold or with reduced motion, the rate of a wire as width or as dashes. Knows no React and no DOM but its context.

import {
  FRAME,
  LETTER,
  LETTER_STATE,
  LETTER_STRIDE,
  LOSS,
  LOSS_KEPT_NS,
  LOSS_STRIDE,
  WIRE,
} from '../../sim-engine/protocol/frame.ts';
import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { text } from '../messages/text.ts';
import type { Painter } from '../node-views/node-view.ts';
import { nodeView } from '../node-views/node-views.ts';
import { isDense, type Places, type Rates } from '../store/readings.ts';
import { figure } from '../ui/format.ts';
import type { Mark } from '../ui/letter-marks.ts';
import { type Box, placeAlong, type WireShape } from './geometry.ts';
import { isLossShown, lossesAt, placeOfLoss } from './losses.ts';
import type { Colours, Sprites } from './sprites.ts';

export interface Scene {
  readonly shapes: ReadonlyMap<string, WireShape>;
  readonly cards: readonly { readonly node: NodeDocument; readonly box: Box }[];
  readonly isNarrow: boolean;
  readonly isStill: boolean;
}

/** How long what got lost is shown at its place, ms of watching. */
const LOST_SHOWN_MS = 700;
/** The same in simulated time, at a speed in simulated seconds a second. */
export const lostShownNs = (speed: number): number => Math.min(LOSS_KEPT_NS, LOST_SHOWN_MS * 1e6 * speed);

export interface Brush {
  readonly context: CanvasRenderingContext2D;
  readonly sprites: Sprites;
  readonly colours: Colours;
  readonly zoom: number;
}

/** Below this zoom a card is its name, one figure and a bar; nobody sees the flap of a letter nor that a receipt is a tick: a plain rectangle, a point, which cost far less. */
export const FAR_ZOOM = 0.58;
const FAR_LETTER = { width: 13, height: 9 } as const;
/** Side of the point, px of the drawing, and the least on the screen. */
const FAR_POINT = 5;
const FAR_POINT_PX = 2;

/** What is no letter looks the same whichever way it goes. */
const CALL_MARKS = [
  [LETTER_STATE.QUESTION, 'question'],
  [LETTER_STATE.ANSWER, 'answer'],
  [LETTER_STATE.BAD_ANSWER, 'bad-answer'],
] as const;
const FORWARD_MARK = new Map<number, Mark>([
  ...CALL_MARKS,
  [LETTER_STATE.WAITING, 'waiting'],
  [LETTER_STATE.DONE, 'done'],
  [LETTER_STATE.TO_RETRY, 'retry'],
  [LETTER_STATE.DEAD, 'dead'],
]);
/** Answers on their way back are small: a tick for what is done, the shape of the state for what failed. */
const BACK_MARK = new Map<number, Mark>([...CALL_MARKS, [LETTER_STATE.TO_RETRY, 'retry'], [LETTER_STATE.DEAD, 'dead']]);
const BACK_SIZE = 0.8;

/** `lostForNs`: how long ago something may have been lost and still be shown, simulated time. */
export function drawScene(
  brush: Brush,
  scene: Scene,
  frame: Float64Array,
  places: Places,
  rates: Rates,
  timeNs: number,
  lostForNs: number,
): void {
  drawWireStates(brush, scene, frame, places);
  if (isDense(frame)) drawWidths(brush, scene, frame, places, rates);
  else if (scene.isStill) drawDashes(brush, scene, frame, places, rates);
  else drawLetters(brush, scene, frame, places, timeNs);
  if (!isDense(frame)) drawLosses(brush, scene, frame, places, timeNs, lostForNs);
  if (brush.zoom >= FAR_ZOOM) drawCards(brush, scene, frame, places);
}

const spot = { x: 0, y: 0 };

function drawLetters(
  { context, sprites, colours, zoom }: Brush,
  { shapes }: Scene,
  frame: Float64Array,
  places: Places,
  timeNs: number,
): void {
  const letters = frame[FRAME.LETTER_COUNT] as number;
  let fill = '';
  const waiting = colours('waiting');
  const edge = colours('edge');
  const isFar = zoom < FAR_ZOOM;
  const pointSide = Math.max(FAR_POINT, FAR_POINT_PX / zoom);
  for (let ix = 0, at = places.letters; ix < letters; ix++, at += LETTER_STRIDE) {
    const sentNs = frame[at + LETTER.SENT_AT_NS] as number;
    const dueNs = frame[at + LETTER.DUE_AT_NS] as number;
    const shape = shapes.get(places.wireIds[frame[at + LETTER.WIRE] as number] ?? '');
    if (shape === undefined || timeNs < sentNs || timeNs > dueNs) continue;
    const share = dueNs > sentNs ? (timeNs - sentNs) / (dueNs - sentNs) : 1;
    const isForward = (frame[at + LETTER.DIRECTION] as number) > 0;
    const state = frame[at + LETTER.STATE] as number;
    placeAlong(shape, isForward ? share : 1 - share, spot);
    if (isFar && state === LETTER_STATE.WAITING && isForward) {
      if (fill !== waiting) context.fillStyle = fill = waiting;
      context.fillRect(spot.x - FAR_LETTER.width / 2, spot.y - FAR_LETTER.height / 2, FAR_LETTER.width, FAR_LETTER.height);
    } else if (isFar && !isForward && BACK_MARK.get(state) === undefined) {
      if (fill !== edge) context.fillStyle = fill = edge;
      context.fillRect(spot.x - pointSide / 2, spot.y - pointSide / 2, pointSide, pointSide);
    } else if (isForward) sprites.stamp(context, FORWARD_MARK.get(state) ?? 'waiting', spot.x, spot.y);
    else {
      sprites.stamp(context, BACK_MARK.get(state) ?? 'ack', spot.x, spot.y, BACK_SIZE);
    }
  }
}

/** What got lost, torn where that was, with the ground under it so that the wire does not run through. */
function drawLosses(
  { context, sprites, colours }: Brush,
  { shapes }: Scene,
  frame: Float64Array,
  places: Places,
  timeNs: number,
  lostForNs: number,
): void {
  const losses = frame[FRAME.LOSS_COUNT] as number;
  if (losses === 0) return;
  context.fillStyle = colours('ground');
  for (let ix = 0, at = lossesAt(frame, places); ix < losses; ix++, at += LOSS_STRIDE) {
    const shape = shapes.get(places.wireIds[frame[at + LOSS.WIRE] as number] ?? '');
    if (shape === undefined || !isLossShown(frame, at, timeNs, lostForNs)) continue;
    placeOfLoss(shape, frame, at, spot);
    const size = (frame[at + LOSS.DIRECTION] as number) > 0 ? 1 : BACK_SIZE;
    context.fillRect(spot.x - 8 * size, spot.y - 6 * size, 16 * size, 12 * size);
    sprites.stamp(context, 'lost', spot.x, spot.y, size);
  }
}

/** A cut wire: a gap between two bars. */
function drawWireStates({ context, colours }: Brush, { shapes }: Scene, frame: Float64Array, places: Places): void {
  for (const shape of shapes.values()) {
    const at = places.wire(shape.id);
    if (at < 0 || frame[at + WIRE.IS_CUT] === 0) continue;
    placeAlong(shape, 0.48, spot);
    const { x, y } = spot;
    placeAlong(shape, 0.52, spot);
    context.save();
    context.translate((x + spot.x) / 2, (y + spot.y) / 2);
    context.rotate(Math.atan2(spot.y - y, spot.x - x));
    context.fillStyle = colours('ground');
    context.fillRect(-9, -9, 18, 18);
    context.fillStyle = colours('ink');
    context.fillRect(-10, -7, 2, 14);
    context.fillRect(8, -7, 2, 14);
    context.restore();
  }
}

/** Of what a bar is measured by. */
const SCALE_FONT = '500 9px "Geist Variable", system-ui, sans-serif';
const CHIP_FONT = '500 11px "Geist Variable", system-ui, sans-serif';

/** Width in five steps: up to so many letters a second. */
export const WIDTH_STEPS = [
  { below: 10, width: 1.75 },
  { below: 100, width: 3 },
  { below: 1000, width: 5 },
  { below: 10_000, width: 7 },
  { below: Number.POSITIVE_INFINITY, width: 9 },
] as const;
const widthOf = (rate: number): number => WIDTH_STEPS.find(({ below }) => rate < below)?.width ?? 9;

function drawWidths({ context, colours }: Brush, { shapes }: Scene, frame: Float64Array, places: Places, rates: Rates): void {
  context.lineCap = 'butt';
  for (const shape of shapes.values()) {
    const rate = rates.at(frame, places.wire(shape.id) + WIRE.FORWARD);
    if (!(rate > 0)) continue;
    context.strokeStyle = colours('edge');
    context.lineWidth = widthOf(rate);
    trace(context, shape);
    context.stroke();
    // Beside the middle, where a wire says what it loses.
    placeAlong(shape, 0.36, spot);
    drawChip(context, colours, text('canvas.rate', { rate: figure(rate) }), spot.x, spot.y);
  }
}

function drawChip(context: CanvasRenderingContext2D, colours: Colours, words: string, x: number, y: number): void {
  context.font = CHIP_FONT;
  const width = context.measureText(words).width + 14;
  context.fillStyle = colours('surface');
  context.strokeStyle = colours('line-2');
  context.lineWidth = 1;
  context.beginPath();
  context.roundRect(x - width / 2, y - 9, width, 18, 5);
  context.fill();
  context.stroke();
  context.fillStyle = colours('ink-2');
  context.textAlign = 'center';
  context.fillText(words, x, y + 4);
}

/** For those who wish less motion: the more a wire carries, the closer its dashes. */
function drawDashes({ context, colours }: Brush, { shapes }: Scene, frame: Float64Array, places: Places, rates: Rates): void {
  context.lineCap = 'round';
  context.strokeStyle = colours('waiting');
  context.lineWidth = 4;
  for (const shape of shapes.values()) {
    const rate = rates.at(frame, places.wire(shape.id) + WIRE.FORWARD);
    if (!(rate > 0)) continue;
    context.setLineDash([5, Math.max(6, Math.min(60, 60 / Math.sqrt(rate)))]);
    trace(context, shape);
    context.stroke();
  }
  context.setLineDash([]);
}

function trace(context: CanvasRenderingContext2D, { points }: WireShape): void {
  context.beginPath();
  context.moveTo(points[0] as number, points[1] as number);
  for (let ix = 2; ix < points.length; ix += 2) context.lineTo(points[ix] as number, points[ix + 1] as number);
}

function drawCards(brush: Brush, { cards, isNarrow }: Scene, frame: Float64Array, places: Places): void {
  const painter = painterOn(brush);
  for (const { node, box } of cards) {
    const { paint } = nodeView(node.kind);
    if (paint === undefined) continue;
    painter.moveTo(box.x, box.y);
    paint(painter, node, frame, places, isNarrow);
  }
}

function painterOn({ context, sprites, colours }: Brush): Painter & { moveTo(x: number, y: number): void } {
  let left = 0;
  let top = 0;
  return {
    moveTo(x, y) {
      left = x;
      top = y;
    },
    mark: (mark, x, y, scale) => sprites.stamp(context, mark, left + x, top + y, scale),
    dot(x, y) {
      context.fillStyle = colours('line-2');
      context.beginPath();
      context.arc(left + x, top + y, 1, 0, 2 * Math.PI);
      context.fill();
    },
    bar(x, y, width, height, share, state) {
      context.fillStyle = colours(`${state}-soft`);
      context.fillRect(left + x, top + y, width, height);
      context.fillStyle = colours(state);
      context.fillRect(left + x, top + y, width * share, height);
    },
    word(word, x, y) {
      context.font = SCALE_FONT;
      context.textAlign = 'right';
      context.fillStyle = colours('ink-3');
      context.fillText(word, left + x, top + y);
    },
  };
}
