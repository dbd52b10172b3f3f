// The drawing as a tree, for those who do not see the canvas or do not use a pointer: every node with its knobs, its counts and its
// wires. What is chosen here is chosen on the canvas, and the other way round.

import { ChevronRight, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { nodeKind } from '../../sim-engine/nodes/declarations.ts';
import type { Gauge } from '../../sim-engine/nodes/node-kind.ts';
import { NODE_STATE } from '../../sim-engine/protocol/frame.ts';
import { type MessageKey, text } from '../messages/asked.ts';
import { say } from '../messages/say.ts';
import { FieldSlider } from '../node-views/FieldSlider.tsx';
import { kindName } from '../node-views/node-views.ts';
import { gaugeText } from '../store/charted.ts';
import { topologyOf } from '../store/drawing.ts';
import { LiveText } from '../store/LiveText.tsx';
import { present, select, useLab } from '../store/lab.ts';
import { nodeName } from '../store/node-name.ts';
import { fieldOf } from '../store/params.ts';
import type { Places } from '../store/readings.ts';
import { sliderForm } from '../store/sliders.ts';
import { KindGlyph } from '../ui/KindGlyph.tsx';
import { keyOfNode, type Row, rowsOf, stepFrom } from './rows.ts';
import './outline.css';

const STATE_WORDS = new Map<number, MessageKey>([
  [NODE_STATE.CRASHED, 'card.crashed'],
  [NODE_STATE.STALLED, 'card.stalled'],
  [NODE_STATE.SLOWED, 'card.slowed'],
  [NODE_STATE.BLOCKED, 'card.blocked'],
]);

export function OutlinePanel({ onClose }: { readonly onClose: () => void }) {
  const drawing = useLab(present);
  const selection = useLab((lab) => lab.selection);
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(new Set());
  const [chosen] = selection;
  const [active, setActive] = useState(chosen === undefined ? null : keyOfNode(chosen));
  const tree = useRef<HTMLDivElement>(null);
  const rows = drawing === null ? [] : rowsOf(topologyOf(drawing), expanded);
  // What was active may be gone: then the first row is the way in.
  const at = rows.some(({ key }) => key === active) ? active : (rows[0]?.key ?? null);
  const start = useRef(at);
  useEffect(() => {
    const before = document.activeElement;
    focusRow(tree.current, start.current);
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  }, []);

  useEffect(() => {
    if (active === at) return;
    setActive(at);
    if (document.activeElement === document.body) focusRow(tree.current, at);
  }, [active, at]);

  const goTo = (key: string) => {
    setActive(key);
    // A row that has just been opened is there with the next frame.
    requestAnimationFrame(() => focusRow(tree.current, key));
  };
  const open = (keys: readonly string[]) => setExpanded((now) => new Set([...now, ...keys]));
  const close = (key: string) => setExpanded((now) => new Set([...now].filter((one) => one !== key)));
  /** To the node of this id, through everything it lies in. */
  const reveal = (id: string) => {
    const nodes = drawing === null ? [] : topologyOf(drawing).nodes;
    const around: string[] = [];
    for (let node = nodes.find((one) => one.id === id); node?.parent !== undefined && around.length < nodes.length; ) {
      around.push(keyOfNode(node.parent));
      const { parent } = node;
      node = nodes.find((one) => one.id === parent);
    }
    open(around);
    select([id]);
    goTo(keyOfNode(id));
  };
  const act = (row: Row) => {
    if (row.kind === 'node') select([row.node.id]);
    else if (row.kind === 'wire') reveal(row.other);
    else if (row.kind === 'knob') rowElement(tree.current, row.key)?.querySelector('input')?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const row = rows.find(({ key }) => key === at);
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement) {
      // Its arrows set the value; Enter and Escape lead back to the row.
      if (event.key !== 'Enter' && event.key !== 'Escape') return;
      focusRow(tree.current, row.key);
    } else if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter') act(row);
    else {
      const step = event.key === ' ' ? null : stepFrom(rows, row.key, event.key);
      if (step === null) return;
      if ('to' in step) goTo(step.to);
      else if ('expand' in step) open([step.expand]);
      else if ('collapse' in step) close(step.collapse);
      else open(step.expandAll);
    }
    // The letters that look ahead are keys of the canvas elsewhere.
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <aside className="panel outline" aria-label={text('outline.label')}>
      <header className="outline-head">
        <h2>{text('outline.title')}</h2>
        <button type="button" className="btn ghost only" aria-label={text('outline.close')} onClick={onClose}>
          <X size={16} strokeWidth={1.75} />
        </button>
      </header>
      <p className="unseen" id="outline-help">
        {text('outline.help')}
      </p>
      {rows.length === 0 && <p className="outline-none">{text('outline.none')}</p>}
      <div
        ref={tree}
        role="tree"
        aria-multiselectable
        className="outline-tree"
        aria-label={text('outline.label')}
        aria-describedby="outline-help"
        onKeyDown={onKeyDown}
      >
        {rows.map((row) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the tree has the keys of all its rows.
          <div
            key={row.key}
            role="treeitem"
            data-row={row.key}
            className={`outline-row is-${row.kind}`}
            style={{ '--level': row.level } as React.CSSProperties}
            tabIndex={row.key === at ? 0 : -1}
            aria-level={row.level}
            aria-posinset={row.position}
            aria-setsize={row.siblings}
            aria-expanded={row.kind === 'node' ? row.isExpanded : undefined}
            aria-selected={row.kind === 'node' && selection.has(row.node.id)}
            onFocus={(event) => event.target === event.currentTarget && setActive(row.key)}
            onClick={(event) => {
              if (event.target instanceof HTMLInputElement) return;
              setActive(row.key);
              act(row);
            }}
          >
            {row.kind === 'node' && (
              // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: the arrow keys do the same.
              <span
                className="outline-twist"
                onClick={(event) => {
                  event.stopPropagation();
                  if (row.isExpanded) close(row.key);
                  else open([row.key]);
                }}
              >
                <ChevronRight size={14} strokeWidth={1.75} />
              </span>
            )}
            <Content row={row} />
          </div>
        ))}
      </div>
    </aside>
  );
}

function Content({ row }: { readonly row: Row }) {
  switch (row.kind) {
    case 'node':
      return <NodeLine row={row} />;
    case 'knob':
      return <KnobLine row={row} />;
    case 'count':
      return (
        <>
          <span>{row.label}</span>
          <b>
            <LiveText read={(frame, places) => countText(row.node.id, row.gauge, frame, places)} />
          </b>
        </>
      );
    case 'wire':
      return <span className="outline-link">{row.label}</span>;
    default:
      return row satisfies never;
  }
}

const countText = (id: string, gauge: Gauge, frame: Float64Array, places: Places): string =>
  gaugeText(gauge, frame[places.gauge(id, gauge.name)] ?? 0);

/** Name, kind, what is wrong with it now, and the first thing that is counted of it. */
function NodeLine({ row: { node } }: { readonly row: Extract<Row, { kind: 'node' }> }) {
  const [first] = nodeKind(node.kind)?.gauges ?? [];
  return (
    <>
      <KindGlyph kind={node.kind} />
      <span className="outline-name">
        {nodeName(node)} <i>{kindName(node.kind).toLowerCase()}</i>{' '}
        <LiveText className="outline-state" read={(frame, places) => stateWord(frame[places.state(node.id)])} />
      </span>
      {first && (
        <b>
          <LiveText read={(frame, places) => countText(node.id, first, frame, places)} /> <i>{say(first.label).toLowerCase()}</i>
        </b>
      )}
    </>
  );
}

function stateWord(state: number | undefined): string {
  const word = STATE_WORDS.get(state ?? NODE_STATE.UP);
  return word === undefined ? '' : text(word);
}

function KnobLine({ row: { node, name, field } }: { readonly row: Extract<Row, { kind: 'knob' }> }) {
  const value = fieldOf(node, name);
  const form = sliderForm(field, value);
  if (form === null) return null;
  const { figure, unit } = form.words(form.shown(value));
  return (
    <>
      <span>{say(field.label)}</span>
      <b>
        {figure} <i>{unit}</i>
      </b>
      <FieldSlider target={node.id} name={name} field={field} form={form} value={value} nodeName={nodeName(node)} tabIndex={-1} />
    </>
  );
}

const rowElement = (tree: HTMLElement | null, key: string | null): HTMLElement | null =>
  key === null ? null : (tree?.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"]`) ?? null);

function focusRow(tree: HTMLElement | null, key: string | null): void {
  const row = rowElement(tree, key);
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: 'nearest' });
}
