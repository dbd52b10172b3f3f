// A lesson played without a page: its scenario file as it stands or edited as a learner would edit it, with what happens at given times,
// judged by checks of the check language. Every stop checks that both books balance.

import { readFileSync } from 'node:fs';
import { HISTOGRAM_BUCKETS, quantile } from '../kernel/histogram.ts';
import { parseCommand } from '../simulation/command-text.ts';
import type { Command } from '../simulation/commands.ts';
import { editDocument, isEdit } from '../simulation/edit-document.ts';
import { Judge } from '../simulation/judge.ts';
import { Measures } from '../simulation/measures.ts';
import { Simulation } from '../simulation/simulation.ts';
import type { ScenarioDocument } from '../topology/document.ts';
import { parseScenarioDocument } from '../topology/parse.ts';
import { printDuration } from '../topology/units.ts';
import { started } from './drawing.ts';
import { goOn, readingOf } from './running.ts';
import { nsOf } from './story.ts';

/** What is different from the start. */
export interface Attempt {
  /** Edits as text, carried out on the drawing before the run. */
  readonly edits?: readonly string[];
  /** Commands as text, by time, beside those of the file. */
  readonly at?: readonly (readonly [time: string, command: string])[];
  /** Whether the file's own commands are left out: nothing happens by itself. */
  readonly isCalm?: boolean;
  readonly seed?: number;
  readonly checks?: readonly string[];
  /** Follows every message, for whoever reads journeys. */
  readonly isTraced?: boolean;
}

/** The start of a lesson, by the name of its file without the ending; or, with another folder, a scenario of the menu. */
export class Lesson {
  readonly document: ScenarioDocument;

  constructor(name: string, folder: 'lessons/' | '' = 'lessons/') {
    const path = new URL(`../scenarios/${folder}${name}.json`, import.meta.url);
    this.document = JSON.parse(readFileSync(path, 'utf8')) as ScenarioDocument;
  }

  /** The shown seed and four more: a final task has to hold on all of them. */
  get fiveSeeds(): readonly number[] {
    return [this.document.seed ?? 1, 101, 102, 103, 104];
  }

  /** Those of them that are tried: by the usual tests two, by the long ones all. */
  get seeds(): readonly number[] {
    return process.env.LONG_RUNS === '1' ? this.fiveSeeds : this.fiveSeeds.slice(0, 2);
  }

  /** A run at time 0. Checks count their time from here. */
  begin({ edits = [], at = [], isCalm = false, seed, checks = [], isTraced = false }: Attempt = {}): LessonRun {
    let { topology } = this.document;
    for (const edit of edits.map(commandOf)) {
      if (!isEdit(edit)) throw new Error('an edit of the start changes the drawing');
      topology = editDocument(topology, edit);
    }
    const { commands = [], ...rest } = this.document;
    const parsed = parseScenarioDocument({
      ...rest,
      topology,
      commands: [...(isCalm ? [] : commands), ...at.map(([time, text]) => ({ at: time, do: text }))],
    });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems.slice(0, 5)));
    const trace = isTraced ? { traceEvery: 1, traceEntries: 1 << 20 } : {};
    const simulation = started(Simulation.create(parsed.value, { ...trace, ...(seed === undefined ? {} : { seed }) }));
    const judge = Judge.create(
      simulation,
      checks.map((text, ix) => ({ text, at: ['check', ix] })),
    );
    if (!judge.ok) throw new Error(JSON.stringify(judge.problems));
    return new LessonRun(simulation, judge.value, checks);
  }

  /** Runs to a time and says which checks did not hold, and what was seen instead: nothing if all did. */
  failures(until: string, attempt: Attempt): readonly string[] {
    return this.begin(attempt).to(until).failures();
  }

  /** Checks of the file itself that do not hold at the end of its own time. */
  unmet(seed?: number): readonly string[] {
    const checks = (this.document.expect ?? []).map(({ check }) => check);
    return this.failures(this.document.duration ?? '60s', { checks, ...(seed === undefined ? {} : { seed }) });
  }
}

export class LessonRun {
  readonly simulation: Simulation;
  private readonly judge: Judge;
  private readonly checks: readonly string[];
  private readonly measures: Measures;

  constructor(simulation: Simulation, judge: Judge, checks: readonly string[]) {
    this.simulation = simulation;
    this.judge = judge;
    this.checks = checks;
    this.measures = new Measures(simulation);
  }

  to(time: string): this {
    return this.toNs(nsOf(time));
  }

  /** Goes on to a time, ns; a command that was refused on the way is a mistake of the lesson. */
  toNs(timeNs: number): this {
    goOn(this.simulation, timeNs);
    return this;
  }

  /** A measure by its name in checks: over everything, or of one node. */
  read(name: string, node?: string): number {
    return readingOf(this.measures, name, node);
  }

  /** By how much a measure grows until a time, per second. */
  rateTo(time: string, name: string, node?: string): number {
    const { timeNs } = this.simulation;
    const before = this.read(name, node);
    this.to(time);
    return (this.read(name, node) - before) / ((nsOf(time) - timeNs) / 1e9);
  }

  /** When a condition first holds from now on, looked at every so often, s after the start of the run; infinity if not until a time. */
  firstTime(until: string, every: string, holds: () => boolean): number {
    const untilNs = nsOf(until);
    const everyNs = nsOf(every);
    for (;;) {
      if (holds()) return this.simulation.timeNs / 1e9;
      if (this.simulation.timeNs >= untilNs) return Number.POSITIVE_INFINITY;
      this.toNs(Math.min(this.simulation.timeNs + everyNs, untilNs));
    }
  }

  /** How many messages took how long so far, for `quantileSince`. */
  latencies(node: string | null = null): Float64Array {
    const counts = new Float64Array(HISTOGRAM_BUCKETS);
    this.measures.get('message_latency_seconds')?.addCounts?.(node, counts);
    return counts;
  }

  /** A quantile of the latencies since an earlier count of them, s. */
  quantileSince(before: Float64Array, q: number, node: string | null = null): number {
    const now = this.latencies(node);
    return (
      quantile(
        now.map((count, bucket) => count - (before[bucket] as number)),
        0,
        q,
      ) / 1e9
    );
  }

  failures(): readonly string[] {
    return this.judge
      .finish()
      .flatMap(({ held, sentence }, ix) =>
        held ? [] : [`${this.checks[ix]} after ${printDuration(this.simulation.timeNs)}: ${sentence}`],
      );
  }
}

/** A figure of the curriculum and what was measured: equal within 15 %. */
export const isNear = (measured: number, figure: number): boolean => Math.abs(measured - figure) <= 0.15 * Math.abs(figure);

function commandOf(text: string): Command {
  const command = parseCommand(text);
  if (!command.ok) throw new Error(`${text}: ${JSON.stringify(command.problems)}`);
  return command.value;
}
