// Starts the page: theme, the first drawing, React. The order pipeline runs at once; there is no welcome to click away.

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import orderPipeline from '../sim-engine/scenarios/order-pipeline.json?raw';
import { App } from './App.tsx';
import { openFirst } from './keeping/keeping.ts';
import { text } from './messages/text.ts';
import { topologyOf } from './store/drawing.ts';
import { firstLetter } from './store/first-letter.ts';
import { client, hiddenClient, present, select, useLab } from './store/lab.ts';
import { lateWords } from './store/late.ts';
import { WIDE } from './ui/media.ts';
import { applyTheme } from './ui/theme.ts';
import '@fontsource-variable/geist/wght.css';
import '@fontsource-variable/geist-mono/wght.css';
import './ui/tokens.css';
import './ui/base.css';

declare global {
  interface Window {
    /** For end-to-end tests and the curious: the engine's client, a second one with nothing drawn, and the state of the page. */
    readonly __brokerLab: {
      readonly client: typeof client;
      readonly hiddenClient: typeof hiddenClient;
      readonly lab: typeof useLab.getState;
    };
  }
}

applyTheme();
// The engine's script is on its way while the drawing is read.
client.prepare();
void openFirst(orderPipeline, text('app.name')).then((isNew) => {
  if (isNew) showFirstKnob();
});
Object.defineProperty(window, '__brokerLab', { value: { client, hiddenClient, lab: useLab.getState } });

// Ahead of whoever needs them first. Without a connection they are asked for again then.
void firstLetter.then(lateWords).catch(() => undefined);

/** On a wide screen the one thing to touch first is open: how much the first sender sends. */
function showFirstKnob(): void {
  if (!matchMedia(WIDE).matches) return;
  const drawing = present(useLab.getState());
  const sender = drawing && topologyOf(drawing).nodes.find((node) => node.kind === 'sender');
  // On a slow machine somebody may have chosen something else by now.
  if (sender && useLab.getState().selection.size === 0) select([sender.id]);
}

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
