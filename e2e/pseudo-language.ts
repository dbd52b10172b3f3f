// A language that nobody speaks, to find words that come from no message file and places that have room for English alone: every
// letter of every message gets an accent, and every message grows by about 35 %. Built for the stories only; nothing of it is in
// the page that people get.

import type { Plugin } from 'vite';
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

/** Every message file by its name, so that a new one is known at once; some hold the words of others again. */
const MESSAGE_FILE = /\/messages\/en(?:[-/][a-z-]+)?\.ts$/;

const pseudoLanguage = (): Plugin => ({
  name: 'pseudo-language',
  enforce: 'post',
  transform(code, id) {
    if (!MESSAGE_FILE.test(id)) return null;
    const tables = [...code.matchAll(/^(?:export )?const ([A-Z_]+) = \{/gm)].map(([, name]) => name);
    if (tables.length === 0) throw new Error(`no words in ${id}`);
    // The page speaks the language by itself: what is already spoken in it has no letter left to change.
    const speak = `const pseudo = (() => {
      const PLAIN = ${JSON.stringify(PLAIN)}, ACCENTED = ${JSON.stringify(ACCENTED)}, GROWTH = ${GROWTH};
      return ${pseudo.toString()};
    })();
    for (const table of [${tables.join(', ')}])
      for (const [key, words] of Object.entries(table))
        if (/[A-Za-z]/.test(words.replace(/\\{\\w+\\}/g, ''))) table[key] = pseudo(words);`;
    return `${code}\n${speak}\n`;
  },
});

/** Builds the page in that language and serves it on a free port of this machine. */
export const servePseudoPage = (): Promise<ServedPage> => servePage('pseudo-language', pseudoLanguage);
