// A sender's card: its name and how much it really sends.

import { text } from '../messages/text.ts';
import { LiveText } from '../store/LiveText.tsx';
import { rates } from '../store/lab.ts';
import { figure } from '../ui/format.ts';
import { farRate } from './far.ts';
import type { CardProps, NodeView } from './node-view.ts';

function SendRate({ node }: CardProps) {
  return (
    <span className="card-rate">
      <LiveText read={(frame, places) => figure(rates.at(frame, places.gauge(node.id, 'sent')))} />
      <i className="unit">{text('unit.per-second')}</i>
    </span>
  );
}

export const SENDER_VIEW: NodeView = {
  size: (isNarrow) => ({ width: isNarrow ? 150 : 178, height: 52 }),
  Aside: SendRate,
  farFigure: (node, frame, places) => farRate(rates.at(frame, places.gauge(node.id, 'sent'))),
};
