// The engine's Web Worker: hands what the page says to a host, and what the host says to the page. Started by
// `app/engine-client/ports.ts`; decides nothing.

import type { ToEngine } from '../protocol/messages.ts';
import { wallClock } from './clock.ts';
import { EngineHost } from './host.ts';

/** No page is drawn on this thread, so slices may be twice as long as in a page. */
const SLICE_MS = 8;

const host = new EngineHost((message, transfer) => self.postMessage(message, { transfer: transfer ?? [] }), wallClock(SLICE_MS));

self.onmessage = (event: MessageEvent<ToEngine>) => host.receive(event.data);
