// What a service remembers as done, by message or by key: the ids that its steps `check`, `mark` and `remember` ask for, and the
// transaction of a charge. How long, and how many at most, says the node; whether a crash takes it with it, too.

import {
  checkAndMark,
  type DedupSpec,
  type DedupWindow,
  forgetAll,
  forgetOld,
  isSeen,
  newDedupWindow,
  seenCount,
} from '../../parts/dedup-window.ts';
import type { Stateful } from '../../world/actor.ts';
import type { World } from '../../world/world.ts';
import type { Params } from '../fields.ts';

export class Memory implements Stateful {
  state: DedupWindow = newDedupWindow();
  spec: DedupSpec = { ttlNs: 0, maxCount: 0 };
  private isByKey = false;
  private isKept = false;
  private readonly world: World;

  constructor(world: World, params: Params) {
    this.world = world;
    this.readParams(params);
  }

  private readParams(params: Params): void {
    this.spec = { ttlNs: params.memoryTtl as number, maxCount: params.memoryBound as number };
    this.isByKey = params.memory === 'key';
    this.isKept = params.memoryKept as boolean;
  }

  /** What is forgotten by the old settings stays forgotten. */
  onParams(params: Params): void {
    forgetOld(this.spec, this.state, this.world.now[0] as number);
    this.readParams(params);
  }

  onCrash(): void {
    if (!this.isKept) forgetAll(this.state);
  }

  isRemembered(obl: number): boolean {
    return isSeen(this.spec, this.state, this.world.now[0] as number, this.senderOf(obl), this.idOf(obl));
  }

  /** True if it was not remembered before. */
  remember(obl: number): boolean {
    return checkAndMark(this.spec, this.state, this.world.now[0] as number, this.senderOf(obl), this.idOf(obl));
  }

  /** Ids remembered now. Looks only. */
  count(): number {
    return seenCount(this.spec, this.state, this.world.now[0] as number);
  }

  private senderOf(obl: number): number {
    const { messages, obligations } = this.world;
    return this.isByKey ? 0 : (messages.sender[obligations.msg[obl] as number] as number);
  }

  private idOf(obl: number): number {
    const { messages, obligations } = this.world;
    return (this.isByKey ? messages.key : messages.number)[obligations.msg[obl] as number] as number;
  }
}
