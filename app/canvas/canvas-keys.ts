// Keys of the canvas: A goes to what can be added, C and Shift C connect, F2 renames, Ctrl D duplicates, Del deletes, Ctrl A selects
// all cards, and the clipboard carries parts of drawings as text. None of them where something is being written. What a key does it
// does to the card or wire with the focus: to all that are selected if that is one of them, or if none has the focus.

import { useEffect } from 'react';
import { copyText, duplicate, pasteText, removeThings } from '../acts/acts.ts';
import { topologyOf } from '../store/drawing.ts';
import { isKey } from '../store/keys.ts';
import { present, select, useLab } from '../store/lab.ts';
import { provideMenu } from '../store/menus.ts';
import { nodeAtHand, openMenu, rename } from './attention.ts';

/** What has keys or a clipboard of its own. */
const isOwn = (target: EventTarget | null): boolean =>
  target instanceof Element &&
  target.closest('input:not([type=range]), select, textarea, [contenteditable], [role=menu], dialog, [role=dialog]') !== null;

const isNode = (id: string): boolean => {
  const drawing = present(useLab.getState());
  return drawing !== null && topologyOf(drawing).nodes.some((node) => node.id === id);
};

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || isOwn(event.target)) return;
  const at = nodeAtHand(event.target);
  const node = at !== null && isNode(at) ? at : null;
  if (isKey(event, 'duplicate')) duplicate(selectedOr(node));
  else if (isDelete(event)) removeThings(selectedOr(thingAt(event.target)));
  else if (isKey(event, 'all')) selectAll();
  else if (isKey(event, 'connect') && node !== null) openMenu('connect', node);
  else if (isKey(event, 'connectFrom') && node !== null) openMenu('connect-from', node);
  else if (isKey(event, 'rename') && node !== null) rename(node);
  else if (isKey(event, 'add')) focusOnAdd();
  else return;
  event.preventDefault();
}

const DELETE_KEYS: readonly string[] = ['Delete', 'Backspace'];

/** Held down it deletes once: the focus goes on to a neighbour, and nobody means all of them. */
const isDelete = (event: KeyboardEvent): boolean =>
  DELETE_KEYS.includes(event.key) &&
  !(event.repeat || event.ctrlKey || event.metaKey || event.altKey) &&
  !(event.target instanceof HTMLInputElement);

/** Id of the card or wire that has the focus. */
function thingAt(target: EventTarget | null): string | null {
  const thing = target instanceof Element ? target.closest<HTMLElement>('.react-flow__node, .react-flow__edge') : null;
  return thing?.dataset.id ?? null;
}

/** To the list of what can be added, wherever it stands. */
function focusOnAdd(): void {
  document.querySelector<HTMLElement>('[data-add] button, button[data-add]')?.focus();
}

function selectedOr(thing: string | null): ReadonlySet<string> {
  const { selection } = useLab.getState();
  return thing !== null && !selection.has(thing) ? new Set([thing]) : selection;
}

function selectAll(): void {
  const drawing = present(useLab.getState());
  if (drawing !== null) select(topologyOf(drawing).nodes.map(({ id }) => id));
}

/** Text that is marked on the page is what its owner wants to copy. */
const isTextMarked = (): boolean => document.getSelection()?.isCollapsed === false;

function onCopy(event: ClipboardEvent): void {
  if (isOwn(event.target) || isTextMarked()) return;
  const words = copyText();
  if (words === null || event.clipboardData === null) return;
  event.clipboardData.setData('text/plain', words);
  event.preventDefault();
  if (event.type === 'cut') removeThings(useLab.getState().selection);
}

function onPaste(event: ClipboardEvent): void {
  const words = event.clipboardData?.getData('text/plain') ?? '';
  if (isOwn(event.target) || words === '') return;
  event.preventDefault();
  void pasteText(words);
}

export function useCanvasKeys(): void {
  useEffect(() => provideMenu('acts', (id, at) => openMenu('acts', id, at)), []);
  useEffect(() => {
    window.addEventListener('keydown', onKey);
    window.addEventListener('copy', onCopy);
    window.addEventListener('cut', onCopy);
    window.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('keydown', onKey);
      window.removeEventListener('copy', onCopy);
      window.removeEventListener('cut', onCopy);
      window.removeEventListener('paste', onPaste);
    };
  }, []);
}
