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
  return {
    revision: layout.revision,
    gauge: (node, gauge) => gauges.get(`${node} ${gauge}`) ?? -1,
    state: (node) => states.get(node) ?? -1,
    wire: (wire) => wirePlaces.get(wire) ?? -1,
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

/** Rates per simulated second of the totals in a frame, over the last few snapshots. */
export class Rates {
  #snapshots: Float64Array[] = [];
  #revision = -1;

  /** Takes in a frame; keeps one every so often. `windowNs`: how far to look back. */
  note(frame: Float64Array, windowNs: number = RATE_WINDOW_NS): void {
    const timeNs = frame[FRAME.SIM_TIME_NS] as number;
    const last = this.#snapshots.at(-1);
    const isOther = frame[FRAME.LAYOUT_REVISION] !== this.#revision || (last !== undefined && timeNs < timeOf(last));
    if (isOther) this.#snapshots = [];
    this.#revision = frame[FRAME.LAYOUT_REVISION] as number;
    if (isOther || last === undefined || timeNs - timeOf(last) >= windowNs / SNAPSHOTS) {
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
    return (((frame[place] as number) - (first[place] as number)) / elapsedNs) * 1e9;
  }
}

const timeOf = (frame: Float64Array): number => frame[FRAME.SIM_TIME_NS] as number;
