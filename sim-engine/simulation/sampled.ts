// What is measured by itself: every node that is drawn, as the sum (or the largest) of its actors, and every part that lies in one, which the actors of
// its container answer for.

import { nodeKind } from '../nodes/declarations.ts';
import type { Actor } from '../world/actor.ts';
import type { LiveActor } from './assembly.ts';

export interface Sampled {
  readonly id: string;
  readonly kind: string;
  /** Of a part its document id; '' for a node that lies in none. */
  readonly part: string;
  readonly actors: readonly LiveActor[];
}

/** In the order of the actors, each node followed by its parts. */
export function sampledOf(actors: readonly LiveActor[]): readonly Sampled[] {
  const byNode = new Map<string, LiveActor[]>();
  for (const actor of actors) {
    const known = byNode.get(actor.nodeId);
    if (known === undefined) byNode.set(actor.nodeId, [actor]);
    else known.push(actor);
  }
  return [...byNode].flatMap(([id, members]) => {
    const { kind, parts } = members[0] as LiveActor;
    return [
      { id, kind, part: '', actors: members },
      ...parts.map((part): Sampled => ({ id: part.id, kind: part.kind, part: part.id, actors: members })),
    ];
  });
}

/** Writes its `count` gauges to `out` from `at` on. `cell` has room for as many. */
export function sampleInto(
  { actors, kind, part }: Sampled,
  all: readonly (Actor | null | undefined)[],
  out: Float64Array,
  at: number,
  count: number,
  cell: Float64Array,
): void {
  out.fill(0, at, at + count);
  if (count === 0) return;
  const gauges = nodeKind(kind)?.gauges;
  for (const { ix } of actors) {
    cell.fill(0, 0, count);
    if (part === '') all[ix]?.sample(cell, 0);
    else all[ix]?.samplePart?.(part, cell, 0);
    for (let i = 0; i < count; i++) {
      const sum = out[at + i] as number;
      const own = cell[i] as number;
      out[at + i] = gauges?.[i]?.isLargest !== true ? sum + own : own > sum ? own : sum;
    }
  }
}
