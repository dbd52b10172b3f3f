// The steps of a service as it goes through them: words become numbers, lengths become laws with streams of their own. Also says
// which step is the deed, the one whose success is the effect that somebody wanted.

import type { Law } from '../../kernel/distributions.ts';
import type { LawSpec } from '../../kernel/law-spec.ts';
import type { World } from '../../world/world.ts';
import type { Params, Step } from '../fields.ts';

export const WORK = 1;
const SLEEP = 2;
export const CHARGE = 3;
export const PUBLISH = 4;
export const ACKNOWLEDGE = 5;
const OPERATIONS: ReadonlyMap<string, number> = new Map([
  ['work', WORK],
  ['sleep', SLEEP],
  ['charge', CHARGE],
  ['publish', PUBLISH],
  ['acknowledge', ACKNOWLEDGE],
]);

export interface Instruction {
  readonly operation: number;
  /** How long it takes; null where it takes no time of its own. */
  readonly takes: Law | null;
  /** Share of attempts that fail here by chance. */
  readonly fails: number;
}

export interface Program {
  /** Everything after `receive`, in order. */
  readonly instructions: readonly Instruction[];
  /** Index of the instruction whose success is the effect: the last charge, else the last work; -1 = the end of the list. */
  readonly deed: number;
  /** Whether the list ends with the receipt, so that it also frees the place. */
  readonly settlesLast: boolean;
}

/** `work` is the law of the node's own work and `failure` its share of failures; lengths in ns. */
export function programOf(world: World, nodeId: string, params: Params, work: Law): Program {
  const instructions: Instruction[] = [];
  let deed = -1;
  let charges = 0;
  for (const step of params.steps as readonly Step[]) {
    const operation = OPERATIONS.get(step.do);
    // `receive` is the delivery itself.
    if (operation === undefined) continue;
    const at = instructions.length;
    instructions.push(instructionOf(world, nodeId, step, operation, at, params, work));
    if (operation === CHARGE) charges++;
    if (operation === CHARGE || (operation === WORK && charges === 0)) deed = at;
  }
  return { instructions, deed, settlesLast: instructions[instructions.length - 1]?.operation === ACKNOWLEDGE };
}

function instructionOf(
  world: World,
  nodeId: string,
  { params }: Step,
  operation: number,
  at: number,
  node: Params,
  work: Law,
): Instruction {
  if (operation === WORK) return { operation, takes: work, fails: node.failure as number };
  const takes = params.takes === undefined ? null : world.law(params.takes as LawSpec, nodeId, `step ${at}`);
  return { operation, takes, fails: (params.fails as number | undefined) ?? 0 };
}
