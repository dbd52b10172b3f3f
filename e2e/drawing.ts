// What the stories of the canvas share: cards and ports on the screen, the drawing as the page holds it, a drawing to begin with.

import { expect, type Page } from '@playwright/test';
import { nodeKind } from '../sim-engine/nodes/declarations.ts';
import { gaugesAt } from '../sim-engine/protocol/frame.ts';
import type { TopologyDocument } from '../sim-engine/topology/document.ts';

export const EMPTY: TopologyDocument = { format: 'broker-lab/topology', version: 1, name: 'Nothing yet', nodes: [], wires: [] };

export const card = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);
export const wires = (page: Page) => page.locator('.react-flow__edge');
export const palette = (page: Page) => page.getByRole('navigation', { name: 'Add to the canvas' });

/** Opens a drawing as a file of one's own. */
export async function openDrawing(page: Page, topology: TopologyDocument): Promise<void> {
  const buffer = Buffer.from(JSON.stringify(topology));
  await page.locator('input[type=file]').setInputFiles({ name: 'mine.json', mimeType: 'application/json', buffer });
  await expect.poll(async () => (await drawnTopology(page)).name).toBe(topology.name);
}

export const drawnTopology = (page: Page): Promise<TopologyDocument> =>
  page.evaluate(() => {
    const drawing = window.__brokerLab.lab().drawing?.present;
    if (drawing === undefined) throw new Error('nothing is drawn');
    return 'topology' in drawing ? drawing.topology : drawing;
  });

/** A gauge of a node in the newest frame; -1 while the run does not know the node. */
export async function gauge(page: Page, id: string, name: string): Promise<number> {
  const kind = (await drawnTopology(page)).nodes.find((node) => node.id === id)?.kind ?? '';
  const ix = nodeKind(kind)?.gauges.findIndex((each) => each.name === name) ?? -1;
  if (ix < 0) return -1;
  return page.evaluate(
    ({ node, at }) => {
      const { client } = window.__brokerLab;
      const place = client.layout?.nodes.find((one) => one.id === node);
      return place === undefined ? -1 : (client.frame?.[at + place.firstGauge] ?? -1);
    },
    { node: id, at: gaugesAt() + ix },
  );
}

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** The middle of a port of a card, in px of the window. */
export async function portOf(page: Page, id: string, name: string): Promise<Spot> {
  const box = await card(page, id).locator(`.react-flow__handle[data-handleid="${name}"]`).boundingBox();
  if (box === null) throw new Error(`no port ${name} of ${id} on the screen`);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Presses the pointer on one place, moves it to another in steps, and leaves it pressed. */
export async function dragTo(page: Page, from: Spot, to: Spot): Promise<void> {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 8 });
}

/** Selects a node or a wire by keyboard; its settings are open then. What was done just before may give the focus back a moment later. */
export async function select(page: Page, id: string): Promise<void> {
  const one = page.locator(`.react-flow [data-id="${id}"]:is(.react-flow__node, .react-flow__edge)`);
  await expect(async () => {
    await one.focus();
    await page.keyboard.press('Enter');
    await expect(one).toHaveClass(/\bselected\b/, { timeout: 1000 });
  }).toPass();
  await expect(page.locator('.inspector')).toBeVisible();
}
