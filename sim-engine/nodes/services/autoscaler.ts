// The autoscaler at work: asks every so often how much waits, and tells the service it scales how many of its replicas work. How many
// it wants is up to parts/autoscaler.ts; what it is told when, and by whom, is here. Section 15 of docs/semantics/patterns.md.

import { min } from '../../kernel/exact-math.ts';
import type { LinkIx } from '../../kernel/ids.ts';
import {
  type Autoscaler,
  type AutoscalerSpec,
  desiredReplicas,
  KEDA_KAFKA_DEFAULTS,
  KEDA_SQS_DEFAULTS,
  lagMetric,
  newAutoscaler,
  nextStartNs,
  pollAutoscaler,
  workingReplicas,
} from '../../parts/autoscaler.ts';
import { StatefulActor } from '../../world/actor.ts';
import { CRASHED } from '../../world/actor-table.ts';
import { factsOf, factsShape, type Inside, InsideRows, listShape, untilNs } from '../../world/inside.ts';
import * as packet from '../../world/packet-types.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import type { ActorSelf, Connection, NodeBehaviour } from '../node-kind.ts';

const POLL = 0;
/** A replica that was starting works. */
const STARTED = 1;
/** Who has not answered by now will not. */
const ANSWERS_DUE = 2;

const TIMERS_MASK = 0x3fffffff;
/** How long KEDA waits for whom it asks (`KEDA_HTTP_DEFAULT_TIMEOUT`), ns. */
const WAIT_NS = 3_000_000_000;

/** What a queue that was asked has not said, or one that was not asked. */
const UNKNOWN_SIZE = -1;

interface AutoscalerState {
  scaler: Autoscaler;
  /** What was answered to the question that is out, by connection. */
  sizes: number[];
  /** Number of the question, and how many have not answered it; 0 = none is out. */
  question: number;
  open: number;
  metric: number;
  /** Timers ever set: those that a later one took the place of are passed over. */
  polls: number;
  starts: number;
  rescaled: number;
  /** The latest, oldest first. */
  decisions: Decision[];
}

/** What was made of one poll: for people alone, no later one goes by it. */
interface Decision {
  readonly atNs: number;
  readonly metric: number;
  readonly before: number;
  readonly wanted: number;
}
const DECISIONS_KEPT = 20;

const STATE = factsShape('autoscaler.state', {
  wanted: 'count',
  working: 'count',
  starting: 'count',
  'next-works': 'duration?',
  size: 'count',
  'looks-again': 'duration',
});
const READINGS = listShape('autoscaler.readings', { queue: 'node', size: 'count' });
const DECISIONS = listShape('autoscaler.decisions', { at: 'moment', size: 'count', before: 'count', wanted: 'count' });

class AutoscalerActor extends StatefulActor {
  override state: AutoscalerState = {
    scaler: newAutoscaler(1, 0),
    sizes: [],
    question: 0,
    open: 0,
    metric: 0,
    polls: 0,
    starts: 0,
    rescaled: 0,
    decisions: [],
  };
  private readonly world: World;
  /** Links to what it watches, by slot. */
  private readonly watched: (LinkIx | null)[] = [];
  /** By slot: document id of the node at the other end. */
  private readonly peers: string[] = [];
  private scaled: LinkIx | null = null;
  private scaledSlot = -1;
  private spec: AutoscalerSpec = KEDA_SQS_DEFAULTS;
  private addsUp = false;
  private countsInFlight = true;
  private pollingNs = 1;

  constructor(world: World, self: ActorSelf) {
    super(self.ix);
    this.world = world;
    this.readParams(self.params);
  }

  private readParams(params: Params): void {
    this.addsUp = params.preset === 'keda-kafka';
    const defaults = this.addsUp ? KEDA_KAFKA_DEFAULTS : KEDA_SQS_DEFAULTS;
    this.spec = {
      threshold: (params.threshold as number) || defaults.threshold,
      activation: params.activation as number,
      minReplicas: params.min as number,
      maxReplicas: params.max as number,
      isIdleAllowed: params.idle as boolean,
      isLimitedToLagging: params.laggingOnly as boolean,
      tolerance: params.tolerance as number,
      cooldownNs: params.cooldown as number,
      stabilizationDownNs: params.stabilizationDown as number,
      stabilizationUpNs: params.stabilizationUp as number,
      startUpNs: params.startUp as number,
    };
    // A lag is all that is not committed, what is in work included.
    this.countsInFlight = this.addsUp || params.counts === 'all';
    this.pollingNs = params.pollingInterval as number;
  }

  // ---------------------------------------------------------------- life

  override attach(slot: number, connection: Connection): void {
    this.peers[slot] = connection.peerId;
    if (connection.port === 'watched') {
      this.watched[slot] = connection.out;
      return;
    }
    this.scaled = connection.out;
    this.scaledSlot = slot;
  }

  override onConnected(slot: number): void {
    if (slot === this.scaledSlot && this.world.condition(this.ix) !== CRASHED) this.tell();
  }

  override onDisconnected(slot: number): void {
    this.watched[slot] = null;
    if (slot !== this.scaledSlot) return;
    this.scaled = null;
    this.scaledSlot = -1;
  }

  override onParams(params: Params): void {
    const { pollingNs } = this;
    this.readParams(params);
    if (pollingNs !== this.pollingNs) this.armPoll();
  }

  /** What is drawn is one replica. */
  override onStart(): void {
    const { spec, state, world } = this;
    const first = min(spec.maxReplicas, spec.minReplicas > 1 ? spec.minReplicas : 1);
    state.scaler = newAutoscaler(first, world.now[0] as number);
    this.tell();
    this.poll();
  }

  /** How many are wanted, and since when, is kept by the cluster; only the question that was out is forgotten. */
  override onCrash(): void {
    this.state.open = 0;
  }

  override onRestart(): void {
    this.tell();
    this.poll();
  }

  // ---------------------------------------------------------------- asking

  private poll(): void {
    const { state, world } = this;
    // Polls may follow one another faster than who is asked last time is waited for.
    if (state.open > 0) this.decide();
    state.question = (state.question + 1) & TIMERS_MASK;
    state.sizes = [];
    for (let slot = 0; slot < this.watched.length; slot++) {
      const link = this.watched[slot] ?? null;
      state.sizes.push(UNKNOWN_SIZE);
      if (link === null) continue;
      state.open++;
      world.send(link, packet.SIZE_ASK, this.countsInFlight ? 1 : 0, 1, state.question);
    }
    if (state.open > 0) {
      world.at[0] = (world.now[0] as number) + WAIT_NS;
      world.arm(this.ix, ANSWERS_DUE, state.question);
    }
    this.armPoll();
  }

  private armPoll(): void {
    const { state, world } = this;
    state.polls = (state.polls + 1) & TIMERS_MASK;
    world.at[0] = (world.now[0] as number) + this.pollingNs;
    world.arm(this.ix, POLL, state.polls);
  }

  override onPacket(link: LinkIx, type: number, first: number, _count: number): void {
    const { state, world } = this;
    const slot = world.links.toSlot[link] as number;
    if (type !== packet.SIZE || state.open === 0 || world.tag !== state.question) return;
    if (state.sizes[slot] !== UNKNOWN_SIZE) return;
    state.sizes[slot] = first;
    if (--state.open === 0) this.decide();
  }

  override onTimer(timer: number, arg: number): void {
    const { state } = this;
    if (timer === POLL && arg === state.polls) this.poll();
    else if (timer === STARTED && arg === state.starts) this.tell();
    else if (timer === ANSWERS_DUE && arg === state.question && state.open > 0) this.decide();
  }

  // ---------------------------------------------------------------- deciding

  private decide(): void {
    const { spec, state, world } = this;
    const { scaler } = state;
    const isPartial = state.open > 0;
    state.open = 0;
    const sizes = state.sizes.filter((size) => size !== UNKNOWN_SIZE);
    if (sizes.length === 0) return;
    state.metric = this.addsUp ? lagMetric(spec, sizes, sizes.length) : greatest(sizes);
    // Of what it knows in part it makes more, never less (HorizontalPodAutoscaler, "how does it work").
    if (isPartial && desiredReplicas(spec, state.metric, scaler.wanted) < scaler.wanted) return;
    const before = scaler.wanted;
    const wanted = pollAutoscaler(spec, scaler, world.now[0] as number, state.metric);
    if (wanted !== before) state.rescaled++;
    if (state.decisions.length === DECISIONS_KEPT) state.decisions.shift();
    state.decisions.push({ atNs: world.now[0] as number, metric: state.metric, before, wanted });
    this.tell();
  }

  /** Says how many work now, and comes back when the next one does. */
  private tell(): void {
    const { state, world } = this;
    const working = workingReplicas(state.scaler, world.now[0] as number);
    if (this.scaled !== null) world.send(this.scaled, packet.SCALE, working, 1, 0);
    const next = nextStartNs(state.scaler);
    state.starts = (state.starts + 1) & TIMERS_MASK;
    if (next === Number.POSITIVE_INFINITY) return;
    world.at[0] = next;
    world.arm(this.ix, STARTED, state.starts);
  }

  // ---------------------------------------------------------------- gauges

  inside(): Inside {
    const { peers, state, watched, world } = this;
    const { decisions, metric, polls, scaler, sizes } = state;
    const readings = new InsideRows(READINGS);
    for (let slot = 0; slot < watched.length; slot++) {
      const size = sizes[slot] ?? UNKNOWN_SIZE;
      if (watched[slot]) readings.add({ queue: peers[slot] as string, size: size === UNKNOWN_SIZE ? null : size });
    }
    const latest = new InsideRows(DECISIONS);
    for (const { atNs, before, metric: size, wanted } of decisions.toReversed()) latest.add({ at: atNs, size, before, wanted });
    const facts = factsOf(STATE, {
      wanted: scaler.wanted,
      working: scaler.wanted - scaler.startingCount,
      starting: scaler.startingCount,
      'next-works': untilNs(world, nextStartNs(scaler)),
      size: metric,
      'looks-again': untilNs(world, world.timersOf(this.ix, POLL).get(polls)),
    });
    return [facts, readings.table(), latest.table()];
  }

  override sample(out: Float64Array, at: number): void {
    const { metric, rescaled, scaler } = this.state;
    out[at] = scaler.wanted;
    out[at + 1] = scaler.wanted - scaler.startingCount;
    out[at + 2] = scaler.startingCount;
    out[at + 3] = metric;
    out[at + 4] = rescaled;
  }
}

/** Of several queues the one for which most replicas are wanted decides, as of several metrics. */
function greatest(sizes: readonly number[]): number {
  let most = 0;
  for (const size of sizes) if (size > most) most = size;
  return most;
}

export const AUTOSCALER_BEHAVIOUR: NodeBehaviour = {
  expand(_self, _params, _parts, plan) {
    plan.actor('', (world, actor) => new AutoscalerActor(world, actor));
  },
};
