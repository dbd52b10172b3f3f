// `npm run mutants`: plants one small fault after another and prints the checker that caught it; then every checker that was never red
// counts as failed too, since it proves nothing. Last line 'N passed, N failed'. Called by `scripts/run.mjs`.

import { type Hunt, huntAll, JUDGES } from '../../testing/mutants/hunt.ts';

/** Answers with the exit code: 1 when a fault went unseen or a checker was never red. */
export function main(): number {
  const hunts = huntAll(print);
  const missed = hunts.filter(({ caughtBy }) => caughtBy === null).length;
  const neverRed = JUDGES.filter((judge) => !hunts.some(({ caughtBy }) => caughtBy === judge));
  for (const judge of JUDGES) if (!neverRed.includes(judge)) console.log(`was red  ${judge}`);
  for (const judge of neverRed) console.log(`NEVER RED  ${judge}`);
  const failed = missed + neverRed.length;
  console.log(`${hunts.length + JUDGES.length - failed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

function print({ mutant, caughtBy, message, replay }: Hunt): void {
  console.log(`${caughtBy === null ? 'MISSED' : 'caught'}  ${mutant.name}: ${mutant.about}`);
  console.log(`        ${caughtBy === null ? '' : `by "${caughtBy}": `}${message.split('\n')[0]}`);
  if (replay !== undefined) console.log(`        ${replay}`);
}
