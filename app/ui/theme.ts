// Light, dark, or as the system: which of the two blocks of tokens.css holds. Kept in the browser where it lets us.

import { create } from 'zustand';

export type ThemeChoice = 'system' | 'light' | 'dark';
export type Theme = 'light' | 'dark';

const KEY = 'broker-lab.theme';
const CHOICES: readonly ThemeChoice[] = ['system', 'light', 'dark'];
const dark = matchMedia('(prefers-color-scheme: dark)');

/** Storage is refused in some frames and private windows; then the choice lasts as long as the page. */
function stored(): ThemeChoice {
  try {
    const value = localStorage.getItem(KEY);
    return CHOICES.find((choice) => choice === value) ?? 'system';
  } catch {
    return 'system';
  }
}

const resolve = (choice: ThemeChoice): Theme => (choice === 'system' ? (dark.matches ? 'dark' : 'light') : choice);

export const useTheme = create<{ readonly choice: ThemeChoice; readonly theme: Theme }>(() => {
  const choice = stored();
  return { choice, theme: resolve(choice) };
});

/** Takes the next of system, light, dark. */
export function nextTheme(): void {
  const at = CHOICES.indexOf(useTheme.getState().choice);
  choose(CHOICES[(at + 1) % CHOICES.length] as ThemeChoice);
}

function choose(choice: ThemeChoice): void {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // As above: the choice lasts as long as the page.
  }
  useTheme.setState({ choice, theme: resolve(choice) });
}

/** Puts the theme on the page and follows the system while that is the choice. */
export function applyTheme(): void {
  const apply = () => {
    document.documentElement.dataset.theme = useTheme.getState().theme;
  };
  dark.addEventListener('change', () => useTheme.setState(({ choice }) => ({ theme: resolve(choice) })));
  useTheme.subscribe(apply);
  apply();
}
