// The way back in time: keeps checkpoints of one run, closer together the younger they are, within a stated amount of memory.
// Going to a moment is the nearest checkpoint before it and a replay from there. The engine's host owns one per run; it
// changes nothing about the run but where it stands.

import { bytesOf } from './bytes-of.ts';
import type { Checkpoint, Simulation, TimedCommand } from './simulation.ts';

/** Events between two checkpoints: what a replay costs at most while nothing is thinned out, about a tenth of a second. */
const EVENTS_BETWEEN = 300_000;
/** All checkpoints of a run together. */
const BYTES_MAX = 256 * 1024 * 1024;
/** More would cost memory and gain nothing: old ones are thinned out before the bytes are used up. */
const COUNT_MAX = 64;

interface Kept {
  readonly checkpoint: Checkpoint;
  readonly events: number;
  readonly bytes: number;
}

export interface HistoryLimits {
  readonly eventsBetween?: number;
  readonly bytesMax?: number;
}

export class History {
  private readonly simulation: Simulation;
  private readonly eventsBetween: number;
  private readonly bytesMax: number;
  /** In order of time. The first is where the history begins and is never given up. */
  private kept: Kept[] = [];

  constructor(simulation: Simulation, { eventsBetween = EVENTS_BETWEEN, bytesMax = BYTES_MAX }: HistoryLimits = {}) {
    this.simulation = simulation;
    this.eventsBetween = eventsBetween;
    this.bytesMax = bytesMax;
    this.keep(0);
  }

  /** Memory of all checkpoints but the first, which is as large as an empty run. */
  get bytes(): number {
    return this.kept.slice(1).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Times of the checkpoints, ns. */
  get times(): readonly number[] {
    return this.kept.map(({ checkpoint }) => checkpoint.timeNs);
  }

  /** Called whenever the run has moved on: keeps a checkpoint if enough has happened since the one before. */
  note(): void {
    const { events } = this.simulation.world;
    const before = this.before(this.simulation.timeNs);
    const last = this.kept[before];
    if (last !== undefined && events - last.events < this.eventsBetween) return;
    const next = this.kept[before + 1];
    // On a way that was gone before, the next one may be as near.
    if (next !== undefined && next.events - events < this.eventsBetween / 2) return;
    this.keep(before + 1);
    this.thinOut();
  }

  /**
   * Puts the run back to the last checkpoint at or before `timeNs`; the whole command log stays and is carried out again on the
   * way on. False if the history begins later: then only a new run gets there.
   */
  rewind(timeNs: number): boolean {
    const kept = this.kept[this.before(timeNs)];
    if (kept === undefined) return false;
    const { checkpoint } = kept;
    const log = this.simulation.log;
    this.simulation.restore({ ...checkpoint, log, waiting: waitingAfter(checkpoint, log) });
    return true;
  }

  /** Goes to a moment of the run, forward or back. False if the history begins later. */
  seek(timeNs: number): boolean {
    if (timeNs < this.simulation.timeNs && !this.rewind(timeNs)) return false;
    this.simulation.advanceTo(timeNs);
    this.note();
    return true;
  }

  /**
   * A command is about to be given here: what came after this moment came otherwise. Later checkpoints go, and so do later
   * commands of the log; keeping them as a branch of their own is not built yet.
   */
  fork(): void {
    const { timeNs, log } = this.simulation;
    this.kept = this.kept.filter(({ checkpoint }) => checkpoint.timeNs <= timeNs);
    const past = log.filter(({ atNs }) => atNs <= timeNs);
    if (past.length === log.length) return;
    const here = this.simulation.checkpoint();
    this.simulation.restore({ ...here, log: past, waiting: waitingAfter(here, past) });
  }

  /**
   * Undoes a command of the log as if it had never been given: the run is put back to a moment before it, the log goes on without
   * it, and going on from there carries out the rest. One that is still to come leaves the run where it is. False if the history
   * begins later than the command: then only a new run gets there.
   */
  takeBack(index: number): boolean {
    const { log, timeNs } = this.simulation;
    const gone = log[index] as TimedCommand;
    const rest = log.filter((_, at) => at !== index);
    // From its time on they are copies of another run.
    this.kept = this.kept.filter(({ checkpoint }) => checkpoint.timeNs < gone.atNs);
    const before = gone.atNs > timeNs ? this.simulation.checkpoint() : this.kept.at(-1)?.checkpoint;
    if (before === undefined) return false;
    this.simulation.restore({ ...before, log: rest, waiting: waitingAfter(before, rest) });
    return true;
  }

  private keep(at: number): void {
    const checkpoint = this.simulation.checkpoint();
    this.kept.splice(at, 0, { checkpoint, events: this.simulation.world.events, bytes: bytesOf(checkpoint) });
  }

  /** Index of the last checkpoint at or before a time, -1 if there is none. */
  private before(timeNs: number): number {
    let at = this.kept.length - 1;
    while (at >= 0 && (this.kept[at] as Kept).checkpoint.timeNs > timeNs) at--;
    return at;
  }

  private thinOut(): void {
    while (this.kept.length > 1 && (this.kept.length > COUNT_MAX || this.bytes > this.bytesMax)) {
      this.kept.splice(this.leastMissed(), 1);
    }
  }

  /** The checkpoint whose going leaves the smallest gap, measured against how long ago it is. */
  private leastMissed(): number {
    const { kept } = this;
    const newest = (kept.at(-1) as Kept).events;
    let least = kept.length - 1;
    let leastGap = Number.POSITIVE_INFINITY;
    for (let at = 1; at < kept.length - 1; at++) {
      const before = (kept[at - 1] as Kept).events;
      const gap = ((kept[at + 1] as Kept).events - before) / (newest - before);
      if (gap < leastGap) {
        leastGap = gap;
        least = at;
      }
    }
    return least;
  }
}

/** Commands still to come after a checkpoint: those of the scenario that it waits for, and whatever of `log` it had not carried out. */
function waitingAfter(checkpoint: Checkpoint, log: readonly TimedCommand[]): readonly TimedCommand[] {
  const waiting = checkpoint.waiting.filter((timed) => !isAmong(checkpoint.log, timed));
  for (const timed of log) {
    if (isAmong(checkpoint.log, timed) && !isAmong(checkpoint.waiting, timed)) continue;
    let at = waiting.length;
    while (at > 0 && (waiting[at - 1] as TimedCommand).atNs > timed.atNs) at--;
    waiting.splice(at, 0, timed);
  }
  return waiting;
}

/** Log and waiting list hold the same command objects, each with its time in an object of its own. */
const isAmong = (list: readonly TimedCommand[], { atNs, command }: TimedCommand): boolean =>
  list.some((other) => other.atNs === atNs && other.command === command);
