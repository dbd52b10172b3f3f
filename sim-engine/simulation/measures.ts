// Every measure of a run under its exported name, with its labelled series: the gauges of all nodes, the classes of the two books,
// latencies, and what only the oracle knows. One list for the check language, the Prometheus text and the command line.
// Reads only; series are found anew when the drawing has changed.

import type { Labels } from '../checks/readings.ts';
import { HISTOGRAM_BUCKETS } from '../kernel/histogram.ts';
import type { ActorIx } from '../kernel/ids.ts';
import { NODE_KINDS, WIRE_KINDS } from '../nodes/declarations.ts';
import type { Gauge, NodeKind } from '../nodes/node-kind.ts';
import { CRASHED } from '../world/actor-table.ts';
import {
  ALL_LATENCIES,
  DEAD_LETTERED,
  DELAYED,
  DLV_CLASSES,
  DROPPED,
  EXPIRED,
  IN_FLIGHT,
  LOST,
  ON_WIRE,
  PROCESSED,
  PUB_ACCEPTED,
  PUB_CLASSES,
  PUB_LOST,
  PUB_ON_WIRE,
  PUB_REFUSED,
  PUB_UNROUTABLE,
  SKIPPED,
  WAITING,
} from '../world/books.ts';
import { REASONS } from '../world/reasons.ts';
import type { World } from '../world/world.ts';
import { nameOfPlace } from './journeys.ts';
import { type Sampled, sampledOf, sampleInto } from './sampled.ts';
import type { Simulation } from './simulation.ts';

/** One line of numbers of a measure. `node` is the node it belongs to, whichever label says so. */
export interface Series {
  readonly labels: Labels;
  readonly node: string;
  read(): number;
}

export interface Measure {
  readonly name: string;
  /** `total` only ever grows, `level` is a height, `distribution` is counted in buckets. */
  readonly type: 'total' | 'level' | 'distribution';
  /** Key of a sentence of the message file, what it means. */
  readonly help: string;
  /** Where it comes from: dials of a real operator, or what only a simulator can know. */
  readonly source: 'gauge' | 'book' | 'oracle';
  readonly labels: readonly string[];
  /** Over everything: what a name without labels means. */
  total(): number;
  /** Of the present drawing. */
  series(): readonly Series[];
  /** Of a distribution: adds the counts of one node, or of all with `null`, to `out`. */
  addCounts?(node: string | null, out: Float64Array): void;
}

interface BookClass {
  readonly name: string;
  readonly book: 'publish' | 'delivery';
  readonly cls: readonly number[];
  readonly type: 'total' | 'level';
}

/** Classes of both books by their names in checks. `lost` there is what was lost or dropped; as a status each stands alone. */
const BOOK_CLASSES: readonly BookClass[] = [
  { name: 'publish.on_the_wire', book: 'publish', cls: [PUB_ON_WIRE], type: 'level' },
  { name: 'accepted', book: 'publish', cls: [PUB_ACCEPTED], type: 'total' },
  { name: 'refused', book: 'publish', cls: [PUB_REFUSED], type: 'total' },
  { name: 'unroutable', book: 'publish', cls: [PUB_UNROUTABLE], type: 'total' },
  { name: 'publish.lost', book: 'publish', cls: [PUB_LOST], type: 'total' },
  { name: 'waiting', book: 'delivery', cls: [WAITING], type: 'level' },
  { name: 'delayed', book: 'delivery', cls: [DELAYED], type: 'level' },
  { name: 'on_the_wire', book: 'delivery', cls: [ON_WIRE], type: 'level' },
  { name: 'in_flight', book: 'delivery', cls: [IN_FLIGHT], type: 'level' },
  { name: 'processed', book: 'delivery', cls: [PROCESSED], type: 'total' },
  { name: 'expired', book: 'delivery', cls: [EXPIRED], type: 'total' },
  { name: 'dropped', book: 'delivery', cls: [DROPPED], type: 'total' },
  { name: 'lost', book: 'delivery', cls: [LOST], type: 'total' },
  { name: 'dead_lettered', book: 'delivery', cls: [DEAD_LETTERED], type: 'level' },
  { name: 'skipped', book: 'delivery', cls: [SKIPPED], type: 'total' },
];
const STATUSES_FIRST = ['sent', 'processed', 'failed'];

/** Statuses of `messages_total` that only ever grow. */
export const GROWING_STATUSES: ReadonlySet<string> = new Set([
  ...STATUSES_FIRST,
  ...BOOK_CLASSES.filter(({ type }) => type === 'total').map(({ name }) => name),
]);

/** Another name for the same thing, as some dashboards have it. */
const ALIASES: readonly (readonly [alias: string, name: string])[] = [
  ['unacked', 'in_flight'],
  ['rejected', 'refused'],
  ['replies_used', 'answered'],
];

export class Measures {
  private readonly simulation: Simulation;
  private readonly world: World;
  private readonly measures: ReadonlyMap<string, Measure>;
  /** What nodes say of themselves, whether or not a book has the same word. */
  readonly gauges: readonly Measure[];
  private readonly cell = new Float64Array(64);
  private readonly sums = new Float64Array(64);

  constructor(simulation: Simulation) {
    this.simulation = simulation;
    this.world = simulation.world;
    this.gauges = this.gaugeMeasures();
    const list = [...this.bookMeasures(), ...this.oracleMeasures(), ...this.gauges];
    const byName = new Map<string, Measure>();
    for (const measure of list) {
      const known = byName.get(measure.name);
      byName.set(measure.name, known === undefined ? measure : merged(known, measure));
    }
    for (const [alias, name] of ALIASES) {
      const measure = byName.get(name);
      if (measure !== undefined) byName.set(alias, { ...measure, name: alias });
    }
    this.measures = byName;
  }

  /** By name, in a stable order: books, oracle, gauges as declared. */
  all(): readonly Measure[] {
    return [...this.measures.values()];
  }

  get(name: string): Measure | undefined {
    return this.measures.get(name);
  }

  // ---------------------------------------------------------------- books

  private bookMeasures(): Measure[] {
    const sums = [
      this.bookSum('sent', 'publish', () => this.world.books.opened[0] as number),
      this.bookSum('owed', 'delivery', () => this.world.books.opened[1] as number),
      this.bookSum('arrivals', 'publish', () => this.world.books.opened[0] as number),
    ];
    const classes = BOOK_CLASSES.map((bookClass) => this.classMeasure(bookClass));
    return [
      ...sums,
      ...classes,
      this.subsMeasure('failed', 1),
      this.subsMeasure('repeats', 2),
      this.messagesTotal(),
      this.latency(),
    ];
  }

  private bookSum(name: string, book: 'publish' | 'delivery', total: () => number): Measure {
    const all = Array.from({ length: book === 'publish' ? PUB_CLASSES : DLV_CLASSES }, (_, cls) => cls);
    const series = (): Series[] =>
      this.channels(book).map((topic) => ({ labels: { topic }, node: topic, read: () => this.inBook(book, all, topic) }));
    return { name, type: 'total', help: `measure.${name}`, source: 'book', labels: ['topic'], total, series };
  }

  private classMeasure({ name, book, cls, type }: BookClass): Measure {
    const classes = name === 'lost' ? [LOST, DROPPED] : cls;
    const hasReasons = type === 'total' && name !== 'accepted' && name !== 'processed';
    return {
      name,
      type,
      help: `measure.${name}`,
      source: 'book',
      labels: hasReasons ? ['topic', 'reason', 'where'] : ['topic'],
      total: () => this.inBook(book, classes, null),
      series: () => [
        ...this.channels(book).map((topic) => ({
          labels: { topic },
          node: topic,
          read: () => this.inBook(book, classes, topic),
        })),
        ...(hasReasons ? this.reasonSeries(book, classes) : []),
      ],
    };
  }

  /** Why and where entries ended. A second way to divide the same total: never added to the series by topic. */
  private reasonSeries(book: 'publish' | 'delivery', classes: readonly number[]): Series[] {
    const { world } = this;
    return world.books.reasonCounts().flatMap((counted): Series[] => {
      if (counted.book !== book || !classes.includes(counted.cls)) return [];
      const { cls, place, reason } = counted;
      const read = (): number =>
        world.books
          .reasonCounts()
          .find((now) => now.book === book && now.cls === cls && now.place === place && now.reason === reason)?.count ?? 0;
      return [{ labels: { reason: REASONS[reason] as string, where: nameOfPlace(world, place) }, node: '', read }];
    });
  }

  /** Counted per subscription, and over all in `totals`. */
  private subsMeasure(name: 'failed' | 'repeats', total: number): Measure {
    const read = (topic: string): number => this.overSubs(topic, (sub) => this.world.books.subs[name][sub] as number);
    return {
      name,
      type: 'total',
      help: `measure.${name}`,
      source: 'book',
      labels: ['topic'],
      total: () => this.world.books.totals[total] as number,
      series: () => this.channels('delivery').map((topic) => ({ labels: { topic }, node: topic, read: () => read(topic) })),
    };
  }

  private messagesTotal(): Measure {
    const series = (): Series[] => {
      const one = (topic: string, status: string, read: () => number): Series => ({
        labels: { topic, status },
        node: topic,
        read,
      });
      const publish = this.channels('publish');
      const delivery = this.channels('delivery');
      const all = Array.from({ length: PUB_CLASSES }, (_, cls) => cls);
      const failed = (topic: string): number => this.overSubs(topic, (sub) => this.world.books.subs.failed[sub] as number);
      return [
        ...publish.map((topic) => one(topic, 'sent', () => this.inBook('publish', all, topic))),
        ...delivery.map((topic) => one(topic, 'failed', () => failed(topic))),
        ...BOOK_CLASSES.flatMap(({ name, book, cls }) =>
          (book === 'publish' ? publish : delivery).map((topic) => one(topic, name, () => this.inBook(book, cls, topic))),
        ),
      ];
    };
    const total = (): number => sumOf(series());
    return {
      name: 'messages_total',
      type: 'total',
      help: 'measure.messages_total',
      source: 'book',
      labels: ['topic', 'status'],
      total,
      series,
    };
  }

  private latency(): Measure {
    const mean = (topic: string): number => {
      const done = this.overSubs(topic, (sub) => this.world.books.bySub[sub * DLV_CLASSES + PROCESSED] as number);
      return this.overSubs(topic, (sub) => this.world.books.subs.latencySumNs[sub] as number) / done / 1e9;
    };
    return {
      name: 'message_latency_seconds',
      type: 'distribution',
      help: 'measure.message_latency_seconds',
      source: 'book',
      labels: ['topic'],
      total: () => (this.world.books.totals[0] as number) / this.inBook('delivery', [PROCESSED], null) / 1e9,
      series: () => this.channels('delivery').map((topic) => ({ labels: { topic }, node: topic, read: () => mean(topic) })),
      addCounts: (node, out) => {
        if (node === null) this.addRow(ALL_LATENCIES, out);
        else this.eachSub(node, (sub) => this.addRow(this.world.books.subs.histogram[sub] as number, out));
      },
    };
  }

  /** Row 0 is nobody's. */
  private addRow(row: number, out: Float64Array): void {
    if (row === 0) return;
    const { latencies } = this.world.books;
    const from = latencies.offset(row);
    for (let bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++)
      out[bucket] = (out[bucket] as number) + (latencies.counts[from + bucket] as number);
  }

  /** Ids of the nodes in whose name a book has entries: channels that are drawn, or were. */
  private channels(book: 'publish' | 'delivery'): readonly string[] {
    const { nodeIds, books } = this.world;
    const found = new Set<string>();
    const { actors, wires } = this.simulation.assembly;
    // Who works on what comes straight from its sender has entries in both.
    for (const { kind, to } of wires) if (STRAIGHT_WIRES.has(kind)) found.add(to.nodeId);
    if (book === 'publish') {
      for (const { nodeId, kind } of actors) if (takesMessages(kind)) found.add(nodeId);
      for (let actor = 1; actor < nodeIds.length; actor++) if (this.publishOf(actor) > 0) found.add(nodeIds[actor] as string);
    }
    if (book === 'delivery')
      for (let sub = 1; sub < books.subs.high; sub++) found.add(nodeIds[books.subs.owner[sub] as number] as string);
    return [...found].sort((a, b) => (a < b ? -1 : 1));
  }

  private publishOf(actor: number): number {
    const { byActor } = this.world.books;
    let sum = 0;
    for (let cls = 0; cls < PUB_CLASSES; cls++) sum += byActor[actor * PUB_CLASSES + cls] ?? 0;
    return sum;
  }

  /** Entries of a book in some classes, of one channel or of all. */
  private inBook(book: 'publish' | 'delivery', classes: readonly number[], topic: string | null): number {
    const { books, nodeIds } = this.world;
    let sum = 0;
    if (topic === null) {
      const totals = book === 'publish' ? books.publish : books.delivery;
      for (const cls of classes) sum += totals[cls] as number;
    } else if (book === 'publish') {
      for (let actor = 1; actor < nodeIds.length; actor++) {
        if (nodeIds[actor] === topic) for (const cls of classes) sum += books.byActor[actor * PUB_CLASSES + cls] ?? 0;
      }
    } else {
      this.eachSub(topic, (sub) => {
        for (const cls of classes) sum += books.bySub[sub * DLV_CLASSES + cls] as number;
      });
    }
    return sum;
  }

  private overSubs(topic: string, read: (sub: number) => number): number {
    let sum = 0;
    this.eachSub(topic, (sub) => {
      sum += read(sub);
    });
    return sum;
  }

  private eachSub(topic: string, visit: (sub: number) => void): void {
    const { books, nodeIds } = this.world;
    for (let sub = 1; sub < books.subs.high; sub++) if (nodeIds[books.subs.owner[sub] as number] === topic) visit(sub);
  }

  // ---------------------------------------------------------------- oracle

  private oracleMeasures(): Measure[] {
    const { books, oracle } = this.world;
    const successes = (): number => this.inBook('delivery', [PROCESSED], null) + (books.totals[2] as number);
    const total = (name: string, read: () => number, type: Measure['type'] = 'total'): Measure => ({
      name,
      type,
      help: `measure.${name}`,
      source: 'oracle',
      labels: [],
      total: read,
      series: () => [],
    });
    return [
      total('dup_effects', () => oracle.duplicateEffects),
      // A copy that still succeeds takes one back.
      total('missed_effects', () => oracle.missedEffects, 'level'),
      total('order_breaks', () => oracle.orderBreaks),
      total('wasted_work', () => oracle.wastedWorkNs / 1e9),
      total('misrouted', () => oracle.misroutedReplies),
      total('throughput', successes),
      // Of all successes those that applied an effect for the first time, whichever copy of the message they worked on.
      total('goodput', () => successes() - oracle.duplicateEffects),
      this.nodeDown(),
    ];
  }

  private nodeDown(): Measure {
    const { assembly } = this.simulation;
    const isDown = (node: string): number =>
      assembly.actorsOfNode(node).some(({ ix }) => this.world.condition(ix as ActorIx) === CRASHED) ? 1 : 0;
    const series = (): Series[] => this.nodesOf(() => true).map((node) => ({ labels: { node }, node, read: () => isDown(node) }));
    return {
      name: 'node_down',
      type: 'level',
      help: 'measure.node_down',
      source: 'gauge',
      labels: ['node'],
      total: () => sumOf(series()),
      series,
    };
  }

  // ---------------------------------------------------------------- gauges

  private gaugeMeasures(): Measure[] {
    const declared = new Map<string, Gauge>();
    for (const { gauges } of NODE_KINDS)
      for (const gauge of gauges) if (!declared.has(gauge.name)) declared.set(gauge.name, gauge);
    return [...declared.values()].map((gauge) => this.gaugeMeasure(gauge));
  }

  private gaugeMeasure(gauge: Gauge): Measure {
    const { name, type, help, exported } = gauge;
    if (exported === 'consumer_lag') return this.lagMeasure(gauge);
    const label = exported === 'queue_size' ? 'queue_name' : 'node';
    const series = (): Series[] =>
      this.nodesOf(({ gauges }) => gauges.some((gauge) => gauge.name === name)).map((node) => ({
        labels: { [label]: node },
        node,
        read: () => this.gauge(node, name),
      }));
    // What a container shows of its parts is counted with them already.
    const isOwn = ({ node }: Series): boolean => !SUMS_OF_PARTS.has(`${this.sampled(node)?.kind} ${name}`);
    return { name, type, help, source: 'gauge', labels: [label], total: () => sumOf(series().filter(isOwn)), series };
  }

  /** One line for each topic that a group reads. */
  private lagMeasure({ name, type, help }: Gauge): Measure {
    const groups = (): readonly string[] => this.nodesOf(({ gauges }) => gauges.some((gauge) => gauge.name === name));
    const series = (): Series[] =>
      groups().flatMap((group) => {
        const { actors = [] } = this.sampled(group) ?? {};
        const { wires } = this.simulation.topology.document;
        const topics = wires.filter(({ to }) => to === group).map(({ from }) => from);
        return topics
          .sort((a, b) => (a < b ? -1 : 1))
          .map((topic) => ({
            labels: { topic, consumer_group: group },
            node: group,
            read: () => actors.reduce((sum, { ix }) => sum + (this.world.actors[ix]?.lagOf?.(topic, group) ?? 0), 0),
          }));
      });
    return { name, type, help, source: 'gauge', labels: ['topic', 'consumer_group'], total: () => sumOf(series()), series };
  }

  /** Ids of drawn nodes and parts of some kinds, in order. */
  private nodesOf(isWanted: (kind: NodeKind) => boolean): readonly string[] {
    const wanted = new Set(NODE_KINDS.filter(isWanted).map((kind) => kind.type));
    const ids = sampledOf(this.simulation.assembly.actors).filter(({ kind }) => wanted.has(kind));
    return [...new Set(ids.map(({ id }) => id))].sort((a, b) => (a < b ? -1 : 1));
  }

  /** Sum over the actors of a node, or those that answer for a part; NaN if it is not drawn or has no such gauge. */
  private gauge(node: string, name: string): number {
    const sampled = this.sampled(node);
    const gauges = NODE_KINDS.find(({ type }) => type === sampled?.kind)?.gauges ?? [];
    const at = gauges.findIndex((gauge) => gauge.name === name);
    if (sampled === undefined || at < 0) return Number.NaN;
    sampleInto(sampled, this.world.actors, this.sums, 0, gauges.length, this.cell);
    return this.sums[at] as number;
  }

  private sampled(id: string): Sampled | undefined {
    const { assembly } = this.simulation;
    const actors = assembly.actorsOfNode(id);
    const [first] = actors;
    if (first !== undefined) return { id, kind: first.kind, part: '', actors };
    return sampledOf(assembly.actors).find((one) => one.id === id);
  }
}

/** Gauges that a container has in common with a kind of its parts, each after its kind. */
const SUMS_OF_PARTS: ReadonlySet<string> = new Set(
  NODE_KINDS.flatMap(({ type, accepts = [], gauges }) => {
    const ofParts = NODE_KINDS.filter((kind) => accepts.includes(kind.type)).flatMap((kind) => kind.gauges);
    return gauges.filter(({ name }) => ofParts.some((gauge) => gauge.name === name)).map(({ name }) => `${type} ${name}`);
  }),
);

const PUBLISHING_WIRES = WIRE_KINDS.filter(({ client }) => client?.role === 'publisher');
/** Kinds of wires on which a message goes to its worker with no channel in between. */
const STRAIGHT_WIRES: ReadonlySet<string> = new Set(
  PUBLISHING_WIRES.filter(({ to }) => to.includes('works')).map(({ type }) => type),
);
/** Types of the ports of channels that publishers send to. */
const INTAKES = new Set(PUBLISHING_WIRES.filter(({ type }) => !STRAIGHT_WIRES.has(type)).flatMap(({ to }) => to));

/** Kinds that messages are sent to, and which therefore have entries in the publish book. */
function takesMessages(kind: string): boolean {
  const ports = NODE_KINDS.find(({ type }) => type === kind)?.ports ?? [];
  return ports.some(({ direction, type }) => direction === 'in' && INTAKES.has(type));
}

export const sumOf = (series: readonly Series[]): number => series.reduce((sum, one) => sum + one.read(), 0);

/**
 * Books and gauges sometimes have the same word (what a queue and what a worker has processed). Over everything it means the
 * book; of one node, what that node says of itself, and the book's account of it if it says nothing.
 */
function merged(book: Measure, gauge: Measure): Measure {
  const series = (): Series[] => {
    const own = gauge.series();
    const nodes = new Set(own.map(({ node }) => node));
    return [...own, ...book.series().filter(({ node }) => !nodes.has(node))];
  };
  return { ...book, labels: [...new Set([...book.labels, ...gauge.labels])], series };
}
