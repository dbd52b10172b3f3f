// A wire of the drawing: a line with a ring where it leaves and a dot where it enters. What is on it is the overlay's to draw.

import type { EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import type { WireEdge } from './flow-nodes.ts';

export const Wire = memo(function Wire({ data, selected }: EdgeProps<WireEdge>) {
  if (data === undefined) return null;
  const { d, from, to, isRelation } = data.shape;
  return (
    <g className={`wire${isRelation ? ' is-relation' : ''}${selected ? ' is-selected' : ''}`}>
      <path className="wire-halo" d={d} />
      <path className="wire-line" d={d} />
      <path className="react-flow__edge-interaction" d={d} fill="none" strokeOpacity={0} strokeWidth={20} />
      <circle className="wire-out" cx={from.x} cy={from.y} r="3.5" />
      <circle className="wire-in" cx={to.x} cy={to.y} r="3.5" />
    </g>
  );
});
