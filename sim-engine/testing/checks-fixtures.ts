// A run that was written down beforehand, for the tests of the check language: every measure is a list of numbers, one for
// each moment that is looked at. Judges a check over it exactly as the simulation does.

import { bindCheck } from '../checks/bind-check.ts';
import { CHECK_GRID_NS } from '../checks/check.ts';
import { type CheckResult, CheckRun, type Verdict } from '../checks/check-run.ts';
import { parseCheck } from '../checks/parse-check.ts';
import type { MeasureRef, MissingMeasure, Readings } from '../checks/readings.ts';
import { bucketOf } from '../kernel/histogram.ts';

export type Knobs = { readonly [target: string]: number | string | boolean | undefined };

/** What was written down. A list that is too short goes on with its last number. */
export interface Recording {
  /** Heights, by the measure as it is printed: "queue_size{orders}" or "lost". */
  readonly levels?: { readonly [measure: string]: readonly number[] };
  /** Totals since the start. */
  readonly totals?: { readonly [measure: string]: readonly number[] };
  /** Latencies in ns that were counted since the moment before, for message_latency_seconds. */
  readonly latencies?: readonly (readonly number[])[];
  /** Settings at each moment. */
  readonly knobs?: readonly Knobs[];
  /** Actions given so far, at each moment: "crash", or "set{rate}". */
  readonly actions?: { readonly [action: string]: readonly number[] };
  readonly kinds?: readonly string[];
  readonly joined?: readonly (readonly [string, string])[];
}

const LATENCY = 'message_latency_seconds';

export class RecordedReadings implements Readings {
  /** Index of the moment that is read. */
  moment = 0;
  private readonly recording: Recording;

  constructor(recording: Recording) {
    this.recording = recording;
  }

  measureNames(): readonly string[] {
    const names = [...Object.keys(this.recording.levels ?? {}), ...Object.keys(this.recording.totals ?? {}), LATENCY];
    return [...new Set(names.map((name) => name.replace(/\{.*/, '')))];
  }

  whyNot(ref: MeasureRef): MissingMeasure | null {
    if (!this.measureNames().includes(ref.name)) return { code: 'unknown-measure', values: {} };
    if (ref.name === LATENCY || this.series(ref) !== undefined) return null;
    const [label, value] = Object.entries(ref.labels)[0] as [string, string];
    if (label !== 'node') return { code: 'unknown-label', values: { label }, known: ['node', 'queue_name'] };
    return { code: 'unknown-label-value', values: { label, value }, known: ['orders', 'email'] };
  }

  read(ref: MeasureRef): number {
    return at(this.series(ref) as readonly number[], this.moment);
  }

  isTotal(ref: MeasureRef): boolean {
    return this.recording.totals?.[printed(ref)] !== undefined;
  }

  histogram(ref: MeasureRef, out: Float64Array): boolean {
    if (ref.name !== LATENCY) return false;
    for (const latency of (this.recording.latencies ?? []).slice(0, this.moment + 1).flat()) {
      const bucket = bucketOf(latency);
      out[bucket] = (out[bucket] as number) + 1;
    }
    return true;
  }

  knob(node: string, field: string): number | string | boolean | undefined {
    return this.recording.knobs === undefined ? undefined : at(this.recording.knobs, this.moment)[`${node}.${field}`];
  }

  kinds(): readonly string[] {
    return this.recording.kinds ?? [];
  }

  joined(): readonly (readonly [string, string])[] {
    return this.recording.joined ?? [];
  }

  commandsGiven(action: string, argument?: string): number {
    const given = this.recording.actions?.[argument === undefined ? action : `${action}{${argument}}`];
    return given === undefined ? 0 : at(given, this.moment);
  }

  private series(ref: MeasureRef): readonly number[] | undefined {
    return this.recording.levels?.[printed(ref)] ?? this.recording.totals?.[printed(ref)];
  }
}

const at = <T>(list: readonly T[], moment: number): T => list[Math.min(moment, list.length - 1)] as T;

/** Labels in the order in which they were written; a node's name stands alone. */
const printed = ({ name, labels }: MeasureRef): string => {
  const texts = Object.entries(labels).map(([label, value]) => (label === 'node' ? value : `${label}=${value}`));
  return texts.length === 0 ? name : `${name}{${texts.join(',')}}`;
};

export interface Judgement extends CheckResult {
  /** The verdict after each look. */
  readonly verdicts: readonly Verdict[];
}

/** Judges `text` over the recording from 0 to `untilMs`, on the grid and, if it is beside the grid, at the end. */
export function judge(text: string, recording: Recording, untilMs: number): Judgement {
  const parsed = parseCheck(text);
  if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.problems)}`);
  const readings = new RecordedReadings(recording);
  const bound = bindCheck(parsed.value, readings);
  if (!bound.ok) throw new Error(`${text}: ${JSON.stringify(bound.problems)}`);
  const run = new CheckRun(bound.value, readings);
  const verdicts: Verdict[] = [];
  const untilNs = untilMs * 1_000_000;
  for (let timeNs = 0; timeNs <= untilNs; timeNs += CHECK_GRID_NS) {
    readings.moment = timeNs / CHECK_GRID_NS;
    run.observe(timeNs);
    verdicts.push(run.verdict);
  }
  if (untilNs % CHECK_GRID_NS !== 0) readings.moment++;
  return { ...run.finish(untilNs), verdicts };
}

/** A series over `count` moments: what `value` gives for each, from its time in seconds. */
export const series = (count: number, value: (seconds: number) => number): readonly number[] =>
  Array.from({ length: count }, (_, moment) => value(moment / 10));
