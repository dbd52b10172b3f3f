// What is worth saying about a document that can run all the same. The page shows it beside the drawing, the command line on
// its second output. Never a reason to refuse.

import type { Problem, ScenarioDocument, TopologyDocument } from './document.ts';
import { report } from './problems.ts';

/**
 * Whether the document was made with another engine than this one, `engineRevision`: it runs, but draws and times may differ
 * in detail from what its author saw.
 */
export function remarks(document: TopologyDocument | ScenarioDocument, engineRevision: number): readonly Problem[] {
  const problems: Problem[] = [];
  const inside = 'topology' in document ? document.topology.engineRevision : undefined;
  const made = document.engineRevision ?? inside;
  if (made !== undefined && made !== engineRevision) {
    report(problems, 'other-engine-revision', { parent: undefined, key: 'engineRevision' }, { made, here: engineRevision });
  }
  return problems;
}
