// Reads the text of a check into a tree. Scenario files, the command line and lessons come here; what the names mean is
// asked later, by `bind-check.ts`. Never throws: what cannot be read is answered with a problem and its column.

import type { Problem, Result } from '../topology/document.ts';
import { nearest } from '../topology/suggest.ts';
import { parseDuration, printDuration } from '../topology/units.ts';
import {
  CHECK_DEPTH_MAX,
  CHECK_TEXT_MAX,
  type Check,
  type CheckCode,
  type Clause,
  type Comparison,
  type Condition,
  checkProblem,
  type Expression,
  FORMS,
  inBaseUnits,
  isUnit,
  type Link,
  type Literal,
  type NumberLiteral,
  type Op,
  QUANTILE_WINDOW_NS,
  RATE_WINDOW_NS,
  SLOPE_WINDOW_NS,
  type Test,
  TIMED_FORMS,
  UNITS,
  WINDOW_NS_MAX,
  WINDOW_NS_MIN,
} from './check.ts';
import type { MeasureRef } from './readings.ts';
import { clip, TextReader } from './text-reader.ts';

// Sticky patterns: each is tried exactly where the reader stands.
const FORM = /([A-Za-z][A-Za-z_-]*)(?:\s+(\d[^\s:]*(?:\s+[A-Za-zµμ]+)?))?\s*:/y;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// "80/s" is a rate, but "80/sent" a division; what goes on like a name is one. Two dots end a number.
const UNIT_BEHIND = /[A-Za-zµμ%_][\w%]*|\/(?:s|min)(?![\w({]|\.[^.])/y;
const UNIT_APART = /\s+(ns|us|ms|s|min|h|%)(?![\w({]|\.[^.])/y;
const DURATION = /\d+(?:\.\d+)?\s*[A-Za-zµμ]*/y;
const NAME = /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/y;
const QUANTILE_NAME = /p(\d+(?:\.\d+)?)(?=\s*\()/y;
const AND = /and(?!\w)/y;
const IN = /in(?!\w)/y;
const OVER = /over(?!\w)/y;
const OP = /==|!=|<=|>=|<|>|≤|≥|≠/y;
const QUOTED = /"((?:[^"\\]|\\["\\])*)"/y;
const LABEL_NAME = /([A-Za-z_]\w*)\s*=(?!=)\s*/y;
const LABEL_WORDS = /[^\s,={}"]+(?:\s+[^\s,={}"]+)*/y;
const ACTION = /[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*/y;
const KNOB = /([A-Za-z0-9-]+)\.([A-Za-z_]\w*)/y;
const KIND = /[a-z][a-z0-9]*(?:-[a-z0-9]+)*/y;
const ARROW = /->|→/y;
const WORD = /[A-Za-z_][\w.-]*/y;

const OP_SPELLINGS: ReadonlyMap<string, Op> = new Map([
  ['≤', '<='],
  ['≥', '>='],
  ['≠', '!='],
]);
const FUNCTIONS: readonly string[] = ['rate', 'slope', 'p50', 'p95', 'p99'];
/** Kinds of nodes by the names that people say. */
const KIND_NAMES: ReadonlyMap<string, string> = new Map([
  ['dlq', 'dead-letter-queue'],
  ['worker', 'service'],
]);
const ONCE: Test = { op: '>=', value: { kind: 'number', value: 1, unit: '' } };

export function parseCheck(text: string): Result<Check> {
  if (text.length > CHECK_TEXT_MAX) {
    const values = { length: text.length, most: CHECK_TEXT_MAX };
    return { ok: false, problems: [checkProblem('check-too-long', CHECK_TEXT_MAX + 1, values)] };
  }
  if (text.trim() === '') return { ok: false, problems: [checkProblem('check-empty', 1)] };
  return new CheckReader(text).read();
}

/** A form before a colon, and the time between them as written. */
interface FoundForm {
  readonly name: string;
  readonly time: string | undefined;
  readonly column: number;
  readonly timeColumn: number;
}
interface FoundLabels {
  readonly ref: MeasureRef;
  readonly share: number | undefined;
}

/** Every `read…` answers null once a problem was found; the first problem ends the reading. */
class CheckReader extends TextReader {
  private readonly columns = new Map<object, number>();
  private depth = 0;
  private problem: Problem | null = null;

  read(): Result<Check> {
    const clauses: Clause[] = [];
    do {
      const clause = this.readClause();
      if (clause === null) break;
      clauses.push(clause);
    } while (this.take(AND));
    if (this.problem === null && !this.isAtEnd()) this.failStray();
    if (this.problem !== null) return { ok: false, problems: [this.problem] };
    return { ok: true, value: { text: this.text, clauses, columns: this.columns } };
  }

  // ---------------------------------------------------------------- forms

  private readClause(): Clause | null {
    const found = this.takeForm();
    if (this.problem !== null) return null;
    const name = found?.name;
    if (found === null || name === 'did' || name === 'knob' || name === 'uses') {
      return this.clauseOf('end', found === null ? this.readComparisons() : this.readConditionOf(found));
    }
    if (name === 'hold') return this.clauseOf('event', this.readConditionOf(found));
    if (name === 'within') return this.readWithin(found);
    return this.clauseOf(name as 'always' | 'never' | 'end' | 'event', this.readCondition(found.name));
  }

  private clauseOf(form: 'always' | 'never' | 'end' | 'event', condition: Condition | null): Clause | null {
    return condition === null ? null : { form, condition };
  }

  private readWithin(found: FoundForm): Clause | null {
    const limitNs = this.durationOf(found.time as string, found.timeColumn);
    if (limitNs === null) return null;
    // "within 60s: event: E" says "at some moment" twice; once is the same.
    const before = this.position;
    const inner = this.takeForm();
    if (this.problem !== null) return null;
    if (inner?.name !== 'event') this.position = before;
    const condition = this.readCondition('within');
    return condition === null ? null : { form: 'within', limitNs, condition };
  }

  /** A condition inside the form `outer`: comparisons, or one of the forms that are true or not at one moment. */
  private readCondition(outer: string): Condition | null {
    const inner = this.takeForm();
    if (this.problem !== null) return null;
    if (inner === null) return this.readComparisons();
    // A hold is not reached at its first moment, so it could never be true always.
    if (!['hold', 'did', 'knob', 'uses'].includes(inner.name) || (inner.name === 'hold' && outer === 'always')) {
      return this.fail('check-form-inside', inner.column, { form: inner.name, outer });
    }
    return this.readConditionOf(inner);
  }

  private readConditionOf(found: FoundForm): Condition | null {
    if (found.name === 'did') return this.readDid();
    if (found.name === 'knob') return this.readKnob();
    if (found.name === 'uses') return this.readUses();
    const lastsNs = this.durationOf(found.time as string, found.timeColumn);
    if (lastsNs === null || !this.enter(found.column)) return null;
    const condition = this.readCondition('hold');
    this.depth--;
    return condition === null ? null : { kind: 'hold', lastsNs, condition };
  }

  /** The form that begins here, or null if none does. */
  private takeForm(): FoundForm | null {
    this.skipSpace();
    const column = this.position + 1;
    const match = this.match(FORM);
    if (match === null) return null;
    const name = match[1] as string;
    const time = match[2];
    const timeColumn = time === undefined ? column : column + match[0].indexOf(time, name.length);
    if (!FORMS.includes(name)) {
      const near = nearest(name, FORMS);
      const values = { form: name, known: FORMS.join(', ') };
      return this.fail('check-unknown-form', column, near === undefined ? values : { ...values, nearest: near });
    }
    const isTimed = TIMED_FORMS.includes(name);
    if (isTimed && time === undefined) return this.fail('check-form-needs-time', column, { form: name });
    if (!isTimed && time !== undefined) return this.fail('check-form-takes-no-time', timeColumn, { form: name, found: time });
    return { name, time, column, timeColumn };
  }

  /** Whole nanoseconds above 0. */
  private durationOf(written: string, column: number): number | null {
    const found = parseDuration(written.replace(/\s+/g, ''));
    return found.ok && found.value > 0 ? found.value : this.fail('check-duration', column, { text: clip(written) });
  }

  private readComparisons(): Condition | null {
    const of: Comparison[] = [];
    for (;;) {
      const comparison = this.readComparison();
      if (comparison === null) return null;
      of.push(comparison);
      const before = this.position;
      if (!this.take(AND)) return { kind: 'all', of };
      const isForm = this.startsForm();
      if (isForm) {
        // The "and" joins the next clause.
        this.position = before;
        return { kind: 'all', of };
      }
    }
  }

  private startsForm(): boolean {
    this.skipSpace();
    const before = this.position;
    const isForm = this.match(FORM) !== null;
    this.position = before;
    return isForm;
  }

  private readDid(): Condition | null {
    const column = this.columnHere();
    const action = this.take(ACTION);
    if (action === null) return this.fail('check-did', column);
    let argument: string | undefined;
    if (this.takeSign('{')) {
      const text = this.readText();
      if (text === null) return this.fail('check-label', this.columnHere());
      argument = text;
      if (!this.takeSign('}')) return this.fail('check-missing-bracket', this.columnHere(), { bracket: '}' });
    }
    const test = this.startsTest() ? this.readTest(false) : ONCE;
    if (test === null) return null;
    const name = action[0];
    return this.placed(
      column,
      argument === undefined ? { kind: 'did', action: name, test } : { kind: 'did', action: name, argument, test },
    );
  }

  private readKnob(): Condition | null {
    const column = this.columnHere();
    const knob = this.take(KNOB);
    if (knob === null) return this.fail('check-knob', column);
    const name = knob[0];
    if (!this.startsTest()) return this.failNotCompared(column, name);
    const test = this.readTest(true);
    if (test === null) return null;
    return this.placed(column, { kind: 'knob', node: knob[1] as string, field: knob[2] as string, test });
  }

  private readUses(): Condition | null {
    const column = this.columnHere();
    const kinds: string[] = [];
    do {
      const kind = this.take(KIND);
      if (kind === null) return this.fail('check-uses', this.columnHere());
      kinds.push(KIND_NAMES.get(kind[0]) ?? kind[0]);
    } while (this.take(ARROW));
    return this.placed(column, { kind: 'uses', kinds });
  }

  // ---------------------------------------------------------------- tests of counts and settings

  private startsTest(): boolean {
    return this.startsOp() || this.sees(IN);
  }

  /** A single "=" counts, so that `readOp` can say what is wrong with it. */
  private startsOp(): boolean {
    this.skipSpace();
    return this.sees(OP) || this.text.charAt(this.position) === '=';
  }

  private readTest(takesWords: boolean): Test | null {
    if (this.take(IN)) {
      const low = this.readNumber();
      if (low === null) return this.problem === null ? this.fail('check-range', this.columnHere()) : null;
      if (!this.takeDots()) return this.fail('check-range', this.columnHere());
      const high = this.readNumber();
      if (high === null) return this.problem === null ? this.fail('check-range', this.columnHere()) : null;
      return this.isEmpty(low, high) ? null : { op: 'in', low, high };
    }
    const op = this.readOp();
    if (op === null) return null;
    const column = this.columnHere();
    const value = takesWords ? this.readLiteral() : this.readNumber();
    if (value === null) return this.problem === null ? this.fail('check-value', column) : null;
    if (value.kind === 'word' && op !== '==' && op !== '!=')
      return this.fail('check-word-order', column, { op, text: clip(value.text) });
    return { op, value };
  }

  private readLiteral(): Literal | null {
    const number = this.readNumber();
    if (number !== null || this.problem !== null) return number;
    const quoted = this.take(QUOTED);
    if (quoted !== null) return { kind: 'word', text: unescaped(quoted[1] as string) };
    const word = this.take(WORD);
    return word === null ? null : { kind: 'word', text: word[0] };
  }

  /** Reads an operator that `startsOp` has seen, or complains about a single "=". */
  private readOp(): Op | null {
    const column = this.columnHere();
    const op = this.take(OP)?.[0];
    if (op === undefined) return this.fail('check-single-equals', column);
    return OP_SPELLINGS.get(op) ?? (op as Op);
  }

  // ---------------------------------------------------------------- comparisons

  private readComparison(): Comparison | null {
    const column = this.columnHere();
    const first = this.readSum();
    if (first === null) return null;
    const written = this.text.slice(column - 1, this.position).trimEnd();
    if (this.take(IN)) return this.readRange(first);
    if (!this.startsOp()) return this.failNotCompared(column, written);
    const rest: Link[] = [];
    while (this.startsOp()) {
      const op = this.readOp();
      const right = op === null ? null : this.readSum();
      if (op === null || right === null) return null;
      rest.push({ op, right });
    }
    return { kind: 'chain', first, rest };
  }

  private readRange(of: Expression): Comparison | null {
    const low = this.readSum();
    if (low === null) return null;
    if (!this.takeDots()) return this.fail('check-range', this.columnHere());
    const high = this.readSum();
    if (high === null) return null;
    if (low.kind === 'number' && high.kind === 'number' && this.isEmpty(low, high)) return null;
    return { kind: 'range', of, low, high };
  }

  private takeDots(): boolean {
    this.skipSpace();
    if (!this.text.startsWith('..', this.position)) return false;
    this.position += 2;
    return true;
  }

  private isEmpty(low: NumberLiteral, high: NumberLiteral): boolean {
    if (inBaseUnits(low) <= inBaseUnits(high)) return false;
    this.fail('check-range-empty', this.position, { low: `${low.value}${low.unit}`, high: `${high.value}${high.unit}` });
    return true;
  }

  // ---------------------------------------------------------------- arithmetic

  private readSum(): Expression | null {
    let left = this.readProduct();
    while (left !== null) {
      const op = this.takeSign('+') ? '+' : this.takeSign('-') ? '-' : null;
      if (op === null) return left;
      const right = this.readProduct();
      left = right === null ? null : { kind: 'binary', op, left, right };
    }
    return null;
  }

  private readProduct(): Expression | null {
    let left = this.readUnary();
    while (left !== null) {
      const op = this.takeSign('*') || this.takeSign('×') ? '*' : this.takeSign('/') ? '/' : null;
      if (op === null) return left;
      const right = this.readUnary();
      left = right === null ? null : { kind: 'binary', op, left, right };
    }
    return null;
  }

  private readUnary(): Expression | null {
    if (!this.takeSign('-')) return this.readPrimary();
    if (!this.enter()) return null;
    const of = this.readUnary();
    this.depth--;
    return of === null ? null : { kind: 'negative', of };
  }

  private readPrimary(): Expression | null {
    if (this.takeSign('(')) return this.readBracket(() => this.readSum());
    const number = this.readNumber();
    if (number !== null || this.problem !== null) return number;
    const column = this.columnHere();
    const share = this.match(QUANTILE_NAME);
    if (share !== null) return this.readQuantile(column, share[0], share[1] as string);
    // "and", "in" and "over" join what stands around them, so a value is missing before them.
    const isJoint = [AND, IN, OVER].some((joint) => this.sees(joint));
    const name = isJoint ? null : this.match(NAME);
    if (name === null) return this.fail('check-missing-operand', column);
    if (this.sees(/\s*\(/y)) return this.readFunction(column, name[0]);
    return this.readMeasure(column, name[0]);
  }

  private readNumber(): NumberLiteral | null {
    this.skipSpace();
    const column = this.position + 1;
    const digits = this.match(NUMBER)?.[0];
    if (digits === undefined) return null;
    const value = Number(digits);
    if (!(value < 1e300)) return this.fail('check-number', column, { text: clip(digits) });
    const unitColumn = this.position + 1;
    const unit = this.match(UNIT_BEHIND)?.[0] ?? this.match(UNIT_APART)?.[1] ?? '';
    const known = unit === 'µs' || unit === 'μs' ? 'us' : unit;
    if (!isUnit(known)) return this.fail('check-unknown-unit', unitColumn, { unit: clip(unit), known: UNITS.join(', ') });
    return { kind: 'number', value, unit: known };
  }

  /** What stands between a bracket that was just opened and its end. */
  private readBracket<T>(readInside: () => T | null): T | null {
    if (!this.enter()) return null;
    const inside = readInside();
    if (inside === null) return null;
    this.depth--;
    return this.takeSign(')') ? inside : this.fail('check-missing-bracket', this.columnHere(), { bracket: ')' });
  }

  /** One level deeper, by what begins at `column`: the sign that was just taken, unless told otherwise. */
  private enter(column = this.position): boolean {
    if (++this.depth <= CHECK_DEPTH_MAX) return true;
    this.fail('check-too-deep', column, { most: CHECK_DEPTH_MAX });
    return false;
  }

  // ---------------------------------------------------------------- measures

  private readFunction(column: number, name: string): Expression | null {
    this.takeSign('(');
    if (name === 'rate') {
      const inside = this.readMeasureAndWindow(name, RATE_WINDOW_NS);
      return inside === null ? null : this.placed(column, { kind: 'rate', ...inside });
    }
    if (name !== 'slope') {
      const near = nearest(name, FUNCTIONS);
      const values = { name: clip(name), known: FUNCTIONS.join(', ') };
      return this.fail('check-unknown-function', column, near === undefined ? values : { ...values, nearest: near });
    }
    const of = this.readBracket(() => this.readSum());
    if (of === null) return null;
    const windowNs = this.take(OVER) ? this.readWindow() : SLOPE_WINDOW_NS;
    return windowNs === null ? null : this.placed(column, { kind: 'slope', of, windowNs });
  }

  private readQuantile(column: number, written: string, digits: string): Expression | null {
    const share = this.shareOf(column, written, shareDigits(digits));
    if (share === null) return null;
    this.takeSign('(');
    const inside = this.readMeasureAndWindow(written, QUANTILE_WINDOW_NS);
    return inside === null ? null : this.placed(column, { kind: 'quantile', share, ...inside });
  }

  /** "measure)" or "measure, 30s)". */
  private readMeasureAndWindow(name: string, usualNs: number): { of: MeasureRef; windowNs: number } | null {
    return this.readBracket(() => {
      const column = this.columnHere();
      const measure = this.match(NAME);
      if (measure === null) return this.fail('check-needs-measure', column, { name });
      const found = this.readLabels(measure[0]);
      if (found === null) return null;
      if (found.share !== undefined) return this.fail('check-quantile-misplaced', column, { name });
      if (!this.takeSign(',')) return { of: found.ref, windowNs: usualNs };
      const windowNs = this.readWindow();
      return windowNs === null ? null : { of: found.ref, windowNs };
    });
  }

  private readWindow(): number | null {
    this.skipSpace();
    const column = this.position + 1;
    const written = this.match(DURATION)?.[0] ?? '';
    const windowNs = this.durationOf(written, column);
    if (windowNs === null) return null;
    if (windowNs >= WINDOW_NS_MIN && windowNs <= WINDOW_NS_MAX) return windowNs;
    const values = { window: written, least: printDuration(WINDOW_NS_MIN), most: printDuration(WINDOW_NS_MAX) };
    return this.fail('check-window', column, values);
  }

  private readMeasure(column: number, name: string): Expression | null {
    const found = this.readLabels(name);
    if (found === null) return null;
    const { ref, share } = found;
    if (share === undefined) return this.placed(column, { kind: 'measure', ref });
    return this.placed(column, { kind: 'quantile', share, of: ref, windowNs: QUANTILE_WINDOW_NS });
  }

  /** The labels behind a measure's name, if any. A word alone is a node's name, a number alone a quantile. */
  private readLabels(name: string): FoundLabels | null {
    const labels = new Map<string, string>();
    let share: number | undefined;
    if (this.takeSign('{') && !this.takeSign('}')) {
      do {
        const column = this.columnHere();
        const label = this.match(LABEL_NAME)?.[1];
        const isQuoted = this.text.charAt(this.position) === '"';
        const value = this.readText();
        if (value === null) return this.fail('check-label', this.columnHere());
        const isQuantile = label === 'quantile' || (label === undefined && !isQuoted && /^[\d.]+$/.test(value));
        const key = isQuantile ? 'quantile' : (label ?? 'node');
        if (labels.has(key) || (isQuantile && share !== undefined)) return this.fail('check-label-twice', column, { label: key });
        if (!isQuantile) labels.set(key, value);
        else {
          const found = this.shareOf(column, value, value);
          if (found === null) return null;
          share = found;
        }
      } while (this.takeSign(','));
      if (!this.takeSign('}')) return this.fail('check-missing-bracket', this.columnHere(), { bracket: '}' });
    }
    return { ref: { name, labels: Object.fromEntries(labels) }, share };
  }

  private shareOf(column: number, written: string, digits: string): number | null {
    const share = /^\d+(?:\.\d+)?$/.test(digits) || /^\d+(?:\.\d+)?e-2$/.test(digits) ? Number(digits) : 0;
    const decimals = String(share).split('.')[1] ?? '';
    const isShare = share > 0 && share <= 1 && decimals.length <= 6 && !String(share).includes('e');
    return isShare ? share : this.fail('check-quantile', column, { text: clip(written) });
  }

  /** Words without signs, or anything in double quotes. */
  private readText(): string | null {
    const quoted = this.take(QUOTED);
    if (quoted !== null) return unescaped(quoted[1] as string);
    return this.take(LABEL_WORDS)?.[0].replace(/\s+/g, ' ') ?? null;
  }

  // ---------------------------------------------------------------- places and problems

  private placed<T extends Condition | Expression>(column: number, member: T): T {
    this.columns.set(member, column);
    return member;
  }

  private fail(code: CheckCode, column: number, values: { readonly [hole: string]: string | number } = {}): null {
    this.problem ??= checkProblem(code, column, values);
    return null;
  }

  private failNotCompared(column: number, written: string): null {
    // "lost is 3": what follows cannot be read, and that is the better place to look at.
    if (!this.isAtEnd() && !this.sees(AND)) return this.failStray();
    return this.fail('check-missing-comparison', column, { text: clip(written) });
  }

  private failStray(): null {
    const text = this.nextPiece();
    return this.fail('check-stray-text', this.position + 1, { text });
  }
}

/** p99 as 0.99, p99.9 and p999 as 0.999, p100 as 1. The shift is of the text, so that it is exact. */
function shareDigits(digits: string): string {
  return digits.length > 2 && digits !== '100' && !digits.includes('.') ? `0.${digits}` : `${digits}e-2`;
}

const unescaped = (quoted: string): string => quoted.replace(/\\(["\\])/g, '$1');
