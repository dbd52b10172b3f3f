// Contrast of the tokens in both themes, by WCAG 2.2: text 4.5:1 (1.4.3), what must be seen to use or to understand something 3:1
// (1.4.11). A frame around a control that says in words or by a glyph what it is may be fainter; what is known by its line alone may
// not. The style sheets of all islands are read too, so that no other token is ever taken for text.

import { describe, expect, test } from 'vitest';

/** Every style sheet of the page, without its comments, by path. */
const SHEETS = new Map(
  Object.entries(import.meta.glob<string>('../**/*.css', { query: '?raw', import: 'default', eager: true })).map(
    ([file, source]) => [file, source.replace(/\/\*.*?\*\//gs, '')],
  ),
);

type Tokens = ReadonlyMap<string, string>;

/** The colours of one theme, `#rrggbb` by name. */
function tokensOf(theme: string): Tokens {
  const block = new RegExp(`\\[data-theme='${theme}'\\] \\{([^}]*)\\}`).exec(SHEETS.get('./tokens.css') ?? '')?.[1] ?? '';
  return new Map(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name as string, colour as string]),
  );
}

/** Relative luminance of an sRGB colour, 0 to 1 (WCAG 2.2, definitions). */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (lighter + 0.05) / (darker + 0.05);
}

/** What words and controls lie on. */
const SURFACES = ['ground', 'surface', 'sunken', 'hover'];
/** Colours of words, and what each of them may lie on. Any other pair must stand in one rule of a style sheet. */
const TEXT = new Map([
  ['ink', [...SURFACES, 'accent-soft']],
  ['ink-2', [...SURFACES, 'accent-soft']],
  ['ink-3', [...SURFACES, 'accent-soft']],
  ['accent-ink', [...SURFACES, 'accent-soft']],
]);
const STATES = ['waiting', 'work', 'done', 'retry', 'dead', 'lost'];
/** What is told by its colour against what lies under it. Letters lie on nothing but the canvas and its cards. */
const GRAPHICS: readonly (readonly [graphic: string, grounds: readonly string[]])[] = [
  // Wires, ports, lines under fields, frames of switches.
  ['edge', ['ground', 'surface', 'sunken']],
  // Focus, selection, thumbs of sliders, the playhead.
  ['accent', [...SURFACES, 'accent-soft']],
  ...STATES.map((state) => [state, ['ground', 'surface']] as const),
  // The marks within the letters.
  ...STATES.filter((state) => state !== 'work').map((state) => [`on-${state}`, [state]] as const),
];

const TEXT_MIN = 4.5;
const GRAPHIC_MIN = 3;

interface Rule {
  readonly file: string;
  readonly selector: string;
  readonly colour: string;
  readonly background: string | undefined;
}

/** Every rule of every style sheet that gives words a colour of the tokens. */
const RULES: readonly Rule[] = [...SHEETS].flatMap(([file, source]) =>
  [...source.matchAll(/([^{}]+)\{([^{}]*)\}/g)].flatMap(([, selector, body]) => {
    const colour = /(?<![-\w])color: var\(--([\w-]+)\)/.exec(body as string)?.[1];
    const background = /(?<![-\w])background(?:-color)?: var\(--([\w-]+)\)/.exec(body as string)?.[1];
    return colour === undefined ? [] : [{ file, selector: (selector as string).trim(), colour, background }];
  }),
);

/** Icons take the colour of words too. */
const isIcon = ({ selector }: Rule): boolean => selector.split(',').every((each) => /svg$|\.field-pin/.test(each.trim()));

describe.each(['light', 'dark'])('in the %s theme', (theme) => {
  const tokens = tokensOf(theme);
  const of = (one: string, other: string) => contrast(tokens.get(one) as string, tokens.get(other) as string);

  test.each([...TEXT].flatMap(([ink, grounds]) => grounds.map((ground) => [ink, ground] as const)))(
    '%s can be read on %s',
    (ink, ground) => {
      expect(of(ink, ground)).toBeGreaterThanOrEqual(TEXT_MIN);
    },
  );

  test.each(GRAPHICS.flatMap(([graphic, grounds]) => grounds.map((ground) => [graphic, ground] as const)))(
    '%s can be seen on %s',
    (graphic, ground) => {
      expect(of(graphic, ground)).toBeGreaterThanOrEqual(GRAPHIC_MIN);
    },
  );

  test('a rule that gives words a ground of their own can be read', () => {
    const own = RULES.filter((rule) => rule.background !== undefined && tokens.has(rule.background));
    expect(own.length).toBeGreaterThan(3);
    const faint = own.filter(({ colour, background }) => of(colour, background as string) < TEXT_MIN);
    expect(faint).toEqual([]);
  });
});

test('the measure is the one of WCAG: black on white is 21, a colour on itself 1', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 9);
  expect(contrast('#4b5158', '#4b5158')).toBe(1);
  // A pair that is known to miss the mark by a hair.
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

test('no style sheet takes another token for words', () => {
  const grounds = new Set(['surface', 'on-accent']);
  const odd = RULES.filter((rule) => {
    if (TEXT.has(rule.colour) || rule.background !== undefined) return false;
    if (isIcon(rule)) return !GRAPHICS.some(([graphic]) => graphic === rule.colour);
    // Inside of what has turned the colours round: its own rule was computed above.
    return !(grounds.has(rule.colour) && /^\.notice /.test(rule.selector));
  });
  expect(odd).toEqual([]);
});
