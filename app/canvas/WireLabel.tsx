// What is written on a wire, in a chip at its middle. A press on it is one on the wire.

import { wireLabels } from '../node-views/wire-labels.ts';
import { topologyOf } from '../store/drawing.ts';
import { present, useLab } from '../store/lab.ts';
import './wire-labels.css';

/** Width of a letter of the mono font, px. */
const LETTER = 6.65;
const PADDING = 12;
const HEIGHT = 17;
/** A longer one is cut; its settings have all of it. */
const LETTERS_MAX = 26;

/** `points`: along the wire, x and y in turn. */
export function WireLabel({ id, points }: { readonly id: string; readonly points: Float32Array }) {
  const label = useLab((lab) => {
    const drawing = present(lab);
    return drawing === null ? undefined : wireLabels(topologyOf(drawing)).get(id);
  });
  if (label === undefined) return null;
  const middle = points.length >> 2;
  const shown = label.length > LETTERS_MAX ? `${label.slice(0, LETTERS_MAX - 1)}…` : label;
  const width = shown.length * LETTER + PADDING;
  return (
    <g className="wire-label" transform={`translate(${points[2 * middle]} ${points[2 * middle + 1]})`}>
      <title>{label}</title>
      <rect x={-width / 2} y={-HEIGHT / 2} width={width} height={HEIGHT} rx="5" />
      <text y="4" textAnchor="middle">
        {shown}
      </text>
    </g>
  );
}
