// Buttons of the deck for what is seldom looked at: events, faults, the oracle's row. On a narrow screen they stand in one menu.

import { Ellipsis, Eye, List, Zap } from 'lucide-react';
import { useState } from 'react';
import { text } from '../messages/text.ts';
import { useFaults } from '../store/faults.ts';
import { toggleOracle, togglePanel, usePanels } from '../store/panels.ts';
import { Menu } from '../ui/Menu.tsx';
import { useIsNarrow } from '../ui/media.ts';
import './events.css';

export function DeckViews() {
  const isNarrow = useIsNarrow();
  return isNarrow ? <ViewsMenu /> : <ViewButtons />;
}

function ViewButtons() {
  const kind = usePanels((panels) => panels.panel?.kind);
  const isOracleShown = usePanels((panels) => panels.isOracleShown);
  const faultCount = useFaults((faults) => faults.marks.length);
  return (
    <fieldset className="seg views" aria-label={text('panel.views')}>
      <button type="button" aria-pressed={kind === 'events'} onClick={() => togglePanel({ kind: 'events' })}>
        {text('panel.events')}
      </button>
      <button type="button" aria-pressed={kind === 'faults'} onClick={() => togglePanel({ kind: 'faults' })}>
        {text('panel.faults')}
        {faultCount > 0 && <i className="unit">{faultCount}</i>}
      </button>
      <button type="button" aria-pressed={isOracleShown} title={text('panel.oracle.help')} onClick={toggleOracle}>
        {text('panel.oracle')}
      </button>
    </fieldset>
  );
}

function ViewsMenu() {
  const [at, setAt] = useState<{ x: number; y: number } | null>(null);
  return (
    <>
      <button
        type="button"
        className="btn ghost only views-menu"
        aria-label={text('panel.views')}
        aria-haspopup="menu"
        onClick={(event) => {
          const { right, top } = event.currentTarget.getBoundingClientRect();
          setAt({ x: right, y: top });
        }}
      >
        <Ellipsis size={18} strokeWidth={1.75} />
      </button>
      {at !== null && (
        <Menu
          label={text('panel.views')}
          at={at}
          onClose={() => setAt(null)}
          items={[
            { label: text('panel.events'), icon: List, onPick: () => togglePanel({ kind: 'events' }) },
            { label: text('panel.faults'), icon: Zap, onPick: () => togglePanel({ kind: 'faults' }) },
            { label: text('panel.oracle.help'), icon: Eye, onPick: toggleOracle },
          ]}
        />
      )}
    </>
  );
}
