// What producer and consumer have in common: connections to every broker, requests with their time-outs, and new attempts after a broker has
// closed one. It knows no record and no group; who built on it is told what became of each request.
// Follows `NetworkClient`; semantics 6; K21.

import type { ActorIx, StreamIx } from '../../kernel/ids.ts';
import { lookUp, type NumberMap, newNumberMap, putIn, takeFrom, valuesOf } from '../../kernel/number-map.ts';
import { REQUEST } from '../../world/packet-types.ts';
import type { World } from '../../world/world.ts';
import { type Connection, clientTimer, type Door } from '../node-kind.ts';
import { CLIENT_JITTER, CLIENT_MULTIPLIER, clientBackoffMs } from './client-backoff.ts';
import { addDeadline, type DeadlineOwner, type DeadlineState, newDeadlineState, passDeadlines } from './deadlines.ts';
import type { ClusterMetadata, Request, Response } from './protocol.ts';

/** Timers of a client. */
const REQUEST_DUE = 0;
const RECONNECT = 1;
/** Its own, of what is built on the connection. */
export const CLIENT_OWN = 2;
/** Set by the host of a broker that died: the socket is closed. `arg`: which broker. */
export const SOCKET_CLOSED = 3;

const MS = 1_000_000;
/** `reconnect.backoff.ms`, `reconnect.backoff.max.ms`. */
const RECONNECT_BACKOFF = { initialMs: 50, multiplier: CLIENT_MULTIPLIER, maxMs: 1000, jitter: CLIENT_JITTER };
/** `socket.connection.setup.timeout.ms`. */
const SETUP_NS = 10_000 * MS;

/** A request under way. */
export interface Call {
  readonly request: Request;
  readonly door: number;
}

interface DoorState {
  isUp: boolean;
  /** In a row. */
  failures: number;
}

export interface ConnectionState {
  /** Requests so far, of all lives of the host: an answer to one of an earlier life is nobody's. */
  ids: number;
  readonly doors: DoorState[];
  /** By number, in order. */
  readonly calls: NumberMap<Call>;
  metadata: ClusterMetadata | null;
  /** Since when, ns, in a cell. */
  readonly metadataNs: Float64Array;
  isAsking: boolean;
  readonly deadlines: DeadlineState;
}

export const newConnectionState = (ids: number, doors: number): ConnectionState => ({
  ids,
  doors: Array.from({ length: doors }, () => ({ isUp: true, failures: 0 })),
  calls: newNumberMap(),
  metadata: null,
  metadataNs: new Float64Array(1),
  isAsking: false,
  deadlines: newDeadlineState(),
});

/** What is built on a connection and told of it. */
export interface ConnectionUser {
  readonly connection: ConnectionState;
  onResponse(response: Response, call: Call): void;
  /** No answer will come: the broker is gone, or it took too long. */
  onFailed(call: Call): void;
  /** There is news of who leads what, or a broker can be reached again. */
  onMetadata(): void;
}

type Body = Request extends infer R ? (R extends { readonly id: number } ? Omit<R, 'id'> : never) : never;

export class ClientConnection {
  private readonly world: World;
  private readonly hostIx: ActorIx;
  private readonly client: number;
  private readonly user: ConnectionUser;
  readonly doors: readonly Door[];
  private readonly stream: StreamIx;
  private readonly deadlines: DeadlineOwner;
  /** `metadata.max.age.ms`, ns. */
  metadataAgeNs = 300_000 * MS;

  constructor(world: World, hostIx: number, client: number, connection: Connection, user: ConnectionUser) {
    this.world = world;
    this.hostIx = hostIx as ActorIx;
    this.client = client;
    this.user = user;
    this.doors = connection.doors ?? [{ out: connection.out, in: connection.in }];
    this.stream = world.stream(connection.wireId, 'reconnect');
    this.deadlines = {
      ix: this.hostIx,
      timer: clientTimer(client, REQUEST_DUE),
      get state() {
        return user.connection.deadlines;
      },
      get live() {
        return user.connection.calls.size;
      },
      counts: (id) => lookUp(user.connection.calls, id) !== undefined,
    };
  }

  /** The broker whose packets come on a link. */
  doorOf(link: number): number {
    const { doors } = this;
    for (let door = 0; door < doors.length; door++) if ((doors[door] as Door).in === link) return door;
    return -1;
  }

  get nowNs(): number {
    return this.world.now[0] as number;
  }

  isUp(door: number): boolean {
    return this.user.connection.doors[door]?.isUp ?? false;
  }

  /** Sends a request to a broker that can be reached; answers with its number. */
  send(door: number, body: Body, timeoutNs: number): number {
    const { connection } = this.user;
    const id = ++connection.ids;
    // What is handed over is not used again: it becomes the request itself.
    const request = body as Request;
    (request as { id: number }).id = id;
    const { world } = this;
    putIn(connection.calls, id, { request, door });
    addDeadline(world, this.deadlines, this.nowNs + timeoutNs, id);
    world.send((this.doors[door] as Door).out, REQUEST, world.payloads.put(request), 1, 0);
    return id;
  }

  /** The number that the next request will have. */
  get nextId(): number {
    return this.user.connection.ids + 1;
  }

  /** Asks whichever broker can be reached what there is. */
  askMetadata(): void {
    const { connection } = this.user;
    if (connection.isAsking) return;
    const door = connection.doors.findIndex(({ isUp }) => isUp);
    if (door === -1) return;
    connection.isAsking = true;
    this.send(door, { api: 'metadata' }, SETUP_NS);
  }

  /** Whether what is known of the cluster has become too old; if so, news is asked for. */
  refresh(): void {
    this.askMetadataIfOlderThan(this.metadataAgeNs);
  }

  askMetadataIfOlderThan(ageNs: number): void {
    const { metadata, metadataNs } = this.user.connection;
    if (metadata === null || this.nowNs - (metadataNs[0] as number) >= ageNs) this.askMetadata();
  }

  onResponse(number: number): void {
    const response = this.world.payloads.take(number) as Response;
    const { connection } = this.user;
    const call = takeFrom(connection.calls, response.id);
    if (call === undefined) {
      this.user.onResponse(response, NO_CALL);
      return;
    }
    if (response.api === 'metadata') this.onMetadata(response.metadata, call.door);
    else this.user.onResponse(response, call);
  }

  private onMetadata(metadata: ClusterMetadata, door: number): void {
    const { connection } = this.user;
    connection.metadata = metadata;
    connection.metadataNs[0] = this.nowNs;
    connection.isAsking = false;
    const state = connection.doors[door] as DoorState;
    state.isUp = true;
    state.failures = 0;
    this.user.onMetadata();
  }

  /** The broker is back: whoever waits to try again does so now. */
  onHello(link: number): void {
    const door = this.doors.findIndex((one) => one.in === link);
    const { calls, doors } = this.user.connection;
    const state = doors[door];
    if (state === undefined || state.isUp) return;
    // While it was dead its host refused every attempt: none of them is under way any more.
    for (const { door: of, request } of valuesOf(calls)) if (of === door) takeFrom(calls, request.id);
    this.connect(door);
  }

  /** True if the timer was the connection's. */
  onTimer(timer: number, arg: number): boolean {
    if (timer === REQUEST_DUE) {
      // One request that times out closes the connection, and with it all others.
      passDeadlines(this.world, this.deadlines, arg, (id) => this.close((lookUp(this.user.connection.calls, id) as Call).door));
      return true;
    }
    if (timer === RECONNECT) {
      if (!this.isUp(arg)) this.connect(arg);
      return true;
    }
    if (timer !== SOCKET_CLOSED) return false;
    this.close(arg);
    return true;
  }

  private close(door: number): void {
    const { connection } = this.user;
    const state = connection.doors[door];
    if (state === undefined) return;
    state.isUp = false;
    const waitMs = clientBackoffMs(RECONNECT_BACKOFF, state.failures++, this.world.streams.uniform(this.stream));
    this.world.at[0] = this.nowNs + waitMs * MS;
    this.world.arm(this.hostIx, clientTimer(this.client, RECONNECT), door);
    const gone = valuesOf(connection.calls).filter((call) => call.door === door);
    for (const call of gone) takeFrom(connection.calls, call.request.id);
    for (const call of gone) {
      if (call.request.api === 'metadata') connection.isAsking = false;
      else this.user.onFailed(call);
    }
  }

  /** A question serves as the handshake: with its answer the broker counts as reached. */
  private connect(door: number): void {
    const isUnderWay = valuesOf(this.user.connection.calls).some((call) => call.door === door);
    if (!isUnderWay) this.send(door, { api: 'metadata' }, SETUP_NS);
  }
}

/** An answer that nobody waits for any more. */
const NO_CALL: Call = { request: { api: 'metadata', id: 0 }, door: -1 };
