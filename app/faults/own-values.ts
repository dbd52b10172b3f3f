// Faults with values of one's own: which parts each kind has, how they are written, and what was written as a command. Pure.

import { RUN_NS_MAX } from '../../sim-engine/topology/limits.ts';
import { parseDuration, printDuration } from '../../sim-engine/topology/units.ts';
import { type Act, isEnd, targetOf } from '../store/faults.ts';

export type Part = 'factor' | 'share' | 'extra' | 'count' | 'over' | 'for';
export type OwnType = Exclude<Act['type'], 'restart' | 'heal' | 'redrive'>;
export type Entered = { readonly [part in Part]?: string };

export const PARTS: { readonly [type in OwnType]: readonly Part[] } = {
  crash: ['for'],
  slow: ['factor', 'for'],
  stall: ['for'],
  burst: ['count', 'over'],
  poison: ['share', 'for'],
  cut: ['for'],
  delay: ['extra', 'for'],
  lose: ['share', 'for'],
};

/** Whether a part may be left empty: then a fault lasts until it is ended, and a burst comes at once. */
export const mayBeEmpty = (type: OwnType, part: Part): boolean => part === 'over' || (part === 'for' && type !== 'stall');

const isOwn = (act: Act): act is Extract<Act, { type: OwnType }> => Object.hasOwn(PARTS, act.type) && !isEnd(act);

/** The first of each kind that the menu offers: what one begins from. */
export function beginnings(choices: readonly Act[]): readonly Extract<Act, { type: OwnType }>[] {
  return choices.filter(isOwn).filter((act, at, all) => all.findIndex(({ type }) => type === act.type) === at);
}

/** An act as it is written into the fields of its parts. */
export function enteredFrom(act: Act): Entered {
  const time = (ns: number | undefined) => (ns === undefined ? '' : printDuration(ns).replace(/(\d)([a-z])/, '$1 $2'));
  return {
    ...('forNs' in act ? { for: time(act.forNs) } : {}),
    ...('factor' in act ? { factor: String(act.factor) } : {}),
    ...('share' in act && act.share !== undefined ? { share: String(Number((act.share * 100).toPrecision(6))) } : {}),
    ...('extraNs' in act ? { extra: time(act.extraNs) } : {}),
    ...('overNs' in act ? { over: time(act.overNs) } : {}),
    ...('count' in act && act.count !== undefined ? { count: String(act.count) } : {}),
  };
}

/** The limits of a command that comes from outside, see `sim-engine/simulation/command-shape.ts`. */
const COUNT_MAX = 10_000_000;
const FACTOR_MAX = 1_000_000;

/** What was entered for a part; null where it is none. Times in ns, shares from 0 to 1. */
function valueIn(part: Part, entered: string): number | null {
  const words = entered.trim();
  if (part === 'extra' || part === 'over' || part === 'for') {
    const parsed = parseDuration(words.replace(/\s/g, ''));
    return parsed.ok && parsed.value > 0 && parsed.value <= RUN_NS_MAX ? parsed.value : null;
  }
  const number = words === '' ? Number.NaN : Number(words);
  if (part === 'share') return number >= 0 && number <= 100 ? Number((number / 100).toPrecision(6)) : null;
  if (part === 'factor') return number > 0 && number <= FACTOR_MAX && number !== 1 ? number : null;
  return Number.isInteger(number) && number >= 1 && number <= COUNT_MAX ? number : null;
}

/** The command, or the parts that cannot be taken. `like`: what kind of fault, and of what. */
export function actFrom(like: Extract<Act, { type: OwnType }>, entered: Entered): Act | readonly Part[] {
  const { type } = like;
  const wrong: Part[] = [];
  const values = new Map<Part, number>();
  for (const part of PARTS[type]) {
    const words = entered[part] ?? '';
    if (words.trim() === '' && mayBeEmpty(type, part)) continue;
    const value = valueIn(part, words);
    if (value === null) wrong.push(part);
    else values.set(part, value);
  }
  if (wrong.length > 0) return wrong;
  const names: { readonly [part in Part]: string } = {
    factor: 'factor',
    share: 'share',
    extra: 'extraNs',
    count: 'count',
    over: 'overNs',
    for: 'forNs',
  };
  const target = 'wire' in like ? { wire: targetOf(like) } : { node: targetOf(like) };
  return { type, ...target, ...Object.fromEntries([...values].map(([part, value]) => [names[part], value])) } as Act;
}
