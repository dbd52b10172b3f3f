// A language that nobody speaks, to find words that come from no message file and places that have room for English alone: every
// letter of every message gets an accent, and every message grows by about 35 %. Built for the stories only; nothing of it is in
// the page that people get.

import type { Plugin } from 'vite';
import { EN } from '../app/messages/en.ts';
import { EN as ASKED_EN } from '../app/messages/en-asked.ts';
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

const TABLES = new Map<string, { readonly [key: string]: string }>([
  ['/app/messages/en.ts', EN],
  ['/app/messages/en-asked.ts', ASKED_EN],
  ['/sim-engine/messages/en.ts', ENGINE_EN],
]);

const pseudoLanguage = (): Plugin => ({
  name: 'pseudo-language',
  enforce: 'post',
  transform(code, id) {
    const messages = [...TABLES].find(([file]) => id.endsWith(file))?.[1];
    if (messages === undefined) return null;
    const spoken = Object.fromEntries(Object.entries(messages).map(([key, words]) => [key, pseudo(words)]));
    return `${code}\nObject.assign(EN, ${JSON.stringify(spoken)});\n`;
  },
});

/** Builds the page in that language and serves it on a free port of this machine. */
export const servePseudoPage = (): Promise<ServedPage> => servePage('pseudo-language', pseudoLanguage);
