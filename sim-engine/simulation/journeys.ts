// The journey of one message for people: its stops in order, each with the id of the node or wire where it happened. Called by
// the engine's host and the command line. Following marks a message and nothing else: the run stays the same.

import type { JourneyEntry } from '../protocol/messages.ts';
import type { Problem } from '../topology/document.ts';
import { TRACED } from '../world/messages.ts';
import { isLinkPlace, ixOfPlace, REASONS } from '../world/reasons.ts';
import type { World } from '../world/world.ts';
import type { Simulation } from './simulation.ts';

/** Has the journey of message `number` of a sender written down from now on. Returns the problems if there is no such sender. */
export function followMessage({ assembly, world }: Simulation, sender: string, number: number): readonly Problem[] {
  const actors = assembly.actorsOfNode(sender);
  if (actors.length === 0) return [{ code: 'command-unknown-node', at: ['sender'], values: { id: sender } }];
  for (const { ix } of actors) {
    world.trace.choose(ix, number);
    markUnderWay(world, ix, number);
  }
  return [];
}

/** A message that was sent already is found among those that are still referred to. */
function markUnderWay({ messages }: World, sender: number, number: number): void {
  for (let msg = 1; msg < messages.high; msg++) {
    if (messages.number[msg] !== number || messages.sender[msg] !== sender || messages.refs[msg] === 0) continue;
    messages.flags[msg] = (messages.flags[msg] as number) | TRACED;
  }
}

/** What is still kept of a message's journey, in order of time; empty if it was never followed. */
export function journeyOf({ assembly, world }: Simulation, sender: string, number: number): readonly JourneyEntry[] {
  return assembly.actorsOfNode(sender).flatMap(({ ix }) =>
    world.trace.journey(ix, number).map(({ atNs, stop, place, attempt, reason }) => ({
      atNs,
      what: `journey.${stop}`,
      where: nameOfPlace(world, place),
      attempt,
      reason: REASONS[reason] ?? 'none',
    })),
  );
}

/** Document id of the node or wire at a place; empty for none. */
export function nameOfPlace(world: World, place: number): string {
  const ix = ixOfPlace(place);
  return (isLinkPlace(place) ? world.wireIds[ix] : world.nodeIds[ix]) ?? '';
}
