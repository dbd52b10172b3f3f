// What a parameter of a node or a wire can be. A field is declared once; parser, form, help, docs and JSON Schema are
// generated from the declaration. Plain data: no function, no class.

import type { LawSpec } from '../kernel/law-spec.ts';

/** A key of the message files. The sentence itself lies in `messages/en.ts`. */
export type MessageKey = string;

interface FieldBase {
  /** Plain name shown beside the control: `<kind>.<field>.label` in the message file. */
  readonly label: MessageKey;
  /** One or two sentences: what it does and when one would change it. */
  readonly help: MessageKey;
  /** The broker's own configuration key, where there is one. */
  readonly key?: string;
  /** Whether a running simulation takes the new value at once. `false`: "applies after restart". */
  readonly live: boolean;
  /** Shown only while another field of the same node has one of these values. */
  readonly when?: { readonly field: string; readonly is: readonly string[] };
  /** Shown in the folded part of a form. */
  readonly advanced?: boolean;
}

/** A whole number. Document: JSON number. Compiled: the same. */
export interface IntField extends FieldBase {
  readonly kind: 'int';
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** Where 0 is no amount but switches something off: what is read in its place. */
  readonly zero?: MessageKey;
}
/** A share or a plain factor. Document: JSON number. Compiled: the same. Shown in percent when `unit` is '%'. */
export interface RatioField extends FieldBase {
  readonly kind: 'ratio';
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly default: number;
}
/** A length of simulated time. Document: text such as "250ms", "1.5s", "2min". Compiled: whole nanoseconds. */
export interface DurationField extends FieldBase {
  readonly kind: 'duration';
  readonly min: string;
  readonly max: string;
  readonly default: string;
}
/** Bytes, or bytes a second. Document: a number or text such as "10KB". Compiled: a whole number. */
export interface BytesField extends FieldBase {
  readonly kind: 'bytes';
  readonly unit: 'bytes' | 'bytes/s';
  readonly min: number;
  readonly max: number;
  readonly default: number;
}
/** Events a second. Document: JSON number. Compiled: the same. */
export interface RateField extends FieldBase {
  readonly kind: 'rate';
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** As of a whole number. */
  readonly zero?: MessageKey;
}
/** A law of durations or of bytes. Document and compiled: `LawDocument` / `LawSpec`. */
export interface DistributionField extends FieldBase {
  readonly kind: 'distribution';
  readonly of: 'duration' | 'bytes';
  /** Upper limit of each length in the law: text for durations, a number for bytes. */
  readonly max: string | number;
  readonly default: LawDocument;
}
/** One of a few words. */
export interface ChoiceField extends FieldBase {
  readonly kind: 'choice';
  readonly choices: readonly { readonly value: string; readonly label: MessageKey }[];
  readonly default: string;
}
/** Yes or no. */
export interface FlagField extends FieldBase {
  readonly kind: 'flag';
  readonly default: boolean;
}
/** Free text. */
export interface TextField extends FieldBase {
  readonly kind: 'text';
  readonly maxLength: number;
  /** What begins so is not to be written, but for a few. */
  readonly reserved?: { readonly prefix: string; readonly but: readonly string[] };
  readonly default: string;
}
/** A curve of rates over time: points in order of time. Document: [["0s", 60], ["10min", 110]]. Compiled: [[ns, rate], ...]. */
export interface RateCurveField extends FieldBase {
  readonly kind: 'rate-curve';
  readonly maxPoints: number;
  readonly maxRate: number;
  readonly default: readonly (readonly [string, number])[];
}
/** A list of moments. Document: ["0s", "1.5s"]. Compiled: ascending ns. */
export interface TimesField extends FieldBase {
  readonly kind: 'times';
  readonly maxCount: number;
  readonly default: readonly string[];
}
/** Names with weights. Document and compiled: [{ "name": "order-created", "weight": 3 }]. */
export interface WeightsField extends FieldBase {
  readonly kind: 'weights';
  readonly maxCount: number;
  readonly default: readonly Weight[];
}
/**
 * Values by name, as a header table or the arguments of a declaration have them. Document: { "x-match": "any", "copies": 2 }, where a
 * number with a fraction is a double, one without is an integer unless it stands as { "double": 2 }, and null is a name without a
 * value. Compiled: `TableEntry[]`, in the order of the document.
 */
export interface TableField extends FieldBase {
  readonly kind: 'table';
  readonly maxCount: number;
  readonly default: { readonly [name: string]: never };
}
export interface TableEntry {
  readonly name: string;
  readonly value: TableValue;
}
export type TableValue =
  | null
  | boolean
  | string
  | number
  | { readonly double: number }
  | { readonly table: readonly TableEntry[] }
  | readonly TableValue[];
/**
 * An ordered list of steps, each of a declared kind with fields of its own; the first kind declared comes first and once.
 * Document: ["receive", { "do": "sleep", "takes": "2s" }, "acknowledge"], where a bare word is the step with all defaults.
 * Compiled: `Step[]`.
 */
export interface StepsField extends FieldBase {
  readonly kind: 'steps';
  readonly steps: { readonly [name: string]: StepKind };
  readonly maxCount: number;
  readonly default: readonly string[];
}
export interface StepKind {
  readonly label: MessageKey;
  readonly help: MessageKey;
  readonly fields: Fields;
}
/** One step after parsing: what to do, and the fields of that kind of step. */
export interface Step {
  readonly do: string;
  readonly params: Params;
}
export interface Weight {
  readonly name: string;
  readonly weight: number;
}

export type Field =
  | IntField
  | RatioField
  | DurationField
  | BytesField
  | RateField
  | DistributionField
  | ChoiceField
  | FlagField
  | TextField
  | RateCurveField
  | TimesField
  | WeightsField
  | TableField
  | StepsField;

export type Fields = { readonly [name: string]: Field };

/**
 * A law as it stands in a document. Lengths are durations as text ("5ms") or bytes as numbers, after the field's `of`.
 * Meaning of each law: `kernel/law-spec.ts`.
 */
export type LawDocument =
  | { readonly law: 'constant'; readonly value: string | number }
  | { readonly law: 'uniform'; readonly low: string | number; readonly high: string | number }
  | { readonly law: 'exponential'; readonly mean: string | number }
  | { readonly law: 'erlang'; readonly shape: number; readonly mean: string | number }
  | {
      readonly law: 'hyperexponential';
      readonly share: number;
      readonly mean1: string | number;
      readonly mean2: string | number;
    }
  | { readonly law: 'two-point'; readonly share: number; readonly value1: string | number; readonly value2: string | number }
  | { readonly law: 'normal'; readonly mean: string | number; readonly deviation: string | number }
  | { readonly law: 'log-normal'; readonly mean: string | number; readonly scv: number }
  | { readonly law: 'geometric'; readonly share: number; readonly unit: string | number };

/** What the parser makes of one field: see each field kind above. */
export type Value =
  | number
  | string
  | boolean
  | readonly number[]
  | readonly string[]
  | readonly (readonly [number, number])[]
  | readonly Weight[]
  | readonly TableEntry[]
  | readonly Step[]
  | LawSpec;

/** Parameters after parsing: every declared field is present, defaults filled in, units resolved. */
export type Params = { readonly [field: string]: Value };
