// What both clients of the library have in common: the session. It is opened, found dead (a closed socket, silence, a word of the broker)
// and opened anew as the wire says. Connection, channel and what is asked on it are one packet here.

import type { ActorIx, LinkIx } from '../../kernel/ids.ts';
import { CRASHED } from '../../world/actor-table.ts';
import { AMQP_HEARTBEAT, AMQP_OPEN } from '../../world/packet-types.ts';
import type { World } from '../../world/world.ts';
import { type Connection, clientTimer } from '../node-kind.ts';

/** Timers of a client. */
const OPENING = 0;
const BEAT = 1;
/** Its own, of what is built on the session. */
export const CLIENT_OWN = 2;
/** Set by the broker's host: the socket is closed. `arg`: the session that it was of. */
export const SOCKET_CLOSED = 3;

/** A timer of the broker: the process at the other end of a connection is gone. `arg`: which of its connections. */
export const PEER_GONE = 1;

/** `tag` of FLOW_STOP and FLOW_GO that no alarm is the cause of: the socket takes no more, or takes more again. */
export const BY_NETWORK = 1;

/** A broker that does not answer is given up on. Source: `connection_timeout` of most clients. */
const OPEN_TIMEOUT_NS = 10_000_000_000;
/** The least that a new attempt waits: reaching a closed port takes time too. */
const RECONNECT_NS_MIN = 1_000_000;
const BACKOFF_NS_MAX = 60_000_000_000;
/** So many heartbeats without a word, and the other side counts as dead (AMQP 0-9-1, 4.2.7). */
const SILENT_BEATS = 2;
/** Of an opening that is due, beside the number of the session before; without it the timer is that of an answer that does not come. */
const REOPEN = 0x20000000;

export interface SessionState {
  /** Number of the session; 0 before the first. */
  session: number;
  condition: 'closed' | 'opening' | 'open';
  /** Attempts since it was last open. */
  attempts: number;
  hasBeenOpen: boolean;
  /** When the broker was last heard of, ns, in a cell. */
  heardNs: Float64Array;
  beats: number;
}

export const newSession = (session: number): SessionState => ({
  session,
  condition: 'closed',
  attempts: 0,
  hasBeenOpen: false,
  heardNs: new Float64Array(1),
  beats: 0,
});

/** What is built on a session and told of it. */
export interface SessionUser {
  readonly session: SessionState;
  /** Consumers wanted with the next opening. */
  consumers(): number;
  onOpened(): void;
  /** Everything under way is unknown from now on. */
  onLost(): void;
}

/** Opens, watches and reopens; all that it remembers is in `user.session`. */
export class Session {
  private readonly world: World;
  private readonly host: { readonly ix: number };
  private readonly client: number;
  private readonly out: LinkIx;
  private readonly user: SessionUser;
  private params: Connection['params'];

  constructor(world: World, host: { readonly ix: number }, client: number, connection: Connection, user: SessionUser) {
    this.world = world;
    this.host = host;
    this.client = client;
    this.out = connection.out;
    this.params = connection.params;
    this.user = user;
  }

  onParams(connection: Connection): void {
    this.params = connection.params;
  }

  open(): void {
    const { session } = this.user;
    session.session++;
    session.condition = 'opening';
    session.attempts++;
    this.world.send(this.out, AMQP_OPEN, this.user.consumers(), 1, session.session);
    this.arm(OPENING, OPEN_TIMEOUT_NS, session.session);
    // Where no process listens, its host says so.
    if (this.isRefused()) this.arm(SOCKET_CLOSED, 2 * this.delayNs(), session.session);
  }

  private isRefused(): boolean {
    const { links } = this.world;
    return links.isCut[this.out] !== 1 && this.world.condition(links.to[this.out] as ActorIx) === CRASHED;
  }

  private delayNs(): number {
    const { links } = this.world;
    return (links.delayNs[this.out] as number) + (links.extraNs[this.out] as number);
  }

  /** The process of this end is dead: its host closes the socket, and the broker hears of it behind all that is on its way. */
  closeSocket(): void {
    const { links, packets } = this.world;
    if (this.user.session.condition === 'closed' || links.isCut[this.out] === 1) return;
    const tail = links.tail[this.out] as number;
    const soonest = (this.world.now[0] as number) + this.delayNs();
    const lastNs = tail === 0 ? 0 : (packets.dueNs[tail] as number);
    this.world.at[0] = soonest > lastNs ? soonest : lastNs;
    this.world.arm(links.to[this.out] as ActorIx, PEER_GONE, links.toSlot[this.out] as number);
  }

  onOpened(session: number): void {
    const { user } = this;
    if (session !== user.session.session || user.session.condition !== 'opening') return;
    user.session.condition = 'open';
    user.session.attempts = 0;
    user.session.hasBeenOpen = true;
    this.hear();
    this.armBeat();
    user.onOpened();
  }

  /** The session is over, whoever found out. */
  lose(): void {
    const { session } = this.user;
    if (session.condition === 'closed') return;
    const wasOpen = session.condition === 'open';
    session.condition = 'closed';
    if (wasOpen) this.user.onLost();
    this.reopenLater();
  }

  private reopenLater(): void {
    const { session } = this.user;
    const { reconnect, reconnectAfter } = this.params;
    if (reconnect === 'never') return;
    let waitNs = RECONNECT_NS_MIN;
    if (reconnect === 'backoff') {
      waitNs = reconnectAfter as number;
      // The first of all waits for nothing; each that fails doubles the wait for the next.
      const failed = session.hasBeenOpen ? session.attempts : session.attempts - 1;
      for (let i = 0; i < failed && waitNs < BACKOFF_NS_MAX; i++) waitNs *= 2;
      if (waitNs > BACKOFF_NS_MAX) waitNs = BACKOFF_NS_MAX;
    }
    this.arm(OPENING, waitNs, session.session | REOPEN);
  }

  hear(): void {
    this.user.session.heardNs[0] = this.world.now[0] as number;
  }

  /** True if the timer was the session's. */
  onTimer(timer: number, arg: number): boolean {
    const { session } = this.user;
    if (timer === OPENING) {
      if ((arg & ~REOPEN) !== session.session) return true;
      const isTime = (arg & REOPEN) !== 0;
      if (isTime && session.condition === 'closed') this.open();
      else if (!isTime && session.condition === 'opening') this.lose();
      return true;
    }
    if (timer === SOCKET_CLOSED) {
      if (arg === session.session) this.lose();
      return true;
    }
    if (timer !== BEAT) return false;
    if (arg === session.beats && session.condition === 'open') this.beat();
    return true;
  }

  private beat(): void {
    const silenceNs = (this.world.now[0] as number) - (this.user.session.heardNs[0] as number);
    if (silenceNs > (this.params.heartbeat as number) * SILENT_BEATS) {
      this.lose();
      return;
    }
    this.world.send(this.out, AMQP_HEARTBEAT, 0, 1, 0);
    this.armBeat();
  }

  /** Twice in each interval that was agreed on. */
  private armBeat(): void {
    const heartbeatNs = this.params.heartbeat as number;
    if (heartbeatNs === 0) return;
    const { session } = this.user;
    session.beats = (session.beats + 1) & 0x3fffffff;
    this.arm(BEAT, heartbeatNs / 2, session.beats);
  }

  private arm(timer: number, afterNs: number, arg: number): void {
    this.world.at[0] = (this.world.now[0] as number) + afterNs;
    this.world.arm(this.host.ix as Parameters<World['arm']>[0], clientTimer(this.client, timer), arg);
  }
}
