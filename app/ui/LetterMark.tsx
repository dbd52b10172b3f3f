// A letter of the canvas as a small picture in text: on cards, in lists. Says nothing by itself; the word stands beside it.

import { MARKS, type Mark } from './letter-marks.ts';

export function LetterMark({ mark, size = 15 }: { mark: Mark; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="-7.5 -7.5 15 15"
      fill="none"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {MARKS[mark].map(({ d, fill, stroke, width, dash }) => (
        <path
          key={d}
          d={d}
          fill={fill && `var(--${fill})`}
          stroke={stroke && `var(--${stroke})`}
          strokeWidth={width}
          strokeDasharray={dash?.join(' ')}
        />
      ))}
    </svg>
  );
}
