// The settings of the one selected node or wire, made from its declaration, and its gauges now.

import { ChartLine, CircleHelp, Copy, ExternalLink, Spline, Trash2, X } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { nodeKind, wireKind } from '../../sim-engine/nodes/declarations.ts';
import type { Field } from '../../sim-engine/nodes/fields.ts';
import type { Gauge } from '../../sim-engine/nodes/node-kind.ts';
import type { NodeDocument, TopologyDocument, WireDocument } from '../../sim-engine/topology/document.ts';
import { duplicate, removeThings, showKnob } from '../acts/acts.ts';
import { text } from '../messages/asked.ts';
import { say } from '../messages/say.ts';
import { worded } from '../messages/services.ts';
import { GAUGES_MAX, gaugeText, isSameGauge, toggleGauge, useCharted } from '../store/charted.ts';
import { connect, nameOf, setParam, topologyOf, wireSources, wireTargets } from '../store/drawing.ts';
import { LiveText } from '../store/LiveText.tsx';
import { edit, type Lab, present, reset, select, useLab } from '../store/lab.ts';
import { nodeName } from '../store/node-name.ts';
import { fieldOf, fieldsOf, isShown, isWire } from '../store/params.ts';
import { canBeKnob } from '../store/sliders.ts';
import { focusIfLost } from '../ui/focus.ts';
import { KindGlyph } from '../ui/KindGlyph.tsx';
import { fieldGroups, gaugeGroups, isAsked } from './arrange.ts';
import { DeadActs } from './DeadActs.tsx';
import { FieldControl } from './FieldControl.tsx';
import './inspector.css';
import './inside.css';

const InsideView = lazy(async () => ({ default: (await import('./InsideView.tsx')).InsideView }));
const TryKey = lazy(async () => ({ default: (await import('./TryKey.tsx')).TryKey }));
const BrokerNow = lazy(async () => ({ default: (await import('./BrokerNow.tsx')).BrokerNow }));
const ClusterNow = lazy(async () => ({ default: (await import('./ClusterNow.tsx')).ClusterNow }));
const CallNow = lazy(async () => ({ default: (await import('./CallNow.tsx')).CallNow }));
const ServiceNow = lazy(async () => ({ default: (await import('./ServiceNow.tsx')).ServiceNow }));

type Thing = NodeDocument | WireDocument;

export function Inspector() {
  const drawing = useLab(present);
  const selection = useLab((lab) => lab.selection);
  // Kept here, so that it stays as it is from one node to the next.
  const [isExplained, setExplained] = useState(false);
  const [isInside, setInside] = useState(false);
  const [id] = selection;
  const topology = drawing && topologyOf(drawing);
  const thing = selection.size === 1 ? topology && find(topology, id as string) : undefined;
  if (topology && selection.size > 1) return <Many ids={selection} topology={topology} />;
  if (!topology || !thing) return null;
  return (
    <Settings
      key={thing.id}
      thing={thing}
      topology={topology}
      isExplained={isExplained}
      onExplain={() => setExplained(!isExplained)}
      isInside={isInside}
      onInside={setInside}
    />
  );
}

const find = ({ nodes, wires }: TopologyDocument, id: string): Thing | undefined =>
  [...nodes, ...wires].find((thing) => thing.id === id);

/** Of several things at once there is only what can be done with all of them. */
function Many({ ids, topology }: { ids: ReadonlySet<string>; topology: TopologyDocument }) {
  // A box takes the wires between its cards along; what is counted are the cards.
  const cards = topology.nodes.filter(({ id }) => ids.has(id)).length;
  return (
    <aside className="panel inspector" aria-label={text('inspector.many.label')}>
      <header className="inspector-head">
        <div>
          <h2>{text('inspector.many', { count: cards === 0 ? ids.size : cards })}</h2>
        </div>
        <button type="button" className="btn ghost only" aria-label={text('inspector.close')} onClick={() => close([...ids][0])}>
          <X size={16} strokeWidth={1.75} />
        </button>
      </header>
      <div className="inspector-section inspector-acts">
        <DuplicateButton ids={ids} />
        <DeleteButton ids={ids} />
      </div>
    </aside>
  );
}

function DuplicateButton({ ids }: { ids: ReadonlySet<string> }) {
  return (
    <button type="button" className="btn small" onClick={() => duplicate(ids)}>
      <Copy size={14} strokeWidth={1.75} />
      {text('menu.duplicate')}
    </button>
  );
}

function DeleteButton({ ids }: { ids: ReadonlySet<string> }) {
  return (
    <button type="button" className="btn small" onClick={() => removeThings(ids)}>
      <Trash2 size={14} strokeWidth={1.75} />
      {text('inspector.delete')}
    </button>
  );
}

function close(id: string | undefined): void {
  select([]);
  focusIfLost(id);
}

interface SettingsProps {
  readonly thing: Thing;
  readonly topology: TopologyDocument;
  readonly isExplained: boolean;
  readonly onExplain: () => void;
  /** What a node holds is shown, and not its settings. */
  readonly isInside: boolean;
  readonly onInside: (isInside: boolean) => void;
}

function Settings({ thing, topology, isExplained, onExplain, isInside, onInside }: SettingsProps) {
  const kind = isWire(thing) ? wireKind(thing.kind) : nodeKind(thing.kind);
  if (kind === undefined) return null;
  const name = nameOf(topology, thing.id);
  const showsInside = isInside && !isWire(thing);
  const isLoose = !topology.wires.some(({ from, to }) => from === thing.id || to === thing.id);
  return (
    <aside className={`panel inspector${showsInside ? ' is-inside' : ''}`} aria-label={text('inspector.label', { name })}>
      <header className="inspector-head">
        <KindGlyph kind={isWire(thing) ? 'wire' : thing.kind} size={22} />
        <div>
          <h2>{name}</h2>
          <p>
            {say(kind.label)}
            {!isWire(thing) && thing.parent !== undefined && <Holder topology={topology} id={thing.parent} />}
          </p>
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
        <button type="button" className="btn ghost only" aria-label={text('inspector.close')} onClick={() => close(thing.id)}>
          <X size={16} strokeWidth={1.75} />
        </button>
      </header>
      {!isWire(thing) && <Views isInside={isInside} onInside={onInside} />}
      {showsInside ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: tables may have nothing to focus in them, and must be scrolled by key all the same.
        <section className="inspector-body" aria-label={worded('inside.of', { name })} tabIndex={0}>
          <Suspense>
            <InsideView node={thing.id} />
          </Suspense>
        </section>
      ) : (
        <SettingsBody thing={thing} topology={topology} isExplained={isExplained} isLoose={isLoose} />
      )}
    </aside>
  );
}

/** What a part lies in, and the way there: on a narrow screen it has no frame that could be tapped. */
function Holder({ id, topology }: { readonly id: string; readonly topology: TopologyDocument }) {
  return (
    <button type="button" className="inspector-holder" onClick={() => select([id])}>
      {text('inspector.holder', { name: nameOf(topology, id) })}
    </button>
  );
}

/** Two views of one node. */
function Views({ isInside, onInside }: Pick<SettingsProps, 'isInside' | 'onInside'>) {
  return (
    <fieldset className="seg inspector-views" aria-label={worded('inside.views')}>
      <button type="button" aria-pressed={!isInside} onClick={() => onInside(false)}>
        {worded('inside.settings')}
      </button>
      <button type="button" aria-pressed={isInside} onClick={() => onInside(true)}>
        {worded('inside.tab')}
      </button>
    </fieldset>
  );
}

interface SettingsBodyProps extends Pick<SettingsProps, 'thing' | 'topology' | 'isExplained'> {
  /** Nothing joins it. */
  readonly isLoose: boolean;
}

function SettingsBody({ thing, topology, isExplained, isLoose }: SettingsBodyProps) {
  const kind = isWire(thing) ? wireKind(thing.kind) : nodeKind(thing.kind);
  if (kind === undefined) return null;
  return (
    <div className="inspector-body">
      {'ports' in kind && kind.ports.some(({ type }) => type === 'dead-letters') && <DeadActs node={thing.id} />}
      {/* A card that nothing joins is to be wired before all else. */}
      {!isWire(thing) && isLoose && <WireTo node={thing} topology={topology} />}
      {(thing.kind === 'call' || thing.kind === 'service') && (
        <Suspense>{isWire(thing) ? <CallNow wire={thing} /> : <ServiceNow node={thing} topology={topology} />}</Suspense>
      )}
      <Suspense>
        {!isWire(thing) && thing.kind === 'rabbitmq-exchange' && <TryKey node={thing} topology={topology} />}
        {!isWire(thing) && thing.kind === 'rabbitmq' && <BrokerNow node={thing} />}
        {!isWire(thing) && thing.kind.startsWith('kafka') && <ClusterNow node={thing} topology={topology} />}
      </Suspense>
      <Form thing={thing} topology={topology} isExplained={isExplained} />
      {!isWire(thing) && <Now node={thing} topology={topology} isExplained={isExplained} />}
      {!isWire(thing) && !isLoose && <WireTo node={thing} topology={topology} />}
      <div className="inspector-section">
        <p className="inspector-about">{say(kind.about)}</p>
        {'fidelity' in kind && (
          <p className="inspector-about">
            <b>{text('inspector.fidelity')}</b> {say(kind.fidelity)}
          </p>
        )}
        {'link' in kind && kind.link !== undefined && (
          <p className="inspector-about">
            <a href={kind.link} target="_blank" rel="noreferrer">
              {text('inspector.docs')} <ExternalLink size={12} strokeWidth={1.75} />
            </a>
          </p>
        )}
        <div className="inspector-acts">
          {!isWire(thing) && <DuplicateButton ids={new Set([thing.id])} />}
          <DeleteButton ids={new Set([thing.id])} />
        </div>
      </div>
    </div>
  );
}

/** As the run took it up: at its start, or when it was added to the drawing later. */
function asRunBegan({ runStart, drawing }: Lab, id: string): Thing | undefined {
  const atStart = runStart === null ? undefined : find(topologyOf(runStart), id);
  if (atStart !== undefined) return atStart;
  for (const before of drawing?.past ?? []) {
    const added = find(topologyOf(before), id);
    if (added !== undefined) return added;
  }
  return undefined;
}

function Form({ thing, topology, isExplained }: Pick<SettingsProps, 'thing' | 'topology' | 'isExplained'>) {
  // What can be changed while it runs comes first.
  const fields = Object.entries(fieldsOf(thing))
    .filter(([name, field]) => isShown(thing, field) && isAsked(thing, name, topology))
    .sort(([, a], [, b]) => Number(b.live) - Number(a.live));
  const asBegun = useLab((lab) => asRunBegan(lab, thing.id));
  const knobs = new Set(isWire(thing) ? [] : thing.view?.knobs.map(({ field }) => field));
  // Steps that somebody has written are what the node is about.
  const [isWritten] = useState(() =>
    fields.some(([name, field]) => field.kind === 'steps' && thing.params?.[name] !== undefined),
  );
  const isFirst = (field: Field) => isWritten && field.kind === 'steps';
  const groupsOf = (isAdvanced: boolean) =>
    fieldGroups(
      thing.kind,
      fields.filter(([, field]) => !isFirst(field) && Boolean(field.advanced) === isAdvanced),
    );
  const [basic, advanced] = [groupsOf(false), groupsOf(true)];
  // What somebody has set is not to be searched for.
  const [isOpen] = useState(() =>
    fields.some(([name, field]) => field.advanced && !isFirst(field) && thing.params?.[name] !== undefined),
  );
  const control = ([name, field]: (typeof fields)[number]) => (
    <FieldControl
      key={name}
      target={thing.id}
      name={name}
      field={field}
      value={fieldOf(thing, name)}
      onChange={(value) => edit((now) => setParam(now, thing.id, name, value))}
      isKnob={isWire(thing) || !canBeKnob(field, fieldOf(thing, name)) ? null : knobs.has(name)}
      onKnob={(isKnob) => showKnob(thing.id, name, isKnob)}
      isExplained={isExplained}
    />
  );
  // Fields that a run cannot take on its way count from the next start of it.
  const waits = fields.some(
    ([name, field]) => !field.live && asBegun && JSON.stringify(fieldOf(asBegun, name)) !== JSON.stringify(fieldOf(thing, name)),
  );
  return (
    <>
      {isWritten && <div className="inspector-section">{fields.filter(([, field]) => isFirst(field)).map(control)}</div>}
      {basic.map(({ heading, items }) => (
        <div key={heading} className="inspector-section">
          {heading && <h3>{worded(heading)}</h3>}
          {items.map(control)}
        </div>
      ))}
      {advanced.length > 0 && (
        <details className="inspector-section" open={isOpen}>
          <summary>{text('inspector.more')}</summary>
          {advanced.map(({ heading, items }) => (
            <div key={heading} className="inspector-group">
              {heading && <h3>{worded(heading)}</h3>}
              {items.map(control)}
            </div>
          ))}
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

interface NowProps {
  readonly node: NodeDocument;
  readonly topology: TopologyDocument;
  readonly isExplained: boolean;
}

function Now({ node, topology, isExplained }: NowProps) {
  const groups = gaugeGroups(node, nodeKind(node.kind)?.gauges ?? [], topology).filter(({ items }) => items.length > 0);
  return groups.map(({ heading, items }) => (
    <div key={heading} className="inspector-section">
      <h3>{heading === null ? text('inspector.now') : worded(heading)}</h3>
      <Gauges id={node.id} gauges={items} isExplained={isExplained} />
    </div>
  ));
}

interface GaugesProps {
  readonly id: string;
  readonly gauges: readonly Gauge[];
  readonly isExplained: boolean;
}

function Gauges({ id, gauges, isExplained }: GaugesProps) {
  return (
    <dl className="inspector-gauges">
      {gauges.map((gauge) => (
        <div key={gauge.name} title={say(gauge.help)}>
          <dt>{say(gauge.label)}</dt>
          <ChartThis node={id} gauge={gauge} />
          <dd>
            <LiveText read={(frame, places) => gaugeText(gauge, frame[places.gauge(id, gauge.name)] ?? 0)} />
          </dd>
          {isExplained && <dd className="field-help">{say(gauge.help)}</dd>}
        </div>
      ))}
    </dl>
  );
}

/** Draws a wire without a pointer, and where the screen is too small to draw one by hand. */
function WireTo({ node, topology }: { node: NodeDocument; topology: TopologyDocument }) {
  const targets = wireTargets(topology, node.id);
  const sources = wireSources(topology, node.id);
  if (targets.length + sources.length === 0) return null;
  const draw = (from: string, to: string) => {
    edit((now) => connect(now, from, to));
    // The last of its kind takes its button along.
    focusIfLost(node.id);
  };
  const isFed = sources.length === 0 || topology.wires.some((wire) => wire.to === node.id);
  const to = <OtherEnd key="to" end="to" nodes={targets} onPick={(id) => draw(node.id, id)} />;
  const from = <OtherEnd key="from" end="from" nodes={sources} onPick={(id) => draw(id, node.id)} />;
  return (
    <div className="inspector-section">
      {/* What is missing comes first: a worker that reads nothing is wired from somewhere. */}
      {isFed ? [to, from] : [from, to]}
    </div>
  );
}

interface OtherEndProps {
  readonly end: 'to' | 'from';
  readonly nodes: readonly NodeDocument[];
  readonly onPick: (id: string) => void;
}

function OtherEnd({ end, nodes, onPick }: OtherEndProps) {
  const label = text(`inspector.wire-${end}`);
  const [chosen, setChosen] = useState('');
  const target = nodes.find(({ id }) => id === chosen) ?? nodes[0];
  if (target === undefined) return null;
  return (
    <div className="wire-to">
      <span className="wire-to-label">{label}</span>
      <select className="field-value" aria-label={label} value={target.id} onChange={(event) => setChosen(event.target.value)}>
        {nodes.map((node) => (
          <option key={node.id} value={node.id}>
            {nodeName(node)}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="btn small"
        aria-label={text(`inspector.wire-${end}.of`, { name: nodeName(target) })}
        onClick={() => onPick(target.id)}
      >
        <Spline size={14} strokeWidth={1.75} />
        {text('inspector.wire-to.do')}
      </button>
    </div>
  );
}

/** Has a gauge drawn over time in the dock, or no more. */
function ChartThis({ node, gauge }: { node: string; gauge: Gauge }) {
  const charted = { node, gauge: gauge.name };
  const isCharted = useCharted(({ gauges }) => gauges.some((one) => isSameGauge(one, charted)));
  const isFull = useCharted(({ gauges }) => gauges.length >= GAUGES_MAX);
  const label = text(isCharted ? 'lanes.chart-not' : 'lanes.chart-this', { name: say(gauge.label) });
  return (
    <dd className="gauge-chart">
      <button
        type="button"
        className="btn ghost only"
        aria-label={label}
        title={isFull && !isCharted ? text('lanes.chart-full') : label}
        aria-pressed={isCharted}
        disabled={isFull && !isCharted}
        onClick={() => toggleGauge(charted)}
      >
        <ChartLine size={14} strokeWidth={1.75} />
      </button>
    </dd>
  );
}
