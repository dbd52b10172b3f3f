// How a service works on what has one of its places: goes through the instructions, asks others, succeeds or fails, and is through with it
// for good, until another attempt, or because somebody has done it before.

import type { Law } from '../../kernel/distributions.ts';
import { floor } from '../../kernel/exact-math.ts';
import type { ActorIx } from '../../kernel/ids.ts';
import type { LawSpec } from '../../kernel/law-spec.ts';
import { EXPIRED } from '../../world/books.ts';
import * as packet from '../../world/packet-types.ts';
import { FORGOTTEN, LATE, REJECTED } from '../../world/reasons.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import type { Outlets } from '../publishing.ts';
import type { CallerHost, CallResult, WhenHeldBack } from './caller.ts';
import { CallsOut } from './calls-out.ts';
import { CrashPlan } from './crash-plan.ts';
import { Failure } from './failure.ts';
import { Memory } from './memory.ts';
import { type Place, Places, type PlacesHost, timerArgOf, triesOf } from './places.ts';
import { ACKNOWLEDGE, ASK, CHECK, type Instruction, MARK, type Program, PUBLISH, programOf, REMEMBER, WORK } from './program.ts';
import type { Receipts } from './receipts.ts';
import { Results } from './results.ts';
import { FILL, type ServiceCore, STEP_ENDS, WAIT_ENDS } from './service-state.ts';

export class ServiceWork implements PlacesHost, CallerHost {
  readonly ix: ActorIx;
  readonly places: Places;
  readonly callsOut: CallsOut;
  readonly results: Results;
  /** Messages, or keys, that are remembered as done. */
  readonly memory: Memory;
  program!: Program;
  private readonly service: ServiceCore;
  private readonly receipts: Receipts;
  private readonly world: World;
  private readonly crashPlan: CrashPlan;
  private readonly failure: Failure;
  /** What each kilobyte of a message adds to the work, ns. */
  private perKilobyteNs = 0;
  private skipsExpired = false;

  constructor(service: ServiceCore, receipts: Receipts, outlets: Outlets, params: Params) {
    const { ix, nodeId, place, world } = service;
    this.ix = ix;
    this.service = service;
    this.receipts = receipts;
    this.world = world;
    this.crashPlan = new CrashPlan(service, params);
    this.results = new Results(world, nodeId, place, outlets, params);
    this.callsOut = new CallsOut(world, this);
    this.failure = new Failure(world, nodeId, params);
    this.memory = new Memory(world, params);
    this.readParams(params);
    this.places = new Places(world, this, FILL, params);
  }

  private readParams(params: Params): void {
    const { nodeId, world } = this.service;
    this.perKilobyteNs = params.perKilobyte as number;
    this.skipsExpired = params.skipsExpired as boolean;
    this.program = programOf(world, nodeId, params, world.law(params.work as LawSpec, nodeId, 'work'));
  }

  onParams(params: Params): void {
    this.readParams(params);
    this.crashPlan.onParams(params);
    this.failure.onParams(params);
    this.memory.onParams(params);
    this.results.onParams(params);
    this.places.onParams(params);
  }

  // ---------------------------------------------------------------- beginning

  begin(place: Place): void {
    if (this.skipsExpired && place.call <= 0 && this.isTooLate(place)) {
      this.passOver(place);
      return;
    }
    this.world.tellOf(place.obl, 'begun', this.service.place, place.attempt);
    if (!this.crashPlan.comesAfter(1)) this.goOn(place);
  }

  /** Whether whoever asked has given up meanwhile. */
  private isTooLate({ obl }: Place): boolean {
    const { messages, now, obligations } = this.world;
    const deadlineNs = messages.deadlineNs[obligations.msg[obl] as number] as number;
    return deadlineNs !== 0 && (now[0] as number) >= deadlineNs;
  }

  /** Nobody waits for it any more: it is taken off the queue without a stroke of work. */
  private passOver(place: Place): void {
    this.service.state.tooLate++;
    this.world.obligations.conclude(place.obl, EXPIRED, this.service.place, LATE);
    if (place.call === 0) this.receipts.settle(place, 'ack', 0);
    else this.receipts.refuse(place);
    this.leave(place);
  }

  /** Another attempt on what failed, without letting anything else into its place. */
  private beginAgain(place: Place): void {
    place.step = 0;
    place.isResting = false;
    place.again++;
    place.outlet = -1;
    this.world.tellOf(place.obl, 'begun', this.service.place, triesOf(place));
    if (!this.crashPlan.comesAfter(1)) this.goOn(place);
  }

  // ---------------------------------------------------------------- steps

  /** Goes through the instructions from the current one on, until one takes time or the list ends. */
  private goOn(place: Place): void {
    const { instructions, settlesLast } = this.program;
    while (place.step < instructions.length) {
      const { operation, takes } = instructions[place.step] as Instruction;
      if (takes !== null) {
        this.startStep(place, takes);
        return;
      }
      if (operation === PUBLISH) {
        if (!this.results.publish(place, this.program.announces)) return;
      } else if (operation === ASK) {
        if (this.startCall(place, instructions[place.step] as Instruction)) return;
      } else if (operation === CHECK || operation === REMEMBER) {
        if (operation === CHECK ? this.memory.isRemembered(place.obl) : !this.memory.remember(place.obl)) {
          this.skip(place);
          return;
        }
      } else if (operation === MARK) {
        this.memory.remember(place.obl);
      } else if (operation === ACKNOWLEDGE && !(settlesLast && place.step === instructions.length - 1)) {
        this.receipts.acknowledge(place);
      }
      place.step++;
      if (place.step < instructions.length && this.crashPlan.comesAfter(place.step + 1)) return;
    }
    this.finish(place);
  }

  private startStep(place: Place, takes: Law): void {
    const { world } = this;
    takes.drawInto(world.drawn);
    if (this.perKilobyteNs > 0 && this.program.instructions[place.step]?.operation === WORK) {
      const bytes = world.messages.sizeBytes[world.obligations.msg[place.obl] as number] as number;
      world.drawn[0] = (world.drawn[0] as number) + floor((bytes * this.perKilobyteNs) / 1000);
    }
    const slow = world.slowFactor(this.ix);
    const lengthNs = slow === 1 ? (world.drawn[0] as number) : floor((world.drawn[0] as number) * slow);
    world.at[0] = (world.now[0] as number) + lengthNs;
    this.places.noteEnd(place);
    world.arm(this.ix, STEP_ENDS, timerArgOf(place));
  }

  resume(place: Place, leftNs: number): void {
    const { world } = this;
    world.tellOf(place.obl, 'begun', this.service.place, triesOf(place));
    world.at[0] = (world.now[0] as number) + leftNs;
    this.places.noteEnd(place);
    world.arm(this.ix, STEP_ENDS, timerArgOf(place));
  }

  /** One of the timers of a place. */
  onTimer(timer: number, arg: number): void {
    // The delivery it was set for may have left the place, because its wire was taken away.
    const place = this.places.ofTimer(arg);
    if (place === undefined) return;
    if (timer === STEP_ENDS) this.onStepEnds(place);
    else if (this.failure.waitsInPlace || place.call < 0) this.beginAgain(place);
    else this.giveBack(place, 'retry', 0);
  }

  private onStepEnds(place: Place): void {
    const instruction = this.program.instructions[place.step];
    if (instruction !== undefined && this.failure.hasFailed(place, instruction)) {
      this.fail(place);
      return;
    }
    // The transaction finds that it was done before: it changes nothing.
    if (instruction?.once === true && !this.memory.remember(place.obl)) {
      this.skip(place);
      return;
    }
    this.onStepDone(place, true);
  }

  /** A step that took time is over; `isDone` says whether it did what it is there for. */
  private onStepDone(place: Place, isDone: boolean): void {
    if (isDone && place.step === this.program.deed) this.succeed(place);
    place.step++;
    if (place.step >= this.program.instructions.length || !this.crashPlan.comesAfter(place.step + 1)) this.goOn(place);
  }

  /** A channel takes messages again: the places whose result had to wait go on. */
  resumeBlocked(): void {
    for (const ix of this.results.takeBlocked()) {
      const place = this.places.takenAt(ix);
      if (place !== undefined) this.goOn(place);
    }
  }

  // ---------------------------------------------------------------- calls

  /** True if the place waits now, or has let go of what it had; false if nobody is asked. */
  private startCall(place: Place, instruction: Instruction): boolean {
    const asked = this.callsOut.ask(place, instruction);
    if (asked === 'nobody') return false;
    if (asked !== 'under-way') this.onHeldBack(place, asked);
    return true;
  }

  onCallEnded(slot: number, ix: number, serial: number, result: CallResult): void {
    const place = this.places.find(ix, serial);
    if (place === undefined) return;
    const onConflict = this.program.instructions[place.step]?.onConflict;
    if (result === 'answered') this.onStepDone(place, true);
    else if (result === 'held-back') this.onHeldBack(place, this.callsOut.at(slot)?.whenHeldBack ?? 'fail');
    else if (result !== 'known' && (result !== 'conflict' || onConflict === 'fail')) this.fail(place);
    else if (result === 'conflict' && onConflict === 'skip') this.skip(place);
    else {
      if (place.step === this.program.deed) this.succeed(place, false);
      this.onStepDone(place, false);
    }
  }

  private onHeldBack(place: Place, whenHeldBack: WhenHeldBack): void {
    if (place.call !== 0 || whenHeldBack === 'fail' || place.isAcknowledged) this.fail(place);
    else if (whenHeldBack === 'requeue') this.giveBack(place, 'retry', this.failure.baseWaitNs);
    else {
      this.world.tellOf(place.obl, 'given-up', this.service.place, triesOf(place));
      this.giveBack(place, 'reject', 0);
    }
  }

  // ---------------------------------------------------------------- success

  /** `isNew`: whether it brought its effect about, and did not find it in place. */
  private succeed(place: Place, isNew = true): void {
    const { world } = this;
    const { place: at, state } = this.service;
    const { obligations } = world;
    place.hasSucceeded = true;
    state.processed++;
    if (place.call <= 0) world.settled++;
    if (place.call > 0) {
      state.callsProcessed++;
      return;
    }
    const msg = obligations.msg[place.obl] as number;
    if (isNew ? obligations.succeed(place.obl) : obligations.succeedAgain(place.obl)) {
      // Whoever asked has given up: the answer is of no use to anybody.
      if (this.isTooLate(place)) world.oracle.wasted(this.places.workedNs(place));
      world.tell(msg, 'processed', at, triesOf(place));
    } else {
      world.oracle.wasted(this.places.workedNs(place));
      world.tell(msg, 'repeated', at, triesOf(place));
    }
  }

  /** The list is at its end: the last receipt goes out, and the place is free for the next. */
  private finish(place: Place): void {
    if (!place.hasSucceeded) this.succeed(place);
    this.receipts.close(place, this.program.settlesLast);
    this.leave(place);
    this.crashPlan.comesAfter(this.program.instructions.length + 1);
  }

  /** Somebody has done this before: it is taken off the hands of whoever sent it, and nothing more is done. */
  private skip(place: Place): void {
    const { call, obl } = place;
    const { place: at, state } = this.service;
    state.skipped++;
    this.world.tellOf(obl, 'recognised', at, triesOf(place));
    if (call <= 0) this.world.obligations.recognisedAt[obl] = at;
    this.receipts.close(place, true);
    this.leave(place);
  }

  // ---------------------------------------------------------------- failure

  private fail(place: Place): void {
    const { world } = this;
    const { place: at, state } = this.service;
    const { obl } = place;
    const msg = world.obligations.msg[obl] as number;
    state.failed++;
    if (place.call > 0) {
      state.callsFailed++;
      world.oracle.wasted(this.places.workedNs(place));
      if (!place.isAcknowledged) this.receipts.answer(place.slot, place.call, packet.ANSWER_FAILED);
      this.leave(place);
      return;
    }
    world.books.countFailed(world.obligations.sub[obl] as number);
    const tries = triesOf(place);
    world.tell(msg, 'failed', at, tries);
    if (this.failure.isDeadly(msg)) {
      this.crashPlan.crash();
      return;
    }
    world.oracle.wasted(this.places.workedNs(place));
    if (place.isAcknowledged) {
      // The receipt is out already: nobody will ask for this again.
      this.receipts.close(place, false);
      this.leave(place);
      return;
    }
    if (this.failure.isFinal(place)) {
      world.tell(msg, 'given-up', at, tries);
      this.giveBack(place, 'reject', 0);
      return;
    }
    const delayNs = this.failure.drawWaitNs(place);
    if (this.failure.waitsInQueue) {
      this.giveBack(place, 'retry', delayNs);
      return;
    }
    place.isResting = true;
    world.at[0] = (world.now[0] as number) + delayNs;
    world.arm(this.ix, WAIT_ENDS, timerArgOf(place));
  }

  /** Whoever brought it gets it back undone. A sender without a queue has nowhere to keep it. */
  private giveBack(place: Place, outcome: 'retry' | 'reject', delayNs: number): void {
    if (place.call < 0) {
      this.receipts.refuse(place);
      this.leave(place, REJECTED);
      return;
    }
    this.receipts.settle(place, outcome, delayNs);
    this.leave(place);
  }

  // ---------------------------------------------------------------- leaving

  private leave(place: Place, reason = FORGOTTEN): void {
    const { call, obl, slot } = place;
    const { held } = this.service.state;
    if (call === 0) held[slot] = (held[slot] as number) - 1;
    this.places.vacate(place);
    this.receipts.letGo(obl, call, reason);
    this.places.fillAfter(place);
  }

  /** What came by a connection goes with it: nobody could take the receipt. */
  dropOf(slot: number, reason: number): void {
    const { places, receipts } = this;
    places.dropOf(
      slot,
      ({ obl, call }) => receipts.letGo(obl, call, reason),
      (place) => {
        receipts.letGo(place.obl, place.call, reason);
        this.callsOut.forget(place);
        places.vacate(place);
        this.results.forget(place);
      },
    );
  }

  dropAll(reason: number): void {
    const { places, receipts } = this;
    places.dropAll(
      (place) => {
        this.world.oracle.wasted(places.workedNs(place));
        receipts.letGo(place.obl, place.call, reason);
      },
      ({ obl, call }) => receipts.letGo(obl, call, reason),
    );
    this.results.forgetAll();
  }
}
