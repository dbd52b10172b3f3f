// Pages that are built for one story alone, with something in them that the page people get does not have: a language that nobody
// speaks, a kind that no broker has brought yet.

import { fileURLToPath } from 'node:url';
import { build, type Plugin, preview } from 'vite';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface ServedPage {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Builds the page with this change in page and Web Worker, and serves it on a free port of this machine. */
export async function servePage(name: string, change: () => Plugin): Promise<ServedPage> {
  const outDir = `build/${name}`;
  await build({
    root: ROOT,
    logLevel: 'error',
    plugins: [change()],
    worker: { plugins: () => [change()] },
    build: { outDir, emptyOutDir: true },
  });
  const server = await preview({
    root: ROOT,
    logLevel: 'error',
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0, open: false },
  });
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error(`the page with ${name} is not served`);
  return { url, close: () => server.close() };
}
