// The topology and scenario documents, typed: what `parse` makes of JSON text. Ids are the only names the engine knows;
// names, positions and comments are for people and never change a run.

import type { Params } from '../nodes/fields.ts';

export const TOPOLOGY_FORMAT = 'broker-lab/topology';
export const SCENARIO_FORMAT = 'broker-lab/scenario';
/** Raised when a document of the old shape needs a migration; see `migrations/`. */
export const DOCUMENT_VERSION = 1;

export interface Position {
  readonly x: number;
  readonly y: number;
}

/** A node as it stands in the file. `params` holds only what differs from the defaults, in document form. */
export interface NodeDocument {
  readonly id: string;
  readonly kind: string;
  readonly name?: string;
  readonly parent?: string;
  readonly position?: Position;
  readonly size?: { readonly width: number; readonly height: number };
  readonly params?: { readonly [field: string]: unknown };
  /** How the card looks: fields whose control stands on the card itself. */
  readonly view?: { readonly knobs: readonly { readonly field: string }[] };
  readonly comment?: string;
}

/** A wire as it stands in the file. */
export interface WireDocument {
  readonly id: string;
  readonly kind: string;
  /** Ids of the nodes it joins, along the flow of messages. */
  readonly from: string;
  readonly to: string;
  readonly params?: { readonly [field: string]: unknown };
  readonly comment?: string;
}

export interface TopologyDocument {
  /** For editors: where the JSON Schema lies. */
  readonly $schema?: string;
  readonly format: typeof TOPOLOGY_FORMAT;
  readonly version: number;
  readonly engineRevision?: number;
  readonly name?: string;
  readonly comment?: string;
  readonly nodes: readonly NodeDocument[];
  readonly wires: readonly WireDocument[];
}

/** A command at a time, in the words of `simulation/command-text.ts`: { "at": "10s", "do": "crash worker-1" }. */
export interface TimedCommandDocument {
  readonly at: string;
  readonly do: string;
}

/** An expectation in the check language: { "check": "end: lost == 0", "why": "..." }. */
export interface ExpectationDocument {
  readonly check: string;
  readonly why?: string;
}

export interface ScenarioDocument {
  readonly $schema?: string;
  readonly format: typeof SCENARIO_FORMAT;
  readonly version: number;
  readonly engineRevision?: number;
  readonly title: string;
  readonly about?: string;
  readonly seed?: number;
  /** How long a headless run of it lasts when nobody says otherwise. */
  readonly duration?: string;
  /** Speed at which the app first plays it: simulated seconds per second. */
  readonly speed?: number;
  readonly topology: TopologyDocument;
  readonly commands?: readonly TimedCommandDocument[];
  readonly expect?: readonly ExpectationDocument[];
}

// ------------------------------------------------------------------ after parse

/** A node with every declared field present and typed. */
export interface ParsedNode {
  readonly id: string;
  readonly kind: string;
  readonly parent?: string;
  readonly params: Params;
}
export interface ParsedWire {
  readonly id: string;
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly params: Params;
}
/** A valid topology, sorted by id: what `compile` takes. */
export interface ParsedTopology {
  readonly document: TopologyDocument;
  readonly nodes: readonly ParsedNode[];
  readonly wires: readonly ParsedWire[];
}
export interface ParsedScenario {
  readonly document: ScenarioDocument;
  readonly topology: ParsedTopology;
  readonly seed: number;
  /** ns; 60 s when the document says nothing. */
  readonly durationNs: number;
}

// ------------------------------------------------------------------ problems

/**
 * Something to fix in a file or a drawing. `at` is the place, as a path into the document with ids for array members
 * (['nodes', 'orders', 'params', 'ackDeadline']). Sentence and remedy stand under `code` in the message file
 * (`problem.<code>` and `problem.<code>.remedy`); `values` fill their holes.
 */
export interface Problem {
  readonly code: string;
  readonly at: readonly (string | number)[];
  readonly values?: { readonly [hole: string]: string | number };
}

/** Either the thing, or why not. Never both. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };
