// The default of every setting of a Kafka that the model or its forms name, by the scope it is set in and by its own key. Fields of the
// drawing take theirs from here. Source: the `ConfigDef`s of the classes named below; vectors/kafka/defaults.json. Times in ms unless
// the key says otherwise.

import { isSince, type Release } from './release.ts';

export type DefaultValue = null | boolean | number | string | readonly string[];
export type Scope = 'producer' | 'consumer' | 'topic' | 'broker' | 'controller' | 'group-coordinator' | 'share-group';

/** A default that a release changed. */
class Changed {
  readonly before: DefaultValue;
  readonly since: Release;
  readonly value: DefaultValue;
  constructor(before: DefaultValue, since: Release, value: DefaultValue) {
    this.before = before;
    this.since = since;
    this.value = value;
  }
}

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const INT_MAX = 2147483647;
/** The largest `long` of Java, as near as a number comes to it. */
const LONG_MAX = 9_223_372_036_854_776_000;

/** What every client has: `CommonClientConfigs`. */
const CLIENT = {
  'client.id': '',
  'client.dns.lookup': 'use_all_dns_ips',
  'metadata.max.age.ms': 5 * MINUTE,
  // KIP-1102.
  'metadata.recovery.strategy': new Changed('none', '4.0', 'rebootstrap'),
  'send.buffer.bytes': 128 * KIB,
  'reconnect.backoff.ms': 50,
  'reconnect.backoff.max.ms': SECOND,
  'retry.backoff.ms': 100,
  'retry.backoff.max.ms': SECOND,
  'request.timeout.ms': 30 * SECOND,
  'connections.max.idle.ms': 9 * MINUTE,
  'socket.connection.setup.timeout.ms': 10 * SECOND,
  'socket.connection.setup.timeout.max.ms': 30 * SECOND,
  'enable.metrics.push': true,
};

const DEFAULTS: Readonly<Record<Scope, Readonly<Record<string, DefaultValue | Changed>>>> = {
  // `ProducerConfig`. What changed since 3.9 is of KIP-1030.
  producer: {
    ...CLIENT,
    acks: 'all',
    'batch.size': 16 * KIB,
    'buffer.memory': 32 * MIB,
    'compression.gzip.level': -1,
    'compression.lz4.level': 9,
    'compression.zstd.level': 3,
    'compression.type': 'none',
    'delivery.timeout.ms': 2 * MINUTE,
    'enable.idempotence': true,
    'linger.ms': new Changed(0, '4.0', 5),
    'max.block.ms': MINUTE,
    'max.in.flight.requests.per.connection': 5,
    'max.request.size': MIB,
    'metadata.max.idle.ms': 5 * MINUTE,
    'partitioner.adaptive.partitioning.enable': true,
    'partitioner.availability.timeout.ms': 0,
    'partitioner.class': null,
    'partitioner.ignore.keys': false,
    'receive.buffer.bytes': 32 * KIB,
    retries: INT_MAX,
    'transaction.timeout.ms': MINUTE,
    'transactional.id': null,
  },
  // `ConsumerConfig`.
  consumer: {
    ...CLIENT,
    'allow.auto.create.topics': true,
    'auto.commit.interval.ms': 5 * SECOND,
    'auto.offset.reset': 'latest',
    'check.crcs': true,
    'client.rack': '',
    'default.api.timeout.ms': MINUTE,
    'enable.auto.commit': true,
    'exclude.internal.topics': true,
    'fetch.max.bytes': 50 * MIB,
    'fetch.max.wait.ms': 500,
    'fetch.min.bytes': 1,
    'group.id': null,
    'group.instance.id': null,
    'group.protocol': 'classic',
    'group.remote.assignor': null,
    'heartbeat.interval.ms': 3 * SECOND,
    'isolation.level': 'read_uncommitted',
    'max.partition.fetch.bytes': MIB,
    'max.poll.interval.ms': 5 * MINUTE,
    'max.poll.records': 500,
    'partition.assignment.strategy': ['RangeAssignor', 'CooperativeStickyAssignor'],
    'receive.buffer.bytes': 64 * KIB,
    'session.timeout.ms': 45 * SECOND,
  },
  // `LogConfig`.
  topic: {
    'cleanup.policy': ['delete'],
    'compression.gzip.level': -1,
    'compression.lz4.level': 9,
    'compression.zstd.level': 3,
    'compression.type': 'producer',
    'delete.retention.ms': DAY,
    'file.delete.delay.ms': MINUTE,
    'flush.messages': LONG_MAX,
    'flush.ms': LONG_MAX,
    'follower.replication.throttled.replicas': [],
    'leader.replication.throttled.replicas': [],
    'index.interval.bytes': 4096,
    'max.compaction.lag.ms': LONG_MAX,
    // A batch of 1 MiB and the offset and length in front of it.
    'max.message.bytes': MIB + 12,
    'message.timestamp.after.max.ms': new Changed(LONG_MAX, '4.0', HOUR),
    'message.timestamp.before.max.ms': LONG_MAX,
    'message.timestamp.type': 'CreateTime',
    'min.cleanable.dirty.ratio': 0.5,
    'min.compaction.lag.ms': 0,
    'min.insync.replicas': 1,
    preallocate: false,
    'remote.storage.enable': false,
    'remote.log.copy.disable': false,
    'remote.log.delete.on.disable': false,
    'local.retention.bytes': -2,
    'local.retention.ms': -2,
    'retention.bytes': -1,
    'retention.ms': 7 * DAY,
    'segment.bytes': 1024 * MIB,
    'segment.index.bytes': 10 * MIB,
    'segment.jitter.ms': 0,
    'segment.ms': 7 * DAY,
    'unclean.leader.election.enable': false,
  },
  // `ReplicationConfigs`, `KRaftConfigs`, `ServerLogConfigs`, `CleanerConfig`, `TransactionLogConfig`, `TransactionStateManagerConfig`.
  broker: {
    'auto.create.topics.enable': true,
    'auto.leader.rebalance.enable': true,
    'broker.heartbeat.interval.ms': 2 * SECOND,
    'broker.session.timeout.ms': 9 * SECOND,
    'controller.socket.timeout.ms': 30 * SECOND,
    'default.replication.factor': 1,
    'eligible.leader.replicas.enable': new Changed(false, '4.2', true),
    'fetch.purgatory.purge.interval.requests': 1000,
    'producer.purgatory.purge.interval.requests': 1000,
    'delete.records.purgatory.purge.interval.requests': 1,
    'initial.broker.registration.timeout.ms': MINUTE,
    'leader.imbalance.check.interval.seconds': 300,
    'leader.imbalance.per.broker.percentage': 10,
    'log.cleaner.backoff.ms': 15 * SECOND,
    'log.cleaner.delete.retention.ms': DAY,
    'log.cleaner.enable': true,
    'log.cleaner.min.cleanable.ratio': 0.5,
    'log.cleaner.threads': 1,
    'log.cleanup.policy': ['delete'],
    'log.dir.failure.timeout.ms': 30 * SECOND,
    'log.flush.interval.messages': LONG_MAX,
    'log.flush.offset.checkpoint.interval.ms': MINUTE,
    'log.flush.start.offset.checkpoint.interval.ms': MINUTE,
    'log.flush.scheduler.interval.ms': LONG_MAX,
    'log.index.interval.bytes': 4096,
    'log.index.size.max.bytes': 10 * MIB,
    'log.initial.task.delay.ms': 30 * SECOND,
    'log.message.timestamp.after.max.ms': new Changed(LONG_MAX, '4.0', HOUR),
    'log.message.timestamp.before.max.ms': LONG_MAX,
    'log.message.timestamp.type': 'CreateTime',
    'log.preallocate': false,
    'log.retention.bytes': -1,
    'log.retention.check.interval.ms': 5 * MINUTE,
    'log.retention.hours': 168,
    'log.roll.hours': 168,
    'log.segment.bytes': 1024 * MIB,
    'log.segment.delete.delay.ms': MINUTE,
    'metadata.log.segment.bytes': 1024 * MIB,
    'metadata.log.segment.ms': 7 * DAY,
    'metadata.max.idle.interval.ms': 500,
    'metadata.log.max.snapshot.interval.ms': HOUR,
    'metadata.max.retention.bytes': 100 * MIB,
    'metadata.max.retention.ms': 7 * DAY,
    'min.insync.replicas': 1,
    'num.partitions': 1,
    'num.recovery.threads.per.data.dir': new Changed(1, '4.0', 2),
    'num.replica.fetchers': 1,
    'producer.id.expiration.check.interval.ms': 10 * MINUTE,
    'producer.id.expiration.ms': DAY,
    'replica.fetch.backoff.ms': SECOND,
    'replica.fetch.max.bytes': MIB,
    'replica.fetch.min.bytes': 1,
    'replica.fetch.response.max.bytes': 10 * MIB,
    'replica.fetch.wait.max.ms': 500,
    'replica.high.watermark.checkpoint.interval.ms': 5 * SECOND,
    'replica.lag.time.max.ms': 30 * SECOND,
    'replica.selector.class': null,
    'replica.socket.receive.buffer.bytes': 64 * KIB,
    'replica.socket.timeout.ms': 30 * SECOND,
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': 10 * SECOND,
    'transaction.max.timeout.ms': 15 * MINUTE,
    'transaction.partition.verification.enable': true,
    'transaction.remove.expired.transaction.cleanup.interval.ms': HOUR,
    'transaction.state.log.load.buffer.size': 5 * MIB,
    'transaction.state.log.min.isr': 2,
    'transaction.state.log.num.partitions': 50,
    'transaction.state.log.replication.factor': 3,
    'transaction.state.log.segment.bytes': 100 * MIB,
    'transactional.id.expiration.ms': 7 * DAY,
    'unclean.leader.election.enable': false,
    'unclean.leader.election.interval.ms': 5 * MINUTE,
  },
  // `QuorumConfig`.
  controller: {
    'controller.quorum.append.linger.ms': 25,
    'controller.quorum.election.backoff.max.ms': SECOND,
    'controller.quorum.election.timeout.ms': SECOND,
    'controller.quorum.fetch.timeout.ms': 2 * SECOND,
    'controller.quorum.request.timeout.ms': 2 * SECOND,
    'controller.quorum.retry.backoff.ms': 20,
  },
  // `GroupCoordinatorConfig`.
  'group-coordinator': {
    'group.consumer.heartbeat.interval.ms': 5 * SECOND,
    'group.consumer.max.heartbeat.interval.ms': 15 * SECOND,
    'group.consumer.max.session.timeout.ms': MINUTE,
    'group.consumer.max.size': INT_MAX,
    'group.consumer.migration.policy': 'bidirectional',
    'group.consumer.min.heartbeat.interval.ms': 5 * SECOND,
    'group.consumer.min.session.timeout.ms': 45 * SECOND,
    'group.consumer.session.timeout.ms': 45 * SECOND,
    'group.coordinator.append.linger.ms': 10,
    'group.initial.rebalance.delay.ms': 3 * SECOND,
    'group.max.session.timeout.ms': 30 * MINUTE,
    'group.max.size': INT_MAX,
    'group.min.session.timeout.ms': 6 * SECOND,
    'group.share.heartbeat.interval.ms': 5 * SECOND,
    'group.share.max.heartbeat.interval.ms': 15 * SECOND,
    'group.share.max.session.timeout.ms': MINUTE,
    'group.share.max.size': 200,
    'group.share.min.heartbeat.interval.ms': 5 * SECOND,
    'group.share.min.session.timeout.ms': 45 * SECOND,
    'group.share.session.timeout.ms': 45 * SECOND,
    'offset.metadata.max.bytes': 4096,
    'offsets.commit.timeout.ms': 5 * SECOND,
    'offsets.load.buffer.size': 5 * MIB,
    'offsets.retention.check.interval.ms': 10 * MINUTE,
    'offsets.retention.minutes': 10080,
    'offsets.topic.num.partitions': 50,
    'offsets.topic.replication.factor': 3,
    'offsets.topic.segment.bytes': 100 * MIB,
  },
  // `ShareGroupConfig`, as of 4.0.
  'share-group': {
    'group.share.delivery.count.limit': 5,
    'group.share.enable': false,
    'group.share.max.groups': 10,
    'group.share.max.record.lock.duration.ms': MINUTE,
    'group.share.min.record.lock.duration.ms': 15 * SECOND,
    'group.share.partition.max.record.locks': 200,
    'group.share.record.lock.duration.ms': 30 * SECOND,
    'share.fetch.max.fetch.records': INT_MAX,
    'share.fetch.purgatory.purge.interval.requests': 1000,
  },
};

/** The default of a setting in a release; undefined where the setting is not known. */
export function defaultOf(scope: string, config: string, release: Release): DefaultValue | undefined {
  if (!Object.hasOwn(DEFAULTS, scope)) return undefined;
  const of = DEFAULTS[scope as Scope];
  if (!Object.hasOwn(of, config)) return undefined;
  const found = of[config];
  return found instanceof Changed ? (isSince(release, found.since) ? found.value : found.before) : found;
}
