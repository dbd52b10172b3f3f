// K1 to K3 and K14 to K32 of docs/semantics/kafka.md, each a checker over random clusters, faults and clients: the stories that the fuzzer draws
// of Kafka alone, watched from outside. `npm run mutants` plants a fault into each test, and looks for the first story that shows it.

import { describe, expect, it } from 'vitest';
import { Simulation } from '../../simulation/simulation.ts';
import { scenarioOf, started } from '../drawing.ts';
import { Dice } from '../fuzzer/dice.ts';
import { drawCluster } from '../fuzzer/draw-cluster.ts';
import { KafkaWatcher } from './watcher.ts';

/** Few stories in which every law has something to say; the fuzzer tells many. */
const SEEDS = [3, 7, 12, 13, 18, 21, 25, 30, 40, 57, 64];
/** A planted fault may take some looking for; the first story that shows it will do. */
const SEEDS_PLANTED = 120;
const EVENTS_MAX = 100_000;
const STRIDE_NS = 250e6;

function watched(seed: number): KafkaWatcher {
  const { endNs, everyNs, script, topology } = drawCluster(new Dice(seed));
  const simulation = started(Simulation.create(scenarioOf({ ...topology, seed })));
  const watcher = new KafkaWatcher(simulation, everyNs);
  simulation.watch({ gridNs: everyNs, observe: () => watcher.look() });
  const isOver = (): boolean => simulation.stopped !== null || simulation.world.events > EVENTS_MAX;
  for (const { atNs, command, stamp } of script) {
    simulation.advanceTo(Math.max(atNs, simulation.timeNs));
    if (!isOver()) simulation.command(command, stamp);
  }
  while (simulation.timeNs < endNs && !isOver()) simulation.advanceTo(Math.min(endNs, simulation.timeNs + STRIDE_NS));
  watcher.finish();
  return watcher;
}

const isPlanted = process.env.PLANTED !== undefined;
let watchers: readonly KafkaWatcher[] = [];

/** Runs every story once for all laws; with a fault planted, anew until one shows it. */
function judge(law: number): { readonly faults: readonly string[]; readonly count: number } {
  const faults: string[] = [];
  let count = 0;
  const note = (watcher: KafkaWatcher, seed: number): void => {
    for (const fault of watcher.faults) if (fault.law === law) faults.push(`seed ${seed} ${fault.text}`);
    count += watcher.judged.get(law) ?? 0;
  };
  if (isPlanted) for (let seed = 1; seed <= SEEDS_PLANTED && faults.length === 0; seed++) note(watched(seed), seed);
  else {
    if (watchers.length === 0) watchers = SEEDS.map(watched);
    for (const [i, watcher] of watchers.entries()) note(watcher, SEEDS[i] as number);
  }
  return { faults: faults.slice(0, 3), count };
}

/** The law was kept wherever it had something to say, and it had. */
function holds(law: number): void {
  const { count, faults } = judge(law);
  expect(faults).toEqual([]);
  expect(count).toBeGreaterThan(0);
}

describe('over random clusters, faults and clients', () => {
  it('K1: offsets of a log grow one by one, and each keeps its record', () => holds(1));
  it('K2: log start <= last stable offset <= high watermark <= log end, and the high watermark never falls', () => holds(2));
  it('K3: no consumer is given an offset at or above the high watermark', () => holds(3));
  it('K14: a key lies in the partition of its hash, whatever is down', () => holds(14));
  it('K15: records without a key stay with a partition for a batch of bytes', () => holds(15));
  it('K16: a numbered record is in a partition once, in the order in which it was sent', () => holds(16));
  it('K17: one request at a time doubles and never reorders', () => holds(17));
  it('K18: every send is over within its delivery time-out', () => holds(18));
  it('K19: what is buffered and under way fits into the buffer', () => holds(19));
  it('K20: no more requests are under way on a connection than allowed', () => holds(20));
  it('K21: waits between tries lie within the bounds of the back-off', () => holds(21));
  it('K22: in a stable group every partition has one owner, and who is too many is idle', () => holds(22));
  it('K23: generations grow, and a commit of an old one moves nothing', () => holds(23));
  it('K24: between join and assignment an eager member does nothing, a cooperative one keeps its own, and no partition has two owners', () =>
    holds(24));
  it('K25: a silent member is let go after its session, one that leaves at once, a static one that is back in time without a round', () =>
    holds(25));
  it('K26: who does not poll leaves', () => holds(26));
  it('K27: a rebalance is over after the longest rebalance time-out', () => holds(27));
  it('K28: committed after the work, all below is done; before it, nothing is done twice', () => holds(28));
  it('K29: nobody reads or commits beyond what is there', () => holds(29));
  it('K30: a member works on what it owns, as much at once as it has places', () => holds(30));
  it('K31: retention takes whole segments, the oldest first, and the log start never falls', () => holds(31));
  it('K32: compaction keeps the last record of each key, order and offsets', () => holds(32));
});
