// The names of what can be done to a run: the verbs of `simulation/command-text.ts` and what `did:` may ask for. One list,
// so that a check cannot wait for an action that nobody can carry out.

export const ACTIONS = [
  'crash',
  'restart',
  'slow',
  'stall',
  'cut',
  'heal',
  'delay',
  'lose',
  'poison',
  'burst',
  'set',
  'redrive',
  'add-node',
  'remove',
  'add-wire',
  'remove-wire',
] as const;
export type Action = (typeof ACTIONS)[number];
