// What was done to a run besides edits of its drawing: faults and redrives with their moment and their end, in the order of time;
// giving one, and taking one back. The engine keeps the log; here it is asked for whenever it has changed.

import { create } from 'zustand';
import type { LoggedCommand } from '../../sim-engine/protocol/messages.ts';
import type { Command, Fault } from '../../sim-engine/simulation/commands.ts';
import { text } from '../messages/text.ts';
import { client, quietly, refuseFor, useLab } from './lab.ts';

/** A command that is no edit. */
export type Act = Fault | Extract<Command, { type: 'redrive' }>;

export interface FaultMark {
  readonly atNs: number;
  /** When it ended or will end by itself or by a later command; null while nothing is known of an end, and for what has none. */
  readonly endNs: number | null;
  readonly command: Act;
  /** Which of the commands given it is; null for one of the scenario itself, which cannot be taken back. */
  readonly index: number | null;
}

interface Faults {
  readonly marks: readonly FaultMark[];
}

export const useFaults = create<Faults>(() => ({ marks: [] }));

const ACTS: ReadonlySet<string> = new Set([
  'crash',
  'restart',
  'slow',
  'stall',
  'cut',
  'heal',
  'delay',
  'lose',
  'poison',
  'burst',
  'redrive',
] satisfies Act['type'][]);
const isAct = (command: Command): command is Act => ACTS.has(command.type);

export const targetOf = (act: Act): string => ('wire' in act ? act.wire : act.node);

/** What a command begins or ends: a restart speaks of the same thing as a crash. */
function topicOf(act: Act): string {
  const topics: { readonly [type in Act['type']]?: string } = { restart: 'crash', heal: 'cut' };
  return `${topics[act.type] ?? act.type} ${targetOf(act)}`;
}

/** Whether a command puts things back to how they were: nothing begins with it. */
export function isEnd(act: Act): boolean {
  switch (act.type) {
    case 'restart':
    case 'heal':
      return true;
    case 'slow':
      return act.factor === 1;
    case 'delay':
      return act.extraNs === 0;
    case 'lose':
    case 'poison':
      return act.share === undefined;
    default:
      return false;
  }
}

/** Marks of everything that was done, in order of time. Ends of a fault are its end, and no mark of their own. */
export function marksOf(
  scripted: readonly LoggedCommand[],
  given: readonly LoggedCommand[],
  firstIndex: number,
): readonly FaultMark[] {
  const entries = [
    ...scripted.map((entry) => ({ ...entry, index: null })),
    ...given.map((entry, at) => ({ ...entry, index: firstIndex + at })),
  ].sort((a, b) => a.atNs - b.atNs);
  const acts = entries.flatMap(({ command, ...entry }) => (isAct(command) ? [{ ...entry, command }] : []));
  return acts.map((act, at) => {
    const { command, atNs, index } = act;
    const ends = lastsFor(command);
    const next = acts.slice(at + 1).find((other) => topicOf(other.command) === topicOf(command));
    const own = ends === undefined ? Number.POSITIVE_INFINITY : atNs + ends;
    const endNs = command.type === 'burst' || command.type === 'redrive' ? own : Math.min(own, next?.atNs ?? own);
    return { atNs, command, index, endNs: Number.isFinite(endNs) && !isEnd(command) ? endNs : null };
  });
}

function lastsFor(act: Act): number | undefined {
  if (act.type === 'burst') return act.overNs;
  return 'forNs' in act ? act.forNs : undefined;
}

/** The command that ends it now; null for what has no opposite. */
export function oppositeOf(act: Act): Act | null {
  switch (act.type) {
    case 'crash':
      return { type: 'restart', node: act.node };
    case 'slow':
      return { type: 'slow', node: act.node, factor: 1 };
    case 'cut':
      return { type: 'heal', wire: act.wire };
    case 'delay':
      return { type: 'delay', wire: act.wire, extraNs: 0 };
    case 'lose':
      return { type: 'lose', wire: act.wire };
    case 'poison':
      return { type: 'poison', node: act.node };
    default:
      return null;
  }
}

/** Keeps the marks up to date from now on. Answers with the end of it. */
export function watchFaults(): () => void {
  let asked = 0;
  const ask = async () => {
    const turn = ++asked;
    const { scripted, given, firstIndex } = await client.log();
    if (turn === asked) useFaults.setState({ marks: marksOf(scripted, given, firstIndex) });
  };
  const stop = useLab.subscribe((lab, before) => {
    if (lab.commandCount !== before.commandCount || lab.openCount !== before.openCount || lab.seed !== before.seed)
      quietly(ask());
  });
  if (useLab.getState().openCount > 0) quietly(ask());
  return stop;
}

/** Does something to the run, at its next moment. */
export function inject(act: Act): void {
  quietly(
    client.command(act).then((done) => {
      if (!done.ok) refuseFor(text('faults.refused'), done.problems);
    }),
  );
}

/** Simulated time between two frames while the past is told anew: charts show a sample as often at normal speed. */
const RETELL_NS = 125e6;

/** The run as if it had never been done. */
export function takeBack({ atNs, command, index }: FaultMark): void {
  if (index === null) return;
  quietly(
    client.takeBack(index, { atNs, command }, RETELL_NS).then((done) => {
      if (!done.ok) refuseFor(text('faults.refused'), done.problems);
    }),
  );
}
