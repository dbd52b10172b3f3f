// The settings of the one selected node or wire, made from its declaration, and its gauges now.

import { CircleHelp, Spline, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { nodeKind, wireKind } from '../../sim-engine/nodes/declarations.ts';
import type { Gauge } from '../../sim-engine/nodes/node-kind.ts';
import type { NodeDocument, TopologyDocument, WireDocument } from '../../sim-engine/topology/document.ts';
import { say, text } from '../messages/text.ts';
import { connect, nameOf, remove, setParam, topologyOf, wireTargets } from '../store/drawing.ts';
import { LiveText } from '../store/LiveText.tsx';
import { beginEdit, commitEdit, edit, present, reset, select, useLab } from '../store/lab.ts';
import { fieldOf, fieldsOf, isShown, isWire } from '../store/params.ts';
import { count, duration, figure } from '../ui/format.ts';
import { KindGlyph } from '../ui/KindGlyph.tsx';
import { FieldControl } from './FieldControl.tsx';
import './inspector.css';

type Thing = NodeDocument | WireDocument;

export function Inspector() {
  const drawing = useLab(present);
  const selection = useLab((lab) => lab.selection);
  // Kept here, so that it stays as it is from one node to the next.
  const [isExplained, setExplained] = useState(false);
  const [id] = selection;
  const topology = drawing && topologyOf(drawing);
  const thing = selection.size === 1 ? topology && find(topology, id as string) : undefined;
  if (!topology || !thing) return null;
  return (
    <Settings
      key={thing.id}
      thing={thing}
      topology={topology}
      isExplained={isExplained}
      onExplain={() => setExplained(!isExplained)}
    />
  );
}

const find = ({ nodes, wires }: TopologyDocument, id: string): Thing | undefined =>
  [...nodes, ...wires].find((thing) => thing.id === id);

interface SettingsProps {
  readonly thing: Thing;
  readonly topology: TopologyDocument;
  readonly isExplained: boolean;
  readonly onExplain: () => void;
}

function Settings({ thing, topology, isExplained, onExplain }: SettingsProps) {
  const kind = isWire(thing) ? wireKind(thing.kind) : nodeKind(thing.kind);
  if (kind === undefined) return null;
  const name = nameOf(topology, thing.id);
  return (
    <aside className="panel inspector" aria-label={text('inspector.label', { name })}>
      <header className="inspector-head">
        <KindGlyph kind={isWire(thing) ? 'wire' : thing.kind} size={22} />
        <div>
          <h2>{name}</h2>
          <p>{say(kind.label)}</p>
        </div>
        <button
          type="button"
          className="btn ghost only"
          aria-label={text('inspector.explain')}
          title={text('inspector.explain')}
          aria-pressed={isExplained}
          onClick={onExplain}
        >
          <CircleHelp size={16} strokeWidth={1.75} />
        </button>
        <button type="button" className="btn ghost only" aria-label={text('inspector.close')} onClick={() => select([])}>
          <X size={16} strokeWidth={1.75} />
        </button>
      </header>
      <div className="inspector-body">
        <Form thing={thing} isExplained={isExplained} />
        {!isWire(thing) && <Now node={thing} isExplained={isExplained} />}
        {!isWire(thing) && <WireTo node={thing} topology={topology} />}
        <div className="inspector-section">
          <p className="inspector-about">{say(kind.about)}</p>
          {'fidelity' in kind && (
            <p className="inspector-about">
              <b>{text('inspector.fidelity')}</b> {say(kind.fidelity)}
            </p>
          )}
          <button type="button" className="btn small" onClick={() => edit((now) => remove(now, new Set([thing.id])))}>
            <Trash2 size={14} strokeWidth={1.75} />
            {text('inspector.delete')}
          </button>
        </div>
      </div>
    </aside>
  );
}

function Form({ thing, isExplained }: { thing: Thing; isExplained: boolean }) {
  // What can be changed while it runs comes first.
  const fields = Object.entries(fieldsOf(thing))
    .filter(([, field]) => isShown(thing, field))
    .sort(([, a], [, b]) => Number(b.live) - Number(a.live));
  const atStart = useLab((lab) => lab.runStart && find(topologyOf(lab.runStart), thing.id));
  const [basic, advanced] = [fields.filter(([, field]) => !field.advanced), fields.filter(([, field]) => field.advanced)];
  const control = ([name, field]: (typeof fields)[number]) => (
    <FieldControl
      key={name}
      field={field}
      value={fieldOf(thing, name)}
      onChange={(value) => edit((now) => setParam(now, thing.id, name, value))}
      onBegin={beginEdit}
      onEnd={commitEdit}
      isExplained={isExplained}
    />
  );
  // Fields that a run cannot take on its way count from the next start of it.
  const waits = fields.some(([name, field]) => !field.live && atStart && fieldOf(atStart, name) !== fieldOf(thing, name));
  return (
    <>
      {basic.length > 0 && <div className="inspector-section">{basic.map(control)}</div>}
      {advanced.length > 0 && (
        <details className="inspector-section">
          <summary>{text('inspector.more')}</summary>
          {advanced.map(control)}
        </details>
      )}
      {waits && (
        <div className="inspector-section">
          <button type="button" className="btn small" onClick={() => reset()}>
            {text('inspector.restart.do')}
          </button>
        </div>
      )}
    </>
  );
}

function Now({ node: { id, kind }, isExplained }: { node: NodeDocument; isExplained: boolean }) {
  const gauges = nodeKind(kind)?.gauges ?? [];
  if (gauges.length === 0) return null;
  return (
    <div className="inspector-section">
      <h3>{text('inspector.now')}</h3>
      <dl className="inspector-gauges">
        {gauges.map((gauge) => (
          <div key={gauge.name} title={say(gauge.help)}>
            <dt>{say(gauge.label)}</dt>
            <dd>
              <LiveText read={(frame, places) => gaugeText(gauge, frame[places.gauge(id, gauge.name)] ?? 0)} />
            </dd>
            {isExplained && <dd className="field-help">{say(gauge.help)}</dd>}
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Draws a wire without a pointer, and where the screen is too small to draw one by hand. */
function WireTo({ node, topology }: { node: NodeDocument; topology: TopologyDocument }) {
  const targets = wireTargets(topology, node.id);
  const [chosen, setChosen] = useState('');
  const target = targets.find(({ id }) => id === chosen) ?? targets[0];
  if (target === undefined) return null;
  return (
    <div className="inspector-section wire-to">
      <select
        className="field-value"
        aria-label={text('inspector.wire-to')}
        value={target.id}
        onChange={(event) => setChosen(event.target.value)}
      >
        {targets.map(({ id }) => (
          <option key={id} value={id}>
            {nameOf(topology, id)}
          </option>
        ))}
      </select>
      <button type="button" className="btn small" onClick={() => edit((now) => connect(now, node.id, target.id))}>
        <Spline size={14} strokeWidth={1.75} />
        {text('inspector.wire-to.do')}
      </button>
    </div>
  );
}

function gaugeText({ unit }: Gauge, value: number): string {
  if (unit === 'ratio') return `${(value * 100).toFixed(0)} %`;
  if (unit !== 'seconds') return Number.isInteger(value) ? count(value) : figure(value);
  const { figure: age, unit: ageUnit } = duration(value < 1e-3 ? 0 : value * 1e9);
  return `${age} ${ageUnit}`;
}
