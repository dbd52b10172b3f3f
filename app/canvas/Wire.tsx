// A wire of the drawing: a line with a ring where it leaves and a dot where it enters, and what the network does to it: loses a
// share, is cut. The letters on it are the overlay's to draw.

import type { EdgeProps } from '@xyflow/react';
import { lazy, memo, Suspense, useRef } from 'react';
import { wireKind } from '../../sim-engine/nodes/declarations.ts';
import { WIRE } from '../../sim-engine/protocol/frame.ts';
import { text } from '../messages/text.ts';
import { usePicture, write } from '../store/LiveText.tsx';
import { currentPlaces } from '../store/lab.ts';
import { useLit } from '../store/lit.ts';
import { durationText, figure } from '../ui/format.ts';
import type { WireEdge } from './flow-nodes.ts';
import type { WireShape } from './geometry.ts';

const CallChip = lazy(async () => ({ default: (await import('../node-views/CallChip.tsx')).CallChip }));
const WireLabel = lazy(async () => ({ default: (await import('./WireLabel.tsx')).WireLabel }));

const CHIP = { height: 18, letter: 5.6, padding: 14 } as const;

/** Near its ends a wire leaves the ports to be grasped. */
const PORT_REACH = 14;

/** The part of a wire that takes the pointer. */
function graspOf({ points, length }: WireShape): string {
  const count = points.length / 2;
  const skip = Math.min(Math.ceil((PORT_REACH / Math.max(length, 1)) * (count - 1)), Math.floor(count / 2) - 1);
  let d = '';
  for (let ix = skip; ix < count - skip; ix++) d += `${d === '' ? 'M' : 'L'}${points[2 * ix]} ${points[2 * ix + 1]}`;
  return d;
}

export const Wire = memo(function Wire({ id, data, selected }: EdgeProps<WireEdge>) {
  const group = useRef<SVGGElement>(null);
  const chip = useRef<SVGGElement>(null);
  const isInner = wireKind(data?.kind ?? '')?.isInner === true;
  const isLit = useLit(({ path }) => path?.wires.has(id) === true);
  const isPassedBy = useLit(({ path }) => path !== null && isInner && !path.wires.has(id));

  usePicture('calm', ({ frame }) => {
    const places = currentPlaces();
    const at = places?.wire(id) ?? -1;
    if (frame === null || at < 0) return;
    const loss = frame[at + WIRE.LOSS] as number;
    const extraNs = frame[at + WIRE.EXTRA_NS] as number;
    const isCut = frame[at + WIRE.IS_CUT] === 1;
    group.current?.classList.toggle('is-lossy', loss > 0);
    group.current?.classList.toggle('is-late', extraNs > 0);
    group.current?.classList.toggle('is-cut', isCut);
    const troubles = [
      ...(isCut ? [text('canvas.cut')] : []),
      ...(extraNs > 0 ? [text('canvas.late', { time: durationText(extraNs) })] : []),
      ...(loss > 0 ? [text('canvas.loses', { share: figure(loss * 100) })] : []),
    ];
    const words = troubles.join(', ');
    const [plate, label] = chip.current?.children ?? [];
    write(label ?? null, words);
    const width = words.length * CHIP.letter + CHIP.padding;
    plate?.setAttribute('width', String(width));
    plate?.setAttribute('x', String(-width / 2));
  });

  if (data === undefined) return null;
  const { d, from, to, points, isRelation } = data.shape;
  const middle = points.length / 4 - ((points.length / 4) % 1);
  const classes = [
    'wire',
    isRelation && 'is-relation',
    selected && 'is-selected',
    isLit && 'is-lit',
    isPassedBy && 'is-passed-by',
  ];
  return (
    <g ref={group} className={classes.filter(Boolean).join(' ')}>
      <path className="wire-halo" d={d} />
      <path className="wire-line" d={d} />
      <path className="react-flow__edge-interaction" d={graspOf(data.shape)} fill="none" strokeOpacity={0} strokeWidth={20} />
      <circle className="wire-out" cx={from.x} cy={from.y} r="3.5" />
      <circle className="wire-in" cx={to.x} cy={to.y} r="3.5" />
      <g ref={chip} className="wire-chip" transform={`translate(${points[middle * 2]} ${points[middle * 2 + 1]})`}>
        <rect y={-CHIP.height / 2} height={CHIP.height} rx="5" />
        <text y="4" textAnchor="middle" />
      </g>
      <Suspense>{data.kind === 'call' && <CallChip id={id} points={points} />}</Suspense>
      {/* What parts of a broker do with each other is written on their wires. */}
      <Suspense>{isInner && <WireLabel id={id} points={points} />}</Suspense>
    </g>
  );
});
