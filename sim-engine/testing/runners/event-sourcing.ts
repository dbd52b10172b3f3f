// Judges patterns/event-sourcing by real runs: the recorded events are pushed to a view by a topic, and what the view made of them is
// read from it. A recorded snapshot is taken by the view itself, which then loses all that came after it.

import type { ActorIx, LinkIx, MsgIx } from '../../kernel/ids.ts';
import { TRIP } from '../../parts/event-fold.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import type { Actor } from '../../world/actor.ts';
import * as packet from '../../world/packet-types.ts';
import { node, simulationOf, wire } from '../drawing.ts';
import type { Judgement, VectorCase, VectorFormat } from './format.ts';

interface RecordedEvent {
  readonly seq: number;
  readonly type: string;
}

/** The types of messages stand in the order of a trip's life. */
const LIFE = ['trip_requested', 'trip_accepted', 'driver_arrived', 'trip_started', 'trip_completed', 'trip_cancelled'];
const SECOND_NS = 1e9;

function viewOn(snapshotEvery: number): Simulation {
  return simulationOf({
    nodes: [
      node('log', 'sender', { arrivals: 'times', times: ['1000h'] }),
      node('events', 'topic'),
      node('view', 'projection', { streams: 'trip', onGap: 'stand', snapshotEvery }),
    ],
    wires: [wire('publish', 'log', 'events', { delay: '0s' }), wire('subscribe', 'events', 'view', { delay: '0s' })],
  });
}

/** Hands one event of the only stream to the topic, and lets the view take it. */
function push(simulation: Simulation, { seq, type }: RecordedEvent): void {
  const { assembly, world } = simulation;
  const { messages } = world;
  const link = assembly.wire('log-events')?.forward as LinkIx;
  const msg = messages.slots.alloc() as MsgIx;
  messages.createdNs[msg] = simulation.timeNs;
  messages.sender[msg] = world.nodeIds.indexOf('log') as ActorIx;
  messages.number[msg] = seq + 1;
  messages.key[msg] = 0;
  messages.sizeBytes[msg] = 0;
  messages.type[msg] = LIFE.indexOf(type);
  messages.flags[msg] = 0;
  messages.eventNumber[msg] = seq + 1;
  messages.refs[msg] = 1;
  world.books.openPublish(world.links.to[link] as number);
  world.send(link, packet.PUBLISH, msg, 1, 0);
  simulation.advanceTo(simulation.timeNs + SECOND_NS);
}

interface ViewState {
  readonly view: { readonly inState: readonly number[]; readonly count: number };
  readonly ignored: number;
  readonly gaps: number;
  readonly isStanding: boolean;
}

function foldedBy({ input }: VectorCase): Record<string, unknown> {
  const { events, snapshot } = input as {
    readonly events: readonly RecordedEvent[];
    readonly snapshot?: { readonly seq: number };
  };
  const length = (snapshot?.seq ?? -1) + 1;
  const simulation = viewOn(length);
  if (length > 0) {
    for (const event of events.slice(0, length)) push(simulation, event);
    simulation.command({ type: 'crash', node: 'view', forNs: 1 }, 'tick');
    simulation.advanceTo(simulation.timeNs + SECOND_NS);
  }
  for (const event of events) push(simulation, event);
  const actor = simulation.world.actors[simulation.world.nodeIds.indexOf('view')] as Actor;
  const { own } = actor.save() as { readonly own: ViewState };
  const { gaps, ignored, isStanding, view } = own;
  const seq = view.count - 1;
  const found: Record<string, unknown> = { state: TRIP.states[view.inState.indexOf(1)], seq, ignored };
  if (isStanding) found[gaps > 0 ? 'gapAt' : 'illegalAt'] = seq + 1;
  return found;
}

export const EVENT_SOURCING_FORMAT: VectorFormat = {
  key: 'patterns/event-sourcing',
  judge(one: VectorCase): Judgement {
    const found = foldedBy(one);
    // What a trip without any event is called is the file's own word: that there is none is judged by its seq.
    if (found.seq === -1) found.state = one.expected.state;
    const faults: string[] = [];
    for (const key of new Set([...Object.keys(found), ...Object.keys(one.expected)])) {
      if (found[key] !== one.expected[key]) faults.push(`${key}: ${found[key]}, recorded ${one.expected[key]}`);
    }
    return { faults };
  },
};
