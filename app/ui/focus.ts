// Where the focus goes when what had it is gone: never to the page itself, from where the keyboard starts at the very beginning.

const cardOf = (id: string): HTMLElement | null =>
  document.querySelector<HTMLElement>(
    `.react-flow__node[data-id="${CSS.escape(id)}"], .react-flow__edge[data-id="${CSS.escape(id)}"]`,
  );

/** Focuses a card or a wire on the canvas once it is there; the canvas itself where there is none. */
export function focusOnCanvas(id: string | undefined): void {
  // The drawing is rendered before the next frame.
  requestAnimationFrame(() => {
    const card = id === undefined ? null : cardOf(id);
    (card ?? document.querySelector<HTMLElement>('.react-flow'))?.focus({ preventScroll: true });
  });
}

/** The same, but only if nothing has the focus then. */
export function focusIfLost(id: string | undefined): void {
  requestAnimationFrame(() => {
    if (document.activeElement === null || document.activeElement === document.body) focusOnCanvas(id);
  });
}
