// What can be added to the canvas, made from the list of kinds: dragged to a place by any pointer, or by a click, a tap or Enter
// where there is room. On a narrow screen the list opens on demand.

import { Plus } from 'lucide-react';
import { type PointerEvent, useEffect, useRef, useState } from 'react';
import { NODE_KINDS } from '../../sim-engine/nodes/declarations.ts';
import type { NodeKind, PaletteGroup } from '../../sim-engine/nodes/node-kind.ts';
import { addKind, whyNotAt } from '../acts/acts.ts';
import { named, text } from '../messages/text.ts';
import { useLateWords } from '../store/late.ts';
import { placeInDrawing } from '../store/view.ts';
import { KindGlyph } from '../ui/KindGlyph.tsx';
import { useIsNarrow } from '../ui/media.ts';
import { oneStop } from '../ui/one-stop.ts';
import './palette.css';

const GROUPS: readonly PaletteGroup[] = ['ends', 'channels', 'rabbitmq', 'kafka', 'between'];
/** A pointer that moves less than this has clicked. */
const DRAG_FROM_PX = 5;

export function Palette() {
  const isNarrow = useIsNarrow();
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  if (!isNarrow) return <Kinds />;
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div className="palette-narrow">
      <button
        ref={button}
        data-add
        type="button"
        className="btn palette-open"
        aria-expanded={isOpen}
        aria-haspopup="true"
        onClick={() => setOpen(!isOpen)}
      >
        <Plus size={18} strokeWidth={1.75} />
        {text('palette.add')}
      </button>
      {isOpen && <Kinds onAdded={() => setOpen(false)} onEscape={close} />}
    </div>
  );
}

function Kinds({ onAdded, onEscape }: { readonly onAdded?: () => void; readonly onEscape?: () => void }) {
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    if (onEscape !== undefined) list.current?.querySelector('button')?.focus();
  }, [onEscape]);
  return (
    <nav
      ref={list}
      data-add
      className="panel palette"
      aria-label={text('palette.label')}
      onKeyDown={(event) => event.key === 'Escape' && onEscape?.()}
    >
      <div className="palette-kinds" role="toolbar" aria-orientation="vertical" aria-label={text('palette.label')} ref={oneStop}>
        {GROUPS.map((group) => {
          const kinds = NODE_KINDS.filter((kind) => kind.group === group);
          return kinds.length === 0 ? null : (
            <section key={group} aria-label={text(`palette.group.${group}`)}>
              <h2>{text(`palette.group.${group}`)}</h2>
              {kinds.map((kind) => (
                <KindButton key={kind.type} kind={kind} onAdded={onAdded} />
              ))}
              {group === 'kafka' && <RetryTopicsButton onAdded={onAdded} />}
            </section>
          );
        })}
      </div>
    </nav>
  );
}

/** A pattern: several cards and their wires in one act. */
function RetryTopicsButton({ onAdded }: { readonly onAdded: (() => void) | undefined }) {
  const name = text('palette.retry-topics');
  const late = useLateWords();
  return (
    <button
      type="button"
      title={late === null ? name : `${name}: ${late.say('wire.kafka-pass-on.about')}`}
      onClick={() => {
        void import('../acts/retry-topics.ts').then(({ addRetryTopics }) => addRetryTopics());
        onAdded?.();
      }}
    >
      <KindGlyph kind="retry-topics" />
      <span className="palette-label">{name}</span>
    </button>
  );
}

function KindButton({ kind, onAdded }: { readonly kind: NodeKind; readonly onAdded: (() => void) | undefined }) {
  const late = useLateWords();
  const name = named(kind.label);
  const ghost = useRef<HTMLDivElement>(null);
  const from = useRef<{ readonly x: number; readonly y: number } | null>(null);
  const wasDragged = useRef(false);
  const [isDragged, setDragged] = useState(false);
  const [reason, setReason] = useState<string | null>(null);

  const stop = () => {
    from.current = null;
    setDragged(false);
    setReason(null);
  };
  const follow = (event: PointerEvent) => {
    if (from.current === null) return;
    const { clientX: x, clientY: y } = event;
    if (!wasDragged.current && Math.hypot(x - from.current.x, y - from.current.y) < DRAG_FROM_PX) return;
    if (!wasDragged.current) {
      wasDragged.current = true;
      setDragged(true);
    }
    if (ghost.current !== null) ghost.current.style.translate = `${x}px ${y}px`;
    const at = placeInDrawing({ x, y });
    setReason(at && onAdded === undefined ? whyNotAt(kind, at) : null);
  };
  const drop = ({ clientX: x, clientY: y }: PointerEvent) => {
    if (from.current !== null && wasDragged.current) {
      const at = placeInDrawing({ x, y });
      // A narrow screen shows the drawing turned: a place of it is none of the drawing.
      if (at !== null) addKind(kind, onAdded === undefined ? at : undefined);
    }
    stop();
  };
  return (
    <button
      type="button"
      title={`${late === null ? name : `${name}: ${late.say(kind.about)}`}\n${text('palette.drag')}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, y: event.clientY };
        wasDragged.current = false;
      }}
      onPointerMove={follow}
      onPointerUp={drop}
      onPointerCancel={stop}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && isDragged) stop();
      }}
      onClick={() => {
        // The click that ends a drag is none.
        if (!wasDragged.current) {
          addKind(kind);
          onAdded?.();
        }
        wasDragged.current = false;
      }}
    >
      <KindGlyph kind={kind.type} />
      <span className="palette-label">{name}</span>
      {isDragged && (
        <div ref={ghost} className="palette-ghost" aria-hidden="true">
          <KindGlyph kind={kind.type} />
          {name}
          {reason !== null && <p className="aim">{reason}</p>}
        </div>
      )}
    </button>
  );
}
