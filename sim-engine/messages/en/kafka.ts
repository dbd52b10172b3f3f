// Words of a Kafka cluster, its parts and the wires of both, but for their names (`at-once.ts`); a test holds them against the
// declarations.

export const KAFKA_KIND_WORDS = {
  'kind.kafka.about':
    'A Kafka cluster of up to nine brokers and a controller. Each partition of a topic is led by one broker, and each group has one that looks after it.',
  'kind.kafka.fidelity':
    'Follows Kafka 4.4 by its own source and classes, one copy of each partition. Left out so far: replicas, transactions, share groups.',
  'gauge.consumer_lag.label': 'Consumer lag',
  'gauge.consumer_lag.help':
    'Records behind the last committed offsets of its groups. Work that is done and not committed counts as well.',
  'gauge.lag_seconds.label': 'Behind by',
  'gauge.lag_seconds.help': 'Age of the oldest record that the group has not committed, counted from when it was first sent.',
  'gauge.generation.label': 'Generation',
  'gauge.generation.help': 'Grows by one with every rebalance. What an older generation commits is refused.',
  'gauge.records.label': 'Records',
  'gauge.records.help': 'Records that can be read now, whether or not anybody has read them.',
  'gauge.log_bytes.label': 'Bytes in the log',
  'gauge.log_bytes.help': 'What all segments take up.',
  'gauge.partitions.label': 'Partitions',
  'gauge.partitions.help': 'Partitions that its brokers lead.',
  'gauge.members.label': 'Members',
  'gauge.members.help':
    'Consumers that the coordinator counts to the group now. One that died silently is among them until its session ends.',
  'gauge.appended.label': 'Written',
  'gauge.appended.help': 'Records written to the log so far.',
  'gauge.fetched.label': 'Fetched',
  'gauge.fetched.help': 'Records handed to consumers so far. What is fetched again counts again.',

  'kind.kafka-topic.about':
    'A log that is cut into partitions. Records of one key lie in one partition, in order, and stay until retention takes them, read or not.',
  'kind.kafka-topic.fidelity':
    'Offsets, segments, retention and compaction as in Kafka 4.4. Batches are not compressed and lie on one broker alone.',
  'kind.kafka-topic.port.in': 'Records that producers send',
  'kind.kafka-topic.port.out': 'Groups that read it',

  'kind.kafka-group.about':
    'Consumers that share the partitions of its topics: each partition belongs to one member. It remembers how far it has come.',
  'kind.kafka-group.fidelity':
    'The classic protocol of Kafka 4.4 with its four assignors. The newer protocol, by which the broker assigns, is left out so far.',
  'kind.kafka-group.port.in': 'Topics it reads',
  'kind.kafka-group.port.out': 'Members that read for it',
  'kind.kafka-group.port.failed': 'Topic for what they fail at',

  'wire.kafka-produce.about':
    'A producer of the Java client gathers records into batches and sends each to the broker that leads its partition, again if it must.',
  'wire.kafka-consume.about':
    'Consumers of the Java client, one for each replica of the worker: they join the group, fetch from the partitions they are given, and commit.',
  'wire.kafka-subscribe.about': 'The group reads this topic. A relation: nothing travels on it.',
  'wire.kafka-pass-on.about':
    'What a member of the group fails at it publishes to this topic, and goes on with the next record. A retry topic is read again after a while, one for dead letters by people.',
};

export const KAFKA_FIELD_WORDS: { readonly [key: string]: string } = {
  // ---- cluster
  'kafka.brokers.label': 'Brokers',
  'kafka.brokers.help': 'Brokers of the cluster. The partitions of a topic are spread over them.',
  'kafka.brokersDown.label': 'Brokers that are down',
  'kafka.brokersDown.help':
    'Numbers of the brokers that are killed, such as "1" or "2, 3". Take a number out to start its broker again.',
  'kafka.initialRebalanceDelay.label': 'First delay',
  'kafka.initialRebalanceDelay.help':
    'How long the first round of an empty group waits for more members, so that not each of them costs a round of its own.',
  'kafka.minSessionTimeout.label': 'Shortest session',
  'kafka.minSessionTimeout.help': 'A member that asks for a shorter session time-out is refused.',
  'kafka.maxSessionTimeout.label': 'Longest session',
  'kafka.maxSessionTimeout.help': 'A member that asks for a longer session time-out is refused.',
  'kafka.retentionCheck.label': 'Retention looked at every',
  'kafka.retentionCheck.help': 'How often a broker looks for segments that are old or large enough to go.',
  'kafka.offsetsRetention.label': 'Offsets kept for',
  'kafka.offsetsRetention.help': 'How long the offsets of a group without members are kept.',

  // ---- topic
  'kafka-topic.partitions.label': 'Partitions',
  'kafka-topic.partitions.help':
    'Into how many logs the topic is cut, and so how many members of a group can work at once. More may be added; keys then move.',
  'kafka-topic.cleanupPolicy.label': 'Cleanup',
  'kafka-topic.cleanupPolicy.help': 'Old records are deleted, or of each key all but the last, or both.',
  'kafka-topic.cleanupPolicy.delete': 'Delete',
  'kafka-topic.cleanupPolicy.compact': 'Compact',
  'kafka-topic.cleanupPolicy.compact-delete': 'Compact and delete',
  'kafka-topic.retentionTime.label': 'Retention',
  'kafka-topic.retentionTime.help': 'How long records are kept, read or not. It takes whole segments. 0 for ever.',
  'kafka-topic.retentionBytes.label': 'Retention by size',
  'kafka-topic.retentionBytes.help': 'How large a partition may grow before its oldest segments go. 0 without end.',
  'kafka-topic.segmentBytes.label': 'Segment size',
  'kafka-topic.segmentBytes.help': 'At this size a new segment begins. Only closed segments are deleted or compacted.',
  'kafka-topic.segmentTime.label': 'Segment age',
  'kafka-topic.segmentTime.help': 'At this age a new segment begins, as soon as another record comes.',
  'kafka-topic.maxMessageBytes.label': 'Largest batch',
  'kafka-topic.maxMessageBytes.help': 'A batch that is larger is refused.',
  'kafka-topic.minDirtyRatio.label': 'Dirty share',
  'kafka-topic.minDirtyRatio.help': 'How much of the log must be uncompacted before the cleaner begins.',
  'kafka-topic.minCompactionLag.label': 'Compacted after',
  'kafka-topic.minCompactionLag.help': 'A record stays uncompacted for at least so long.',
  'kafka-topic.maxCompactionLag.label': 'Compacted at the latest after',
  'kafka-topic.maxCompactionLag.help':
    'A record stays uncompacted for no longer, however little there is to compact. 0 without end.',
  'kafka-topic.deleteRetention.label': 'Tombstones kept for',
  'kafka-topic.deleteRetention.help': 'How long a record that deletes its key stays for readers to see.',

  // ---- producer
  'kafka-produce.acks.label': 'Acks',
  'kafka-produce.acks.help':
    'Who must have a record before the producer counts it as sent: all replicas in sync, the leader alone, or nobody.',
  'kafka-produce.acks.all': 'All',
  'kafka-produce.acks.1': 'The leader',
  'kafka-produce.acks.0': 'Nobody',
  'kafka-produce.linger.label': 'Linger',
  'kafka-produce.linger.help': 'How long a batch that is not full waits for more records.',
  'kafka-produce.batchSize.label': 'Batch size',
  'kafka-produce.batchSize.help': 'At this size a batch goes out without waiting. Each partition has batches of its own.',
  'kafka-produce.idempotence.label': 'Idempotence',
  'kafka-produce.idempotence.help':
    'Batches are numbered, so that sending again doubles nothing and breaks no order. By default it is on unless other settings forbid it.',
  'kafka-produce.idempotence.default': 'By default',
  'kafka-produce.idempotence.on': 'On',
  'kafka-produce.idempotence.off': 'Off',
  'kafka-produce.synchronous.label': 'One at a time',
  'kafka-produce.synchronous.help': 'The program waits for the answer to each record before it sends the next: send().get().',
  'kafka-produce.sendTimeout.label': 'Waits for an answer',
  'kafka-produce.sendTimeout.help':
    'One at a time: after so long the program takes the record for failed, as future.get(timeout=10) does. The producer goes on trying, so it may get there all the same.',
  'kafka-produce.maxInFlight.label': 'Requests in flight',
  'kafka-produce.maxInFlight.help':
    'How many requests may be unanswered at each broker. Above one, without idempotence, sending again may change the order.',
  'kafka-produce.retries.label': 'Retries',
  'kafka-produce.retries.help': 'How often a batch is sent again. The delivery time-out usually ends it sooner.',
  'kafka-produce.bufferMemory.label': 'Buffer',
  'kafka-produce.bufferMemory.help': 'How many bytes may wait to be sent or answered. When it is full, the sender is held back.',
  'kafka-produce.maxBlock.label': 'Held back for at most',
  'kafka-produce.maxBlock.help':
    'How long one call to send waits for room in the buffer, or for word of the topic. Then the record is given up, and the next one is tried.',
  'kafka-produce.maxRequestSize.label': 'Largest request',
  'kafka-produce.maxRequestSize.help': 'How many bytes one request takes: batches of several partitions go together.',
  'kafka-produce.requestTimeout.label': 'Request time-out',
  'kafka-produce.requestTimeout.help': 'A request without an answer for so long closes the connection and is sent again.',
  'kafka-produce.deliveryTimeout.label': 'Delivery time-out',
  'kafka-produce.deliveryTimeout.help': 'A record that has not got through after so long is given up.',
  'kafka-produce.retryBackoff.label': 'Retry after',
  'kafka-produce.retryBackoff.help': 'How long the first retry of a batch waits. Each further one waits twice as long.',
  'kafka-produce.retryBackoffMax.label': 'Retry after at most',
  'kafka-produce.retryBackoffMax.help': 'The longest wait between two tries.',
  'kafka-produce.metadataAge.label': 'Looks at the cluster every',
  'kafka-produce.metadataAge.help':
    'How old its knowledge of topics, partitions and leaders may be. Until then it knows nothing of partitions that were added.',
  'kafka-produce.adaptivePartitioning.label': 'Adaptive partitioning',
  'kafka-produce.adaptivePartitioning.help': 'Records without a key go more often to partitions whose batches wait less.',
  'kafka-produce.release.label': 'Client',
  'kafka-produce.release.help': 'Whose rules the client goes by where they differ.',
  'kafka-produce.release.4.0': 'Kafka 4.0',
  'kafka-produce.release.4.2': 'Kafka 4.2',
  'kafka-produce.release.4.4': 'Kafka 4.4',
  'kafka-produce.share.label': 'Share',
  'kafka-produce.share.help': 'How much of what goes to one wire alone goes to this one, beside the others.',

  // ---- consumer
  'kafka-consume.offsetReset.label': 'Without an offset',
  'kafka-consume.offsetReset.help':
    'Where to begin when the group has committed nothing, or the log no longer has what it committed. "Latest" passes over what is there.',
  'kafka-consume.offsetReset.latest': 'Latest',
  'kafka-consume.offsetReset.earliest': 'Earliest',
  'kafka-consume.offsetReset.none': 'Stop',
  'kafka-consume.commit.label': 'Commit',
  'kafka-consume.commit.help':
    'When the group notes how far it has come: by the clock, after the work (a crash repeats), or before it (a crash loses).',
  'kafka-consume.commit.auto': 'By the clock',
  'kafka-consume.commit.after': 'After the work',
  'kafka-consume.commit.before': 'Before the work',
  'kafka-consume.autoCommitInterval.label': 'Commit every',
  'kafka-consume.autoCommitInterval.help': 'At the first poll after so long, the positions of the last poll are committed.',
  'kafka-consume.commitEvery.label': 'Commit after',
  'kafka-consume.commitEvery.help': 'After how many finished messages it commits. 0: whenever it is through with a poll.',
  'kafka-consume.commitOnRevoke.label': 'Commit before a rebalance',
  'kafka-consume.commitOnRevoke.help':
    'The program asks to be told when it must give partitions up, and commits what it has done. Else that comes again at the next owner.',
  'kafka-consume.retryMode.label': 'A retry',
  'kafka-consume.retryMode.help':
    'What happens until a failed record is tried again: the member waits with all it has, or pauses that partition and goes on with others.',
  'kafka-consume.retryMode.wait': 'Holds up the member',
  'kafka-consume.retryMode.pause': 'Pauses its partition',
  'kafka-consume.closed.label': 'Closed',
  'kafka-consume.closed.help':
    'The members finish what they have polled, commit as they do and leave the group, as on a shutdown in good order. Off: they join again.',
  'kafka-consume.assignor.label': 'Assignor',
  'kafka-consume.assignor.help':
    'How partitions are shared out. All members must have one in common; by default the range, with cooperative sticky to change over to.',
  'kafka-consume.assignor.default': 'By default',
  'kafka-consume.assignor.range': 'Range',
  'kafka-consume.assignor.roundrobin': 'Round robin',
  'kafka-consume.assignor.sticky': 'Sticky',
  'kafka-consume.assignor.cooperative-sticky': 'Cooperative sticky',
  'kafka-consume.staticMembers.label': 'Static members',
  'kafka-consume.staticMembers.help':
    'Each member has an instance id: when it comes back within its session it gets its partitions again, without a rebalance.',
  'kafka-consume.maxPollRecords.label': 'Records of a poll',
  'kafka-consume.maxPollRecords.help': 'How many records a poll hands out at most. The next poll comes when they are done.',
  'kafka-consume.sessionTimeout.label': 'Session time-out',
  'kafka-consume.sessionTimeout.help':
    'A member that is silent for so long is taken out of the group, and the others share its partitions.',
  'kafka-consume.heartbeatInterval.label': 'Heartbeat',
  'kafka-consume.heartbeatInterval.help': 'How often a member says that it is alive, and learns of a rebalance.',
  'kafka-consume.maxPollInterval.label': 'Poll time-out',
  'kafka-consume.maxPollInterval.help': 'A member that works longer on one poll leaves the group, although it is alive.',
  'kafka-consume.metadataAge.label': 'Looks at the cluster every',
  'kafka-consume.metadataAge.help':
    'How old its knowledge of topics, partitions and leaders may be. Until then nobody reads partitions that were added.',
  'kafka-consume.isolation.label': 'Isolation',
  'kafka-consume.isolation.help': 'Whether records of transactions that are open are read.',
  'kafka-consume.isolation.read_uncommitted': 'Read uncommitted',
  'kafka-consume.isolation.read_committed': 'Read committed',
  'kafka-consume.fetchMinBytes.label': 'Fetch at least',
  'kafka-consume.fetchMinBytes.help': 'A broker answers a fetch when it has so much, or when the wait is over.',
  'kafka-consume.fetchMaxWait.label': 'Fetch waits',
  'kafka-consume.fetchMaxWait.help': 'How long a broker lets a fetch wait for records.',
  'kafka-consume.fetchMaxBytes.label': 'Fetch at most',
  'kafka-consume.fetchMaxBytes.help': 'How much one fetch brings from a broker; one batch at least.',
  'kafka-consume.maxPartitionFetchBytes.label': 'Of a partition at most',
  'kafka-consume.maxPartitionFetchBytes.help': 'How much one fetch brings from one partition; one batch at least.',

  // ---- group
  'kafka-group.rewind.label': 'Set back by',
  'kafka-group.rewind.help':
    'Whenever this is set while nobody is in the group, its offsets go back to what was written so long ago, and all of that is read again.',

  // ---- what is passed on
  'kafka-pass-on.as.label': 'For',
  'kafka-pass-on.as.help':
    'A retry: read again after a while. Dead letters: what has been given up. Without a topic for those, the retry topic takes them too.',
  'kafka-pass-on.as.retry': 'Retry',
  'kafka-pass-on.as.dead-letter': 'Dead letters',
  'kafka-pass-on.delay.label': 'Not before',
  'kafka-pass-on.delay.help':
    'How long after its failure a record is due again. Whoever reads the topic pauses until then: what lies behind it waits too.',
};
