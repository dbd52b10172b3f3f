// Which panel of details stands open beside the drawing, and which one it was opened from. One at a time.

import { create } from 'zustand';
import type { LetterClass } from '../../sim-engine/protocol/messages.ts';
import { useLab } from './lab.ts';

export type Panel =
  | { readonly kind: 'letters'; readonly of: LetterClass; readonly book?: 'publish' | 'delivery' }
  /** Dead letters, those of one queue or of all. */
  | { readonly kind: 'dead'; readonly node?: string }
  | { readonly kind: 'journey'; readonly sender: string; readonly number: number }
  | { readonly kind: 'events' }
  | { readonly kind: 'faults' };

interface Panels {
  readonly panel: Panel | null;
  readonly before: Panel | null;
  /** What no dashboard knows is shown as well. */
  readonly isOracleShown: boolean;
}

export const usePanels = create<Panels>(() => ({ panel: null, before: null, isOracleShown: false }));
const { getState: get, setState: set } = usePanels;

export const openPanel = (panel: Panel): void => {
  const { panel: now, before } = get();
  const isSub = panel.kind === 'journey' && now !== null && now.kind !== 'journey';
  set({ panel, before: isSub ? now : panel.kind === 'journey' ? before : null });
};

export const goBack = (): void => set({ panel: get().before, before: null });
export const closePanel = (): void => set({ panel: null, before: null });

/** The same again closes it. */
export function togglePanel(panel: Panel): void {
  if (JSON.stringify(get().panel) === JSON.stringify(panel)) closePanel();
  else openPanel(panel);
}

/** Whoever selects a card or a wire wants its settings, which stand at the same place. Answers with the end of it. */
export function yieldToSelection(): () => void {
  return useLab.subscribe((lab, before) => {
    if (lab.selection !== before.selection && lab.selection.size > 0) closePanel();
    // Another drawing has other letters.
    else if (lab.openCount !== before.openCount) closePanel();
  });
}

export const toggleOracle = (): void => set({ isOracleShown: !get().isOracleShown });
