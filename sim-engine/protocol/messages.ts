// What page and engine say to each other: tagged unions, plain data only. The shell (`shell/worker.ts`, or the in-page
// fallback) answers requests in order; frames and reports come by themselves. Types and pure functions, no I/O.

import type { Command } from '../simulation/commands.ts';
import type { Problem, TopologyDocument } from '../topology/document.ts';
import type { Inside } from '../world/inside.ts';
import type { Reason } from '../world/reasons.ts';

export type { Inside, InsideCell, InsideSort, InsideTable, Stretch, StretchLook } from '../world/inside.ts';

export type StepUnit = 'event' | 'message' | 'tick';

/** What the page asks. Every request carries an `id`; its answer carries the same. */
export type Request =
  | {
      readonly type: 'load';
      /** Text of a scenario or of a bare topology. */
      readonly text: string;
      readonly seed?: number;
      /** Commands of an earlier run of the same document, to be replayed at their times. */
      readonly log?: readonly LoggedCommand[];
      /** Go on from here: simulated time in ns, reached from `checkpoint` if given, else by replay from 0. */
      readonly resumeAtNs?: number;
      readonly checkpoint?: CheckpointParcel;
    }
  | { readonly type: 'play' /** Simulated seconds per second; Infinity = as fast as it goes. */; readonly speed: number }
  | { readonly type: 'pause' }
  | { readonly type: 'step'; readonly unit: StepUnit }
  | { readonly type: 'command'; readonly command: Command }
  /** Back to time 0 of the drawing as it is now, of the same seed or of another one, paused. Edits stay; the log begins anew. */
  | { readonly type: 'reset'; readonly seed?: number }
  /** Write down the journey of one message from now on. Watching changes nothing. */
  | { readonly type: 'follow'; readonly sender: string; readonly number: number }
  | { readonly type: 'journey'; readonly sender: string; readonly number: number }
  /** What stands in a class of the ledger now, `from` how many on; see `simulation/contents.ts`. Looking changes nothing. */
  | {
      readonly type: 'letters';
      readonly of: LetterClass;
      readonly book?: 'publish' | 'delivery';
      /** Only what this node holds. */
      readonly node?: string;
      readonly from?: number;
    }
  /** What a node, or a part of a container, holds now; see `simulation/inside.ts`. Looking changes nothing. */
  | { readonly type: 'inside'; readonly node: string; readonly detail?: string }
  /** Commands of the run, with their times; and what was told so far. The latest of both. */
  | { readonly type: 'log' }
  | { readonly type: 'notices' }
  /**
   * Undoes a command as if it had never been given: back to before it, and forward again to now without it. `index`: which one
   * of those that were given from outside. A run that plays plays on. `frameEveryNs`: simulated time between two frames on the
   * way, so that whoever draws the past has it anew.
   */
  | { readonly type: 'take-back'; readonly index: number; readonly frameEveryNs: number }
  /**
   * Goes to this simulated time without drawing, forward or back, and answers with the digest there; paused. The log stays, so
   * that the way forward is the same; a command given on the way makes what came later undone. `events`: how many had been handled
   * in all, where the moment lies between two of one instant.
   */
  | { readonly type: 'run-to'; readonly timeNs: number; readonly events?: number }
  /** The drawing as the run has it now, after every edit that was carried out. */
  | { readonly type: 'document' }
  /** Life sign. */
  | { readonly type: 'ping' };

export type Answer =
  | { readonly type: 'loaded'; readonly layout: FrameLayout; readonly status: Status }
  | { readonly type: 'done'; readonly status: Status }
  | { readonly type: 'document'; readonly topology: TopologyDocument }
  | { readonly type: 'journey'; readonly entries: readonly JourneyEntry[] }
  | { readonly type: 'letters'; readonly letters: Letters }
  | { readonly type: 'inside'; readonly inside: Inside }
  | {
      readonly type: 'log';
      /** Those of the scenario, done or still to come. */
      readonly scripted: readonly LoggedCommand[];
      /** Those given from outside, from the `firstIndex`-th on. */
      readonly given: readonly LoggedCommand[];
      readonly firstIndex: number;
    }
  | { readonly type: 'notices'; readonly notices: readonly Notice[] }
  /** The request could not be carried out: problems of the document or the command. The run is as it was. */
  | { readonly type: 'refused'; readonly problems: readonly Problem[] };

/** What the engine reports by itself. */
export type Report =
  /** One observation, see `frame.ts`. The buffer is transferred. */
  | { readonly type: 'frame'; readonly buffer: ArrayBuffer }
  | { readonly type: 'status'; readonly status: Status }
  /** The drawing changed by a structural command: gauges and letters are laid out anew from here on. */
  | { readonly type: 'layout'; readonly layout: FrameLayout }
  | { readonly type: 'notice'; readonly notice: Notice }
  /** Sent about every 5 s of a run while it is small enough: from here the page restarts a Web Worker that died. */
  | { readonly type: 'checkpoint'; readonly checkpoint: CheckpointParcel }
  | { readonly type: 'crashed'; readonly message: string; readonly simTimeNs: number; readonly seed: number };

export type ToEngine = { readonly id: number; readonly request: Request };
export type FromEngine = { readonly id: number; readonly answer: Answer } | { readonly id: 0; readonly report: Report };

export interface Status {
  readonly isRunning: boolean;
  readonly speed: number;
  /** How much of the asked speed is reached, 0..1; 1 unless the machine is too slow. */
  readonly pace: number;
  readonly simTimeNs: number;
  readonly seed: number;
  readonly engineRevision: number;
  /** 16 hex digits. */
  readonly digest: string;
  readonly events: number;
  /** Why the run stopped by itself (a bound was reached, a loop), as a message key with values; null while all is well. */
  readonly stopped: Notice | null;
  readonly commandCount: number;
}

/** A command with the time at which it was applied: the log of a run. */
export interface LoggedCommand {
  readonly atNs: number;
  readonly command: Command;
}

/** A class of the ledger as people ask for it: what both books and the share that retries make of it, see `app/ledger`. */
export type LetterClass =
  | 'wire'
  | 'waiting'
  | 'work'
  | 'retry'
  | 'dead'
  | 'accepted'
  | 'done'
  | 'expired'
  | 'lost'
  | 'dropped'
  | 'skipped'
  | 'refused'
  | 'unroutable';

/** A message in a class of the ledger. Times in ns of the run. */
export interface LetterRow {
  /** Document id of its sender; (sender, number) is its name. */
  readonly sender: string;
  readonly number: number;
  readonly key: number | null;
  readonly sizeBytes: number;
  /** Whoever reads it would see that it cannot be worked on. */
  readonly isPoison: boolean;
  /** Last attempt handed out, from 1; 0 before the first. */
  readonly attempts: number;
  /** Null of an example from the trace, of which no more is kept. */
  readonly sentNs: number | null;
  /** Since when it is there; null when that is no longer known. */
  readonly sinceNs: number | null;
  /** Document id of the node or wire. */
  readonly where: string;
  /** Why it is there; 'none' for most. */
  readonly reason: Reason;
}

/** One page of a class, or the latest examples of one that is not listed one by one. */
export interface Letters {
  readonly rows: readonly LetterRow[];
  /** How many can be had page by page: at most `LETTERS_LISTED_MAX`, of ended ones those that the trace remembers. */
  readonly listed: number;
  /** All that stand in the class. */
  readonly total: number;
  /** Of a class in which messages have ended: how many where and why, largest first. */
  readonly counts: readonly { readonly where: string; readonly reason: Reason; readonly count: number }[];
}

/** Something worth telling during a run. `key` names a sentence of the engine's message file. */
export interface Notice {
  readonly atNs: number;
  readonly key: string;
  readonly values: { readonly [hole: string]: string | number };
  /** Document id of the node or wire it is about. */
  readonly about?: string;
}

/** One stop of a message's journey. */
export interface JourneyEntry {
  readonly atNs: number;
  /** What happened: a key of the message file, such as `journey.sent`. */
  readonly what: string;
  /** Document id of the node or wire. */
  readonly where: string;
  readonly attempt: number;
  /** Why it ended there, as in a key `reason.…` of the message file; `none` for a stop that ends nothing. */
  readonly reason: Reason;
}

/** A checkpoint as plain, transferable data. Opaque to the page. */
export interface CheckpointParcel {
  readonly simTimeNs: number;
  readonly commandCount: number;
  readonly bytes: number;
  readonly data: unknown;
}

/** Names behind the numbers of a frame: order of nodes, gauges and wires. Sent once per drawing. */
export interface FrameLayout {
  /** Raised with every new layout; a frame says which one it follows. */
  readonly revision: number;
  readonly nodes: readonly {
    readonly id: string;
    readonly kind: string;
    /** Index of the node's first gauge in the frame's gauge section; its gauges follow in declared order. */
    readonly firstGauge: number;
    readonly gaugeCount: number;
  }[];
  readonly wires: readonly { readonly id: string }[];
  readonly gaugeCount: number;
}
