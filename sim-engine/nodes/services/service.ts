// The service at work, shown as worker: takes deliveries, calls of others and messages that come straight from their senders, lays them on
// its desk, and has them worked on at its places. It knows no broker, only the clients of the wires that end at it. It dies and comes back
// as a whole.

import { assert } from '../../kernel/assert.ts';
import { max, min } from '../../kernel/exact-math.ts';
import type { LinkIx, MsgIx, OblIx } from '../../kernel/ids.ts';
import { StatefulActor } from '../../world/actor.ts';
import { STALLED, UP } from '../../world/actor-table.ts';
import { IN_FLIGHT, PUB_ACCEPTED, PUB_REFUSED } from '../../world/books.ts';
import type { Inside } from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import { actorPlace, CRASH, FULL, REMOVED } from '../../world/reasons.ts';
import { LANE, LANE_HEAD, LANE_STRIDE } from '../../world/samples.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import {
  type ActorSelf,
  CLIENT_TIMERS,
  type Connection,
  type ConsumerClient,
  type ConsumerHost,
  clientOfTimer,
  type NodeBehaviour,
  ownTimerOf,
  type PublisherHost,
} from '../node-kind.ts';
import { Outlets } from '../publishing.ts';
import { behaviourOf } from '../registry.ts';
import { directPublisher } from './direct.ts';
import type { Place } from './places.ts';
import { ASK } from './program.ts';
import { Receipts } from './receipts.ts';
import { serviceInside } from './service-inside.ts';
import { FILL, newServiceState, SCALED, type ServiceCore, type ServiceState, STEP_ENDS, WAIT_ENDS } from './service-state.ts';
import { ServiceWork } from './service-work.ts';

export class Service extends StatefulActor implements ServiceCore, ConsumerHost, PublisherHost {
  override state: ServiceState = newServiceState();
  readonly world: World;
  readonly nodeId: string;
  readonly place: number;
  readonly consumers: (ConsumerClient | null)[] = [];
  readonly answers: (LinkIx | null)[] = [];
  private readonly outlets: Outlets;
  private readonly receipts: Receipts;
  readonly work: ServiceWork;
  /** By slot: document id of the node at the other end. */
  private readonly peers: string[] = [];
  /** The wire on which it is told how many replicas work; -1 without one. */
  private scaledSlot = -1;
  /** How many calls and messages of senders may wait while all places are busy. */
  private callsWaiting: number;

  constructor(world: World, self: ActorSelf) {
    super(self.ix);
    this.world = world;
    this.nodeId = self.nodeId;
    this.place = actorPlace(self.ix);
    this.outlets = new Outlets(world, this);
    this.receipts = new Receipts(this);
    this.work = new ServiceWork(this, this.receipts, this.outlets, self.params);
    this.callsWaiting = self.params.callsWaiting as number;
  }

  protected override statefulParts() {
    const { consumers, outlets } = this;
    const { callsOut, memory, places, results } = this.work;
    const count = max(consumers.length, outlets.clients.length, callsOut.slots);
    const clients = Array.from({ length: count }, (_, slot) => consumers[slot] ?? outlets.clients[slot] ?? callsOut.at(slot));
    return [places, memory, results, ...clients];
  }

  // ---------------------------------------------------------------- life

  override attach(slot: number, connection: Connection): void {
    this.peers[slot] = connection.peerId;
    if (connection.port === 'out') {
      this.outlets.attach(slot, connection);
      return;
    }
    if (connection.port === 'calls') {
      this.work.callsOut.attach(slot, connection);
      return;
    }
    if (connection.port === 'scaled') {
      this.scaledSlot = slot;
      return;
    }
    if (connection.port === 'asked' || connection.kind.type === 'direct') {
      this.answers[slot] = connection.out;
      return;
    }
    const factory = behaviourOf(connection.peerKind).consumer;
    assert(factory !== undefined, `${connection.peerKind} offers no consumer`);
    this.consumers[slot] = factory(this.world, this, slot, connection);
    if (this.state.held[slot] === undefined) this.state.held[slot] = 0;
  }

  override onConnected(slot: number): void {
    this.consumers[slot]?.start();
    this.outlets.clients[slot]?.start();
    this.work.resumeBlocked();
  }

  /** What came on the wire goes with it: nobody could take the receipt. */
  override onDisconnected(slot: number): void {
    if (this.outlets.clients[slot]) {
      this.outlets.detach(slot);
      this.work.resumeBlocked();
      return;
    }
    const caller = this.work.callsOut.at(slot);
    if (caller !== null) {
      this.work.callsOut.detach(slot, caller);
      return;
    }
    if (slot === this.scaledSlot) {
      this.scaledSlot = -1;
      this.onScale(1);
      return;
    }
    this.consumers[slot]?.onDisconnected?.();
    this.consumers[slot] = null;
    this.answers[slot] = null;
    this.work.dropOf(slot, REMOVED);
    this.state.held[slot] = 0;
    this.work.places.fill();
  }

  override onWireParams(slot: number, connection: Connection): void {
    this.consumers[slot]?.onParams(connection);
    this.outlets.onParams(slot, connection);
    this.work.callsOut.at(slot)?.onParams(connection);
  }

  override onParams(params: Params): void {
    const { places } = this.work;
    const { count } = places;
    this.callsWaiting = params.callsWaiting as number;
    this.work.onParams(params);
    if (count !== places.count) this.stateConcurrency();
  }

  /** The word comes by a relation, which reaches a process that stands still or is down too. */
  private onScale(replicas: number): void {
    const { world } = this;
    this.state.told = replicas;
    if (world.condition(this.ix) !== STALLED) {
      this.scale();
      return;
    }
    world.at[0] = world.now[0] as number;
    world.arm(this.ix, SCALED, 0);
  }

  private scale(): void {
    const { told } = this.state;
    if (told === this.replicas()) return;
    this.work.places.scale(told);
    // One that is down states it when it is back.
    if (this.world.condition(this.ix) === UP) this.stateConcurrency();
  }

  private stateConcurrency(): void {
    for (const consumer of this.consumers) consumer?.onConcurrency(this.concurrency());
  }

  override onStart(): void {
    for (const consumer of this.consumers) consumer?.start();
    this.outlets.start();
  }

  override onCrash(): void {
    this.letEverythingGo(CRASH);
    this.scale();
    this.work.memory.onCrash();
    for (const consumer of this.consumers) consumer?.onCrash();
    this.outlets.onCrash();
    this.work.callsOut.onCrash();
  }

  override onRestart(): void {
    this.onStart();
  }

  override onRemoved(): void {
    this.letEverythingGo(REMOVED);
    for (const consumer of this.consumers) consumer?.onDisconnected?.();
    this.outlets.onCrash();
  }

  private letEverythingGo(reason: number): void {
    const { state } = this;
    this.work.dropAll(reason);
    state.held = state.held.map(() => 0);
  }

  // ---------------------------------------------------------------- deliveries

  concurrency(): number {
    return this.replicas() === 0 ? 0 : this.work.places.count;
  }

  replicas(): number {
    return this.work.places.state.replicas;
  }

  held(client: number): number {
    return this.state.held[client] as number;
  }

  onDelivery(client: number, obl: OblIx, attempt: number): void {
    const { state, world } = this;
    state.received++;
    state.held[client] = (state.held[client] as number) + 1;
    // A late delivery of an attempt that the channel has taken back already does not change where the message stands.
    if (world.obligations.attempts[obl] === attempt) world.obligations.moveTo(obl, IN_FLIGHT);
    this.work.places.offer(obl, attempt, client, 0, Number.POSITIVE_INFINITY);
  }

  override onPacket(link: LinkIx, type: number, first: number, count: number): void {
    const slot = this.world.links.toSlot[link] as number;
    const consumer = this.consumers[slot];
    if (consumer) consumer.onPacket(link, type, first, count);
    else if (type === packet.PUBLISH) this.onPublish(slot, first as MsgIx, this.world.tag);
    else if (packet.isQuestion(type)) this.onCall(slot, first, this.world.tag);
    else if (type === packet.ANSWER) this.work.callsOut.at(slot)?.onPacket(first);
    else if (type === packet.SCALE) this.onScale(first);
    else this.outlets.onPacket(slot, link, type, first, count);
  }

  override onTimer(timer: number, arg: number): void {
    if (timer === STEP_ENDS || timer === WAIT_ENDS) {
      this.work.onTimer(timer, arg);
    } else if (timer === FILL) {
      this.work.places.onFill();
    } else if (timer === SCALED) {
      this.scale();
    } else if (timer >= CLIENT_TIMERS) {
      const slot = clientOfTimer(timer);
      const client = this.consumers[slot] ?? this.work.callsOut.at(slot);
      if (client) client.onTimer(ownTimerOf(timer), arg);
      else this.outlets.onTimer(timer, arg);
    }
  }

  /** Another service asks. While all places are busy a call waits its turn with everything else, as far as there may be any. */
  private onCall(slot: number, obl: number, call: number): void {
    const { state, world } = this;
    state.called++;
    if (this.work.places.offer(obl, 1, slot, call, this.callsWaiting)) return;
    state.turnedAway++;
    world.obligations.dropMention(obl);
    this.receipts.answer(slot, call, packet.ANSWER_REFUSED);
  }

  /** A message comes straight from its sender: it is worked on here, or refused. */
  private onPublish(slot: number, msg: MsgIx, tag: number): void {
    const { state, world } = this;
    const { places } = this.work;
    const { books, messages, obligations, oracle } = world;
    if (!places.hasRoom(this.callsWaiting)) {
      state.turnedAway++;
      books.closePublish(this.ix, PUB_REFUSED);
      books.countReason(false, PUB_REFUSED, this.place, FULL);
      oracle.missedPublish(this.ix, messages.sender[msg] as number, messages.number[msg] as number);
      world.tell(msg, 'refused', this.place, 0, FULL);
      messages.release(msg);
      this.receipts.tellSender(slot, packet.REFUSE, tag);
      return;
    }
    state.received++;
    books.closePublish(this.ix, PUB_ACCEPTED);
    oracle.acceptedPublish(this.ix, messages.sender[msg] as number, messages.number[msg] as number);
    world.tell(msg, 'accepted', this.place, 0);
    const obl = obligations.openAccepted(msg, books.subscription(this.nodeId, this.ix), IN_FLIGHT);
    obligations.attempts[obl] = 1;
    places.offer(obl, 1, slot, -tag, Number.POSITIVE_INFINITY);
  }

  // ---------------------------------------------------------------- results

  onFlow(_client: number, isOpen: boolean): void {
    if (isOpen) this.work.resumeBlocked();
    else this.world.notice('notice.held-back', this.nodeId);
  }

  onOutcome(): void {}

  // ---------------------------------------------------------------- gauges

  override sample(out: Float64Array, at: number): void {
    const { state } = this;
    const { busy, desk, interrupted } = this.work.places.state;
    out[at] = busy;
    out[at + 1] = desk.count + interrupted.length;
    // While replicas that go finish what they hold, more is at work than there are places.
    out[at + 2] = busy / max(busy, this.work.places.count, 1);
    out[at + 3] = state.received;
    out[at + 4] = state.processed;
    out[at + 5] = state.failed;
    out[at + 6] = state.called;
    out[at + 7] = state.turnedAway;
    out[at + 8] = state.skipped;
    out[at + 9] = this.work.memory.count();
    this.work.callsOut.sample(out, at + 10);
    out[at + 16] = state.tooLate;
    out[at + 17] = this.work.places.busySeconds();
    out[at + 18] = this.work.places.count;
  }

  inside(): Inside {
    const { consumers, outlets, peers, world } = this;
    const { callsOut, memory, places, program, results } = this.work;
    return [
      ...serviceInside({
        world,
        places,
        program,
        peers,
        blocked: results.state.blocked,
        memory: memory.state,
        memorySpec: memory.spec,
        restsUntilNs: () => world.timersOf(this.ix, WAIT_ENDS),
      }),
      ...callsOut.inside(),
      ...consumers.flatMap((consumer) => consumer?.inside?.() ?? []),
      ...outlets.inside(),
    ];
  }

  sampleWire(slot: number, out: Float64Array, at: number): void {
    this.work.callsOut.sampleWire(slot, out, at);
  }

  sampleLanes(out: Float64Array, at: number, most: number): number {
    const { places } = this.work;
    if (!places.areLanes) return 0;
    const lanes = min(places.count, most);
    for (let lane = 0, to = at; lane < lanes; lane++, to += LANE_STRIDE) {
      out[to + LANE.NUMBER] = lane;
      out[to + LANE.HEAD] = this.headOf(places.takenAt(lane));
      out[to + LANE.BEHIND] = places.behind(lane);
    }
    return lanes;
  }

  private headOf(place: Place | undefined): number {
    if (place === undefined) return LANE_HEAD.FREE;
    if (place.isResting) return LANE_HEAD.TO_RETRY;
    return this.work.program.instructions[place.step]?.operation === ASK ? LANE_HEAD.ASKING : LANE_HEAD.IN_WORK;
  }
}

export const SERVICE_BEHAVIOUR: NodeBehaviour = {
  expand(_self, _params, _parts, plan) {
    plan.actor('', (world, actor) => new Service(world, actor));
  },
  publisher: directPublisher,
};
