// What the canvas attends to at the moment and nobody else needs to know: the card that is being renamed, the open menu, why the
// cards in the hand cannot be let go here, whether it is seen from far away.

import { create } from 'zustand';
import { useLab } from '../store/lab.ts';

export type CardMenuKind = 'acts' | 'connect' | 'connect-from';

interface Attention {
  readonly renaming: string | null;
  readonly menu: {
    readonly kind: CardMenuKind;
    readonly node: string;
    readonly at: { readonly x: number; readonly y: number };
  } | null;
  readonly refusal: string | null;
  /** Cards are so small that each is its name, one figure and a bar. */
  readonly isFar: boolean;
}

export const useAttention = create<Attention>(() => ({ renaming: null, menu: null, refusal: null, isFar: false }));

export const rename = (node: string | null): void => useAttention.setState({ renaming: node, menu: null });

export const closeMenu = (): void => useAttention.setState({ menu: null });

/** Opens a menu beside a card, or at a point of the window. */
export function openMenu(kind: CardMenuKind, node: string, at?: { readonly x: number; readonly y: number }): void {
  const card = document.querySelector(`.react-flow__node[data-id="${CSS.escape(node)}"]`)?.getBoundingClientRect();
  const place = at ?? (card === undefined ? { x: 0, y: 0 } : { x: card.right + 8, y: card.top });
  useAttention.setState({ menu: { kind, node, at: place } });
}

/** The one node that a key is meant for: that of the focused card, or the only one that is selected. */
export function nodeAtHand(target: EventTarget | null): string | null {
  const card = target instanceof Element ? target.closest<HTMLElement>('.react-flow__node') : null;
  if (card?.dataset.id !== undefined) return card.dataset.id;
  const [first, ...others] = useLab.getState().selection;
  return others.length === 0 ? (first ?? null) : null;
}
