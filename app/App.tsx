// The page: the canvas under everything, and the panels floating over it. Only places the islands; each minds its own business.

import { Monitor, Moon, Redo2, Sun, Undo2 } from 'lucide-react';
import { lazy, Suspense, useEffect } from 'react';
import { Canvas } from './canvas/Canvas.tsx';
import { LanesDock } from './charts/LanesDock.tsx';
import { DeckViews } from './events/DeckViews.tsx';
import { FaultAsk } from './faults/FaultAsk.tsx';
import { FileButtons } from './files/FileButtons.tsx';
import { ScenarioMenu } from './keeping/ScenarioMenu.tsx';
import { ShareButton } from './keeping/ShareButton.tsx';
import { Travel } from './keeping/Travel.tsx';
import { Ledger } from './ledger/Ledger.tsx';
import { text } from './messages/text.ts';
import { Notices, Problems } from './notices/Notices.tsx';
import { Outline, OutlineButton } from './outline/OutlineButton.tsx';
import { Palette } from './palette/Palette.tsx';
import { SidePanel } from './SidePanel.tsx';
import { firstLetter } from './store/first-letter.ts';
import { canRedo, canUndo } from './store/history.ts';
import { isKey } from './store/keys.ts';
import { pauseWhileHidden, redo, undo, useLab } from './store/lab.ts';
import { usePanels } from './store/panels.ts';
import { Transport, useTransportKeys } from './transport/Transport.tsx';
import { useIsNarrow } from './ui/media.ts';
import { oneStop } from './ui/one-stop.ts';
import { nextTheme, type ThemeChoice, useTheme } from './ui/theme.ts';
import './app.css';

/** Not before something is selected. */
const Inspector = lazy(async () => {
  await firstLetter;
  return { default: (await import('./inspector/Inspector.tsx')).Inspector };
});

/** What to try with a drawing that moves. */
const FirstHint = lazy(async () => {
  await firstLetter;
  return { default: (await import('./hints/FirstHint.tsx')).FirstHint };
});

/** Nothing is told before there is something to tell. */
const Announcements = lazy(async () => {
  await firstLetter;
  return { default: (await import('./announcements/Announcements.tsx')).Announcements };
});

const KeysButton = lazy(async () => {
  await firstLetter;
  return { default: (await import('./shortcuts/KeysButton.tsx')).KeysButton };
});

const OracleRow = lazy(async () => ({ default: (await import('./events/OracleRow.tsx')).OracleRow }));

/** What a scenario edits by itself is drawn; before the first letter none of it is due. */
function followScriptLater(): () => void {
  let stop = () => {};
  let isOver = false;
  void firstLetter
    .then(() => import('./acts/follow-script.ts'))
    .then(({ followScript }) => {
      if (!isOver) stop = followScript();
    });
  return () => {
    isOver = true;
    stop();
  };
}

export function App() {
  const isOracleShown = usePanels((panels) => panels.isOracleShown);
  const isNarrow = useIsNarrow();
  useTransportKeys();
  useUndoKeys();
  useEffect(pauseWhileHidden, []);
  useEffect(followScriptLater, []);
  const work = (
    <>
      <FileButtons />
      <ShareButton />
    </>
  );
  return (
    <main className="app">
      <Canvas />
      <div className="frame">
        <header className="bars">
          <ScenarioMenu actions={isNarrow ? work : undefined} />
          <div className="bar panel" role="toolbar" aria-label={text('bar.label')} ref={oneStop}>
            {!isNarrow && work}
            {!isNarrow && <i className="sep" />}
            <UndoButtons />
            <OutlineButton />
            <Suspense>
              <KeysButton />
            </Suspense>
            <ThemeButton />
          </div>
        </header>
        <div className="middle">
          <Palette />
          <Outline />
          <div className="stage" data-stage>
            <Suspense>
              <FirstHint />
            </Suspense>
          </div>
          <Suspense>
            <Inspector />
          </Suspense>
          <SidePanel />
          <Problems />
          <Notices />
        </div>
        <section className="deck panel" aria-label={text('deck.label')}>
          <Transport views={isNarrow ? undefined : <DeckViews />} />
          <LanesDock views={isNarrow ? <DeckViews /> : undefined} />
          <Suspense>{isOracleShown && <OracleRow />}</Suspense>
          <Ledger />
        </section>
      </div>
      <Suspense>
        <Announcements />
      </Suspense>
      <FaultAsk />
      <Travel />
    </main>
  );
}

function UndoButtons() {
  const canBack = useLab((lab) => lab.drawing !== null && canUndo(lab.drawing));
  const canForth = useLab((lab) => lab.drawing !== null && canRedo(lab.drawing));
  return (
    <>
      <button
        type="button"
        className="btn ghost only"
        aria-label={text('bar.undo')}
        title={text('bar.undo')}
        disabled={!canBack}
        onClick={undo}
      >
        <Undo2 size={16} strokeWidth={1.75} />
      </button>
      <button
        type="button"
        className="btn ghost only"
        aria-label={text('bar.redo')}
        title={text('bar.redo')}
        disabled={!canForth}
        onClick={redo}
      >
        <Redo2 size={16} strokeWidth={1.75} />
      </button>
    </>
  );
}

const THEME_ICONS: { readonly [choice in ThemeChoice]: typeof Sun } = { system: Monitor, light: Sun, dark: Moon };

function ThemeButton() {
  const choice = useTheme((state) => state.choice);
  const Icon = THEME_ICONS[choice];
  const label = text(`bar.theme.${choice}`);
  return (
    <button type="button" className="btn ghost only" aria-label={label} title={label} onClick={nextTheme}>
      <Icon size={16} strokeWidth={1.75} />
    </button>
  );
}

function useUndoKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isRedo = isKey(event, 'redo');
      if (!isRedo && !isKey(event, 'undo')) return;
      // Text that is being entered has an undo of its own.
      if (event.target instanceof Element && event.target.closest('input:not([type=range]), textarea')) return;
      event.preventDefault();
      if (isRedo) redo();
      else undo();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
