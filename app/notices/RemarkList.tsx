// What there is to be said of a file that was opened, under what can be done about it: one can read a few of each sort, and all of
// them where one wants to.

import type { DescribedProblem } from '../../sim-engine/topology/describe-problem.ts';
import { rabbitText } from '../messages/rabbitmq.ts';
import { byRemedy } from './remarks.ts';

/** Lines of one sort that are seen at once; the others are folded. */
const SEEN = 3;

export function RemarkList({ remarks }: { readonly remarks: readonly DescribedProblem[] }) {
  return byRemedy(remarks).map(({ remedy, lines }) => {
    // One line alone is not worth a fold.
    const seen = lines.length <= SEEN + 1 ? lines : lines.slice(0, SEEN);
    const folded = lines.slice(seen.length);
    return (
      <section key={remedy} className="remarks">
        <Lines lines={seen} />
        {folded.length > 0 && (
          <details>
            <summary>{rabbitText('definitions.more', { count: folded.length })}</summary>
            <Lines lines={folded} />
          </details>
        )}
        <p>{remedy}</p>
      </section>
    );
  });
}

function Lines({ lines }: { readonly lines: readonly DescribedProblem[] }) {
  return (
    <ul>
      {lines.map(({ place, sentence }) => (
        <li key={`${place} ${sentence}`}>
          <b>{sentence}</b>
          <span className="problem-place mono">{place}</span>
        </li>
      ))}
    </ul>
  );
}
