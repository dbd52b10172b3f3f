// The calls that a service makes: one caller for each wire on which it asks, which of them a step means, and for which messages it
// asks at all. What becomes of the work when a call is over is the service's business.

import { imul, max } from '../../kernel/exact-math.ts';
import type { Inside } from '../../world/inside.ts';
import type { World } from '../../world/world.ts';
import type { Connection } from '../node-kind.ts';
import { Caller, type CallerHost, type WhenHeldBack } from './caller.ts';
import { openness } from './guards.ts';
import type { Place } from './places.ts';
import type { Instruction } from './program.ts';

/** What becomes of a question: nobody is asked; its place waits for the end of the call; or what the wire says where no call may go out. */
export type Asked = 'nobody' | 'under-way' | WhenHeldBack;

export class CallsOut {
  /** By slot; null where the slot is no wire on which it asks, or the wire is gone. */
  private readonly callers: (Caller | null)[] = [];
  private readonly world: World;
  private readonly host: CallerHost;

  constructor(world: World, host: CallerHost) {
    this.world = world;
    this.host = host;
  }

  /** One more than the highest slot ever attached. */
  get slots(): number {
    return this.callers.length;
  }

  at(slot: number): Caller | null {
    return this.callers[slot] ?? null;
  }

  attach(slot: number, connection: Connection): void {
    this.callers[slot] = new Caller(this.world, this.host, slot, connection);
  }

  /** The wire to the other service is gone, and no answer will come: all that waited for one hear of it. */
  detach(slot: number, caller: Caller): void {
    this.callers[slot] = null;
    for (const { place, serial } of caller.letAllGo()) this.host.onCallEnded(slot, place, serial, 'timed-out');
  }

  onCrash(): void {
    for (const caller of this.callers) caller?.onCrash();
  }

  ask(place: Place, { share, to, question, options }: Instruction): Asked {
    const caller = this.callerTo(to);
    if (caller === undefined || !this.isWithin(share, place)) return 'nobody';
    return caller.ask(place.ix, place.serial, place.obl, question, options) ? 'under-way' : caller.whenHeldBack;
  }

  private callerTo(to: string): Caller | undefined {
    for (const caller of this.callers) if (caller && (to === '' || caller.peerId === to)) return caller;
    return undefined;
  }

  /** Whether a message is among the share for which a step is done: its number decides, so that all its attempts agree. */
  private isWithin(share: number, place: Place): boolean {
    if (share >= 1) return true;
    const { messages, obligations } = this.world;
    const number = messages.number[obligations.msg[place.obl] as number] as number;
    return imul(number, 0x9e3779b1) >>> 0 < share * 4294967296;
  }

  /** A place lets go of what it asked for. */
  forget(place: Place): void {
    for (const caller of this.callers) caller?.forget(place.ix);
  }

  /** Six gauges from `at` on: the most open breaker, how often breakers opened, late answers, calls out, timed out, held back. */
  sample(out: Float64Array, at: number): void {
    for (let gauge = at; gauge < at + 6; gauge++) out[gauge] = 0;
    for (const caller of this.callers) {
      if (!caller) continue;
      const { guards, heldBack, late, out: callsOut, timedOut } = caller.state;
      out[at] = max(out[at] as number, openness(guards));
      out[at + 1] = (out[at + 1] as number) + guards.opened;
      out[at + 2] = (out[at + 2] as number) + late;
      out[at + 3] = (out[at + 3] as number) + callsOut;
      out[at + 4] = (out[at + 4] as number) + timedOut;
      out[at + 5] = (out[at + 5] as number) + heldBack;
    }
  }

  sampleWire(slot: number, out: Float64Array, at: number): void {
    const caller = this.callers[slot];
    if (!caller) return;
    const { guards, out: callsOut, waiting } = caller.state;
    out[at] = guards.breaker === null ? 0 : openness(guards) + 1;
    out[at + 1] = callsOut;
    out[at + 2] = waiting.length;
  }

  inside(): Inside {
    return this.callers.flatMap((caller) => caller?.inside() ?? []);
  }
}
