// The parts of the page, and the way from one to the next by F6 or back by Shift and F6, as editors and browsers have it. Each part
// gives the focus to what had it there last, else to the first that can take it.

/** In the order in which one reads them. */
const REGIONS = [
  '.react-flow',
  '.bars',
  'nav[data-add], [data-add].palette-open',
  '.stage',
  'aside',
  '.problems, .notices',
  '.deck',
];

const TABBABLE =
  'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex]';

/** By region: what had the focus last. */
const lastIn = new WeakMap<Element, HTMLElement>();

const canTake = (element: HTMLElement): boolean => element.tabIndex >= 0 && element.checkVisibility();

function targetIn(region: Element): HTMLElement | undefined {
  const last = lastIn.get(region);
  if (last?.isConnected && canTake(last)) return last;
  return [...region.querySelectorAll<HTMLElement>(TABBABLE)].find(canTake);
}

/** The parts that are there and can take the focus, with what takes it. */
function stops(): { readonly region: Element; readonly target: HTMLElement }[] {
  return REGIONS.flatMap((selector) => [...document.querySelectorAll(selector)]).flatMap((region) => {
    const target = targetIn(region);
    return target === undefined ? [] : [{ region, target }];
  });
}

/** Gives the focus to the next part of the page, or to the one before. */
export function goToRegion(isBack: boolean): void {
  const all = stops();
  const { activeElement } = document;
  const here = all.findIndex(({ region }) => region.contains(activeElement));
  const from = here < 0 && isBack ? 0 : here;
  if (here >= 0 && activeElement instanceof HTMLElement) lastIn.set((all[here] as { region: Element }).region, activeElement);
  all[(from + (isBack ? -1 : 1) + all.length) % all.length]?.target.focus();
}
