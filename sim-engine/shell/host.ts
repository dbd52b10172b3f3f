// The engine's end of the conversation with a page: answers requests in order, moves the run on in slices, and reports frames,
// status, notices and checkpoints by itself. A Web Worker (`worker.ts`) or the page itself holds one. The wall clock is read
// here and nowhere deeper: it decides how far the run goes in a slice, never what happens in it.

import type {
  Answer,
  CheckpointParcel,
  FromEngine,
  LoggedCommand,
  Notice,
  Report,
  Request,
  Status,
  StepUnit,
  ToEngine,
} from '../protocol/messages.ts';
import { bytesOf } from '../simulation/bytes-of.ts';
import { parseCommand } from '../simulation/command-text.ts';
import type { Command } from '../simulation/commands.ts';
import { lettersOf } from '../simulation/contents.ts';
import { History } from '../simulation/history.ts';
import { insideOf } from '../simulation/inside.ts';
import { followMessage, journeyOf } from '../simulation/journeys.ts';
import { ENGINE_REVISION } from '../simulation/revision.ts';
import { Sampler } from '../simulation/sampler.ts';
import { type Checkpoint, Simulation } from '../simulation/simulation.ts';
import type { ParsedScenario, Problem } from '../topology/document.ts';
import { parseScenario } from '../topology/parse.ts';
import { parseDuration } from '../topology/units.ts';
import type { WorldNotice } from '../world/trace.ts';
import { TICK_NS } from '../world/world.ts';
import { type Clock, wallClock } from './clock.ts';

/** Frames come at most this often, and the status while it runs. Wall clock, ms. */
const FRAME_MS = 16;
const STATUS_MS = 250;
const CHECKPOINT_MS = 5000;
/** After one that was too large, the next is tried so much later. */
const CHECKPOINT_PAUSE_MS = 60_000;
const CHECKPOINT_BYTES_MAX = 16 * 1024 * 1024;

/** Wall time that the run may fall behind; what is more is forgiven, so that it never races to catch up. */
const DEBT_MS = 100;
/** Slowest speed, in simulated seconds a second. */
const SPEED_MIN = 0.001;
/** Faster than this, a command takes hold at the next tick; else, and while paused, at the next nanosecond. */
const TICK_STAMP_SPEED = 0.05;
/** Events between two looks at the clock, and most simulated time, so that an idle run has looks too. */
const EVENTS_PER_LOOK = 2000;
const SIM_NS_PER_LOOK = 1e9;
/** How far a single step looks for something to happen, simulated ns. */
const STEP_WITHIN_NS = 60e9;
/** Most that is told of a journey, of the log and of the notices: the latest. */
const TOLD_MAX = 500;
/** Most frames on the way back to now when a command is taken back. */
const REPLAY_FRAMES_MAX = 300;
/** Latest time of a run: beyond 2^53 ns times are no longer whole. */
const SIM_TIME_MAX_NS = 9e15;

type Post = (message: FromEngine, transfer?: ArrayBuffer[]) => void;

/** Something that takes longer than a slice. Requests that come meanwhile wait for it. */
interface Job {
  /** Request that it answers. */
  readonly id: number;
  /** Goes on for a moment; true when done. */
  advance(): boolean;
  finish(): void;
}

/** A run and what watches it. */
interface Loaded {
  scenario: ParsedScenario;
  simulation: Simulation;
  sampler: Sampler;
  history: History;
  /** Layout the page knows. */
  layoutPosted: number;
  /** Notices the page has heard. */
  noticesSeen: number;
  /** It met a mistake of ours: nothing more can be done with it. */
  isBroken: boolean;
}

export class EngineHost {
  private readonly post: Post;
  private readonly clock: Clock;
  private readonly inbox: ToEngine[] = [];
  private isWorking = false;
  private isDeferred = false;
  private job: Job | null = null;
  private loaded: Loaded | null = null;

  private speed = 1;
  private isRunning = false;
  private pace = 1;
  /** The run is to be at `anchorNs` when the wall clock shows `anchorMs`, and goes on from there. */
  private anchorMs = 0;
  private anchorNs = 0;
  private paceSinceMs = 0;
  private paceSinceNs = 0;
  private frameAtMs = Number.NEGATIVE_INFINITY;
  private frameEvents = -1;
  private frameNs = -1;
  private statusAtMs = 0;
  private checkpointAtMs = 0;

  /** `post` is called with everything the page is to hear; what stands in `transfer` is given away. */
  constructor(post: Post, clock: Clock = wallClock(4)) {
    this.post = post;
    this.clock = clock;
  }

  receive(message: ToEngine): void {
    // A life sign must not wait for a long job.
    if (message.request.type === 'ping') {
      this.answer(message.id, { type: 'done', status: this.status() });
      return;
    }
    this.inbox.push(message);
    this.work();
  }

  private work(): void {
    if (this.isWorking) return;
    this.isWorking = true;
    while (this.job === null && this.inbox.length > 0) {
      const { id, request } = this.inbox.shift() as ToEngine;
      this.guard(id, () => this.carryOut(id, request));
    }
    this.isWorking = false;
    if (this.job !== null || this.isRunning) this.deferSlice(0);
  }

  // ---------------------------------------------------------------- requests

  private carryOut(id: number, request: Request): void {
    if (request.type === 'load') {
      this.load(id, request);
      return;
    }
    const { loaded } = this;
    if (loaded === null || (loaded.isBroken && request.type !== 'reset')) {
      const code = loaded === null ? 'nothing-loaded' : 'run-broken';
      this.answer(id, { type: 'refused', problems: [{ code, at: [] }] });
      return;
    }
    switch (request.type) {
      case 'play':
        return this.play(id, request.speed);
      case 'pause':
        this.isRunning = false;
        return this.done(id);
      case 'step':
        return this.step(id, loaded.simulation, request.unit);
      case 'command':
        return this.command(id, loaded, request.command);
      case 'reset':
        return this.reset(id, loaded, request.seed);
      case 'follow':
        return this.doneUnless(id, followMessage(loaded.simulation, request.sender, request.number));
      case 'journey':
        return this.journey(id, loaded.simulation, request.sender, request.number);
      case 'letters':
        return this.answer(id, { type: 'letters', letters: lettersOf(loaded.simulation.world, request) });
      case 'inside':
        return this.answer(id, { type: 'inside', inside: insideOf(loaded.simulation, request.node, request.detail) });
      case 'log':
        return this.tellLog(id, loaded.simulation);
      case 'notices':
        return this.answer(id, {
          type: 'notices',
          notices: loaded.simulation.world.notices.since(0).slice(-TOLD_MAX).map(toldOf),
        });
      case 'take-back':
        return this.takeBack(id, loaded, request.index, request.frameEveryNs);
      case 'run-to':
        return this.runTo(id, loaded, request.timeNs, request.events);
      case 'document':
        return this.answer(id, { type: 'document', topology: loaded.simulation.topology.document });
      default:
        return;
    }
  }

  private load(id: number, request: Extract<Request, { type: 'load' }>): void {
    const { text, seed, log = [], resumeAtNs = 0, checkpoint } = request;
    const parsed = parseScenario(text, seed === undefined ? {} : { seed });
    if (!parsed.ok) {
      this.answer(id, { type: 'refused', problems: parsed.problems });
      return;
    }
    const scenario = parsed.value;
    const created = createRun(scenario, scenario.seed, log, checkpoint);
    if (!created.ok) {
      this.answer(id, { type: 'refused', problems: created.problems });
      return;
    }
    this.isRunning = false;
    this.adopt(scenario, created.value);
    this.startJob(id, this.advancing(created.value, resumeAtNs), () => {
      const { loaded } = this;
      if (loaded === null) return;
      loaded.sampler.forget();
      loaded.layoutPosted = loaded.sampler.layout.revision;
      // What was said before the page lost its engine was heard then.
      loaded.noticesSeen = created.value.world.notices.written;
      this.answer(id, { type: 'loaded', layout: loaded.sampler.layout, status: this.status() });
      this.postFrame();
    });
  }

  private adopt(scenario: ParsedScenario, simulation: Simulation): void {
    const sampler = new Sampler(simulation, (this.loaded?.sampler.layout.revision ?? 0) + 1);
    const history = new History(simulation);
    this.loaded = { scenario, simulation, sampler, history, layoutPosted: -1, noticesSeen: 0, isBroken: false };
    this.frameEvents = -1;
  }

  private play(id: number, speed: number): void {
    this.speed = Math.max(SPEED_MIN, speed || SPEED_MIN);
    this.isRunning = this.loaded?.simulation.stopped === null;
    const nowMs = this.clock.now();
    this.anchor(nowMs);
    this.checkpointAtMs = nowMs;
    this.done(id);
  }

  /** From here on the run keeps step with the wall clock. */
  private anchor(nowMs: number): void {
    const timeNs = this.timeNs;
    this.anchorMs = nowMs;
    this.anchorNs = timeNs;
    this.pace = 1;
    this.paceSinceMs = nowMs;
    this.paceSinceNs = timeNs;
  }

  private step(id: number, simulation: Simulation, unit: StepUnit): void {
    this.isRunning = false;
    const { world } = simulation;
    const fromNs = simulation.timeNs;
    const limitNs =
      unit === 'tick' ? (Math.floor(fromNs / TICK_NS) + 1) * TICK_NS : Math.min(fromNs + STEP_WITHIN_NS, SIM_TIME_MAX_NS);
    const before = unit === 'event' ? world.events : world.settled;
    const isThere = (): boolean => unit !== 'tick' && (unit === 'event' ? world.events : world.settled) !== before;
    const budget = unit === 'tick' ? EVENTS_PER_LOOK : 1;
    this.startJob(
      id,
      () => {
        for (let i = 0; i < EVENTS_PER_LOOK; i++)
          if (simulation.advanceTo(limitNs, budget) !== 'budget' || isThere()) return true;
        return false;
      },
      () => this.done(id),
    );
  }

  private command(id: number, { simulation, history }: Loaded, command: Command): void {
    const problems = simulation.whyNot(command);
    if (problems.length > 0) {
      this.answer(id, { type: 'refused', problems });
      return;
    }
    history.fork();
    const isFast = this.isRunning && this.speed * this.pace > TICK_STAMP_SPEED;
    this.doneUnless(id, simulation.command(command, isFast ? 'tick' : 'nanosecond'));
  }

  /** Begins anew with the drawing as it is now: edits stay, faults and what was sent do not. */
  private reset(id: number, loaded: Loaded, seed: number | undefined): void {
    const { scenario, simulation } = loaded;
    const { topology } = simulation;
    const document = { ...scenario.document, topology: topology.document };
    const next = { ...scenario, document, topology, seed: seed ?? simulation.seed };
    const created = createRun(next, next.seed, [], undefined);
    if (!created.ok) {
      this.answer(id, { type: 'refused', problems: created.problems });
      return;
    }
    this.isRunning = false;
    this.adopt(next, created.value);
    this.done(id);
  }

  private runTo(id: number, loaded: Loaded, timeNs: number, events = 0): void {
    this.isRunning = false;
    const goalNs = Math.max(0, Math.min(Math.floor(timeNs), SIM_TIME_MAX_NS));
    let { simulation } = loaded;
    const isBack = goalNs < simulation.timeNs;
    // A run that was brought back from a checkpoint knows nothing from before it, and begins again from 0.
    if (isBack && !loaded.history.rewind(goalNs)) {
      const created = createRun(loaded.scenario, simulation.seed, simulation.log, undefined);
      if (!created.ok) {
        this.answer(id, { type: 'refused', problems: created.problems });
        return;
      }
      simulation = created.value;
      this.adopt(loaded.scenario, simulation);
    }
    this.startJob(id, this.advancing(simulation, goalNs), () => {
      if (simulation.timeNs === goalNs) simulation.advanceWithin(events);
      // What was told once is not told again on the way back, and what was done before the goal is not new there. On the way forth
      // all of it is: the frames of a way in legs fill the charts, latency among them.
      if (isBack && this.loaded !== null) {
        this.loaded.sampler.forget();
        this.loaded.noticesSeen = simulation.world.notices.written;
      }
      this.done(id);
    });
  }

  /** As if the command had never been given: back to before it, and forward to now without it. */
  private takeBack(id: number, loaded: Loaded, index: number, frameEveryNs: number): void {
    const { simulation: before, scenario } = loaded;
    const goalNs = before.timeNs;
    if (before.log[index] === undefined) {
      this.answer(id, { type: 'refused', problems: [{ code: 'command-not-given', at: ['command'] }] });
      return;
    }
    const wasRunning = this.isRunning;
    let simulation = before;
    // A run that was brought back from a checkpoint knows nothing from before it, and begins again from 0.
    if (!loaded.history.takeBack(index)) {
      const rest = before.log.filter((_, at) => at !== index);
      const created = createRun(scenario, before.seed, rest, undefined);
      if (!created.ok) {
        this.answer(id, { type: 'refused', problems: created.problems });
        return;
      }
      simulation = created.value;
      this.adopt(scenario, simulation);
    }
    this.isRunning = false;
    this.loaded?.sampler.forget();
    this.startJob(id, this.retelling(simulation, goalNs, frameEveryNs), () => {
      this.isRunning = wasRunning && simulation.stopped === null;
      this.anchor(this.clock.now());
      // What happens otherwise now is part of the history, not news.
      if (this.loaded !== null) this.loaded.noticesSeen = simulation.world.notices.written;
      this.done(id);
    });
  }

  /** Goes on to `goalNs` with a frame every so often. */
  private retelling(simulation: Simulation, goalNs: number, frameEveryNs: number): () => boolean {
    const stepNs = Math.max(TICK_NS, Math.floor(frameEveryNs), Math.ceil((goalNs - simulation.timeNs) / REPLAY_FRAMES_MAX));
    let nextNs = simulation.timeNs;
    return () => {
      const end = simulation.advanceTo(Math.min(goalNs, nextNs), EVENTS_PER_LOOK);
      if (end === 'budget') return false;
      if (end === 'stopped' || simulation.timeNs >= goalNs) return true;
      this.tellLayout();
      this.postFrame();
      nextNs = simulation.timeNs + stepNs;
      return false;
    };
  }

  // ---------------------------------------------------------------- answers

  private journey(id: number, simulation: Simulation, sender: string, number: number): void {
    this.answer(id, { type: 'journey', entries: journeyOf(simulation, sender, number).slice(-TOLD_MAX) });
  }

  private tellLog(id: number, { scenario, log }: Simulation): void {
    const given = log.slice(-TOLD_MAX).map(({ atNs, command }) => ({ atNs, command }));
    const scripted = scriptedCommands(scenario).slice(0, TOLD_MAX);
    this.answer(id, { type: 'log', scripted, given, firstIndex: log.length - given.length });
  }

  private done(id: number): void {
    this.tellLayout();
    this.tellNotices();
    this.answer(id, { type: 'done', status: this.status() });
    this.postFrame();
  }

  private doneUnless(id: number, problems: readonly Problem[]): void {
    if (problems.length > 0) this.answer(id, { type: 'refused', problems });
    else this.done(id);
  }

  private answer(id: number, answer: Answer): void {
    this.post({ id, answer });
  }

  private report(report: Report, transfer?: ArrayBuffer[]): void {
    this.post({ id: 0, report }, transfer);
  }

  private status(): Status {
    const simulation = this.loaded?.simulation;
    return {
      isRunning: this.isRunning,
      speed: this.speed,
      pace: this.pace,
      simTimeNs: simulation?.timeNs ?? 0,
      seed: simulation?.seed ?? 0,
      engineRevision: ENGINE_REVISION,
      digest: simulation?.digest ?? '0'.repeat(16),
      events: simulation?.world.events ?? 0,
      stopped: this.stopNotice(),
      commandCount: simulation?.log.length ?? 0,
    };
  }

  private stopNotice(): Notice | null {
    const simulation = this.loaded?.simulation;
    if (simulation === undefined) return null;
    if (simulation.stopped !== null) return { atNs: simulation.timeNs, ...simulation.stopped };
    if (simulation.timeNs >= SIM_TIME_MAX_NS) return { atNs: simulation.timeNs, key: 'notice.bound.time', values: {} };
    return null;
  }

  private tellLayout(): void {
    const { loaded } = this;
    if (loaded === null) return;
    const { layout } = loaded.sampler;
    if (layout.revision === loaded.layoutPosted) return;
    loaded.layoutPosted = layout.revision;
    this.report({ type: 'layout', layout });
  }

  private tellNotices(): void {
    const { loaded } = this;
    if (loaded === null) return;
    const { notices } = loaded.simulation.world;
    if (notices.written === loaded.noticesSeen) return;
    for (const notice of notices.since(loaded.noticesSeen)) this.report({ type: 'notice', notice: toldOf(notice) });
    loaded.noticesSeen = notices.written;
  }

  private postFrame(): void {
    const { loaded } = this;
    if (loaded === null) return;
    const { simulation, sampler } = loaded;
    const { buffer } = sampler.sample();
    this.frameAtMs = this.clock.now();
    this.frameEvents = simulation.world.events;
    this.frameNs = simulation.timeNs;
    this.report({ type: 'frame', buffer }, [buffer]);
  }

  // ---------------------------------------------------------------- slices

  private get timeNs(): number {
    return this.loaded?.simulation.timeNs ?? 0;
  }

  private deferSlice(afterMs: number): void {
    if (this.isDeferred) return;
    this.isDeferred = true;
    this.clock.defer(() => {
      this.isDeferred = false;
      this.guard(undefined, () => this.slice());
    }, afterMs);
  }

  private slice(): void {
    if (this.job !== null) {
      this.workOnJob(this.job);
      this.work();
      return;
    }
    const { loaded } = this;
    if (!this.isRunning || loaded === null) return;
    const startMs = this.clock.now();
    const hasArrived = this.moveOn(loaded.simulation, startMs);
    this.reportAfterSlice(loaded);
    if (!this.isRunning) return;
    this.deferSlice(hasArrived ? Math.max(1, FRAME_MS - (this.clock.now() - startMs)) : 0);
  }

  /** Moves the run towards where it should be by now, for the length of a slice. True if it got there. */
  private moveOn(simulation: Simulation, startMs: number): boolean {
    const { speed } = this;
    const nsPerMs = speed * 1e6;
    let targetNs = SIM_TIME_MAX_NS;
    if (speed < Number.POSITIVE_INFINITY) {
      const reachedMs = this.anchorMs + (simulation.timeNs - this.anchorNs) / nsPerMs;
      // A machine that was too slow, or asleep, is not made to run after the clock.
      if (startMs - reachedMs > DEBT_MS + FRAME_MS) this.anchorMs += startMs - reachedMs - DEBT_MS;
      targetNs = Math.min(targetNs, Math.floor(this.anchorNs + (startMs - this.anchorMs) * nsPerMs));
    }
    const endMs = startMs + this.clock.sliceMs;
    while (simulation.timeNs < targetNs && simulation.stopped === null) {
      simulation.advanceTo(Math.min(targetNs, simulation.timeNs + SIM_NS_PER_LOOK), EVENTS_PER_LOOK);
      if (this.clock.now() >= endMs) break;
    }
    if (simulation.stopped !== null || simulation.timeNs >= SIM_TIME_MAX_NS) this.isRunning = false;
    return simulation.timeNs >= targetNs;
  }

  private reportAfterSlice(loaded: Loaded): void {
    const nowMs = this.clock.now();
    const { simulation, history } = loaded;
    history.note();
    this.tellLayout();
    this.tellNotices();
    const hasChanged = simulation.world.events !== this.frameEvents || simulation.timeNs !== this.frameNs;
    if (hasChanged && (nowMs - this.frameAtMs >= FRAME_MS - 1 || !this.isRunning)) this.postFrame();
    if (nowMs - this.statusAtMs >= STATUS_MS || !this.isRunning) {
      this.measurePace(nowMs);
      this.statusAtMs = nowMs;
      this.report({ type: 'status', status: this.status() });
    }
    if (this.isRunning && nowMs - this.checkpointAtMs >= CHECKPOINT_MS) this.postCheckpoint(simulation, nowMs);
  }

  private measurePace(nowMs: number): void {
    const elapsedMs = nowMs - this.paceSinceMs;
    if (elapsedMs < STATUS_MS) return;
    const wantedNs = elapsedMs * 1e6 * this.speed;
    const share = this.speed < Number.POSITIVE_INFINITY ? (this.timeNs - this.paceSinceNs) / wantedNs : 1;
    // A slice that began a little late is no slowness.
    this.pace = share > 0.95 ? 1 : Math.max(0, share);
    this.paceSinceMs = nowMs;
    this.paceSinceNs = this.timeNs;
  }

  private postCheckpoint(simulation: Simulation, nowMs: number): void {
    this.checkpointAtMs = nowMs;
    const data = simulation.checkpoint();
    const bytes = bytesOf(data);
    if (bytes > CHECKPOINT_BYTES_MAX) {
      this.checkpointAtMs = nowMs + CHECKPOINT_PAUSE_MS;
      return;
    }
    this.report({ type: 'checkpoint', checkpoint: { simTimeNs: data.timeNs, commandCount: data.log.length, bytes, data } });
  }

  // ---------------------------------------------------------------- jobs

  private advancing(simulation: Simulation, goalNs: number): () => boolean {
    return () => simulation.timeNs >= goalNs || simulation.advanceTo(goalNs, EVENTS_PER_LOOK) !== 'budget';
  }

  /** What fits into a slice is answered at once. */
  private startJob(id: number, advance: Job['advance'], finish: Job['finish']): void {
    this.workOnJob({ id, advance, finish });
  }

  private workOnJob(job: Job): void {
    this.job = job;
    const endMs = this.clock.now() + this.clock.sliceMs;
    let isDone: boolean;
    do isDone = job.advance();
    while (!isDone && this.clock.now() < endMs);
    this.loaded?.history.note();
    if (!isDone) return;
    job.finish();
    this.job = null;
  }

  // ---------------------------------------------------------------- mistakes of ours

  /** Whatever the engine throws is a mistake of ours: the run ends and says where, with the seed that shows it again. */
  private guard(id: number | undefined, work: () => void): void {
    try {
      work();
    } catch (error) {
      const unanswered = id ?? this.job?.id;
      this.job = null;
      this.isRunning = false;
      if (this.loaded !== null) this.loaded.isBroken = true;
      const message = error instanceof Error ? error.message : String(error);
      this.report({ type: 'crashed', message, simTimeNs: this.timeNs, seed: this.loaded?.simulation.seed ?? 0 });
      if (unanswered !== undefined) this.answer(unanswered, { type: 'refused', problems: [{ code: 'run-broken', at: [] }] });
      this.work();
    }
  }
}

/** The commands of a scenario; it was refused if one of them could not be read. */
function scriptedCommands({ document }: ParsedScenario): readonly LoggedCommand[] {
  return (document.commands ?? []).flatMap((timed) => {
    const command = parseCommand(timed.do);
    const at = parseDuration(timed.at);
    return command.ok && at.ok ? [{ atNs: at.value, command: command.value }] : [];
  });
}

const toldOf = ({ about, ...notice }: WorldNotice): Notice => (about === '' ? notice : { ...notice, about });

/** A run at time 0, or where a checkpoint left it, with the commands that are still to come. */
function createRun(
  scenario: ParsedScenario,
  seed: number,
  log: readonly LoggedCommand[],
  checkpoint: CheckpointParcel | undefined,
): ReturnType<typeof Simulation.create> {
  const options = { seed, traceEvery: 1 };
  if (checkpoint === undefined) return Simulation.create(scenario, { ...options, log });
  const created = Simulation.create(scenario, options);
  if (!created.ok) return created;
  created.value.restore(checkpoint.data as Checkpoint);
  for (const { atNs, command } of log.slice(checkpoint.commandCount)) created.value.schedule(atNs, command);
  return created;
}
