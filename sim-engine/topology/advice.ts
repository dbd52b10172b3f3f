// What a drawing probably lacks although it can run: a queue nobody reads, a worker nothing reaches. The page shows it as a
// hint, never as an error. Ways in and out are judged by ports alone, so that this holds for kinds that come later.

import type { NodeKind } from '../nodes/node-kind.ts';
import type { ParsedNode, ParsedTopology, ParsedWire, Problem, TopologyDocument } from './document.ts';
import { parseTopologyDocument } from './parse.ts';
import { inside, type Place, report } from './problems.ts';
import { KINDS, type KindRegistry } from './registry.ts';

/** Hints about a drawing. Empty for one that cannot run: its problems come first. */
export function advice(document: TopologyDocument, kinds: KindRegistry = KINDS): readonly Problem[] {
  const parsed = parseTopologyDocument(document, kinds);
  return parsed.ok ? adviceOn(parsed.value, kinds) : [];
}

/** The same for a topology that is parsed already. */
export function adviceOn(topology: ParsedTopology, kinds: KindRegistry = KINDS): readonly Problem[] {
  const problems: Problem[] = [];
  const wiring = new Wiring(topology);
  if (topology.nodes.length === 0) report(problems, 'nothing-drawn', undefined);
  for (const node of topology.nodes) {
    const kind = kinds.nodeKinds.get(node.kind);
    if (kind === undefined || kind.accepts !== undefined) continue;
    const place = inside(inside(undefined, 'nodes'), node.id);
    adviseOnWays(node, kind, wiring, kinds, place, problems);
    adviseOnGivingUp(node, wiring, place, problems);
    adviseOnGaps(node, place, problems);
  }
  return problems;
}

class Wiring {
  private readonly out = new Map<string, ParsedWire[]>();
  private readonly in = new Map<string, ParsedWire[]>();
  readonly nodes = new Map<string, ParsedNode>();
  readonly sendsPoison: boolean;

  constructor(topology: ParsedTopology) {
    for (const node of topology.nodes) {
      this.out.set(node.id, []);
      this.in.set(node.id, []);
      this.nodes.set(node.id, node);
    }
    for (const wire of topology.wires) {
      this.out.get(wire.from)?.push(wire);
      this.in.get(wire.to)?.push(wire);
    }
    this.sendsPoison = topology.nodes.some(({ kind, params }) => kind === 'sender' && params.poison !== 0);
  }

  outOf(node: string): readonly ParsedWire[] {
    return this.out.get(node) ?? [];
  }

  into(node: string): readonly ParsedWire[] {
    return this.in.get(node) ?? [];
  }
}

/** Messages that cannot go on, and nodes that nothing reaches. */
function adviseOnWays(
  node: ParsedNode,
  kind: NodeKind,
  wiring: Wiring,
  kinds: KindRegistry,
  place: Place,
  problems: Problem[],
): void {
  const values = { node: node.id, nodeKind: node.kind };
  const takes = kind.ports.some((port) => port.direction === 'in');
  if (takes && wiring.into(node.id).length === 0) report(problems, 'nothing-comes-in', place, values);
  // What only gives, and what stands between two others, is of no use without a way out. The end of a line may be an end, and an answer is a way out.
  const answers = kind.ports.some((port) => port.type === 'answers');
  const mustGive = !takes || (kind.group !== 'ends' && !answers);
  const gives = kind.ports.some((port) => port.direction === 'out');
  // Inside a container messages go on by relations as well: a binding, the way of what dies.
  const carries = wiring.outOf(node.id).some((wire) => {
    const { isInner, travels } = kinds.wireKinds.get(wire.kind) ?? {};
    return travels || isInner;
  });
  // What is given up may rest where it is put.
  const ways = wiring.into(node.id);
  const rests = ways.length > 0 && ways.every(isForTheDead);
  if (gives && mustGive && !carries && !rests) report(problems, 'no-way-out', place, values);
}

const isForTheDead = ({ kind, params }: ParsedWire): boolean =>
  kind === 'rabbitmq-dead-letter' || (kind === 'kafka-pass-on' && params.as === 'dead-letter');

/** Giving up without a dead-letter queue drops messages. That can be meant; it should not be a surprise. */
function adviseOnGivingUp(node: ParsedNode, wiring: Wiring, place: Place, problems: Problem[]): void {
  if (node.kind !== 'queue' || wiring.outOf(node.id).some((wire) => wire.kind === 'dead-letter')) return;
  const readers = wiring.outOf(node.id).flatMap((wire) => (wire.kind === 'deliver' ? (wiring.nodes.get(wire.to) ?? []) : []));
  const hasLimit = node.params.maxAttempts !== 0;
  if (hasLimit || readers.some((reader) => mayGiveUp(reader, wiring.sendsPoison)))
    report(problems, 'no-dead-letters', place, { node: node.id });
}

function mayGiveUp(reader: ParsedNode, sendsPoison: boolean): boolean {
  // A view takes an event in, gives it back or stands still.
  if (reader.kind === 'projection') return false;
  if (reader.kind === 'requester') return reader.params.matching === 'numbers' && reader.params.foreign === 'reject';
  const { failure, failFirst, poison, retry, maxAttempts } = reader.params;
  const mayFail = failure !== 0 || failFirst !== 0 || (sendsPoison && poison !== 'ignored');
  return mayFail && (retry === 'none' || maxAttempts !== 0);
}

/** Gaps of no length at all are messages without end in one instant, at which the run stops. */
function adviseOnGaps(node: ParsedNode, place: Place, problems: Problem[]): void {
  const { loop, arrivals, gaps } = node.params;
  if (node.kind !== 'sender' || loop !== 'open' || arrivals !== 'gaps') return;
  const lengths = Object.entries(gaps as object).filter(
    ([name]) => !['law', 'share', 'shape', 'scv', 'deviation'].includes(name),
  );
  if (lengths.some(([, length]) => length !== 0)) return;
  report(problems, 'gaps-of-nothing', inside(inside(place, 'params'), 'gaps'), { node: node.id });
}
