// The list of keys by what they are for: those of the table, and those that belong to whatever has the focus. Pure.

import { text } from '../messages/asked.ts';
import { isSingle, KEYS, type KeyName } from '../store/keys.ts';

const GROUPS = ['run', 'draw', 'see'] as const;
type Group = (typeof GROUPS)[number];

/** A key that the table gains must be put here before this compiles again. */
const GROUP_OF: { readonly [name in KeyName]: Group } = {
  run: 'run',
  tick: 'run',
  faults: 'run',
  add: 'draw',
  connect: 'draw',
  connectFrom: 'draw',
  rename: 'draw',
  duplicate: 'draw',
  all: 'draw',
  undo: 'draw',
  redo: 'draw',
  outline: 'see',
  region: 'see',
  keys: 'see',
};

export interface KeyRow {
  readonly words: string;
  /** As they stand on the keyboard. */
  readonly keys: readonly string[];
  readonly isSingle: boolean;
}

/** Of the clipboard, of cards and of panels: they mean something only where the focus is. */
const othersOf = (group: Group): readonly KeyRow[] => {
  const row = (words: string, ...keys: readonly string[]): KeyRow => ({ words, keys, isSingle: false });
  const ctrl = text('keys.key.ctrl');
  if (group === 'draw') {
    return [
      row(text('keys.do.choose'), text('keys.key.enter')),
      row(text('keys.do.move'), text('keys.key.arrows')),
      row(text('keys.do.delete'), text('keys.key.delete')),
      row(text('keys.do.copy'), ctrl, 'C X V'),
    ];
  }
  return group === 'see'
    ? [row(text('keys.do.along'), text('keys.key.arrows')), row(text('keys.do.close'), text('keys.key.escape'))]
    : [];
};

export const keyGroups = () =>
  GROUPS.map((group) => ({
    name: text(`keys.group.${group}`),
    rows: [
      ...(Object.keys(KEYS) as KeyName[])
        .filter((name) => GROUP_OF[name] === group)
        .map((name): KeyRow => ({ words: text(`keys.do.${name}`), keys: capsOf(name), isSingle: isSingle(name) })),
      ...othersOf(group),
    ],
  }));

/** "Mod+Shift+z" as Ctrl, Shift, Z. */
export const capsOf = (name: KeyName): readonly string[] =>
  KEYS[name].split('+').map((part) => {
    if (part === 'Mod') return text('keys.key.ctrl');
    if (part === 'Shift') return text('keys.key.shift');
    return part === ' ' ? text('keys.key.space') : part.toUpperCase();
  });
