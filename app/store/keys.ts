// Every key that does something wherever the focus is, in one table: whoever listens asks it, and the list of keys that people see is
// made of it. Keys that are a single character can be switched off: who speaks to the machine, or hits keys by accident, would set
// them off without meaning to (WCAG 2.1.4).

import { create } from 'zustand';

/** `Mod` is Ctrl, or Command. Of what is no letter it does not matter whether Shift makes it. */
export const KEYS = {
  run: ' ',
  tick: '.',
  faults: 'f',
  add: 'a',
  connect: 'c',
  connectFrom: 'Shift+c',
  rename: 'F2',
  duplicate: 'Mod+d',
  all: 'Mod+a',
  undo: 'Mod+z',
  redo: 'Mod+Shift+z',
  outline: 'o',
  region: 'F6',
  keys: '?',
} as const;
export type KeyName = keyof typeof KEYS;

const KEPT = 'broker-lab.single-keys';

export const useKeys = create<{ readonly hasSingle: boolean }>(() => ({ hasSingle: kept() }));

/** Storage is refused in some frames and private windows; then the choice lasts as long as the page. */
function kept(): boolean {
  try {
    return localStorage.getItem(KEPT) !== 'off';
  } catch {
    return true;
  }
}

export function setSingleKeys(hasSingle: boolean): void {
  useKeys.setState({ hasSingle });
  try {
    localStorage.setItem(KEPT, hasSingle ? 'on' : 'off');
  } catch {
    // As above.
  }
}

export const isSingle = (name: KeyName): boolean => KEYS[name].replace('Shift+', '').length === 1;

/** Whether this key was pressed and may be meant. */
export function isKey(event: KeyboardEvent, name: KeyName): boolean {
  if (isSingle(name) && !useKeys.getState().hasSingle) return false;
  const parts: readonly string[] = KEYS[name].split('+');
  const key = parts.at(-1) as string;
  const isLetter = /^[a-z]$/.test(key);
  return (
    (event.key === key || (isLetter && event.key.toLowerCase() === key)) &&
    (event.ctrlKey || event.metaKey) === parts.includes('Mod') &&
    !event.altKey &&
    (!isLetter || event.shiftKey === parts.includes('Shift'))
  );
}
