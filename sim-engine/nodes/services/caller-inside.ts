// How the calls on one wire stand, as tables: breaker and window, what is left of rate and budget, and each call that waits for an
// answer, for its next try or to go out. Called by the caller when somebody looks; it judges copies, so that nothing changes.

import { min } from '../../kernel/exact-math.ts';
import { clonePlain } from '../../kernel/plain-state.ts';
import { breakerCountsInto, nextTransitionNs } from '../../parts/circuit-breaker.ts';
import { tokensAt } from '../../parts/token-bucket.ts';
import { agoNs, factsOf, factsShape, type Inside, InsideRows, listShape, nameOfWork, untilNs } from '../../world/inside.ts';
import type { World } from '../../world/world.ts';
import type { GuardSpec, GuardState } from './guards.ts';
import { tokensLeft } from './retry-allowance.ts';

const WIRE = factsShape('caller.wire', {
  breaker: 'word?',
  'lets-probe-in': 'duration?',
  'judged-calls': 'count?',
  'judged-failed': 'ratio?',
  'judged-slow': 'ratio?',
  opened: 'count?',
  out: 'count',
  'at-once': 'count?',
  waiting: 'count',
  tokens: 'count?',
  budget: 'count?',
  'timed-out': 'count',
  late: 'count',
});
const CALLS = listShape('caller.calls', {
  letter: 'message',
  standing: 'word',
  'tries-left': 'count',
  since: 'duration?',
  due: 'duration?',
});

interface Call {
  readonly obl: number;
  readonly triesLeft: number;
  readonly isOut: boolean;
  readonly sentNs: number;
  readonly timer: number;
}

/** What the tables are made of. */
export interface CallerContents {
  readonly world: World;
  readonly peerId: string;
  readonly spec: GuardSpec;
  readonly state: {
    readonly open: ReadonlyMap<number, Call>;
    readonly waiting: readonly Call[];
    readonly out: number;
    readonly guards: GuardState;
    readonly timedOut: number;
    readonly late: number;
  };
  /** When a timer that is set is due, ns. */
  timeOf(timer: number): number;
}

export function callerInside({ peerId, spec, state, timeOf, world }: CallerContents): Inside {
  const { guards, late, open, out, timedOut, waiting } = state;
  const rows = new InsideRows(CALLS);
  for (const call of open.values()) {
    if (rows.isFull) break;
    rows.add({
      letter: nameOfWork(world, call.obl),
      standing: call.isOut ? 'inside.word.out' : 'inside.word.rests',
      'tries-left': call.triesLeft,
      since: call.isOut ? agoNs(world, call.sentNs) : null,
      due: call.timer === 0 ? null : untilNs(world, timeOf(call.timer)),
    });
  }
  for (const call of waiting) {
    if (rows.isFull) break;
    const letter = nameOfWork(world, call.obl);
    rows.add({ letter, standing: 'inside.word.held-back', 'tries-left': call.triesLeft, since: null, due: null });
  }
  const { bucket } = guards;
  const facts = factsOf(
    WIRE,
    {
      ...breakerFacts(world, spec, guards),
      out,
      'at-once': spec.atOnce === 0 ? null : spec.atOnce,
      waiting: waiting.length,
      tokens: spec.bucket === null || bucket === null ? null : whole(tokensAt(spec.bucket, bucket, world.now[0] as number)),
      budget: tokensLeft(guards.allowance),
      'timed-out': timedOut,
      late,
    },
    peerId,
  );
  return [facts, rows.table(open.size + waiting.length, peerId)];
}

const whole = (tokens: number): number => tokens - (tokens % 1);

/** Calls, failed ones and slow ones of the window, as `breakerCountsInto` writes them. */
const COUNTS = 3;

function breakerFacts(world: World, spec: GuardSpec, { breaker, opened }: GuardState) {
  if (spec.breaker === null || breaker === null)
    return {
      breaker: null,
      'lets-probe-in': null,
      'judged-calls': null,
      'judged-failed': null,
      'judged-slow': null,
      opened: null,
    };
  const counts = new Float64Array(COUNTS);
  // To look at its window is to let go of what is too old in it: the copy does.
  breakerCountsInto(spec.breaker, clonePlain(breaker), world.now[0] as number, counts);
  const [calls, failed, slow] = counts as unknown as [number, number, number];
  return {
    breaker: `inside.word.breaker-${breaker.state}`,
    'lets-probe-in': breaker.state === 'open' ? untilNs(world, nextTransitionNs(breaker)) : null,
    'judged-calls': calls,
    'judged-failed': calls === 0 ? null : min(1, failed / calls),
    'judged-slow': calls === 0 || spec.breaker.kind !== 'resilience4j' ? null : min(1, slow / calls),
    opened,
  };
}
