// What a runner of recorded facts is: one function that judges one case of one format. Runners hold no broker logic: they import the
// function an actor uses, or let a whole run happen and read what came of it. `registry.ts` lists them.

/** One entry of a vector file, as it stands there. */
export interface VectorCase {
  readonly name: string;
  readonly input: Record<string, unknown>;
  readonly expected: Record<string, unknown>;
  readonly validation?: Record<string, unknown>;
  /** What other versions of the recorded system answered, where it was something else, by version. */
  readonly differs?: { readonly [version: string]: Record<string, unknown> };
}

export interface Judgement {
  /** Why the case failed, in words; none when it passed. */
  readonly faults: readonly string[];
  /** What was measured and is not judged, for `--details`. */
  readonly details?: string;
}

export interface VectorFormat {
  /** A file's `kind`; of a file without one, its folder and its name without the ending, or the folder alone if that is `definitions`. */
  readonly key: string;
  judge(one: VectorCase): Judgement;
  /** As another version of the system: `one.expected` is what that version answered. Absent: the format knows no versions. */
  judgeVersion?(one: VectorCase, version: string): Judgement;
}
