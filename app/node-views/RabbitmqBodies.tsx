// What stands on the cards of queues and exchanges of RabbitMQ: their figures, in the broker's own words.

import { type RabbitWord, rabbitText } from '../messages/rabbitmq.ts';
import { topologyOf } from '../store/drawing.ts';
import { LiveText } from '../store/LiveText.tsx';
import { present, rates, useLab } from '../store/lab.ts';
import { count, figure } from '../ui/format.ts';
import type { CardProps } from './node-view.ts';
import './rabbitmq.css';

export const QueueBody = ({ node: { id } }: CardProps) => (
  <dl className="card-figures card-foot is-close">
    <Gauge id={id} name="ready" word="card.ready" />
    <Gauge id={id} name="in_flight" word="card.unacked" />
    <Gauge id={id} name="consumers" word="card.consumers" />
  </dl>
);

export function ExchangeBody({ node: { id } }: CardProps) {
  const bindings = useLab((lab) => {
    const drawing = present(lab);
    return drawing === null ? 0 : topologyOf(drawing).wires.filter(({ kind, from }) => kind === 'binding' && from === id).length;
  });
  return (
    <dl className="card-figures card-foot is-close">
      <div>
        <dt>{rabbitText('card.in')}</dt>
        <dd>
          <LiveText read={(frame, places) => figure(rates.at(frame, places.gauge(id, 'published')))} />
          <i className="unit">{rabbitText('card.per-second')}</i>
        </dd>
      </div>
      <Gauge id={id} name="unroutable" word="card.unroutable" />
      <div>
        <dt>{rabbitText('card.bindings')}</dt>
        <dd>{bindings}</dd>
      </div>
    </dl>
  );
}

function Gauge({ id, name, word }: { readonly id: string; readonly name: string; readonly word: RabbitWord }) {
  return (
    <div>
      <dt>{rabbitText(word)}</dt>
      <dd>
        <LiveText read={(frame, places) => count(frame[places.gauge(id, name)] ?? 0)} />
      </dd>
    </div>
  );
}
