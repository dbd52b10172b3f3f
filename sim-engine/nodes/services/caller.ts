// The caller's side of a call, run by a service: it asks, waits, asks again, and heeds the guards of its wire. What it cannot know
// (whether the work behind a call that timed out was done) it does not claim to.

import type { ActorIx, EventIx, LinkIx, OblIx } from '../../kernel/ids.ts';
import type { Stateful } from '../../world/actor.ts';
import type { Inside } from '../../world/inside.ts';
import type { PacketType } from '../../world/packet-types.ts';
import * as packet from '../../world/packet-types.ts';
import type { World } from '../../world/world.ts';
import { type Connection, clientTimer } from '../node-kind.ts';
import { callerInside } from './caller-inside.ts';
import {
  type GuardSpec,
  type GuardState,
  guardSpecOf,
  letsOut,
  newGuards,
  nextLookNs,
  noteEnd,
  noteForgotten,
  renewGuards,
} from './guards.ts';
import { onAnswer, onFailedAttempt, onFirstAttempt, takeRetry } from './retry-allowance.ts';

/** How a call ended, as its caller sees it. */
export type CallResult =
  | 'answered'
  /** The other side tried and failed. */
  | 'failed'
  /** The other side had no room for it, or does not do this now. */
  | 'refused'
  /** What was to be written is there already. */
  | 'conflict'
  /** It was written before, by the same message, and nothing is changed. */
  | 'known'
  /** No answer in time: the work may be under way, or done. */
  | 'timed-out'
  /** A guard of this side did not let it out. */
  | 'held-back';

/** What a caller asks of its service. */
export interface CallerHost {
  readonly ix: ActorIx;
  /** The call that a place has waited for is over. `serial` tells the delivery that made it from a later one. */
  onCallEnded(slot: number, place: number, serial: number, result: CallResult): void;
}

/** What to do with a call that is not let out. */
export type WhenHeldBack = 'fail' | 'wait' | 'requeue' | 'dead-letter';

/** Timers of the client; the first two have the number of the call as argument. */
const ANSWER_DUE = 0;
const ASK_AGAIN = 1;
const LOOK_AGAIN = 2;

interface OpenCall {
  readonly place: number;
  readonly serial: number;
  readonly obl: number;
  readonly question: PacketType;
  readonly options: number;
  triesLeft: number;
  /** Whether it waits for an answer, and not for its next try. */
  isOut: boolean;
  /** When its last try went out, ns. */
  sentNs: number;
  /** What its last retry cost; 0 before the first. */
  cost: number;
  /** Timer of its answer, or of its next try. */
  timer: number;
}

interface CallerState {
  /** The number of the last try. */
  calls: number;
  /** By number, oldest first: those that wait for an answer or for their next try. */
  open: Map<number, OpenCall>;
  /** How many of them wait for an answer. */
  out: number;
  /** Those that wait until they may go out, oldest first. */
  waiting: OpenCall[];
  /** Whether a timer is set to look whether they may. */
  isLooking: boolean;
  guards: GuardState;
  answered: number;
  failed: number;
  timedOut: number;
  heldBack: number;
  /** Answers to calls that nobody waits for any more. */
  late: number;
}

const newCallerState = (guards: GuardState): CallerState => ({
  calls: 0,
  open: new Map(),
  out: 0,
  waiting: [],
  isLooking: false,
  guards,
  answered: 0,
  failed: 0,
  timedOut: 0,
  heldBack: 0,
  late: 0,
});

const CALLS_MASK = 0x3fffffff;

export class Caller implements Stateful {
  state: CallerState;
  /** Document id of the node that is asked. */
  readonly peerId: string;
  whenHeldBack: WhenHeldBack = 'fail';
  private readonly world: World;
  private readonly host: CallerHost;
  private readonly slot: number;
  private readonly out: LinkIx;
  private spec: GuardSpec;
  private timeoutNs = 0;
  private tries = 1;
  private retryWaitNs = 0;

  constructor(world: World, host: CallerHost, slot: number, connection: Connection) {
    this.world = world;
    this.host = host;
    this.slot = slot;
    this.out = connection.out;
    this.peerId = connection.peerId;
    this.spec = guardSpecOf(connection.params);
    this.state = newCallerState(newGuards(this.spec, world.now[0] as number));
    this.readParams(connection);
  }

  onParams(connection: Connection): void {
    const before = this.spec;
    this.spec = guardSpecOf(connection.params);
    renewGuards(before, this.spec, this.state.guards, this.world.now[0] as number);
    this.readParams(connection);
    this.letWaitingOut();
  }

  private readParams({ params }: Connection): void {
    this.timeoutNs = params.timeout as number;
    this.tries = (params.retries as number) + 1;
    this.retryWaitNs = params.retryWait as number;
    this.whenHeldBack = params.whenHeldBack as WhenHeldBack;
  }

  /**
   * Asks `question` on behalf of a place, which hears of the end by `onCallEnded`. False if the call is held back and will never
   * go out.
   */
  ask(place: number, serial: number, obl: number, question: PacketType, options: number): boolean {
    const call: OpenCall = {
      place,
      serial,
      obl,
      question,
      options,
      triesLeft: this.tries,
      isOut: false,
      sentNs: 0,
      cost: 0,
      timer: 0,
    };
    // Who came before goes before.
    if (this.state.waiting.length === 0 && this.isLetOut()) {
      onFirstAttempt(this.state.guards.allowance, this.world.now[0] as number);
      this.send(call);
      return true;
    }
    return this.holdBack(call);
  }

  inside(): Inside {
    const { peerId, spec, state, world } = this;
    return callerInside({ peerId, spec, state, world, timeOf: (timer) => world.wheel.timeOf(timer as EventIx) });
  }

  /** Its place has let go of the delivery: nobody waits for this answer any more. */
  forget(place: number): void {
    const { state } = this;
    for (const [number, call] of state.open) {
      if (call.place !== place) continue;
      const wasOut = call.isOut;
      this.close(number, call);
      if (wasOut) noteForgotten(this.spec, state.guards, this.world.now[0] as number);
      break;
    }
    const at = state.waiting.findIndex((call) => call.place === place);
    if (at >= 0) state.waiting.splice(at, 1);
    this.letWaitingOut();
  }

  onPacket(result: number): void {
    const number = this.world.tag;
    const call = this.state.open.get(number);
    if (call === undefined) {
      this.state.late++;
      return;
    }
    this.close(number, call);
    const isGood = result === packet.ANSWER_OK || result === packet.ANSWER_CONFLICT || result === packet.ANSWER_KNOWN;
    this.note(call, isGood);
    if (isGood) {
      this.state.answered++;
      onAnswer(this.state.guards.allowance, call.cost);
      this.end(call, result === packet.ANSWER_OK ? 'answered' : result === packet.ANSWER_KNOWN ? 'known' : 'conflict');
    } else {
      this.state.failed++;
      this.retryOrEnd(call, result === packet.ANSWER_REFUSED ? 'refused' : 'failed');
    }
    this.letWaitingOut();
  }

  onTimer(timer: number, number: number): void {
    if (timer === LOOK_AGAIN) {
      this.state.isLooking = false;
      this.letWaitingOut();
      return;
    }
    const call = this.state.open.get(number);
    if (call === undefined) return;
    call.timer = 0;
    this.close(number, call);
    if (timer === ANSWER_DUE) {
      this.state.timedOut++;
      this.note(call, false);
      this.retryOrEnd(call, 'timed-out');
    } else this.sendAgain(call);
    this.letWaitingOut();
  }

  /** The wire is gone: no answer will come. Answers with the places that have waited for one. */
  letAllGo(): readonly { readonly place: number; readonly serial: number }[] {
    const places = [...this.state.open.values(), ...this.state.waiting];
    this.onCrash();
    return places;
  }

  /** The host crashed: nobody waits any more. Numbers go on, so that a late answer finds nobody. */
  onCrash(): void {
    const { calls, open } = this.state;
    for (const { timer } of open.values()) this.world.cancel(timer as EventIx);
    this.state = { ...newCallerState(newGuards(this.spec, this.world.now[0] as number)), calls };
  }

  private isLetOut(): boolean {
    return letsOut(this.spec, this.state.guards, this.world.now[0] as number, this.state.out);
  }

  /** A call that may not go out now: it waits in its place, or will never go. */
  private holdBack(call: OpenCall): boolean {
    this.state.heldBack++;
    if (this.whenHeldBack !== 'wait') return false;
    this.state.waiting.push(call);
    this.lookLater();
    return true;
  }

  private letWaitingOut(): void {
    const { waiting } = this.state;
    while (waiting.length > 0 && this.isLetOut()) this.send(waiting.shift() as OpenCall);
    if (waiting.length > 0) this.lookLater();
  }

  /** Where time alone may let the next one out, somebody must look at that time. */
  private lookLater(): void {
    const { state, world } = this;
    if (state.isLooking) return;
    const atNs = nextLookNs(this.spec, state.guards, world.now[0] as number);
    if (atNs === Number.POSITIVE_INFINITY || atNs <= (world.now[0] as number)) return;
    state.isLooking = true;
    world.at[0] = atNs;
    world.arm(this.host.ix, clientTimer(this.slot, LOOK_AGAIN), 0);
  }

  private send(call: OpenCall): void {
    const { state, world } = this;
    const number = this.nextNumber();
    call.triesLeft--;
    call.isOut = true;
    call.sentNs = world.now[0] as number;
    state.open.set(number, call);
    state.out++;
    if (this.timeoutNs > 0) {
      world.at[0] = (world.now[0] as number) + this.timeoutNs;
      call.timer = world.arm(this.host.ix, clientTimer(this.slot, ANSWER_DUE), number);
    }
    world.obligations.addMention(call.obl);
    world.aux[0] = call.options;
    world.send(this.out, call.question, call.obl as OblIx, 1, number);
  }

  private sendAgain(call: OpenCall): void {
    if (this.state.waiting.length === 0 && this.isLetOut()) this.send(call);
    else if (!this.holdBack(call)) this.end(call, 'held-back');
  }

  private nextNumber(): number {
    this.state.calls = (this.state.calls + 1) & CALLS_MASK;
    return this.state.calls;
  }

  private close(number: number, call: OpenCall): void {
    this.world.cancel(call.timer as EventIx);
    call.timer = 0;
    this.state.open.delete(number);
    if (call.isOut) this.state.out--;
    call.isOut = false;
  }

  private note(call: OpenCall, isGood: boolean): void {
    const { world } = this;
    const nowNs = world.now[0] as number;
    if (!noteEnd(this.spec, this.state.guards, nowNs, isGood, nowNs - call.sentNs)) return;
    world.notice('notice.breaker-opened', world.nodeIds[this.host.ix] as string, { peer: this.peerId });
  }

  private retryOrEnd(call: OpenCall, result: CallResult): void {
    const { state, world } = this;
    const { allowance } = state.guards;
    onFailedAttempt(allowance);
    const cost = call.triesLeft === 0 ? 0 : takeRetry(allowance, world.now[0] as number, result === 'timed-out');
    if (cost === 0) {
      this.end(call, result);
      return;
    }
    call.cost = cost;
    if (this.retryWaitNs === 0) {
      this.sendAgain(call);
      return;
    }
    const number = this.nextNumber();
    state.open.set(number, call);
    world.at[0] = (world.now[0] as number) + this.retryWaitNs;
    call.timer = world.arm(this.host.ix, clientTimer(this.slot, ASK_AGAIN), number);
  }

  private end(call: OpenCall, result: CallResult): void {
    this.host.onCallEnded(this.slot, call.place, call.serial, result);
  }
}
