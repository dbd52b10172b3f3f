// What `npm run sim` says at the end of a run: one JSON object for programs, or words and aligned numbers for people. Pure
// functions from a run to text.

import type { CheckResult } from '../../checks/check-run.ts';
import type { MeasureRef } from '../../checks/readings.ts';
import { HISTOGRAM_BUCKETS, quantile } from '../../kernel/histogram.ts';
import { EN, say } from '../../messages/en.ts';
import { nodeKind } from '../../nodes/declarations.ts';
import { type Ledger, ledgerOf } from '../../simulation/ledger.ts';
import { type Measure, Measures } from '../../simulation/measures.ts';
import { ENGINE_REVISION } from '../../simulation/revision.ts';
import { sampledOf, sampleInto } from '../../simulation/sampled.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import { printDuration } from '../../topology/units.ts';

export interface DigestAt {
  readonly simTimeNs: number;
  readonly digest: string;
}

/** What was found out while it ran. */
export interface RunNotes {
  readonly checks: readonly CheckResult[];
  readonly digests: readonly DigestAt[] | undefined;
  /** Greatest height of each gauge that was seen, by node and gauge; empty if nobody looked on. */
  readonly peaks: ReadonlyMap<string, number>;
}

const QUANTILES = [0.5, 0.95, 0.99];

// ------------------------------------------------------------------ for programs

/** The object that `--json` prints. Measures are named as in checks; those that have nothing to measure are left out. */
export function jsonReport(simulation: Simulation, notes: RunNotes): object {
  const measures = new Measures(simulation);
  const { publish, delivery } = ledgerOf(simulation.world);
  return {
    engine: ENGINE_REVISION,
    seed: simulation.seed,
    simTimeNs: simulation.timeNs,
    digest: simulation.digest,
    ledger: { publish, delivery },
    gauges: gaugesOf(measures),
    oracle: Object.fromEntries(oracleOf(measures).map((measure) => [measure.name, measure.total()])),
    checks: notes.checks,
    ...(notes.digests === undefined ? {} : { digests: notes.digests }),
  };
}

function gaugesOf(measures: Measures): { readonly [measure: string]: number } {
  const shown = [measures.get('messages_total') as Measure, ...measures.gauges, measures.get('node_down') as Measure];
  const plain = shown.flatMap(({ name, series }) =>
    series().map(({ labels, read }) => [spelled({ name, labels }), read()] as const),
  );
  const why = measures
    .all()
    .filter(({ source }) => source === 'book')
    .flatMap(({ name, series }) =>
      series()
        .filter(({ labels }) => labels.reason !== undefined)
        .map(({ labels, read }) => [spelled({ name, labels }), read()] as const),
    );
  return Object.fromEntries([...plain, ...latenciesOf(measures), ['repeats', measures.get('repeats')?.total() ?? 0], ...why]);
}

/** Quantiles over the whole run, in seconds. */
function latenciesOf(measures: Measures): (readonly [string, number])[] {
  const { name, series, addCounts } = measures.get('message_latency_seconds') as Measure;
  return series().flatMap(({ labels, node }) => {
    const counts = new Float64Array(HISTOGRAM_BUCKETS);
    addCounts?.(node, counts);
    if (counts.every((count) => count === 0)) return [];
    return QUANTILES.map(
      (share) => [spelled({ name, labels: { ...labels, quantile: String(share) } }), quantile(counts, 0, share) / 1e9] as const,
    );
  });
}

/** As a check may write it, with the labels in the order in which dashboards have them. */
function spelled({ name, labels }: MeasureRef): string {
  const inside = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return inside.length === 0 ? name : `${name}{${inside.join(',')}}`;
}

const oracleOf = (measures: Measures): readonly Measure[] => measures.all().filter(({ source }) => source === 'oracle');

// ------------------------------------------------------------------ for people

export function wordReport(simulation: Simulation, notes: RunNotes): string {
  const measures = new Measures(simulation);
  const ledger = ledgerOf(simulation.world);
  const { title, topology } = simulation.scenario.document;
  const parts = [
    `${title || topology.name || 'Run'}\n${headLine(simulation)}`,
    section('Books', bookRows(ledger)),
    section('Why', whyRows(ledger)),
    section('Nodes', nodeRows(simulation, notes)),
    section('Latency, seconds', latencyRows(measures)),
    section(
      'Only a simulator knows',
      oracleOf(measures).map((measure) => [measure.name, shortNumber(measure.total()), say(measure.help, {}, EN)]),
    ),
    section(
      'Digests',
      (notes.digests ?? []).map(({ simTimeNs, digest }) => [printDuration(simTimeNs), digest]),
    ),
    section(
      'Checks',
      notes.checks.map(({ held, check, sentence }) => [held ? 'held' : 'FAILED', check, sentence]),
    ),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function headLine({ seed, timeNs, world, digest }: Simulation): string {
  const events = world.events.toLocaleString('en-GB');
  return `${printDuration(timeNs)} of simulated time, ${events} events, seed ${seed}, engine ${ENGINE_REVISION}, digest ${digest}`;
}

/** The two books side by side. */
function bookRows({ publish, delivery, repeats }: Ledger): string[][] {
  const left = Object.entries(publish);
  const right: (readonly [string, number])[] = [...Object.entries(delivery), ['repeats', repeats]];
  return right.map(([name, count], row) => {
    const [leftName = '', leftCount] = left[row] ?? [];
    return [inWords(leftName), leftCount === undefined ? '' : shortNumber(leftCount), inWords(name), shortNumber(count)];
  });
}

const whyRows = ({ reasons }: Ledger): string[][] =>
  reasons.map(({ class: cls, where, reason, count }) => [
    inWords(cls),
    shortNumber(count),
    where,
    say(`reason.${reason}`, {}, EN),
  ]);

function nodeRows({ assembly, world }: Simulation, { peaks }: RunNotes): string[][] {
  const [out, cell] = [new Float64Array(64), new Float64Array(64)];
  return sampledOf(assembly.actors).flatMap((sampled) => {
    const { id, kind } = sampled;
    const gauges = nodeKind(kind)?.gauges ?? [];
    sampleInto(sampled, world.actors, out, 0, gauges.length, cell);
    return gauges.map(({ name, type }, at) => {
      const peak = type === 'level' ? peaks.get(`${id} ${name}`) : undefined;
      return [at === 0 ? id : '', name, shortNumber(out[at] as number), peak === undefined ? '' : `at most ${shortNumber(peak)}`];
    });
  });
}

function latencyRows(measures: Measures): string[][] {
  const { series, addCounts } = measures.get('message_latency_seconds') as Measure;
  return series().flatMap(({ node }) => {
    const counts = new Float64Array(HISTOGRAM_BUCKETS);
    addCounts?.(node, counts);
    if (counts.every((count) => count === 0)) return [];
    return [[node, ...QUANTILES.flatMap((share) => [`p${share * 100}`, shortNumber(quantile(counts, 0, share) / 1e9)])]];
  });
}

/** 'onTheWire' as "on the wire". */
const inWords = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Whole numbers whole, others with four significant digits. */
const shortNumber = (value: number): string => (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4))));

/** A heading and rows whose columns stand below each other, numbers to the right. Empty without rows. */
function section(heading: string, rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  const isNumber = widths.map((_, column) => rows.every((row) => /^-?[\d.e+-]*$|^NaN$/.test(row[column] ?? '')));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  return [heading, ...lines.map((line) => `  ${line}`)].join('\n');
}
