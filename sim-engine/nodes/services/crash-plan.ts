// The crash that a service is set to have: after which of its steps, how often of all times, and when it is back.

import type { StreamIx } from '../../kernel/ids.ts';
import { FAULT_CRASH } from '../../world/faults.ts';
import type { Params } from '../fields.ts';
import type { ServiceCore } from './service-state.ts';

export class CrashPlan {
  private readonly service: ServiceCore;
  private readonly stream: StreamIx;
  /** After how many steps, `receive` included; 0 = never. */
  private after = 0;
  private chance = 1;
  private backAfterNs = 0;

  constructor(service: ServiceCore, params: Params) {
    this.service = service;
    this.stream = service.world.stream(service.nodeId, 'crash');
    this.onParams(params);
  }

  onParams(params: Params): void {
    this.after = params.crashAfter as number;
    this.chance = params.crashChance as number;
    this.backAfterNs = params.restartAfter as number;
  }

  /** Whether the crash that is set after `steps` steps comes now; everything the service held is gone then. */
  comesAfter(steps: number): boolean {
    if (this.after !== steps) return false;
    if (this.chance < 1 && this.service.world.streams.uniform(this.stream) >= this.chance) return false;
    this.crash();
    return true;
  }

  crash(): void {
    const { ix, world } = this.service;
    world.faults.begin(ix, FAULT_CRASH, this.backAfterNs);
    world.lives.crash(ix);
  }
}
