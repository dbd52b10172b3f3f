// What the check language can see of a run. The simulation implements it; checks import nothing above this.

export type Labels = { readonly [label: string]: string };

/** A measure with its labels, as written in a check: `queue_size{queue_name=orders}`. */
export interface MeasureRef {
  readonly name: string;
  readonly labels: Labels;
}

/** Counts of a log-linear histogram, one number per bucket; `kernel/histogram.ts` knows the bounds. */
export interface Readings {
  /** Names of all measures, for the remedy of an unknown one. */
  measureNames(): readonly string[];
  /** Why this measure cannot be read, or null if it can. Label values that name no node are a reason too. */
  whyNot(ref: MeasureRef): MissingMeasure | null;
  /** Value now. Several matching series are summed. Totals are since the start of the run. */
  read(ref: MeasureRef): number;
  /** Whether the measure only ever grows (then a bare use in `slope` or `rate` makes sense) or is a height. */
  isTotal(ref: MeasureRef): boolean;
  /** Adds the counts of all matching histograms to `out` (length HISTOGRAM_BUCKETS); false if the measure has none. */
  histogram(ref: MeasureRef, out: Float64Array): boolean;
  /** Current value of a parameter, in its compiled unit (durations in seconds); undefined if there is none. */
  knob(node: string, field: string): number | string | boolean | undefined;
  /** Kinds of the nodes and the pairs of kinds joined by a wire ("queue -> dead-letter-queue"), for `uses:`. */
  kinds(): readonly string[];
  joined(): readonly (readonly [string, string])[];
  /** How often commands of this type were given so far ("crash", "set", "redrive"), optionally for one field or node. */
  commandsGiven(action: string, argument?: string): number;
}
export interface MissingMeasure {
  readonly code: 'unknown-measure' | 'unknown-label' | 'unknown-label-value';
  readonly values: { readonly [hole: string]: string };
}
