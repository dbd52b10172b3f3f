// Branded indexes, judged by the compiler: the types stage of `npm test` fails where one of the lines marked below compiles. The rest of
// what is promised of an index, that it is never used again within a run, is shown by simulation/edits.test.ts.

import { expect, expectTypeOf, it } from 'vitest';
import type { ActorIx, EventIx, LinkIx, MsgIx, OblIx, StreamIx, SubIx } from './ids.ts';

const actorsAlive = (actor: ActorIx): number => actor + 1;

it('an index is a number to calculate with, and no index of anything else', () => {
  const actor = 4 as ActorIx;
  const link = 4 as LinkIx;
  expectTypeOf(actor).toExtend<number>();
  expect(actorsAlive(actor)).toBe(5);
  // @ts-expect-error a link is no actor
  expect(actorsAlive(link)).toBe(5);
  // @ts-expect-error a count is no index
  expect(actorsAlive(4)).toBe(5);
  expectTypeOf<MsgIx>().not.toExtend<OblIx>();
  expectTypeOf<OblIx>().not.toExtend<MsgIx>();
  expectTypeOf<SubIx>().not.toExtend<StreamIx>();
  expectTypeOf<EventIx>().not.toExtend<LinkIx>();
});
