// What a broker of a cluster keeps, as plain data, and what its parts share of it: those that keep the partitions it leads, answer fetches and
// coordinate groups know of each other only through the broker.

import type { ActorIx, LinkIx } from '../../kernel/ids.ts';
import { type NumberMap, newNumberMap } from '../../kernel/number-map.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import type { Connection } from '../node-kind.ts';
import { type DeadlineState, newDeadlineState } from './deadlines.ts';
import type { CoordinatorState } from './group-coordinator.ts';
import type { GroupShare } from './group-share.ts';
import type { LogSettings } from './log-settings.ts';
import type { PartitionLog } from './partition-log.ts';
import type { ClusterMetadata, PartitionOffset, Request, Response } from './protocol.ts';

/** Timers of a broker. */
export const FETCH_DUE = 0;
export const GROUPS_DUE = 1;
export const RETENTION_DUE = 2;
export const CLEANING_DUE = 3;

/** A partition that the broker leads. */
export interface Partition {
  readonly topic: string;
  readonly partition: number;
  readonly log: PartitionLog;
  /** Records written so far. */
  appended: number;
  /** By group. */
  readonly shares: Map<string, GroupShare>;
  /** What rests here because no group reads the topic; null = nothing ever did. */
  kept: GroupShare | null;
  /** By offset: before when a record is not to be tried again, ns. */
  readonly dueNs: Map<number, number>;
  /** Sessions that want what comes here: number of the session and place in it, one pair after the other. */
  readonly readers: number[];
}

export type FetchRequest = Extract<Request, { readonly api: 'fetch' }>;

/** A partition that a fetch session wants. */
export interface SessionPartition {
  readonly topic: string;
  readonly partition: number;
  /** Where the client wants to go on. */
  offset: number;
  /** It was answered, and the client has not said yet where it goes on; or it is wanted no more. */
  isResting: boolean;
  /** It stands among those that have something. */
  isReady: boolean;
}

/** What a broker remembers of the fetches of one member, so that they name only what has changed (KIP-227). */
export interface FetchSession {
  readonly id: number;
  readonly slot: number;
  readonly group: string;
  epoch: number;
  /** The last request. */
  request: FetchRequest;
  /** Places do not change; those of partitions that were forgotten are used again. */
  readonly entries: SessionPartition[];
  readonly free: number[];
  /** Places of those that may have something, in the order in which it came. */
  ready: number[];
  /** What was asked for and is not here. */
  wrong: PartitionOffset[];
  /** Number of its parked fetch; 0 = none. */
  parked: number;
}

export interface BrokerState {
  /** By name. */
  readonly partitions: Map<string, Partition>;
  metadata: ClusterMetadata | null;
  /** Requests that came before the controller had said anything. */
  early: { readonly slot: number; readonly request: Request }[];
  /** By slot: records that have arrived and whose request has not. */
  readonly arrived: Map<number, number[]>;
  /** By slot: the same of obligations that are handed over. */
  readonly arrivedOwed: Map<number, number[]>;
  readonly sessions: NumberMap<FetchSession>;
  sessionCount: number;
  /** By number of a parked fetch: its session. */
  readonly fetches: NumberMap<number>;
  fetchCount: number;
  fetchDeadlines: DeadlineState;
  /** Parked joins and syncs, by number: whom to answer. */
  readonly requests: Map<number, { readonly slot: number; readonly id: number }>;
  requestCount: number;
  coordinator: CoordinatorState;
  /** By group and partition: the offset that its leader was told. */
  readonly told: Map<string, Map<string, number>>;
  /** For when the groups' timer is set, ns, in a cell; infinity = it is not. */
  readonly groupsDueNs: Float64Array;
  groupTimers: number;
  /** By group: how far back its offsets were last to be set, ns. */
  readonly rewinds: Map<string, number>;
  producerIds: number;
  appended: number;
  fetched: number;
  /** Number of the timer that is set for the next look at retention. */
  retentionTimers: number;
  isCleaning: boolean;
}

export const newBrokerState = (): BrokerState => ({
  partitions: new Map(),
  metadata: null,
  early: [],
  arrived: new Map(),
  arrivedOwed: new Map(),
  sessions: newNumberMap(),
  sessionCount: 0,
  fetches: newNumberMap(),
  fetchCount: 0,
  fetchDeadlines: newDeadlineState(),
  requests: new Map(),
  requestCount: 0,
  coordinator: { groups: new Map(), ids: 0 },
  told: new Map(),
  groupsDueNs: new Float64Array([Number.POSITIVE_INFINITY]),
  groupTimers: 0,
  rewinds: new Map(),
  producerIds: 0,
  appended: 0,
  fetched: 0,
  retentionTimers: 0,
  isCleaning: false,
});

/** The broker as its parts see it. */
export interface BrokerCore {
  readonly ix: ActorIx;
  readonly world: World;
  /** Where in the books it is. */
  readonly place: number;
  /** From 0. */
  readonly number: number;
  readonly state: BrokerState;
  /** By slot. */
  readonly connections: readonly (Connection | null)[];
  /** By number: the way to the other brokers; null where there is none. */
  readonly peers: readonly (LinkIx | null)[];
  /** Of the cluster. */
  readonly params: Params;
  /** By topic. */
  readonly settings: ReadonlyMap<string, LogSettings>;
  respond(slot: number, response: Response): void;
}
