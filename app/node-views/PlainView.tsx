// The card of a kind without a special look: its first declared gauges, label above figure.

import { nodeKind } from '../../sim-engine/nodes/declarations.ts';
import { Label } from '../store/Label.tsx';
import { LiveText } from '../store/LiveText.tsx';
import { count } from '../ui/format.ts';
import type { CardProps, NodeView } from './node-view.ts';

const SHOWN_MAX = 2;

function PlainBody({ node: { id, kind } }: CardProps) {
  const gauges = nodeKind(kind)?.gauges.slice(0, SHOWN_MAX) ?? [];
  return (
    <dl className="card-figures card-foot">
      {gauges.map(({ name, label }) => (
        <div key={name}>
          <dt>
            <Label of={label} isInLine />
          </dt>
          <dd>
            <LiveText read={(frame, places) => count(frame[places.gauge(id, name)] ?? 0)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

export const PLAIN_VIEW: NodeView = {
  size: () => ({ width: 178, height: 93 }),
  Body: PlainBody,
  farFigure({ id, kind }, frame, places) {
    const first = nodeKind(kind)?.gauges[0];
    return first === undefined ? '' : count(frame[places.gauge(id, first.name)] ?? 0);
  },
};
