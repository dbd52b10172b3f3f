// What clients and brokers of a Kafka cluster say to each other: requests and responses, as the content of REQUEST and RESPONSE packets.
// Records travel apart from them, since the books know each by itself: those of a produce request go before it as PUBLISH packets, those
// of a fetch response before that as DELIVER packets, in the order in which it counts them. Plain data.

import type { TopicPartition } from './assignors/assignment.ts';
import type { Subscription } from './group.ts';
import type { GroupError, JoinAnswer } from './group-coordinator.ts';
import type { LogMarks } from './offsets.ts';
import type { AppendError } from './partition-log.ts';

/** Every request has a number of its client's; its response has the same. */
interface Numbered {
  readonly id: number;
}

/** Leaders of the partitions of each topic, by number of the broker from 0; -1 = there is none. */
export interface ClusterMetadata {
  readonly leaders: ReadonlyMap<string, readonly number[]>;
  /** What each group reads. */
  readonly subscriptions: ReadonlyMap<string, readonly string[]>;
  /** Where the members of each group publish what they fail at. No broker of Kafka knows that; here it comes by the same way. */
  readonly passOns: ReadonlyMap<string, PassOns>;
}

/** The topic for what is to be tried again, after so long, and the one for what was given up; null = there is none. */
export interface PassOns {
  readonly retry: { readonly topic: string; readonly delayNs: number } | null;
  readonly dead: string | null;
}

/** What a produce request says of records that their group has failed at: the headers of each. */
export interface PassedOn {
  readonly isRetry: boolean;
  /** Before this nobody tries it again, ns: by record, in their order. */
  readonly dueNs: readonly number[];
}

export interface ProduceBatch {
  readonly partition: number;
  readonly recordCount: number;
  readonly sizeBytes: number;
  readonly timestampNs: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly baseSequence: number;
}

export interface PartitionOffset extends TopicPartition {
  readonly offset: number;
}

export type Request = Numbered &
  (
    | { readonly api: 'metadata' }
    | { readonly api: 'init-producer-id' }
    | {
        readonly api: 'produce';
        readonly acks: number;
        readonly topic: string;
        readonly batches: readonly ProduceBatch[];
        /** Present: the records came as obligations, which go over to whoever reads the topic. */
        readonly passedOn?: PassedOn;
      }
    | {
        readonly api: 'fetch';
        readonly group: string;
        /** Of the broker's fetch session (KIP-227); with epoch 0 it is closed, if there is one, and a new one begun. */
        readonly session: number;
        readonly epoch: number;
        /** Of a new session all that is wanted; else only those of which the client now wants something else. */
        readonly partitions: readonly PartitionOffset[];
        /** Those that are wanted no more. */
        readonly forgotten: readonly TopicPartition[];
        readonly bytesMin: number;
        readonly bytesMax: number;
        readonly partitionBytesMax: number;
        readonly waitNs: number;
        readonly isCommittedOnly: boolean;
      }
    | { readonly api: 'list-offsets'; readonly partitions: readonly TopicPartition[] }
    | {
        readonly api: 'join';
        readonly group: string;
        readonly member: string;
        readonly clientId: string;
        readonly instanceId: string;
        readonly sessionTimeoutNs: number;
        readonly rebalanceTimeoutNs: number;
        readonly protocols: readonly string[];
        readonly subscription: Subscription;
      }
    | {
        readonly api: 'sync';
        readonly group: string;
        readonly member: string;
        readonly instanceId: string;
        readonly generation: number;
        readonly assignment: ReadonlyMap<string, readonly TopicPartition[]>;
      }
    | {
        readonly api: 'heartbeat';
        readonly group: string;
        readonly member: string;
        readonly instanceId: string;
        readonly generation: number;
      }
    | { readonly api: 'leave'; readonly group: string; readonly member: string; readonly instanceId: string }
    | {
        readonly api: 'commit';
        readonly group: string;
        readonly member: string;
        readonly instanceId: string;
        readonly generation: number;
        readonly offsets: readonly PartitionOffset[];
      }
    | { readonly api: 'committed'; readonly group: string; readonly partitions: readonly TopicPartition[] }
  );

/** The broker asked does not lead the partition, or has never heard of it. */
export type LeaderError = 'NotLeader' | 'UnknownTopicOrPartition';

export interface FetchedPartition extends PartitionOffset {
  readonly error: LeaderError | 'OffsetOutOfRange' | null;
  readonly marks: LogMarks;
  /** Offsets of the records, from the one asked for on, that came before this response, in their order. */
  readonly offsets: readonly number[];
  /** Before when each is not to be tried, ns, where the topic has records that say so. */
  readonly dueNs?: readonly number[];
  /** Where the next fetch goes on. */
  readonly nextOffset: number;
}

/** What became of one batch. */
export interface ProduceResult {
  readonly partition: number;
  readonly error: AppendError | LeaderError | null;
}

export type Response = Numbered &
  (
    | { readonly api: 'metadata'; readonly metadata: ClusterMetadata }
    | { readonly api: 'init-producer-id'; readonly producerId: number }
    | {
        readonly api: 'produce';
        readonly results: readonly ProduceResult[];
      }
    | {
        readonly api: 'fetch';
        /** Session that goes on with the next fetch; 0 = the broker knows none such, and the next fetch begins a new one. */
        readonly session: number;
        readonly partitions: readonly FetchedPartition[];
      }
    | {
        readonly api: 'list-offsets';
        readonly partitions: readonly (TopicPartition & { readonly error: LeaderError | null; readonly marks: LogMarks })[];
      }
    | ({ readonly api: 'join' } & JoinAnswer)
    | { readonly api: 'sync'; readonly error: GroupError; readonly assignment: readonly TopicPartition[] }
    | { readonly api: 'heartbeat' | 'leave' | 'commit'; readonly error: GroupError }
    | { readonly api: 'committed'; readonly offsets: readonly PartitionOffset[] }
  );

/** Between the controller and the brokers, on the inside. */
export type InsideWord =
  /** What there is now, and who leads it. */
  | { readonly word: 'metadata'; readonly metadata: ClusterMetadata }
  /** A group has committed so far: the books let go of what lies below. */
  | { readonly word: 'committed'; readonly group: string; readonly offsets: readonly PartitionOffset[] }
  /** The offsets of a group are to be set to these, if nobody is in it. */
  | { readonly word: 'set-offsets'; readonly group: string; readonly offsets: readonly PartitionOffset[] }
  /** The sender was dead, and has not heard what it was told since. */
  | { readonly word: 'back' };
