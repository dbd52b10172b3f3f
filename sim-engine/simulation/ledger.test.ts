// The books as people read them.

import { describe, expect, it } from 'vitest';
import { lineText, runOf, scenarioText } from '../testing/run-fixtures.ts';
import { ledgerOf } from './ledger.ts';

const S = 1e9;
const sum = (classes: { readonly [name: string]: number }): number => Object.values(classes).reduce((a, b) => a + b, 0);

describe('the ledger', () => {
  it('adds up in both books at every moment of a run', () => {
    for (const name of ['order-pipeline', 'crash-and-redeliver', 'overflow', 'publish-subscribe']) {
      const simulation = runOf(scenarioText(name));
      for (let timeNs = 0; timeNs <= 30 * S; timeNs += 0.7 * S) {
        simulation.advanceTo(timeNs);
        const { publish, delivery, balances } = ledgerOf(simulation.world);
        expect(balances).toBe(true);
        const { sent, ...published } = publish;
        const { owed, ...owing } = delivery;
        expect(sum(published)).toBe(sent);
        expect(sum(owing)).toBe(owed);
      }
    }
  });

  it('says that it does not balance when an entry is missing', () => {
    const { world } = runOf(scenarioText('order-pipeline'));
    world.books.opened[0] = 1;
    expect(ledgerOf(world).balances).toBe(false);
  });

  it('names the place and the reason of what a full queue refused', () => {
    const simulation = runOf(
      lineText({
        sender: { arrivals: 'constant', rate: 10 },
        queue: { capacity: 3 },
        worker: { work: { law: 'constant', value: '10s' } },
      }),
    );
    simulation.advanceTo(5 * S);
    const { publish, reasons } = ledgerOf(simulation.world);
    expect(publish.refused).toBeGreaterThan(30);
    expect(reasons).toEqual([{ book: 'publish', class: 'refused', where: 'orders', reason: 'full', count: publish.refused }]);
  });

  it('names the wire that lost what was sent over it', () => {
    const simulation = runOf(lineText({ sender: { arrivals: 'constant', rate: 10 } }));
    simulation.command({ type: 'lose', wire: 'shop-orders', share: 1 }, 'tick');
    simulation.advanceTo(2.05 * S);
    const { publish, reasons } = ledgerOf(simulation.world);
    expect(publish.lost).toBe(publish.sent);
    expect(reasons).toEqual([{ book: 'publish', class: 'lost', where: 'shop-orders', reason: 'loss', count: publish.lost }]);
  });
});
