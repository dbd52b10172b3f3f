// The sender at work: makes messages when they are due (`demand.ts`) and hands them to its wires. It knows no broker.

import type { Law } from '../../kernel/distributions.ts';
import { floor } from '../../kernel/exact-math.ts';
import type { LinkIx, MsgIx, StreamIx } from '../../kernel/ids.ts';
import { KeyLaw } from '../../kernel/key-law.ts';
import type { LawSpec } from '../../kernel/law-spec.ts';
import { type CompiledCommand, StatefulActor } from '../../world/actor.ts';
import { factsOf, factsShape, type Inside, InsideRows, listShape, untilNs } from '../../world/inside.ts';
import { NUMBERED, POISON } from '../../world/messages.ts';
import type { World } from '../../world/world.ts';
import type { Params, Weight } from '../fields.ts';
import { type ActorSelf, CLIENT_TIMERS, type Connection, type NodeBehaviour, type PublisherHost } from '../node-kind.ts';
import { type MessageTraits, Outlets } from '../publishing.ts';
import { Demand, type DemandHost } from './demand.ts';
import { SENDER } from './sender.declaration.ts';

const NEXT = 0;
const BURST = 1;
const THOUGHT = 2;

const STATE = factsShape('sender.state', {
  sent: 'count',
  'held-back': 'count',
  'next-due': 'duration?',
  unanswered: 'count?',
  resting: 'count?',
  'poison-share': 'ratio?',
});
const BURSTS = listShape('sender.bursts', { left: 'count', gap: 'duration' });

interface SenderState {
  /** Injected share of poison, -1 = its own. */
  poisonShare: number;
  /** Of a closed loop: messages by number whose fate is not known on every wire yet, and on how many it is not. */
  unanswered: Map<number, number>;
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

class Sender extends StatefulActor implements PublisherHost, DemandHost {
  override state: SenderState = {
    poisonShare: -1,
    unanswered: new Map(),
    bursts: [],
    sentByKey: new Map(),
    burstCount: 0,
  };
  private readonly world: World;
  private readonly nodeId: string;
  private readonly outlets: Outlets;
  private readonly demand: Demand;
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
  private keyLaw: KeyLaw | null = null;
  private typeLaw: KeyLaw | null = null;
  /** How many keys are drawn from, and how many types each goes through; 0 types = they do not come in turn. */
  private keyCount = 0;
  private typesInTurn = 0;
  private sizeLaw!: Law;
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
    const timers = { arrival: NEXT, thought: THOUGHT };
    this.demand = new Demand(world, this, self.nodeId, this.outlets, SENDER.fields, timers, self.params);
  }

  protected override statefulParts() {
    return [this.demand, ...Array.from(this.outlets.clients, (client) => client ?? null)];
  }

  private readParams(params: Params): void {
    const { world, nodeId } = this;
    this.poison = params.poison as number;
    this.flags = params.numbered ? NUMBERED : 0;
    this.traits.priority = params.priority as number;
    this.sizeLaw = world.law(params.size as LawSpec, nodeId, 'size');
    this.keyLaw = this.keyLawOf(params);
    const types = params.types as readonly Weight[];
    world.typeNames.set(
      this.ix,
      types.map(({ name }) => name),
    );
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
    this.demand.pump();
  }

  override onDisconnected(slot: number): void {
    this.outlets.detach(slot);
    this.demand.pump();
  }

  override onWireParams(slot: number, connection: Connection): void {
    this.outlets.clients[slot]?.onParams(connection);
  }

  override onStart(): void {
    this.outlets.start();
    this.demand.onStart();
  }

  override onCrash(): void {
    this.outlets.onCrash();
    this.demand.onCrash();
    this.state.bursts = [];
    this.state.unanswered.clear();
  }

  override onRestart(): void {
    this.outlets.start();
    this.demand.onRestart();
  }

  override onRemoved(): void {
    this.outlets.onCrash();
  }

  override onParams(params: Params): void {
    this.readParams(params);
    this.demand.onParams(params);
  }

  override onCommand(command: CompiledCommand): void {
    if (command.type === 'poison') this.state.poisonShare = command.share;
    else if (command.type === 'burst') this.onBurst(command.count, command.overNs);
  }

  override onTimer(timer: number, arg: number): void {
    if (timer === NEXT) this.demand.onArrival(arg);
    else if (timer === BURST) this.onBurstTick(arg);
    else if (timer === THOUGHT) this.demand.onThought();
    else if (timer >= CLIENT_TIMERS) this.outlets.onTimer(timer, arg);
  }

  // ---------------------------------------------------------------- injected bursts

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
    this.demand.add(count);
  }

  // ---------------------------------------------------------------- sending

  onDue(): void {
    this.demand.pump();
  }

  issue(): void {
    const { demand, state, world, traits } = this;
    const number = demand.state.issued;
    const share = state.poisonShare >= 0 ? state.poisonShare : this.poison;
    traits.key = this.keyLaw === null ? -1 : this.keyLaw.draw();
    traits.type = this.typeLaw === null ? 0 : this.typeLaw.draw();
    if (this.typesInTurn > 0) this.takeTurn(traits.key);
    this.sizeLaw.drawInto(world.drawn);
    traits.sizeBytes = world.drawn[0] as number;
    traits.flags = this.flags;
    if (share > 0 && world.streams.uniform(this.poisonStream) < share) traits.flags |= POISON;
    if (demand.isClosed) state.unanswered.set(number, this.outlets.count);
    this.outlets.publish(number, traits);
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
    if (isOpen) this.demand.pump();
    else this.world.notice('notice.held-back', this.nodeId);
  }

  onOutcome(_client: number, _outcome: string, msg: MsgIx): void {
    if (!this.demand.isClosed) return;
    const { unanswered } = this.state;
    const number = this.world.messages.number[msg] as number;
    const left = unanswered.get(number);
    if (left === undefined) return;
    // A caller goes on when the answer has come on every wire.
    if (left > 1) unanswered.set(number, left - 1);
    else {
      unanswered.delete(number);
      this.demand.think();
    }
  }

  override onPacket(link: LinkIx, type: number, first: number, count: number): void {
    this.outlets.onPacket(this.world.links.toSlot[link] as number, link, type, first, count);
  }

  inside(): Inside {
    const { demand, outlets, state, world } = this;
    const { bursts, poisonShare, unanswered } = state;
    const rows = new InsideRows(BURSTS);
    for (const { gapNs, left } of bursts) rows.add({ left, gap: gapNs });
    const facts = factsOf(STATE, {
      sent: demand.state.issued,
      'held-back': demand.state.heldBack,
      'next-due': untilNs(world, world.timersOf(this.ix, NEXT).get(demand.state.schedules)),
      unanswered: demand.isClosed ? unanswered.size : null,
      resting: demand.isClosed ? demand.state.resting : null,
      'poison-share': poisonShare < 0 ? null : poisonShare,
    });
    return [facts, ...(bursts.length > 0 ? [rows.table(bursts.length)] : []), ...outlets.inside()];
  }

  override sample(out: Float64Array, at: number): void {
    out[at] = this.demand.state.issued;
    out[at + 1] = this.demand.state.heldBack;
  }
}

export const SENDER_BEHAVIOUR: NodeBehaviour = {
  expand(_self, _params, _parts, plan) {
    plan.actor('', (world, actor) => new Sender(world, actor));
  },
};
