// The event list against its plain slow twin: an array searched from end to end for the least (time, seq). Whatever is put on,
// taken back or put off, and however the run is cut at limits, both give the same events in the same order.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Arena } from './arena.ts';
import { EventWheel } from './event-wheel.ts';
import type { EventIx } from './ids.ts';

interface PlainEvent {
  readonly event: EventIx;
  readonly name: number;
  readonly epoch: number;
  timeNs: number;
  seq: number;
}

/** Longest time from now, in ns: this instant, one slot, the fine, coarse and far windows, and the rest of time. */
const REACHES = [0, 1, 1024, 4_000_000, 4_000_000_000, 4_000_000_000_000, 2 ** 52];

type Step =
  | { readonly do: 'insert'; readonly reach: number; readonly share: number; readonly count: number }
  | { readonly do: 'insert as earlier'; readonly reach: number; readonly share: number }
  | { readonly do: 'cancel' | 'put off'; readonly which: number; readonly reach: number; readonly share: number }
  | { readonly do: 'take'; readonly count: number }
  | { readonly do: 'run to'; readonly reach: number; readonly share: number }
  | { readonly do: 'copy' | 'put back' };

const reach = fc.integer({ min: 0, max: REACHES.length - 1 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('insert' as const), reach, share, count: fc.integer({ min: 1, max: 90 }) }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('insert as earlier' as const), reach, share }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'put off' as const), which: fc.nat(), reach, share }),
    },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('take' as const), count: fc.integer({ min: 1, max: 120 }) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('run to' as const), reach, share }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('copy' as const, 'put back' as const) }) },
  ),
  { maxLength: 60 },
);

/** Drives wheel and twin side by side; `take` and `runTo` compare what they give. */
class Pair {
  readonly arena = new Arena();
  readonly wheel = new EventWheel(this.arena);
  private events: PlainEvent[] = [];
  private gone: PlainEvent | null = null;
  private nowNs = 0;
  private names = 0;
  private readonly time = new Float64Array(1);
  private readonly seq = new Float64Array(1);
  private copy: {
    readonly arena: ReturnType<Arena['save']>;
    readonly events: PlainEvent[];
    readonly nowNs: number;
    readonly seq: number;
  } | null = null;

  private later(reachIx: number, part: number): number {
    return Math.min(this.nowNs + Math.floor((REACHES[reachIx] as number) * part), Number.MAX_SAFE_INTEGER);
  }

  insert(reachIx: number, part: number): void {
    const timeNs = this.later(reachIx, part);
    const name = ++this.names;
    this.time[0] = timeNs;
    const event = this.wheel.insert(this.time, this.seq, name % 1000, name, -name, name & 0xffff);
    this.events.push({ event, name, epoch: name & 0xffff, timeNs, seq: this.seq[0] as number });
  }

  /** With a place that was taken long ago: before everything that is there for the same time. */
  insertAsEarlier(reachIx: number, part: number): void {
    const timeNs = this.later(reachIx, part);
    const name = ++this.names;
    // Places before all that are ever counted, each of its own.
    const seq = name - 1e9;
    this.time[0] = timeNs;
    const event = this.wheel.insertAs(this.time, seq, name % 1000, name, -name);
    this.events.push({ event, name, epoch: 0, timeNs, seq });
  }

  cancel(which: number): void {
    if (this.events.length === 0) return;
    const [cancelled] = this.events.splice(which % this.events.length, 1);
    this.gone = cancelled as PlainEvent;
    this.wheel.cancel(this.gone.event);
  }

  /** The event at the head goes back on the list for later. */
  putOff(reachIx: number, part: number): void {
    const head = this.expectNext(Number.MAX_SAFE_INTEGER);
    if (head === null) return;
    this.nowNs = head.timeNs;
    head.timeNs = this.later(reachIx, part);
    this.time[0] = head.timeNs;
    this.wheel.postpone(head.event, this.time, this.seq);
    head.seq = this.seq[0] as number;
  }

  take(): boolean {
    const head = this.expectNext(Number.MAX_SAFE_INTEGER);
    if (head === null) return false;
    this.nowNs = head.timeNs;
    this.remove(head);
    return true;
  }

  runTo(reachIx: number, part: number): void {
    const limitNs = this.later(reachIx, part);
    for (let head = this.expectNext(limitNs); head !== null; head = this.expectNext(limitNs)) this.remove(head);
    this.nowNs = limitNs;
  }

  save(): void {
    this.copy = {
      arena: this.arena.save(),
      events: this.events.map((event) => ({ ...event })),
      nowNs: this.nowNs,
      seq: this.seq[0] as number,
    };
  }

  load(): void {
    if (this.copy === null) return;
    this.arena.load(this.copy.arena);
    this.events = this.copy.events.map((event) => ({ ...event }));
    this.nowNs = this.copy.nowNs;
    this.seq[0] = this.copy.seq;
  }

  /** Who looks for one that is there finds its time; one that is gone is not found. */
  expectFound(which: number): void {
    const due = ({ epoch, name }: PlainEvent) => [...this.wheel.dueByArg(name % 1000, name, epoch)];
    const there = this.events[which % (this.events.length || 1)];
    if (there !== undefined) expect(due(there)).toEqual([[-there.name, there.timeNs]]);
    if (this.gone !== null && !this.events.some(({ name }) => name === this.gone?.name)) expect(due(this.gone)).toEqual([]);
  }

  private remove(head: PlainEvent): void {
    this.gone = head;
    this.wheel.take(head.event);
    this.events.splice(this.events.indexOf(head), 1);
  }

  private expectNext(limitNs: number): PlainEvent | null {
    let least: PlainEvent | null = null;
    for (const event of this.events) {
      if (least === null || event.timeNs < least.timeNs || (event.timeNs === least.timeNs && event.seq < least.seq))
        least = event;
    }
    if (least !== null && least.timeNs >= limitNs) least = null;
    const { wheel } = this;
    const found = wheel.next(limitNs);
    if (least === null) {
      expect(found).toBe(0);
      return null;
    }
    expect(found).not.toBe(0);
    expect(wheel.timeOf(found)).toBe(least.timeNs);
    expect(wheel.whatOf(found)).toBe(least.name);
    expect([wheel.whoOf(found), wheel.argOf(found)]).toEqual([least.name % 1000, -least.name]);
    return least;
  }
}

function tell(pair: Pair, step: Step): void {
  switch (step.do) {
    case 'insert':
      for (let i = 0; i < step.count; i++) pair.insert(step.reach, (step.share * (i + 1)) % 1);
      return;
    case 'insert as earlier':
      return pair.insertAsEarlier(step.reach, step.share);
    case 'cancel':
      return pair.cancel(step.which);
    case 'put off':
      return pair.putOff(step.reach, step.share);
    case 'take':
      for (let i = 0; i < step.count && pair.take(); i++);
      return;
    case 'run to':
      return pair.runTo(step.reach, step.share);
    case 'copy':
      return pair.save();
    case 'put back':
      return pair.load();
  }
}

describe('the event list', () => {
  it('gives the same events in the same order as a list searched from end to end', () => {
    fc.assert(
      fc.property(steps, (story) => {
        const pair = new Pair();
        for (const [which, step] of story.entries()) {
          tell(pair, step);
          pair.expectFound(which);
        }
        while (pair.take());
        expect(pair.wheel.pending).toBe(0);
      }),
      { numRuns: 400 },
    );
  });
});
