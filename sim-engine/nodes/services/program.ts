// The steps of a service as it goes through them: words become numbers, lengths become laws with streams of their own. Also says
// which step is the deed, the one whose success is the effect that somebody wanted.

import type { Law } from '../../kernel/distributions.ts';
import type { LawSpec } from '../../kernel/law-spec.ts';
import type { PacketType } from '../../world/packet-types.ts';
import * as packet from '../../world/packet-types.ts';
import type { World } from '../../world/world.ts';
import type { Params, Step } from '../fields.ts';

export const WORK = 1;
const SLEEP = 2;
export const CHARGE = 3;
export const PUBLISH = 4;
export const ACKNOWLEDGE = 5;
/** A question to another service or to a store. */
export const ASK = 6;
export const CHECK = 7;
export const MARK = 8;
export const REMEMBER = 9;
const OPERATIONS: ReadonlyMap<string, number> = new Map([
  ['work', WORK],
  ['sleep', SLEEP],
  ['charge', CHARGE],
  ['call', ASK],
  ['read', ASK],
  ['write', ASK],
  ['check', CHECK],
  ['mark', MARK],
  ['remember', REMEMBER],
  ['publish', PUBLISH],
  ['acknowledge', ACKNOWLEDGE],
]);

export interface Instruction {
  /** What the step is called: its label is `step.NAME.label`. */
  readonly name: string;
  readonly operation: number;
  /** How long it takes; null where it takes no time of its own. */
  readonly takes: Law | null;
  /** Share of attempts that fail here by chance. */
  readonly fails: number;
  /** Document id of the node that is asked; '' = the first. */
  readonly to: string;
  /** Share of messages for which it is asked. */
  readonly share: number;
  /** What is asked, as packet type and its options; 0 for steps that ask nobody. */
  readonly question: PacketType;
  readonly options: number;
  readonly onConflict: 'skip' | 'fail' | 'go-on';
  /** Effect and memory of it in one transaction: what is remembered already has no second effect. */
  readonly once: boolean;
}

export interface Program {
  /** Everything after `receive`, in order. */
  readonly instructions: readonly Instruction[];
  /** Index of the instruction whose success is the effect: the last charge, else the last write, else the last work; -1 = the end. */
  readonly deed: number;
  /** Whether the list ends with the receipt, so that it also frees the place. */
  readonly settlesLast: boolean;
  /** Whether a step publishes what an earlier one has written. */
  readonly announces: boolean;
}

/** `work` is the law of the node's own work and `failure` its share of failures; lengths in ns. */
export function programOf(world: World, nodeId: string, params: Params, work: Law): Program {
  const instructions: Instruction[] = [];
  const deeds = { charge: -1, write: -1, work: -1 };
  const lastPublish = (params.steps as readonly Step[]).findLastIndex((step) => step.do === 'publish');
  let announces = false;
  for (const [ix, step] of (params.steps as readonly Step[]).entries()) {
    const operation = OPERATIONS.get(step.do);
    // `receive` is the delivery itself.
    if (operation === undefined) continue;
    const at = instructions.length;
    const isAnnounced = step.do === 'write' && ix < lastPublish;
    announces ||= isAnnounced;
    instructions.push(instructionOf(world, nodeId, step, operation, at, params, work, isAnnounced));
    if (step.do === 'charge' || step.do === 'write' || step.do === 'work') deeds[step.do] = at;
  }
  const deed = deeds.charge >= 0 ? deeds.charge : deeds.write >= 0 ? deeds.write : deeds.work;
  return { instructions, deed, settlesLast: instructions[instructions.length - 1]?.operation === ACKNOWLEDGE, announces };
}

const QUESTIONS: ReadonlyMap<string, PacketType> = new Map([
  ['write', packet.WRITE],
  ['insert', packet.INSERT],
  ['append', packet.APPEND],
]);

function instructionOf(
  world: World,
  nodeId: string,
  step: Step,
  operation: number,
  at: number,
  node: Params,
  work: Law,
  isAnnounced: boolean,
): Instruction {
  const { params } = step;
  const takes = params.takes === undefined ? null : world.law(params.takes as LawSpec, nodeId, `step ${at}`);
  return {
    name: step.do,
    operation,
    takes: operation === WORK ? work : takes,
    fails: operation === WORK ? (node.failure as number) : ((params.fails as number | undefined) ?? 0),
    to: (params.to as string | undefined) ?? '',
    share: (params.share as number | undefined) ?? 1,
    question: questionOf(step),
    options: (params.outbox === true ? packet.WRITE_OUTBOX : 0) | (isAnnounced ? packet.WRITE_ANNOUNCED : 0),
    onConflict: (params.onConflict as Instruction['onConflict'] | undefined) ?? 'fail',
    once: params.once === true,
  };
}

function questionOf(step: Step): PacketType {
  if (step.do === 'call') return packet.CALL;
  if (step.do === 'read') return packet.READ;
  return step.do === 'write' ? (QUESTIONS.get(step.params.how as string) as PacketType) : 0;
}
