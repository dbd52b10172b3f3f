// Which attempts of a service fail, and whether and when there is another: poison, the first attempts, chance; backoff, and giving up.
// What is done about it (a receipt, an answer, a place that rests) is the service's business.

import { assert } from '../../kernel/assert.ts';
import { floor } from '../../kernel/exact-math.ts';
import type { StreamIx } from '../../kernel/ids.ts';
import { backoffInto, firstPrevious, usesDraw } from '../../parts/backoff.ts';
import { POISON } from '../../world/messages.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';
import { type Place, triesOf } from './places.ts';
import { CHARGE, type Instruction, WORK } from './program.ts';
import { type RetryPolicy, retryPolicyOf } from './retry.ts';

export class Failure {
  private readonly world: World;
  private readonly failureStream: StreamIx;
  private readonly backoffStream: StreamIx;
  private readonly backoffCell = new Float64Array(2);
  private retry!: RetryPolicy;
  private failFirst = 0;
  private poisonRule = 'fails';

  constructor(world: World, nodeId: string, params: Params) {
    this.world = world;
    this.failureStream = world.stream(nodeId, 'failure');
    this.backoffStream = world.stream(nodeId, 'backoff');
    this.onParams(params);
  }

  onParams(params: Params): void {
    this.retry = retryPolicyOf(params);
    this.failFirst = params.failFirst as number;
    this.poisonRule = params.poison as string;
  }

  /** Whether what failed stays in its place until it is tried again. */
  get waitsInPlace(): boolean {
    return this.retry.waits === 'in-place';
  }

  get waitsInQueue(): boolean {
    return this.retry.waits === 'in-queue';
  }

  /** What its backoff begins with, ns; 0 without one. */
  get baseWaitNs(): number {
    return this.retry.backoff?.base ?? 0;
  }

  /** Poison and the first attempts fail at whatever can fail; the rest is chance. */
  hasFailed(place: Place, { operation, fails }: Instruction): boolean {
    if (operation !== WORK && operation !== CHARGE) return false;
    const { world } = this;
    const isPoison = ((world.messages.flags[world.obligations.msg[place.obl] as number] as number) & POISON) !== 0;
    if (isPoison && this.poisonRule !== 'ignored') return true;
    if (triesOf(place) <= this.failFirst) return true;
    return fails > 0 && world.streams.uniform(this.failureStream) < fails;
  }

  /** Whether a message that has failed takes the whole process with it. */
  isDeadly(msg: number): boolean {
    return this.poisonRule === 'crashes' && ((this.world.messages.flags[msg] as number) & POISON) !== 0;
  }

  /** Whether there is no other attempt on what has failed. */
  isFinal(place: Place): boolean {
    const { backoff, maxAttempts } = this.retry;
    // What came straight from its sender has no queue to wait in.
    const isHopeless = place.call < 0 && this.waitsInQueue;
    return isHopeless || backoff === null || (maxAttempts > 0 && triesOf(place) >= maxAttempts);
  }

  /** How long until the next attempt, ns: drawn, and remembered for laws that build on it. */
  drawWaitNs(place: Place): number {
    const { obl } = place;
    const { obligations, streams } = this.world;
    const { backoff } = this.retry;
    assert(backoff !== null, 'a retry without a backoff');
    const previous = obligations.previousDelay(obl) ?? firstPrevious(backoff);
    const u = usesDraw(backoff.strategy) ? streams.uniform(this.backoffStream) : 0;
    backoffInto(backoff, triesOf(place) - 1, u, previous, this.backoffCell);
    if (this.backoffCell[1] !== previous) obligations.rememberDelay(obl, this.backoffCell[1] as number);
    return floor((this.backoffCell[0] as number) + 0.5);
  }
}
