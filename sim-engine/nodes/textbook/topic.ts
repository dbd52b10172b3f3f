// The textbook topic at work: every message goes once to every subscription there is at that moment. It keeps nothing: a
// subscriber that is away misses what passes, a late one sees only what comes after.

import type { LinkIx, MsgIx, OblIx } from '../../kernel/ids.ts';
import { StatefulActor } from '../../world/actor.ts';
import { DLV_CLASSES, DROPPED, ON_WIRE, PROCESSED, PUB_ACCEPTED, PUB_UNROUTABLE } from '../../world/books.ts';
import { type Inside, InsideRows, listShape } from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import { actorPlace, NO_ROOM } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { ActorSelf, Connection, ConsumerClient, ConsumerFactory, ConsumerHost, NodeBehaviour } from '../node-kind.ts';
import { textbookPublisher } from './publisher.ts';

interface Subscription {
  readonly out: LinkIx;
  readonly sub: number;
  readonly isQueue: boolean;
  readonly peerId: string;
}

const SUBSCRIPTIONS = listShape('topic.subscriptions', { subscriber: 'node', how: 'word', owed: 'count', done: 'count' });

class Topic extends StatefulActor {
  override state = { published: 0, copies: 0 };
  private readonly world: World;
  private readonly nodeId: string;
  private readonly subscriptions: (Subscription | null)[] = [];
  private readonly out: LinkIx[] = [];

  constructor(world: World, self: ActorSelf) {
    super(self.ix);
    this.world = world;
    this.nodeId = self.nodeId;
  }

  override attach(slot: number, connection: Connection): void {
    this.out[slot] = connection.out;
    this.subscriptions[slot] = connection.port === 'out' ? this.subscriptionOf(connection) : null;
  }

  override onDisconnected(slot: number): void {
    this.subscriptions[slot] = null;
  }

  override onParams(): void {}
  override onTimer(): void {}

  override onPacket(link: LinkIx, type: number, first: number, _count: number): void {
    if (type === packet.PUBLISH) this.onPublish(first as MsgIx, this.world.links.toSlot[link] as number, this.world.tag);
  }

  private subscriptionOf(connection: Connection): Subscription {
    const books = this.world.books;
    const { peerId } = connection;
    if (connection.kind.type === 'feed') {
      const queue = this.world.links.to[connection.out] as number;
      return { out: connection.out, sub: books.subscription(peerId, queue), isQueue: true, peerId };
    }
    return { out: connection.out, sub: books.subscription(`${this.nodeId}\n${peerId}`, this.ix), isQueue: false, peerId };
  }

  private onPublish(msg: MsgIx, slot: number, tag: number): void {
    const { world, state } = this;
    const { messages, obligations } = world;
    const place = actorPlace(this.ix);
    state.published++;
    let copies = 0;
    for (const subscription of this.subscriptions) {
      if (subscription === null || subscription === undefined) continue;
      copies++;
      const obl = obligations.open(msg, subscription.sub, ON_WIRE);
      if (!subscription.isQueue) obligations.attempts[obl] = 1;
      world.send(subscription.out, subscription.isQueue ? packet.FEED : packet.DELIVER, obl, 1, 1);
    }
    state.copies += copies;
    if (copies === 0) {
      world.books.closePublish(this.ix, PUB_UNROUTABLE);
      world.books.countReason(false, PUB_UNROUTABLE, place, 0);
      world.oracle.missedPublish(this.ix, messages.sender[msg] as number, messages.number[msg] as number);
      world.tell(msg, 'unroutable', place, 0);
    } else {
      world.books.closePublish(this.ix, PUB_ACCEPTED);
      world.oracle.acceptedPublish(this.ix, messages.sender[msg] as number, messages.number[msg] as number);
      world.tell(msg, 'accepted', place, 0);
    }
    messages.release(msg);
    if (tag !== 0) world.send(this.out[slot] as LinkIx, packet.CONFIRM, 0, 1, tag);
  }

  inside(): Inside {
    const { bySub } = this.world.books;
    const rows = new InsideRows(SUBSCRIPTIONS);
    let count = 0;
    for (const subscription of this.subscriptions) {
      if (!subscription) continue;
      const { isQueue, peerId, sub } = subscription;
      let owed = 0;
      for (let cls = 0; cls < DLV_CLASSES; cls++) owed += bySub[sub * DLV_CLASSES + cls] as number;
      const done = bySub[sub * DLV_CLASSES + PROCESSED] as number;
      rows.add({ subscriber: peerId, how: isQueue ? 'inside.word.by-queue' : 'inside.word.directly', owed, done });
      count++;
    }
    return [rows.table(count)];
  }

  override sample(out: Float64Array, at: number): void {
    out[at] = this.state.published;
    out[at + 1] = this.state.copies;
  }
}

/** Copies a direct subscriber keeps on its desk at most; what finds no place is dropped, as with any callback that falls behind. */
export const LISTENER_DESK_MAX = 10_000;

/** A service that listens to a topic directly: it takes what is pushed and can neither acknowledge nor ask again. */
class TopicListener implements ConsumerClient {
  state: object = {};
  private readonly world: World;
  private readonly host: ConsumerHost;
  private readonly client: number;

  constructor(world: World, host: ConsumerHost, client: number) {
    this.world = world;
    this.host = host;
    this.client = client;
  }

  onPacket(_link: LinkIx, type: number, first: number, _count: number): void {
    if (type !== packet.DELIVER) return;
    if (this.host.held(this.client) >= LISTENER_DESK_MAX) {
      this.world.obligations.endCause(first, DROPPED, actorPlace(this.host.ix), NO_ROOM);
      return;
    }
    this.host.onDelivery(this.client, first as OblIx, this.world.tag);
  }

  start(): void {}
  settle(): void {}
  freePlace(): void {}
  onConcurrency(): void {}
  onTimer(): void {}
  onCrash(): void {}
  onParams(): void {}
}

const topicListener: ConsumerFactory = (world, host, client) => new TopicListener(world, host, client);

export const TOPIC_BEHAVIOUR: NodeBehaviour = {
  expand(_self, _params, _parts, plan) {
    plan.actor('', (world, actor) => new Topic(world, actor));
  },
  publisher: textbookPublisher,
  consumer: topicListener,
};
