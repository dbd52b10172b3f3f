// The runners of vectors/patterns: every carried case agrees with what actors use, and a case with one number changed does not.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AUTOSCALE_FORMAT } from './autoscale.ts';
import { CIRCUIT_BREAKER_FORMAT } from './circuit-breaker.ts';
import { EVENT_SOURCING_FORMAT } from './event-sourcing.ts';
import type { VectorCase, VectorFormat } from './format.ts';
import { OUT_OF_ORDER_COMMIT_FORMAT } from './out-of-order-commit.ts';
import { OUTBOX_FORMAT } from './outbox.ts';
import { REQUEST_REPLY_FORMAT } from './request-reply.ts';
import { RETRY_BUDGET_FORMAT } from './retry-budget.ts';
import { RETRY_MATH_FORMAT } from './retry-math.ts';
import { TOKEN_BUCKET_FORMAT } from './token-bucket.ts';

const VECTORS = 'sim-engine/testing/vectors';

function casesOf({ key }: VectorFormat): readonly VectorCase[] {
  return (JSON.parse(readFileSync(`${VECTORS}/${key}.json`, 'utf8')) as { readonly cases: readonly VectorCase[] }).cases;
}

/** The case with what lies at a path in `expected` changed. */
function changed(one: VectorCase, path: readonly (string | number)[], change: (value: unknown) => unknown): VectorCase {
  const copy = JSON.parse(JSON.stringify(one)) as VectorCase;
  let at = copy.expected as Record<string | number, unknown>;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  const last = path.at(-1) as string | number;
  at[last] = change(at[last]);
  return copy;
}

const plus = (more: number) => (value: unknown) => (value as number) + more;
const not = (value: unknown) => !value;

/** A format, a case of it, a place in what is recorded, another value there, and what the runner says of it. */
const TAMPERED: readonly (readonly [VectorFormat, string, readonly (string | number)[], (value: unknown) => unknown, string])[] =
  [
    [CIRCUIT_BREAKER_FORMAT, 'r4j-slow-calls-open', ['steps', 4, 'slowRate'], plus(0.001), 'step 4: slowRate 60'],
    [CIRCUIT_BREAKER_FORMAT, 'r4j-slow-calls-open', ['steps', 4, 'buffered'], plus(1), 'step 4: buffered 5'],
    [CIRCUIT_BREAKER_FORMAT, 'polly-single-probe-reopens', ['steps', 3, 'permitted'], not, 'step 3: permitted false'],
    [CIRCUIT_BREAKER_FORMAT, 'hystrix-random-1', ['steps', 49, 'state'], () => 'ISOLATED', 'step 49: state'],
    [RETRY_BUDGET_FORMAT, 'aws-quota-0', ['steps', 3, 'tokens'], plus(1), 'event 3: 5 tokens'],
    [RETRY_BUDGET_FORMAT, 'grpc-1', ['steps', 2, 'tokens'], plus(0.001), 'event 2: 98.1 tokens'],
    [RETRY_BUDGET_FORMAT, 'grpc-0', ['steps', 4, 'retryAllowed'], not, 'event 4: retryAllowed false'],
    [TOKEN_BUCKET_FORMAT, 'tb-0', ['accepted', 1], not, 'arrival 1 at 3.5 s: false'],
    [OUT_OF_ORDER_COMMIT_FORMAT, 'ooc-9', ['committedAfterEachAck', 4], plus(1), 'committed 0,1,3,3,4'],
    [AUTOSCALE_FORMAT, 'keda-0', ['desired'], plus(1), 'desired 5'],
    [AUTOSCALE_FORMAT, 'keda-0', ['metric'], plus(1), 'metric 90'],
    [EVENT_SOURCING_FORMAT, 'trip-9', ['gapAt'], plus(1), 'gapAt: 1'],
    [EVENT_SOURCING_FORMAT, 'trip-2', ['ignored'], plus(1), 'ignored: 1'],
    [EVENT_SOURCING_FORMAT, 'trip-2', ['state'], () => 'ARRIVED', 'state: ACCEPTED'],
    [EVENT_SOURCING_FORMAT, 'snapshot-at-3', ['ignored'], plus(-3), 'ignored: 3'],
    [OUTBOX_FORMAT, 'outbox-afterPublishBeforeMark', ['publishedMin'], plus(1), 'published 2 times'],
    [OUTBOX_FORMAT, 'dual-write-afterDbBeforePublish', ['publishedMin'], plus(1), 'published 0 times'],
    [OUTBOX_FORMAT, 'dual-write-afterPublishBeforeDb', ['row'], not, 'row: false'],
    [OUTBOX_FORMAT, 'dual-write-none', ['publishedMax'], plus(-1), 'published 1 times'],
    [REQUEST_REPLY_FORMAT, 'rr-1', ['discardedReplies'], plus(1), 'discardedReplies: 3'],
    [REQUEST_REPLY_FORMAT, 'rr-1', ['completions', 0, 'at'], plus(0.25), 'completions: '],
    [RETRY_MATH_FORMAT, 'p0.3-n3', ['expectedAttemptsPerMessage'], plus(0.02), 'expectedAttemptsPerMessage 1.3'],
    [RETRY_MATH_FORMAT, 'p0.5-n2', ['deadLetterProbability'], plus(0.02), 'deadLetterProbability 0.2'],
    [RETRY_MATH_FORMAT, 'layers3-attempts4', ['worstCaseCallsAtBottom'], plus(-1), 'worstCaseCallsAtBottom 64'],
  ];

const FORMATS = [...new Set(TAMPERED.map(([format]) => format))];

describe('a recorded fact', () => {
  it.runIf(process.env.LONG_RUNS === '1').each(FORMATS.map((format) => [format.key, format] as const))(
    'of %s agrees',
    (_, format) => {
      for (const one of casesOf(format)) expect([one.name, format.judge(one).faults]).toEqual([one.name, []]);
    },
    60_000,
  );

  it.each(TAMPERED.map((row) => [row[0].key, row[1], row[2].join('.'), row] as const))(
    'of %s, %s, that says something else of %s is seen',
    (_, name, __, [format, , path, change, fault]) => {
      const one = casesOf(format).find((candidate) => candidate.name === name) as VectorCase;
      const { faults } = format.judge(changed(one, path, change));
      expect(faults).toHaveLength(1);
      expect(faults[0]).toContain(fault);
    },
  );

  it('of a breaker that asks for a setting no library has is refused', () => {
    const one = casesOf(CIRCUIT_BREAKER_FORMAT)[0] as VectorCase;
    const wrong = { ...one, input: { ...one.input, config: { failureRatio: 0.5 } } };
    expect(() => CIRCUIT_BREAKER_FORMAT.judge(wrong)).toThrow('resilience4j has no failureRatio');
  });
});
