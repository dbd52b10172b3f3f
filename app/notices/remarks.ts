// Remarks in groups: those about which the same is to be done stand together, in the order in which they come up first. Pure.

import type { DescribedProblem } from '../../sim-engine/topology/describe-problem.ts';

export interface RemarkGroup {
  readonly remedy: string;
  readonly lines: readonly DescribedProblem[];
}

export function byRemedy(remarks: readonly DescribedProblem[]): readonly RemarkGroup[] {
  const groups = new Map<string, DescribedProblem[]>();
  for (const remark of remarks) groups.set(remark.remedy, [...(groups.get(remark.remedy) ?? []), remark]);
  return [...groups].map(([remedy, lines]) => ({ remedy, lines }));
}
