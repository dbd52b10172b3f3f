// The sender at work: makes messages when its schedule says so and hands them to its wires. When a channel holds it back,
// what is due waits here and goes out when the flow opens. It knows no broker.

import type { Law } from '../../kernel/distributions.ts';
import { floor } from '../../kernel/exact-math.ts';
import type { LinkIx, MsgIx, StreamIx } from '../../kernel/ids.ts';
import { KeyLaw } from '../../kernel/key-law.ts';
import type { LawSpec } from '../../kernel/law-spec.ts';
import { isSamePlain } from '../../kernel/plain-state.ts';
import { type CompiledCommand, StatefulActor } from '../../world/actor.ts';
import { NUMBERED, POISON } from '../../world/messages.ts';
import type { World } from '../../world/world.ts';
import type { Fields, Params, Weight } from '../fields.ts';
import { type ActorSelf, CLIENT_TIMERS, type Connection, type NodeBehaviour, type PublisherHost } from '../node-kind.ts';
import { type MessageTraits, Outlets } from '../publishing.ts';
import { type ArrivalState, goesOnByItself, newArrivalState, type Schedule, scheduleOf } from './arrivals.ts';
import { SENDER } from './sender.declaration.ts';

const NEXT = 0;
const BURST = 1;
const THOUGHT = 2;

interface SenderState {
  sent: number;
  /** Due, but held back by a channel that takes no more. */
  heldBack: number;
  arrivals: ArrivalState;
  /** Schedules begun so far: an arrival that an older one armed is passed over. */
  schedules: number;
  /** Injected share of poison, -1 = its own. */
  poisonShare: number;
  /** Of a closed loop: messages by number whose fate is not known on every wire yet, and on how many it is not. */
  unanswered: Map<number, number>;
  /** Callers that found the limit reached. */
  resting: number;
  bursts: Burst[];
  /** Messages so far by key drawn, where types come in turn. */
  sentByKey: Map<number, number>;
  /** Bursts ever begun: the next one's number. */
  burstCount: number;
}

/** An injected burst that is still being sent. */
interface Burst {
  readonly number: number;
  left: number;
  readonly gapNs: number;
}

class Sender extends StatefulActor implements PublisherHost {
  override state: SenderState = {
    sent: 0,
    heldBack: 0,
    arrivals: newArrivalState(),
    schedules: 0,
    poisonShare: -1,
    unanswered: new Map(),
    resting: 0,
    bursts: [],
    sentByKey: new Map(),
    burstCount: 0,
  };
  private readonly world: World;
  private readonly nodeId: string;
  private readonly outlets: Outlets;
  private readonly traits: MessageTraits = {
    key: -1,
    sizeBytes: 0,
    type: 0,
    flags: 0,
    causeSender: 0,
    causeNumber: 0,
    priority: 0,
  };
  private readonly poisonStream: StreamIx;
  private params!: Params;
  private schedule!: Schedule;
  private keyLaw: KeyLaw | null = null;
  private typeLaw: KeyLaw | null = null;
  /** How many keys are drawn from, and how many types each goes through; 0 types = they do not come in turn. */
  private keyCount = 0;
  private typesInTurn = 0;
  private sizeLaw!: Law;
  private thinkLaw!: Law;
  private isClosed = false;
  private limit = 0;
  private poison = 0;
  /** Flags of every message. */
  private flags = 0;

  constructor(world: World, self: ActorSelf) {
    super(self.ix);
    this.world = world;
    this.nodeId = self.nodeId;
    this.outlets = new Outlets(world, this);
    this.poisonStream = world.stream(self.nodeId, 'poison');
    this.readParams(self.params);
  }

  protected override statefulParts() {
    return this.outlets.clients;
  }

  private readParams(params: Params): void {
    const { world, nodeId } = this;
    this.params = params;
    this.isClosed = params.loop === 'closed';
    this.limit = params.limit as number;
    this.poison = params.poison as number;
    this.flags = params.numbered ? NUMBERED : 0;
    this.traits.priority = params.priority as number;
    this.schedule = scheduleOf(world, nodeId, params);
    this.sizeLaw = world.law(params.size as LawSpec, nodeId, 'size');
    this.thinkLaw = world.law(params.think as LawSpec, nodeId, 'think');
    this.keyLaw = this.keyLawOf(params);
    const types = params.types as readonly Weight[];
    this.typeLaw = types.length < 2 ? null : this.weightedLaw(types, 'types');
    this.keyCount = params.keyLaw === 'weighted' ? (params.keyWeights as readonly Weight[]).length : (params.keys as number);
    this.typesInTurn = params.typeOrder === 'in-turn' && this.keyLaw !== null ? types.length : 0;
  }

  private keyLawOf(params: Params): KeyLaw | null {
    const { world, nodeId } = this;
    const keys = params.keys as number;
    if (params.keyLaw === 'weighted') {
      const weights = params.keyWeights as readonly Weight[];
      return weights.length === 0 ? null : this.weightedLaw(weights, 'keys');
    }
    if (keys === 0) return null;
    const stream = world.stream(nodeId, 'keys');
    if (params.keyLaw === 'zipf') {
      return new KeyLaw({ law: 'zipf', keys, exponent: params.zipfExponent as number }, world.streams, stream);
    }
    return new KeyLaw({ law: 'uniform', keys }, world.streams, stream);
  }

  private weightedLaw(weights: readonly Weight[], purpose: string): KeyLaw {
    const { world, nodeId } = this;
    return new KeyLaw(
      { law: 'weighted', weights: weights.map(({ weight }) => weight) },
      world.streams,
      world.stream(nodeId, purpose),
    );
  }

  // ---------------------------------------------------------------- life

  override attach(slot: number, connection: Connection): void {
    this.outlets.attach(slot, connection);
  }

  override onConnected(slot: number): void {
    this.outlets.clients[slot]?.start();
    this.pump();
  }

  override onDisconnected(slot: number): void {
    this.outlets.detach(slot);
    this.pump();
  }

  override onWireParams(slot: number, connection: Connection): void {
    this.outlets.clients[slot]?.onParams(connection);
  }

  override onStart(): void {
    this.outlets.start();
    if (this.isClosed) this.startCallers();
    else this.beginAnew();
  }

  override onCrash(): void {
    this.outlets.onCrash();
    this.state.heldBack = 0;
    this.state.bursts = [];
    this.state.unanswered.clear();
    this.state.resting = 0;
  }

  override onRestart(): void {
    this.outlets.start();
    if (this.isClosed) this.startCallers();
    else this.goOn();
  }

  override onRemoved(): void {
    this.outlets.onCrash();
  }

  override onParams(params: Params): void {
    const wasLimited = this.limit > 0 && this.state.sent >= this.limit;
    const before = this.params;
    this.readParams(params);
    if (this.isClosed) {
      this.wakeCallers();
      return;
    }
    if (isOtherSchedule(before, params)) this.beginAnew();
    else if (wasLimited) this.goOn();
  }

  override onCommand(command: CompiledCommand): void {
    if (command.type === 'poison') this.state.poisonShare = command.share;
    else if (command.type === 'burst') this.onBurst(command.count, command.overNs);
  }

  // ---------------------------------------------------------------- open loop

  /** A new schedule counts from now; what the old one had armed no longer matters. */
  private beginAnew(): void {
    const { arrivals } = this.state;
    const startNs = this.params.startAt as number;
    const nowNs = this.world.now[0] as number;
    arrivals.count = 0;
    arrivals.baseNs = nowNs > startNs ? nowNs : startNs;
    this.armNext(arrivals.baseNs);
  }

  /** The schedule comes to life again after a pause. */
  private goOn(): void {
    if (!goesOnByItself(this.params.arrivals)) {
      this.beginAnew();
      return;
    }
    this.state.arrivals.count = 0;
    this.armNext(this.state.arrivals.baseNs);
  }

  /** Arms the first arrival at or after `fromNs`. */
  private armNext(fromNs: number): void {
    const { state, world } = this;
    state.schedules++;
    if (this.isSpent()) return;
    const nowNs = world.now[0] as number;
    if (!this.schedule.next(state.arrivals)) return;
    // Gaps are counted from the start of the sender, not from the start of the run.
    if (fromNs > nowNs && this.params.arrivals !== 'times' && this.params.arrivals !== 'constant')
      world.at[0] = (world.at[0] as number) + fromNs - nowNs;
    world.arm(this.ix, NEXT, state.schedules);
  }

  private isSpent(): boolean {
    return this.limit > 0 && this.state.sent + this.state.heldBack >= this.limit;
  }

  override onTimer(timer: number, arg: number): void {
    if (timer === NEXT) this.onArrival(arg);
    else if (timer === BURST) this.onBurstTick(arg);
    else if (timer === THOUGHT) this.emit(1);
    else if (timer >= CLIENT_TIMERS) this.outlets.onTimer(timer, arg);
  }

  private onArrival(schedule: number): void {
    const { state, world } = this;
    if (schedule !== state.schedules) return;
    const count = this.schedule.due(state.arrivals);
    if (count > 0) this.emit(count);
    if (this.isSpent()) return;
    if (this.schedule.next(state.arrivals)) world.arm(this.ix, NEXT, schedule);
  }

  private onBurst(count: number, overNs: number): void {
    const { state } = this;
    const burst = { number: ++state.burstCount, left: count, gapNs: overNs <= 0 ? 0 : floor(overNs / count) };
    state.bursts.push(burst);
    this.armBurst(burst);
  }

  /** Also what is sent at once comes by a timer: a sender that stands still sends nothing. */
  private armBurst({ number, gapNs }: Burst): void {
    const { world } = this;
    world.at[0] = (world.now[0] as number) + gapNs;
    world.arm(this.ix, BURST, number);
  }

  private onBurstTick(number: number): void {
    const { state } = this;
    const burst = state.bursts.find((other) => other.number === number);
    if (burst === undefined) return;
    const count = burst.gapNs === 0 ? burst.left : 1;
    burst.left -= count;
    if (burst.left > 0) this.armBurst(burst);
    else state.bursts = state.bursts.filter((other) => other !== burst);
    this.emit(count);
  }

  // ---------------------------------------------------------------- closed loop

  private startCallers(): void {
    for (let caller = 0; caller < (this.params.callers as number); caller++) this.think();
  }

  /** The limit may have been raised: those who rest begin to think again. */
  private wakeCallers(): void {
    const { state } = this;
    if (this.limit > 0 && state.sent >= this.limit) return;
    for (; state.resting > 0; state.resting--) this.think();
  }

  private think(): void {
    const { world } = this;
    this.thinkLaw.drawInto(world.drawn);
    const startNs = this.params.startAt as number;
    const fromNs = startNs > (world.now[0] as number) ? startNs : (world.now[0] as number);
    world.at[0] = fromNs + (world.drawn[0] as number);
    world.arm(this.ix, THOUGHT, 0);
  }

  // ---------------------------------------------------------------- sending

  private emit(count: number): void {
    this.state.heldBack += count;
    this.pump();
  }

  private pump(): void {
    const { state, outlets } = this;
    if (state.heldBack === 0) return;
    if (outlets.count === 0) {
      // Nobody to send to: what the clock asks for is not kept, but a caller stays until somebody listens.
      if (!this.isClosed) state.heldBack = 0;
      return;
    }
    while (state.heldBack > 0 && outlets.areOpen) {
      if (this.limit > 0 && state.sent >= this.limit) {
        if (this.isClosed) state.resting += state.heldBack;
        state.heldBack = 0;
        return;
      }
      state.heldBack--;
      this.sendOne();
    }
  }

  private sendOne(): void {
    const { state, world, traits } = this;
    const share = state.poisonShare >= 0 ? state.poisonShare : this.poison;
    traits.key = this.keyLaw === null ? -1 : this.keyLaw.draw();
    traits.type = this.typeLaw === null ? 0 : this.typeLaw.draw();
    if (this.typesInTurn > 0) this.takeTurn(traits.key);
    this.sizeLaw.drawInto(world.drawn);
    traits.sizeBytes = world.drawn[0] as number;
    traits.flags = this.flags;
    if (share > 0 && world.streams.uniform(this.poisonStream) < share) traits.flags |= POISON;
    state.sent++;
    if (this.isClosed) state.unanswered.set(state.sent, this.outlets.count);
    this.outlets.publish(state.sent, traits);
  }

  /** Each key goes through the types in their order; once it is through, another key takes its place and begins anew. */
  private takeTurn(key: number): void {
    const { sentByKey } = this.state;
    const { traits, typesInTurn } = this;
    const sent = sentByKey.get(key) ?? 0;
    sentByKey.set(key, sent + 1);
    traits.type = sent % typesInTurn;
    traits.key = key + this.keyCount * floor(sent / typesInTurn);
  }

  onFlow(_client: number, isOpen: boolean): void {
    if (isOpen) this.pump();
    else this.world.notice('notice.held-back', this.nodeId);
  }

  onOutcome(_client: number, _outcome: string, msg: MsgIx): void {
    if (!this.isClosed) return;
    const { unanswered } = this.state;
    const number = this.world.messages.number[msg] as number;
    const left = unanswered.get(number);
    if (left === undefined) return;
    // A caller goes on when the answer has come on every wire.
    if (left > 1) unanswered.set(number, left - 1);
    else {
      unanswered.delete(number);
      this.think();
    }
  }

  override onPacket(link: LinkIx, type: number, first: number, count: number): void {
    this.outlets.onPacket(this.world.links.toSlot[link] as number, link, type, first, count);
  }

  override sample(out: Float64Array, at: number): void {
    out[at] = this.state.sent;
    out[at + 1] = this.state.heldBack;
  }
}

/** Whether a change of fields changes when messages are due: of the fields that these arrivals use, or of the arrivals. */
function isOtherSchedule(before: Params, after: Params): boolean {
  return Object.entries(SENDER.fields as Fields).some(([name, field]) => {
    const isUsed = field.when?.field === 'arrivals' && field.when.is.includes(after.arrivals as string);
    return (isUsed || name === 'arrivals') && !isSamePlain(before[name], after[name]);
  });
}

export const SENDER_BEHAVIOUR: NodeBehaviour = {
  expand(_self, _params, _parts, plan) {
    plan.actor('', (world, actor) => new Sender(world, actor));
  },
};
