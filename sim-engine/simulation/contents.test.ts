// The letters of a class are those that the books count there, with name, attempts, place and since when; asking for them is
// bounded and changes nothing.

import { describe, expect, it } from 'vitest';
import type { LetterClass } from '../protocol/messages.ts';
import { lasting, type ParamsDocument } from '../testing/drawing.ts';
import { lineDrawing, runOf, scenarioText } from '../testing/run-fixtures.ts';
import { Story } from '../testing/story.ts';
import { LETTERS_LISTED_MAX, LETTERS_PER_PAGE, lettersOf } from './contents.ts';
import { ledgerOf } from './ledger.ts';
import type { Simulation } from './simulation.ts';

const S = 1e9;
const OPEN: readonly LetterClass[] = ['wire', 'waiting', 'work', 'retry', 'dead'];
const ENDED: readonly LetterClass[] = ['accepted', 'done', 'expired', 'lost', 'dropped', 'skipped', 'refused', 'unroutable'];

/** Each cell of the ledger, by the books. */
function cells({ world }: Simulation): { readonly [cell in LetterClass]: number } {
  const { publish, delivery } = ledgerOf(world);
  const retrying = world.books.totals[3] as number;
  return {
    wire: publish.onTheWire + delivery.onTheWire,
    waiting: delivery.waiting + delivery.delayed - retrying,
    work: delivery.inFlight,
    retry: retrying,
    dead: delivery.deadLettered,
    accepted: publish.accepted,
    done: delivery.processed,
    expired: delivery.expired,
    lost: publish.lost + delivery.lost,
    dropped: delivery.dropped,
    skipped: delivery.skipped,
    refused: publish.refused,
    unroutable: publish.unroutable,
  };
}

const line = (times: readonly string[], worker: ParamsDocument, queue: ParamsDocument = {}, delay = '0s'): Story =>
  new Story(lineDrawing({ sender: { arrivals: 'times', times }, queue, worker, wires: { delay } }));

describe('the letters of a class', () => {
  it('are as many as its cell of the ledger says, at any moment of every scenario', () => {
    for (const name of ['order-pipeline', 'crash-and-redeliver', 'overflow', 'publish-subscribe']) {
      const simulation = runOf(scenarioText(name), { traceEvery: 1 });
      for (let at = 1; at <= 40; at++) {
        simulation.advanceTo(at * 0.77 * S);
        const expected = cells(simulation);
        for (const of of [...OPEN, ...ENDED])
          expect(lettersOf(simulation.world, { of }).total, `${name} ${of}`).toBe(expected[of]);
        for (const of of OPEN) {
          const { rows, total } = lettersOf(simulation.world, { of });
          expect(rows.length, `${name} ${of}`).toBe(Math.min(total, LETTERS_PER_PAGE));
        }
        for (const of of ENDED) {
          const { counts, total } = lettersOf(simulation.world, { of });
          expect(
            counts.reduce((sum, { count }) => sum + count, 0),
            `${name} ${of}`,
          ).toBe(total);
        }
      }
    }
  });

  it('say whose they are, how often they were tried, where they are and since when', () => {
    const worker = { work: lasting('1s'), failure: 1, maxAttempts: 2, retry: 'fixed', retryBase: '10s' };
    const story = line(['0s', '100ms'], worker).to('1500ms');
    const { world } = story.simulation;
    expect(lettersOf(world, { of: 'work' }).rows).toMatchObject([
      { sender: 'shop', number: 2, attempts: 1, sentNs: 0.1 * S, sinceNs: 1 * S, where: 'worker' },
    ]);
    expect(lettersOf(world, { of: 'retry' }).rows).toMatchObject([
      { sender: 'shop', number: 1, attempts: 1, sentNs: 0, sinceNs: 1 * S, where: 'orders', reason: 'none' },
    ]);
    story.to('1min');
    expect(lettersOf(world, { of: 'dead', node: 'dead' }).rows).toMatchObject([
      { number: 1, attempts: 2, where: 'dead', reason: 'rejected', sinceNs: 12 * S },
      { number: 2, attempts: 2, where: 'dead', reason: 'rejected', sinceNs: 13 * S },
    ]);
    expect(lettersOf(world, { of: 'dead', node: 'orders' })).toMatchObject({ rows: [], total: 0 });
  });

  it('are found on the wire, on either side of the queue, since they left', () => {
    const story = line(['0s', '1s'], { work: lasting('1s') }, {}, '1s').to('1500ms');
    expect(lettersOf(story.simulation.world, { of: 'wire' }).rows).toMatchObject([
      { number: 1, where: 'orders-worker', sinceNs: 1 * S, sentNs: 0 },
      { number: 2, where: 'shop-orders', sinceNs: 1 * S, sentNs: 1 * S },
    ]);
    expect(lettersOf(story.simulation.world, { of: 'wire', book: 'publish' }).rows.map(({ number }) => number)).toEqual([2]);
    expect(lettersOf(story.simulation.world, { of: 'wire', book: 'delivery' }).rows.map(({ number }) => number)).toEqual([1]);
  });

  it('come a page at a time, oldest first, up to a stated number', () => {
    const times = Array.from({ length: 1300 }, (_, ix) => `${ix}ms`);
    const story = line(times, { work: lasting('1h') }).to('10s');
    const { world } = story.simulation;
    const page = (from: number) => lettersOf(world, { of: 'waiting', from }).rows.map(({ number }) => number);
    expect(page(0)).toEqual(Array.from({ length: 50 }, (_, ix) => ix + 2));
    expect(page(50)).toEqual(Array.from({ length: 50 }, (_, ix) => ix + 52));
    const last = LETTERS_LISTED_MAX - LETTERS_PER_PAGE;
    expect(page(1e9)).toEqual(page(last));
    expect(page(last)[0]).toBe(last + 2);
    for (const from of [-5, Number.NaN, 0.5]) expect(page(from)).toEqual(page(0));
  });

  it('sent in one instant stand in the order of their numbers, on every page', () => {
    const story = line(['0s'], { work: lasting('10ms') })
      .at('2s', 'burst shop 90')
      .to('10s');
    // Slots are used again, the latest first.
    story.at('11s', 'burst shop 130').to('11.001s');
    const { world } = story.simulation;
    const pages = [0, 50, 100].flatMap((from) => lettersOf(world, { of: 'waiting', from }).rows.map(({ number }) => number));
    expect(pages.length).toBeGreaterThan(120);
    expect(pages).toEqual(pages.toSorted((a, b) => a - b));
    expect(new Set(pages).size).toBe(pages.length);
  });

  it('that have ended are counted by place and reason, with the latest as examples', () => {
    const story = line(['0s', '1ms', '2ms', '3ms'], { work: lasting('1h') }, { capacity: 1, overflow: 'refuse' }).to('1s');
    const refused = lettersOf(story.simulation.world, { of: 'refused' });
    expect(refused.counts).toEqual([{ where: 'orders', reason: 'full', count: refused.total }]);
    expect(refused.total).toBe(2);
    expect(refused.rows.map(({ number, where, sinceNs }) => [number, where, sinceNs])).toEqual([
      [4, 'orders', 3e6],
      [3, 'orders', 2e6],
    ]);
    story.at('2s', 'remove orders').to('3s');
    const lost = lettersOf(story.simulation.world, { of: 'lost' });
    expect(lost.counts).toEqual([{ where: 'orders', reason: 'removed', count: lost.total }]);
    expect(lost.rows.map(({ number, where }) => [number, where])).toEqual([
      [1, 'orders'],
      [2, 'orders'],
    ]);
  });

  it('that have ended are leafed through as far as the trace remembers them, newest first, none left out and none twice', () => {
    const run = runOf(scenarioText('order-pipeline'), { traceEvery: 1 });
    run.advanceTo(60 * S);
    const numbers: string[] = [];
    const first = lettersOf(run.world, { of: 'done' });
    expect(first.listed).toBeGreaterThan(120);
    expect(first.listed).toBe(first.total);
    for (let from = 0; from < first.listed; from += 50) {
      const { rows, listed } = lettersOf(run.world, { of: 'done', from });
      expect([rows.length, listed]).toEqual([Math.min(50, first.listed - from), first.listed]);
      numbers.push(...rows.map(({ sender, number }) => `${sender} ${number}`));
      const times = rows.map(({ sinceNs }) => sinceNs as number);
      expect(times).toEqual([...times].sort((a, b) => b - a));
    }
    expect(new Set(numbers).size).toBe(first.total);
  });

  it('can be asked for without changing the run', () => {
    const asked = runOf(scenarioText('order-pipeline'), { traceEvery: 1 });
    const left = runOf(scenarioText('order-pipeline'), { traceEvery: 1 });
    for (let at = 1; at <= 50; at++) {
      asked.advanceTo(at * 0.31 * S);
      for (const of of [...OPEN, ...ENDED]) lettersOf(asked.world, { of, from: 50 });
      left.advanceTo(at * 0.31 * S);
      expect(asked.digest).toBe(left.digest);
    }
  });
});
