// Where the islands meet: what is drawn, what is selected, how the run stands, what is to be told. Changes at human speed only;
// what moves lies in frames. The actions are the only ones that give the engine orders.

import { create } from 'zustand';
import type { FrameLayout, LoggedCommand, Status, StepUnit } from '../../sim-engine/protocol/messages.ts';
import type { DescribedProblem } from '../../sim-engine/topology/describe-problem.ts';
import type { Problem } from '../../sim-engine/topology/document.ts';
import { EngineClient, EngineGone } from '../engine-client/engine-client.ts';
import { type OpenPort, openInPage, openWebWorker } from '../engine-client/ports.ts';
import { text } from '../messages/text.ts';
import { moment } from '../ui/format.ts';
import { type Drawing, isScenario, namesIn, titleOf, withTopology } from './drawing.ts';
import { commandBetween } from './edit-commands.ts';
import * as history from './history.ts';
import { lateWords } from './late.ts';
import { withLooks } from './looks.ts';
import { PictureLoop } from './picture.ts';
import { type Places, placesOf, Rates } from './readings.ts';
import { nearestSpeed } from './speeds.ts';
import { type Moment, travel } from './travel.ts';

export interface Told {
  readonly id: number;
  readonly sentence: string;
}
export interface Refusal {
  readonly title: string;
  readonly problems: readonly DescribedProblem[];
  /** Present where nothing was refused: what there is to be said of something that was taken. */
  readonly note?: string;
}

export interface Lab {
  readonly drawing: history.History<Drawing> | null;
  /** The drawing as it was when this run began: what a field that is not live still is. */
  readonly runStart: Drawing | null;
  /** Ids of nodes and wires. */
  readonly selection: ReadonlySet<string>;
  readonly layout: FrameLayout | null;
  readonly isRunning: boolean;
  /** Simulated seconds a second, as asked for. */
  readonly speed: number;
  /** Whether the machine reaches less than nine tenths of it. */
  readonly isSlowed: boolean;
  readonly seed: number;
  /** Why the run stopped by itself, in words. */
  readonly stopped: string | null;
  readonly notices: readonly Told[];
  readonly refusal: Refusal | null;
  /** The moment that the run is being brought to; until then it takes no orders. */
  readonly travelToNs: number | null;
  /** Commands given to this run so far. */
  readonly commandCount: number;
  /** How many drawings were opened so far: another number, another drawing. */
  readonly openCount: number;
}

export const useLab = create<Lab>(() => ({
  drawing: null,
  runStart: null,
  selection: new Set(),
  layout: null,
  isRunning: false,
  speed: 1,
  isSlowed: false,
  seed: 1,
  stopped: null,
  notices: [],
  refusal: null,
  travelToNs: null,
  commandCount: 0,
  openCount: 0,
}));

const { getState: get, setState: set } = useLab;

export const present = (lab: Lab): Drawing | null => lab.drawing?.present ?? null;

// ------------------------------------------------------------------ the engine

const NOTICES_MAX = 2;
/** Long enough to be read twice; what matters for longer stands on the screen itself. */
const NOTICE_MS = 12_000;
const SLOW_BELOW = 0.9;
let noticeCount = 0;
let places: Places | null = null;
let frameListeners: ((frame: Float64Array) => void)[] = [];

/** A frame and where its numbers lie. */
export interface Early {
  readonly frame: Float64Array;
  readonly places: Places;
}
/** Numbers kept of frames that nobody has charted yet, 8 bytes each; the oldest go first. */
const EARLY_NUMBERS_MAX = 1_000_000;
let early: Early[] | null = [];
let earlyNumbers = 0;

function keepEarly(one: Early): void {
  if (early === null) return;
  early.push(one);
  earlyNumbers += one.frame.length;
  while (earlyNumbers > EARLY_NUMBERS_MAX) earlyNumbers -= early.shift()?.frame.length ?? earlyNumbers;
}

/**
 * The frames of this run so far, once, for who draws it over time and was loaded after it had begun: a run that is found again is
 * brought to its moment before there are charts.
 */
export function takeEarlyFrames(): readonly Early[] {
  const taken = early ?? [];
  early = null;
  return taken;
}

export const rates = new Rates();
/** Where the numbers of the present drawing lie in its frames. */
export const currentPlaces = (): Places | null => places;

/** Calls `listener` with every frame as it comes in, before anything is drawn. Answers with its removal. */
export function onFrame(listener: (frame: Float64Array) => void): () => void {
  frameListeners = [...frameListeners, listener];
  return () => {
    frameListeners = frameListeners.filter((other) => other !== listener);
  };
}

/** Best first: where a Web Worker is refused the engine runs in the page. */
const PORTS: readonly OpenPort[] = [openWebWorker, openInPage];

export const client = new EngineClient({
  ports: PORTS,
  events: {
    onFrame(frame) {
      if (places !== null) {
        rates.note(frame, places, Math.max(1, reachedSpeed()) * 5e9);
        keepEarly({ frame, places });
      }
      for (const listener of frameListeners) listener(frame);
    },
    onStatus: takeStatus,
    onLayout(layout) {
      places = placesOf(layout);
      set({ layout });
    },
    onNotice({ key, values }) {
      // On the way to a moment all of it is long past: it stands among the events, and is no news.
      if (isOnItsWay()) return;
      const names = namesIn(present(get()), values);
      void lateWords().then(({ say }) => tell(say(key, names)));
    },
    onCrashed: ({ message, simTimeNs, seed }) => tell(text('notice.engine-crashed', { message, seed, time: moment(simTimeNs) })),
    onRestarted: (simTimeNs) => tell(text('notice.engine-restarted', { time: moment(simTimeNs) })),
    onGivenUp() {
      set({ isRunning: false });
      tell(text('notice.engine-given-up'));
    },
  },
});

/** A second engine of its own, with nothing drawn: to look ahead, to compare, to check digests. */
export const hiddenClient = (): EngineClient => new EngineClient({ ports: PORTS });

export const pictureLoop = new PictureLoop({
  get frame() {
    return client.frame;
  },
  get frameAtMs() {
    return client.frameAtMs;
  },
  get layout() {
    return client.layout;
  },
  nsPerMs: () => (get().isRunning ? reachedSpeed() * 1e6 : 0),
});

/** Simulated seconds a second that are really reached. */
function reachedSpeed(): number {
  const { speed } = get();
  const pace = client.status?.pace ?? 1;
  return Number.isFinite(speed) ? speed * pace : measuredSpeed;
}

let measuredSpeed = 1;
let measuredAt = { wallMs: 0, simNs: 0 };

function takeStatus(status: Status): void {
  const wallMs = performance.now();
  if (status.simTimeNs >= measuredAt.simNs && wallMs - measuredAt.wallMs > 100) {
    measuredSpeed = (status.simTimeNs - measuredAt.simNs) / (wallMs - measuredAt.wallMs) / 1e6;
    measuredAt = { wallMs, simNs: status.simTimeNs };
  } else if (status.simTimeNs < measuredAt.simNs) measuredAt = { wallMs, simNs: status.simTimeNs };
  const { stopped } = status;
  const next = {
    isRunning: status.isRunning,
    isSlowed: status.isRunning && Number.isFinite(status.speed) && status.pace < SLOW_BELOW,
    seed: status.seed,
    commandCount: status.commandCount,
    stopped: stopped === null ? null : get().stopped,
  };
  const now = get();
  // Most reports of the status bring nothing that React has to know.
  if ((Object.keys(next) as (keyof typeof next)[]).some((key) => next[key] !== now[key])) set(next);
  if (stopped === null) return;
  void lateWords().then(({ say }) => {
    const words = say(stopped.key, namesIn(present(get()), stopped.values));
    // While the words were on their way the run may have been started again.
    if (client.status?.stopped && get().stopped !== words) set({ stopped: words });
  });
}

// ------------------------------------------------------------------ telling

export function tell(sentence: string): void {
  const { notices } = get();
  if (notices.some((notice) => notice.sentence === sentence)) return;
  const id = ++noticeCount;
  set({ notices: [...notices, { id, sentence }].slice(-NOTICES_MAX) });
  setTimeout(() => dismiss(id), NOTICE_MS);
}

export function dismiss(id: number): void {
  set({ notices: get().notices.filter((notice) => notice.id !== id) });
}

export function refuse(title: string, problems: readonly DescribedProblem[]): void {
  set({ refusal: { title, problems } });
}

export function dismissRefusal(): void {
  set({ refusal: null });
}

export async function refuseFor(title: string, problems: readonly Problem[]): Promise<void> {
  const { describeProblem } = await lateWords();
  refuse(
    title,
    problems.map((problem) => describeProblem(problem)),
  );
}

/** Shows what there is to be said of a file that was opened. */
export async function remarkOn(title: string, note: string, remarks: readonly Problem[]): Promise<void> {
  const { describeProblem } = await lateWords();
  set({ refusal: { title, note, problems: remarks.map((remark) => describeProblem(remark)) } });
}

/** Orders to an engine that is gone for good have been told of already. */
export function quietly(work: Promise<unknown>): void {
  work.catch((error: unknown) => {
    if (!(error instanceof EngineGone)) throw error;
  });
}

// ------------------------------------------------------------------ opening

/** Loads the text of a file. If it is bad, its problems are shown and nothing else changes. Answers whether it was taken. */
export async function openText(source: string, name: string): Promise<boolean> {
  if (!(await begin(source, name))) return false;
  await play();
  return true;
}

/** A run that was made elsewhere or before: what was done to it, and how far it had come. */
export interface Past extends Moment {
  readonly seed: number;
  readonly log: readonly LoggedCommand[];
  /** The drawing as it was then: names and positions are no commands. */
  readonly now: Drawing;
  /** Simulated seconds a second. */
  readonly speed: number;
  /** The last edits in `now` are not in the log: the run had not heard of them yet. */
  readonly isAhead: boolean;
}

/**
 * Loads the document that a run began from and brings the run to a moment of it, paused there. Answers with the status it has
 * then; with null if the document was refused and nothing changed, or if the way there was called off.
 */
export async function openRun(source: string, name: string, past: Past): Promise<Status | null> {
  if (!(await begin(source, name, past))) return null;
  const { openCount } = get();
  set({ travelToNs: past.atNs });
  const isHere = () => get().openCount === openCount;
  const arrived = await travel(client, past, () => isHere() && isOnItsWay());
  const topology = await client.document();
  if (!isHere()) return null;
  set({ travelToNs: null });
  if (topology === null) return arrived;
  const ran = withTopology(past.now, topology);
  const missing = commandBetween(ran, past.now);
  if (missing === null) return arrived;
  const done = past.isAhead ? await client.command(missing) : null;
  if (done?.ok) return done.status;
  // Changed by the run's own script, or told falsely: what is drawn is what runs.
  set({ drawing: history.newHistory(withLooks(ran, past.now)) });
  return arrived;
}

/** Gives up the way to a moment: the drawing stays, and its run begins at 0. */
export function callTravelOff(): void {
  const drawing = present(get());
  if (get().travelToNs === null || drawing === null) return;
  quietly(begin(JSON.stringify(drawing), openTitle(), { seed: get().seed }).then((isOpen) => (isOpen ? play() : undefined)));
}

let leave: () => Promise<void> = async () => undefined;

/** Whoever keeps what is open is asked to do so before something else is opened. */
export function beforeOpening(keep: () => Promise<void>): void {
  leave = keep;
}

async function begin(source: string, name: string, past: Partial<Past> = {}): Promise<boolean> {
  await leave();
  // Legs that were still to come would carry the next run away.
  set({ travelToNs: null });
  if (early !== null) early = [];
  const loaded = await client.load(source, past.seed, past.log);
  if (!loaded.ok) {
    await refuseFor(text('problems.title', { name }), loaded.problems);
    return false;
  }
  // The engine has read and accepted this very text, limits and prototype names included.
  const drawing = JSON.parse(source) as Drawing;
  const speed = isScenario(drawing) && drawing.speed !== undefined ? nearestSpeed(drawing.speed) : 1;
  set({
    drawing: history.newHistory(past.now ?? drawing),
    runStart: drawing,
    selection: new Set(),
    refusal: null,
    travelToNs: null,
    speed: past.speed ?? speed,
    openCount: get().openCount + 1,
  });
  if (client.kind === 'in-page') tell(text('notice.in-page'));
  return true;
}

export const openTitle = (): string => {
  const drawing = present(get());
  return (drawing && titleOf(drawing)) || text('app.untitled');
};

// ------------------------------------------------------------------ running

async function play(): Promise<void> {
  set({ isRunning: true });
  await client.play(get().speed);
}

async function pause(): Promise<void> {
  set({ isRunning: false });
  await client.pause();
}

const isOnItsWay = (): boolean => get().travelToNs !== null;

export function togglePlay(): void {
  if (!isOnItsWay()) quietly(get().isRunning ? pause() : play());
}

export function setSpeed(speed: number): void {
  set({ speed });
  if (get().isRunning) quietly(client.play(speed));
}

export function step(unit: StepUnit): void {
  if (isOnItsWay()) return;
  set({ isRunning: false });
  quietly(client.step(unit));
}

/** Back to time 0, of this seed or of another one. A run that was playing plays on. */
export function reset(seed?: number): void {
  const { isRunning } = get();
  const drawing = present(get());
  if (drawing === null || isOnItsWay()) return;
  set({ runStart: drawing });
  quietly(client.reset(JSON.stringify(drawing), seed).then(() => (isRunning ? play() : undefined)));
}

/** A hidden tab must not jump when it comes back: it stands still meanwhile. */
export function pauseWhileHidden(): () => void {
  let wasRunning = false;
  const onChange = () => {
    if (document.hidden) {
      wasRunning = get().isRunning;
      if (wasRunning) quietly(pause());
    } else if (wasRunning) quietly(play());
  };
  document.addEventListener('visibilitychange', onChange);
  return () => document.removeEventListener('visibilitychange', onChange);
}

// ------------------------------------------------------------------ editing

export function select(ids: Iterable<string>): void {
  const next = new Set(ids);
  const { selection } = get();
  if (next.size === selection.size && [...next].every((id) => selection.has(id))) return;
  set({ selection: next });
}

/** Opens a gesture: everything until `commitEdit` is one step of undo. */
export function beginEdit(): void {
  const { drawing } = get();
  if (drawing !== null) set({ drawing: history.begin(drawing) });
}

export function commitEdit(): void {
  const { drawing } = get();
  if (drawing !== null) set({ drawing: history.commit(drawing) });
}

/** Gives the gesture up: the drawing is what it was when it began. */
export function cancelEdit(): void {
  const { drawing } = get();
  if (drawing !== null) take(history.cancel(drawing));
}

/** Changes the drawing, and the run with it. Outside of a gesture it is a step of undo by itself. */
export function edit(change: (drawing: Drawing) => Drawing): void {
  const { drawing } = get();
  if (drawing === null) return;
  const next = change(drawing.present);
  if (next === drawing.present) return;
  take(drawing.before === null ? history.run(drawing, next) : history.change(drawing, next));
}

export function undo(): void {
  const { drawing } = get();
  if (drawing !== null) take(history.undo(drawing));
}

export function redo(): void {
  const { drawing } = get();
  if (drawing !== null) take(history.redo(drawing));
}

let underway = 0;
/** Whether the run has yet to hear of edits that are drawn already. */
export const isAhead = (): boolean => underway > 0;

function take(next: history.History<Drawing>): void {
  const before = get().drawing;
  if (before === null || isOnItsWay()) return;
  const command = commandBetween(before.present, next.present);
  set({ drawing: next });
  if (command === null) return;
  underway++;
  const commanded = client.command(command).finally(() => underway--);
  quietly(
    commanded.then((done) => {
      if (done.ok) return;
      void refuseFor(text('problems.edit'), done.problems);
      // The run did not follow, so the drawing goes back to what the run is, unless it has moved on meanwhile.
      if (get().drawing === next) set({ drawing: history.commit(before) });
    }),
  );
}
