// Everything that can be done to a run from outside, as plain data. A command is stamped with the time at which it applies
// and kept in the log; topology + seed + log = the same run, bit for bit.

import type { NodeDocument, WireDocument } from '../topology/document.ts';

export type Command =
  /** Edits of the drawing that matter to the run. `value` in document form; `undefined` = back to the default. */
  | { readonly type: 'setParam'; readonly target: string; readonly field: string; readonly value: unknown }
  | { readonly type: 'addNode'; readonly node: NodeDocument }
  | { readonly type: 'removeNode'; readonly node: string }
  | { readonly type: 'addWire'; readonly wire: WireDocument }
  | { readonly type: 'removeWire'; readonly wire: string }
  /** Several edits in one: either all are carried out or none. */
  | { readonly type: 'edit'; readonly edits: readonly Command[] }
  | Fault
  /**
   * Sends dead letters back to the queue they came from: `count` of them, oldest first; absent = all. With `message` that one
   * alone, wherever it stands in the row.
   */
  | { readonly type: 'redrive'; readonly node: string; readonly count?: number; readonly message?: MessageName };

/** A message by its name: the document id of its sender, and which of the sender's it is, from 1. */
export interface MessageName {
  readonly sender: string;
  readonly number: number;
}

/** What we inject. `forNs` absent = until undone by the opposite command. */
export type Fault =
  | { readonly type: 'crash'; readonly node: string; readonly forNs?: number }
  | { readonly type: 'restart'; readonly node: string }
  /** Work takes `factor` times as long. 1 = normal. */
  | { readonly type: 'slow'; readonly node: string; readonly factor: number; readonly forNs?: number }
  /** The node does nothing at all for this long; what reaches it waits. */
  | { readonly type: 'stall'; readonly node: string; readonly forNs: number }
  | { readonly type: 'cut'; readonly wire: string; readonly forNs?: number }
  | { readonly type: 'heal'; readonly wire: string }
  /** Adds to the delay of a wire. 0 = none. */
  | { readonly type: 'delay'; readonly wire: string; readonly extraNs: number; readonly forNs?: number }
  /** Share of packets lost, instead of the wire's own. Absent share = back to its own. */
  | { readonly type: 'lose'; readonly wire: string; readonly share?: number; readonly forNs?: number }
  /** Share of poison among what a sender sends from now on, instead of its own. Absent = back to its own. */
  | { readonly type: 'poison'; readonly node: string; readonly share?: number; readonly forNs?: number }
  /** A sender sends `count` more at once, or spread evenly over `overNs`. */
  | { readonly type: 'burst'; readonly node: string; readonly count: number; readonly overNs?: number };
