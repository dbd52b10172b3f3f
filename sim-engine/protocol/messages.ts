// What page and engine say to each other: tagged unions, plain data only. The shell (`shell/worker.ts`, or the in-page
// fallback) answers requests in order; frames and reports come by themselves. Types and pure functions, no I/O.

import type { Command } from '../simulation/commands.ts';
import type { Problem } from '../topology/document.ts';

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
  /**
   * Goes to this simulated time without drawing, forward or back, and answers with the digest there; paused. The log stays, so
   * that the way forward is the same; a command given on the way makes what came later undone.
   */
  | { readonly type: 'run-to'; readonly timeNs: number }
  /** Life sign. */
  | { readonly type: 'ping' };

export type Answer =
  | { readonly type: 'loaded'; readonly layout: FrameLayout; readonly status: Status }
  | { readonly type: 'done'; readonly status: Status }
  | { readonly type: 'journey'; readonly entries: readonly JourneyEntry[] }
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
