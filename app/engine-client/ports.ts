// The two ways to reach an engine: a Web Worker of its own, or the same host object in this page, called directly, where no
// Web Worker can be made. Only the engine client opens ports; nothing here knows what the messages mean.

import type { FromEngine, ToEngine } from '../../sim-engine/protocol/messages.ts';

/** What a port tells its owner. After `onDeath` it says nothing more. */
export interface PortEvents {
  onMessage(message: FromEngine): void;
  /** The engine behind the port is gone, with what the browser says about it. */
  onDeath(reason: string): void;
}

export interface EnginePort {
  readonly kind: 'web-worker' | 'in-page';
  post(message: ToEngine): void;
  /** Ends the engine behind the port. Its owner hears nothing more. */
  close(): void;
  /** Ends the engine and lets its owner find out: what a crash of the browser's thread looks like. For tests. */
  kill(): void;
}

/** Opens a port or throws, where the browser refuses. */
export type OpenPort = (events: PortEvents) => EnginePort;

export const openWebWorker: OpenPort = (events) => {
  const worker = new Worker(new URL('../../sim-engine/shell/worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = (event: MessageEvent<FromEngine>) => events.onMessage(event.data);
  worker.onerror = (event) => {
    event.preventDefault();
    worker.terminate();
    events.onDeath(event.message);
  };
  worker.onmessageerror = () => events.onDeath('');
  return {
    kind: 'web-worker',
    post: (message) => worker.postMessage(message),
    close() {
      worker.onmessage = null;
      worker.onerror = null;
      worker.terminate();
    },
    kill: () => worker.terminate(),
  };
};

/** The engine in the page's own thread. It works in slices and gives the thread back between them. */
export const openInPage: OpenPort = (events) => {
  let isOpen = true;
  const host = import('../../sim-engine/shell/host.ts').then(
    ({ EngineHost }) =>
      new EngineHost((message) => {
        if (isOpen) events.onMessage(message);
      }),
  );
  host.catch((error: unknown) => events.onDeath(String(error)));
  const close = () => {
    isOpen = false;
    void host.then((engine) => engine.receive({ id: 0, request: { type: 'pause' } }));
  };
  return {
    kind: 'in-page',
    post(message) {
      void host.then((engine) => {
        if (isOpen) engine.receive(message);
      });
    },
    close,
    kill: close,
  };
};
