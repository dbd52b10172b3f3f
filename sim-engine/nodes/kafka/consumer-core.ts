// What the parts of a consumer share: its plain state, and the interface by which its poll loop, its membership and its fetcher know of each
// other. Built by `consumer-client.ts`.

import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import type { ConsumerHost } from '../node-kind.ts';
import { type ClientConnection, type ConnectionState, newConnectionState } from './client-connection.ts';
import type { ConsumerFetcher } from './consumer-fetcher.ts';
import type { Member, Rec } from './consumer-member.ts';
import type { ConsumerMembership } from './consumer-membership.ts';
import type { PassOn } from './consumer-pass-on.ts';
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
/** A partition that waited for its first record may be read again. */
export const RESUME = 3;
export const KINDS = 4;
export const RETRIES = 1_000_000_000;
/** What is to be published again to another topic; no member's. */
export const PASS_ON_DUE = -1;

/** What a member has failed at and publishes to another topic. */
interface Passed {
  readonly obl: number;
  readonly rec: Rec;
  /** Number of the member that had it. */
  readonly member: number;
  readonly isRetry: boolean;
  readonly dueNs: number;
}

/** What goes to one partition of a topic, in order. */
export interface Line {
  readonly topic: string;
  readonly partition: number;
  readonly waiting: Passed[];
  /** How many of those, from the first on, are in the batch that has gone out or goes out again. */
  batch: number;
  /** Number of the request that it is in; 0 = it is not under way. */
  request: number;
  sequence: number;
}

export interface PassOnState {
  /** By name of the partition. */
  readonly lines: Map<string, Line>;
  producerId: number;
  isAskingId: boolean;
  passed: number;
}

const newPassOnState = (): PassOnState => ({ lines: new Map(), producerId: -1, isAskingId: false, passed: 0 });

export interface ConsumerState {
  readonly connection: ConnectionState;
  members: Member[];
  /** Members so far: none has the number of another. */
  memberCount: number;
  /** By broker: what has arrived and whose response has not. */
  readonly arriving: Map<number, Rec[]>;
  deadlines: DeadlineState;
  readonly passOn: PassOnState;
  /** Causes it holds, beside those that its host does. */
  heldCauses: number;
}

export const newConsumerState = (ids: number, doors: number): ConsumerState => ({
  connection: newConnectionState(ids, doors),
  members: [],
  memberCount: 0,
  arriving: new Map(),
  deadlines: newDeadlineState(),
  passOn: newPassOnState(),
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
  readonly passOn: PassOn;
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
  /** It has nothing in hand any more and is to stop: it leaves the group in good order. */
  end(member: Member): void;
}
