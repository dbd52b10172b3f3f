// A run told as a story, for tests of what nodes and wires do: draw it, let things happen at given times, go on, and read what
// became of every message. All messages are followed, which changes nothing. Every stop checks that both books balance.

import { parseCommand } from '../simulation/command-text.ts';
import { nameOfPlace } from '../simulation/journeys.ts';
import { type Ledger, ledgerOf } from '../simulation/ledger.ts';
import { Measures } from '../simulation/measures.ts';
import type { Simulation, SimulationOptions } from '../simulation/simulation.ts';
import { parseDuration } from '../topology/units.ts';
import { POISON } from '../world/messages.ts';
import { JOURNEY_STOPS, type JourneyStop, type WorldNotice } from '../world/trace.ts';
import { type Drawing, simulationOf } from './drawing.ts';
import { goOn, readingOf } from './running.ts';

/** One stop of a message's journey. */
export interface Stop {
  readonly ns: number;
  readonly ms: number;
  readonly what: JourneyStop;
  /** Its number among the messages of its sender, from 1. */
  readonly number: number;
  readonly sender: string;
  /** Id of the node or wire where it happened. */
  readonly where: string;
  readonly attempt: number;
}

/** What a message that is still referred to is made of. */
export interface Traits {
  readonly number: number;
  readonly sender: string;
  readonly key: number;
  readonly sizeBytes: number;
  /** Index into the sender's list of types. */
  readonly type: number;
  readonly isPoison: boolean;
  /** Sender and number of the message whose result it is; null if it is nobody's. */
  readonly cause: string | null;
}

/** "1.5s" in ns. */
export function nsOf(duration: string): number {
  const parsed = parseDuration(duration);
  if (!parsed.ok) throw new Error(`no duration: ${duration}`);
  return parsed.value;
}

/** Stops kept: more than a story has. */
const STORY_ENTRIES = 65536;

export class Story {
  readonly simulation: Simulation;
  private readonly measures: Measures;

  constructor(drawing: Drawing, options: SimulationOptions = {}) {
    this.simulation = simulationOf(drawing, { traceEvery: 1, traceEntries: STORY_ENTRIES, ...options });
    this.measures = new Measures(this.simulation);
  }

  /** Has a command, as text, carried out at a time. */
  at(time: string, text: string): this {
    const command = parseCommand(text);
    if (!command.ok) throw new Error(`${text}: ${JSON.stringify(command.problems)}`);
    this.simulation.schedule(nsOf(time), command.value);
    return this;
  }

  /** Goes on to a time; a command that was refused on the way is a mistake of the story. */
  to(time: string): this {
    goOn(this.simulation, nsOf(time));
    return this;
  }

  get ledger(): Ledger {
    return ledgerOf(this.simulation.world);
  }

  /** Where and why entries ended in a class: { 'orders full': 3 }. */
  reasons(cls: string): { readonly [whereAndWhy: string]: number } {
    const counted = this.ledger.reasons.filter((one) => one.class === cls);
    return Object.fromEntries(counted.map(({ where, reason, count }) => [`${where} ${reason}`, count]));
  }

  /** A gauge of a node, or of all nodes that have it. */
  gauge(name: string, node?: string): number {
    return readingOf(this.measures, name, node);
  }

  /** Stops of the given sorts, of all messages, in the order in which they happened. */
  stops(...what: readonly JourneyStop[]): readonly Stop[] {
    const { world } = this.simulation;
    const wanted = what.length === 0 ? JOURNEY_STOPS : what;
    return world.trace
      .entries()
      .filter(({ stop }) => wanted.includes(stop))
      .map(({ atNs, stop, sender, number, place, attempt }) => ({
        ns: atNs,
        ms: atNs / 1e6,
        what: stop,
        number,
        sender: world.nodeIds[sender] as string,
        where: nameOfPlace(world, place),
        attempt,
      }));
  }

  /** Times of stops of one sort, ms. */
  times(what: JourneyStop): readonly number[] {
    return this.stops(what).map(({ ms }) => ms);
  }

  /** Numbers of the messages that came to stops of one sort, in order; at one place, if it is named. */
  numbers(what: JourneyStop, where?: string): readonly number[] {
    return this.stops(what)
      .filter((stop) => where === undefined || stop.where === where)
      .map(({ number }) => number);
  }

  /** The messages that anything still refers to, in the order in which they were sent. */
  messages(): readonly Traits[] {
    const { messages, nodeIds } = this.simulation.world;
    const found: Traits[] = [];
    for (let msg = 1; msg < messages.high; msg++) {
      if (messages.refs[msg] === 0) continue;
      found.push({
        number: messages.number[msg] as number,
        sender: nodeIds[messages.sender[msg] as number] as string,
        key: messages.key[msg] as number,
        sizeBytes: messages.sizeBytes[msg] as number,
        type: messages.type[msg] as number,
        isPoison: ((messages.flags[msg] as number) & POISON) !== 0,
        cause:
          messages.causeNumber[msg] === 0 ? null : `${nodeIds[messages.causeSender[msg] as number]} ${messages.causeNumber[msg]}`,
      });
    }
    return found.toSorted((a, b) => a.number - b.number);
  }

  notices(): readonly WorldNotice[] {
    return this.simulation.world.notices.since(0);
  }
}
