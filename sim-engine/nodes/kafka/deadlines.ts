// Deadlines of which one timer serves all: a heap whose head is armed. Whoever keeps one says which numbers still count; those that do not
// are passed over. Used by the broker for parked fetches, by the clients for requests, lingering batches and waits.

import type { ActorIx } from '../../kernel/ids.ts';
import { type DeadlineHeap, keepDeadlines, newDeadlineHeap, popDeadline, pushDeadline } from '../../parts/deadline-heap.ts';
import type { World } from '../../world/world.ts';

/** Plain state. */
export interface DeadlineState {
  readonly heap: DeadlineHeap;
  /** For when timers are set, ns, the nearest last, and their numbers: one that was set for later still comes. */
  readonly armedNs: number[];
  readonly armed: number[];
  timers: number;
}

export const newDeadlineState = (): DeadlineState => ({
  heap: newDeadlineHeap(),
  armedNs: [],
  armed: [],
  timers: 0,
});

const TIMERS_MASK = 0x3fffffff;
/** Stale entries allowed beyond the live ones before the heap is made anew. */
const STALE_MAX = 64;

/** Whose timers they are, and whether a number still counts. */
export interface DeadlineOwner {
  readonly ix: ActorIx;
  readonly timer: number;
  readonly state: DeadlineState;
  readonly live: number;
  counts(number: number): boolean;
}

export function addDeadline(world: World, owner: DeadlineOwner, dueNs: number, number: number): void {
  const { heap } = owner.state;
  if (heap.count > 2 * owner.live + STALE_MAX) keepDeadlines(heap, (_, of) => owner.counts(of));
  pushDeadline(heap, dueNs, number);
  armHead(world, owner);
}

/** The timer has fired with `arg`: calls `due` with each number whose time has come, and sets it anew. */
export function passDeadlines(world: World, owner: DeadlineOwner, arg: number, due: (number: number) => void): void {
  const { state } = owner;
  const at = state.armed.lastIndexOf(arg);
  if (at === -1) return;
  state.armed.length = at;
  state.armedNs.length = at;
  const { heap } = state;
  const nowNs = world.now[0] as number;
  while (heap.count > 0 && (heap.dueNs[0] as number) <= nowNs) {
    const number = heap.who[0] as number;
    popDeadline(heap);
    if (owner.counts(number)) due(number);
  }
  armHead(world, owner);
}

function armHead(world: World, { counts, ix, state, timer }: DeadlineOwner): void {
  const { armed, armedNs, heap } = state;
  while (heap.count > 0 && !counts(heap.who[0] as number)) popDeadline(heap);
  const dueNs = heap.dueNs[0] as number;
  if (heap.count === 0 || (armedNs.length > 0 && dueNs >= (armedNs[armedNs.length - 1] as number))) return;
  state.timers = (state.timers + 1) & TIMERS_MASK;
  armed.push(state.timers);
  armedNs.push(dueNs);
  world.at[0] = dueNs;
  world.arm(ix, timer, state.timers);
}
