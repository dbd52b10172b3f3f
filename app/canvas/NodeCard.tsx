// A node of the drawing as a card: glyph, name, what it is, the body its kind brings, and the controls that were put onto it.
// Renders on edits only; figures and letters on it are written from the frames.

import { Handle, type NodeProps, Position } from '@xyflow/react';
import { Ellipsis, TriangleAlert } from 'lucide-react';
import { memo, useEffect, useRef } from 'react';
import { nodeKind } from '../../sim-engine/nodes/declarations.ts';
import { NODE_STATE } from '../../sim-engine/protocol/frame.ts';
import type { NodeDocument } from '../../sim-engine/topology/document.ts';
import { NAME_MAX } from '../../sim-engine/topology/limits.ts';
import { type MessageKey, text } from '../messages/text.ts';
import { Knobs } from '../node-views/Knobs.tsx';
import { KNOB_HEIGHT, kindName, nodeView } from '../node-views/node-views.ts';
import { type Drawing, renameNode, topologyOf } from '../store/drawing.ts';
import { cardOf, useGuide } from '../store/guide.ts';
import { usePicture, write } from '../store/LiveText.tsx';
import { currentPlaces, edit, present, useLab } from '../store/lab.ts';
import { useLit } from '../store/lit.ts';
import { nodeName } from '../store/node-name.ts';
import { knobsOf } from '../store/sliders.ts';
import { useTroubles } from '../store/troubles.ts';
import { focusOnCanvas } from '../ui/focus.ts';
import { KindGlyph } from '../ui/KindGlyph.tsx';
import { openMenu, rename, useAttention } from './attention.ts';
import type { CardNode } from './flow-nodes.ts';

const STATE_WORDS = new Map<number, MessageKey>([
  [NODE_STATE.CRASHED, 'card.crashed'],
  [NODE_STATE.STALLED, 'card.stalled'],
  [NODE_STATE.SLOWED, 'card.slowed'],
  [NODE_STATE.BLOCKED, 'card.blocked'],
]);

export const NodeCard = memo(function NodeCard({ data: { node, isNarrow }, selected }: NodeProps<CardNode>) {
  const card = useRef<HTMLElement>(null);
  const chip = useRef<HTMLSpanElement>(null);
  const far = useRef<HTMLElement>(null);
  const bar = useRef<HTMLElement>(null);
  const { Aside, Body, subline, farFigure, fill } = nodeView(node.kind);
  const ports = nodeKind(node.kind)?.ports ?? [];
  const isUnwired = useLab((lab) => isAlone(present(lab), node.id));
  const trouble = useTroubles(({ of }) => of.get(node.id));
  const isRenaming = useAttention(({ renaming }) => renaming === node.id);
  const isLit = useLit(({ path }) => path?.nodes.has(node.id) === true);
  const glows = useGuide(({ glow }) => glow === cardOf(node.id));
  const knobs = isNarrow ? 0 : knobsOf(node).length;
  usePicture('calm', ({ frame }) => {
    const places = currentPlaces();
    if (frame === null || places === null || card.current === null) return;
    const state = frame[places.state(node.id)] ?? NODE_STATE.UP;
    const words = STATE_WORDS.get(state);
    write(chip.current, words === undefined ? '' : text(words));
    if (words === undefined) delete chip.current?.dataset.state;
    else if (chip.current !== null) chip.current.dataset.state = words.slice('card.'.length);
    card.current.classList.toggle('is-crashed', state === NODE_STATE.CRASHED);
    if (!useAttention.getState().isFar) return;
    write(far.current, farFigure?.(node, frame, places) ?? '');
    if (fill) bar.current?.style.setProperty('--fill', fill(node, frame, places).toFixed(3));
  });
  const classes = [
    `card card-${node.kind}`,
    selected && 'is-selected',
    isNarrow && 'is-narrow',
    isUnwired && 'is-unwired',
    trouble && 'is-troubled',
    glows && 'glows',
    isLit && 'is-lit',
  ];
  return (
    <article
      ref={card}
      className={classes.filter(Boolean).join(' ')}
      style={{ '--knobs': `${knobs * KNOB_HEIGHT}px` } as React.CSSProperties}
    >
      <header>
        <KindGlyph kind={node.kind} />
        <div className="card-title">
          {isRenaming ? (
            <NameInput node={node} />
          ) : (
            <h3 title={nodeName(node)} onDoubleClick={() => rename(node.id)}>
              {nodeName(node)}
            </h3>
          )}
          {trouble === undefined ? (
            <p>{subline?.(node) || kindName(node.kind).toLowerCase()}</p>
          ) : (
            <p className="card-trouble" title={`${trouble.sentence} ${trouble.remedy}`}>
              <TriangleAlert size={12} strokeWidth={1.75} />
              {trouble.short}
            </p>
          )}
        </div>
        <span ref={chip} className="card-chip" />
        {Aside && <Aside node={node} isNarrow={isNarrow} />}
        <b ref={far} className="card-far" aria-hidden="true" />
      </header>
      {fill && <i ref={bar} className="card-fill" />}
      {Body && <Body node={node} isNarrow={isNarrow} />}
      {knobs > 0 && <Knobs node={node} />}
      {!isNarrow && (
        <button
          type="button"
          className="card-menu nodrag nokey"
          tabIndex={selected ? 0 : -1}
          aria-label={text('menu.open', { name: nodeName(node) })}
          aria-haspopup="menu"
          onClick={(event) => {
            const { left, bottom } = event.currentTarget.getBoundingClientRect();
            openMenu('acts', node.id, { x: left, y: bottom + 4 });
          }}
        >
          <Ellipsis size={14} strokeWidth={2} />
        </button>
      )}
      {ports.map((port) => (
        <Handle
          key={port.name}
          id={port.name}
          type={port.direction === 'out' ? 'source' : 'target'}
          position={
            isNarrow ? (port.direction === 'out' ? Position.Bottom : Position.Top) : handleSide(port.direction, port.type)
          }
          isConnectable={!isNarrow}
        />
      ))}
    </article>
  );
});

/** The name where it stands, to be written over: Enter and leaving take it, Escape leaves it as it was. */
function NameInput({ node }: { readonly node: NodeDocument }) {
  const input = useRef<HTMLInputElement>(null);
  const isOver = useRef(false);
  useEffect(() => input.current?.select(), []);
  const finish = (name: string | null, hasFocus: boolean) => {
    if (isOver.current) return;
    isOver.current = true;
    rename(null);
    if (name !== null) edit((now) => renameNode(now, node.id, name));
    if (hasFocus) focusOnCanvas(node.id);
  };
  return (
    <input
      ref={input}
      className="card-name nodrag"
      aria-label={text('card.rename')}
      defaultValue={nodeName(node)}
      maxLength={NAME_MAX}
      // biome-ignore lint/a11y/noAutofocus: it stands where one has just asked to write.
      autoFocus
      onBlur={(event) => finish(event.target.value, false)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Enter') finish(event.currentTarget.value, true);
        if (event.key === 'Escape') finish(null, true);
      }}
    />
  );
}

/** Whether no wire begins or ends here: then its ports are shown, as there is no wire to show them. */
const isAlone = (drawing: Drawing | null, id: string): boolean =>
  drawing !== null && !topologyOf(drawing).wires.some((wire) => wire.from === id || wire.to === id);

/** Where the card offers a port: along the flow, but what is given up on leaves downwards. */
function handleSide(direction: 'in' | 'out', type: string): Position {
  if (type === 'gives-up' || type === 'amqp-gives-up' || type === 'amqp-unrouted') return Position.Bottom;
  if (type === 'dead-letters') return Position.Top;
  return direction === 'out' ? Position.Right : Position.Left;
}
