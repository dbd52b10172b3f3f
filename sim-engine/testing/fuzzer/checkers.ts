// What must hold in every run, whatever is drawn: the checkers of the fuzzer. They stand outside the system they check, read its
// tables and compare; none of them changes anything. Each is shown red by a planted bug in testing/mutants.

import type { ActorIx } from '../../kernel/ids.ts';
import { type IntRing, peekRing } from '../../kernel/int-ring.ts';
import { isInRanges, type RangeSet } from '../../kernel/range-set.ts';
import { nodeKind } from '../../nodes/declarations.ts';
import { StoreActor } from '../../nodes/stores/store-actor.ts';
import { seqInView, type View } from '../../nodes/stores/view.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import type { Actor } from '../../world/actor.ts';
import { UP } from '../../world/actor-table.ts';
import { DEAD_LETTERED, DLV_CLASSES, isClosed, PROCESSED, PUB_ACCEPTED, PUB_CLASSES, PUB_ON_WIRE } from '../../world/books.ts';
import { CARRIES, carriesOf } from '../../world/packet-types.ts';
import { actorPlace, DUPLICATE, LATE, UNKNOWN } from '../../world/reasons.ts';
import { KafkaWatcher } from '../kafka/watcher.ts';
import type { Story } from './draw-story.ts';

/** What is wrong, in words; null when nothing is. */
export type Check = (simulation: Simulation) => string | null;

export interface Checker {
  readonly name: string;
  /** `tick`: cheap enough for every tick. `table`: walks through tables, now and then. `calm`: at the end of a calm story. */
  readonly when: 'tick' | 'table' | 'calm';
  readonly check: Check;
}

// ------------------------------------------------------------------ at every tick

/** Sent and owed are the sums of their books, and no class of any channel or subscription is below zero. */
function booksBalance({ world: { books } }: Simulation): string | null {
  const imbalance = books.imbalance();
  if (imbalance !== null) return imbalance;
  for (let at = 0; at < books.byActor.length; at++) {
    if ((books.byActor[at] as number) < 0)
      return `actor ${Math.floor(at / PUB_CLASSES)} has a negative publish class ${at % PUB_CLASSES}`;
  }
  for (let at = 0; at < books.bySub.length; at++) {
    if ((books.bySub[at] as number) < 0)
      return `subscription ${Math.floor(at / DLV_CLASSES)} has a negative class ${at % DLV_CLASSES}`;
  }
  return null;
}

// ------------------------------------------------------------------ tables against books

/** Every obligation that is open or resting stands in the table with somebody who can still cause its work. */
function obligationsMatchBooks({ world: { books, obligations } }: Simulation): string | null {
  const counted = new Float64Array(books.bySub.length);
  let live = 0;
  for (let obl = 1; obl < obligations.high; obl++) {
    const causes = obligations.causes[obl] as number;
    if (causes === 0 && obligations.mentions[obl] === 0) {
      const { attempts, holder, spot, lease, reason } = obligations;
      for (const column of [attempts, holder, spot, lease, reason])
        if (column[obl] !== 0) return `obligation ${obl} is free, but still noted by somebody`;
      continue;
    }
    live++;
    const cls = obligations.cls[obl] as number;
    if (isClosed(cls)) continue;
    if (causes === 0) return `obligation ${obl} is open, but nobody can cause its work any more`;
    const at = (obligations.sub[obl] as number) * DLV_CLASSES + cls;
    counted[at] = (counted[at] as number) + 1;
  }
  if (live !== obligations.live) return `${live} obligations are referred to, ${obligations.live} slots are taken`;
  for (let at = 0; at < counted.length; at++) {
    if (isClosed(at % DLV_CLASSES) || counted[at] === books.bySub[at]) continue;
    return `subscription ${Math.floor(at / DLV_CLASSES)}, class ${at % DLV_CLASSES}: ${counted[at]} in the table, ${books.bySub[at]} in the book`;
  }
  return null;
}

/** Whoever can cause work is known: a channel that keeps it, a packet that carries it, a service that has it. Nobody else. */
function causesAreKnown(simulation: Simulation): string | null {
  const { obligations, packets } = simulation.world;
  const known = new Int32Array(obligations.high);
  const mentions = new Int32Array(obligations.high);
  for (let obl = 1; obl < obligations.high; obl++) if (isLive(simulation, obl) && obligations.holder[obl] !== 0) known[obl] = 1;
  for (const [obl, logs] of logsOfObligations(simulation)) known[obl] = logs;
  for (let packet = 1; packet < packets.high; packet++) {
    if (packets.link[packet] === 0 || packets.isDoomed[packet] === 1) continue;
    const first = packets.first[packet] as number;
    const carries = carriesOf[packets.type[packet] as number];
    if (carries === CARRIES.CAUSE || carries === CARRIES.OWED) known[first] = (known[first] as number) + 1;
    else if (carries === CARRIES.MENTION) mentions[first] = (mentions[first] as number) + 1;
  }
  let elsewhere = 0;
  for (let obl = 1; obl < obligations.high; obl++) {
    if (!isLive(simulation, obl)) continue;
    const asked = (obligations.mentions[obl] as number) - (mentions[obl] as number);
    if (asked < 0) return `obligation ${obl}: ${mentions[obl]} packets mention it, ${obligations.mentions[obl]} are counted`;
    elsewhere += asked;
    const missing = (obligations.causes[obl] as number) - (known[obl] as number);
    if (missing < 0) return `obligation ${obl}: ${known[obl]} places can cause its work, ${obligations.causes[obl]} are counted`;
    elsewhere += missing;
  }
  const atServices = gaugeSum(simulation, 'service', 'busy') + gaugeSum(simulation, 'service', 'desk');
  const atBrokers = unreadByBrokers(simulation, (type) => carriesOf[type] === CARRIES.MENTION);
  const fetched = sumOfParts(simulation, (part) => part.heldCauses ?? 0) + keptByLogs(simulation).arrivedOwed;
  const held =
    atServices + gaugeSum(simulation, 'projection', 'held_events') + questionsAtStores(simulation) + atBrokers + fetched;
  return elsewhere === held
    ? null
    : `services, views and stores hold ${held} deliveries and questions, ${elsewhere} have no other place`;
}

/** Packets of a sort that RabbitMQ brokers leave unread during an alarm, found in their copies. */
function unreadByBrokers({ assembly, world }: Simulation, isWanted: (type: number) => boolean): number {
  let count = 0;
  for (const { ix, kind } of assembly.actors) {
    if (kind !== 'rabbitmq') continue;
    const { own } = (world.actors[ix] as Actor).save() as { readonly own: BrokerNotes };
    for (const unread of own.parked.values()) count += unread.filter(({ type }) => isWanted(type)).length;
  }
  return count;
}
interface BrokerNotes {
  readonly parked: ReadonlyMap<number, readonly { readonly type: number }[]>;
  readonly undecided: ReadonlyMap<number, { readonly isTaken: boolean }>;
  readonly readings: ReadonlyMap<number, ReadonlyMap<string, number>>;
  readonly handedOver: readonly unknown[];
}

/** What readers of streams are owed beside the first of each record, found in the copy of a RabbitMQ broker. */
function furtherReadings(broker: Actor): number {
  const { own } = broker.save() as { readonly own: BrokerNotes };
  let count = 0;
  for (const readers of own.readings.values()) count += readers.size - 1;
  return count;
}

/** Publishes that no queue has taken yet, since those they go to have no leader. */
function undecidedAtBrokers({ assembly, world }: Simulation): number {
  let count = 0;
  for (const { ix, kind } of assembly.actors) {
    if (kind !== 'rabbitmq') continue;
    const { own } = (world.actors[ix] as Actor).save() as { readonly own: BrokerNotes };
    for (const { isTaken } of own.undecided.values()) if (!isTaken) count++;
    count += own.handedOver.length;
  }
  return count;
}

/** Questions on somebody's behalf that stores work on or let wait, found in their copies. */
function questionsAtStores({ assembly, world }: Simulation): number {
  let count = 0;
  for (const { ix, kind } of assembly.actors) {
    if (kind !== 'store' && kind !== 'event-store') continue;
    const { own } = (world.actors[ix] as Actor).save() as { readonly own: StoreQuestions };
    for (const question of [...own.places, ...own.waiting]) if (question !== null && question.obl !== 0) count++;
  }
  return count;
}
interface StoreQuestions {
  readonly places: readonly ({ readonly obl: number } | null)[];
  readonly waiting: readonly { readonly obl: number }[];
}

function isLive({ world: { obligations } }: Simulation, obl: number): boolean {
  return obligations.causes[obl] !== 0 || obligations.mentions[obl] !== 0;
}

/** A message has its slot while something refers to it: entries on the wire, obligations, copies kept for a resend. */
function messagesAreReferredTo(simulation: Simulation): string | null {
  const { books, messages, obligations, packets } = simulation.world;
  const wanted = new Int32Array(messages.high);
  const want = (msg: number): void => {
    wanted[msg] = (wanted[msg] as number) + 1;
  };
  for (let obl = 1; obl < obligations.high; obl++) if (isLive(simulation, obl)) want(obligations.msg[obl] as number);
  let onPackets = 0;
  for (let packet = 1; packet < packets.high; packet++) {
    if (packets.link[packet] === 0 || packets.isDoomed[packet] === 1) continue;
    if (carriesOf[packets.type[packet] as number] !== CARRIES.MESSAGE) continue;
    want(packets.first[packet] as number);
    onPackets++;
  }
  let live = 0;
  let surplus = 0;
  for (let msg = 1; msg < messages.high; msg++) {
    const refs = messages.refs[msg] as number;
    if (refs > 0) live++;
    const more = refs - (wanted[msg] as number);
    if (more < 0) return `message ${msg}: ${wanted[msg]} refer to it, ${refs} are counted`;
    surplus += more;
  }
  if (live !== messages.live) return `${live} messages are referred to, ${messages.live} slots are taken`;
  const onWire = books.publish[PUB_ON_WIRE] as number;
  // What a full queue makes wait is on the wire without a packet; what a publisher keeps for a resend is no entry at all.
  const kept = keptByActors(simulation);
  if (onWire !== onPackets + kept.parked)
    return `${onWire} entries on the wire, ${onPackets} packets and ${kept.parked} held at a door`;
  return surplus === kept.parked + kept.unanswered
    ? null
    : `${surplus} surplus references, ${kept.parked + kept.unanswered} accounted for`;
}

/** What actors keep of messages in their plain state, found in their copies: held at a full queue, or not yet answered for. */
function keptByActors(simulation: Simulation): { readonly parked: number; readonly unanswered: number } {
  const logs = keptByLogs(simulation);
  const unread = unreadByBrokers(simulation, (type) => carriesOf[type] === CARRIES.MESSAGE);
  const parked =
    unread +
    undecidedAtBrokers(simulation) +
    logs.arrived +
    sumOfParts(simulation, (part) => (part.parked?.count ?? 0) / NUMBERS_PER_PARKED + (part.buffered ?? 0));
  const unanswered = logs.records + sumOfParts(simulation, (part) => part.pending?.size ?? 0);
  return { parked, unanswered };
}

/** What clients and doors note in their plain state, summed up over all actors. */
function sumOfParts({ assembly, world }: Simulation, numberOf: (part: PlainState) => number): number {
  let sum = 0;
  for (const { ix } of assembly.actors) {
    const copy = world.actors[ix]?.save() as { readonly parts: readonly (PlainState | null)[] };
    for (const part of copy.parts) if (part !== null) sum += numberOf(part);
  }
  return sum;
}

/** Records in the logs of Kafka's brokers, and such as have come and still miss the request they belong to. */
function keptByLogs({ assembly, world }: Simulation): {
  readonly arrived: number;
  readonly arrivedOwed: number;
  readonly records: number;
} {
  let arrived = 0;
  let arrivedOwed = 0;
  let records = 0;
  for (const { ix, kind } of assembly.actors) {
    if (kind !== 'kafka') continue;
    const { own } = (world.actors[ix] as Actor).save() as { readonly own: Partial<LogNotes> };
    for (const msgs of own.arrived?.values() ?? []) arrived += msgs.length;
    for (const obls of own.arrivedOwed?.values() ?? []) arrivedOwed += obls.length;
    for (const { log } of own.partitions?.values() ?? []) for (const { recordCount } of log.segments) records += recordCount;
  }
  return { arrived, arrivedOwed, records };
}
interface LogNotes {
  readonly arrived: ReadonlyMap<number, readonly number[]>;
  readonly arrivedOwed: ReadonlyMap<number, readonly number[]>;
  readonly partitions: ReadonlyMap<string, { readonly log: { readonly segments: readonly { readonly recordCount: number }[] } }>;
}

interface PlainState {
  readonly parked?: { readonly count: number };
  readonly pending?: { readonly size: number };
  /** Of a producer: entries of the book that have not gone out. */
  readonly buffered?: number;
  /** Of a consumer: deliveries that it has fetched. */
  readonly heldCauses?: number;
}
/** The door of a queue notes message, connection and tag of each. */
const NUMBERS_PER_PARKED = 3;

// ------------------------------------------------------------------ dials against books

/** Sum of a gauge over all live nodes of a kind. */
function gaugeSum(simulation: Simulation, kind: string, gauge: string): number {
  let sum = 0;
  for (const { ix, kind: of } of simulation.assembly.actors) if (of === kind) sum += gaugeOf(simulation, ix, kind, gauge);
  return sum;
}

const cells = new Float64Array(64);

function gaugeOf({ world }: Simulation, ix: number, kind: string, gauge: string): number {
  const at = nodeKind(kind)?.gauges.findIndex(({ name }) => name === gauge) ?? -1;
  if (at < 0) throw new Error(`${kind} has no gauge ${gauge}`);
  world.actors[ix]?.sample(cells, 0);
  return cells[at] as number;
}

/** What the dials of queues, dead-letter queues and services show is what the books and tables say. */
function gaugesMatchBooks(simulation: Simulation): string | null {
  const { assembly, world } = simulation;
  const { leases, obligations } = world;
  const held = new Map<number, number>();
  const brokers = new Set(assembly.actors.filter(({ kind }) => kind === 'rabbitmq' || kind === 'kafka').map(({ ix }) => ix));
  let resting = 0;
  for (let obl = 1; obl < obligations.high; obl++) {
    const holder = obligations.holder[obl] as number;
    if (!isLive(simulation, obl) || holder === 0 || isDoneMeanwhile(simulation, obl)) continue;
    held.set(holder, (held.get(holder) ?? 0) + 1);
    if (obligations.cls[obl] === DEAD_LETTERED && !brokers.has(holder)) resting++;
  }
  let leased = 0;
  for (const { ix, kind, nodeId } of assembly.actors) {
    const shown = (gauge: string): number => gaugeOf(simulation, ix, kind, gauge);
    if (kind === 'queue') {
      const size = shown('ready') + shown('in_flight') + shown('delayed');
      if (size !== (held.get(ix) ?? 0)) return `${nodeId} shows ${size} messages and keeps ${held.get(ix) ?? 0}`;
      if (shown('queue_size') !== shown('ready') + shown('in_flight')) return `${nodeId}: queue_size is not ready and in flight`;
      leased += shown('in_flight');
    } else if (kind === 'rabbitmq') {
      const size = shown('ready') + shown('in_flight') + furtherReadings(world.actors[ix] as Actor);
      if (size !== (held.get(ix) ?? 0)) return `${nodeId} shows ${size} messages and keeps ${held.get(ix) ?? 0}`;
    } else if (kind === 'dead-letter-queue') {
      if (shown('dlq_size') !== (held.get(ix) ?? 0))
        return `${nodeId} shows ${shown('dlq_size')} letters and keeps ${held.get(ix) ?? 0}`;
      if (shown('dlq_size') !== shown('arrived') - shown('redriven'))
        return `${nodeId}: arrived less redriven is not what is there`;
    }
  }
  const logs = assembly.actors.filter(({ kind }) => kind === 'kafka');
  const keptInLogs = logs.reduce((sum, { ix }) => sum + (held.get(ix) ?? 0), 0);
  const owed = logsOfObligations(simulation).size;
  if (owed !== keptInLogs) return `logs have records of ${owed} obligations, brokers keep ${keptInLogs}`;
  if (leased !== leases.live) return `queues show ${leased} messages in flight, ${leases.live} leases are out`;
  const letters = gaugeSum(simulation, 'dead-letter-queue', 'dlq_size');
  return resting <= letters ? null : `${resting} obligations rest somewhere, dead-letter queues hold ${letters}`;
}

/** In how many places of Kafka's logs each obligation stands, found in the copies of the brokers: one that was handed over, in several. */
function logsOfObligations({ assembly, world }: Simulation): ReadonlyMap<number, number> {
  const logs = new Map<number, number>();
  for (const { ix, kind } of assembly.actors) {
    if (kind !== 'kafka') continue;
    const { own } = (world.actors[ix] as Actor).save() as { readonly own: { readonly partitions?: ReadonlyMap<string, Owing> } };
    for (const { kept, shares } of own.partitions?.values() ?? []) {
      for (const { obls } of kept === null ? shares.values() : [...shares.values(), kept]) {
        for (let i = 0; i < obls.count; i++) {
          const obl = peekRing(obls, i);
          if (obl !== 0) logs.set(obl, (logs.get(obl) ?? 0) + 1);
        }
      }
    }
  }
  return logs;
}
interface Owing {
  readonly shares: ReadonlyMap<string, { readonly obls: IntRing }>;
  readonly kept: { readonly obls: IntRing } | null;
}

/** Acknowledged while it lay ready or asleep: the queue passes over it, and no dial shows it. */
function isDoneMeanwhile({ world: { obligations } }: Simulation, obl: number): boolean {
  return (obligations.spot[obl] as number) === SPOT_DONE_MEANWHILE;
}
const SPOT_DONE_MEANWHILE = 4;

/** Attempts that ended well are first successes or repeats; attempts that ended badly are counted once. */
function workIsCounted(simulation: Simulation): string | null {
  const { books } = simulation.world;
  // The counters of a service that left the drawing left with it.
  if (simulation.log.some(({ command }) => removesSomething(command))) return null;
  const taken = gaugeSum(simulation, 'requester', 'answered') + gaugeSum(simulation, 'projection', 'folded');
  const calls = callsWorkedOn(simulation);
  const processed = gaugeSum(simulation, 'service', 'processed') - calls.processed + taken;
  const counted = (books.delivery[PROCESSED] as number) + (books.totals[2] as number);
  if (processed !== counted) return `services, requesters and views show ${processed} successes, the books ${counted}`;
  const failed = gaugeSum(simulation, 'service', 'failed') - calls.failed;
  return failed === books.totals[1] ? null : `services show ${failed} failures, the books ${books.totals[1]}`;
}

/** Works and failures of services that were calls: they are in no book, since whoever asked owes the work. */
function callsWorkedOn({ assembly, world }: Simulation): { readonly processed: number; readonly failed: number } {
  const sum = { processed: 0, failed: 0 };
  for (const { ix, kind } of assembly.actors) {
    if (kind !== 'service') continue;
    const { own } = (world.actors[ix] as Actor).save() as { readonly own: ServiceCalls };
    sum.processed += own.callsProcessed;
    sum.failed += own.callsFailed;
  }
  return sum;
}
interface ServiceCalls {
  readonly callsProcessed: number;
  readonly callsFailed: number;
}

/** What a relay has marked it has published, and nothing that was never committed. */
function markedWasPublished({ assembly, world }: Simulation): string | null {
  for (const { ix, kind, nodeId } of assembly.actors) {
    const actor = world.actors[ix];
    if ((kind !== 'store' && kind !== 'event-store') || !(actor instanceof StoreActor)) continue;
    const { parts } = actor.save() as { readonly parts: readonly [{ readonly marked: RangeSet; readonly published: RangeSet }] };
    const [{ marked, published }] = parts;
    for (let at = 0; at < marked.starts.length; at++) {
      for (let number = marked.starts[at] as number; number <= (marked.ends[at] as number); number++) {
        if (!isInRanges(published, number)) return `${nodeId} has marked event ${number} and never published it`;
        if (number > actor.log.last) return `${nodeId} has marked event ${number}, which never happened`;
      }
    }
  }
  return null;
}

/** A view is at a place of each stream where the stream has been, and counts what is in it. */
function viewsTellWhatHappened({ assembly, world }: Simulation): string | null {
  for (const { ix, kind, nodeId } of assembly.actors) {
    if (kind !== 'projection') continue;
    const { own } = (world.actors[ix] as Actor).save() as { readonly own: { readonly view: View } };
    const { view } = own;
    let count = 0;
    for (const key of view.streams.keys()) count += seqInView(view, key) + 1;
    if (count !== view.count) return `${nodeId} counts ${view.count} events, its streams have ${count}`;
    const inState = view.inState.reduce((sum, streams) => sum + streams, 0);
    if (inState !== view.streams.size) return `${nodeId} counts ${inState} streams by state, and has ${view.streams.size}`;
  }
  return null;
}

/** Every request is open, or it is over in one way; whoever asks and waits by itself stands in both counts once. */
function requestsComplete(simulation: Simulation): string | null {
  for (const { ix, kind, nodeId } of simulation.assembly.actors) {
    if (kind !== 'requester') continue;
    const shown = (gauge: string): number => gaugeOf(simulation, ix, kind, gauge);
    const over = shown('answered') + shown('timed_out') + shown('forgotten');
    if (shown('asked') !== over + shown('open_requests'))
      return `${nodeId} asked ${shown('asked')}, of which ${over} are over and ${shown('open_requests')} open`;
    if (shown('answer_seconds') > shown('request_seconds')) return `${nodeId} waited longer for answers than for everything`;
  }
  return null;
}

/**
 * What a requester threw away stands in the books for the same reason. A reply that comes twice is thrown away twice and closes once,
 * and one for somebody else may be given back, so that the books may say less, never more.
 */
function binsMatchBooks(simulation: Simulation): string | null {
  const { assembly, world } = simulation;
  const reasons = world.books.reasonCounts();
  for (const { ix, kind, nodeId } of assembly.actors) {
    if (kind !== 'requester') continue;
    for (const [reason, gauges] of BINS) {
      let shown = 0;
      for (const gauge of gauges) shown += gaugeOf(simulation, ix, kind, gauge);
      let closed = 0;
      for (const one of reasons) if (one.place === actorPlace(ix) && one.reason === reason) closed += one.count;
      if (closed > shown) return `${nodeId} shows ${shown} replies thrown away as ${gauges.join(' or ')}, the books ${closed}`;
    }
  }
  return null;
}
const BINS: readonly (readonly [reason: number, gauges: readonly string[]])[] = [
  [LATE, ['late']],
  [DUPLICATE, ['duplicate']],
  [UNKNOWN, ['unknown', 'foreign']],
];

/** A service has the replicas that its autoscaler says, and places for them, but for what it has not heard while it stood still. */
function scaledAsTold({ assembly, world }: Simulation): string | null {
  for (const { ix, kind, nodeId, params } of assembly.actors) {
    if (kind !== 'service' || world.condition(ix as ActorIx) !== UP) continue;
    const wire = assembly.wires.find((one) => one.kind === 'scale' && one.to.ix === ix);
    const { parts } = (world.actors[ix] as Actor).save() as { readonly parts: readonly [ServicePlaces] };
    const [{ count, replicas, desk, interrupted }] = parts;
    // A word that is held up on its way is not heard yet.
    if (wire !== undefined && (world.links.isCut[wire.forward] === 1 || world.links.head[wire.forward] !== 0)) continue;
    const told = wire === undefined ? 1 : workingOf(world.actors[wire.from.ix] as Actor);
    if (wire === undefined || world.condition(wire.from.ix as ActorIx) === UP) {
      if (replicas !== told) return `${nodeId} has ${replicas} replicas, it was told ${told}`;
    }
    const places = Math.min(10_000, replicas * (params.concurrency as number));
    if (count !== places && !(replicas === 0 && desk.count + interrupted.length > 0))
      return `${nodeId} has ${count} places, not ${places} for ${replicas} replicas`;
  }
  return null;
}
interface ServicePlaces {
  readonly count: number;
  readonly replicas: number;
  readonly desk: { readonly count: number };
  readonly interrupted: readonly unknown[];
}
function workingOf(autoscaler: Actor): number {
  const { own } = autoscaler.save() as {
    readonly own: { readonly scaler: { readonly wanted: number; readonly startingCount: number } };
  };
  return own.scaler.wanted - own.scaler.startingCount;
}

function removesSomething(command: { readonly type: string; readonly edits?: readonly { readonly type: string }[] }): boolean {
  return command.type === 'removeNode' || (command.edits ?? []).some(removesSomething);
}

// ------------------------------------------------------------------ what theory promises a calm story

/** Everything sent was accepted and worked off exactly once, and nothing is left anywhere. */
function calmIsComplete(simulation: Simulation): string | null {
  const { books, messages, obligations, oracle } = simulation.world;
  if (books.publish[PUB_ACCEPTED] !== books.opened[0]) return `${books.opened[0]} sent, ${books.publish[PUB_ACCEPTED]} accepted`;
  if (books.delivery[PROCESSED] !== books.opened[1]) return `${books.opened[1]} owed, ${books.delivery[PROCESSED]} processed`;
  if (messages.live + obligations.live > 0) return `${messages.live} messages and ${obligations.live} obligations are left`;
  const { duplicateEffects, missedEffects } = oracle;
  return duplicateEffects + missedEffects === 0 ? null : `${duplicateEffects} duplicate and ${missedEffects} missed effects`;
}

/** Messages of one sender with one key have their effects in the order in which they were sent. */
function orderIsKept({ world: { oracle } }: Simulation): string | null {
  return oracle.orderBreaks === 0 ? null : `${oracle.orderBreaks} effects came after a later one of the same key`;
}

// ------------------------------------------------------------------ what Kafka promises

const watchers = new WeakMap<Simulation, KafkaWatcher>();

/** From now on the laws of Kafka are judged in this run; it must be told when the story is over. */
export function watchKafka(simulation: Simulation, everyNs: number): KafkaWatcher {
  const watcher = new KafkaWatcher(simulation, everyNs);
  watchers.set(simulation, watcher);
  return watcher;
}

/** K1 to K32 of docs/semantics/kafka.md, as far as one replica without transactions goes. */
function kafkaKeepsItsLaws(simulation: Simulation): string | null {
  const watcher = watchers.get(simulation);
  watcher?.look();
  const [fault] = watcher?.faults ?? [];
  return fault === undefined ? null : `K${fault.law}, ${fault.text}`;
}

function kafkaKeepsItsLogs(simulation: Simulation): string | null {
  watchers.get(simulation)?.lookThrough();
  return kafkaKeepsItsLaws(simulation);
}

export const CHECKERS: readonly Checker[] = [
  { name: 'books balance', when: 'tick', check: booksBalance },
  { name: 'obligations match the books', when: 'table', check: obligationsMatchBooks },
  { name: 'causes are known', when: 'table', check: causesAreKnown },
  { name: 'messages are referred to', when: 'table', check: messagesAreReferredTo },
  { name: 'gauges match the books', when: 'table', check: gaugesMatchBooks },
  { name: 'work is counted', when: 'table', check: workIsCounted },
  { name: 'requests complete once', when: 'tick', check: requestsComplete },
  { name: 'bins match the books', when: 'table', check: binsMatchBooks },
  { name: 'what is marked was published', when: 'table', check: markedWasPublished },
  { name: 'views tell what happened', when: 'table', check: viewsTellWhatHappened },
  { name: 'scaled as told', when: 'table', check: scaledAsTold },
  { name: 'Kafka keeps its laws', when: 'tick', check: kafkaKeepsItsLaws },
  { name: 'Kafka keeps its logs', when: 'table', check: kafkaKeepsItsLogs },
  { name: 'calm is complete', when: 'calm', check: calmIsComplete },
  { name: 'order is kept', when: 'calm', check: orderIsKept },
];

/** Laws of whole runs, judged by `fuzz-seed.ts`: the same story told differently ends in the same digest. */
export const RUN_LAWS = [
  'nothing contradicts itself',
  'replay gives the same digest',
  'restore gives the same digest',
  'watching changes nothing',
  'slices change nothing',
] as const;
export type RunLaw = (typeof RUN_LAWS)[number];

/** A law that was broken; what the fuzzer prints. */
export class Finding extends Error {
  override readonly name = 'Finding';
  readonly checker: string;

  constructor(checker: string, message: string) {
    super(message);
    this.checker = checker;
  }
}

/**
 * Runs the checkers of one occasion; throws the first finding. Tables are only walked through between two instants: what still
 * happens in this one is in no table.
 */
export function examine(simulation: Simulation, story: Story, when: Checker['when']): void {
  if (when === 'table' && simulation.world.nextEventNs(simulation.timeNs + 1) === simulation.timeNs) return;
  for (const checker of CHECKERS) {
    if (checker.when !== when || (when === 'calm' && story.mood !== 'calm')) continue;
    const wrong = checker.check(simulation);
    if (wrong !== null) throw new Finding(checker.name, `at ${simulation.timeNs} ns: ${wrong}`);
  }
}
