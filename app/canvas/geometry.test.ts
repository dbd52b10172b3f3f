import { describe, expect, it } from 'vitest';
import type { WireDocument } from '../../sim-engine/topology/document.ts';
import { type Box, placeAlong, type WireShape, wireShapes } from './geometry.ts';

const box = (id: string, x: number, y: number): Box => ({ id, x, y, width: 100, height: 60 });
const boxes = new Map([box('a', 0, 0), box('b', 300, 0), box('c', 300, 200), box('dead', 0, 200)].map((each) => [each.id, each]));
const turnedBox = ({ id, x, y, width, height }: Box): Box => ({ id, x: y, y: x, width: height, height: width });
const wire = (id: string, from: string, to: string, kind = 'deliver'): WireDocument => ({ id, kind, from, to });
const WIRES = [wire('ab', 'a', 'b'), wire('ac', 'a', 'c'), wire('ad', 'a', 'dead', 'dead-letter'), wire('ax', 'a', 'gone')];

describe('wires on the canvas', () => {
  const shapes = wireShapes(boxes, WIRES, 'right');
  const shape = (id: string) => shapes.get(id) as WireShape;

  it('leave along the flow and end at the edge of the other card', () => {
    expect(shape('ab').from.x).toBe(100);
    expect(shape('ab').to).toEqual({ x: 300, y: 30 });
  });

  it('stand apart at a shared side, in the order of where they go', () => {
    expect(shape('ab').from.y).toBeLessThan(shape('ac').from.y);
    expect(shape('ab').from.y + shape('ac').from.y).toBe(60);
  });

  it('are left out while one end is missing', () => {
    expect(shapes.has('ax')).toBe(false);
  });

  it('run round the stream and with square corners when they are relations', () => {
    expect(shape('ad').from).toEqual({ x: 50, y: 60 });
    expect(shape('ad').to).toEqual({ x: 50, y: 200 });
    expect(shape('ad').d).not.toContain('C');
  });

  it('carry a letter at an even pace from one end to the other', () => {
    for (const id of ['ab', 'ac', 'ad']) {
      const at = { x: 0, y: 0 };
      placeAlong(shape(id), 0, at);
      expect(at).toEqual(shape(id).from);
      let last = { ...at };
      const steps: number[] = [];
      for (let share = 0.05; share <= 1.0001; share += 0.05) {
        placeAlong(shape(id), share, at);
        steps.push(Math.hypot(at.x - last.x, at.y - last.y));
        last = { ...at };
      }
      expect(at.x).toBeCloseTo(shape(id).to.x, 3);
      expect(at.y).toBeCloseTo(shape(id).to.y, 3);
      expect(Math.max(...steps) / Math.min(...steps)).toBeLessThan(1.2);
    }
  });

  it('turn back in a lane between the cards where they lead against the stream, and each in a lane of its own', () => {
    const cards = new Map(
      [box('left', 0, 0), box('between', 300, 120), box('right', 600, 20), box('below', 300, 0)].map((each) => [each.id, each]),
    );
    for (const flow of ['right', 'down'] as const) {
      const drawn = flow === 'right' ? cards : new Map([...cards].map(([id, card]) => [id, turnedBox(card)]));
      const back = wireShapes(drawn, [wire('one', 'right', 'left'), wire('two', 'right', 'left', 'call')], flow);
      const ways = ['one', 'two'].map((id) => back.get(id) as WireShape);
      for (const { points, from, to } of ways) {
        for (let ix = 0; ix < points.length; ix += 2) {
          const [x, y] = [points[ix] as number, points[ix + 1] as number];
          for (const card of drawn.values()) {
            const isInside = x > card.x + 1 && x < card.x + card.width - 1 && y > card.y + 1 && y < card.y + card.height - 1;
            expect(isInside, `${flow}: ${x},${y} in ${card.id}`).toBe(false);
          }
        }
        expect([points[0], points[1]]).toEqual([from.x, from.y]);
        expect(points.at(-2)).toBeCloseTo(to.x, 6);
        expect(points.at(-1)).toBeCloseTo(to.y, 6);
      }
      const across = flow === 'right' ? 1 : 0;
      const middles = ways.map(({ points }) => points[points.length / 2 - 1 + across] as number);
      expect(Math.abs((middles[0] as number) - (middles[1] as number))).toBeGreaterThan(8);
    }
  });

  it('go round their own card where they lead back to it', () => {
    const [self] = [...wireShapes(new Map([['a', box('a', 0, 0)]]), [wire('aa', 'a', 'a')], 'right').values()];
    const inside = Array.from({ length: (self?.points.length ?? 0) / 2 }, (_, ix) => ({
      x: self?.points[2 * ix] as number,
      y: self?.points[2 * ix + 1] as number,
    })).filter(({ x, y }) => x > 0 && x < 100 && y > 0 && y < 60);
    expect(inside).toEqual([]);
  });

  it('between the same two cards stand apart in their middles, in the same order at both ends', () => {
    for (const flow of ['right', 'down'] as const) {
      const wide = (id: string, x: number, y: number): Box => ({ ...box(id, x, y), width: 200, height: 96 });
      const cards = new Map(
        [wide('a', 0, 0), flow === 'right' ? wide('b', 500, 40) : wide('b', 40, 300)].map((each) => [each.id, each]),
      );
      for (const count of [2, 3, 7, 40]) {
        const ids = Array.from({ length: count }, (_, ix) => `w${String(ix).padStart(2, '0')}`);
        const drawn = wireShapes(
          cards,
          [...ids].reverse().map((id) => wire(id, 'a', 'b', 'binding')),
          flow,
        );
        const across = flow === 'right' ? 1 : 0;
        const at = (id: string, ix: number) => drawn.get(id)?.points[2 * ix + across] as number;
        for (const [ix, id] of ids.entries()) {
          if (ix === 0) continue;
          const before = ids[ix - 1] as string;
          expect(at(id, 0)).toBeGreaterThan(at(before, 0));
          expect(at(id, 48)).toBeGreaterThan(at(before, 48));
          expect(at(id, 24) - at(before, 24)).toBeGreaterThan(count > 12 ? 5 : 20);
        }
        expect(at(ids.at(-1) as string, 24) - at('w00', 24)).toBeLessThan(270);
      }
    }
  });

  it('of dead letters run between the columns of cards, those to the same card together and others beside them', () => {
    const cards = new Map(
      [box('x', 0, 0), box('y', 0, 400), box('q1', 300, 0), box('q2', 300, 100), box('q3', 300, 200), box('r', 600, 100)].map(
        (each) => [each.id, each],
      ),
    );
    const hands = (id: string, from: string, to: string) => wire(id, from, to, 'rabbitmq-dead-letter');
    const all = [
      hands('1y', 'q1', 'y'),
      hands('2y', 'q2', 'y'),
      hands('3x', 'q3', 'x'),
      hands('1r', 'q1', 'r'),
      hands('31', 'q3', 'q1'),
    ];
    const drawn = wireShapes(cards, all, 'right');
    const gutters = new Map<string, number>();
    for (const { id, from } of all) {
      const { points } = drawn.get(id) as WireShape;
      const xs = Array.from({ length: points.length / 2 }, (_, ix) => points[2 * ix] as number);
      // Where most of its way down or up lies.
      const timesAt = (x: number) => xs.filter((other) => Math.abs(other - x) < 0.5).length;
      gutters.set(
        id,
        xs.slice(4, -4).reduce((best, x) => (timesAt(x) > timesAt(best) ? x : best)),
      );
      for (let ix = 0; ix < points.length; ix += 2) {
        const [x, y] = [points[ix] as number, points[ix + 1] as number];
        for (const card of cards.values()) {
          const isInside = x > card.x + 1 && x < card.x + card.width - 1 && y > card.y + 1 && y < card.y + card.height - 1;
          expect(isInside, `${id}: ${x},${y} in ${card.id} on its way from ${from}`).toBe(false);
        }
      }
    }
    expect(gutters.get('1y')).toBeCloseTo(gutters.get('2y') as number, 0);
    expect(Math.abs((gutters.get('3x') as number) - (gutters.get('1y') as number))).toBeGreaterThan(5);
  });

  it('run down instead of right on a narrow screen', () => {
    const narrow = wireShapes(boxes, [wire('ac', 'a', 'c')], 'down');
    expect(narrow.get('ac')?.from).toEqual({ x: 50, y: 60 });
    expect(narrow.get('ac')?.to).toEqual({ x: 350, y: 200 });
  });
});
