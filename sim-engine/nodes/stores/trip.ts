// What kinds of streams there are: those that take any event, and the trips of the brief. The type of a message, an index into the
// types of its sender, says which event it is: of a trip in the order of its life.

import { TRIP, type TransitionTable, transitionTable } from '../../parts/event-fold.ts';

/** The types of whoever sends the events of trips stand in this order. */
const LIFE = ['trip_requested', 'trip_accepted', 'driver_arrived', 'trip_started', 'trip_completed', 'trip_cancelled'];
const EVENT_OF_TYPE = LIFE.map((name) => TRIP.events.indexOf(name));

/** Events of a trip that ends well. */
export const TRIP_LENGTH = 5;
const TYPES_MAX = 256;

const FREE: TransitionTable = transitionTable(
  Array.from({ length: TYPES_MAX }, (_, type) => `${type}`).flatMap((event) => [
    { from: '', event, to: 'OPEN' },
    { from: 'OPEN', event, to: 'OPEN' },
  ]),
);

export interface StreamKind {
  readonly table: TransitionTable;
  /** Which event a message of a type is, -1 = none. */
  eventOf(type: number): number;
  /** States by number that are the end of a stream: [completed, cancelled]; -1 where there is none. */
  readonly completed: number;
  readonly cancelled: number;
}

const FREE_STREAMS: StreamKind = { table: FREE, eventOf: (type) => type, completed: -1, cancelled: -1 };

const TRIPS: StreamKind = {
  table: TRIP,
  eventOf: (type) => EVENT_OF_TYPE[type] ?? -1,
  completed: TRIP.states.indexOf('COMPLETED'),
  cancelled: TRIP.states.indexOf('CANCELLED'),
};

export const streamKind = (name: unknown): StreamKind => (name === 'trip' ? TRIPS : FREE_STREAMS);
