// A language that nobody speaks, to find words that come from no message file and places that have room for English alone: every
// letter of every message gets an accent, and every message grows by about 35 %. Built for the stories only; nothing of it is in
// the page that people get.

import type { Plugin } from 'vite';
import { EN } from '../app/messages/en.ts';
import { EN as ASKED_EN } from '../app/messages/en-asked.ts';
import { AT_ONCE } from '../sim-engine/messages/en/at-once.ts';
import { EN as ENGINE_EN } from '../sim-engine/messages/en.ts';
import { type ServedPage, servePage } from './built-page.ts';

const PLAIN = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ACCENTED = 'ÅƁÇĎÉƑĜĤÎĴĶĹṀÑÓÞɊŔŠŤÚṼŴẊÝŽåƀçďéƒĝĥîĵķĺṁñóþɋŕšťúṽŵẋýž';
const GROWTH = 0.35;

/** A message in that language. Holes stay as they are. */
export function pseudo(words: string): string {
  let missing = Math.round(words.replace(/\{\w+\}/g, '').length * GROWTH);
  const spoken = words.replace(/\{\w+\}|[A-Za-z]/g, (part) => {
    const accented = part.length > 1 ? part : (ACCENTED[PLAIN.indexOf(part)] as string);
    if (!/^[aeiou]$/.test(part) || missing === 0) return accented;
    missing--;
    return accented + accented;
  });
  // What has too few vowels grows at its last letter.
  return spoken.replace(/[^\s{}.,:;!?]+(?=[\s.,:;!?]*$)/, (last) => (/\w\}$|^\{/.test(last) ? last : last + 'é'.repeat(missing)));
}

/** Every table that the page reads: file, name and words. */
const TABLES: readonly (readonly [file: string, name: string, words: { readonly [key: string]: string }])[] = [
  ['/app/messages/en.ts', 'EN', EN],
  ['/app/messages/en-asked.ts', 'EN', ASKED_EN],
  ['/sim-engine/messages/en.ts', 'EN', ENGINE_EN],
  ['/sim-engine/messages/en/at-once.ts', 'AT_ONCE', AT_ONCE],
];

const pseudoLanguage = (): Plugin => ({
  name: 'pseudo-language',
  enforce: 'post',
  transform(code, id) {
    const table = TABLES.find(([file]) => id.endsWith(file));
    if (table === undefined) return null;
    const [, name, messages] = table;
    const spoken = Object.fromEntries(Object.entries(messages).map(([key, words]) => [key, pseudo(words)]));
    return `${code}\nObject.assign(${name}, ${JSON.stringify(spoken)});\n`;
  },
});

/** Builds the page in that language and serves it on a free port of this machine. */
export const servePseudoPage = (): Promise<ServedPage> => servePage('pseudo-language', pseudoLanguage);
