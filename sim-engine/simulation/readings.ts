// A run as the check language sees it: measures by name and labels, settings, the shape of the drawing, commands given. Bound
// to one simulation; reading changes nothing. `judge.ts` has checks look at it.

import { RATE_WINDOW_NS } from '../checks/check.ts';
import type { MeasureRef, MissingMeasure, Readings } from '../checks/readings.ts';
import { SampleWindow } from '../checks/windows.ts';
import { fieldsOfWire, nodeKind } from '../nodes/declarations.ts';
import type { Field, Value } from '../nodes/fields.ts';
import { parseDuration } from '../topology/units.ts';
import { REASONS } from '../world/reasons.ts';
import { parseCommand } from './command-text.ts';
import type { Command } from './commands.ts';
import { GROWING_STATUSES, type Measure, Measures, type Series, sumOf } from './measures.ts';
import type { Simulation, TimedCommand } from './simulation.ts';

/** Measured over the time gone by, because a moment says nothing. */
const UTILISATION = 'utilisation';
/** Labels that divide a class of the books by why and where entries ended. */
const REASON_LABELS: ReadonlySet<string> = new Set(['reason', 'where']);

export class SimulationReadings implements Readings {
  readonly measures: Measures;
  private readonly simulation: Simulation;
  private readonly scripted: readonly TimedCommand[];
  /** Series found for a name with labels, as long as the drawing stays. */
  private readonly found = new Map<MeasureRef, readonly Series[]>();
  private foundIn: unknown = null;
  /** Seconds at work of each service in the recent past; empty until somebody asks for a utilisation. */
  private readonly busy = new Map<string, SampleWindow>();
  private isUtilisationAsked = false;

  constructor(simulation: Simulation) {
    this.simulation = simulation;
    this.measures = new Measures(simulation);
    this.scripted = (simulation.scenario.document.commands ?? []).flatMap((timed) => {
      const command = parseCommand(timed.do);
      const at = parseDuration(timed.at);
      return command.ok && at.ok ? [{ atNs: at.value, command: command.value }] : [];
    });
  }

  /** Keeps what means of the recent past are made of. Called at every point of the grid, in order of time. */
  remember(timeNs: number): void {
    if (!this.isUtilisationAsked) return;
    for (const { node, read } of this.measures.get('busy_seconds')?.series() ?? []) {
      let window = this.busy.get(node);
      if (window === undefined) {
        window = new SampleWindow(RATE_WINDOW_NS);
        this.busy.set(node, window);
      }
      window.push(timeNs, read());
    }
  }

  // ---------------------------------------------------------------- measures

  measureNames(): readonly string[] {
    return this.measures.all().map(({ name }) => name);
  }

  whyNot(ref: MeasureRef): MissingMeasure | null {
    const measure = this.measures.get(ref.name);
    if (measure === undefined) return { code: 'unknown-measure', values: {} };
    if (ref.name === UTILISATION) this.isUtilisationAsked = true;
    for (const [label, value] of Object.entries(ref.labels)) {
      const known = this.knownValues(measure, label);
      if (known === null) return { code: 'unknown-label', values: { label }, known: labelsOf(measure) };
      if (!known.includes(value)) return { code: 'unknown-label-value', values: { label, value }, known };
    }
    return null;
  }

  /** Values that a label of a measure can have now, or null if it has no such label. */
  private knownValues(measure: Measure, label: string): readonly string[] | null {
    if (!labelsOf(measure).includes(label)) return null;
    if (label === 'reason') return REASONS;
    if (label === 'where') {
      const { nodes, wires } = this.simulation.topology;
      return [...nodes, ...wires].map(({ id }) => id);
    }
    const values = measure.series().map((series) => (label === 'node' ? series.node : series.labels[label]));
    return [...new Set(values)].filter((value) => value !== undefined && value !== '') as string[];
  }

  read(ref: MeasureRef): number {
    const measure = this.measures.get(ref.name);
    if (measure === undefined) return Number.NaN;
    const isBare = Object.keys(ref.labels).length === 0;
    if (ref.name === UTILISATION) return this.utilisation(isBare ? null : ref);
    return isBare ? measure.total() : sumOf(this.seriesOf(ref, measure));
  }

  isTotal(ref: MeasureRef): boolean {
    const measure = this.measures.get(ref.name);
    if (measure?.name !== 'messages_total') return measure?.type === 'total';
    const { status } = ref.labels;
    return status !== undefined && GROWING_STATUSES.has(status);
  }

  histogram(ref: MeasureRef, out: Float64Array): boolean {
    const measure = this.measures.get(ref.name);
    if (measure?.addCounts === undefined) return false;
    if (Object.keys(ref.labels).length === 0) measure.addCounts(null, out);
    else for (const { node } of this.seriesOf(ref, measure)) measure.addCounts(node, out);
    return true;
  }

  private seriesOf(ref: MeasureRef, measure: Measure): readonly Series[] {
    if (this.foundIn !== this.simulation.topology) {
      this.found.clear();
      this.foundIn = this.simulation.topology;
    }
    const known = this.found.get(ref);
    if (known !== undefined) return known;
    const wanted = Object.entries(ref.labels);
    const isWanted = ({ node, labels }: Series): boolean =>
      wanted.every(([label, value]) => (label === 'node' ? node : labels[label]) === value);
    const series = measure.series().filter(isWanted);
    // Reasons turn up as the run goes on, without any change of the drawing.
    if (!wanted.some(([label]) => REASON_LABELS.has(label))) this.found.set(ref, series);
    return series;
  }

  /** Share of the places that were at work in the last 10 s; of several nodes together, of all their places. */
  private utilisation(ref: MeasureRef | null): number {
    const measure = this.measures.get(UTILISATION) as Measure;
    const series = ref === null ? measure.series() : this.seriesOf(ref, measure);
    let busy = 0;
    let places = 0;
    for (const { node } of series) {
      busy += this.busy.get(node)?.rate() ?? Number.NaN;
      places += this.paramNumber(node, 'concurrency');
    }
    return busy / places;
  }

  private paramNumber(node: string, field: string): number {
    let sum = 0;
    for (const { params } of this.simulation.assembly.actorsOfNode(node)) sum += params[field] as number;
    return sum;
  }

  // ---------------------------------------------------------------- settings and drawing

  knob(node: string, field: string): number | string | boolean | undefined {
    const { assembly } = this.simulation;
    const actor = assembly.actorsOfNode(node)[0];
    if (actor !== undefined) return plainValue(nodeKind(actor.kind)?.fields[field], actor.params[field]);
    const wire = assembly.wire(node);
    return wire === undefined ? undefined : plainValue(fieldsOfWire(wire.kind)[field], wire.params[field]);
  }

  kinds(): readonly string[] {
    return [...new Set(this.simulation.topology.nodes.map(({ kind }) => kind))];
  }

  joined(): readonly (readonly [string, string])[] {
    const { nodes, wires } = this.simulation.topology;
    const kinds = new Map(nodes.map(({ id, kind }) => [id, kind]));
    return wires.map(({ from, to }) => [kinds.get(from) as string, kinds.get(to) as string] as const);
  }

  commandsGiven(action: string, argument?: string): number {
    const { timeNs, log } = this.simulation;
    let count = 0;
    for (const { atNs, command } of [...this.scripted, ...log]) {
      if (atNs > timeNs) continue;
      for (const single of command.type === 'edit' ? command.edits : [command]) {
        if (actionOf(single) === action && (argument === undefined || argumentsOf(single).includes(argument))) count++;
      }
    }
    return count;
  }
}

/** Every measure takes `node`, whichever label it knows its nodes by; what belongs to no node takes none at all. */
function labelsOf({ labels }: Measure): readonly string[] {
  return labels.length === 0 || labels.includes('node') ? labels : [...labels, 'node'];
}

function plainValue(field: Field | undefined, value: Value | undefined): number | string | boolean | undefined {
  if (field === undefined || value === undefined || typeof value === 'object') return undefined;
  return field.kind === 'duration' ? (value as number) / 1e9 : value;
}

/** The word of `checks/actions.ts` for a command. */
function actionOf(command: Command): string {
  switch (command.type) {
    case 'setParam':
      return 'set';
    case 'addNode':
      return 'add-node';
    case 'removeNode':
      return 'remove';
    case 'addWire':
      return 'add-wire';
    case 'removeWire':
      return 'remove-wire';
    default:
      return command.type;
  }
}

/** What a command can be told apart by: its node or wire, and of a setting also the field. */
function argumentsOf(command: Command): readonly string[] {
  switch (command.type) {
    case 'setParam':
      return [command.target, command.field, `${command.target}.${command.field}`];
    case 'addNode':
      return [command.node.id, command.node.kind];
    case 'addWire':
      return [command.wire.id, command.wire.kind];
    case 'edit':
      return [];
    default:
      return ['wire' in command ? command.wire : command.node];
  }
}
