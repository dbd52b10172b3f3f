// What the parts of a consumer share: its plain state, and the interface by which its poll loop, its membership and its fetcher know of each
// other. Built by `consumer-client.ts`.

import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import type { ConsumerHost } from '../node-kind.ts';
import { type ClientConnection, type ConnectionState, newConnectionState } from './client-connection.ts';
import type { ConsumerFetcher } from './consumer-fetcher.ts';
import type { Member, Rec } from './consumer-member.ts';
import type { ConsumerMembership } from './consumer-membership.ts';
import type { PollLoop } from './consumer-poll-loop.ts';
import { type DeadlineOwner, type DeadlineState, newDeadlineState } from './deadlines.ts';

const MS = 1_000_000;
/** `retry.backoff.ms`. */
export const RETRY_NS = 100 * MS;
/** `request.timeout.ms`. */
export const REQUEST_TIMEOUT_NS = 30_000 * MS;

/** Deadlines of a member, KINDS each; those above are of records that are kept for a while. */
export const HEARTBEAT = 0;
export const GO_ON = 1;
export const COMMIT = 2;
export const KINDS = 4;
export const RETRIES = 1_000_000_000;

export interface ConsumerState {
  readonly connection: ConnectionState;
  members: Member[];
  /** Members so far: none has the number of another. */
  memberCount: number;
  /** By broker: what has arrived and whose response has not. */
  readonly arriving: Map<number, Rec[]>;
  deadlines: DeadlineState;
  /** Causes it holds, beside those that its host does. */
  heldCauses: number;
}

export const newConsumerState = (ids: number, doors: number): ConsumerState => ({
  connection: newConnectionState(ids, doors),
  members: [],
  memberCount: 0,
  arriving: new Map(),
  deadlines: newDeadlineState(),
  heldCauses: 0,
});

export interface ConsumerCore {
  readonly world: World;
  readonly host: ConsumerHost;
  readonly client: number;
  /** Where in the books the host is. */
  readonly place: number;
  readonly group: string;
  readonly wireId: string;
  readonly network: ClientConnection;
  readonly deadlines: DeadlineOwner;
  readonly state: ConsumerState;
  readonly params: Params;
  readonly commitMode: string;
  readonly nowNs: number;
  readonly isCooperative: boolean;
  readonly loop: PollLoop;
  readonly membership: ConsumerMembership;
  readonly fetcher: ConsumerFetcher;
  /** Broker that coordinates the group. */
  coordinator(): number;
  /** '' = it has no instance. */
  instanceOf(member: Member): string;
  /** What the group reads. */
  topics(): readonly string[];
  replicas(): number;
  /** Lets go of what it has fetched. */
  dropRecords(records: readonly Rec[], reason: number): void;
  /** After `retry.backoff.ms` the member goes on with what it could not do now. */
  later(member: Member): void;
}
