// One seed of the fuzzer: tells its story once under all checkers, then again from the log, from a checkpoint, watched and in odd slices,
// and compares the digests. Throws a finding at the first law that is broken. Called by `fuzz.ts`.

import { insideOf } from '../../simulation/inside.ts';
import { followMessage } from '../../simulation/journeys.ts';
import { Sampler } from '../../simulation/sampler.ts';
import { Simulation, type TimedCommand } from '../../simulation/simulation.ts';
import type { ParsedScenario } from '../../topology/document.ts';
import { TICK_NS } from '../../world/world.ts';
import { scenarioOf, started } from '../drawing.ts';
import { examine, Finding, type RunLaw, watchKafka } from './checkers.ts';
import type { Coverage } from './coverage.ts';
import { Dice } from './dice.ts';
import { drawStory, type Story } from './draw-story.ts';

/** Ticks between two walks through the tables: a prime, so that no rhythm of a story hides from it. */
const TABLE_EVERY = 23;
/** A story that has filled the tables like this ends where it is: a longer one would say no more and take much longer. */
const MESSAGES_MAX = 4_000;
const EVENTS_MAX = 100_000;
const STRIDE_NS = 250 * TICK_NS;
/** Events of one slice at most, where a run is cut into slices. */
const SLICE_EVENTS_MAX = 200;

export interface SeedReport {
  readonly events: number;
  readonly digest: string;
}

export function fuzzSeed(seed: number, coverage: Coverage): SeedReport {
  const story = drawStory(seed);
  const scenario = scenarioOf({ ...story.topology, seed });
  coverage.onDrawing(story.topology);
  const straight = told(story, scenario, coverage);
  const { log, digest } = straight;
  const end = { timeNs: straight.timeNs, events: straight.world.events };
  const dice = new Dice(seed ^ 0x5eed);
  sameDigest('replay gives the same digest', digest, () => replayed(scenario, log, end, dice, 'plain'));
  sameDigest('slices change nothing', digest, () => replayed(scenario, log, end, dice, 'sliced'));
  sameDigest('watching changes nothing', digest, () => replayed(scenario, log, end, dice, 'watched'));
  checkRestore(scenario, log, end, digest, dice);
  return { events: straight.world.events, digest };
}

/** Anything thrown by the engine is a finding too: it contradicted itself. */
function guarded<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Finding) throw error;
    const law: RunLaw = 'nothing contradicts itself';
    throw new Finding(law, `${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}

// ------------------------------------------------------------------ the story itself

function told(story: Story, scenario: ParsedScenario, coverage: Coverage): Simulation {
  const simulation = started(Simulation.create(scenario));
  coverage.listen(simulation);
  const watcher = story.mood === 'cluster' ? watchKafka(simulation, story.everyNs) : null;
  let ticks = 0;
  simulation.watch({
    gridNs: story.everyNs,
    observe() {
      examine(simulation, story, 'tick');
      if (++ticks % TABLE_EVERY === 0) examine(simulation, story, 'table');
      if (ticks % TABLE_EVERY === 0) coverage.onBooks(simulation);
    },
  });
  guarded('the story', () => {
    for (const { atNs, command, stamp } of story.script) {
      simulation.advanceTo(Math.max(atNs, simulation.timeNs));
      if (isOver(simulation)) break;
      if (simulation.command(command, stamp).length === 0) coverage.onCommand(command);
      examine(simulation, story, 'tick');
      examine(simulation, story, 'table');
    }
    while (simulation.timeNs < story.endNs && !isOver(simulation)) {
      simulation.advanceTo(Math.min(story.endNs, simulation.timeNs + STRIDE_NS));
    }
    silence(simulation);
    runOut(simulation, story);
    watcher?.finish();
    examine(simulation, story, 'tick');
    examine(simulation, story, 'table');
    examine(simulation, story, 'calm');
    coverage.onBooks(simulation);
  });
  return simulation;
}

/** Whoever sends by a clock of its own sends at most one more message. */
function silence(simulation: Simulation): void {
  for (const { id, kind } of simulation.topology.document.nodes) {
    if (kind === 'sender' || kind === 'requester')
      simulation.command({ type: 'setParam', target: id, field: 'limit', value: 1 }, 'tick');
  }
}

/** Goes on until all is settled or the time for it is over; a calm story takes longer, and nothing may be left of it. */
function runOut(simulation: Simulation, story: Story): void {
  const untilNs = simulation.timeNs + story.drainNs;
  while (simulation.timeNs < untilNs && !isOver(simulation) && simulation.world.messages.live > 0) {
    simulation.advanceTo(simulation.timeNs + STRIDE_NS);
  }
}

const isOver = ({ stopped, world }: Simulation): boolean =>
  stopped !== null || world.messages.live > MESSAGES_MAX || world.events > EVENTS_MAX;

// ------------------------------------------------------------------ the same story, told differently

function sameDigest(law: RunLaw, wanted: string, run: () => Simulation): void {
  const { digest, timeNs } = guarded(law, run);
  if (digest !== wanted) throw new Finding(law, `digest ${digest} instead of ${wanted} at ${timeNs} ns`);
}

/** A run that stopped by itself stands between two events of one instant. */
interface Moment {
  readonly timeNs: number;
  readonly events: number;
}

function goTo(simulation: Simulation, { timeNs, events }: Moment): Simulation {
  simulation.advanceTo(timeNs);
  simulation.advanceWithin(events);
  return simulation;
}

type Manner = 'plain' | 'sliced' | 'watched';

function replayed(scenario: ParsedScenario, log: readonly TimedCommand[], end: Moment, dice: Dice, manner: Manner): Simulation {
  const simulation = started(Simulation.create(scenario, { log, traceEvery: manner === 'watched' ? 3 : 0 }));
  if (manner === 'watched') watchClosely(simulation, dice);
  if (manner === 'sliced') {
    // Also to where it stands already, right after a command: nothing may happen then.
    for (const { atNs } of [...log, { atNs: end.timeNs }]) {
      while (simulation.advanceTo(atNs, dice.int(1, SLICE_EVENTS_MAX)) === 'budget');
      simulation.advanceTo(atNs);
    }
  }
  return goTo(simulation, end);
}

/** Frames are written, messages chosen, gauges read and nodes looked into in between. */
function watchClosely(simulation: Simulation, dice: Dice): void {
  const sampler = new Sampler(simulation);
  simulation.watch({
    gridNs: dice.int(7, 60) * TICK_NS + dice.int(0, 1),
    observe() {
      sampler.sample();
      for (const { nodeId, kind } of simulation.assembly.actors) {
        if (kind === 'sender' && dice.chance(0.2)) followMessage(simulation, nodeId, dice.int(1, 200));
        if (dice.chance(0.2)) insideOf(simulation, nodeId);
      }
    },
  });
}

/** A copy made in mid-run leads to the same end: in the run that was copied, and in a new one that is put where it was. */
function checkRestore(scenario: ParsedScenario, log: readonly TimedCommand[], end: Moment, wanted: string, dice: Dice): void {
  const law: RunLaw = 'restore gives the same digest';
  guarded(law, () => {
    const simulation = started(Simulation.create(scenario, { log }));
    simulation.advanceTo(dice.int(0, end.timeNs));
    const checkpoint = simulation.checkpoint();
    const elsewhere = structuredClone(checkpoint);
    goTo(simulation, end);
    const expectSame = (how: string, { digest }: Simulation): void => {
      if (digest !== wanted) throw new Finding(law, `${how}, copied at ${checkpoint.timeNs} ns: ${digest} instead of ${wanted}`);
    };
    expectSame('run on after a copy', simulation);
    simulation.restore(checkpoint);
    goTo(simulation, end);
    expectSame('put back', simulation);
    const other = started(Simulation.create(scenario));
    other.restore(elsewhere);
    goTo(other, end);
    expectSame('put into a new run', other);
    const document = scenario.topology.document;
    examine(other, { seed: 0, mood: 'wild', topology: document, script: [], endNs: 0, drainNs: 0, everyNs: TICK_NS }, 'table');
  });
}
