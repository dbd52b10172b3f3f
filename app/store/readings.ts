// Numbers of a frame by name: gauges, states and wires found through the layout, and rates of what only ever grows. Read by cards,
// charts and canvas. Never allocates per frame once it knows the layout.

import { nodeKind } from '../../sim-engine/nodes/declarations.ts';
import { FRAME, gaugesAt, lettersAt, nodesAt, WIRE_STRIDE, wiresAt } from '../../sim-engine/protocol/frame.ts';
import type { FrameLayout } from '../../sim-engine/protocol/messages.ts';

/** Where the numbers of one drawing lie in its frames. */
export interface Places {
  readonly revision: number;
  /** Position in the frame of a node's gauge, or -1. */
  gauge(node: string, gauge: string): number;
  /** Position of a node's state, or -1. */
  state(node: string): number;
  /** Position of a wire's first number, or -1. */
  wire(wire: string): number;
  /** All gauges and wires and where their numbers begin, by a name of their own. */
  readonly starts: ReadonlyMap<string, number>;
  /** Position of the first letter. */
  readonly letters: number;
  /** Ids of the wires in the order of the letters' wire numbers. */
  readonly wireIds: readonly string[];
}

export function placesOf(layout: FrameLayout): Places {
  const { nodes, wires, gaugeCount } = layout;
  const gauges = new Map<string, number>();
  const states = new Map<string, number>();
  nodes.forEach((node, ix) => {
    states.set(node.id, nodesAt(gaugeCount) + ix);
    const declared = nodeKind(node.kind)?.gauges ?? [];
    declared.slice(0, node.gaugeCount).forEach((gauge, at) => {
      gauges.set(`${node.id} ${gauge.name}`, gaugesAt() + node.firstGauge + at);
    });
  });
  const firstWire = wiresAt(gaugeCount, nodes.length);
  const wirePlaces = new Map(wires.map((wire, ix) => [wire.id, firstWire + ix * WIRE_STRIDE]));
  // A gauge's name holds a blank, which no id of a wire does.
  const starts = new Map([...gauges, ...wirePlaces]);
  return {
    revision: layout.revision,
    gauge: (node, gauge) => gauges.get(`${node} ${gauge}`) ?? -1,
    state: (node) => states.get(node) ?? -1,
    wire: (wire) => wirePlaces.get(wire) ?? -1,
    starts,
    letters: lettersAt(gaugeCount, nodes.length, wires.length),
    wireIds: wires.map((wire) => wire.id),
  };
}

/** Whether there are more letters than can be drawn one by one: then wires show density and width. */
export const isDense = (frame: Float64Array): boolean =>
  (frame[FRAME.LETTERS_IN_ALL] as number) > (frame[FRAME.LETTER_COUNT] as number);

/** So much simulated time a rate looks back over, at normal speed. */
const RATE_WINDOW_NS = 5e9;
const SNAPSHOTS = 12;

/** Rates per simulated second of the totals in a frame, over the last few snapshots. An edit of the drawing ends none of them. */
export class Rates {
  #snapshots: Float64Array[] = [];
  #places: Places | null = null;

  /** Takes in a frame; keeps one every so often. `windowNs`: how far to look back. */
  note(frame: Float64Array, places: Places, windowNs: number = RATE_WINDOW_NS): void {
    const timeNs = frame[FRAME.SIM_TIME_NS] as number;
    let last = this.#snapshots.at(-1);
    if (last !== undefined && timeNs < timeOf(last)) {
      this.#snapshots = [];
      last = undefined;
    } else if (this.#places !== null && this.#places.revision !== places.revision) {
      const before = this.#places;
      this.#snapshots = this.#snapshots.map((snapshot) => rearranged(snapshot, before, places, frame.length));
    }
    this.#places = places;
    if (last === undefined || timeNs - timeOf(last) >= windowNs / SNAPSHOTS) {
      this.#snapshots.push(frame);
      while (this.#snapshots.length > SNAPSHOTS + 1) this.#snapshots.shift();
    }
  }

  /** Growth of the number at `place`, per simulated second; NaN while there is nothing to compare with. */
  at(frame: Float64Array, place: number): number {
    const first = this.#snapshots[0];
    if (first === undefined || place < 0) return Number.NaN;
    const elapsedNs = (frame[FRAME.SIM_TIME_NS] as number) - timeOf(first);
    if (elapsedNs <= 0) return Number.NaN;
    // What was removed and brought back counts from 0 again.
    return (Math.max(0, (frame[place] as number) - (first[place] as number)) / elapsedNs) * 1e9;
  }
}

/** A snapshot of one drawing as the next one arranges it. What is new had counted nothing then. */
function rearranged(snapshot: Float64Array, before: Places, after: Places, length: number): Float64Array {
  const next = new Float64Array(length);
  next.set(snapshot.subarray(0, FRAME.HEADER_LENGTH));
  for (const [name, at] of after.starts) {
    const from = before.starts.get(name);
    if (from === undefined) continue;
    const count = name.includes(' ') ? 1 : WIRE_STRIDE;
    next.set(snapshot.subarray(from, from + count), at);
  }
  return next;
}

const timeOf = (frame: Float64Array): number => frame[FRAME.SIM_TIME_NS] as number;
