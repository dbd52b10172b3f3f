// A page as the engine's host sees it, for tests: it asks, hears every answer and report at once, and only the test moves its clock.

import type { Answer, FromEngine, Report, Request, Status } from '../protocol/messages.ts';
import type { Clock } from '../shell/clock.ts';
import { EngineHost } from '../shell/host.ts';

/** A page that hears everything at once, and a clock that only the test moves. Every look at it costs `lookMs`. */
export class FakePage {
  readonly answers = new Map<number, Answer>();
  readonly reports: Report[] = [];
  readonly heard: FromEngine[] = [];
  lookMs = 0.01;
  private nowMs = 0;
  private due: { atMs: number; callback: () => void }[] = [];
  private nextId = 1;
  readonly host: EngineHost;

  constructor() {
    const clock: Clock = {
      sliceMs: 8,
      now: () => {
        this.nowMs += this.lookMs;
        return this.nowMs;
      },
      defer: (callback, afterMs) => void this.due.push({ atMs: this.nowMs + afterMs, callback }),
    };
    this.host = new EngineHost((message) => {
      this.heard.push(structuredClone(message));
      if ('answer' in message) this.answers.set(message.id, message.answer);
      else this.reports.push(message.report);
    }, clock);
  }

  send(request: Request): number {
    const id = this.nextId++;
    this.host.receive({ id, request });
    return id;
  }

  /** Asks and waits for the answer, however many slices it takes. */
  ask(request: Request): Answer {
    const id = this.send(request);
    for (let i = 0; i < 100_000 && !this.answers.has(id); i++) this.slice();
    const answer = this.answers.get(id);
    if (answer === undefined) throw new Error(`no answer to ${request.type}`);
    return answer;
  }

  status(request: Request): Status {
    const answer = this.ask(request);
    if (answer.type !== 'done' && answer.type !== 'loaded') throw new Error(JSON.stringify(answer));
    return answer.status;
  }

  /** Lets this much wall time pass. */
  pass(ms: number): void {
    const untilMs = this.nowMs + ms;
    while (this.due.some(({ atMs }) => atMs <= untilMs)) this.slice();
    this.nowMs = Math.max(this.nowMs, untilMs);
  }

  /** Wall time passes and nothing is called meanwhile. */
  sleep(ms: number): void {
    this.nowMs += ms;
  }

  private slice(): void {
    this.due.sort((a, b) => a.atMs - b.atMs);
    const first = this.due.shift();
    if (first === undefined) return;
    this.nowMs = Math.max(this.nowMs, first.atMs);
    first.callback();
  }

  of<Type extends Report['type']>(type: Type): Extract<Report, { type: Type }>[] {
    return this.reports.filter((report): report is Extract<Report, { type: Type }> => report.type === type);
  }

  frame(): Float64Array {
    return new Float64Array(this.of('frame').at(-1)?.buffer as ArrayBuffer);
  }
}
