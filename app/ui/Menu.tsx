// A menu of acts at a place on the screen, for pointer and keyboard: arrows, Home, End and first letters move, Enter picks, Escape
// and a press beside it close it, and the focus goes back to where it was.

import type { LucideIcon } from 'lucide-react';
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import './menu.css';

export interface MenuItem {
  readonly label: string;
  /** The key that does the same without the menu. */
  readonly keys?: string;
  readonly icon?: LucideIcon | undefined;
  /** Of an item that is switched: whether it is on. */
  readonly isOn?: boolean;
  readonly onPick: () => void;
  /** A line above it. */
  readonly isApart?: boolean;
}

export interface MenuProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  /** Where its upper left corner is, in px of the window; moved so that it is seen whole. */
  readonly at: { readonly x: number; readonly y: number };
  readonly onClose: () => void;
  /** Stands in it when there is nothing to pick. */
  readonly nothing?: string;
  /** Its label is seen too, where the same place has menus of different things. */
  readonly hasTitle?: boolean;
}

const MARGIN = 8;

export function Menu({ label, items, at, onClose, nothing, hasTitle }: MenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  const latest = useRef(onClose);
  useEffect(() => {
    latest.current = onClose;
  });
  useLayoutEffect(() => {
    const element = menu.current;
    if (element === null) return;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(MARGIN, Math.min(at.x, innerWidth - width - MARGIN))}px`;
    element.style.top = `${Math.max(MARGIN, Math.min(at.y, innerHeight - height - MARGIN))}px`;
  }, [at]);
  useEffect(() => {
    const before = document.activeElement;
    (menu.current?.querySelector<HTMLElement>('[role^=menuitem]') ?? menu.current)?.focus({ preventScroll: true });
    const onPress = (event: Event) => {
      if (event.target instanceof Node && !menu.current?.contains(event.target)) latest.current();
    };
    window.addEventListener('pointerdown', onPress, { capture: true });
    return () => {
      window.removeEventListener('pointerdown', onPress, { capture: true });
      // Whoever was picked may have taken the focus elsewhere.
      const { activeElement } = document;
      const isLost = activeElement === null || activeElement === document.body;
      if (isLost && before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  // Above all panels, wherever it was opened.
  return createPortal(
    <div ref={menu} className="panel menu" role="menu" aria-label={label} tabIndex={-1} onKeyDown={onKey}>
      {hasTitle && (
        <b className="menu-title" aria-hidden="true">
          {label}
        </b>
      )}
      {items.length === 0 && <p>{nothing}</p>}
      {items.map(({ label: words, keys, icon: Icon, onPick, isApart, isOn }) => (
        <button
          key={words}
          type="button"
          {...(isOn === undefined ? { role: 'menuitem' } : { role: 'menuitemcheckbox', 'aria-checked': isOn })}
          tabIndex={-1}
          className={isApart ? 'is-apart' : ''}
          onClick={() => {
            onClose();
            onPick();
          }}
        >
          {Icon && <Icon size={15} strokeWidth={1.75} />}
          {isOn === false && <i className="menu-off" />}
          <span>{words}</span>
          {keys && <kbd>{keys}</kbd>}
        </button>
      ))}
    </div>,
    document.body,
  );

  function onKey(event: KeyboardEvent<HTMLDivElement>): void {
    const all = [...event.currentTarget.querySelectorAll<HTMLElement>('[role^=menuitem]')];
    const ix = all.indexOf(document.activeElement as HTMLElement);
    const to = (next: number) => all[(next + all.length) % all.length]?.focus();
    // The canvas and the page have keys of their own; none of them is meant here.
    event.stopPropagation();
    if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else if (event.key === 'ArrowDown') to(ix + 1);
    else if (event.key === 'ArrowUp') to(ix - 1);
    else if (event.key === 'Home') to(0);
    else if (event.key === 'End') to(-1);
    else if (event.key.length === 1 && event.key !== ' ') {
      const starts = (element: HTMLElement) => element.textContent?.toLowerCase().startsWith(event.key.toLowerCase());
      [...all.slice(ix + 1), ...all.slice(0, ix + 1)].find(starts)?.focus();
    } else return;
    event.preventDefault();
  }
}
