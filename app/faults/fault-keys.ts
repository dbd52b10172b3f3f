// How a fault menu is asked for: the right button or a long press on a card or a wire, or F for the one that has the focus or is
// selected. Listens on the page, so that the canvas need not know of faults.

import { useEffect, useState } from 'react';
import { isKey } from '../store/keys.ts';
import { useLab } from '../store/lab.ts';
import { provideMenu } from '../store/menus.ts';

export interface Place {
  readonly x: number;
  readonly y: number;
}
export interface Asked {
  readonly id: string;
  readonly at: Place;
}

const THINGS = '.react-flow__node[data-id], .react-flow__edge[data-id]';
const LONG_PRESS_MS = 550;
/** A finger trembles. */
const SLACK_PX = 10;

const thingAt = (target: EventTarget | null): HTMLElement | SVGElement | null =>
  target instanceof Element ? target.closest<HTMLElement | SVGElement>(THINGS) : null;

const hasOwnKeys = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input:not([type=range]), select, textarea, [contenteditable], [role=menu], dialog, [role=dialog]') !== null;

/** The thing whose menu is open, and what closes it. */
export function useFaultMenu(): readonly [Asked | null, () => void] {
  const [asked, setAsked] = useState<Asked | null>(null);
  useEffect(() => listen(setAsked), []);
  return [asked, () => setAsked(null)];
}

function listen(ask: (asked: Asked) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let pressedAt: Place = { x: 0, y: 0 };
  let longPressedMs = Number.NEGATIVE_INFINITY;
  /** This press has opened the menu: however long it is held on, lifting the finger is no tap. */
  let isLongPress = false;

  const askFor = (thing: Element | null, at: Place): boolean => {
    const id = thing?.getAttribute('data-id');
    if (!id) return false;
    ask({ id, at });
    return true;
  };
  const onContextMenu = (event: MouseEvent): void => {
    const thing = thingAt(event.target);
    // Text that is being written has a menu of its own.
    if (thing === null || hasOwnKeys(event.target)) return;
    event.preventDefault();
    clearTimeout(timer);
    if (performance.now() - longPressedMs > 1000) askFor(thing, { x: event.clientX, y: event.clientY });
  };
  const onPress = (event: PointerEvent): void => {
    clearTimeout(timer);
    isLongPress = false;
    const thing = thingAt(event.target);
    if (event.pointerType === 'mouse' || thing === null || !event.isPrimary || hasOwnKeys(event.target)) return;
    pressedAt = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      longPressedMs = performance.now();
      isLongPress = true;
      askFor(thing, pressedAt);
    }, LONG_PRESS_MS);
  };
  const onMove = (event: PointerEvent): void => {
    if (Math.hypot(event.clientX - pressedAt.x, event.clientY - pressedAt.y) > SLACK_PX) clearTimeout(timer);
  };
  const onRelease = (): void => clearTimeout(timer);
  const onClick = (event: MouseEvent): void => {
    if (!isLongPress || thingAt(event.target) === null) return;
    isLongPress = false;
    event.preventDefault();
    event.stopPropagation();
  };
  const onKey = (event: KeyboardEvent): void => {
    if (!isKey(event, 'faults') || hasOwnKeys(event.target)) return;
    const [selected] = useLab.getState().selection;
    const chosen = selected === undefined ? null : document.querySelector(thingsOf(selected));
    const thing = thingAt(event.target) ?? chosen;
    if (thing === null) return;
    const { left, top, width, height } = thing.getBoundingClientRect();
    const isWire = thing instanceof SVGElement;
    if (askFor(thing, { x: left + (isWire ? width / 2 : 24), y: top + (isWire ? height / 2 : Math.min(height, 56)) })) {
      event.preventDefault();
      event.stopPropagation();
    }
  };

  const withdraw = provideMenu('faults', (id, at) => ask({ id, at }));
  window.addEventListener('contextmenu', onContextMenu);
  window.addEventListener('pointerdown', onPress, { capture: true });
  window.addEventListener('pointermove', onMove, { capture: true });
  window.addEventListener('pointerup', onRelease, { capture: true });
  window.addEventListener('pointercancel', onRelease, { capture: true });
  window.addEventListener('click', onClick, { capture: true });
  window.addEventListener('keydown', onKey);
  return () => {
    clearTimeout(timer);
    withdraw();
    window.removeEventListener('contextmenu', onContextMenu);
    window.removeEventListener('pointerdown', onPress, { capture: true });
    window.removeEventListener('pointermove', onMove, { capture: true });
    window.removeEventListener('pointerup', onRelease, { capture: true });
    window.removeEventListener('pointercancel', onRelease, { capture: true });
    window.removeEventListener('click', onClick, { capture: true });
    window.removeEventListener('keydown', onKey);
  };
}

const thingsOf = (id: string): string =>
  `.react-flow__node[data-id="${CSS.escape(id)}"], .react-flow__edge[data-id="${CSS.escape(id)}"]`;
