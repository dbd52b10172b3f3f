// What each drawn node probably lacks: a queue nobody reads, a worker nothing reaches. The engine's own advice, asked a moment after
// an edit and loaded after the first letters move.

import { create } from 'zustand';
import type { DescribedProblem } from '../../sim-engine/topology/describe-problem.ts';
import { nameOf, topologyOf } from './drawing.ts';
import { firstLetter } from './first-letter.ts';
import { present, useLab } from './lab.ts';
import { lateWords } from './late.ts';

interface Trouble extends DescribedProblem {
  /** The sentence for where the name stands already and room is short. */
  readonly short: string;
}
interface Troubles {
  /** By id of the node: the first thing that is said about it. */
  readonly of: ReadonlyMap<string, Trouble>;
}

export const useTroubles = create<Troubles>(() => ({ of: new Map() }));

/** Long enough that a wire drawn at once after its card is there before anybody complains. */
const AFTER_MS = 700;

/** Asks for advice from now on, whenever the drawing changes. Answers with the end of it. */
export function watchTroubles(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked: unknown = null;
  const ask = async () => {
    const drawing = present(useLab.getState());
    if (drawing === null || drawing === asked) return;
    asked = drawing;
    const topology = topologyOf(drawing);
    await firstLetter;
    const [{ advice }, { describeProblem }, { shortOf }] = await Promise.all([
      import('../../sim-engine/topology/advice.ts'),
      lateWords(),
      import('./trouble-words.ts'),
    ]);
    const of = new Map<string, Trouble>();
    const onBrokers = topology.nodes.some(({ kind }) => kind === 'rabbitmq')
      ? (await import('../../sim-engine/previews/rabbitmq-advice.ts')).rabbitmqAdvice(topology)
      : [];
    for (const problem of [...onBrokers, ...advice(topology)]) {
      const [list, id] = problem.at;
      if (list !== 'nodes' || typeof id !== 'string' || of.has(id)) continue;
      const values = { ...problem.values, node: nameOf(topology, id) };
      const described = describeProblem({ ...problem, values });
      of.set(id, { ...described, short: shortOf(problem.code) ?? described.sentence });
    }
    if (of.size > 0 || useTroubles.getState().of.size > 0) useTroubles.setState({ of });
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), AFTER_MS);
  };
  later();
  const stop = useLab.subscribe((lab, before) => lab.drawing !== before.drawing && later());
  return () => {
    stop();
    clearTimeout(timer);
  };
}
