// Writes the work of this tab into its entry of the browser's store: looks twice a second whether there is anything new, and at
// once when the tab is hidden or closed. A drawing that replaces another gets an entry of its own, so the other one stays.

import { BYTES_MAX } from '../../sim-engine/topology/limits.ts';
import type { RunRecord } from '../engine-client/engine-client.ts';
import { text } from '../messages/asked.ts';
import { type Drawing, titleOf } from '../store/drawing.ts';
import { beforeOpening, client, isAhead, present, tell, useLab } from '../store/lab.ts';
import { type KeptMoment, makeRoom, takeNewEntry, writeKept, writeMoment } from './kept.ts';
import type { Work } from './work.ts';

/** Half of what may be lost; the other half is for the writing itself. */
const SAVE_EVERY_MS = 500;
/** A store that said no is asked again after this long. */
const RETRY_MS = 5_000;
/** When the browser has no more room, all but so many entries are let go of before anybody is told. */
const KEPT_WHEN_FULL = 3;

/** What was written last: if nothing of it has changed there is nothing to write. */
interface Saved {
  readonly openCount: number;
  readonly drawing: Drawing | null;
  /** The run: document it began from, seed, number and time of its commands. */
  readonly run: string;
  readonly atNs: number;
  readonly savedAtMs: number;
  /** Whether anybody has done anything to it. What only ran by itself is not worth coming back to. */
  readonly isTouched: boolean;
  /** Whether that was more than looking. */
  readonly isChanged: boolean;
}

const { getState: lab } = useLab;

let saved: Saved = { openCount: 0, drawing: null, run: '', atNs: 0, savedAtMs: 0, isTouched: false, isChanged: false };
let firstSeed = 0;
/** The run as it was heard of last, and of which opening: an engine that is gone cannot be asked any more. */
let latest: RunRecord | null = null;
let latestOf = 0;
let latestDrawing: Drawing | null = null;
let writeWork: typeof import('./work.ts').writeWork | null = null;
let queue: Promise<unknown> = Promise.resolve();
let isHeld = false;
let hasComplained = false;
let refusedAtMs = Number.NEGATIVE_INFINITY;

/** Begins to save what is open. `isTouched`: it is somebody's work already; `isChanged`: and more than a scenario that was looked at. */
export function startSaving(isTouched: boolean, isChanged: boolean): void {
  const { openCount, seed } = lab();
  saved = { ...saved, openCount, isTouched, isChanged };
  firstSeed = seed;
  beforeOpening(save);
  setInterval(() => void save(), SAVE_EVERY_MS);
  // What was opened a moment ago is there already when the page is loaded again.
  useLab.subscribe((now, before) => {
    if (now.openCount !== before.openCount || (now.travelToNs === null && before.travelToNs !== null)) void save();
  });
  window.addEventListener('pagehide', saveAtOnce);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) saveAtOnce();
  });
  void save();
}

/** Saves what has changed. Resolves when it is written, or cannot be. */
export function save(): Promise<void> {
  const next = queue.then(async () => {
    writeWork ??= (await import('./work.ts')).writeWork;
    if (lab().travelToNs === null) await write(await recordNow());
  });
  queue = next.catch(complain);
  return next.catch(() => undefined);
}

/** A tab that is closed waits for nobody: what is drawn is written with what was last known of its run. */
function saveAtOnce(): void {
  const { openCount, travelToNs } = lab();
  if (latestOf === openCount && writeWork !== null && travelToNs === null) void write(latest).catch(complain);
  void save();
}

/** Opens something into an entry that this tab has just taken: until `open` has said that it is there, nothing is written. */
export async function exchangeEntry(open: () => Promise<boolean>): Promise<void> {
  isHeld = true;
  try {
    if (await open()) {
      saved = { ...saved, openCount: lab().openCount, drawing: null, isTouched: true, isChanged: true };
      firstSeed = lab().seed;
    } else await takeNewEntry();
  } finally {
    isHeld = false;
  }
}

/** The work as it is at this moment; null when there is no run to tell of. */
export async function workNow(): Promise<Work | null> {
  const record = await recordNow();
  const now = present(lab());
  return record === null || now === null ? null : workOf(record, now);
}

async function recordNow(): Promise<RunRecord | null> {
  try {
    latest = await client.record();
    latestOf = lab().openCount;
    latestDrawing = present(lab());
  } catch {
    // The engine was given up; what is drawn can still be saved.
  }
  return latestOf === lab().openCount ? latest : null;
}

async function write(record: RunRecord | null): Promise<void> {
  const { openCount } = lab();
  const now = present(lab());
  if (record === null || now === null || writeWork === null || isHeld) return;
  if (performance.now() - refusedAtMs < RETRY_MS) return;
  if (openCount !== saved.openCount) {
    // Another drawing: the one before stays where it is, if anything was done to it.
    if (saved.isChanged) await takeNewEntry();
    saved = { ...saved, openCount, drawing: null, isTouched: true, isChanged: false };
    firstSeed = record.seed;
  }
  const isChanged = saved.isChanged || isChangedNow(record);
  const isTouched = saved.isTouched || isChanged || isPausedNow(record);
  const { simTimeNs: atNs, events, digest } = record.status;
  const moment: KeptMoment = { atNs, events, digest };
  const run = runOf(record);
  const isOther = isTouched !== saved.isTouched || isChanged !== saved.isChanged;
  const hasChanged = now !== saved.drawing || run !== saved.run || isOther;
  if (!hasChanged && (atNs === saved.atNs || !isTouched)) return;
  if (!hasChanged) {
    await writeMoment(moment, saved.savedAtMs);
    saved = { ...saved, atNs };
    return;
  }
  const source = writeWork(workOf(record, now));
  if (source.length > BYTES_MAX) {
    complainOnce(text('keeping.too-large'));
    return;
  }
  const savedAtMs = Date.now();
  const kept = { text: source, title: titleOf(now) || text('app.untitled'), savedAtMs, isTouched, isChanged };
  try {
    await writeKept(kept, moment);
  } catch (error) {
    // What did not fit may fit once older work is gone.
    if (!(await makeRoom(KEPT_WHEN_FULL))) throw error;
    await writeKept(kept, moment);
  }
  saved = { openCount, drawing: now, run, atNs, savedAtMs, isTouched, isChanged };
  await makeRoom();
}

function isChangedNow({ log }: RunRecord): boolean {
  const { drawing, seed } = lab();
  const isEdited = drawing !== null && (drawing.past.length > 0 || drawing.future.length > 0 || drawing.before !== null);
  return isEdited || log.length > 0 || seed !== firstSeed;
}

function isPausedNow({ status }: RunRecord): boolean {
  const { isRunning, stopped } = lab();
  return !isRunning && !document.hidden && stopped === null && status.simTimeNs > 0;
}

const runOf = ({ text: start, seed, log }: RunRecord): string =>
  JSON.stringify([start, seed, log.length, log.at(0)?.atNs, log.at(-1)?.atNs]);

let parsed: { readonly text: string; readonly start: Drawing } | null = null;

function workOf({ text: source, seed, log, status }: RunRecord, now: Drawing): Work {
  if (parsed?.text !== source) parsed = { text: source, start: JSON.parse(source) as Drawing };
  const { simTimeNs: atNs, events, digest, engineRevision } = status;
  const { start } = parsed;
  const isSame = JSON.stringify(start) === JSON.stringify(now);
  // Written in a hurry, the drawing may be newer than what is known of its run.
  const isNewer = isAhead() || now !== latestDrawing;
  const run = { seed, log, atNs, events, digest, engineRevision };
  return { ...run, start, now: isSame ? start : now, speed: lab().speed, isAhead: isNewer };
}

/** The store has said no: told once, because it will say so again and again. */
function complain(error: unknown): void {
  refusedAtMs = performance.now();
  const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
  complainOnce(text(isFull ? 'keeping.full' : 'keeping.refused'));
}

function complainOnce(sentence: string): void {
  if (!hasComplained) tell(sentence);
  hasComplained = true;
}
