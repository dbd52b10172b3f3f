// What the small marks on wires mean on which services ask each other. Loaded with the first drawing that has one.

import { worded } from '../messages/services.ts';
import { MARKS, type Mark } from '../ui/letter-marks.ts';

export function CallLegend() {
  return (
    <ul className="legend-calls">
      <Entry mark="question" words={worded('legend.question')} />
      <Entry mark="answer" words={worded('legend.answer')} />
      <Entry mark="bad-answer" words={worded('legend.bad-answer')} />
    </ul>
  );
}

function Entry({ mark, words }: { readonly mark: Mark; readonly words: string }) {
  return (
    <li>
      <svg width="14" height="12" viewBox="-7 -6 14 12" aria-hidden="true">
        {MARKS[mark].map(({ d, fill, stroke, width, dash }) => (
          <path
            key={d}
            d={d}
            fill={fill === undefined ? 'none' : `var(--${fill})`}
            stroke={stroke === undefined ? 'none' : `var(--${stroke})`}
            strokeWidth={width}
            strokeDasharray={dash?.join(' ')}
          />
        ))}
      </svg>
      {words}
    </li>
  );
}
