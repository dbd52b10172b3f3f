// The page's side of the engine, and the only part of the app that meets it. Requests are answered by promises, reports come by
// callbacks, the latest frame lies ready to be read. An engine that dies or falls silent is started again where it was: same
// document, seed, command log and latest checkpoint. Knows no React and no store.

import { FRAME } from '../../sim-engine/protocol/frame.ts';
import type {
  Answer,
  CheckpointParcel,
  FrameLayout,
  FromEngine,
  Inside,
  JourneyEntry,
  Letters,
  LoggedCommand,
  Notice,
  Report,
  Request,
  Status,
  StepUnit,
} from '../../sim-engine/protocol/messages.ts';
import type { Command } from '../../sim-engine/simulation/commands.ts';
import type { Problem, TopologyDocument } from '../../sim-engine/topology/document.ts';
import type { EnginePort, OpenPort } from './ports.ts';
import { SILENCE_MS, Watchdog } from './watchdog.ts';

export type Loaded =
  | { readonly ok: true; readonly layout: FrameLayout; readonly status: Status }
  | { readonly ok: false; readonly problems: readonly Problem[] };
export type Done = { readonly ok: true; readonly status: Status } | { readonly ok: false; readonly problems: readonly Problem[] };

export interface RunRecord {
  /** The document that the run began from. */
  readonly text: string;
  readonly seed: number;
  /** Commands up to now. */
  readonly log: readonly LoggedCommand[];
  readonly status: Status;
}

/** What the owner of a client hears by itself. All optional: a hidden client needs none. */
export interface ClientEvents {
  onFrame?(frame: Float64Array): void;
  onStatus?(status: Status): void;
  onLayout?(layout: FrameLayout): void;
  onNotice?(notice: Notice): void;
  /** The engine met a mistake of its own and stopped. Starting it again would meet the same one. */
  onCrashed?(crash: { readonly message: string; readonly simTimeNs: number; readonly seed: number }): void;
  /** The engine was started again and goes on from this simulated time. */
  onRestarted?(simTimeNs: number): void;
  /** It died again and again: the run stays where it is until something is loaded. */
  onGivenUp?(reason: string): void;
}

export interface ClientOptions {
  /** How to open a port, best first. The second is used where the first is refused. */
  readonly ports: readonly OpenPort[];
  readonly events?: ClientEvents;
  /** Wall clock in ms. */
  readonly now?: () => number;
}

/** The page forgot about this request, because the engine it was made to is gone for good. */
export class EngineGone extends Error {}

/** What is needed to bring a run back: everything but the engine. */
interface Run {
  text: string;
  seed: number;
  log: LoggedCommand[];
  checkpoint: CheckpointParcel | null;
  /** Latest simulated time the page has heard of. */
  reachedNs: number;
  /** Speed at which it plays; null while it does not. */
  speed: number | null;
}

interface Pending {
  readonly request: Request;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: Error) => void;
}

/** So many deaths within this time, and the client stops starting engines. */
const DEATHS_MAX = 4;
const DEATHS_WITHIN_MS = 20_000;

export class EngineClient {
  /** Latest of each; null before the first. Frames are replaced, never written to. */
  frame: Float64Array | null = null;
  /** Wall clock at which `frame` came in, ms. */
  frameAtMs = 0;
  layout: FrameLayout | null = null;
  status: Status | null = null;

  readonly #ports: readonly OpenPort[];
  readonly #events: ClientEvents;
  readonly #now: () => number;
  readonly #watchdog: Watchdog;
  readonly #pending = new Map<number, Pending>();
  #port: EnginePort | null = null;
  #nextId = 1;
  #portChoice = 0;
  #hasSpoken = false;
  #deaths: number[] = [];
  #run: Run | null = null;
  #isBegun = false;
  #isClosed = false;

  constructor({ ports, events = {}, now = () => performance.now() }: ClientOptions) {
    this.#ports = ports;
    this.#events = events;
    this.#now = now;
    this.#watchdog = new Watchdog({
      now,
      ping: () => this.#port?.post({ id: this.#nextId++, request: { type: 'ping' } }),
      onSilence: () => this.#onDeath('silent'),
    });
  }

  /** Starts the engine ahead of the first request; without this it starts with it. */
  prepare(): void {
    if (!this.#isBegun && !this.#isClosed) this.#open();
  }

  get kind(): EnginePort['kind'] | null {
    return this.#port?.kind ?? null;
  }

  /**
   * Loads a scenario or topology, at time 0. `log`: commands of an earlier run of it, carried out when their time comes. If it
   * is refused, what was loaded before is still there and as it was.
   */
  async load(text: string, seed?: number, log: readonly LoggedCommand[] = []): Promise<Loaded> {
    this.#deaths = [];
    if (this.#port === null) this.#open();
    const options = { ...(seed === undefined ? {} : { seed }), ...(log.length === 0 ? {} : { log }) };
    const answer = await this.#ask({ type: 'load', text, ...options });
    if (answer.type === 'refused') return { ok: false, problems: answer.problems };
    if (answer.type !== 'loaded') throw new EngineGone(`'load' answered by '${answer.type}'`);
    const { seed: seedThen, simTimeNs } = answer.status;
    this.#run = { text, seed: seedThen, log: [...log], checkpoint: null, reachedNs: simTimeNs, speed: null };
    this.#adopt(answer.layout, answer.status);
    return { ok: true, layout: answer.layout, status: answer.status };
  }

  play(speed: number): Promise<Done> {
    if (this.#run !== null) this.#run.speed = speed;
    return this.#do({ type: 'play', speed });
  }

  pause(): Promise<Done> {
    if (this.#run !== null) this.#run.speed = null;
    return this.#do({ type: 'pause' });
  }

  step(unit: StepUnit): Promise<Done> {
    if (this.#run !== null) this.#run.speed = null;
    return this.#do({ type: 'step', unit });
  }

  /** Carries out an edit or a fault. Refused commands leave no trace in the log. */
  async command(command: Command): Promise<Done> {
    return this.#do({ type: 'command', command });
  }

  /**
   * Back to time 0, paused. Edits of the drawing stay, so the run begins from another document than the one that was loaded:
   * `text` is that document, for an engine that has to be started again.
   */
  async reset(text: string, seed?: number): Promise<Done> {
    const done = await this.#do({ type: 'reset', ...(seed === undefined ? {} : { seed }) });
    if (done.ok && this.#run !== null) {
      Object.assign(this.#run, { text, seed: done.status.seed, log: [], checkpoint: null, reachedNs: 0, speed: null });
    }
    return done;
  }

  /**
   * All that is needed to come to this moment again, and what will prove it: the status holds time, digest and count of events.
   * Null while nothing is loaded. A run that plays plays on.
   */
  async record(): Promise<RunRecord | null> {
    const answer = await this.#ask({ type: 'ping' });
    const run = this.#run;
    if (answer.type !== 'done' || run === null) return null;
    // What was told before the question was answered before it, so the log is whole; what comes later in it is still to come.
    const { status } = answer;
    return { text: run.text, seed: run.seed, log: run.log.filter(({ atNs }) => atNs <= status.simTimeNs), status };
  }

  /** The drawing as the run has it now; null while nothing is loaded. */
  async document(): Promise<TopologyDocument | null> {
    const answer = await this.#ask({ type: 'document' });
    return answer.type === 'document' ? answer.topology : null;
  }

  /**
   * Runs to a simulated time without drawing; the status holds the digest there. `events`: handled by then in all, for a moment
   * between two of one instant.
   */
  runTo(timeNs: number, events = 0): Promise<Done> {
    return this.#do({ type: 'run-to', timeNs, events });
  }

  async journey(sender: string, number: number): Promise<readonly JourneyEntry[]> {
    const answer = await this.#ask({ type: 'journey', sender, number });
    return answer.type === 'journey' ? answer.entries : [];
  }

  /** What stands in a class of the ledger now; see the request. */
  async letters(wanted: Omit<Extract<Request, { type: 'letters' }>, 'type'>): Promise<Letters> {
    const answer = await this.#ask({ type: 'letters', ...wanted });
    return answer.type === 'letters' ? answer.letters : { rows: [], listed: 0, total: 0, counts: [] };
  }

  /** What a node holds now, as tables. */
  async inside(node: string, detail = ''): Promise<Inside> {
    const answer = await this.#ask({ type: 'inside', node, detail });
    return answer.type === 'inside' ? answer.inside : [];
  }

  async log(): Promise<Omit<Extract<Answer, { type: 'log' }>, 'type'>> {
    const answer = await this.#ask({ type: 'log' });
    return answer.type === 'log' ? answer : { scripted: [], given: [], firstIndex: 0 };
  }

  async notices(): Promise<readonly Notice[]> {
    const answer = await this.#ask({ type: 'notices' });
    return answer.type === 'notices' ? answer.notices : [];
  }

  /** The run as if `gone`, the `index`-th command given to it, had never been; it stays at its time. */
  async takeBack(index: number, gone: LoggedCommand, frameEveryNs: number): Promise<Done> {
    const done = await this.#do({ type: 'take-back', index, frameEveryNs });
    const run = this.#run;
    if (!done.ok || run === null) return done;
    const words = JSON.stringify(gone.command);
    const at = run.log.findIndex(({ atNs, command }) => atNs === gone.atNs && JSON.stringify(command) === words);
    run.log = run.log.filter((_, ix) => ix !== at);
    if (run.checkpoint !== null && run.checkpoint.simTimeNs >= gone.atNs) run.checkpoint = null;
    return done;
  }

  /** Ends the engine's Web Worker from outside, as a browser short of memory would. For tests. */
  killEngine(): void {
    this.#port?.kill();
  }

  close(): void {
    this.#isClosed = true;
    this.#watchdog.stop();
    this.#port?.close();
    this.#port = null;
    this.#forget(new EngineGone('closed'));
  }

  // ---------------------------------------------------------------- requests

  async #do(request: Request): Promise<Done> {
    const answer = await this.#ask(request);
    if (answer.type === 'refused') return { ok: false, problems: answer.problems };
    if (answer.type !== 'done') throw new EngineGone(`'${request.type}' answered by '${answer.type}'`);
    this.#onStatus(answer.status);
    return { ok: true, status: answer.status };
  }

  #ask(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.prepare();
      if (this.#port === null) {
        reject(new EngineGone('no engine'));
        return;
      }
      const id = this.#nextId++;
      this.#pending.set(id, { request, resolve, reject });
      this.#setPatience();
      this.#port.post({ id, request });
    });
  }

  /** Tells the watchdog for how long silence is right: an engine that starts or reads a drawing has its hands full. */
  #setPatience(): void {
    const isLoading = [...this.#pending.values()].some(({ request }) => request.type === 'load');
    if (this.#hasSpoken) this.#watchdog.allow(isLoading ? SILENCE_MS.loading : SILENCE_MS.usual);
  }

  // ---------------------------------------------------------------- what comes in

  #onMessage(message: FromEngine): void {
    if (!this.#hasSpoken) {
      this.#hasSpoken = true;
      this.#setPatience();
    }
    this.#watchdog.heard();
    if ('report' in message) {
      this.#onReport(message.report);
      return;
    }
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return;
    this.#pending.delete(message.id);
    this.#setPatience();
    this.#note(pending.request, message.answer);
    pending.resolve(message.answer);
  }

  /** Keeps the command log: what the next engine has to be told if this one dies. A command is done at the time of its answer. */
  #note(request: Request, answer: Answer): void {
    if (request.type !== 'command' || answer.type !== 'done' || this.#run === null) return;
    this.#run.log.push({ atNs: answer.status.simTimeNs, command: request.command });
  }

  #onReport(report: Report): void {
    switch (report.type) {
      case 'frame':
        return this.#onFrame(new Float64Array(report.buffer));
      case 'status':
        return this.#onStatus(report.status);
      case 'layout':
        this.layout = report.layout;
        return this.#events.onLayout?.(report.layout);
      case 'notice':
        return this.#events.onNotice?.(report.notice);
      case 'checkpoint':
        if (this.#run !== null) this.#run.checkpoint = report.checkpoint;
        return;
      case 'crashed':
        if (this.#run !== null) this.#run.speed = null;
        return this.#events.onCrashed?.(report);
      default:
        return report satisfies never;
    }
  }

  #onFrame(frame: Float64Array): void {
    // A frame of an older drawing would be read with the names of the newer one.
    if (this.layout === null || frame[FRAME.LAYOUT_REVISION] !== this.layout.revision) return;
    this.frame = frame;
    this.frameAtMs = this.#now();
    if (this.#run !== null) this.#run.reachedNs = frame[FRAME.SIM_TIME_NS] as number;
    this.#events.onFrame?.(frame);
  }

  #onStatus(status: Status): void {
    this.status = status;
    if (this.#run !== null) this.#run.reachedNs = status.simTimeNs;
    if (status.stopped !== null && this.#run !== null) this.#run.speed = null;
    this.#events.onStatus?.(status);
  }

  #adopt(layout: FrameLayout, status: Status): void {
    this.layout = layout;
    this.frame = null;
    this.#events.onLayout?.(layout);
    this.#onStatus(status);
  }

  // ---------------------------------------------------------------- life and death

  #open(): void {
    this.#isBegun = true;
    this.#hasSpoken = false;
    while (this.#portChoice < this.#ports.length) {
      try {
        // A port that was given up may still have a last word on its way.
        const events = {
          onMessage: (message: FromEngine) => {
            if (this.#port === port) this.#onMessage(message);
          },
          onDeath: (reason: string) => {
            if (this.#port === port) this.#onDeath(reason);
          },
        };
        const port: EnginePort = (this.#ports[this.#portChoice] as OpenPort)(events);
        this.#port = port;
        this.#watchdog.start();
        return;
      } catch {
        this.#portChoice++;
      }
    }
    throw new EngineGone('no engine can be started here');
  }

  #onDeath(reason: string): void {
    if (this.#isClosed) return;
    this.#watchdog.stop();
    this.#port?.close();
    this.#port = null;
    // One that never said a word will not do so the next time: its script is refused here.
    if (!this.#hasSpoken && this.#portChoice < this.#ports.length - 1) this.#portChoice++;
    const now = this.#now();
    this.#deaths = [...this.#deaths.filter((at) => now - at < DEATHS_WITHIN_MS), now];
    if (this.#deaths.length >= DEATHS_MAX) {
      this.#forget(new EngineGone(reason));
      this.#events.onGivenUp?.(reason);
      return;
    }
    this.#open();
    void this.#resume();
  }

  async #resume(): Promise<void> {
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    const run = this.#run;
    if (run !== null) {
      const { text, seed, log, checkpoint, reachedNs } = run;
      const port = this.#port;
      const answer = await this.#ask({
        type: 'load',
        text,
        seed,
        log: [...log],
        resumeAtNs: reachedNs,
        ...(checkpoint === null ? {} : { checkpoint }),
      }).catch(() => null);
      // Died again meanwhile: what waited goes on waiting for the next one.
      if (this.#port !== port || answer?.type !== 'loaded') {
        for (const pending of waiting) this.#pending.set(this.#nextId++, pending);
        return;
      }
      this.#adopt(answer.layout, answer.status);
      this.#events.onRestarted?.(answer.status.simTimeNs);
    }
    for (const pending of waiting) {
      // Whoever asked for 'load' is answered as if nothing had happened; the same for all others, in their order.
      const id = this.#nextId++;
      this.#pending.set(id, pending);
      this.#port?.post({ id, request: pending.request });
    }
    if (run !== null && run.speed !== null) await this.play(run.speed);
  }

  #forget(reason: Error): void {
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const pending of waiting) pending.reject(reason);
  }
}
