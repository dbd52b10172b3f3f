// Reads the arguments of `npm run sim`: what is to be run, for how long, and what is asked of it. Every mistake is answered
// with its place, a sentence and a remedy, as those of a file are. Reads no file.

import { parseCommand } from '../../simulation/command-text.ts';
import type { Command } from '../../simulation/commands.ts';
import type { TimedCommand } from '../../simulation/simulation.ts';
import type { Problem, Result } from '../../topology/document.ts';
import { SEED_MAX } from '../../topology/limits.ts';
import { nearest } from '../../topology/suggest.ts';
import { parseDuration } from '../../topology/units.ts';

export const SIM_USAGE = `Usage: npm run sim -- run FILE [options]      FILE: a scenario or a bare topology; - reads standard input

  --for 60s            how long, in simulated time (else what the scenario says, else 60 s)
  --seed N             instead of the scenario's own
  --assert 'CHECK'     must hold; may be given several times (docs/check-language.md)
  --at 10s 'COMMAND'   carried out at that time, such as 'crash worker-1 for 5s'; may be given several times
  --json               one JSON object and nothing else
  --prometheus         the dials at the end as Prometheus text and nothing else
  --digests 1s         also the digest at every multiple of this
  --no-sample          nobody looks on: no trace, no frames; the digest is the same
  --level 0            how finely messages are modelled; 0 is each by itself

Exit code: 0 everything held, 1 a check failed or the run stopped, 2 the file or an argument is bad.`;

/** A complaint about an argument, told like a problem of a file. */
export interface Complaint {
  readonly place: string;
  readonly sentence: string;
  readonly remedy: string;
}

export interface SimOptions {
  readonly file: string;
  readonly forNs: number | undefined;
  readonly seed: number | undefined;
  readonly asserts: readonly string[];
  readonly commands: readonly (TimedCommand & { readonly place: string })[];
  readonly isJson: boolean;
  readonly isPrometheus: boolean;
  readonly digestsNs: number | undefined;
  readonly isSampled: boolean;
}

export type ReadArguments =
  | { readonly ok: true; readonly value: SimOptions }
  /** `problems` of the words of a command stand beside the complaints about everything else. */
  | {
      readonly ok: false;
      readonly complaints: readonly Complaint[];
      readonly problems: readonly (Problem & { readonly place: string })[];
    }
  | { readonly ok: 'help' };

const OPTIONS = [
  '--for',
  '--seed',
  '--assert',
  '--at',
  '--json',
  '--prometheus',
  '--digests',
  '--no-sample',
  '--level',
  '--help',
];

export function readSimArguments(args: readonly string[]): ReadArguments {
  return new ArgumentReader(args).read();
}

class ArgumentReader {
  private readonly rest: string[];
  private readonly complaints: Complaint[] = [];
  private readonly problems: (Problem & { place: string })[] = [];
  private readonly asserts: string[] = [];
  private readonly commands: (TimedCommand & { place: string })[] = [];
  private readonly words: string[] = [];
  private forNs: number | undefined;
  private seed: number | undefined;
  private digestsNs: number | undefined;
  private isJson = false;
  private isPrometheus = false;
  private isSampled = true;
  private isHelp = false;

  constructor(args: readonly string[]) {
    this.rest = [...args];
  }

  read(): ReadArguments {
    while (this.rest.length > 0) this.readOne(this.rest.shift() as string);
    if (this.isHelp) return { ok: 'help' };
    const [verb, file, ...more] = this.words;
    if (verb !== 'run') this.complain(verb ?? 'command line', 'The first word must be "run".', 'Write: npm run sim -- run FILE');
    else if (file === undefined)
      this.complain('run', 'There is no file to run.', 'Name a scenario or a topology, or - for standard input.');
    if (more.length > 0)
      this.complain(more[0] as string, 'There is a word too many.', 'Put commands and checks with spaces in quotes.');
    if (this.isJson && this.isPrometheus) {
      this.complain('--prometheus', 'Only one of --json and --prometheus can have standard output.', 'Run it twice.');
    }
    if (this.complaints.length > 0 || this.problems.length > 0 || file === undefined) {
      return { ok: false, complaints: this.complaints, problems: this.problems };
    }
    const { forNs, seed, asserts, commands, isJson, isPrometheus, digestsNs, isSampled } = this;
    return { ok: true, value: { file, forNs, seed, asserts, commands, isJson, isPrometheus, digestsNs, isSampled } };
  }

  private readOne(argument: string): void {
    const equals = argument.startsWith('--') ? argument.indexOf('=') : -1;
    const option = equals < 0 ? argument : argument.slice(0, equals);
    if (equals >= 0) this.rest.unshift(argument.slice(equals + 1));
    switch (option) {
      case '--for':
        this.forNs = this.duration('--for');
        return;
      case '--digests':
        this.digestsNs = this.duration('--digests');
        return;
      case '--seed':
        this.seed = this.wholeNumber('--seed');
        return;
      case '--level':
        this.readLevel();
        return;
      case '--assert': {
        const check = this.value('--assert', "a check, such as 'lost == 0'");
        if (check !== undefined) this.asserts.push(check);
        return;
      }
      case '--at':
        this.readCommand();
        return;
      case '--json':
        this.isJson = true;
        return;
      case '--prometheus':
        this.isPrometheus = true;
        return;
      case '--no-sample':
        this.isSampled = false;
        return;
      case '--help':
      case '-h':
        this.isHelp = true;
        return;
      default:
        if (argument.startsWith('-') && argument !== '-') this.unknown(option);
        else this.words.push(argument);
    }
  }

  private readLevel(): void {
    const level = this.value('--level', 'a level: 0');
    if (level === undefined || level === '0') return;
    if (level === '1') {
      this.complain(
        '--level 1',
        'Level 1 (batches as one event) is not built yet.',
        'Leave it out: level 0 models each message by itself.',
      );
    } else this.complain(`--level ${level}`, `There is no level "${level}".`, 'Levels are 0 and, once it is built, 1.');
  }

  private readCommand(): void {
    const atNs = this.duration('--at');
    const text = this.value('--at', "a command after the time, such as 'crash worker-1'");
    if (text === undefined || atNs === undefined) return;
    const place = `--at '${text}'`;
    const command: Result<Command> = parseCommand(text);
    if (command.ok) this.commands.push({ atNs, command: command.value, place });
    else this.problems.push(...command.problems.map((problem) => ({ ...problem, place })));
  }

  private duration(option: string): number | undefined {
    const text = this.value(option, 'a time, such as 10s');
    if (text === undefined) return undefined;
    const parsed = parseDuration(text);
    // At 0 a command is carried out before anything else; nothing can last for no time.
    if (parsed.ok && (parsed.value > 0 || option === '--at')) return parsed.value;
    this.complain(
      `${option} ${text}`,
      `"${text}" is no length of simulated time.`,
      'Write a number above 0 with a unit, such as 500ms, 1.5s or 2min.',
    );
    return undefined;
  }

  private wholeNumber(option: string): number | undefined {
    const text = this.value(option, 'a whole number');
    if (text === undefined) return undefined;
    const number = Number(text);
    if (/^\d+$/.test(text) && number <= SEED_MAX) return number;
    this.complain(`${option} ${text}`, `"${text}" is no whole number from 0 to ${SEED_MAX}.`, 'Write digits only.');
    return undefined;
  }

  private value(option: string, what: string): string | undefined {
    const text = this.rest.shift();
    if (text === undefined) this.complain(option, 'Something must follow.', `Write ${what}.`);
    return text;
  }

  private unknown(option: string): void {
    const near = nearest(option, OPTIONS);
    const remedy = near === undefined ? `Options are: ${OPTIONS.join(', ')}.` : `Did you mean ${near}?`;
    this.complain(option, 'There is no such option.', remedy);
  }

  private complain(place: string, sentence: string, remedy: string): void {
    this.complaints.push({ place, sentence, remedy });
  }
}
