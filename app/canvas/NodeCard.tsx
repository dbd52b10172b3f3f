// A node of the drawing as a card: glyph, name, what it is, and the body its kind brings. Renders on edits only; figures and
// letters on it are written from the frames.

import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo, useRef } from 'react';
import { nodeKind } from '../../sim-engine/nodes/declarations.ts';
import { NODE_STATE } from '../../sim-engine/protocol/frame.ts';
import { type MessageKey, text } from '../messages/text.ts';
import { kindName, nodeView } from '../node-views/node-views.ts';
import { type Drawing, nodeName, topologyOf } from '../store/drawing.ts';
import { usePicture, write } from '../store/LiveText.tsx';
import { currentPlaces, present, useLab } from '../store/lab.ts';
import { KindGlyph } from '../ui/KindGlyph.tsx';
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
  const { Aside, Body, subline } = nodeView(node.kind);
  const ports = nodeKind(node.kind)?.ports ?? [];
  const isUnwired = useLab((lab) => isAlone(present(lab), node.id));

  usePicture('calm', ({ frame }) => {
    const places = currentPlaces();
    if (frame === null || places === null || card.current === null) return;
    const state = frame[places.state(node.id)] ?? NODE_STATE.UP;
    const words = STATE_WORDS.get(state);
    write(chip.current, words === undefined ? '' : text(words));
    card.current.classList.toggle('is-crashed', state === NODE_STATE.CRASHED);
  });

  return (
    <article
      ref={card}
      className={`card card-${node.kind}${selected ? ' is-selected' : ''}${isNarrow ? ' is-narrow' : ''}${isUnwired ? ' is-unwired' : ''}`}
    >
      <header>
        <KindGlyph kind={node.kind} />
        <div className="card-title">
          <h3 title={nodeName(node)}>{nodeName(node)}</h3>
          <p>{subline?.(node) || kindName(node.kind).toLowerCase()}</p>
        </div>
        <span ref={chip} className="card-chip" />
        {Aside && <Aside node={node} isNarrow={isNarrow} />}
      </header>
      {Body && <Body node={node} isNarrow={isNarrow} />}
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

/** Whether no wire begins or ends here: then its ports are shown, as there is no wire to show them. */
const isAlone = (drawing: Drawing | null, id: string): boolean =>
  drawing !== null && !topologyOf(drawing).wires.some((wire) => wire.from === id || wire.to === id);

/** Where the card offers a port: along the flow, but what is given up on leaves downwards. */
function handleSide(direction: 'in' | 'out', type: string): Position {
  if (type === 'gives-up') return Position.Bottom;
  if (type === 'dead-letters') return Position.Top;
  return direction === 'out' ? Position.Right : Position.Left;
}
