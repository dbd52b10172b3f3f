// Cards of what lies in a RabbitMQ broker. Only their sizes and their few words are there at once; what stands on them is loaded with
// the first one that is drawn.

import { lazy, Suspense } from 'react';
import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { text } from '../messages/text.ts';
import { rates } from '../store/lab.ts';
import { fieldOf } from '../store/params.ts';
import type { Places } from '../store/readings.ts';
import { count } from '../ui/format.ts';
import { farRate, fillOf } from './far.ts';
import type { CardProps, NodeView, Painter } from './node-view.ts';

const LateQueue = lazy(async () => ({ default: (await import('./RabbitmqBodies.tsx')).QueueBody }));
const LateExchange = lazy(async () => ({ default: (await import('./RabbitmqBodies.tsx')).ExchangeBody }));

const QueueBody = (props: CardProps) => (
  <Suspense>
    <LateQueue {...props} />
  </Suspense>
);
const ExchangeBody = (props: CardProps) => (
  <Suspense>
    <LateExchange {...props} />
  </Suspense>
);

/** The sort of a queue, which is what one chooses first. */
const SortBadge = ({ node }: CardProps) => <span className="card-badge">{String(fieldOf(node, 'type'))}</span>;

type PaintLetters = (painter: Painter, node: string, frame: Float64Array, places: Places) => void;

let paintLetters: PaintLetters | null = null;
let isAskedFor = false;

function letters(): PaintLetters | null {
  if (!isAskedFor) {
    isAskedFor = true;
    import('./rabbitmq-letters.ts').then(
      (loaded) => {
        paintLetters = loaded.paintLetters;
      },
      () => {
        isAskedFor = false;
      },
    );
  }
  return paintLetters;
}

const ready = ({ id }: NodeDocument, frame: Float64Array, places: Places): number => frame[places.gauge(id, 'ready')] ?? 0;

export const RABBITMQ_QUEUE_VIEW: NodeView = {
  size: () => ({ width: 204, height: 112 }),
  subline: () => text('card.queue'),
  Aside: SortBadge,
  Body: QueueBody,
  farFigure: (node, frame, places) => count(ready(node, frame, places)),
  fill: (node, frame, places) => fillOf(ready(node, frame, places)),
  paint: (painter, { id }, frame, places) => letters()?.(painter, id, frame, places),
};

export const RABBITMQ_EXCHANGE_VIEW: NodeView = {
  size: () => ({ width: 178, height: 93 }),
  subline: (node) => text('card.exchange', { type: String(fieldOf(node, 'type')) }),
  Body: ExchangeBody,
  farFigure: ({ id }, frame, places) => farRate(rates.at(frame, places.gauge(id, 'published'))),
};
