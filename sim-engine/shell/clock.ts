// The wall clock of the engine's host, and how it gives its thread back between two slices: by a message to itself, which
// comes as soon as the browser has done what else was waiting. Works in a Web Worker and in a page alike.

/** Wall clock in ms, and a way to go on later. */
export interface Clock {
  /** How long the host may keep the thread at a time, ms. */
  readonly sliceMs: number;
  now(): number;
  /** Calls back after at least `afterMs`, with 0 as soon as others had their turn; never before `defer` returns. */
  defer(callback: () => void, afterMs: number): void;
}

/** Timers cannot be set for less, once they follow upon each other: shorter waits are none. */
const TIMER_MS_MIN = 1;

export function wallClock(sliceMs: number): Clock {
  const waiting: (() => void)[] = [];
  let channel: MessageChannel | null = null;
  const post = (callback: () => void): void => {
    if (channel === null) {
      channel = new MessageChannel();
      channel.port1.onmessage = () => waiting.shift()?.();
    }
    waiting.push(callback);
    channel.port2.postMessage(null);
  };
  return {
    sliceMs,
    now: () => performance.now(),
    defer: (callback, afterMs) => (afterMs < TIMER_MS_MIN ? post(callback) : void setTimeout(callback, afterMs)),
  };
}
