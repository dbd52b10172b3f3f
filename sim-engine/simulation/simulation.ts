// The front door of the engine: a run of a scenario, moved on in simulated time, changed by commands, copied and put back.
// Command line, Web Worker and tests all enter here. It knows no clock but the simulated one.

import type { ArenaCopy } from '../kernel/arena.ts';
import { floor } from '../kernel/exact-math.ts';
import type { ActorIx, LinkIx } from '../kernel/ids.ts';
import '../nodes/behaviours.ts';
import type { ParsedScenario, ParsedTopology, Problem, Result } from '../topology/document.ts';
import { parseTopologyDocument } from '../topology/parse.ts';
import { parseDuration } from '../topology/units.ts';
import { CRASHED } from '../world/actor-table.ts';
import { DEAD_LETTERED } from '../world/books.ts';
import { FAULT_CRASH, FAULT_CUT, FAULT_DELAY, FAULT_LOSS, FAULT_POISON, FAULT_SLOW } from '../world/faults.ts';
import { type RunEnd, type StopReason, TICK_NS, World } from '../world/world.ts';
import { Assembly, type LiveActor, type LiveWire, linksOfWire } from './assembly.ts';
import { parseCommand } from './command-text.ts';
import type { Command, Fault, MessageName } from './commands.ts';
import { editDocument, isEdit } from './edit-document.ts';

/** A command and the time at which it applies. */
export interface TimedCommand {
  readonly atNs: number;
  readonly command: Command;
}

export interface SimulationOptions {
  /** Instead of the scenario's own. */
  readonly seed?: number;
  /** Follow every n-th message of each sender; 0 = none. Watching only. */
  readonly traceEvery?: number;
  /** Stops of journeys kept, the latest ones; absent = some thousands. */
  readonly traceEntries?: number;
  /** Commands of an earlier run, carried out at their times after those of the scenario. */
  readonly log?: readonly TimedCommand[];
}

/** A copy of a whole run at one moment; opaque, restorable any number of times. */
export interface Checkpoint {
  readonly timeNs: number;
  readonly arena: ArenaCopy;
  readonly assembly: unknown;
  readonly topology: ParsedTopology;
  readonly log: readonly TimedCommand[];
  readonly waiting: readonly TimedCommand[];
  readonly refused: readonly RefusedCommand[];
}

export interface RefusedCommand {
  readonly atNs: number;
  readonly problems: readonly Problem[];
}
const REFUSED_MAX = 1000;

/** Called by whoever watches, at whole multiples of its grid: reads only. */
export interface Watcher {
  readonly gridNs: number;
  observe(timeNs: number): void;
}

export class Simulation {
  readonly world: World;
  readonly assembly: Assembly;
  readonly scenario: ParsedScenario;
  readonly seed: number;
  private parsed: ParsedTopology;
  /** Commands given from outside so far, with their times: topology + seed + log = the run. */
  private given: TimedCommand[] = [];
  /** Commands still to come, in order of time. */
  private waiting: TimedCommand[] = [];
  private watchers: Watcher[] = [];
  /** Commands that could not be carried out when their time came, the last 1,000 of them. */
  refused: readonly RefusedCommand[] = [];

  private constructor(scenario: ParsedScenario, options: SimulationOptions, commands: readonly TimedCommand[]) {
    this.scenario = scenario;
    this.seed = options.seed ?? scenario.seed;
    this.parsed = scenario.topology;
    this.world = new World(this.seed);
    if (options.traceEntries !== undefined) this.world.trace.keep(options.traceEntries);
    this.world.trace.sampleEvery = options.traceEvery ?? 0;
    this.assembly = new Assembly(this.world);
    this.assembly.adopt(this.parsed);
    for (const command of commands) this.schedule(command.atNs, command.command, false);
    for (const command of options.log ?? []) this.schedule(command.atNs, command.command, true);
  }

  /** A run of a valid scenario at time 0, or the problems of its commands. */
  static create(scenario: ParsedScenario, options: SimulationOptions = {}): Result<Simulation> {
    const problems: Problem[] = [];
    const commands: TimedCommand[] = [];
    (scenario.document.commands ?? []).forEach((timed, index) => {
      const command = parseCommand(timed.do);
      const at = parseDuration(timed.at);
      if (command.ok && at.ok) commands.push({ atNs: at.value, command: command.value });
      else if (!command.ok) problems.push(...command.problems.map((problem) => ({ ...problem, at: ['commands', index, 'do'] })));
    });
    if (problems.length > 0) return { ok: false, problems };
    return { ok: true, value: new Simulation(scenario, options, commands) };
  }

  // ---------------------------------------------------------------- reading

  get timeNs(): number {
    return this.world.now[0] as number;
  }
  get digest(): string {
    return this.world.digest.toString();
  }
  get topology(): ParsedTopology {
    return this.parsed;
  }
  get log(): readonly TimedCommand[] {
    return this.given;
  }
  get stopped(): StopReason | null {
    return this.world.stopped;
  }

  // ---------------------------------------------------------------- time

  /** Has `observe` called at every multiple of the watcher's grid that the run passes. */
  watch(watcher: Watcher): void {
    this.watchers.push(watcher);
  }
  unwatch(watcher: Watcher): void {
    this.watchers = this.watchers.filter((other) => other !== watcher);
  }

  /**
   * Moves on to `timeNs`: every event before it has happened, and so have the commands due up to it. At most `budget` events
   * are handled in one call; then 'budget' is returned and the time reached is `timeNs` of the simulation.
   */
  advanceTo(timeNs: number, budget = Number.POSITIVE_INFINITY): RunEnd {
    const { world } = this;
    const lastEvent = world.events + budget;
    for (;;) {
      const stopNs = this.nextStop(timeNs);
      const end = world.run(stopNs, lastEvent - world.events);
      if (end !== 'limit') return end;
      while (this.waiting.length > 0 && (this.waiting[0] as TimedCommand).atNs <= stopNs) this.applyWaiting();
      for (const watcher of this.watchers) if (stopNs % watcher.gridNs === 0) watcher.observe(stopNs);
      if (stopNs >= timeNs) return world.stopped === null ? 'limit' : 'stopped';
    }
  }

  /**
   * Handles what is due at this very instant until so many events were handled in all, or none of the instant is left: the way back
   * to a moment between two events, as a single step or a run that stopped by itself leaves it.
   */
  advanceWithin(events: number): void {
    const { world } = this;
    const nowNs = this.timeNs;
    while (world.events < events && world.stopped === null && world.nextEventNs(nowNs + 1) === nowNs) world.run(nowNs + 1, 1);
  }

  /** The next moment at which the run must pause for a command or a watcher, `timeNs` at the latest. */
  private nextStop(timeNs: number): number {
    let stopNs = timeNs;
    const first = this.waiting[0];
    if (first !== undefined && first.atNs < stopNs) stopNs = first.atNs;
    for (const watcher of this.watchers) {
      const gridNs = (floor(this.timeNs / watcher.gridNs) + 1) * watcher.gridNs;
      if (gridNs < stopNs) stopNs = gridNs;
    }
    return stopNs;
  }

  /** Handles exactly one event, if one comes within `withinNs`; true if so. */
  stepEvent(withinNs: number): boolean {
    return this.stepUntil(this.world.events, () => this.world.events, withinNs);
  }

  /** Goes on until one more message is settled (worked off, or given up), if that happens within `withinNs`. */
  stepMessage(withinNs: number): boolean {
    return this.stepUntil(this.world.settled, () => this.world.settled, withinNs);
  }

  /** Goes on to the end of the current tick. */
  stepTick(): void {
    this.advanceTo((floor(this.timeNs / TICK_NS) + 1) * TICK_NS);
  }

  private stepUntil(before: number, reading: () => number, withinNs: number): boolean {
    const limitNs = this.timeNs + withinNs;
    while (reading() === before) if (this.advanceTo(limitNs, 1) !== 'budget') return reading() !== before;
    return true;
  }

  // ---------------------------------------------------------------- commands

  /**
   * Carries out a command: at the next tick of a run that moves at more than a twentieth of real time, else at the clock's
   * next nanosecond. The run moves on to that moment first. Returns the problems if it cannot be carried out; then nothing
   * changed but the time.
   */
  command(command: Command, stamp: 'tick' | 'nanosecond'): readonly Problem[] {
    const nowNs = this.timeNs;
    const atNs = stamp === 'nanosecond' ? nowNs + 1 : (floor(nowNs / TICK_NS) + 1) * TICK_NS;
    const problems = this.whyNot(command);
    if (problems.length > 0) return problems;
    this.advanceTo(atNs);
    if (this.world.stopped !== null) return [{ code: 'run-stopped', at: [] }];
    // What was scheduled for the time between may have changed the answer.
    const problemsThen = this.whyNot(command);
    if (problemsThen.length > 0) return problemsThen;
    this.apply(command);
    this.given.push({ atNs, command });
    return [];
  }

  /** Has a command carried out when its time comes. `isLogged`: it counts as given from outside. */
  schedule(atNs: number, command: Command, isLogged = true): void {
    if (isLogged) this.given.push({ atNs, command });
    let at = this.waiting.length;
    while (at > 0 && (this.waiting[at - 1] as TimedCommand).atNs > atNs) at--;
    this.waiting.splice(at, 0, { atNs, command });
  }

  private applyWaiting(): void {
    const { atNs, command } = this.waiting.shift() as TimedCommand;
    const problems = this.whyNot(command);
    if (problems.length === 0) this.apply(command);
    else {
      this.refused = [...this.refused, { atNs, problems }].slice(-REFUSED_MAX);
      this.world.notice('notice.command-refused', '', { command: command.type });
    }
  }

  /** Why a command cannot be carried out now; empty if it can. */
  whyNot(command: Command): readonly Problem[] {
    if (isEdit(command)) {
      const unknown = this.unknownTarget(command);
      if (unknown !== null) return [unknown];
      const result = parseTopologyDocument(editDocument(this.parsed.document, command));
      return result.ok ? [] : result.problems;
    }
    const id = 'wire' in command ? command.wire : command.node;
    const isThere = 'wire' in command ? this.assembly.wire(id) !== undefined : this.assembly.actorsOfNode(id).length > 0;
    if (!isThere)
      return [{ code: 'wire' in command ? 'command-unknown-wire' : 'command-unknown-node', at: ['command'], values: { id } }];
    const kind = 'wire' in command ? '' : (this.assembly.actorsOfNode(id)[0] as LiveActor).kind;
    if (IN_PROCESS.has(command.type) && 'node' in command && this.isDown(command.node)) {
      return [{ code: 'command-node-down', at: ['command'], values: { id, command: command.type } }];
    }
    const needed = NEEDED_KIND.get(command.type);
    if (needed !== undefined && needed !== kind) {
      return [{ code: 'command-wrong-kind', at: ['command'], values: { id, kind, command: command.type, needed } }];
    }
    if (command.type === 'redrive' && command.message !== undefined && this.restingAt(id, command.message).length === 0) {
      return [{ code: 'command-not-resting', at: ['command'], values: { id, ...command.message } }];
    }
    return [];
  }

  /** Obligations of a message that a dead-letter queue keeps: one, or several where several queues give up to it. */
  private restingAt(node: string, { sender, number }: MessageName): readonly number[] {
    const { messages, nodeIds, obligations } = this.world;
    const { cls, holder, msg } = obligations;
    const found: number[] = [];
    for (let obl = 1; obl < obligations.high; obl++) {
      if (cls[obl] !== DEAD_LETTERED || nodeIds[holder[obl] as number] !== node) continue;
      const message = msg[obl] as number;
      if (messages.number[message] === number && nodeIds[messages.sender[message] as number] === sender) found.push(obl);
    }
    return found;
  }

  private isDown(node: string): boolean {
    return this.assembly.actorsOfNode(node).some(({ ix }) => this.world.condition(ix as ActorIx) === CRASHED);
  }

  private unknownTarget(edit: Command): Problem | null {
    const { nodes, wires } = this.parsed.document;
    const isNode = (id: string): boolean => nodes.some((node) => node.id === id);
    const isWire = (id: string): boolean => wires.some((wire) => wire.id === id);
    if (edit.type === 'setParam' && !isNode(edit.target) && !isWire(edit.target)) {
      return { code: 'command-unknown-node', at: ['command'], values: { id: edit.target } };
    }
    if (edit.type === 'removeNode' && !isNode(edit.node)) {
      return { code: 'command-unknown-node', at: ['command'], values: { id: edit.node } };
    }
    if (edit.type === 'removeWire' && !isWire(edit.wire)) {
      return { code: 'command-unknown-wire', at: ['command'], values: { id: edit.wire } };
    }
    return null;
  }

  private apply(command: Command): void {
    if (!isEdit(command)) {
      if (command.type !== 'redrive') this.inject(command);
      else if (command.message !== undefined) {
        for (const obligation of this.restingAt(command.node, command.message))
          this.tellActors(command.node, { type: 'redrive-one', obligation });
      } else this.tellActors(command.node, { type: 'redrive', count: command.count ?? Number.MAX_SAFE_INTEGER });
      return;
    }
    const result = parseTopologyDocument(editDocument(this.parsed.document, command));
    if (!result.ok) return;
    this.parsed = result.value;
    this.assembly.adopt(this.parsed);
  }

  private inject(fault: Fault): void {
    const { world } = this;
    const actors = 'node' in fault ? this.assembly.actorsOfNode(fault.node) : [];
    const links = 'wire' in fault ? linksOf(this.assembly.wire(fault.wire)) : [];
    switch (fault.type) {
      case 'crash':
        for (const { ix } of actors) {
          world.faults.begin(ix, FAULT_CRASH, fault.forNs);
          world.lives.crash(ix as ActorIx);
        }
        return;
      case 'restart':
        for (const { ix } of actors) {
          world.faults.begin(ix, FAULT_CRASH, undefined);
          world.lives.restart(ix as ActorIx);
        }
        return;
      case 'slow':
        for (const { ix, nodeId } of actors) {
          world.faults.begin(ix, FAULT_SLOW, fault.forNs);
          world.lives.setSlow(ix as ActorIx, fault.factor);
          if (fault.factor === 1) world.notice('notice.at-speed', nodeId);
          else world.notice('notice.slowed', nodeId, { factor: fault.factor });
        }
        return;
      case 'stall':
        for (const { ix } of actors) world.lives.stall(ix as ActorIx, this.timeNs + fault.forNs);
        return;
      case 'cut':
        for (const link of links) {
          world.faults.begin(link, FAULT_CUT, fault.forNs);
          world.network.cut(link);
        }
        world.notice('notice.cut', fault.wire);
        return;
      case 'heal':
        for (const link of links) {
          world.faults.begin(link, FAULT_CUT, undefined);
          world.network.heal(link);
        }
        world.notice('notice.healed', fault.wire);
        return;
      case 'delay':
        for (const link of links) {
          world.faults.begin(link, FAULT_DELAY, fault.forNs);
          world.network.setExtraDelay(link, fault.extraNs);
        }
        return;
      case 'lose':
        for (const link of links) {
          world.faults.begin(link, FAULT_LOSS, fault.forNs);
          world.network.setFaultLoss(link, fault.share ?? -1);
        }
        return;
      case 'poison':
        for (const { ix } of actors) world.faults.begin(ix, FAULT_POISON, fault.forNs);
        this.tellActors(fault.node, { type: 'poison', share: fault.share ?? -1 });
        return;
      case 'burst':
        this.tellActors(fault.node, { type: 'burst', count: fault.count, overNs: fault.overNs ?? 0 });
        return;
    }
  }

  private tellActors(nodeId: string, command: Parameters<NonNullable<World['actors'][number]>['onCommand']>[0]): void {
    for (const { ix } of this.assembly.actorsOfNode(nodeId)) this.world.actors[ix]?.onCommand(command);
  }

  // ---------------------------------------------------------------- copies

  checkpoint(): Checkpoint {
    return {
      timeNs: this.timeNs,
      arena: this.world.arena.save(),
      assembly: this.assembly.save(),
      topology: this.parsed,
      log: this.given.slice(),
      waiting: this.waiting.slice(),
      refused: this.refused,
    };
  }

  /** Puts the run back to where it was, drawing included. */
  restore(checkpoint: Checkpoint): void {
    this.world.arena.load(checkpoint.arena);
    this.assembly.load(checkpoint.assembly);
    this.parsed = checkpoint.topology;
    this.given = checkpoint.log.slice();
    this.waiting = checkpoint.waiting.slice();
    this.refused = checkpoint.refused;
  }
}

/** Commands that only one kind of node understands. */
const NEEDED_KIND: ReadonlyMap<string, string> = new Map([
  ['redrive', 'dead-letter-queue'],
  ['burst', 'sender'],
  ['poison', 'sender'],
]);

/** Commands that the process of the node itself carries out. */
const IN_PROCESS: ReadonlySet<string> = new Set(['redrive', 'burst']);

function linksOf(wire: LiveWire | undefined): readonly LinkIx[] {
  return wire === undefined ? [] : linksOfWire(wire);
}
