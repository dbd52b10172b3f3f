// Makes observations of a run for the page: one frame, laid out as `protocol/frame.ts` says, and the layout with the names
// behind its numbers. The engine's host calls it whenever it likes. It reads only: a run that is looked at and one that is
// not end in the same digest.

import { HISTOGRAM_BUCKETS, quantile } from '../kernel/histogram.ts';
import type { ActorIx } from '../kernel/ids.ts';
import { nodeKind } from '../nodes/declarations.ts';
import {
  FRAME,
  frameLength,
  gaugesAt,
  LANE,
  LANE_STRIDE,
  LANES_MAX,
  LETTER,
  LETTER_STATE,
  LETTER_STRIDE,
  LETTERS_MAX,
  LOSS,
  LOSS_KEPT_NS,
  LOSS_STRIDE,
  lettersAt,
  NODE_STATE,
  nodesAt,
  ROW,
  ROW_STRIDE,
  ROWS_MAX,
  WIRE,
  WIRE_STRIDE,
  wiresAt,
} from '../protocol/frame.ts';
import type { FrameLayout } from '../protocol/messages.ts';
import { CRASHED, STALLED } from '../world/actor-table.ts';
import { ALL_LATENCIES, DLV_CLASSES, PROCESSED, PUB_CLASSES } from '../world/books.ts';
import { LOSSES_MAX } from '../world/losses.ts';
import {
  ACK,
  ANSWER,
  ANSWER_FAILED,
  ANSWER_REFUSED,
  CARRIES,
  carriesOf,
  DEAD_LETTER,
  DELIVER,
  EVENTS,
  FEED,
  isQuestion,
  PUBLISH,
  READ_LOG,
  READ_STREAM,
  REDRIVE,
  REJECT,
  RETRY,
} from '../world/packet-types.ts';
import type { LayoutPlaces } from '../world/samples.ts';
import type { LiveActor, LiveWire } from './assembly.ts';
import { type Sampled, sampledOf, sampleInto } from './sampled.ts';
import type { Simulation } from './simulation.ts';

/** Gauges that say, by being above 0, that a node is held back by what it sends to. */
const BLOCKED_GAUGES = new Set(['held_back']);

/** What the layout says, with what the sampler needs to fill it. */
interface SampledNode extends Sampled {
  readonly firstGauge: number;
  readonly gaugeCount: number;
  /** Index of the gauge that says whether it is held back, or -1. */
  readonly blockedGauge: number;
}

export class Sampler {
  private readonly simulation: Simulation;
  private drawn: unknown = null;
  private names: FrameLayout;
  private nodes: readonly SampledNode[] = [];
  private wires: readonly LiveWire[] = [];
  /** Place in the layout of a wire, by its index in the run; of a node, by the index of an actor of it. -1 = none. */
  private wireAt = new Int32Array(0);
  private nodeAt = new Int32Array(0);
  /** Most gauges of any actor: room to read them into before they are added up. */
  private gauges = new Float64Array(0);
  private readonly latenciesBefore = new Uint32Array(HISTOGRAM_BUCKETS);
  private readonly latencies = new Uint32Array(HISTOGRAM_BUCKETS);
  private processedBefore = 0;
  /** Packets with a letter in them, as counted by the last `writeLetters`. */
  private lettersInAll = 0;
  private frame = new Float64Array(0);
  private nodePlaces: ReadonlyMap<string, number> = new Map();
  private wirePlaces: ReadonlyMap<string, number> = new Map();
  private readonly places: LayoutPlaces = {
    node: (id) => this.nodePlaces.get(id) ?? -1,
    wire: (id) => this.wirePlaces.get(id) ?? -1,
  };

  /** Layouts count up from `revision`, so that those of one run are told from those of the run before. */
  constructor(simulation: Simulation, revision = 1) {
    this.simulation = simulation;
    this.names = { revision: revision - 1, nodes: [], wires: [], gaugeCount: 0 };
    this.followDrawing();
    this.forget();
  }

  /** Names behind the numbers of the next frame. Another object as soon as the drawing has changed. */
  get layout(): FrameLayout {
    this.followDrawing();
    return this.names;
  }

  /** The run was put to another time: what is new since the last frame counts from here. */
  forget(): void {
    const { books } = this.simulation.world;
    const from = books.latencies.offset(ALL_LATENCIES);
    this.latenciesBefore.set(books.latencies.counts.subarray(from, from + HISTOGRAM_BUCKETS));
    this.processedBefore = books.delivery[PROCESSED] as number;
  }

  /** One observation, in a buffer of its own that nobody else holds. */
  sample(): Float64Array<ArrayBuffer> {
    this.followDrawing();
    const { gaugeCount } = this.names;
    const lettersFrom = lettersAt(gaugeCount, this.nodes.length, this.wires.length);
    const most = this.simulation.world.packets.live;
    const room =
      lettersFrom +
      (most < LETTERS_MAX ? most : LETTERS_MAX) * LETTER_STRIDE +
      LOSSES_MAX * LOSS_STRIDE +
      this.nodes.length * (LANES_MAX * LANE_STRIDE + ROWS_MAX * ROW_STRIDE);
    if (this.frame.length < room) this.frame = new Float64Array(room);
    const frame = this.frame;
    this.writeGauges(frame);
    this.writeNodes(frame);
    this.writeWires(frame);
    const letters = this.writeLetters(frame, lettersFrom);
    const losses = this.writeLosses(frame, lettersFrom + letters * LETTER_STRIDE);
    const lanesFrom = lettersFrom + letters * LETTER_STRIDE + losses * LOSS_STRIDE;
    const lanes = this.writeLanes(frame, lanesFrom);
    const rows = this.writeRows(frame, lanesFrom + lanes * LANE_STRIDE);
    this.writeHeader(frame, letters, losses, lanes, rows);
    return frame.slice(0, frameLength(gaugeCount, this.nodes.length, this.wires.length, letters, losses, lanes, rows));
  }

  // ---------------------------------------------------------------- layout

  private followDrawing(): void {
    const { assembly, topology } = this.simulation;
    if (topology === this.drawn) return;
    this.drawn = topology;
    this.wires = assembly.wires;
    const nodes: FrameLayout['nodes'][number][] = [];
    const sampled: SampledNode[] = [];
    let gaugeCount = 0;
    let widest = 0;
    this.nodeAt = new Int32Array(this.simulation.world.actors.length).fill(-1);
    for (const one of sampledOf(assembly.actors)) {
      const { actors, id, kind, part } = one;
      const declared = nodeKind(kind)?.gauges ?? [];
      if (part === '') for (const actor of actors) this.nodeAt[actor.ix] = nodes.length;
      nodes.push({ id, kind, firstGauge: gaugeCount, gaugeCount: declared.length });
      const blockedGauge = declared.findIndex((gauge) => BLOCKED_GAUGES.has(gauge.name));
      sampled.push({ ...one, firstGauge: gaugeCount, gaugeCount: declared.length, blockedGauge });
      gaugeCount += declared.length;
      if (declared.length > widest) widest = declared.length;
    }
    this.nodes = sampled;
    this.nodePlaces = new Map(nodes.map(({ id }, at) => [id, at]));
    this.wirePlaces = new Map(this.wires.map(({ id }, at) => [id, at]));
    this.gauges = new Float64Array(widest);
    this.wireAt = new Int32Array((this.wires.at(-1)?.wireIx ?? -1) + 1).fill(-1);
    this.wires.forEach((wire, at) => {
      this.wireAt[wire.wireIx] = at;
    });
    const wires = this.wires.map((wire) => ({ id: wire.id }));
    // A setting that changed is no other layout: the numbers stay where they are.
    if (isSameLayout(this.names, nodes, wires)) return;
    this.names = { revision: this.names.revision + 1, nodes, wires, gaugeCount };
  }

  // ---------------------------------------------------------------- sections

  private writeHeader(frame: Float64Array, letters: number, losses: number, lanes: number, rows: number): void {
    const { world } = this.simulation;
    const { books, oracle } = world;
    frame.fill(0, 0, FRAME.HEADER_LENGTH);
    const [high, low] = world.digest.words;
    frame[FRAME.LAYOUT_REVISION] = this.names.revision;
    frame[FRAME.SIM_TIME_NS] = world.now[0] as number;
    frame[FRAME.EVENTS] = world.events;
    frame[FRAME.DIGEST_HI] = high;
    frame[FRAME.DIGEST_LO] = low;
    frame[FRAME.SENT] = books.opened[0] as number;
    frame[FRAME.OWED] = books.opened[1] as number;
    frame[FRAME.FAILED] = books.totals[1] as number;
    frame[FRAME.REPEATS] = books.totals[2] as number;
    frame[FRAME.RETRYING] = books.totals[3] as number;
    frame[FRAME.DUP_EFFECTS] = oracle.duplicateEffects;
    frame[FRAME.MISSED_EFFECTS] = oracle.missedEffects;
    frame[FRAME.ORDER_BREAKS] = oracle.orderBreaks;
    frame[FRAME.WASTED_WORK_NS] = oracle.wastedWorkNs;
    frame[FRAME.GAUGE_COUNT] = this.names.gaugeCount;
    frame[FRAME.NODE_COUNT] = this.nodes.length;
    frame[FRAME.WIRE_COUNT] = this.wires.length;
    frame[FRAME.LETTER_COUNT] = letters;
    frame[FRAME.LETTERS_IN_ALL] = this.lettersInAll;
    frame[FRAME.LOSS_COUNT] = losses;
    frame[FRAME.LANE_COUNT] = lanes;
    frame[FRAME.ROW_COUNT] = rows;
    // The classes of the books and of the frame stand in the same order; a test compares their names.
    const { publish, delivery } = books;
    for (let cls = 0; cls < PUB_CLASSES; cls++) frame[FRAME.PUBLISH_BOOK + cls] = publish[cls] as number;
    for (let cls = 0; cls < DLV_CLASSES; cls++) frame[FRAME.DELIVERY_BOOK + cls] = delivery[cls] as number;
    this.writeLatencies(frame, delivery[PROCESSED] as number);
  }

  /** Quantiles of what was processed since the last frame. */
  private writeLatencies(frame: Float64Array, processed: number): void {
    const { latencies } = this.simulation.world.books;
    if (processed === this.processedBefore) {
      frame[FRAME.LATENCY_P50_NS] = Number.NaN;
      frame[FRAME.LATENCY_P95_NS] = Number.NaN;
      frame[FRAME.LATENCY_P99_NS] = Number.NaN;
      return;
    }
    this.processedBefore = processed;
    const { counts } = latencies;
    const from = latencies.offset(ALL_LATENCIES);
    for (let bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
      const now = counts[from + bucket] as number;
      this.latencies[bucket] = now - (this.latenciesBefore[bucket] as number);
      this.latenciesBefore[bucket] = now;
    }
    frame[FRAME.LATENCY_P50_NS] = quantile(this.latencies, 0, 0.5);
    frame[FRAME.LATENCY_P95_NS] = quantile(this.latencies, 0, 0.95);
    frame[FRAME.LATENCY_P99_NS] = quantile(this.latencies, 0, 0.99);
  }

  /** The gauges of a node are the sums of those of its actors. */
  private writeGauges(frame: Float64Array): void {
    const { actors } = this.simulation.world;
    for (const node of this.nodes) {
      const at = gaugesAt() + node.firstGauge;
      // Nearly all nodes are one actor, which writes where its numbers belong.
      if (node.part === '' && node.actors.length === 1) actors[(node.actors[0] as LiveActor).ix]?.sample(frame, at);
      else sampleInto(node, actors, frame, at, node.gaugeCount, this.gauges);
    }
  }

  private writeNodes(frame: Float64Array): void {
    const from = nodesAt(this.names.gaugeCount);
    for (let i = 0; i < this.nodes.length; i++) {
      const node = this.nodes[i] as SampledNode;
      const isHeldBack = node.blockedGauge >= 0 && (frame[gaugesAt() + node.firstGauge + node.blockedGauge] as number) > 0;
      frame[from + i] = this.stateOf(node, isHeldBack);
    }
  }

  /** What is worst of all its actors. What works as several that do the same, such as a cluster, is down when all of them are. */
  private stateOf(node: SampledNode, isHeldBack: boolean): number {
    const { world } = this.simulation;
    let isStalled = false;
    let isSlowed = false;
    let down = 0;
    let up = 0;
    for (const { ix, member } of node.actors) {
      const condition = world.condition(ix as ActorIx);
      if (condition === CRASHED && member === '') return NODE_STATE.CRASHED;
      if (member !== '' && condition === CRASHED) down++;
      else if (member !== '') up++;
      if (condition === STALLED) isStalled = true;
      if (world.slowFactor(ix as ActorIx) !== 1) isSlowed = true;
    }
    if (down > 0 && up === 0) return NODE_STATE.CRASHED;
    if (isStalled) return NODE_STATE.STALLED;
    if (isSlowed) return NODE_STATE.SLOWED;
    return isHeldBack ? NODE_STATE.BLOCKED : NODE_STATE.UP;
  }

  private writeWires(frame: Float64Array): void {
    const { actors, links } = this.simulation.world;
    let at = wiresAt(this.names.gaugeCount, this.nodes.length);
    for (const { forward, back, doors } of this.wires) {
      const injected = links.faultLoss[forward] as number;
      let there = links.carried[forward] as number;
      let backward = links.carried[back] as number;
      for (const door of doors) {
        there += links.carried[door.forward] as number;
        backward += links.carried[door.back] as number;
      }
      frame[at + WIRE.FORWARD] = there;
      frame[at + WIRE.BACK] = backward;
      frame[at + WIRE.IS_CUT] = links.isCut[forward] as number;
      frame[at + WIRE.LOSS] = injected >= 0 ? injected : (links.loss[forward] as number);
      frame[at + WIRE.EXTRA_NS] = links.extraNs[forward] as number;
      frame[at + WIRE.BREAKER] = 0;
      frame[at + WIRE.CALLS_OUT] = 0;
      frame[at + WIRE.CALLS_WAITING] = 0;
      // Who asks is where the answers come in.
      actors[links.to[back] as number]?.sampleWire?.(links.toSlot[back] as number, frame, at + WIRE.BREAKER);
      at += WIRE_STRIDE;
    }
  }

  /** Writes what is on its way, as far as there is room, and returns how many letters that are. */
  private writeLetters(frame: Float64Array, from: number): number {
    const { links, messages, obligations, packets } = this.simulation.world;
    const { high } = packets;
    let written = 0;
    let inAll = 0;
    for (let packet = 1; packet < high; packet++) {
      const link = packets.link[packet] as number;
      if (link === 0 || packets.isDoomed[packet] === 1) continue;
      const type = packets.type[packet] as number;
      const carries = carriesOf[type] === CARRIES.PAYLOAD ? CARRIES.NOTHING : (carriesOf[type] as number);
      if (carries === CARRIES.NOTHING && !isConversation(type)) continue;
      const wire = this.wireAt[links.wire[link] as number] ?? -1;
      if (wire < 0) continue;
      inAll++;
      if (written === LETTERS_MAX) continue;
      const first = packets.first[packet] as number;
      const msg = carries === CARRIES.NOTHING ? 0 : carries === CARRIES.MESSAGE ? first : (obligations.msg[first] as number);
      const at = from + written * LETTER_STRIDE;
      frame[at + LETTER.WIRE] = wire;
      frame[at + LETTER.SENT_AT_NS] = packets.sentNs[packet] as number;
      frame[at + LETTER.DUE_AT_NS] = packets.dueNs[packet] as number;
      frame[at + LETTER.STATE] = letterState(type, first, obligations.attempts);
      frame[at + LETTER.DIRECTION] = links.isForward[link] === 1 ? 1 : -1;
      frame[at + LETTER.NUMBER] = msg === 0 ? 0 : (messages.number[msg] as number);
      frame[at + LETTER.SENDER] = msg === 0 ? -1 : (this.nodeAt[messages.sender[msg] as number] ?? -1);
      written++;
    }
    this.lettersInAll = inAll;
    return written;
  }

  /** Writes what got lost on wires that are still drawn, newest first, and returns how many that are. */
  private writeLosses(frame: Float64Array, from: number): number {
    const { links, losses, now } = this.simulation.world;
    const oldestNs = (now[0] as number) - LOSS_KEPT_NS;
    const last = losses.written < LOSSES_MAX ? 0 : losses.written - LOSSES_MAX;
    let written = 0;
    for (let ix = losses.written - 1; ix >= last; ix--) {
      const entry = ix % LOSSES_MAX;
      if ((losses.atNs[entry] as number) < oldestNs) break;
      const link = losses.link(entry);
      const wire = this.wireAt[links.wire[link] as number] ?? -1;
      if (wire < 0) continue;
      const at = from + written * LOSS_STRIDE;
      frame[at + LOSS.WIRE] = wire;
      frame[at + LOSS.AT_NS] = losses.atNs[entry] as number;
      frame[at + LOSS.SHARE] = losses.share[entry] as number;
      frame[at + LOSS.DIRECTION] = links.isForward[link] === 1 ? 1 : -1;
      frame[at + LOSS.NUMBER] = losses.number(entry);
      frame[at + LOSS.SENDER] = this.nodeAt[losses.sender(entry)] ?? -1;
      written++;
    }
    return written;
  }

  /** Writes the first lanes of every node that has them, and returns how many that are. */
  private writeLanes(frame: Float64Array, from: number): number {
    const { actors } = this.simulation.world;
    let written = 0;
    for (let node = 0; node < this.nodes.length; node++) {
      for (const { ix } of (this.nodes[node] as SampledNode).actors) {
        const at = from + written * LANE_STRIDE;
        const lanes = actors[ix]?.sampleLanes?.(frame, at, LANES_MAX) ?? 0;
        for (let lane = 0; lane < lanes; lane++) frame[at + lane * LANE_STRIDE + LANE.NODE] = node;
        written += lanes;
      }
    }
    return written;
  }

  /** Writes the rows of every container and of what lies in it, and returns how many that are. */
  private writeRows(frame: Float64Array, from: number): number {
    const { actors } = this.simulation.world;
    let written = 0;
    for (let node = 0; node < this.nodes.length; node++) {
      const { actors: own, part } = this.nodes[node] as SampledNode;
      let left = ROWS_MAX;
      for (const { ix } of own) {
        const at = from + written * ROW_STRIDE;
        const rows = actors[ix]?.sampleRows?.(part, this.places, frame, at, left) ?? 0;
        for (let row = 0; row < rows; row++) frame[at + row * ROW_STRIDE + ROW.NODE] = node;
        written += rows;
        left -= rows;
      }
    }
    return written;
  }
}

/** Whether a packet that carries nothing is seen on its way: a question to a log, or any answer. */
const isConversation = (type: number): boolean => type === ANSWER || type === READ_LOG || type === READ_STREAM || type === EVENTS;

/** The shape of a letter, by what kind of packet carries it. Of an answer `first` is what became of the question. */
function letterState(type: number, first: number, attempts: { readonly [obl: number]: number }): number {
  if (isQuestion(type)) return LETTER_STATE.QUESTION;
  switch (type) {
    case READ_LOG:
    case READ_STREAM:
      return LETTER_STATE.QUESTION;
    case ANSWER:
      return first === ANSWER_FAILED || first === ANSWER_REFUSED ? LETTER_STATE.BAD_ANSWER : LETTER_STATE.ANSWER;
    case EVENTS:
      return LETTER_STATE.ANSWER;
    case DELIVER:
      // What the tag of a delivery says is the broker's own affair; the attempts belong to the obligation.
      return (attempts[first] as number) > 1 ? LETTER_STATE.TO_RETRY : LETTER_STATE.WAITING;
    case ACK:
      return LETTER_STATE.DONE;
    case RETRY:
      return LETTER_STATE.TO_RETRY;
    case REJECT:
    case DEAD_LETTER:
      return LETTER_STATE.DEAD;
    case PUBLISH:
    case FEED:
    case REDRIVE:
      return LETTER_STATE.WAITING;
    default:
      return LETTER_STATE.WAITING;
  }
}

function isSameLayout(layout: FrameLayout, nodes: FrameLayout['nodes'], wires: FrameLayout['wires']): boolean {
  if (layout.nodes.length !== nodes.length || layout.wires.length !== wires.length) return false;
  return (
    nodes.every((node, ix) => node.id === layout.nodes[ix]?.id && node.kind === layout.nodes[ix]?.kind) &&
    wires.every((wire, ix) => wire.id === layout.wires[ix]?.id)
  );
}
