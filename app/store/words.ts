// Everything that words need which come after the first letter, in one chunk: see `late.ts`.

export { describeProblem } from '../../sim-engine/topology/describe-problem.ts';
export { say } from '../messages/say.ts';
