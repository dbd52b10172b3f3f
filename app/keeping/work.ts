// A run as text: the document it began from, seed, commands, moment, and the drawing as it is now. The same text goes into a link
// and into the browser's own store, and is read back with the same distrust: nothing of it is used before all of it was checked.

import type { LoggedCommand } from '../../sim-engine/protocol/messages.ts';
import { isCommand } from '../../sim-engine/simulation/command-shape.ts';
import { type DescribedProblem, describeProblem } from '../../sim-engine/topology/describe-problem.ts';
import type { Problem } from '../../sim-engine/topology/document.ts';
import { COMMANDS_MAX, RUN_NS_MAX, SEED_MAX, SPEED_MAX } from '../../sim-engine/topology/limits.ts';
import { parseScenarioDocument } from '../../sim-engine/topology/parse.ts';
import { readJson } from '../../sim-engine/topology/read-json.ts';
import { text } from '../messages/asked.ts';
import type { Drawing } from '../store/drawing.ts';
import type { Past } from '../store/lab.ts';

const FORMAT = 'broker-lab/run';
const VERSION = 1;

export interface Work extends Past {
  /** The document that the run began from. */
  readonly start: Drawing;
  readonly engineRevision: number;
  /** The engine's fingerprint of the run at its moment, 16 hex digits. */
  readonly digest: string;
}

export type Read<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly DescribedProblem[] };

export function writeWork({ start, now, speed, isAhead, ...rest }: Work): string {
  return JSON.stringify({
    format: FORMAT,
    version: VERSION,
    ...rest,
    // As fast as it goes is no number in JSON.
    ...(Number.isFinite(speed) ? { speed } : {}),
    ...(isAhead ? { isAhead } : {}),
    start,
    ...(start === now ? {} : { now }),
  });
}

/** The run in `source`, or what is wrong with it. Whether its commands can be carried out is for the engine to find out. */
export function readWork(source: string): Read<Work> {
  const found: Problem[] = [];
  const value = readJson(source, found);
  if (found.length > 0) return { ok: false, problems: found.map((problem) => describeProblem(problem)) };
  if (!isObject(value) || value.format !== FORMAT) return refused('work.place', 'work.no-run', 'work.ask-again');
  if (value.version !== VERSION) {
    const isNewer = typeof value.version === 'number' && value.version > VERSION;
    return refused('work.place', isNewer ? 'work.newer' : 'work.no-version', isNewer ? 'work.reload' : 'work.ask-again');
  }
  for (const [part, isRight] of Object.entries(PARTS)) {
    if (!isRight(value[part])) return wrongPart(part);
  }
  const log = value.log as readonly unknown[];
  const bad = log.findIndex((entry, ix) => !isEntry(entry) || entry.atNs < timeOf(log[ix - 1]));
  if (bad >= 0) return wrongPart('log', text('work.command', { number: bad + 1 }));
  // The engine judges where the run began; where it is now the page draws without asking.
  const drawings = ['start', ...(Object.hasOwn(value, 'now') ? ['now'] : [])];
  for (const part of drawings) {
    const parsed = parseScenarioDocument(value[part]);
    if (!parsed.ok) {
      const problems = parsed.problems.map((problem) => describeProblem({ ...problem, at: [part, ...problem.at] }));
      return { ok: false, problems };
    }
  }
  const { start, now = start, speed = Number.POSITIVE_INFINITY, isAhead = false, ...rest } = value as unknown as Work;
  const { seed, atNs, events, digest, engineRevision } = rest;
  return {
    ok: true,
    value: { start, now, speed, isAhead, seed, log: log as readonly LoggedCommand[], atNs, events, digest, engineRevision },
  };
}

const PARTS: { readonly [part: string]: (value: unknown) => boolean } = {
  seed: (value) => isWholeUpTo(value, SEED_MAX),
  atNs: (value) => isWholeUpTo(value, RUN_NS_MAX),
  events: (value) => isWholeUpTo(value, Number.MAX_SAFE_INTEGER),
  engineRevision: (value) => isWholeUpTo(value, Number.MAX_SAFE_INTEGER),
  digest: (value) => typeof value === 'string' && /^[0-9a-f]{16}$/.test(value),
  speed: (value) => value === undefined || (typeof value === 'number' && value > 0 && value <= SPEED_MAX),
  isAhead: (value) => value === undefined || value === true,
  log: (value) => Array.isArray(value) && value.length <= COMMANDS_MAX,
  start: isObject,
};

const isEntry = (value: unknown): value is LoggedCommand =>
  isObject(value) && isWholeUpTo(value.atNs, RUN_NS_MAX) && isCommand(value.command);

const timeOf = (entry: unknown): number => (isEntry(entry) ? entry.atNs : 0);

const isWholeUpTo = (value: unknown, most: number): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Key = Parameters<typeof text>[0];

const refused = (place: Key, sentence: Key, remedy: Key): Read<never> => ({
  ok: false,
  problems: [{ place: text(place), sentence: text(sentence, { version: VERSION }), remedy: text(remedy) }],
});

const wrongPart = (...places: readonly string[]): Read<never> => ({
  ok: false,
  problems: [{ place: places.join(' › '), sentence: text('work.wrong-part'), remedy: text('work.ask-again') }],
});
