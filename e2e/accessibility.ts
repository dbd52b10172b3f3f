// What axe finds on a page. The rules of structure say the same in both themes, so in the dark one only contrast is looked at; and a
// panel that opens on a page which was looked at already is looked at alone. Only what is broken is written out, and in the page itself,
// which has no frames: the same findings in half the time.

import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

const STANDARDS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const OF_THEMES = ['color-contrast'];

/** Each rule that is broken, with the elements that break it; `within`: a selector of the part that is looked at. */
export async function axeFindings(
  page: Page,
  within?: string,
): Promise<readonly (readonly [rule: string, elements: readonly string[]])[]> {
  const isDark = await page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'], selectors: false, preload: false });
  if (within !== undefined) axe.include(within);
  const { violations } = await (isDark ? axe.withRules(OF_THEMES) : axe.withTags(STANDARDS)).analyze();
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)] as const);
}
