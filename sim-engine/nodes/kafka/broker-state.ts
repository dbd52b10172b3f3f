// What a broker of a cluster keeps, as plain data, and what its parts share of it: those that keep the partitions it leads, answer fetches and
// coordinate groups know of each other only through the broker.

import type { ActorIx, LinkIx } from '../../kernel/ids.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import type { Connection } from '../node-kind.ts';
import { type DeadlineState, newDeadlineState } from './deadlines.ts';
import type { CoordinatorState } from './group-coordinator.ts';
import type { GroupShare } from './group-share.ts';
import type { LogSettings } from './log-settings.ts';
import type { PartitionLog } from './partition-log.ts';
import type { ClusterMetadata, Request, Response } from './protocol.ts';

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
  /** Parked fetches that wait for records here. */
  readonly fetches: Set<number>;
}

export type FetchRequest = Extract<Request, { readonly api: 'fetch' }>;

export interface ParkedFetch {
  readonly slot: number;
  readonly request: FetchRequest;
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
  readonly fetches: Map<number, ParkedFetch>;
  fetchCount: number;
  fetchDeadlines: DeadlineState;
  /** Parked joins and syncs, by number: whom to answer. */
  readonly requests: Map<number, { readonly slot: number; readonly id: number }>;
  requestCount: number;
  coordinator: CoordinatorState;
  /** By group and partition: the offset that its leader was told. */
  readonly told: Map<string, number>;
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
  fetches: new Map(),
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
