// The caller's side of a call, run by a service: it asks, waits, asks again, and lets out no more questions at once than its
// bulkhead allows. What it cannot know (whether the work behind a call that timed out was done) it does not claim to.

import type { ActorIx, EventIx, LinkIx, OblIx } from '../../kernel/ids.ts';
import type { Stateful } from '../../world/actor.ts';
import type { PacketType } from '../../world/packet-types.ts';
import * as packet from '../../world/packet-types.ts';
import type { World } from '../../world/world.ts';
import { type Connection, clientTimer } from '../node-kind.ts';

/** How a call ended, as its caller sees it. */
export type CallResult =
  | 'answered'
  /** The other side tried and failed. */
  | 'failed'
  /** The other side had no room for it. */
  | 'refused'
  /** What was to be written is there already. */
  | 'conflict'
  /** No answer in time: the work may be under way, or done. */
  | 'timed-out';

/** What a caller asks of its service. */
export interface CallerHost {
  readonly ix: ActorIx;
  /** The call that a place has waited for is over. `serial` tells the delivery that made it from a later one. */
  onCallEnded(slot: number, place: number, serial: number, result: CallResult): void;
}

/** Timers of the client. Their argument is the number of the call. */
const ANSWER_DUE = 0;
const ASK_AGAIN = 1;

interface OpenCall {
  readonly place: number;
  readonly serial: number;
  readonly obl: number;
  readonly question: PacketType;
  readonly options: number;
  triesLeft: number;
  /** Whether it waits for an answer, and not for its next try. */
  isOut: boolean;
  /** Timer of its answer, or of its next try. */
  timer: number;
}

interface CallerState {
  /** Calls ever made, tries included: the number of the last one. */
  calls: number;
  /** By number, oldest first: those that wait for an answer or for their next try. */
  open: Map<number, OpenCall>;
  /** How many of them wait for an answer. */
  out: number;
  /** Those that wait until they may go out, oldest first. */
  waiting: OpenCall[];
  answered: number;
  failed: number;
  timedOut: number;
  heldBack: number;
  late: number;
}

const newCallerState = (): CallerState => ({
  calls: 0,
  open: new Map(),
  out: 0,
  waiting: [],
  answered: 0,
  failed: 0,
  timedOut: 0,
  heldBack: 0,
  late: 0,
});

const CALLS_MASK = 0x3fffffff;

export class Caller implements Stateful {
  state: CallerState = newCallerState();
  readonly wireId: string;
  readonly peerId: string;
  private readonly world: World;
  private readonly host: CallerHost;
  private readonly slot: number;
  private readonly out: LinkIx;
  private timeoutNs = 0;
  private tries = 1;
  private retryWaitNs = 0;
  private atOnce = 0;
  private waits = false;

  constructor(world: World, host: CallerHost, slot: number, connection: Connection) {
    this.world = world;
    this.host = host;
    this.slot = slot;
    this.out = connection.out;
    this.wireId = connection.wireId;
    this.peerId = connection.peerId;
    this.onParams(connection);
  }

  /** What its service shall do with what it was not allowed to ask: 'fail', 'wait', 'requeue' or 'dead-letter'. */
  whenHeldBack = 'fail';

  onParams({ params }: Connection): void {
    this.timeoutNs = params.timeout as number;
    this.tries = (params.retries as number) + 1;
    this.retryWaitNs = params.retryWait as number;
    this.atOnce = params.atOnce as number;
    this.whenHeldBack = params.whenHeldBack as string;
    this.waits = this.whenHeldBack === 'wait';
    this.letWaitingOut();
  }

  /**
   * Asks `question` on behalf of a place, which hears of the end by `onCallEnded`. False if the call is held back and will never
   * go out.
   */
  ask(place: number, serial: number, obl: number, question: PacketType, options: number): boolean {
    const call = { place, serial, obl, question, options, triesLeft: this.tries, isOut: false, timer: 0 };
    if (this.mayGoOut()) this.send(call);
    else if (this.waits) this.state.waiting.push(call);
    else {
      this.state.heldBack++;
      return false;
    }
    return true;
  }

  /** Its place has let go of the delivery: nobody waits for this answer any more. */
  forget(place: number): void {
    const { state } = this;
    for (const [number, call] of state.open) {
      if (call.place !== place) continue;
      this.close(number, call);
      break;
    }
    const at = state.waiting.findIndex((call) => call.place === place);
    if (at >= 0) state.waiting.splice(at, 1);
    this.letWaitingOut();
  }

  onPacket(type: number, result: number): void {
    if (type !== packet.ANSWER) return;
    const number = this.world.tag;
    const call = this.state.open.get(number);
    if (call === undefined) {
      this.state.late++;
      return;
    }
    this.close(number, call);
    if (result === packet.ANSWER_OK) this.end(call, 'answered');
    else if (result === packet.ANSWER_CONFLICT) this.end(call, 'conflict');
    else this.retryOrEnd(call, result === packet.ANSWER_REFUSED ? 'refused' : 'failed');
    this.letWaitingOut();
  }

  onTimer(timer: number, number: number): void {
    const call = this.state.open.get(number);
    if (call === undefined) return;
    call.timer = 0;
    if (timer === ASK_AGAIN) {
      this.state.open.delete(number);
      this.send(call);
      return;
    }
    this.close(number, call);
    this.retryOrEnd(call, 'timed-out');
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
    const { calls } = this.state;
    for (const { timer } of this.state.open.values()) this.world.cancel(timer as EventIx);
    this.state = { ...newCallerState(), calls };
  }

  private mayGoOut(): boolean {
    return this.atOnce === 0 || this.state.out < this.atOnce;
  }

  private letWaitingOut(): void {
    const { waiting } = this.state;
    while (waiting.length > 0 && this.mayGoOut()) this.send(waiting.shift() as OpenCall);
  }

  private send(call: OpenCall): void {
    const { state, world } = this;
    state.calls = (state.calls + 1) & CALLS_MASK;
    const number = state.calls;
    call.triesLeft--;
    state.open.set(number, call);
    state.out++;
    call.isOut = true;
    if (this.timeoutNs > 0) {
      world.at[0] = (world.now[0] as number) + this.timeoutNs;
      call.timer = world.arm(this.host.ix, clientTimer(this.slot, ANSWER_DUE), number);
    }
    world.obligations.addMention(call.obl);
    world.aux[0] = call.options;
    world.send(this.out, call.question, call.obl as OblIx, 1, number);
  }

  private close(number: number, call: OpenCall): void {
    this.world.cancel(call.timer as EventIx);
    call.timer = 0;
    this.state.open.delete(number);
    if (call.isOut) this.state.out--;
    call.isOut = false;
  }

  private retryOrEnd(call: OpenCall, result: CallResult): void {
    const { state, world } = this;
    if (result === 'timed-out') state.timedOut++;
    else state.failed++;
    if (call.triesLeft === 0) {
      this.end(call, result);
      return;
    }
    if (this.retryWaitNs === 0) {
      this.send(call);
      return;
    }
    state.calls = (state.calls + 1) & CALLS_MASK;
    state.open.set(state.calls, call);
    world.at[0] = (world.now[0] as number) + this.retryWaitNs;
    call.timer = world.arm(this.host.ix, clientTimer(this.slot, ASK_AGAIN), state.calls);
  }

  private end(call: OpenCall, result: CallResult): void {
    if (result === 'answered') this.state.answered++;
    this.host.onCallEnded(this.slot, call.place, call.serial, result);
  }
}
