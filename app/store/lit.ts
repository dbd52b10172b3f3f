// The path that is lit up on the canvas, by ids: what a message that is only tried would take. Nothing is lit while nobody tries.

import { create } from 'zustand';

export interface Lit {
  readonly wires: ReadonlySet<string>;
  readonly nodes: ReadonlySet<string>;
}

export const useLit = create<{ readonly path: Lit | null }>(() => ({ path: null }));

export const lightUp = (path: Lit | null): void => useLit.setState({ path });
