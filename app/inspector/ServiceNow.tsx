// What a service is in the middle of, beyond its figures: its lanes with who stands behind whom, what it remembers, and who asks it.

import { useRef } from 'react';
import { LANE, LANE_HEAD, LANE_STRIDE, LANES_MAX, WIRE } from '../../sim-engine/protocol/frame.ts';
import type { NodeDocument, TopologyDocument } from '../../sim-engine/topology/document.ts';
import { type ServiceWord, worded } from '../messages/services.ts';
import { lanesOf } from '../node-views/lanes-view.ts';
import { nameOf } from '../store/drawing.ts';
import { LiveText, usePicture, write } from '../store/LiveText.tsx';
import { currentPlaces } from '../store/lab.ts';
import { fieldOf } from '../store/params.ts';
import { count } from '../ui/format.ts';
import { Seal } from '../ui/Seal.tsx';
import { remembers } from './arrange.ts';
import { spaced } from './facts.ts';
import './now.css';

export function ServiceNow({ node, topology }: { readonly node: NodeDocument; readonly topology: TopologyDocument }) {
  const isByKey = fieldOf(node, 'assignment') === 'by-key';
  const callers = topology.wires.filter(({ kind, to }) => kind === 'call' && to === node.id);
  return (
    <>
      {isByKey && <LaneRows id={node.id} lanes={Number(fieldOf(node, 'concurrency'))} />}
      {remembers(node) && <Memory node={node} />}
      {callers.length > 0 && (
        <div className="inspector-section">
          <h3>{worded('group.answers')}</h3>
          <dl className="inspector-gauges now-figures">
            {callers.map((wire) => (
              <div key={wire.id}>
                <dt>{nameOf(topology, wire.from)}</dt>
                <dd>
                  <LiveText read={(frame, places) => callsOf(frame, places.wire(wire.id))} />
                </dd>
              </div>
            ))}
          </dl>
        </div>
      )}
    </>
  );
}

function callsOf(frame: Float64Array, at: number): string {
  if (at < 0) return '–';
  const waiting = frame[at + WIRE.CALLS_WAITING] as number;
  const out = worded('call.out', { count: count(frame[at + WIRE.CALLS_OUT] as number) });
  return waiting === 0 ? out : `${out}, ${worded('call.waits', { count: count(waiting) })}`;
}

// ------------------------------------------------------------------ lanes

const HEADS = new Map<number, ServiceWord>([
  [LANE_HEAD.FREE, 'lanes.free'],
  [LANE_HEAD.IN_WORK, 'lanes.work'],
  [LANE_HEAD.TO_RETRY, 'lanes.retry'],
  [LANE_HEAD.ASKING, 'lanes.asking'],
]);

function LaneRows({ id, lanes }: { readonly id: string; readonly lanes: number }) {
  const list = useRef<HTMLOListElement>(null);
  const found = useRef({ at: 0, count: 0 });
  usePicture('calm', ({ frame }) => {
    const places = currentPlaces();
    if (frame === null || places === null || list.current === null) return;
    lanesOf(frame, places, id, found.current);
    const { at, count: shown } = found.current;
    for (let lane = 0; lane < list.current.children.length; lane++) {
      const [head, behind] = list.current.children[lane]?.querySelectorAll('span') ?? [];
      const row = at + lane * LANE_STRIDE;
      const isKnown = lane < shown;
      const waits = isKnown ? (frame[row + LANE.BEHIND] as number) : 0;
      write(head ?? null, worded(HEADS.get(isKnown ? (frame[row + LANE.HEAD] as number) : 0) ?? 'lanes.free'));
      write(behind ?? null, waits === 0 ? worded('lanes.alone') : worded('lanes.behind', { count: count(waits) }));
    }
  });
  const shown = Math.min(lanes, LANES_MAX);
  return (
    <div className="inspector-section">
      <h3>{worded('lanes.heading')}</h3>
      <ol ref={list} className="lane-rows" aria-label={worded('lanes.heading')}>
        {Array.from({ length: shown }, (_, lane) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a lane is its number.
          <li key={lane}>
            <i>{lane + 1}</i>
            <span />
            <span />
          </li>
        ))}
      </ol>
      {lanes > shown && <p className="field-note">{worded('lanes.more', { count: count(lanes - shown) })}</p>}
    </div>
  );
}

// ------------------------------------------------------------------ memory

const SQUARES = 40;

/** The window of ids that are remembered, one square each while they can be counted, and the letters it has recognised. */
function Memory({ node }: { readonly node: NodeDocument }) {
  const grid = useRef<HTMLDivElement>(null);
  usePicture('calm', ({ frame }) => {
    const places = currentPlaces();
    if (frame === null || places === null || grid.current === null) return;
    const kept = frame[places.gauge(node.id, 'ids_kept')] ?? 0;
    const { children } = grid.current;
    for (let ix = 0; ix < children.length; ix++) children[ix]?.classList.toggle('is-kept', ix < kept);
    grid.current.classList.toggle('is-over', kept > SQUARES);
  });
  const ttl = spaced(String(fieldOf(node, 'memoryTtl')));
  return (
    <div className="inspector-section">
      <h3>{worded('memory.window')}</h3>
      <div className="memory">
        <p>
          <b>
            <LiveText read={(frame, places) => count(frame[places.gauge(node.id, 'ids_kept')] ?? 0)} />
          </b>{' '}
          {worded('memory.ids')} <span className="memory-words">{worded('memory.for', { ttl })}</span>
        </p>
        <div ref={grid} className="memory-ids" aria-hidden="true">
          {Array.from({ length: SQUARES }, (_, ix) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a square is its place.
            <i key={ix} />
          ))}
        </div>
        <p>
          <Seal name="done" size={16} />
          <b>
            <LiveText read={(frame, places) => count(frame[places.gauge(node.id, 'skipped_work')] ?? 0)} />
          </b>{' '}
          {worded('memory.recognised')}
        </p>
      </div>
    </div>
  );
}
