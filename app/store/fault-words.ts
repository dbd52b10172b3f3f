// Faults in words: as something one can do, and as something that was done.

import { text } from '../messages/asked.ts';
import { count, durationText, figure } from '../ui/format.ts';
import { type Act, isEnd, targetOf } from './faults.ts';

/** "Crash for 5 s" */
export function doWords(act: Act): string {
  const time = 'forNs' in act && act.forNs !== undefined ? durationText(act.forNs) : null;
  const lasting = (key: 'crash' | 'slow' | 'cut' | 'delay' | 'lose' | 'poison', values: Values = {}) =>
    time === null ? text(`faults.do.${key}`, values) : text(`faults.do.${key}.for`, { ...values, time });
  switch (act.type) {
    case 'crash':
    case 'cut':
      return lasting(act.type);
    case 'restart':
    case 'heal':
      return text(`faults.do.${act.type}`);
    case 'slow':
      return isEnd(act) ? text('faults.do.normal') : lasting('slow', { factor: act.factor });
    case 'stall':
      return text('faults.do.stall', { time: durationText(act.forNs) });
    case 'burst':
      return act.overNs === undefined
        ? text('faults.do.burst', { count: act.count })
        : text('faults.do.burst.over', { count: act.count, time: durationText(act.overNs) });
    case 'poison':
    case 'lose':
      return act.share === undefined ? text(`faults.do.${act.type}.end`) : lasting(act.type, { share: figure(act.share * 100) });
    case 'delay':
      return isEnd(act) ? text('faults.do.delay.end') : lasting('delay', { extra: durationText(act.extraNs) });
    case 'redrive':
      return act.count === undefined ? text('faults.do.redrive') : text('faults.do.redrive.count', { count: act.count });
    default:
      return act satisfies never;
  }
}
type Values = { readonly [hole: string]: string | number };

/** "worker 1 crashed". `nameOf`: what people call a node or wire. */
export function wasWords(act: Act, nameOf: (id: string) => string): string {
  const name = nameOf(targetOf(act));
  switch (act.type) {
    case 'slow':
      return isEnd(act) ? text('faults.was.slow.end', { name }) : text('faults.was.slow', { name, factor: act.factor });
    case 'burst':
      return text('faults.was.burst', { name, count: count(act.count) });
    case 'poison':
    case 'lose':
      return act.share === undefined
        ? text(`faults.was.${act.type}.end`, { name })
        : text(`faults.was.${act.type}`, { name, share: figure(act.share * 100) });
    case 'delay':
      return isEnd(act)
        ? text('faults.was.delay.end', { name })
        : text('faults.was.delay', { name, extra: durationText(act.extraNs) });
    case 'redrive':
      if (act.message !== undefined) return text('faults.was.redrive.one', { name, letter: letterName(act.message, nameOf) });
      return act.count === undefined
        ? text('faults.was.redrive', { name })
        : text('faults.was.redrive.count', { name, count: count(act.count) });
    default:
      return text(`faults.was.${act.type}`, { name });
  }
}

/** "web #17" */
export const letterName = (
  { sender, number }: { readonly sender: string; readonly number: number },
  nameOf: (id: string) => string,
): string => text('letters.letter.of', { sender: nameOf(sender), number: count(number) });
