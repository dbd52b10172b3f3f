// THE list of small faults that a test by name must see: at least one for every invariant of docs/semantics that a test holds; those of
// a broker in files of their own. `npm run mutants` plants each into its test by planted.setup.ts; testing/invariants/ says which belongs to which.

import { Caller } from '../../nodes/services/caller.ts';
import { Demand } from '../../nodes/services/demand.ts';
import { Failure } from '../../nodes/services/failure.ts';
import { Places } from '../../nodes/services/places.ts';
import * as retry from '../../nodes/services/retry.ts';
import { ServiceWork } from '../../nodes/services/service-work.ts';
import * as eventLog from '../../nodes/stores/event-log.ts';
import { StoreActor } from '../../nodes/stores/store-actor.ts';
import * as view from '../../nodes/stores/view.ts';
import { Expiry } from '../../nodes/textbook/expiry.ts';
import * as autoscaler from '../../parts/autoscaler.ts';
import * as backoff from '../../parts/backoff.ts';
import * as breaker from '../../parts/circuit-breaker.ts';
import * as watermark from '../../parts/commit-watermark.ts';
import * as dedup from '../../parts/dedup-window.ts';
import * as fold from '../../parts/event-fold.ts';
import * as openRequests from '../../parts/open-requests.ts';
import * as budget from '../../parts/retry-budget.ts';
import * as bucket from '../../parts/token-bucket.ts';
import { INSERT, WRITE_OUTBOX } from '../../world/packet-types.ts';
import { KAFKA_MUTANTS } from './kafka-mutants.ts';
import { MUTANTS, type Mutant, VECTOR_MUTANTS } from './mutants.ts';
import { prototypeOfKind, replaceFunction, replaceMethod } from './planting.ts';
import { RABBITMQ_MUTANTS } from './rabbitmq-mutants.ts';

export const TEST_MUTANTS: readonly Mutant[] = [
  ...RABBITMQ_MUTANTS,
  ...KAFKA_MUTANTS,
  // ---------------------------------------------------------------- requests
  {
    name: 'deadline-forgotten',
    about: 'every third request has no deadline',
    plant: () =>
      replaceFunction(
        openRequests,
        'openRequest',
        (openRequest) => (requests, deadlineNs) =>
          openRequest(requests, requests.next % 3 === 2 ? Number.POSITIVE_INFINITY : deadlineNs),
      ),
  },
  {
    name: 'nobody-is-too-late',
    about: 'a service that skips what nobody waits for finds that everybody waits',
    plant: () => replaceMethod(ServiceWork.prototype, 'isTooLate', () => () => false),
  },
  {
    name: 'thinks-less',
    about: 'callers of a closed loop think a nanosecond less than drawn',
    plant: () =>
      replaceMethod(
        Demand.prototype,
        'think',
        (think) =>
          function () {
            const { arm } = this.world;
            this.world.arm = (actor: number, timer: number, arg: number) => {
              this.world.at[0] -= 1;
              return arm.call(this.world, actor, timer, arg);
            };
            think.call(this);
            this.world.arm = arm;
          },
      ),
  },
  {
    name: 'time-out-takes-no-time',
    about: 'a request that times out counts as if it had taken no time',
    plant: () =>
      replaceMethod(
        prototypeOfKind('requester'),
        'giveUp',
        (giveUp) =>
          function (request) {
            const { times } = this.state;
            const before = times[1];
            giveUp.call(this, request);
            times[1] = before;
          },
      ),
  },
  // ---------------------------------------------------------------- retries
  {
    name: 'above-its-cap',
    about: 'a backoff is a fifth longer than it may be',
    plant: () =>
      replaceFunction(backoff, 'backoffInto', (backoffInto) => (spec, count, u, previous, out) => {
        backoffInto(spec, count, u, previous, out);
        out[0] *= 1.2;
      }),
  },
  {
    name: 'jitter-leans-low',
    about: 'jitter is drawn within its bounds, but not evenly',
    plant: () =>
      replaceFunction(
        backoff,
        'backoffInto',
        (backoffInto) => (spec, count, u, previous, out) => backoffInto(spec, count, u * u, previous, out),
      ),
  },
  {
    name: 'no-jitter',
    about: 'every draw of jitter is the same',
    plant: () =>
      replaceFunction(
        backoff,
        'backoffInto',
        (backoffInto) => (spec, count, _u, previous, out) => backoffInto(spec, count, 0.5, previous, out),
      ),
  },
  {
    name: 'fails-more-often',
    about: 'attempts fail a tenth more often than they should',
    plant: () =>
      replaceMethod(
        Failure.prototype,
        'hasFailed',
        (hasFailed) =>
          function (place, instruction) {
            return hasFailed.call(this, place, { ...instruction, fails: instruction.fails * 1.1 });
          },
      ),
  },
  {
    name: 'one-attempt-more',
    about: 'a worker gives up one attempt later than it is told',
    plant: () =>
      replaceFunction(retry, 'retryPolicyOf', (retryPolicyOf) => (params) => {
        const policy = retryPolicyOf(params) as retry.RetryPolicy;
        return { ...policy, maxAttempts: policy.maxAttempts + 1 };
      }),
  },
  {
    name: 'one-try-more',
    about: 'a caller asks once more than it is told',
    plant: () =>
      replaceMethod(
        Caller.prototype,
        'readParams',
        (readParams) =>
          function (connection) {
            readParams.call(this, connection);
            this.tries++;
          },
      ),
  },
  // ---------------------------------------------------------------- retry storms
  {
    name: 'late-work-costs-nothing',
    about: 'a server skips what nobody waits for without being told to',
    plant: () =>
      replaceMethod(
        ServiceWork.prototype,
        'begin',
        (begin) =>
          function (place) {
            this.skipsExpired = true;
            begin.call(this, place);
          },
      ),
  },
  {
    name: 'share-without-end',
    about: 'a budget that is a share of the requests allows every retry',
    plant: () => replaceFunction(budget, 'takeRatioRetry', () => () => true),
  },
  {
    name: 'always-oldest-first',
    about: 'a queue hands out the oldest first, whatever order it is told',
    plant: () =>
      replaceMethod(
        prototypeOfKind('queue'),
        'readParams',
        (readParams) =>
          function (params) {
            readParams.call(this, { ...params, order: 'oldest' });
          },
      ),
  },
  // ---------------------------------------------------------------- budgets
  {
    name: 'token-for-a-failure',
    about: 'the quota of AWS gets a token for each failure',
    plant: () =>
      replaceFunction(budget, 'takeAwsRetry', (takeAwsRetry) => (spec, quota, wasTimeout) => {
        quota.tokens++;
        return takeAwsRetry(spec, quota, wasTimeout);
      }),
  },
  {
    name: 'answers-pay-double',
    about: 'an answer to a first try gives the quota of AWS two tokens',
    plant: () =>
      replaceFunction(budget, 'returnAwsSuccess', (returnAwsSuccess) => (spec, quota, lastCost) => {
        returnAwsSuccess({ ...spec, firstSuccessGain: 2 * spec.firstSuccessGain }, quota, lastCost);
      }),
  },
  {
    name: 'quota-always-full',
    about: 'the quota of AWS is full again before each retry',
    plant: () =>
      replaceFunction(budget, 'takeAwsRetry', (takeAwsRetry) => (spec, quota, wasTimeout) => {
        quota.tokens = spec.capacity;
        return takeAwsRetry(spec, quota, wasTimeout);
      }),
  },
  {
    name: 'one-quota-for-all',
    about: 'all clients there are take their retries from one quota',
    plant() {
      let shared: unknown;
      return replaceFunction(budget, 'newAwsQuota', (newAwsQuota) => (spec) => {
        shared ??= newAwsQuota(spec);
        return shared;
      });
    },
  },
  // ---------------------------------------------------------------- breakers
  {
    name: 'open-lets-through',
    about: 'an open breaker lets every call out',
    plant: () =>
      replaceFunction(
        breaker,
        'tryAcquire',
        (tryAcquire) => (spec, one, nowNs) => (one.state === 'open' && nowNs < one.untilNs) || tryAcquire(spec, one, nowNs),
      ),
  },
  {
    name: 'probes-without-end',
    about: 'a half-open breaker lets out as many probes as there are calls',
    plant: () =>
      replaceFunction(
        breaker,
        'tryAcquire',
        (tryAcquire) => (spec, one, nowNs) => one.state === 'half-open' || tryAcquire(spec, one, nowNs),
      ),
  },
  {
    name: 'opens-too-soon',
    about: 'a breaker opens at its tenth failure, however many calls are the minimum',
    plant() {
      const failures = new WeakMap<object, number>();
      return replaceFunction(breaker, 'onFailure', (onFailure) => (spec, one, nowNs, tookNs) => {
        onFailure(spec, one, nowNs, tookNs);
        failures.set(one, (failures.get(one) ?? 0) + 1);
        if (one.state === 'closed' && failures.get(one) === 10) breaker.forceState(spec, one, 'open', nowNs);
      });
    },
  },
  {
    name: 'open-for-twice-as-long',
    about: 'a breaker stays open for twice as long as it is told',
    plant: () =>
      replaceFunction(breaker, 'onFailure', (onFailure) => (spec, one, nowNs, tookNs) => {
        const before = one.state;
        onFailure(spec, one, nowNs, tookNs);
        if (before !== 'open' && one.state === 'open') one.untilNs += breaker.waitOpenNs(spec);
      }),
  },
  {
    name: 'one-breaker-for-all',
    about: 'all callers there are have one breaker',
    plant() {
      const shared = new Map<string, unknown>();
      return replaceFunction(breaker, 'newBreaker', (newBreaker) => (spec) => {
        if (!shared.has(spec.kind)) shared.set(spec.kind, newBreaker(spec));
        return shared.get(spec.kind);
      });
    },
  },
  // ---------------------------------------------------------------- deduplication
  {
    name: 'every-fifth-forgotten',
    about: 'a memory takes every fifth id for a new one',
    plant: () =>
      replaceFunction(
        dedup,
        'checkAndMark',
        (checkAndMark) => (spec, window, nowNs, sender, number) =>
          checkAndMark(spec, window, nowNs, sender, number) || number % 5 === 0,
      ),
  },
  {
    name: 'remembered-twice',
    about: 'a memory keeps two entries for each id',
    plant: () =>
      replaceFunction(dedup, 'checkAndMark', (checkAndMark) => (spec, window, nowNs, sender, number) => {
        checkAndMark(spec, window, nowNs, sender + 1000, number);
        return checkAndMark(spec, window, nowNs, sender, number);
      }),
  },
  {
    name: 'forgotten-at-its-age',
    about: 'a memory forgets an id a nanosecond too soon, at the age that it should still know',
    plant: () =>
      replaceFunction(
        dedup,
        'checkAndMark',
        (checkAndMark) => (spec, window, nowNs, sender, number) =>
          checkAndMark({ ...spec, ttlNs: spec.ttlNs - 1 }, window, nowNs, sender, number),
      ),
  },
  {
    name: 'memory-not-on-disk',
    about: 'a crash takes the memory that was kept on disk',
    plant: () =>
      replaceMethod(
        prototypeOfKind('service'),
        'onCrash',
        (onCrash) =>
          function () {
            onCrash.call(this);
            dedup.forgetAll(this.work.memory.state);
          },
      ),
  },
  // ---------------------------------------------------------------- stores
  {
    name: 'ghost-of-a-transaction',
    about: 'a crash rolls a row back and leaves its event in the outbox',
    plant: () =>
      replaceMethod(
        StoreActor.prototype,
        'onCrash',
        (onCrash) =>
          function () {
            for (const question of this.state.places) {
              if (question === null || (question.options & WRITE_OUTBOX) === 0) continue;
              eventLog.appendEvent(this.log, this.describe(question.obl));
            }
            onCrash.call(this);
          },
      ),
  },
  {
    name: 'relay-knows-no-keys',
    about: 'a relay takes every event for one that belongs to no order',
    plant: () => replaceFunction(eventLog, 'keyOfEvent', () => () => -1),
  },
  {
    name: 'inbox-takes-all',
    about: 'a store writes a row that must be new also where it is there',
    plant: () =>
      replaceMethod(
        prototypeOfKind('store'),
        'commit',
        (commit) =>
          function (question) {
            if (question.type === INSERT && this.versionOf(question.obl) >= 0) return commit.call(this, { ...question, type: 0 });
            return commit.call(this, question);
          },
      ),
  },
  // ---------------------------------------------------------------- event streams
  {
    name: 'folded-again',
    about: 'a projection applies an event that it has applied before',
    plant: () =>
      replaceFunction(fold, 'foldEvent', (foldEvent) => (table, one, seq, event) => {
        const verdict = foldEvent(table, one, seq, event);
        return verdict === 'ignored' ? 'applied' : verdict;
      }),
  },
  {
    name: 'snapshot-lacks-one',
    about: 'a snapshot counts an event less than the view that it was made of',
    plant: () =>
      replaceFunction(view, 'copyOfView', (copyOfView) => (one) => {
        const copy = copyOfView(one) as view.View;
        copy.count--;
        return copy;
      }),
  },
  {
    name: 'appends-blindly',
    about: 'an append goes through whatever its writer expects',
    plant: () =>
      replaceFunction(fold, 'appendExpecting', (appendExpecting) => (stream, _expected, count) => {
        return appendExpecting(stream, stream.lastSeq, count);
      }),
  },
  {
    name: 'anything-may-happen',
    about: 'an event without a meaning leaves a stream where it is and is kept',
    plant: () =>
      replaceFunction(fold, 'nextState', (nextState) => (table, state, event) => {
        const next = nextState(table, state, event) as number;
        return next < 0 ? state : next;
      }),
  },
  // ---------------------------------------------------------------- lanes
  {
    name: 'lanes-by-number',
    about: 'a message goes to the lane of its number, not of its key',
    plant: () =>
      replaceMethod(
        Places.prototype,
        'laneOf',
        () =>
          function (row) {
            const { messages, obligations } = this.world;
            return messages.number[obligations.msg[row.obl] as number] % this.count;
          },
      ),
  },
  {
    name: 'lanes-for-all',
    about: 'a worker keeps to lanes without being told to',
    plant: () =>
      replaceMethod(
        Places.prototype,
        'readParams',
        (readParams) =>
          function (params) {
            readParams.call(this, { ...params, assignment: 'by-key' });
          },
      ),
  },
  // ---------------------------------------------------------------- offsets
  {
    name: 'commits-past-a-gap',
    about: 'an offset that is done commits all that were fetched when it is the last of them',
    plant: () =>
      replaceFunction(watermark, 'markDone', (markDone) => (mark, offset) => {
        const isNew = markDone(mark, offset);
        if (offset === mark.next - 1) mark.committed = mark.next;
        return isNew;
      }),
  },
  {
    name: 'goes-on-after-a-crash',
    about: 'what was done above the committed offset still counts as done after a crash',
    plant: () =>
      replaceFunction(watermark, 'rewindToCommitted', () => (mark) => {
        mark.next = mark.committed;
      }),
  },
  {
    name: 'window-by-what-is-done',
    about: 'a window counts what is fetched and not done, not what is not committed',
    plant: () =>
      replaceFunction(watermark, 'roomToFetch', () => (mark, windowMax) => {
        let open = 0;
        for (let offset = mark.committed; offset < mark.next; offset++) {
          if (((mark.done[(offset >>> 5) & (mark.done.length - 1)] >>> (offset % 32)) & 1) === 0) open++;
        }
        // So that the fetch ends at all.
        return mark.next > 100_000 ? 0 : windowMax - open;
      }),
  },
  // ---------------------------------------------------------------- fan-out, redrive
  {
    name: 'waits-for-the-slowest',
    about: 'a topic tells its listeners nothing while a queue that it feeds is behind',
    plant: () =>
      replaceMethod(
        prototypeOfKind('topic'),
        'onPublish',
        (onPublish) =>
          function (msg, slot, tag) {
            const { actors, links } = this.world;
            const all = this.subscriptions as readonly (Subscription | null)[];
            const isBehind = all.some((one) => one?.isQueue && actors[links.to[one.out] as number].state.ready > 10);
            if (isBehind) this.subscriptions = all.filter((one) => one?.isQueue);
            onPublish.call(this, msg, slot, tag);
            this.subscriptions = all;
          },
      ),
  },
  {
    name: 'redrive-leaves-one',
    about: 'a redrive of all leaves the last letter where it is',
    plant: () =>
      replaceMethod(
        prototypeOfKind('dead-letter-queue'),
        'redriveOldest',
        (redriveOldest) =>
          function (count) {
            redriveOldest.call(this, Math.min(count, this.state.count - 1));
          },
      ),
  },
  {
    name: 'redriven-in-drops',
    about: 'a dead-letter queue sends back twenty a second, however many it is told',
    plant() {
      let left = 0;
      let isDue = false;
      return replaceMethod(
        prototypeOfKind('dead-letter-queue'),
        'redriveOldest',
        (redriveOldest) =>
          function (count) {
            if (count === DROP) isDue = false;
            else left += count;
            if (isDue || left <= 0) return;
            isDue = true;
            left -= 2;
            redriveOldest.call(this, 2);
            this.world.at[0] = this.world.now[0] + 1e8;
            this.world.arm(this.ix, REDRIVE_NOW, DROP);
          },
      );
    },
  },
  // ---------------------------------------------------------------- order, age, room
  {
    name: 'never-too-old',
    about: 'a queue takes nothing for too old',
    plant: () => replaceMethod(Expiry.prototype, 'begin', () => () => {}),
  },
  // ---------------------------------------------------------------- autoscaling
  {
    name: 'idle-replicas',
    about: 'an autoscaler by lag wants more replicas than there are partitions',
    plant: () =>
      replaceFunction(
        autoscaler,
        'lagMetric',
        (lagMetric) => (spec, lags, count) => lagMetric({ ...spec, isIdleAllowed: true }, lags, count),
      ),
  },
  {
    name: 'half-of-what-waits',
    about: 'an autoscaler reckons with half of what waits',
    plant: () =>
      replaceFunction(
        autoscaler,
        'pollAutoscaler',
        (pollAutoscaler) => (spec, scaler, nowNs, metric) => pollAutoscaler(spec, scaler, nowNs, metric / 2),
      ),
  },
  {
    name: 'stuck-left-out',
    about: 'an autoscaler by lag leaves out partitions that are no shorter than at the last look',
    plant() {
      let before: readonly number[] = [];
      return replaceFunction(autoscaler, 'lagMetric', (lagMetric) => (spec, lags, count) => {
        const stuck = Uint8Array.from({ length: count }, (_, at) => (lags[at] >= (before[at] ?? Infinity) ? 1 : 0));
        before = Array.from({ length: count }, (_, at) => lags[at]);
        return lagMetric(spec, lags, count, stuck);
      });
    },
  },
  {
    name: 'stuck-counted',
    about: 'an autoscaler by lag counts partitions that are marked as stuck',
    plant: () => replaceFunction(autoscaler, 'lagMetric', (lagMetric) => (spec, lags, count) => lagMetric(spec, lags, count)),
  },
  {
    name: 'starts-at-once',
    about: 'replicas work as soon as they are wanted',
    plant: () =>
      replaceFunction(
        autoscaler,
        'pollAutoscaler',
        (pollAutoscaler) => (spec, scaler, nowNs, metric) => pollAutoscaler({ ...spec, startUpNs: 0 }, scaler, nowNs, metric),
      ),
  },
  // ---------------------------------------------------------------- rate limits
  {
    name: 'a-token-too-many',
    about: 'every twentieth time that a bucket is empty it gives a token all the same',
    plant() {
      let empty = 0;
      return replaceFunction(
        bucket,
        'takeToken',
        (takeToken) => (spec, one, nowNs) => takeToken(spec, one, nowNs) || ++empty % 20 === 0,
      );
    },
  },
];

/** As the topic has it. */
interface Subscription {
  readonly isQueue: boolean;
  readonly out: number;
}
/** Timer of a dead-letter queue, and an argument that no command has. */
const REDRIVE_NOW = 0;
const DROP = -1;

/** A fault that may be planted into a test, by its name: one of these, or of those that other checkers see as well. */
export function testMutant(name: string): Mutant {
  const found = [...TEST_MUTANTS, ...MUTANTS, ...VECTOR_MUTANTS].find((mutant) => mutant.name === name);
  if (found === undefined) throw new Error(`there is no mutant ${name}`);
  return found;
}
