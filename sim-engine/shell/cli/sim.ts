// `npm run sim -- run FILE`: a run without a page, judged at its end. Reads a file or standard input, prints a report and
// answers with 0 if everything held, 1 if a check failed, 2 if the file or an argument is bad. Called by `scripts/run.mjs`.

import { readFileSync } from 'node:fs';
import { EN, say } from '../../messages/en.ts';
import { nodeKind } from '../../nodes/declarations.ts';
import { gaugesAt } from '../../protocol/frame.ts';
import { isEdit } from '../../simulation/edit-document.ts';
import { Judge, type WrittenCheck } from '../../simulation/judge.ts';
import { prometheusText } from '../../simulation/prometheus.ts';
import { ENGINE_REVISION } from '../../simulation/revision.ts';
import { Sampler } from '../../simulation/sampler.ts';
import { Simulation } from '../../simulation/simulation.ts';
import { describeProblem } from '../../topology/describe-problem.ts';
import type { ParsedScenario, Problem } from '../../topology/document.ts';
import { parseScenario } from '../../topology/parse.ts';
import { remarks } from '../../topology/remarks.ts';
import { printDuration } from '../../topology/units.ts';
import { type Complaint, readSimArguments, SIM_USAGE, type SimOptions } from './sim-arguments.ts';
import { type DigestAt, jsonReport, type RunNotes, wordReport } from './sim-report.ts';

const HELD = 0;
const FAILED = 1;
const BAD = 2;

/** Frames of a run that is looked at: so many, and none closer than this. */
const FRAMES = 500;
const FRAME_NS_MIN = 100_000_000;
/** Without `--no-sample` every so many messages of a sender are followed. */
const TRACE_EVERY = 10;

/** Where a command line reads and writes; a test hands in its own. */
export interface Terminal {
  /** Text of a file, of standard input for '-'. Throws if there is none. */
  read(file: string): string;
  out(text: string): void;
  err(text: string): void;
}

const TERMINAL: Terminal = {
  read: (file) => readFileSync(file === '-' ? 0 : file, 'utf8'),
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

/** Answers with the exit code. */
export function main(args: readonly string[], terminal: Terminal = TERMINAL): number {
  const read = readSimArguments(args);
  if (read.ok === 'help') {
    terminal.out(`${SIM_USAGE}\n`);
    return HELD;
  }
  if (read.ok === false) {
    const problems = read.problems.map((problem) => ({ ...describeProblem(problem), place: problem.place }));
    return complain(terminal, 'The command line cannot be carried out', [...read.complaints, ...problems], SIM_USAGE);
  }
  let text: string;
  try {
    text = terminal.read(read.value.file);
  } catch (error) {
    const remedy = 'Give the path of a file that can be read, or - for standard input.';
    return complain(terminal, 'There is nothing to run', [{ place: read.value.file, sentence: messageOf(error), remedy }]);
  }
  const { file, seed, forNs } = read.value;
  const parsed = parseScenario(text, {
    ...(seed === undefined ? {} : { seed }),
    ...(forNs === undefined ? {} : { durationNs: forNs }),
  });
  if (!parsed.ok)
    return complain(
      terminal,
      `${file} cannot be run`,
      parsed.problems.map((problem) => describeProblem(problem)),
    );
  for (const remark of remarks(parsed.value.document, ENGINE_REVISION)) {
    const { place, sentence, remedy } = describeProblem(remark);
    terminal.err(`Note on ${file}, ${place}: ${sentence} ${remedy}\n`);
  }
  const lines = parsed.value.durationNs / (read.value.digestsNs ?? Number.POSITIVE_INFINITY);
  if (lines > DIGESTS_MAX) {
    const least = printDuration(Math.ceil(parsed.value.durationNs / DIGESTS_MAX));
    return complain(terminal, 'The command line cannot be carried out', [
      {
        place: `--digests ${printDuration(read.value.digestsNs as number)}`,
        sentence: `Over ${printDuration(parsed.value.durationNs)} these would be more than ${DIGESTS_MAX.toLocaleString('en')} digests.`,
        remedy: `Write ${least} or more, or run for a shorter time.`,
      },
    ]);
  }
  return runScenario(parsed.value, read.value, terminal);
}

/** Digests of one run at most: all are kept until its end. */
const DIGESTS_MAX = 100_000;

function runScenario(scenario: ParsedScenario, options: SimOptions, terminal: Terminal): number {
  const created = Simulation.create(scenario, { log: options.commands, traceEvery: options.isSampled ? TRACE_EVERY : 0 });
  if (!created.ok)
    return complain(
      terminal,
      `${options.file} cannot be run`,
      created.problems.map((problem) => describeProblem(problem)),
    );
  const simulation = created.value;
  const bad = badCommands(simulation, options);
  if (bad.length > 0) return complain(terminal, 'A command cannot be carried out', bad);
  const expected: WrittenCheck[] = (scenario.document.expect ?? []).map(({ check }, ix) => ({
    text: check,
    at: ['expect', ix, 'check'],
  }));
  const asserted: WrittenCheck[] = options.asserts.map((text) => ({ text, at: [`--assert '${text}'`] }));
  const judge = Judge.create(simulation, [...expected, ...asserted]);
  if (!judge.ok)
    return complain(
      terminal,
      'A check cannot be judged on this run',
      judge.problems.map((problem) => describeProblem(problem)),
    );
  try {
    const seen = lookOn(simulation, options);
    simulation.advanceTo(scenario.durationNs);
    return tell(simulation, { ...seen, checks: judge.value.finish() }, options, terminal);
  } catch (error) {
    // Only a mistake of ours comes here: the line names what shows it again.
    terminal.err(`The engine met a mistake of its own at ${printDuration(simulation.timeNs)} with seed ${simulation.seed}:\n`);
    terminal.err(`${error instanceof Error ? error.stack : String(error)}\n`);
    return FAILED;
  }
}

/** Has the digests taken, and frames, as a page would. */
function lookOn(simulation: Simulation, { digestsNs, isSampled }: SimOptions): Pick<RunNotes, 'digests' | 'peaks'> {
  const digests: DigestAt[] = [];
  if (digestsNs !== undefined) {
    const observe = (simTimeNs: number): void => {
      if (digests.at(-1)?.simTimeNs !== simTimeNs) digests.push({ simTimeNs, digest: simulation.digest });
    };
    simulation.watch({ gridNs: digestsNs, observe });
  }
  const peaks = new Map<string, number>();
  if (isSampled) {
    const sampler = new Sampler(simulation);
    const steps = Math.ceil(simulation.scenario.durationNs / FRAMES / FRAME_NS_MIN);
    simulation.watch({ gridNs: steps * FRAME_NS_MIN, observe: () => notePeaks(sampler, peaks) });
  }
  return { digests: digestsNs === undefined ? undefined : digests, peaks };
}

function notePeaks(sampler: Sampler, peaks: Map<string, number>): void {
  const frame = sampler.sample();
  for (const { id, kind, firstGauge } of sampler.layout.nodes) {
    (nodeKind(kind)?.gauges ?? []).forEach(({ name }, at) => {
      const value = frame[gaugesAt() + firstGauge + at] as number;
      const key = `${id} ${name}`;
      if (!(value <= (peaks.get(key) ?? Number.NEGATIVE_INFINITY))) peaks.set(key, value);
    });
  }
}

/** Commands whose targets are missing from the start are told before the run, unless an edit could bring them. */
function badCommands(simulation: Simulation, { commands }: SimOptions): Complaint[] {
  const { durationNs } = simulation.scenario;
  const late = commands.filter(({ atNs }) => atNs > durationNs);
  if (late.length > 0) {
    const remedy = 'Let the run last longer with --for.';
    return late.map(({ place }) => ({ place, sentence: 'Its time comes after the end of the run.', remedy }));
  }
  if (simulation.log.some(({ command }) => isEdit(command))) return [];
  return commands.flatMap(({ command, place }) =>
    simulation.whyNot(command).map((problem) => ({ ...describeProblem(problem), place })),
  );
}

function tell(simulation: Simulation, notes: RunNotes, options: SimOptions, terminal: Terminal): number {
  if (options.isJson) terminal.out(`${JSON.stringify(jsonReport(simulation, notes), null, 2)}\n`);
  else if (options.isPrometheus) terminal.out(prometheusText(simulation));
  else terminal.out(wordReport(simulation, notes));

  const isQuiet = !options.isJson && !options.isPrometheus;
  const failed = notes.checks.filter(({ held }) => !held);
  if (!isQuiet) for (const { check, sentence } of failed) terminal.err(`Failed: ${check}. ${sentence}\n`);
  if (simulation.stopped !== null) terminal.err(`${say(simulation.stopped.key, simulation.stopped.values, EN)}\n`);
  const imbalance = simulation.world.books.imbalance();
  if (imbalance !== null) terminal.err(`A mistake of the engine: the books do not balance. ${imbalance}\n`);
  if (simulation.refused.length > 0)
    return complain(terminal, 'A command could not be carried out when its time came', refusals(simulation));
  return failed.length > 0 || simulation.stopped !== null || imbalance !== null ? FAILED : HELD;
}

const refusals = ({ refused }: Simulation): Complaint[] =>
  refused.flatMap(({ atNs, problems }) =>
    problems.map((problem: Problem) => ({ ...describeProblem(problem), place: `at ${printDuration(atNs)}` })),
  );

/** Prints what is wrong, each with place, sentence and remedy. */
function complain(terminal: Terminal, heading: string, complaints: readonly Complaint[], hint = ''): number {
  const told = complaints.map(({ place, sentence, remedy }) => `\n  ${place}\n    ${sentence}\n    ${remedy}\n`);
  terminal.err(`${heading}:\n${told.join('')}${hint === '' ? '' : `\n${hint}\n`}`);
  return BAD;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('code' in error && error.code === 'ENOENT') return 'There is no such file.';
  if ('code' in error && error.code === 'EISDIR') return 'This is a folder.';
  return `It cannot be read: ${error.message}.`;
}
