// A drawing at the size of a thumbnail: its cards and wires where they stand, and on each card the shape of what it holds. Made from
// the document itself, so it can never be out of date.

import type { NodeDocument, Position } from '../../sim-engine/topology/document.ts';
import { nodeView } from '../node-views/node-views.ts';
import { type Drawing, topologyOf } from '../store/drawing.ts';

/** Around the cards, in units of the drawing. */
const MARGIN = 28;
/** More than this on a thumbnail is a grey area that costs time. */
const CARDS_MAX = 200;
const COLUMN = 260;
const ROW = 130;

export function MiniDrawing({ drawing, width, height }: { drawing: Drawing; width: number; height: number }) {
  const { nodes, wires } = topologyOf(drawing);
  const boxes = boxesOf(nodes.slice(0, CARDS_MAX));
  const shown = [...boxes.values()];
  const left = Math.min(...shown.map(({ x }) => x)) - MARGIN;
  const top = Math.min(...shown.map(({ y }) => y)) - MARGIN;
  const right = Math.max(...shown.map((box) => box.x + box.width)) + MARGIN;
  const bottom = Math.max(...shown.map((box) => box.y + box.height)) + MARGIN;
  if (shown.length === 0) return <svg className="mini" width={width} height={height} aria-hidden="true" />;
  // One unit of the screen, so that lines are as thin on a large drawing as on a small one.
  const unit = Math.max((right - left) / width, (bottom - top) / height);
  return (
    <svg
      className="mini"
      width={width}
      height={height}
      viewBox={`${left} ${top} ${right - left} ${bottom - top}`}
      aria-hidden="true"
    >
      {wires.map(({ id, from, to }) => {
        const [a, b] = [boxes.get(from), boxes.get(to)];
        return a && b && <path key={id} className="mini-wire" strokeWidth={unit} d={wayBetween(a, b)} />;
      })}
      {shown.map((box) => (
        <g key={box.id}>
          <rect
            className="mini-card"
            strokeWidth={unit}
            x={box.x}
            y={box.y}
            width={box.width}
            height={box.height}
            rx={Math.min(4 * unit, box.height / 4)}
          />
          <Mark kind={box.kind} x={box.x + box.width / 2} y={box.y + box.height / 2} unit={unit} />
        </g>
      ))}
    </svg>
  );
}

interface Box extends Position {
  readonly id: string;
  readonly kind: string;
  readonly width: number;
  readonly height: number;
}

function boxesOf(nodes: readonly NodeDocument[]): ReadonlyMap<string, Box> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  return new Map(
    nodes.map((node, ix) => {
      const own = node.position ?? { x: (ix % 4) * COLUMN, y: Math.floor(ix / 4) * ROW };
      // A part stands where its container stands.
      const holder = node.parent === undefined ? undefined : byId.get(node.parent)?.position;
      const { width, height } = node.size ?? nodeView(node.kind).size(false, node);
      return [node.id, { id: node.id, kind: node.kind, x: own.x + (holder?.x ?? 0), y: own.y + (holder?.y ?? 0), width, height }];
    }),
  );
}

/** Along the flow where there is room for it; else from below to above, as plumbing goes. */
function wayBetween(from: Box, to: Box): string {
  if (to.x < from.x + from.width) {
    const isBelow = to.y >= from.y;
    return `M${from.x + from.width / 2} ${from.y + (isBelow ? from.height : 0)}L${to.x + to.width / 2} ${to.y + (isBelow ? 0 : to.height)}`;
  }
  const [x, y] = [from.x + from.width, from.y + from.height / 2];
  const [toX, toY] = [to.x, to.y + to.height / 2];
  const reach = (toX - x) / 2;
  return `M${x} ${y}C${x + reach} ${y} ${toX - reach} ${toY} ${toX} ${toY}`;
}

/** What a card holds, as the shape of a letter's state, three letters high where there is a line of them. */
function Mark({ kind, x, y, unit }: { kind: string; x: number; y: number; unit: number }) {
  const size = 5 * unit;
  if (kind === 'dead-letter-queue') {
    const d = `M${x} ${y - size * 0.7}L${x + size * 0.7} ${y}L${x} ${y + size * 0.7}L${x - size * 0.7} ${y}Z`;
    return <path className="mini-dead" d={d} />;
  }
  if (kind === 'service') return <circle className="mini-done" cx={x} cy={y} r={size * 0.5} />;
  const row = kind === 'queue' ? [-1, 0, 1] : [0];
  return row.map((step) => (
    <rect
      key={step}
      className="mini-waiting"
      x={x - size / 2 + step * size * 1.35}
      y={y - size * 0.35}
      width={size}
      height={size * 0.7}
      rx={unit * 0.6}
    />
  ));
}
