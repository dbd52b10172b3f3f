// How numbers and times are written for people: comma for thousands, a unit apart from its figure, simulated time as a clock.
// Pure functions over numbers; nothing here touches the page.

const groups = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 4297 as "4,297". */
export const count = (value: number): string => groups.format(value);

/** A rate or a share with about three figures: "0.8", "13.9", "241", "2,400". */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Number.isInteger(value)) return groups.format(value);
  const size = Math.abs(value);
  if (size >= 100) return groups.format(value);
  if (size >= 0.05) return value.toFixed(1);
  return value.toPrecision(1);
}

export interface Quantity {
  readonly figure: string;
  readonly unit: string;
}

/** A length of time as a figure and the unit it reads best in. */
export function duration(ns: number): Quantity {
  if (!Number.isFinite(ns)) return { figure: '–', unit: '' };
  for (const [unit, size] of [
    ['h', 3.6e12],
    ['min', 6e10],
    ['s', 1e9],
    ['ms', 1e6],
    ['µs', 1e3],
  ] as const) {
    // Minutes and hours begin where seconds have grown hard to read.
    if (ns >= size * (size > 1e9 ? 2 : 1)) return { figure: short(ns / size), unit };
  }
  return ns === 0 ? { figure: '0', unit: 's' } : { figure: short(ns), unit: 'ns' };
}

/** As one text, for a sentence or a label: "4.1 s". */
export function durationText(ns: number): string {
  const { figure: value, unit } = duration(ns);
  return unit === '' ? value : `${value} ${unit}`;
}

const short = (value: number): string => (value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1));

export interface Clock {
  /** "00:01:42" */
  readonly whole: string;
  /** ".318" */
  readonly fraction: string;
}

/** Simulated time as hours, minutes, seconds and milliseconds. */
export function clock(ns: number): Clock {
  const ms = Math.floor(ns / 1e6);
  const s = Math.floor(ms / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  return {
    whole: `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`,
    fraction: `.${String(ms % 1000).padStart(3, '0')}`,
  };
}

/** A moment in a sentence: "0:12.3". */
export function moment(ns: number): string {
  const tenths = Math.floor(ns / 1e8);
  const s = Math.floor(tenths / 10);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}.${tenths % 10}`;
}

/** A digest in groups of four, as it is read aloud. */
export const digestText = (digest: string): string => digest.replace(/(.{4})(?=.)/g, '$1 ');

/** Two unsigned 32-bit numbers as 16 hex digits. */
export const digestOf = (high: number, low: number): string =>
  (high >>> 0).toString(16).padStart(8, '0') + (low >>> 0).toString(16).padStart(8, '0');
