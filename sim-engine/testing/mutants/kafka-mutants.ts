// THE list of small faults of Kafka's brokers and clients that a test by name must see, one for each law of docs/semantics/kafka.md that is
// built. `npm run mutants` plants each into its test; invariants/kafka.ts says which belongs to which.

import * as backoff from '../../nodes/kafka/client-backoff.ts';
import * as compaction from '../../nodes/kafka/compaction.ts';
import * as member from '../../nodes/kafka/consumer-member.ts';
import { ConsumerMembership } from '../../nodes/kafka/consumer-membership.ts';
import { PollLoop } from '../../nodes/kafka/consumer-poll-loop.ts';
import type { Group } from '../../nodes/kafka/group.ts';
import { GroupCoordinator } from '../../nodes/kafka/group-coordinator.ts';
import * as segments from '../../nodes/kafka/log-segment.ts';
import * as log from '../../nodes/kafka/partition-log.ts';
import * as partitioner from '../../nodes/kafka/partitioner.ts';
import * as producers from '../../nodes/kafka/producer-state.ts';
import type { Mutant } from './mutants.ts';
import { type Heal, prototypeOfPublisher, replaceFunction, replaceMethod } from './planting.ts';

// biome-ignore lint/suspicious/noExplicitAny: a method replaced by name has no type to hold on to
type Any = any;

const producer = (name: string, make: (original: Any) => Any): Heal =>
  replaceMethod(prototypeOfPublisher('kafka-topic', 'kafka-produce'), name, make);
const coordinator = (name: string, make: (original: Any) => Any): Heal => replaceMethod(GroupCoordinator.prototype, name, make);

/** Two faults that only together do something. */
function both(first: Heal, second: Heal): Heal {
  return () => {
    second();
    first();
  };
}

export const KAFKA_MUTANTS: readonly Mutant[] = [
  // ---------------------------------------------------------------- the log
  {
    name: 'offset-given-twice',
    about: 'every seventh record is written at the offset of the one before it',
    plant: () =>
      replaceFunction(segments, 'putRecord', (putRecord) => (segment, offset, key, item, flags) => {
        putRecord(segment, offset % 7 === 6 ? offset - 1 : offset, key, item, flags);
      }),
  },
  {
    name: 'watermark-falls',
    about: 'now and then the high watermark falls back by three',
    plant: () =>
      replaceFunction(log, 'raiseHighWatermark', (raiseHighWatermark) => (one, offset) => {
        raiseHighWatermark(one, offset);
        if (one.highWatermark % 5 === 4) one.highWatermark -= 3;
      }),
  },
  {
    name: 'reads-to-the-end',
    about: 'the high watermark trails by a record, and a fetch gets all there is',
    plant: () =>
      both(
        replaceFunction(log, 'raiseHighWatermark', (raiseHighWatermark) => (one, offset) => raiseHighWatermark(one, offset - 1)),
        replaceFunction(
          log,
          'readLog',
          (readLog) =>
            (one, offset, _limit, ...rest) =>
              readLog(one, offset, one.logEnd, ...rest),
        ),
      ),
  },
  {
    name: 'newest-record-again',
    about: 'retention begins a log a record before the first segment that is left',
    plant: () =>
      replaceFunction(log, 'applyRetention', (applyRetention) => (one, settings, nowNs) => {
        const gone = applyRetention(one, settings, nowNs) as readonly unknown[];
        if (gone.length > 0) one.logStart--;
        return gone;
      }),
  },
  {
    name: 'one-too-many-cleaned',
    about: 'the cleaner takes the last record of the first segment too',
    plant: () =>
      replaceFunction(compaction, 'compact', (compact) => (one, settings, nowNs) => {
        const gone = compact(one, settings, nowNs) as number[];
        const [first] = one.segments as readonly segments.Segment[];
        if (gone.length > 0 && first !== undefined && first.recordCount > 0) gone.push(first.item[--first.recordCount] as number);
        return gone;
      }),
  },
  // ---------------------------------------------------------------- producers
  {
    name: 'key-by-remainder',
    about: 'a key goes to the partition of its own remainder',
    plant: () => replaceFunction(partitioner, 'partitionOfNumber', () => (key, count) => key % count),
  },
  {
    name: 'sticks-half-as-long',
    about: 'a producer leaves its partition after half a batch',
    plant: () =>
      replaceFunction(
        partitioner,
        'noteAppended',
        (noteAppended) => (state, bytes, batchBytes) => noteAppended(state, bytes, batchBytes / 2, true),
      ),
  },
  {
    name: 'duplicates-unknown',
    about: 'a log knows no batch that was sent again',
    plant: () =>
      both(
        replaceFunction(producers, 'duplicateBase', () => () => -1),
        replaceFunction(producers, 'batchError', () => () => null),
      ),
  },
  {
    name: 'newest-batch-first',
    about: 'of the batches that wait for a partition the newest goes first',
    plant: () =>
      producer(
        'readyFor',
        (readyFor) =>
          function (this: Any, door: number) {
            const turn = (): void => {
              for (const queue of this.state.queues.values()) queue.reverse();
            };
            turn();
            const ready = readyFor.call(this, door);
            turn();
            return ready;
          },
      ),
  },
  {
    name: 'delivers-for-ever',
    about: 'a producer gives no batch up',
    plant: () => producer('expire', () => () => {}),
  },
  {
    name: 'buffer-without-end',
    about: 'a producer always finds room in its buffer',
    plant: () => producer('hasRoom', () => () => true),
  },
  {
    name: 'one-more-under-way',
    about: 'a producer has one request more under way than it may',
    plant: () =>
      producer(
        'underWay',
        (underWay) =>
          function (this: Any, door: number) {
            return underWay.call(this, door) - 1;
          },
      ),
  },
  {
    name: 'waits-twice-as-long',
    about: 'a client waits twice as long as its back-off says',
    plant: () =>
      replaceFunction(
        backoff,
        'clientBackoffMs',
        (clientBackoffMs) => (spec, failures, u) => 2 * (clientBackoffMs(spec, failures, u) as number),
      ),
  },
  // ---------------------------------------------------------------- groups
  {
    name: 'first-one-left-out',
    about: 'a member does not take the first partition that it is given, if it has others',
    plant: () =>
      replaceMethod(
        ConsumerMembership.prototype,
        'onSynced',
        (onSynced) =>
          function (this: Any, one, error, assignment: readonly unknown[]) {
            onSynced.call(this, one, error, assignment.length > 1 ? assignment.slice(1) : assignment);
          },
      ),
  },
  {
    name: 'old-generation-commits',
    about: 'a commit counts whatever its generation is',
    plant: () =>
      coordinator(
        'commit',
        (commit) =>
          function (this: Any, group: Any, id: Any, instance: Any, generation: Any, offsets: Any, nowNs: Any) {
            const known: Group | undefined = this.state.groups.get(group);
            return commit.call(this, group, id, instance, generation < 0 ? generation : known?.generation, offsets, nowNs);
          },
      ),
  },
  {
    name: 'keeps-while-joining',
    about: 'an eager member gives nothing up before it joins',
    plant: () =>
      replaceMethod(
        ConsumerMembership.prototype,
        'rejoin',
        () =>
          function (this: Any, one) {
            this.join(one);
          },
      ),
  },
  {
    name: 'half-a-session',
    about: 'a heartbeat keeps a member for half of its session',
    plant: () =>
      coordinator(
        'heartbeat',
        (heartbeat) =>
          function (this: Any, group: Any, id: Any, instance: Any, generation: Any, nowNs: Any) {
            const error = heartbeat.call(this, group, id, instance, generation, nowNs);
            const one = (this.state.groups.get(group) as Group | undefined)?.members.get(id);
            if (one !== undefined && one.dueNs > nowNs) one.dueNs -= one.sessionTimeoutNs / 2;
            return error;
          },
      ),
  },
  {
    name: 'polls-by-heartbeat',
    about: 'a heartbeat counts as a poll',
    plant: () =>
      replaceMethod(
        ConsumerMembership.prototype,
        'onBeat',
        (onBeat) =>
          function (this: Any, one) {
            const before = one.lastPollNs;
            one.lastPollNs = this.core.nowNs;
            onBeat.call(this, one);
            one.lastPollNs = before;
          },
      ),
  },
  {
    name: 'waits-for-the-last',
    about: 'a round waits twice as long as the slowest member may take',
    plant: () =>
      coordinator(
        'awaitJoins',
        (awaitJoins) =>
          function (this: Any, group: Group, nowNs: number) {
            awaitJoins.call(this, group, nowNs);
            if (group.join !== null) group.join.dueNs += group.join.dueNs - nowNs;
          },
      ),
  },
  {
    name: 'commits-what-is-polled',
    about: 'a commit after the work says how far the polls are, done or not',
    plant: () => replaceFunction(member, 'nextOffsets', () => (owned) => member.positionsOf(owned)),
  },
  {
    name: 'position-one-too-far',
    about: 'a poll moves the position one past what it returns',
    plant: () =>
      replaceFunction(member, 'takePolled', (takePolled) => (one, max, nowNs) => {
        const polled = takePolled(one, max, nowNs) as readonly member.Rec[];
        for (const { partition } of polled) one.owned.get(partition).position++;
        return polled;
      }),
  },
  {
    name: 'all-at-once',
    about: 'a member hands out all that it has polled, whatever its host has places for',
    plant: () =>
      replaceMethod(
        PollLoop.prototype,
        'handOut',
        () =>
          function (this: Any, one) {
            if (one.committing !== 0) return;
            while (one.polled.length > 0) this.give(one, one.polled.shift());
          },
      ),
  },
  // ---------------------------------------------------------------- retry topics
  {
    name: 'due-or-not',
    about: 'a record of a retry topic is read as soon as it is there',
    plant: () =>
      replaceFunction(member, 'takePolled', (takePolled) => (one, max) => takePolled(one, max, Number.POSITIVE_INFINITY)),
  },
];
