// Many buttons as one stop of the Tab key: arrows go from one to the next, Home and End to the first and the last, and Tab goes on
// behind them all. It comes back to the one that had the focus last. As toolbars do it (ARIA authoring practices, "Toolbar").

const STEP: { readonly [key: string]: number } = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

const isElement = (node: Node): boolean => node.nodeType === Node.ELEMENT_NODE;

/** For `ref`: the element whose buttons these are. Buttons may come and go. */
export function oneStop(bar: HTMLElement | null): (() => void) | undefined {
  if (bar === null) return undefined;
  let last: HTMLElement | undefined;
  const usable = () =>
    [...bar.querySelectorAll<HTMLElement>('button:not(:disabled)')].filter((button) => button.checkVisibility());
  const settle = () => {
    const all = usable();
    if (last === undefined || !all.includes(last)) last = all[0];
    for (const button of all) button.tabIndex = button === last ? 0 : -1;
  };
  const onFocus = ({ target }: FocusEvent) => {
    last = target as HTMLElement;
    settle();
  };
  const onKey = (event: KeyboardEvent) => {
    const all = usable();
    const at = all.indexOf(event.target as HTMLElement);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEP[event.key];
    const to =
      event.key === 'Home'
        ? 0
        : event.key === 'End'
          ? all.length - 1
          : step === undefined
            ? -1
            : (at + step + all.length) % all.length;
    if (to < 0) return;
    event.preventDefault();
    // The canvas would move its cards.
    event.stopPropagation();
    all[to]?.focus();
  };
  // Figures change all the time, buttons hardly ever.
  const watcher = new MutationObserver((changes) => {
    if (
      changes.some(
        ({ type, addedNodes, removedNodes }) => type === 'attributes' || [...addedNodes, ...removedNodes].some(isElement),
      )
    )
      settle();
  });
  watcher.observe(bar, { childList: true, subtree: true, attributeFilter: ['disabled', 'class'] });
  bar.addEventListener('focusin', onFocus);
  bar.addEventListener('keydown', onKey);
  settle();
  return () => {
    watcher.disconnect();
    bar.removeEventListener('focusin', onFocus);
    bar.removeEventListener('keydown', onKey);
  };
}
