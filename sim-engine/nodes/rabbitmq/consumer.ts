// The consumer of the library, run by a service: it subscribes with its window, hands deliveries to the service and settles each with its
// delivery tag. Tags of a session that is over are void: what the service still does for one is told to nobody.

import type { LinkIx, OblIx } from '../../kernel/ids.ts';
import { clearNumbers, lookUp, type NumberMap, newNumberMap, putIn, takeFrom } from '../../kernel/number-map.ts';
import { DELAYED } from '../../world/books.ts';
import type { Inside } from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import { actorPlace, CUT } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import {
  type Connection,
  type ConsumerClient,
  type ConsumerFactory,
  type ConsumerHost,
  clientTimer,
  type Settlement,
} from '../node-kind.ts';
import { sessionTable, unsettledTable } from './client-inside.ts';
import { CLIENT_OWN, newSession, Session, type SessionState, type SessionUser } from './client-session.ts';

/** How a failed delivery goes back: `aux` of RETRY. */
const BY_NACK = 0;
export const BY_REJECT = 1;

/** A reader is told of no answers. */
const READS = { isBlocked: false, nacked: 0, returned: 0, unsent: 0 };

interface Held {
  readonly tag: number;
  readonly attempt: number;
}

interface ConsumerState {
  readonly session: SessionState;
  /** By obligation: deliveries that are not settled. */
  readonly held: NumberMap<Held>;
  /** Those that are kept for a while before they go back, by number. */
  readonly kept: Map<number, { readonly obl: number; readonly tag: number }>;
  keeps: number;
  /** How many are kept: each is spoken of here, so that the books know it until it is settled. */
  heldCauses: number;
  /** Consumers that the broker was told of. */
  consumers: number;
}

const newState = (session: number): ConsumerState => ({
  session: newSession(session),
  held: newNumberMap(),
  kept: new Map(),
  keeps: 0,
  heldCauses: 0,
  consumers: 0,
});

class RabbitConsumer implements ConsumerClient, SessionUser {
  state: ConsumerState = newState(0);
  private readonly world: World;
  private readonly host: ConsumerHost;
  private readonly client: number;
  private readonly out: LinkIx;
  private readonly peerId: string;
  private readonly connection: Session;
  private isAutomatic = false;
  private onRetry = 'requeue';

  constructor(world: World, host: ConsumerHost, client: number, connection: Connection) {
    this.world = world;
    this.host = host;
    this.client = client;
    this.out = connection.out;
    this.peerId = connection.peerId;
    this.connection = new Session(world, host, client, connection, this);
    this.readParams(connection);
  }

  get session(): SessionState {
    return this.state.session;
  }

  /** Every replica of the host is a consumer with a window of its own. */
  consumers(): number {
    const count = this.host.replicas?.() ?? 1;
    this.state.consumers = count;
    return count;
  }

  onParams(connection: Connection): void {
    this.connection.onParams(connection);
    this.readParams(connection);
  }

  private readParams({ params }: Connection): void {
    this.isAutomatic = params.acknowledge === 'automatic';
    this.onRetry = params.onRetry as string;
  }

  start(): void {
    this.connection.open();
  }

  onConcurrency(_count: number): void {
    const count = this.host.replicas?.() ?? 1;
    if (count === this.state.consumers || this.state.session.condition !== 'open') return;
    this.state.consumers = count;
    this.world.send(this.out, packet.AMQP_CONSUMERS, count, 1, 0);
  }

  onPacket(_link: LinkIx, type: number, first: number): void {
    const { tag } = this.world;
    this.connection.hear();
    switch (type) {
      case packet.AMQP_OPENED:
        return this.connection.onOpened(tag);
      case packet.AMQP_CLOSED:
      case packet.AMQP_CANCELLED:
        return this.connection.lose();
      case packet.DELIVER:
        return this.onDeliver(first as OblIx, tag, this.world.aux[0] as number);
    }
  }

  private onDeliver(obl: OblIx, tag: number, attempt: number): void {
    if (this.state.session.condition !== 'open') {
      // Of a session that is over: nobody reads this socket any more.
      this.world.obligations.dropCause(obl, actorPlace(this.host.ix), CUT);
      return;
    }
    if (!this.isAutomatic) putIn(this.state.held, obl, { tag, attempt });
    this.host.onDelivery(this.client, obl, attempt);
  }

  settle(obl: OblIx, attempt: number, outcome: Settlement, delayNs: number, _freesPlace: boolean): void {
    const held = lookUp(this.state.held, obl);
    if (held === undefined || held.attempt !== attempt) return;
    if (outcome === 'retry' && delayNs > 0 && this.onRetry !== 'dead-letter') {
      this.keep(obl, held, delayNs);
      return;
    }
    this.answer(obl, held, outcome);
  }

  /** The protocol knows no delay: whoever wants one keeps the message so long. */
  private keep(obl: OblIx, { tag }: Held, delayNs: number): void {
    const { state, world } = this;
    const number = ++state.keeps;
    state.kept.set(number, { obl, tag });
    state.heldCauses++;
    // The broker may let go of it meanwhile, and be first to know.
    world.obligations.addMention(obl);
    world.obligations.moveTo(obl, DELAYED);
    world.at[0] = (world.now[0] as number) + delayNs;
    world.arm(this.host.ix, clientTimer(this.client, CLIENT_OWN), number);
  }

  private answer(obl: number, held: Held, outcome: Settlement): void {
    const { world } = this;
    takeFrom(this.state.held, obl);
    world.obligations.addMention(obl);
    const isDead = outcome === 'reject' || (outcome === 'retry' && this.onRetry === 'dead-letter');
    world.aux[0] = this.onRetry === 'reject' ? BY_REJECT : BY_NACK;
    const type = outcome === 'ack' ? packet.ACK : isDead ? packet.REJECT : packet.RETRY;
    world.send(this.out, type, obl, 1, held.tag);
  }

  freePlace(): void {}

  onTimer(timer: number, arg: number): void {
    if (this.connection.onTimer(timer, arg) || timer !== CLIENT_OWN) return;
    const kept = this.state.kept.get(arg);
    if (kept === undefined) return;
    this.state.kept.delete(arg);
    const held = lookUp(this.state.held, kept.obl);
    if (held?.tag === kept.tag) this.answer(kept.obl, held, 'retry');
    this.state.heldCauses--;
    this.world.obligations.dropMention(kept.obl);
  }

  private forgetKept(): void {
    for (const { obl } of this.state.kept.values()) this.world.obligations.dropMention(obl);
    this.state.kept.clear();
    this.state.heldCauses = 0;
  }

  onDisconnected(): void {
    this.forgetKept();
  }

  inside(): Inside {
    const { peerId, state, world } = this;
    const session = sessionTable(world, state.session, READS, peerId);
    return this.isAutomatic ? [session] : [session, unsettledTable(world, state.held, peerId)];
  }

  onOpened(): void {
    this.onConcurrency(0);
  }

  onLost(): void {
    clearNumbers(this.state.held);
    this.forgetKept();
  }

  onCrash(): void {
    this.connection.closeSocket();
    this.forgetKept();
    this.state = newState(this.state.session.session);
  }
}

export const rabbitConsumer: ConsumerFactory = (world, host, client, connection) =>
  new RabbitConsumer(world, host, client, connection);
