// What stands on the card of a Kafka topic: its partitions as tapes, whose lengths and numbers are written by reference ten times a second,
// and three figures.

import { Fragment, useId, useRef } from 'react';
import { FOLD, ROW_SORT, TAPE_READERS_MAX } from '../../sim-engine/protocol/frame.ts';
import { kafkaText } from '../messages/kafka.ts';
import { topologyOf } from '../store/drawing.ts';
import { LiveText, usePicture, write } from '../store/LiveText.tsx';
import { currentPlaces, present, rates, useLab } from '../store/lab.ts';
import { nodeName } from '../store/node-name.ts';
import type { Places } from '../store/readings.ts';
import { bytesText } from '../ui/bytes.ts';
import { count, figure } from '../ui/format.ts';
import { tagsNow } from './group-tags-now.ts';
import { foldsOf, ROW_HEIGHT, TAPES_TOP, TOPIC_WIDTH, tapesHeight, tapesOf } from './kafka-sizes.ts';
import type { CardProps } from './node-view.ts';
import { visitRows } from './rows.ts';
import { CELLS, PITCH, type Tape, type TapeReader, tapeAt } from './tape.ts';
import './kafka.css';

const LEFT = 56;
const CELLS_TOP = 13;
const CELLS_HEIGHT = 9;
const RIGHT = TOPIC_WIDTH - 12;

export function TopicBody({ node, isNarrow }: CardProps) {
  const { id } = node;
  const svg = useRef<SVGSVGElement>(null);
  const grid = useId();
  const tapes = tapesOf(node);
  const height = tapesHeight(node);
  usePicture('brisk', ({ frame, layout }) => {
    const places = currentPlaces();
    if (frame === null || places === null || layout === null || svg.current === null) return;
    const tags = tagsNow();
    const groups = svg.current.querySelectorAll('.tape');
    visitRows(frame, places, id, ROW_SORT.TAPE, (at) => {
      const tape = tapeAt(frame, at);
      const row = groups[tape.partition];
      if (row !== undefined) drawTape(row, tape, ({ group }) => tags.get(layout.nodes[group]?.id ?? '') ?? '');
    });
  });
  return (
    <>
      <svg
        ref={svg}
        className="tapes"
        width={TOPIC_WIDTH}
        height={height}
        style={{ top: TAPES_TOP }}
        role="img"
        aria-label={kafkaText('topic.tapes', { name: nodeName(node) })}
      >
        <defs>
          <pattern id={grid} width={PITCH} height={CELLS_HEIGHT} patternUnits="userSpaceOnUse">
            <rect x={PITCH - 1} width="1" height={CELLS_HEIGHT} className="tape-gap" />
          </pattern>
        </defs>
        {Array.from({ length: tapes }, (_, partition) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a partition is its number.
          <TapeRow key={partition} partition={partition} grid={grid} />
        ))}
      </svg>
      {foldsOf(node) > 0 && <Fold id={id} top={TAPES_TOP + tapes * ROW_HEIGHT} />}
      {!isNarrow && <Foot id={id} />}
    </>
  );
}

/** The tapes have room for few groups: how many more there are. */
export function MoreGroups({ node: { id } }: CardProps) {
  const all = useLab((lab) => {
    const drawing = present(lab);
    return drawing === null
      ? 0
      : topologyOf(drawing).wires.filter(({ kind, from }) => kind === 'kafka-subscribe' && from === id).length;
  });
  const more = all - TAPE_READERS_MAX;
  if (more <= 0) return null;
  return (
    <span className="more-groups" title={kafkaText('topic.more-groups.help', { all })}>
      {kafkaText(more === 1 ? 'topic.more-groups.one' : 'topic.more-groups', { count: more })}
    </span>
  );
}

function Foot({ id }: { readonly id: string }) {
  return (
    <div className="card-foot">
      <p className="tape-legend" aria-hidden="true">
        {(['committed', 'fetched', 'waiting'] as const).map((word) => (
          <span key={word}>
            <i className={`is-${word}`} />
            {kafkaText(`topic.legend.${word}`)}
          </span>
        ))}
      </p>
      <dl className="card-figures is-close">
        <div>
          <dt>{kafkaText('topic.records')}</dt>
          <dd>
            <LiveText read={(frame, places) => count(frame[places.gauge(id, 'records')] ?? 0)} />
          </dd>
        </div>
        <div>
          <dt>{kafkaText('topic.size')}</dt>
          <dd>
            <LiveText read={(frame, places) => bytesText(frame[places.gauge(id, 'log_bytes')] ?? 0)} />
          </dd>
        </div>
        <div>
          <dt>{kafkaText('topic.written')}</dt>
          <dd>
            <LiveText read={(frame, places) => figure(rates.at(frame, places.gauge(id, 'appended')))} />
            <i className="unit">{kafkaText('topic.per-second')}</i>
          </dd>
        </div>
      </dl>
    </div>
  );
}

function TapeRow({ partition, grid }: { readonly partition: number; readonly grid: string }) {
  const readers = Array.from({ length: TAPE_READERS_MAX }, (_, reader) => reader);
  return (
    <g className="tape" transform={`translate(0 ${partition * ROW_HEIGHT})`} data-partition={partition}>
      <text className="tape-name" x="12" y="21">
        {kafkaText('topic.partition', { number: partition })}
      </text>
      <g className="tape-leader">
        <rect x="32" y="9.5" width="16" height="16" rx="4" />
        <text x="40" y="21.5" textAnchor="middle" />
      </g>
      <g className="tape-cells" transform={`translate(${LEFT} ${CELLS_TOP})`}>
        {readers.map((reader) => (
          <Fragment key={reader}>
            <rect className="is-committed" />
            <rect className="is-fetched" />
            <rect className="is-waiting" />
          </Fragment>
        ))}
        <rect className="tape-grid" width={CELLS * PITCH} height={CELLS_HEIGHT} fill={`url(#${grid})`} />
        <rect className="is-hidden" x={CELLS * PITCH + 1.5} y="0.5" height={CELLS_HEIGHT - 1} />
      </g>
      <path
        className="tape-fold"
        d={`M${LEFT + 2} 10.5l-3.5 3.5 3.5 3.5-3.5 3.5 3.5 3.5M${LEFT + 6} 10.5l-3.5 3.5 3.5 3.5-3.5 3.5 3.5 3.5`}
      />
      <path className="tape-high-mark" d={`M${LEFT + CELLS * PITCH} ${CELLS_TOP - 3}v${CELLS_HEIGHT + 6}`} />
      {readers.map((reader) => (
        <g key={reader} className="tape-flag">
          <path d={reader === 0 ? 'M0 11v11' : 'M0 13v11'} />
          <circle cy={reader === 0 ? 5.5 : 28.5} r="5.5" />
          <text y={reader === 0 ? 9 : 32} textAnchor="middle" />
        </g>
      ))}
      <text className="tape-start" x={LEFT} y="33" />
      <text className="tape-high" x={RIGHT} y="21" textAnchor="end" />
      <text className="tape-end" x={RIGHT} y="33" textAnchor="end" />
    </g>
  );
}

function set(element: Element | null | undefined, name: string, value: string): void {
  if (element && element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function drawTape(row: Element, tape: Tape, tagOf: (reader: TapeReader) => string): void {
  const { from, hidden, highWatermark, isFolded, isUp, leader, logEnd, logStart, readers } = tape;
  row.classList.toggle('is-down', !isUp);
  row.classList.toggle('is-folded', isFolded);
  write(row.querySelector('.tape-leader text'), String(leader));
  const cells = row.querySelectorAll('.tape-cells > rect:not(.tape-grid, .is-hidden)');
  const lines = Math.max(1, readers.length);
  for (let at = 0; at < TAPE_READERS_MAX; at++) {
    const reader = readers[at];
    const height = at >= lines ? 0 : lines === 1 ? CELLS_HEIGHT : 4;
    const y = at === 0 ? 0 : CELLS_HEIGHT - 4;
    // Nobody reads it: all of it waits for nobody.
    const ends = reader === undefined ? [from, from, at === 0 ? CELLS : from] : [reader.committed, reader.reached, CELLS];
    let left = from;
    for (const [ix, end] of ends.entries()) {
      const cell = cells[3 * at + ix];
      set(cell, 'x', String(left * PITCH));
      set(cell, 'y', String(y));
      set(cell, 'width', String(Math.max(0, (end - left) * PITCH - 0.5)));
      set(cell, 'height', String(height));
      left = Math.max(left, end);
    }
  }
  const unseen = row.querySelector('.is-hidden');
  set(unseen, 'width', String(hidden === 0 ? 0 : hidden * PITCH - 2));
  const flags = row.querySelectorAll('.tape-flag');
  let isStartCovered = false;
  for (let at = 0; at < TAPE_READERS_MAX; at++) {
    const reader = readers[at];
    const flag = flags[at] as SVGElement;
    const isShown = reader !== undefined && reader.flag !== null;
    set(flag, 'visibility', isShown ? 'visible' : 'hidden');
    if (!isShown) continue;
    const x = LEFT + (reader.flag as number) * PITCH;
    if (at === 1 && x < LEFT + 40) isStartCovered = true;
    set(flag, 'transform', `translate(${x} 0)`);
    flag.classList.toggle('is-behind', reader.isBehind);
    write(flag.querySelector('text'), tagOf(reader));
  }
  write(row.querySelector('.tape-start'), isStartCovered ? '' : count(logStart));
  write(row.querySelector('.tape-high'), count(highWatermark));
  write(row.querySelector('.tape-end'), !isUp ? kafkaText('topic.no-leader') : logEnd > highWatermark ? count(logEnd) : '');
}

/** What lies on the partitions that have no tape. */
function Fold({ id, top }: { readonly id: string; readonly top: number }) {
  const read = (frame: Float64Array, places: Places): string => {
    let [partitions, records, partition, lag] = [0, 0, -1, 0];
    visitRows(frame, places, id, ROW_SORT.FOLD, (at) => {
      partitions += frame[at + FOLD.PARTITIONS] as number;
      records += frame[at + FOLD.RECORDS] as number;
      if ((frame[at + FOLD.WORST_LAG] as number) <= lag) return;
      lag = frame[at + FOLD.WORST_LAG] as number;
      partition = frame[at + FOLD.WORST_PARTITION] as number;
    });
    const worst = lag > 0 ? kafkaText('topic.fold.lag', { lag: count(lag), partition }) : kafkaText('topic.fold.no-lag');
    return [
      kafkaText('topic.fold', { count: count(partitions) }),
      kafkaText('topic.fold.records', { records: count(records) }),
      worst,
    ].join(' · ');
  };
  return (
    <p className="tapes-fold" style={{ top }}>
      <LiveText read={read} />
    </p>
  );
}
