// What the check language can see of a run. The simulation implements it; checks import nothing above this.

export type Labels = { readonly [label: string]: string };

/**
 * A measure with its labels, as written in a check: `queue_size{queue_name=orders}`. A word alone, as in
 * `queue_size{orders}`, is the label `node`: the series of that node, whichever label the measure knows nodes by. Every
 * measure therefore takes `node`. A quantile is never among the labels.
 */
export interface MeasureRef {
  readonly name: string;
  readonly labels: Labels;
}

/** The view of one run. Reading changes nothing. Numbers are in base units: seconds, shares, messages. */
export interface Readings {
  /** Names of all measures, for the remedy of an unknown one. */
  measureNames(): readonly string[];
  /** Why this measure cannot be read, or null if it can. Label values that name no node are a reason too. */
  whyNot(ref: MeasureRef): MissingMeasure | null;
  /**
   * Value now. Several matching series are summed. Totals are since the start of the run; so are `throughput`, `goodput`
   * and `arrivals`, of which the check language makes means over 10 s. NaN = there is nothing to measure yet.
   */
  read(ref: MeasureRef): number;
  /** Whether the measure only ever grows, so that it has a rate, or is a height. */
  isTotal(ref: MeasureRef): boolean;
  /**
   * Adds the counts of all matching histograms since the start of the run to `out`, one number per bucket of
   * `kernel/histogram.ts` (length HISTOGRAM_BUCKETS); false if the measure is no distribution, also when none is counted yet.
   */
  histogram(ref: MeasureRef, out: Float64Array): boolean;
  /** Current value of a parameter of a node or wire, in its compiled unit (durations in seconds); undefined if there is none. */
  knob(node: string, field: string): number | string | boolean | undefined;
  /** Kinds of the nodes and the pairs of kinds joined by a wire ("queue -> dead-letter-queue"), for `uses:`. */
  kinds(): readonly string[];
  joined(): readonly (readonly [string, string])[];
  /** How often commands of this type were given so far (a word of `actions.ts`), optionally for one field or node. */
  commandsGiven(action: string, argument?: string): number;
}

/**
 * `values` fills the holes of the problem `check-<code>`: unknown-label has `label`, unknown-label-value has `label` and
 * `value`. `known` lists what would have been right; the nearest of it is suggested.
 */
export interface MissingMeasure {
  readonly code: 'unknown-measure' | 'unknown-label' | 'unknown-label-value';
  readonly values: { readonly [hole: string]: string };
  readonly known?: readonly string[];
}
