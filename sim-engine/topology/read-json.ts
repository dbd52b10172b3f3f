// Reads the text of a document into plain values, in one pass and without recursion, and keeps every limit while it reads:
// size, depth, counts, lengths, finite numbers, names that mean something to JavaScript. `parse.ts` calls it first. It says
// line and column in every browser alike, which `JSON.parse` does not, and knows nothing of what the values mean.

import type { Problem } from './document.ts';
import { BYTES_MAX, DEPTH_MAX, KEYS_MAX, RESERVED_KEYS, TEXT_MAX, VALUES_MAX } from './limits.ts';
import { inside, isFull, type Place, type ProblemCode, type ProblemValues, report, shown } from './problems.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SLASH = 0x2f;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const BYTE_ORDER_MARK = 0xfeff;

/** A number as JSON writes it, and what people write instead. Sticky: matched where the reader stands. */
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[-+]?[A-Za-z0-9_.$+-]+/y;

/** Marks that a container was opened and its first member is to be read. */
const OPENED = Symbol('opened');
/** Thrown inside this file alone: what follows cannot be made sense of. The problem is reported already. */
const STOP = Symbol('stop');

interface OpenList {
  readonly list: unknown[];
  readonly openedAt: number;
}
interface OpenObject {
  readonly object: { [key: string]: unknown };
  readonly openedAt: number;
  key: string;
  keyCount: number;
  /** Whether the member being read is thrown away, because its key was refused. */
  skips: boolean;
}

/**
 * The value in `text`. Whatever breaks the grammar or a limit is added to `problems`; then the answer is not to be used.
 * Equal to what `JSON.parse` answers for every text that both accept, unless `numberOf` makes something else of a number.
 */
export function readJson(text: string, problems: Problem[], numberOf: NumberReader = Number): unknown {
  const bytes = utf8Length(text, BYTES_MAX);
  if (bytes > BYTES_MAX) {
    report(problems, 'file-too-large', undefined, { most: BYTES_MAX / 1_000_000 });
    return undefined;
  }
  try {
    return new JsonReader(text, problems, numberOf).read();
  } catch (stopped) {
    if (stopped !== STOP) throw stopped;
    return undefined;
  }
}

/** Bytes of the text in UTF-8, counted no further than just beyond `most`. */
function utf8Length(text: string, most: number): number {
  if (text.length > most || text.length * 3 <= most) return text.length;
  let bytes = 0;
  for (let i = 0; i < text.length && bytes <= most; i++) {
    const code = text.charCodeAt(i);
    // A pair of surrogates is four bytes, two for each half.
    bytes += code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code <= 0xdfff) ? 2 : 3;
  }
  return bytes;
}

/** What a number, as it is written, stands for: the formats of some tell 1.0 from 1. */
export type NumberReader = (written: string) => unknown;

class JsonReader {
  private readonly text: string;
  private readonly problems: Problem[];
  private readonly numberOf: NumberReader;
  private readonly open: (OpenList | OpenObject)[] = [];
  private position = 0;
  private valueCount = 0;

  constructor(text: string, problems: Problem[], numberOf: NumberReader) {
    this.text = text;
    this.problems = problems;
    this.numberOf = numberOf;
    if (text.charCodeAt(0) === BYTE_ORDER_MARK) this.position = 1;
  }

  read(): unknown {
    this.skipSpace();
    if (this.position >= this.text.length) throw this.stop('file-empty', 0);
    for (;;) {
      let value = this.readValue();
      if (value === OPENED) continue;
      // A finished value may finish the container around it, and that one the next.
      for (;;) {
        const top = this.open.at(-1);
        if (top === undefined) return this.atEnd(value);
        this.put(top, value);
        if (this.goesOn(top)) break;
        this.open.pop();
        value = 'list' in top ? top.list : top.object;
      }
    }
  }

  private atEnd(value: unknown): unknown {
    this.skipSpace();
    if (this.position < this.text.length) throw this.stop('text-after-end', this.position, { found: this.found() });
    return value;
  }

  private readValue(): unknown {
    this.skipSpace();
    if (++this.valueCount > VALUES_MAX) throw this.stop('too-many-values', this.position, { most: VALUES_MAX });
    const code = this.text.charCodeAt(this.position);
    if (code === QUOTE) return this.readText('text-too-long');
    if (code === OPEN_LIST) return this.openList();
    if (code === OPEN_OBJECT) return this.openObject();
    if (code === CLOSE_LIST || code === CLOSE_OBJECT) throw this.unexpected();
    return this.readWord();
  }

  private openList(): unknown {
    const opened: OpenList = { list: [], openedAt: this.position };
    this.enter(opened);
    if (this.text.charCodeAt(this.position) !== CLOSE_LIST) return OPENED;
    this.position++;
    this.open.pop();
    return opened.list;
  }

  private openObject(): unknown {
    const opened: OpenObject = { object: {}, openedAt: this.position, key: '', keyCount: 0, skips: false };
    this.enter(opened);
    if (this.text.charCodeAt(this.position) !== CLOSE_OBJECT) {
      this.readKey(opened);
      return OPENED;
    }
    this.position++;
    this.open.pop();
    return opened.object;
  }

  private enter(opened: OpenList | OpenObject): void {
    if (this.open.length >= DEPTH_MAX) throw this.stop('too-deep', this.position, { most: DEPTH_MAX });
    this.open.push(opened);
    this.position++;
    this.skipSpace();
  }

  /** Reads what follows a member: true = another member comes, false = the container ends here. */
  private goesOn(top: OpenList | OpenObject): boolean {
    this.skipSpace();
    const closing = 'list' in top ? CLOSE_LIST : CLOSE_OBJECT;
    const code = this.text.charCodeAt(this.position);
    if (code === closing) {
      this.position++;
      return false;
    }
    if (code !== COMMA) throw this.unexpected('comma-missing');
    const comma = this.position++;
    this.skipSpace();
    if (this.text.charCodeAt(this.position) === closing) throw this.stop('comma-before-end', comma);
    if (!('list' in top)) this.readKey(top);
    return true;
  }

  private readKey(top: OpenObject): void {
    if (this.text.charCodeAt(this.position) !== QUOTE) throw this.unexpected('key-without-quotes');
    const at = this.position;
    if (++top.keyCount > KEYS_MAX) throw this.stop('too-many-keys', at, { most: KEYS_MAX });
    const key = this.readText('key-too-long');
    top.key = key;
    top.skips = true;
    if (RESERVED_KEYS.has(key)) this.complain('reserved-key', at, { key });
    else if (Object.hasOwn(top.object, key)) this.complain('key-twice', at, { key: shown(key) });
    else top.skips = false;
    this.skipSpace();
    if (this.text.charCodeAt(this.position) !== COLON) throw this.unexpected('colon-missing');
    this.position++;
  }

  private put(top: OpenList | OpenObject, value: unknown): void {
    if ('list' in top) top.list.push(value);
    else if (!top.skips) top.object[top.key] = value;
  }

  private readText(tooLong: ProblemCode): string {
    const from = this.position;
    let hasEscapes = false;
    for (;;) {
      const code = this.text.charCodeAt(++this.position);
      if (code === QUOTE) break;
      if (code === BACKSLASH) {
        hasEscapes = true;
        this.position++;
      } else if (!(code >= 0x20)) throw this.unfinishedText(from);
    }
    this.position++;
    const plain = hasEscapes ? this.unescaped(from) : this.text.slice(from + 1, this.position - 1);
    if (plain.length > TEXT_MAX) this.complain(tooLong, from, { length: plain.length, most: TEXT_MAX });
    return plain;
  }

  /** A control character, or no character at all, inside a text. */
  private unfinishedText(from: number): symbol {
    if (this.position >= this.text.length) return this.stop('file-cut-short', this.text.length, this.innermost(from));
    return this.stop('line-break-in-text', this.position);
  }

  private unescaped(from: number): string {
    try {
      return JSON.parse(this.text.slice(from, this.position)) as string;
    } catch {
      throw this.stop('bad-escape', from);
    }
  }

  private readWord(): unknown {
    const at = this.position;
    if (at >= this.text.length) throw this.unexpected();
    WORD.lastIndex = at;
    const word = WORD.exec(this.text)?.[0];
    if (word === undefined) throw this.unexpected();
    this.position += word.length;
    if (word === 'true') return true;
    if (word === 'false') return false;
    if (word === 'null') return null;
    NUMBER.lastIndex = at;
    if (NUMBER.exec(this.text)?.[0] !== word) throw this.noSuchWord(word, at);
    if (!Number.isFinite(Number(word))) this.complain('not-finite', at, { value: shown(word) });
    return this.numberOf(word);
  }

  private noSuchWord(word: string, at: number): symbol {
    if (this.position >= this.text.length && /^(?:t|tr|tru|f|fa|fal|fals|n|nu|nul|-|-?\d[\d.eE+-]*)$/.test(word)) {
      return this.stop('file-cut-short', this.text.length, this.innermost(at));
    }
    if (/^[-+]?(?:NaN|Infinity)$/i.test(word)) return this.stop('not-finite', at, { value: word });
    return this.stop(/^[-+.\d]/.test(word) ? 'not-json-number' : 'text-without-quotes', at, { found: shown(word) });
  }

  /** Something stands where it cannot stand; `likely` is what is usually meant there. */
  private unexpected(likely: ProblemCode = 'unexpected-character'): symbol {
    const at = this.position;
    if (at >= this.text.length) return this.stop('file-cut-short', at, this.innermost(0));
    const isComment = this.text.charCodeAt(at) === SLASH && /^[/*]$/.test(this.text.charAt(at + 1));
    if (isComment) return this.stop('comment-in-json', at);
    if (this.text.charAt(at) === "'") return this.stop('single-quotes', at);
    return this.stop(likely, at, { found: this.found() });
  }

  /** Where what is still open at the end of a cut file was opened. */
  private innermost(otherwise: number): ProblemValues {
    return { openLine: this.lineAndColumn(this.open.at(-1)?.openedAt ?? otherwise).line };
  }

  private found(): string {
    return String.fromCodePoint(this.text.codePointAt(this.position) as number);
  }

  private skipSpace(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.position);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.position++;
    }
  }

  private stop(code: ProblemCode, at: number, values: ProblemValues = {}): symbol {
    this.complain(code, at, values, true);
    return STOP;
  }

  private complain(code: ProblemCode, at: number, values: ProblemValues, isLast = false): void {
    report(this.problems, code, this.place(), { ...values, ...this.lineAndColumn(at) });
    if (!isLast && isFull(this.problems)) throw STOP;
  }

  private lineAndColumn(at: number): { line: number; column: number } {
    let line = 1;
    let lineStart = this.text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
    for (let i = this.text.indexOf('\n'); i !== -1 && i < at; i = this.text.indexOf('\n', i + 1)) {
      line++;
      lineStart = i + 1;
    }
    return { line, column: at - lineStart + 1 };
  }

  /** Path of the member being read; members of lists go by their id where it was read already. */
  private place(): Place | undefined {
    let place: Place | undefined;
    for (const [depth, container] of this.open.entries()) {
      if (!('list' in container)) {
        if (container.key !== '') place = inside(place, container.key);
        continue;
      }
      const member = this.open[depth + 1];
      const id = member !== undefined && 'object' in member ? member.object.id : undefined;
      place = inside(place, typeof id === 'string' ? shown(id) : container.list.length);
    }
    return place;
  }
}
