// Starts the page: theme, the first drawing, React. The order pipeline runs at once; there is no welcome to click away.

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import orderPipeline from '../sim-engine/scenarios/order-pipeline.json?raw';
import { App } from './App.tsx';
import { text } from './messages/text.ts';
import { client, hiddenClient, openText, useLab } from './store/lab.ts';
import { applyTheme } from './ui/theme.ts';
import './ui/tokens.css';
import './ui/base.css';

declare global {
  interface Window {
    /** For end-to-end tests and the curious: the engine's client, a second one with nothing drawn, and the state of the page. */
    readonly __brokerLab: { readonly client: typeof client; readonly hiddenClient: typeof hiddenClient; readonly lab: typeof useLab.getState };
  }
}

applyTheme();
void openText(orderPipeline, text('app.name'));
Object.defineProperty(window, '__brokerLab', { value: { client, hiddenClient, lab: useLab.getState } });

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
