// The formats of recorded facts that can be replayed, and how a file is replayed. `shell/cli/vectors.ts` prints what comes of it.
// A file that nobody knows is no accident to be passed over: each of its cases counts as failed.

import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { AUTOSCALE_FORMAT } from './autoscale.ts';
import { BACKOFF_FORMAT } from './backoff.ts';
import { CIRCUIT_BREAKER_FORMAT } from './circuit-breaker.ts';
import { CLOSED_LOOP_FORMAT } from './closed-loop.ts';
import { DEDUP_TTL_FORMAT } from './dedup-ttl.ts';
import { DLQ_RETRIES_FORMAT } from './dlq-retries.ts';
import { EVENT_SOURCING_FORMAT } from './event-sourcing.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';
import { KAFKA_AWAITED, KAFKA_FORMATS } from './kafka.ts';
import { LANES_FORMAT } from './lanes.ts';
import { OUT_OF_ORDER_COMMIT_FORMAT } from './out-of-order-commit.ts';
import { OUTBOX_FORMAT } from './outbox.ts';
import { QUEUEING_FORMATS } from './queueing.ts';
import { RABBITMQ_DEFINITIONS_FORMAT } from './rabbitmq-definitions.ts';
import { RABBITMQ_ROUTING_FORMATS } from './rabbitmq-routing.ts';
import { RABBITMQ_SCENARIO_FORMAT } from './rabbitmq-scenario.ts';
import { REQUEST_REPLY_FORMAT } from './request-reply.ts';
import { RETRY_BUDGET_FORMAT } from './retry-budget.ts';
import { RETRY_MATH_FORMAT } from './retry-math.ts';
import { TOKEN_BUCKET_FORMAT } from './token-bucket.ts';

const FORMATS: readonly VectorFormat[] = [
  BACKOFF_FORMAT,
  CIRCUIT_BREAKER_FORMAT,
  DEDUP_TTL_FORMAT,
  LANES_FORMAT,
  DLQ_RETRIES_FORMAT,
  AUTOSCALE_FORMAT,
  EVENT_SOURCING_FORMAT,
  OUT_OF_ORDER_COMMIT_FORMAT,
  OUTBOX_FORMAT,
  REQUEST_REPLY_FORMAT,
  RETRY_BUDGET_FORMAT,
  RETRY_MATH_FORMAT,
  TOKEN_BUCKET_FORMAT,
  CLOSED_LOOP_FORMAT,
  ...QUEUEING_FORMATS,
  ...RABBITMQ_ROUTING_FORMATS,
  RABBITMQ_DEFINITIONS_FORMAT,
  RABBITMQ_SCENARIO_FORMAT,
  ...KAFKA_FORMATS,
];

/** Files that are known and that nothing is built for yet, with what they wait for: each of their cases counts as failed. */
const AWAITED: ReadonlyMap<string, string> = KAFKA_AWAITED;

/** Formats of the systems that are built, by key: what `--built` replays. */
export const BUILT: readonly string[] = FORMATS.map(({ key }) => key);

/** Whether a file is of a format that is built. */
export function isBuilt(path: string): boolean {
  try {
    return BUILT.includes(formatKey(path, JSON.parse(readFileSync(path, 'utf8'))));
  } catch {
    return false;
  }
}

/** Cases that a README says are never judged, with the reason: printed, and counted in neither number. */
const NEVER_JUDGED: ReadonlyMap<string, string> = new Map([['queueing/ggc_approx', 'an approximation is never judged']]);

export interface Replay {
  /** Folder and file name. */
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  /** Outcomes that other versions of the system had, apart from those of the version that is built. */
  readonly versions?: { readonly passed: number; readonly failed: number };
  /** Why nothing, or nothing else, was judged; absent when every case was. */
  readonly remark?: string;
  /** A line per case that failed. */
  readonly faults: readonly string[];
  /** A line per case with what was measured, where a format has something to say. */
  readonly details: readonly string[];
}

const DEFINITIONS = 'definitions';
const folderOf = (path: string): string => basename(dirname(resolve(path)));

/** What a file is known by: its `kind`, else the name of its folder and its own; in a folder of definitions the folder alone. */
export function formatKey(path: string, content: unknown): string {
  if (folderOf(path) === DEFINITIONS) return DEFINITIONS;
  const kind = (content as { readonly kind?: unknown } | null)?.kind;
  return typeof kind === 'string' ? kind : nameOf(path);
}

function nameOf(path: string): string {
  const absolute = resolve(path);
  return `${folderOf(absolute)}/${basename(absolute, '.json')}`;
}

export function replay(path: string): Replay {
  const name = nameOf(path);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return { name, passed: 0, failed: 1, remark: 'not JSON', faults: [(error as Error).message], details: [] };
  }
  const key = formatKey(path, content);
  const cases = casesOf(path, content);
  const notJudged = NEVER_JUDGED.get(key);
  if (notJudged !== undefined) {
    const names = (cases ?? []).map((one) => `${one.name}: not judged`);
    return { name, passed: 0, failed: 0, remark: `${cases?.length ?? 1} not judged: ${notJudged}`, faults: [], details: names };
  }
  const format = FORMATS.find((candidate) => candidate.key === key);
  if (format === undefined) {
    const remark = AWAITED.get(key) ?? `unknown format ${key}`;
    return { name, passed: 0, failed: cases?.length ?? 1, remark, faults: [], details: [] };
  }
  if (cases === undefined) return { name, passed: 0, failed: 1, remark: 'no cases', faults: [], details: [] };
  return { name, ...judgeAll(format, cases) };
}

/** Undefined when the file has no list of cases. One in a folder of definitions is a case as a whole. */
function casesOf(path: string, content: unknown): readonly VectorCase[] | undefined {
  if (folderOf(path) === DEFINITIONS) {
    return [{ name: basename(path, '.json'), input: content as Record<string, unknown>, expected: {} }];
  }
  const cases = (content as { readonly cases?: unknown } | null)?.cases;
  return Array.isArray(cases) ? (cases as readonly VectorCase[]) : undefined;
}

function judgeAll(format: VectorFormat, cases: readonly VectorCase[]): Omit<Replay, 'name'> {
  const faults: string[] = [];
  const details: string[] = [];
  let failed = 0;
  const versions = { passed: 0, failed: 0 };
  for (const one of cases) {
    const judgement = judgedSafely(() => format.judge(one));
    if (judgement.details !== undefined) details.push(`${one.name}: ${judgement.details}`);
    for (const [version, found] of judgedVersions(format, one)) {
      if (found.faults.length === 0) versions.passed++;
      else versions.failed++;
      if (found.faults.length > 0) details.push(`${one.name} in ${version}: ${found.faults.join('; ')}`);
    }
    if (judgement.faults.length === 0) continue;
    failed++;
    faults.push(`${one.name}: ${judgement.faults.join('; ')}`);
  }
  const result = { passed: cases.length - failed, failed, faults, details };
  return versions.passed + versions.failed === 0 ? result : { ...result, versions };
}

/** What other versions answered, each judged as that version. */
function judgedVersions(format: VectorFormat, one: VectorCase): readonly (readonly [string, Judgement])[] {
  return Object.entries(one.differs ?? {}).flatMap(([version, expected]) => {
    if (format.judgeVersion === undefined) return [];
    return [[version, judgedSafely(() => format.judgeVersion?.({ ...one, expected }, version) as Judgement)] as const];
  });
}

/** A case that a runner cannot even read has failed; the others still have their turn. */
function judgedSafely(judge: () => Judgement): Judgement {
  try {
    return judge();
  } catch (error) {
    return { faults: [(error as Error).message] };
  }
}
