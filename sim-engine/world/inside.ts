// What an actor holds at this moment, as tables for people: how a kind says what stands in them, and how long they may be. Filled by
// `Actor.inside` and by the clients of brokers when somebody asks, never in a run; the page draws any of them without knowing the kind.

import type { World } from './world.ts';

/** Rows of one table that are told; those that come first matter most. */
export const ROWS_TOLD_MAX = 200;

/**
 * What a cell holds. `text`: the broker's own words, as they are. `word`: a key of the message files. `duration` and `moment`: ns, a
 * length and a time of the run. `ratio`: 0 to 1. `node`: document ids with a blank between, mostly one. `message`: whose it is and which;
 * pressed, it opens its journey. `detail`: a number of something that holds more; pressed, it is asked for as `Actor.inside` has it.
 */
export type InsideSort = 'text' | 'word' | 'count' | 'duration' | 'moment' | 'bytes' | 'ratio' | 'node' | 'message' | 'detail';

/** A message by its sender's document id and its number. */
export interface InsideMessage {
  readonly sender: string;
  readonly number: number;
}

/** Null: there is nothing to say of it. */
export type InsideCell = string | number | InsideMessage | null;

/**
 * How a stretch of time is drawn: at work; nothing to do; in between, with something to do or with nothing; not there.
 */
export type StretchLook = 'on' | 'idle' | 'between' | 'paused' | 'off';

/** A state of something from one moment until another, ns. */
export interface Stretch {
  /** Of whom. */
  readonly lane: string;
  readonly fromNs: number;
  readonly untilNs: number;
  readonly look: StretchLook;
}

/** Plain data, as it goes to the page. */
export interface InsideTable {
  /** Keys of the message files: what is listed, and what is said when nothing is there. */
  readonly title: string;
  readonly none: string;
  /** Document id of the one it is about, where a node has a table for each of several. */
  readonly about?: string;
  /** Which of several actors of the node it is of. */
  readonly member?: string;
  /** Which of several things of one sort it is about. */
  readonly number?: number;
  /** One row that is always there, to be read from top to bottom. */
  readonly isFacts: boolean;
  readonly columns: readonly { readonly key: string; readonly label: string; readonly sort: InsideSort }[];
  /** In order of the columns. */
  readonly rows: readonly (readonly InsideCell[])[];
  /** All that could be told; more than there are rows when they are too many. */
  readonly total: number;
  /** The same over time, to be drawn above the rows; oldest first. */
  readonly stretches?: readonly Stretch[];
  /** Details to ask for instead: what stands before the first row, and after the last one. */
  readonly earlier?: string;
  readonly later?: string;
}

export type Inside = readonly InsideTable[];

/** By key: what stands in the column; with a `?` the column is left out when no row has anything in it. */
type Columns = { readonly [key: string]: InsideSort | `${InsideSort}?` };
type CellOf<Sort> = Sort extends 'message' | 'message?'
  ? InsideMessage | null
  : Sort extends 'text' | 'text?' | 'word' | 'word?' | 'node' | 'node?'
    ? string | null
    : number | null;
type RowOf<C extends Columns> = { readonly [key in keyof C]: CellOf<C[key]> };

/** How a table is declared, once for each kind of content. */
export interface InsideShape<C extends Columns = Columns> {
  readonly name: string;
  readonly columns: C;
  readonly isFacts: boolean;
}

/**
 * A list: one row for each thing. `name` is its kind's and its own, such as `queue.ready`: its words stand in the message files under
 * `inside.NAME.title` and `inside.NAME.none`, those of a column under `inside.column.KEY`.
 */
export const listShape = <const C extends Columns>(name: string, columns: C): InsideShape<C> => ({
  name,
  columns,
  isFacts: false,
});

/** Facts of one thing: a single row, read from top to bottom. It is always there, so that it has no words for none. */
export const factsShape = <const C extends Columns>(name: string, columns: C): InsideShape<C> => ({
  name,
  columns,
  isFacts: true,
});

/** A table that is being filled, the row that matters most first. */
export class InsideRows<C extends Columns> {
  private readonly shape: InsideShape<C>;
  private readonly keys: readonly string[];
  private readonly rows: InsideCell[][] = [];

  constructor(shape: InsideShape<C>) {
    this.shape = shape;
    this.keys = Object.keys(shape.columns);
  }

  /** No more rows are told: whoever walks a long line may stop. */
  get isFull(): boolean {
    return this.rows.length >= ROWS_TOLD_MAX;
  }

  /** Passed over when the table is full. */
  add(row: RowOf<C>): void {
    if (!this.isFull) this.rows.push(this.keys.map((key) => (row as { [key: string]: InsideCell })[key] ?? null));
  }

  /** `total`: how many rows there would be without the limit. `about`: document id of the one it is about. */
  table(total = this.rows.length, about?: string): InsideTable {
    const { name, columns, isFacts } = this.shape;
    const shown = this.keys.map(
      (key, at) => !columns[key]?.endsWith('?') || this.rows.some((row) => (row[at] as InsideCell) !== null),
    );
    return {
      title: `inside.${name}.title`,
      none: `inside.${name}.none`,
      ...(about === undefined ? {} : { about }),
      isFacts,
      columns: this.keys
        .map((key) => ({ key, label: `inside.column.${key}`, sort: columns[key]?.replace('?', '') as InsideSort }))
        .filter((_, at) => shown[at]),
      rows: this.rows.map((row) => row.filter((_, at) => shown[at])),
      total,
    };
  }
}

/** Facts that are known at once. */
export function factsOf<C extends Columns>(shape: InsideShape<C>, row: RowOf<C>, about?: string): InsideTable {
  const rows = new InsideRows(shape);
  rows.add(row);
  return rows.table(1, about);
}

export const nameOfMessage = ({ messages, nodeIds }: World, msg: number): InsideMessage => ({
  sender: nodeIds[messages.sender[msg] as number] as string,
  number: messages.number[msg] as number,
});

/** Name of the message of an obligation, null for none. */
export const nameOfWork = (world: World, obl: number): InsideMessage | null =>
  obl === 0 ? null : nameOfMessage(world, world.obligations.msg[obl] as number);

/** Null for what has no key. */
export const keyCell = (key: number): number | null => (key < 0 ? null : key);

/** How long ago, ns. */
export const agoNs = ({ now }: World, atNs: number): number => (now[0] as number) - atNs;

/** How long until then, ns; 0 for what is due, null for what has no end. */
export function untilNs({ now }: World, atNs: number | undefined): number | null {
  if (atNs === undefined || !(atNs < NEVER_NS)) return null;
  const leftNs = atNs - (now[0] as number);
  return leftNs > 0 ? leftNs : 0;
}

/** Times from here on stand for never: beyond 2^53 ns none is whole. */
const NEVER_NS = 9e15;
