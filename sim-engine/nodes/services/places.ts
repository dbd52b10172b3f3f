// The places of a service and its desk: who works on what, and what waits for whom. A place that is free takes what comes next, or
// the key says which place it is (lanes). What is done at a place is the service's business; it is told when to begin.

import { min } from '../../kernel/exact-math.ts';
import type { ActorIx } from '../../kernel/ids.ts';
import { type FreeLanes, freeLane, newFreeLanes, takeFreeLane } from '../../parts/lanes.ts';
import type { Stateful } from '../../world/actor.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import { clearDesk, type Desk, type DeskRow, newDesk, putOn, takeFrom, waitsIn } from './desk.ts';

/** One delivery or call being worked on. */
export interface Place {
  readonly ix: number;
  /** 0 = the place is free. */
  obl: number;
  attempt: number;
  /** Connection it came by. */
  slot: number;
  /** The caller's number of the call that is worked on, 0 for a delivery. */
  call: number;
  /** Index into the instructions of what is going on now. */
  step: number;
  /** How often it was begun again without leaving the place. */
  again: number;
  /** Slot of the wire that the result goes out on, once it is drawn; -1 before. */
  outlet: number;
  isAcknowledged: boolean;
  hasSucceeded: boolean;
  /** Whether it waits here before it is tried again. */
  isResting: boolean;
  /** Raised by each delivery that takes the place: a timer set for an earlier one is passed over. */
  serial: number;
  /** When the work here began, ns. */
  beganNs: number;
  /** When the step it is at is over, ns; what is past is no step that takes time. */
  endsNs: number;
}

/** A timer's argument names the place and its serial: it has room for `PLACES_MAX`. */
const PLACE_BITS = 14;
const SERIAL_MASK = 0xffff;

/** What was interrupted by something more urgent: its place as it was, and how long its step has still to go, ns. */
interface Interrupted extends Place {
  leftNs: number;
  workedNs: number;
}

/** So many there are at most, whatever is asked for. */
const PLACES_MAX = 10_000;

/** Priorities of messages, 0 to 9, and as many lines on a desk that goes by them. */
const PRIORITIES = 10;

/** Attempts on its message so far, the one at this place included. */
export const triesOf = ({ again, attempt }: Place): number => attempt + again;

export const timerArgOf = ({ ix, serial }: Place): number => (serial << PLACE_BITS) | ix;

interface PlacesState {
  all: Place[];
  /** Places that are free, the one that was freed last at the end. */
  free: number[];
  /** The same in order of how long they are free, while that decides who begins. */
  longestFree: FreeLanes;
  isFillArmed: boolean;
  busy: number;
  desk: Desk;
  /** Sum over places of the time they were busy, and up to when it was taken, ns. */
  busyNs: number;
  busyUntilNs: number;
  /** What waits to go on, the one that was interrupted first first. */
  interrupted: Interrupted[];
  /** How many replicas of the service work: each has as many places as its concurrency says. */
  replicas: number;
  /** How many places there are. */
  count: number;
}

/** What places ask of their service. */
export interface PlacesHost {
  readonly ix: ActorIx;
  /** A piece of work has its place now. */
  begin(place: Place): void;
  /** Interrupted work has a place again; its step has this long to go, ns. */
  resume(place: Place, leftNs: number): void;
}

/** What a field that will hold times begins with: one that begins with a small whole number changes its shape when it outgrows 31 bits. */
const A_TIME = Number.NaN;

/** Argument of what is laid on a desk and taken from it: of no meaning between two calls. */
const row: DeskRow = { obl: 0, attempt: 0, slot: 0, call: 0 };

export class Places implements Stateful {
  state: PlacesState = {
    all: [],
    free: [],
    longestFree: newFreeLanes(0),
    isFillArmed: false,
    busy: 0,
    desk: newDesk(),
    busyNs: A_TIME,
    busyUntilNs: A_TIME,
    interrupted: [],
    replicas: 1,
    count: 1,
  };
  private concurrency = 1;
  private rule: 'any-place' | 'longest-free' | 'by-key' = 'any-place';
  private order: 'oldest-first' | 'newest-first' | 'urgent-first' = 'oldest-first';
  private interrupts = false;
  /** Whether places are being filled right now: who leaves one meanwhile need not do it again. */
  private isFilling = false;
  private readonly world: World;
  private readonly host: PlacesHost;
  /** Number of the timer of its host that calls `onFill`. */
  private readonly fillTimer: number;

  constructor(world: World, host: PlacesHost, fillTimer: number, params: Params) {
    this.world = world;
    this.host = host;
    this.fillTimer = fillTimer;
    this.readParams(params);
    this.state.count = this.concurrency;
    this.state.busyNs = 0;
    this.state.busyUntilNs = 0;
    this.countFree();
  }

  /** How many there are. */
  get count(): number {
    return this.state.count;
  }

  /** Takes new settings; begins what there is room for now. */
  onParams(params: Params): void {
    const { order, rule } = this;
    this.readParams(params);
    this.settleCount(rule !== this.rule || order !== this.order);
  }

  /** So many replicas from now on. Those that go finish what they hold; the last one works off what lies on the desk. */
  scale(replicas: number): void {
    this.state.replicas = replicas;
    this.settleCount(false);
  }

  /** Works out anew how many places there are, and begins what there is room for; `isOther`: another rule or order holds. */
  private settleCount(isOther: boolean): void {
    const { state } = this;
    const before = state.count;
    const wanted = min(PLACES_MAX, this.concurrency * state.replicas);
    state.count = wanted === 0 && this.waits() ? before : wanted;
    if (state.count === before && !isOther) return;
    // Without lanes and without an order among the free, more or fewer places sort nothing anew.
    if (isOther || this.rule !== 'any-place') this.assignAnew();
    this.fill();
  }

  private readParams(params: Params): void {
    this.concurrency = params.concurrency as number;
    this.rule = params.assignment as Places['rule'];
    this.order = params.deskOrder as Places['order'];
    this.interrupts = params.interrupts as boolean;
  }

  // ---------------------------------------------------------------- coming and going

  /** Whether a place is free, or fewer than `waitingMax` pieces of work wait. */
  hasRoom(waitingMax: number): boolean {
    return this.state.busy < this.count || this.state.desk.count < waitingMax;
  }

  /** Begins a piece of work or lays it on the desk; false if `waitingMax` of them lie there already. */
  offer(obl: number, attempt: number, slot: number, call: number, waitingMax: number): boolean {
    const { state } = this;
    row.obl = obl;
    row.attempt = attempt;
    row.slot = slot;
    row.call = call;
    if (this.rule === 'longest-free') {
      const soonFree = this.count > state.busy ? this.count - state.busy : 0;
      if (state.desk.count >= waitingMax + soonFree) return false;
      putOn(state.desk, 0, row);
      this.fillSoon();
      return true;
    }
    const ix = this.placeFor(row);
    if (ix >= 0) this.take(ix, row);
    else if (this.interrupts && this.interruptFor(row)) return true;
    else if (state.desk.count >= waitingMax) return false;
    else putOn(state.desk, this.laneOf(row), row);
    return true;
  }

  /** The place is free; what waits for it is begun by `fillAfter`. */
  vacate(place: Place): void {
    this.keepBusyTime();
    const { state } = this;
    place.obl = 0;
    place.slot = -1;
    place.call = 0;
    state.busy--;
    if (this.rule === 'any-place') state.free.push(place.ix);
    else if (this.rule === 'longest-free' && place.ix < this.count) {
      freeLane(state.longestFree, place.ix, this.world.now[0] as number);
    }
  }

  fillAfter({ ix }: Place): void {
    if (this.waits()) {
      if (this.rule === 'longest-free') this.fillSoon();
      else if (this.rule === 'by-key' && ix < this.count) this.fillLane(ix);
      else this.fill();
    }
    if (this.state.replicas === 0) this.settleCount(false);
  }

  private waits(): boolean {
    return this.state.desk.count > 0 || this.state.interrupted.length > 0;
  }

  /** Takes from the desk as much as there are places for. */
  fill(): void {
    const { desk } = this.state;
    if (this.rule === 'longest-free') {
      if (desk.count > 0) this.fillSoon();
      return;
    }
    if (this.rule === 'by-key') {
      for (let lane = 0; lane < this.count && desk.count > 0; lane++) this.fillLane(lane);
      return;
    }
    if (this.isFilling) return;
    this.isFilling = true;
    while ((desk.count > 0 || this.state.interrupted.length > 0) && this.state.busy < this.count) this.goOnWithNext();
    this.isFilling = false;
  }

  /** The most urgent of what waits: of the same urgency, what was interrupted goes before what has not begun. */
  private goOnWithNext(): void {
    const line = this.firstLine();
    const { interrupted } = this.state;
    let next = -1;
    for (let at = 0; at < interrupted.length; at++) {
      const urgency = this.lineOf((interrupted[at] as Interrupted).obl);
      if (urgency <= line && (next < 0 || urgency < this.lineOf((interrupted[next] as Interrupted).obl))) next = at;
    }
    if (next < 0) this.beginNext(line);
    else this.resume(interrupted.splice(next, 1)[0] as Interrupted);
  }

  /** The first line that somebody stands in; behind all if nobody does. */
  private firstLine(): number {
    if (this.order !== 'urgent-first') return this.state.desk.count > 0 ? 0 : PRIORITIES;
    let line = 0;
    while (line < PRIORITIES && waitsIn(this.state.desk, line) === 0) line++;
    return line;
  }

  /** Everything that ends at this instant has ended: now it can be told which place is free longest. */
  onFill(): void {
    const { state } = this;
    state.isFillArmed = false;
    while (state.longestFree.count > 0 && state.busy < this.count && (state.desk.count > 0 || state.interrupted.length > 0)) {
      this.goOnWithNext();
    }
    if (state.replicas === 0) this.settleCount(false);
  }

  private fillSoon(): void {
    if (this.state.isFillArmed) return;
    this.state.isFillArmed = true;
    this.world.at[0] = this.world.now[0] as number;
    this.world.arm(this.host.ix, this.fillTimer, 0);
  }

  /** A place may be free again within its turn, when what begins there is over at once. */
  private fillLane(lane: number): void {
    if (this.isFilling) return;
    this.isFilling = true;
    while (waitsIn(this.state.desk, lane) > 0 && this.isFree(lane)) this.beginNext(lane);
    this.isFilling = false;
  }

  private beginNext(line: number): void {
    takeFrom(this.state.desk, line, this.order === 'newest-first', row);
    this.take(this.placeFor(row), row);
  }

  /** Number of the place that can begin this now, -1 if it must wait. */
  private placeFor(row: DeskRow): number {
    const { state } = this;
    if (this.rule === 'by-key') {
      const lane = this.laneOf(row);
      return state.count > 0 && this.isFree(lane) ? lane : -1;
    }
    if (state.busy >= this.count) return -1;
    if (this.rule === 'longest-free') return takeFreeLane(state.longestFree);
    return state.free.length > 0 ? (state.free.pop() as number) : state.all.length;
  }

  private isFree(ix: number): boolean {
    const place = this.state.all[ix];
    return place === undefined || place.obl === 0;
  }

  /** Line of the desk, and number of the place, that a piece of work belongs to; without lanes all stand in one line. */
  private laneOf(row: DeskRow): number {
    if (this.rule !== 'by-key') return this.order === 'urgent-first' ? this.lineOf(row.obl) : 0;
    // They are laid where they belong when there are places again.
    if (this.state.count === 0) return 0;
    const { messages, obligations } = this.world;
    const msg = obligations.msg[row.obl] as number;
    const key = messages.key[msg] as number;
    return (key >= 0 ? key : (messages.number[msg] as number)) % this.count;
  }

  /** The most urgent messages stand in the first line. */
  private lineOf(obl: number): number {
    const { messages, obligations } = this.world;
    return PRIORITIES - 1 - (messages.priority[obligations.msg[obl] as number] as number);
  }

  /** Takes the place of the least urgent work that something more urgent may interrupt; false if there is none. */
  private interruptFor(row: DeskRow): boolean {
    const { state, world } = this;
    // In lanes the key alone says who goes where; and while there are more at work than there are places, none is given on.
    if (this.rule !== 'any-place' || state.busy > this.count) return false;
    const line = this.lineOf(row.obl);
    let victim: Place | undefined;
    for (const place of state.all) {
      if (place.obl === 0 || place.endsNs <= (world.now[0] as number)) continue;
      if (this.lineOf(place.obl) > (victim === undefined ? line : this.lineOf(victim.obl))) victim = place;
    }
    if (victim === undefined) return false;
    const leftNs = victim.endsNs - (world.now[0] as number);
    state.interrupted.push({ ...victim, leftNs, workedNs: this.workedNs(victim) });
    this.vacate(victim);
    this.take(this.placeFor(row), row);
    return true;
  }

  private resume({ leftNs, workedNs, ix: _before, ...work }: Interrupted): void {
    const { state, world } = this;
    this.keepBusyTime();
    const ix = this.placeFor(work);
    const place = this.prepare(ix);
    const serial = (place.serial + 1) & SERIAL_MASK;
    Object.assign(place, work, { serial });
    place.beganNs = (world.now[0] as number) - workedNs;
    state.busy++;
    this.host.resume(place, leftNs);
  }

  private prepare(ix: number): Place {
    const { state } = this;
    for (let at = state.all.length; at <= ix; at++) state.all.push(emptyPlace(at));
    return state.all[ix] as Place;
  }

  /** The step that a place is at takes time until `world.at`: something more urgent may interrupt it meanwhile. */
  noteEnd(place: Place): void {
    place.endsNs = this.world.at[0] as number;
  }

  private take(ix: number, { obl, attempt, slot, call }: DeskRow): void {
    const { state, world } = this;
    this.keepBusyTime();
    const place = this.prepare(ix);
    place.obl = obl;
    place.attempt = attempt;
    place.slot = slot;
    place.call = call;
    place.step = 0;
    place.again = 0;
    place.outlet = -1;
    place.isAcknowledged = false;
    place.hasSucceeded = false;
    place.isResting = false;
    place.serial = (place.serial + 1) & SERIAL_MASK;
    place.beganNs = world.now[0] as number;
    // Of what was there before. Until a step of its own takes time nothing interrupts it: it may ask, or be done at once.
    place.endsNs = 0;
    state.busy++;
    this.host.begin(place);
  }

  /** The number of lanes, or the rule, has changed: what waits is sorted anew, what is in work stays where it is. */
  private assignAnew(): void {
    const { state } = this;
    const waiting: DeskRow[] = [];
    clearDesk(state.desk, row, (row) => waiting.push({ ...row }));
    for (const row of waiting) putOn(state.desk, this.laneOf(row), row);
    this.countFree();
  }

  /** All places that are free now, as if they were free for equally long. */
  private countFree(): void {
    const { state } = this;
    state.free = [];
    if (this.rule === 'any-place') for (const { ix, obl } of state.all) if (obl === 0) state.free.push(ix);
    const longestFree = newFreeLanes(this.rule === 'longest-free' ? this.count : 0);
    longestFree.count = 0;
    for (let ix = 0; ix < longestFree.heap.length; ix++) if (this.isFree(ix)) longestFree.heap[longestFree.count++] = ix;
    state.longestFree = longestFree;
  }

  // ---------------------------------------------------------------- looking, and letting go

  /** The place that a timer was set for, unless the delivery it was set for has left it. */
  ofTimer(arg: number): Place | undefined {
    const place = this.state.all[arg & ((1 << PLACE_BITS) - 1)];
    return place !== undefined && place.obl !== 0 && place.serial === arg >>> PLACE_BITS ? place : undefined;
  }

  /** The place of this number and serial, unless what was there has left it. */
  find(ix: number, serial: number): Place | undefined {
    const place = this.state.all[ix];
    return place !== undefined && place.obl !== 0 && place.serial === serial ? place : undefined;
  }

  /** The place of this number, if it is taken. */
  takenAt(ix: number): Place | undefined {
    const place = this.state.all[ix];
    return place !== undefined && place.obl !== 0 ? place : undefined;
  }

  /** What came by a connection goes: first from the desk, then from the places, which are vacated by whoever hears of them. */
  dropOf(slot: number, onDesk: (row: DeskRow) => void, inWork: (place: Place) => void): void {
    const { state } = this;
    const kept: DeskRow[] = [];
    clearDesk(state.desk, row, (row) => {
      if (row.slot === slot) onDesk(row);
      else kept.push({ ...row });
    });
    for (const row of kept) putOn(state.desk, this.laneOf(row), row);
    for (const work of state.interrupted) if (work.slot === slot) onDesk(work);
    state.interrupted = state.interrupted.filter((work) => work.slot !== slot);
    for (const place of state.all) if (place.obl !== 0 && place.slot === slot) inWork(place);
    if (state.replicas === 0) this.settleCount(false);
  }

  /** Everything goes: first from the places, then from the desk. */
  dropAll(inWork: (place: Place) => void, onDesk: (row: DeskRow) => void): void {
    const { state } = this;
    this.keepBusyTime();
    for (const place of state.all) if (place.obl !== 0) inWork(place);
    for (const work of state.interrupted) onDesk(work);
    state.interrupted = [];
    clearDesk(state.desk, row, onDesk);
    state.all = [];
    state.busy = 0;
    state.isFillArmed = false;
    this.settleCount(false);
    this.countFree();
  }

  /** Whether what came last is taken first. */
  get isNewestFirst(): boolean {
    return this.order === 'newest-first';
  }

  /** Which line of a desk that goes by priorities a piece of work belongs to, the most urgent first. */
  urgencyOf(obl: number): number {
    return this.lineOf(obl);
  }

  /** Whether the key says which place works on what. */
  get areLanes(): boolean {
    return this.rule === 'by-key';
  }

  /** How many stand behind what is at a place, where places are lanes. */
  behind(lane: number): number {
    return waitsIn(this.state.desk, lane);
  }

  /** How long the work at a place has gone on, ns. */
  workedNs({ beganNs }: Place): number {
    return (this.world.now[0] as number) - beganNs;
  }

  /** Seconds of work so far, all places together. */
  busySeconds(): number {
    const { busy, busyNs, busyUntilNs } = this.state;
    return (busyNs + busy * ((this.world.now[0] as number) - busyUntilNs)) / 1e9;
  }

  private keepBusyTime(): void {
    const { state, world } = this;
    const nowNs = world.now[0] as number;
    if (state.busyUntilNs === nowNs) return;
    state.busyNs += state.busy * (nowNs - state.busyUntilNs);
    state.busyUntilNs = nowNs;
  }
}

const emptyPlace = (ix: number): Place => ({
  ix,
  obl: 0,
  attempt: 0,
  slot: -1,
  call: 0,
  step: 0,
  again: 0,
  outlet: -1,
  isAcknowledged: false,
  hasSucceeded: false,
  isResting: false,
  serial: 0,
  beganNs: A_TIME,
  endsNs: A_TIME,
});
