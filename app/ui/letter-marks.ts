// The letter in its states, 13 x 9 px around (0, 0), to be drawn on the canvas. Each is told apart by its outline alone; colour comes
// second. Data only.

export interface Stroke {
  /** SVG path. */
  readonly d: string;
  /** Name of a colour token without its dashes. */
  readonly fill?: string;
  readonly stroke?: string;
  readonly width?: number;
  readonly dash?: readonly number[];
}
export type Mark =
  | 'waiting'
  | 'work'
  | 'asking'
  | 'done'
  | 'known'
  | 'retry'
  | 'dead'
  | 'lost'
  | 'ack'
  | 'ghost'
  | 'bundle-waiting'
  | 'bundle-dead'
  | 'question'
  | 'answer'
  | 'bad-answer';

const roundRect = (x: number, y: number, w: number, h: number, r: number): string =>
  `M${x + r} ${y}h${w - 2 * r}a${r} ${r} 0 0 1 ${r} ${r}v${h - 2 * r}a${r} ${r} 0 0 1 ${-r} ${r}h${2 * r - w}a${r} ${r} 0 0 1 ${-r} ${-r}v${2 * r - h}a${r} ${r} 0 0 1 ${r} ${-r}z`;
const circle = (r: number): string => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;

/** What services say to each other is no letter: a small bubble. */
const BUBBLE = 'M-4.5 -3.8H4.5V2H.2L-2.4 4.6V2H-4.5z';

function bundle(state: 'waiting' | 'dead'): readonly Stroke[] {
  return [
    { d: 'M-5 -7.6H5M-6 -5.8H6', stroke: state, width: 1 },
    { d: roundRect(-7.5, -4.5, 15, 10, 1.5), fill: state },
    // "10" as strokes, so that canvas and SVG need no font.
    {
      d: 'M-4.2 -0.6 -2.6 -2V3.2M0.2 0.6c0 -1.6 .8 -2.6 1.9 -2.6s1.9 1 1.9 2.6s-.8 2.6 -1.9 2.6s-1.9 -1 -1.9 -2.6z',
      stroke: `on-${state}`,
      width: 1.3,
    },
  ];
}

export const MARKS: { readonly [mark in Mark]: readonly Stroke[] } = {
  waiting: [
    { d: roundRect(-6.5, -4.5, 13, 9, 1.5), fill: 'waiting' },
    { d: 'M-5 -2.6 0 .9 5 -2.6', stroke: 'on-waiting', width: 0.9 },
  ],
  work: [{ d: roundRect(-6, -4.5, 12, 9, 1.5), fill: 'work-soft', stroke: 'work', width: 1.3, dash: [2.2, 1.4] }],
  /** In work, and for now it waits for somebody's answer. */
  asking: [
    { d: roundRect(-6, -4.5, 12, 9, 1.5), fill: 'surface', stroke: 'work', width: 1.3, dash: [2.2, 1.4] },
    { d: 'M-3 0h.1M0 0h.1M3 0h.1', stroke: 'ink-2', width: 1.6 },
  ],
  /** Recognised as done before, and passed over. */
  known: [
    { d: circle(4.3), stroke: 'done', width: 1.3 },
    { d: 'M-2.1 .1 -.5 1.7 2.3 -1.4', stroke: 'done', width: 1.2 },
  ],
  done: [
    { d: circle(4.8), fill: 'done' },
    { d: 'M-2.1 .1 -.5 1.7 2.3 -1.4', stroke: 'on-done', width: 1.2 },
  ],
  retry: [
    { d: 'M6 0 3 4.68H-3L-6 0 -3 -4.68H3z', fill: 'retry' },
    { d: 'M1.9 -1.5A2.4 2.4 0 1 0 2.4 .6', stroke: 'on-retry', width: 1 },
  ],
  dead: [
    { d: 'M0 -6 6 0 0 6 -6 0z', fill: 'dead' },
    { d: 'M0 -2.8V.6M0 2.5v.1', stroke: 'on-dead', width: 1.3 },
  ],
  lost: [
    {
      d: 'M.6 -4.5H-5A1.5 1.5 0 0 0 -6.5 -3v6A1.5 1.5 0 0 0 -5 4.5H-.4L.6 1.8 -.8 -.4 .9 -2.4zM3.2 -4.5H5A1.5 1.5 0 0 1 6.5 -3v6A1.5 1.5 0 0 1 5 4.5H2.2L3.2 1.8 1.8 -.4 3.5 -2.4z',
      stroke: 'lost',
      width: 1,
    },
  ],
  // With the ground under it, so that the wire does not run through.
  ack: [
    { d: circle(6.25), fill: 'ground' },
    { d: 'M-3 0 -1 2 3 -2.2', stroke: 'edge', width: 1.5 },
  ],
  ghost: [{ d: roundRect(-6, -4, 12, 8, 1.5), stroke: 'line-2', width: 1 }],
  question: [{ d: BUBBLE, fill: 'ground', stroke: 'ink-2', width: 1.2 }],
  answer: [{ d: BUBBLE, fill: 'ink-2', stroke: 'ink-2', width: 1.2 }],
  'bad-answer': [
    { d: BUBBLE, fill: 'ground', stroke: 'ink-2', width: 1.2 },
    { d: 'M-1.9 -2.7 1.9 .9M1.9 -2.7 -1.9 .9', stroke: 'dead', width: 1.4 },
  ],
  'bundle-waiting': bundle('waiting'),
  'bundle-dead': bundle('dead'),
};
