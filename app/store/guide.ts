// The one control that asks to be touched next, if any: it glows wherever it stands.

import { create } from 'zustand';

export const useGuide = create<{ readonly glow: string | null }>(() => ({ glow: null }));

/** A field's control on its card or in the settings; a whole card where the control is behind it. */
export const controlOf = (place: 'card' | 'settings', node: string, field: string): string => `${place} ${node} ${field}`;
export const cardOf = (node: string): string => `node ${node}`;

export function glowAt(control: string | null): void {
  if (useGuide.getState().glow !== control) useGuide.setState({ glow: control });
}
