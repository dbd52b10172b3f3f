// Follows messages along the wires that carry them and finds circles: in one, a message would travel for ever. The parser
// asks once per document. Relations that cost no time (dead letters) are not followed: what rests there does not go on.

import type { SketchedWire } from './connect.ts';

/** A circle as the ids along it, the first again at the end, and the wire that closes it. */
export interface Circle {
  readonly nodes: readonly string[];
  readonly closedBy: SketchedWire;
}

const UNSEEN = 0;
const ON_PATH = 1;
const DONE = 2;

/**
 * Circles of the directed graph: at least one if there is any, at most `most`, one for each wire that leads back onto the
 * path walked. Depth first without recursion, nodes and wires in the order of the document.
 */
export function findCircles(wires: readonly SketchedWire[], most: number): readonly Circle[] {
  const outgoing = new Map<string, SketchedWire[]>();
  for (const wire of wires) {
    const known = outgoing.get(wire.from);
    if (known === undefined) outgoing.set(wire.from, [wire]);
    else known.push(wire);
  }
  const state = new Map<string, number>();
  const circles: Circle[] = [];
  for (const start of outgoing.keys()) {
    if (circles.length >= most) break;
    if ((state.get(start) ?? UNSEEN) === UNSEEN) walk(start, outgoing, state, circles, most);
  }
  return circles;
}

function walk(
  start: string,
  outgoing: ReadonlyMap<string, readonly SketchedWire[]>,
  state: Map<string, number>,
  circles: Circle[],
  most: number,
): void {
  const path = [{ node: start, next: 0 }];
  state.set(start, ON_PATH);
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const wire = outgoing.get(top.node)?.[top.next++];
    if (wire === undefined) {
      state.set(top.node, DONE);
      path.pop();
      continue;
    }
    const seen = state.get(wire.to) ?? UNSEEN;
    if (seen === UNSEEN) {
      state.set(wire.to, ON_PATH);
      path.push({ node: wire.to, next: 0 });
    } else if (seen === ON_PATH && circles.length < most) {
      const ids = path.map((step) => step.node);
      circles.push({ nodes: [...ids.slice(ids.indexOf(wire.to)), wire.to], closedBy: wire });
    }
  }
}
