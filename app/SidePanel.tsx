// The panel of details that is open beside the drawing, each loaded when it is opened for the first time.

import { lazy, Suspense, useEffect } from 'react';
import { type Panel, usePanels, yieldToSelection } from './store/panels.ts';

const LettersPanel = lazy(() => import('./trace/LettersPanel.tsx').then((module) => ({ default: module.LettersPanel })));
const JourneyPanel = lazy(() => import('./trace/JourneyPanel.tsx').then((module) => ({ default: module.JourneyPanel })));
const DeadPanel = lazy(() => import('./trace/DeadPanel.tsx').then((module) => ({ default: module.DeadPanel })));
const EventsPanel = lazy(() => import('./events/EventsPanel.tsx').then((module) => ({ default: module.EventsPanel })));
const FaultsPanel = lazy(() => import('./faults/FaultsPanel.tsx').then((module) => ({ default: module.FaultsPanel })));

export function SidePanel() {
  const panel = usePanels((panels) => panels.panel);
  useEffect(yieldToSelection, []);
  if (panel === null) return null;
  return (
    <Suspense fallback={null}>
      <Content key={JSON.stringify(panel)} panel={panel} />
    </Suspense>
  );
}

function Content({ panel }: { panel: Panel }) {
  switch (panel.kind) {
    case 'letters':
      return <LettersPanel {...panel} />;
    case 'dead':
      return <DeadPanel {...panel} />;
    case 'journey':
      return <JourneyPanel {...panel} />;
    case 'events':
      return <EventsPanel />;
    case 'faults':
      return <FaultsPanel />;
    default:
      return panel satisfies never;
  }
}
