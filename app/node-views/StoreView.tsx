// Cards of stores and views. A store shows its outbox as a shelf of letters, its rows and how busy its connections are; a view how much
// of what has happened is in it.

import { useRef } from 'react';
import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { text } from '../messages/text.ts';
import { Label } from '../store/Label.tsx';
import { LiveDuration, LiveText, usePicture } from '../store/LiveText.tsx';
import { currentPlaces } from '../store/lab.ts';
import { fieldOf } from '../store/params.ts';
import type { Places } from '../store/readings.ts';
import { count } from '../ui/format.ts';
import type { CardProps, NodeView } from './node-view.ts';

const SHELF_TOP = 47;
const SHELF_HEIGHT = 30;
const SHELF_LETTERS = 8;
const BAR_HEIGHT = 14;
const FIGURES_HEIGHT = 46;

const gauge = (frame: Float64Array, places: Places, id: string, name: string): number => frame[places.gauge(id, name)] ?? 0;

interface FigureProps {
  readonly id: string;
  readonly name: string;
  readonly isTime?: boolean;
}

function Figure({ id, name, isTime = false }: FigureProps) {
  return (
    <div>
      <dt>
        <Label of={`gauge.${name}.label`} isInLine />
      </dt>
      <dd>
        {isTime ? (
          <LiveDuration read={(frame, places) => gauge(frame, places, id, name) * 1e9} />
        ) : (
          <LiveText read={(frame, places) => count(gauge(frame, places, id, name))} />
        )}
      </dd>
    </div>
  );
}

interface ShelfProps {
  readonly id: string;
  /** Gauge of what lies on it. */
  readonly name: string;
  /** What is said instead of a number, if anything. */
  word?(frame: Float64Array, places: Places): string;
}

function Shelf({ id, name, word }: ShelfProps) {
  return (
    <div className="card-shelf" style={{ height: SHELF_HEIGHT }}>
      <span className="lbl">
        <Label of={`gauge.${name}.label`} isInLine />
      </span>
      <LiveText
        className="card-more"
        read={(frame, places) => {
          const said = word?.(frame, places) ?? '';
          if (said !== '') return said;
          const lying = gauge(frame, places, id, name);
          return lying > SHELF_LETTERS || lying === 0 ? count(lying) : '';
        }}
      />
    </div>
  );
}

/** A bar that is filled to a share, measured anew with every picture. */
function Bar({ share }: { readonly share: (frame: Float64Array, places: Places) => number }) {
  const bar = useRef<HTMLDivElement>(null);
  usePicture('brisk', ({ frame }) => {
    const places = currentPlaces();
    if (frame !== null && places !== null) bar.current?.style.setProperty('--share', String(share(frame, places)));
  });
  return <div className="card-bar" ref={bar} />;
}

function StoreBody({ node }: CardProps) {
  const { id } = node;
  return (
    <div className="card-foot">
      <Shelf id={id} name="outbox" />
      <Bar
        share={(frame, places) => Math.min(1, gauge(frame, places, id, 'connections') / Number(fieldOf(node, 'connections')))}
      />
      <dl className="card-figures">
        <Figure id={id} name="rows" />
        <Figure id={id} name="committed" />
        <Figure id={id} name="conflicts" />
      </dl>
    </div>
  );
}

/** What share of the events that have happened is in the view. */
function truthOf(frame: Float64Array, places: Places, id: string): number {
  const inView = gauge(frame, places, id, 'in_view');
  const behind = gauge(frame, places, id, 'view_lag');
  return inView + behind <= 0 ? 1 : inView / (inView + behind);
}

function stateWord(frame: Float64Array, places: Places, id: string): string {
  if (gauge(frame, places, id, 'rebuilding') === 1) return text('card.rebuilding');
  return gauge(frame, places, id, 'standing') === 1 ? text('card.standing') : '';
}

function ProjectionBody({ node: { id } }: CardProps) {
  return (
    <div className="card-foot">
      <Shelf id={id} name="held_events" word={(frame, places) => stateWord(frame, places, id)} />
      <Bar share={(frame, places) => truthOf(frame, places, id)} />
      <dl className="card-figures">
        <Figure id={id} name="in_view" />
        <Figure id={id} name="view_lag" />
        <Figure id={id} name="stale_seconds" isTime />
      </dl>
    </div>
  );
}

const SIZE = { width: 240, height: SHELF_TOP + SHELF_HEIGHT + BAR_HEIGHT + FIGURES_HEIGHT };

/** Letters on the shelf, up to as many as it has room for. */
function shelfPainter(name: string): NonNullable<NodeView['paint']> {
  return (painter, { id }: NodeDocument, frame, places) => {
    const lying = gauge(frame, places, id, name);
    const isSaid = name === 'held_events' && stateWord(frame, places, id) !== '';
    if (lying === 0 || lying > SHELF_LETTERS || isSaid) return;
    for (let ix = 0; ix < lying; ix++) painter.mark('waiting', SIZE.width - 19 - ix * 15, SHELF_TOP + SHELF_HEIGHT / 2);
  };
}

export const STORE_VIEW: NodeView = {
  size: () => SIZE,
  Body: StoreBody,
  paint: shelfPainter('outbox'),
  farFigure: ({ id }, frame, places) => count(gauge(frame, places, id, 'rows')),
};

export const PROJECTION_VIEW: NodeView = {
  size: () => SIZE,
  Body: ProjectionBody,
  paint: shelfPainter('held_events'),
  farFigure: ({ id }, frame, places) => count(gauge(frame, places, id, 'view_lag')),
};
