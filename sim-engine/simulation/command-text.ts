// The words for commands: "crash worker-1 for 5s". Scenario files, `--at` on the command line and the log shown in the page
// read and write them here. It knows the grammar alone; whether a node exists is asked by whoever carries a command out.

import { ACTIONS, type Action } from '../checks/actions.ts';
import type { CommandCode } from '../checks/check.ts';
import { clip, TextReader } from '../checks/text-reader.ts';
import { unreachable } from '../kernel/assert.ts';
import type { NodeDocument, Problem, Result, WireDocument } from '../topology/document.ts';
import { ID_PATTERN } from '../topology/limits.ts';
import { readJson } from '../topology/read-json.ts';
import { nearest } from '../topology/suggest.ts';
import { parseDuration, printDuration } from '../topology/units.ts';
import type { Command } from './commands.ts';

/** A new node with its settings fits; a whole drawing does not. */
const COMMAND_TEXT_MAX = 10_000;

/** How each command is written: for the remedy of a bad one, and for help. */
export const COMMAND_USAGE: { readonly [verb in Action | 'edit']: string } = {
  crash: 'crash NODE [for 5s]',
  restart: 'restart NODE',
  slow: 'slow NODE x3 [for 10s]',
  stall: 'stall NODE 5s',
  cut: 'cut WIRE [for 5s]',
  heal: 'heal WIRE',
  delay: 'delay WIRE 120ms [for 10s]',
  lose: 'lose WIRE 5% [for 10s], or lose WIRE normal',
  poison: 'poison NODE 10% [for 10s], or poison NODE normal',
  burst: 'burst NODE 200 [over 1s]',
  set: 'set NODE.setting VALUE, or set NODE.setting default',
  redrive: 'redrive NODE [COUNT], or redrive NODE #17 of SENDER',
  'add-node': 'add-node {"id": "worker-2", "kind": "service"}',
  remove: 'remove NODE',
  'add-wire': 'add-wire {"id": "w-2", "kind": "deliver", "from": "orders", "to": "worker-2"}',
  'remove-wire': 'remove-wire WIRE',
  edit: 'edit: COMMAND; COMMAND',
};

const VERB = /[A-Za-z][A-Za-z-]*/y;
const EDIT = /edit\s*:/y;
const PIECE = /[^\s;]+/y;
const DURATION = /\d[^\s;]*(?:\s+(?:ns|us|µs|μs|ms|s|min|h|d)(?![^\s;]))?/y;
const TARGET = /^([a-z0-9-]{1,40})\.([A-Za-z][A-Za-z0-9]*)$/;
const NUMBER = /^\d+(?:\.\d+)?(?:e[+-]?\d+)?$/;
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** A value that needs no quotes: a word or a length of time. */
const BARE = /^[A-Za-z0-9_.:/+µμ-]+$/;
const ID = new RegExp(ID_PATTERN);

/** The command that `text` says, or what is wrong with it and where. Never throws. */
export function parseCommand(text: string): Result<Command> {
  if (text.length > COMMAND_TEXT_MAX) {
    const values = { length: text.length, most: COMMAND_TEXT_MAX };
    return { ok: false, problems: [commandProblem('command-too-long', COMMAND_TEXT_MAX + 1, values)] };
  }
  if (text.trim() === '') return { ok: false, problems: [commandProblem('command-empty', 1)] };
  return new CommandReader(text).read();
}

function commandProblem(code: CommandCode, column: number, values: { readonly [hole: string]: string | number } = {}): Problem {
  return { code, at: ['command', column], values: { ...values, column } };
}

/** Every `read…` answers null once a problem was found; the first problem ends the reading. */
class CommandReader extends TextReader {
  private problems: readonly Problem[] = [];
  private verb: Action | 'edit' = 'edit';

  read(): Result<Command> {
    const command = this.take(EDIT) === null ? this.readCommand() : this.readEdit();
    if (command !== null && !this.isAtEnd()) this.fail('command-stray-text', this.position + 1, { text: this.nextPiece() });
    if (command === null || this.problems.length > 0) return { ok: false, problems: this.problems };
    return { ok: true, value: command };
  }

  private readEdit(): Command | null {
    const edits: Command[] = [];
    if (this.isAtEnd()) return { type: 'edit', edits };
    do {
      const column = this.columnHere();
      if (this.sees(EDIT)) return this.fail('command-edit-inside', column);
      const edit = this.readCommand();
      if (edit === null) return null;
      edits.push(edit);
    } while (this.takeSign(';'));
    return { type: 'edit', edits };
  }

  private readCommand(): Command | null {
    const column = this.columnHere();
    const word = this.match(VERB)?.[0] ?? '';
    const verb = ACTIONS.find((action) => action === word);
    if (verb !== undefined) return this.readRest(verb);
    const near = nearest(word, ACTIONS);
    const values = { verb: word === '' ? this.nextPiece() : clip(word), known: ACTIONS.join(', ') };
    return this.fail('command-unknown-verb', column, near === undefined ? values : { ...values, nearest: near });
  }

  private readRest(verb: Action): Command | null {
    this.verb = verb;
    switch (verb) {
      case 'crash':
        return this.withId((node) => this.withFor((lasting) => ({ type: 'crash', node, ...lasting })));
      case 'restart':
        return this.withId((node) => ({ type: 'restart', node }));
      case 'slow':
        return this.withId((node) => this.readSlow(node));
      case 'stall':
        return this.withId((node) => this.readStall(node));
      case 'cut':
        return this.withId((wire) => this.withFor((lasting) => ({ type: 'cut', wire, ...lasting })));
      case 'heal':
        return this.withId((wire) => ({ type: 'heal', wire }));
      case 'delay':
        return this.withId((wire) => this.readDelay(wire));
      case 'lose':
        return this.withId((wire) =>
          this.withShare((share) => this.withFor((lasting) => ({ type: 'lose', wire, ...share, ...lasting }))),
        );
      case 'poison':
        return this.withId((node) =>
          this.withShare((share) => this.withFor((lasting) => ({ type: 'poison', node, ...share, ...lasting }))),
        );
      case 'burst':
        return this.withId((node) => this.readBurst(node));
      case 'set':
        return this.readSet();
      case 'redrive':
        return this.withId((node) => this.readRedrive(node));
      case 'add-node':
        return this.readAddNode();
      case 'remove':
        return this.withId((node) => ({ type: 'removeNode', node }));
      case 'add-wire':
        return this.readAddWire();
      case 'remove-wire':
        return this.withId((wire) => ({ type: 'removeWire', wire }));
      default:
        return unreachable(verb);
    }
  }

  // ---------------------------------------------------------------- parts of commands

  /** The id of a node or a wire. */
  private withId(then: (id: string) => Command | null): Command | null {
    const column = this.columnHere();
    const id = this.match(PIECE)?.[0];
    // The usage names it: NODE or WIRE.
    if (id === undefined) return this.failIncomplete(COMMAND_USAGE[this.verb].split(' ')[1] as string);
    return ID.test(id) ? then(id) : this.fail('command-bad-id', column, { text: clip(id) });
  }

  /** "for 5s", or nothing. */
  private withFor(then: (lasting: { forNs?: number }) => Command): Command | null {
    if (!this.takeWord('for')) return then({});
    const forNs = this.readDuration(1);
    return forNs === null ? null : then({ forNs });
  }

  /** "5%" or "0.05"; "normal" is no share: each goes back to its own. */
  private withShare(then: (share: { share?: number }) => Command | null): Command | null {
    const column = this.columnHere();
    if (this.takeWord('normal')) return then({});
    const piece = this.match(PIECE)?.[0];
    if (piece === undefined) return this.failIncomplete('5%');
    const share = shareOf(piece);
    return share !== null && share <= 1 ? then({ share }) : this.fail('command-bad-share', column, { text: clip(piece) });
  }

  private readSlow(node: string): Command | null {
    const column = this.columnHere();
    const piece = this.match(PIECE)?.[0];
    if (piece === undefined) return this.failIncomplete('x3');
    const digits = piece.replace(/^[x×]/, '');
    const factor = piece === 'normal' ? 1 : NUMBER.test(digits) ? Number(digits) : 0;
    if (!(factor > 0 && Number.isFinite(factor))) return this.fail('command-bad-factor', column, { text: clip(piece) });
    return this.withFor((lasting) => ({ type: 'slow', node, factor, ...lasting }));
  }

  private readStall(node: string): Command | null {
    this.takeWord('for');
    const forNs = this.readDuration(1);
    return forNs === null ? null : { type: 'stall', node, forNs };
  }

  private readDelay(wire: string): Command | null {
    const extraNs = this.takeWord('normal') ? 0 : this.readDuration(0);
    return extraNs === null ? null : this.withFor((lasting) => ({ type: 'delay', wire, extraNs, ...lasting }));
  }

  private readBurst(node: string): Command | null {
    const column = this.columnHere();
    const piece = this.match(PIECE)?.[0];
    if (piece === undefined) return this.failIncomplete('COUNT');
    const count = countOf(piece);
    if (count === null) return this.fail('command-bad-count', column, { text: clip(piece) });
    if (!this.takeWord('over')) return { type: 'burst', node, count };
    const overNs = this.readDuration(1);
    return overNs === null ? null : { type: 'burst', node, count, overNs };
  }

  private readRedrive(node: string): Command | null {
    const column = this.columnHere();
    const piece = this.match(PIECE)?.[0];
    if (piece === undefined) return { type: 'redrive', node };
    if (piece.startsWith('#')) return this.readRedriveOne(node, column, piece);
    const count = countOf(piece);
    return count === null ? this.fail('command-bad-count', column, { text: clip(piece) }) : { type: 'redrive', node, count };
  }

  /** "#17 of web": one message by its name. */
  private readRedriveOne(node: string, column: number, piece: string): Command | null {
    const number = countOf(piece.slice(1));
    if (number === null) return this.fail('command-bad-count', column, { text: clip(piece) });
    if (!this.takeWord('of')) return this.failIncomplete('of SENDER');
    const senderColumn = this.columnHere();
    const sender = this.match(PIECE)?.[0];
    if (sender === undefined) return this.failIncomplete('SENDER');
    if (!ID.test(sender)) return this.fail('command-bad-id', senderColumn, { text: clip(sender) });
    return { type: 'redrive', node, message: { sender, number } };
  }

  private readSet(): Command | null {
    const column = this.columnHere();
    const piece = this.match(PIECE)?.[0];
    if (piece === undefined) return this.failIncomplete('NODE.setting');
    const target = TARGET.exec(piece);
    if (target === null) return this.fail('command-bad-target', column, { text: clip(piece) });
    const found = this.readValue();
    if (found === null) return null;
    return { type: 'setParam', target: target[1] as string, field: target[2] as string, value: found.value };
  }

  /** JSON, or a word, a number or a length of time as it is. "default" stands for no value. */
  private readValue(): { readonly value: unknown } | null {
    const column = this.columnHere();
    if (/["[{]/.test(this.text.charAt(this.position))) return this.readJson();
    const piece = this.match(PIECE)?.[0];
    if (piece === undefined) return this.failIncomplete('VALUE');
    if (piece === 'default') return { value: undefined };
    if (piece === 'true' || piece === 'false') return { value: piece === 'true' };
    if (piece === 'null') return { value: null };
    const value = JSON_NUMBER.test(piece)
      ? Number(piece)
      : piece.endsWith('%')
        ? shareOf(piece)
        : BARE.test(piece)
          ? piece
          : null;
    if (value === null || (typeof value === 'number' && !Number.isFinite(value))) {
      return this.fail('command-bad-value', column, { text: clip(piece) });
    }
    return { value };
  }

  /** One JSON value, up to its own end: what follows it belongs to the command. */
  private readJson(): { readonly value: unknown } | null {
    const begin = this.position;
    this.position = endOfJson(this.text, begin);
    const problems: Problem[] = [];
    const value = readJson(this.text.slice(begin, this.position), problems);
    if (problems.length === 0) return { value };
    // Where the JSON is wrong is told as a column of the whole command.
    this.problems = problems.map(({ code, values: { line, ...values } = {} }) => {
      const column = begin + (line === 1 ? Number(values.column) : 1);
      return { code, at: ['command', column], values: { ...values, column } };
    });
    return null;
  }

  private readAddNode(): Command | null {
    const node = this.readPart<NodeDocument>(['id', 'kind']);
    return node === null ? null : { type: 'addNode', node };
  }

  private readAddWire(): Command | null {
    const wire = this.readPart<WireDocument>(['id', 'kind', 'from', 'to']);
    return wire === null ? null : { type: 'addWire', wire };
  }

  /** A part of a drawing. Only what makes it one is asked for here; the rest is validated with the drawing it goes into. */
  private readPart<T>(keys: readonly string[]): T | null {
    const column = this.columnHere();
    if (this.text.charAt(this.position) !== '{') return this.failIncomplete('{...}');
    const found = this.readJson();
    if (found === null) return null;
    const part = found.value as { readonly [key: string]: unknown };
    const missing = keys.find((key) => !Object.hasOwn(part, key) || typeof part[key] !== 'string');
    if (missing !== undefined) return this.fail('command-bad-part', column, { key: missing });
    const id = part.id as string;
    return ID.test(id) ? (part as T) : this.fail('command-bad-id', column, { text: clip(id) });
  }

  private readDuration(least: number): number | null {
    const column = this.columnHere();
    const piece = this.match(DURATION)?.[0] ?? this.match(PIECE)?.[0];
    if (piece === undefined) return this.failIncomplete('5s');
    const found = parseDuration(piece.replace(/\s+/, ''));
    return found.ok && found.value >= least ? found.value : this.fail('command-bad-duration', column, { text: clip(piece) });
  }

  private takeWord(word: string): boolean {
    const before = this.columnHere() - 1;
    if (this.match(PIECE)?.[0] === word) return true;
    this.position = before;
    return false;
  }

  private failIncomplete(what: string): null {
    return this.fail('command-incomplete', this.columnHere(), { what });
  }

  private fail(code: CommandCode, column: number, values: { readonly [hole: string]: string | number } = {}): null {
    const usage = COMMAND_USAGE[this.verb];
    this.problems = [commandProblem(code, column, { verb: this.verb, usage, ...values })];
    return null;
  }
}

/** "5%" as 0.05 and "0.05" as itself; null if it is neither. The point is shifted in the text, so that it is exact. */
function shareOf(piece: string): number | null {
  const digits = piece.endsWith('%') ? piece.slice(0, -1) : piece;
  if (!NUMBER.test(digits) || (piece.endsWith('%') && digits.includes('e'))) return null;
  return Number(piece.endsWith('%') ? `${digits}e-2` : digits);
}

function countOf(piece: string): number | null {
  const count = /^\d{1,16}$/.test(piece) ? Number(piece) : 0;
  return count >= 1 && Number.isSafeInteger(count) ? count : null;
}

/** Where the JSON value that begins at `begin` ends: behind its last bracket or quote, else at the end of the text. */
function endOfJson(text: string, begin: number): number {
  let depth = 0;
  let isQuoted = false;
  for (let i = begin; i < text.length; i++) {
    const sign = text.charAt(i);
    if (isQuoted && sign === '\\') i++;
    else if (sign === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (sign === '{' || sign === '[')) depth++;
    else if (!isQuoted && (sign === '}' || sign === ']')) depth--;
    if (depth === 0 && !isQuoted) return i + 1;
  }
  return text.length;
}

// ------------------------------------------------------------------ printing

/** The one spelling of a command. `parseCommand` of it gives the command again; an edit inside an edit becomes part of it. */
export function printCommand(command: Command): string {
  switch (command.type) {
    case 'crash':
      return `crash ${command.node}${printFor(command.forNs)}`;
    case 'restart':
      return `restart ${command.node}`;
    case 'slow':
      return `slow ${command.node} x${command.factor}${printFor(command.forNs)}`;
    case 'stall':
      return `stall ${command.node} ${printDuration(command.forNs)}`;
    case 'cut':
      return `cut ${command.wire}${printFor(command.forNs)}`;
    case 'heal':
      return `heal ${command.wire}`;
    case 'delay':
      return `delay ${command.wire} ${printDuration(command.extraNs)}${printFor(command.forNs)}`;
    case 'lose':
      return `lose ${command.wire} ${printShare(command.share)}${printFor(command.forNs)}`;
    case 'poison':
      return `poison ${command.node} ${printShare(command.share)}${printFor(command.forNs)}`;
    case 'burst':
      return `burst ${command.node} ${command.count}${command.overNs === undefined ? '' : ` over ${printDuration(command.overNs)}`}`;
    case 'setParam':
      return `set ${command.target}.${command.field} ${printValue(command.value)}`;
    case 'redrive':
      return `redrive ${command.node}${printWhich(command)}`;
    case 'addNode':
      return `add-node ${JSON.stringify(command.node)}`;
    case 'removeNode':
      return `remove ${command.node}`;
    case 'addWire':
      return `add-wire ${JSON.stringify(command.wire)}`;
    case 'removeWire':
      return `remove-wire ${command.wire}`;
    case 'edit':
      return `edit: ${flat(command.edits).map(printCommand).join('; ')}`.trimEnd();
    default:
      return unreachable(command);
  }
}

const flat = (edits: readonly Command[]): readonly Command[] =>
  edits.flatMap((edit) => (edit.type === 'edit' ? flat(edit.edits) : [edit]));

const printFor = (forNs: number | undefined): string => (forNs === undefined ? '' : ` for ${printDuration(forNs)}`);

const printWhich = ({ count, message }: Extract<Command, { type: 'redrive' }>): string =>
  message === undefined ? (count === undefined ? '' : ` ${count}`) : ` #${message.number} of ${message.sender}`;

function printShare(share: number | undefined): string {
  if (share === undefined) return 'normal';
  const digits = String(share);
  // In percent where that is the same number again; very small shares are written with an exponent and stay as they are.
  const percent = digits.includes('e') ? '' : `${Number(`${digits}e2`)}`;
  return percent !== '' && !percent.includes('e') && Number(`${percent}e-2`) === share ? `${percent}%` : digits;
}

/** As bare as it can be read back. */
function printValue(value: unknown): string {
  if (value === undefined) return 'default';
  if (typeof value !== 'string') return JSON.stringify(value);
  const isWord = BARE.test(value) && !JSON_NUMBER.test(value) && !['default', 'true', 'false', 'null'].includes(value);
  return isWord ? value : JSON.stringify(value);
}
