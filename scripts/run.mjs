// Runs one of the headless commands: `node scripts/run.mjs NAME args...` builds what is out of date, silently, and then calls
// `main(args)` of sim-engine/shell/cli/NAME.ts. The npm scripts sim, vectors, bench, fuzz, mutants and schema come through here.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, ROOT } from './build.mjs';

const PROJECT = 'sim-engine/shell/cli';
/** Switches of Node itself, picked out of the arguments so that `npm run bench -- --trace-gc` works. */
const NODE_SWITCH = /^--(trace-gc|trace-deopt|expose-gc|cpu-prof|heap-prof|max-old-space-size=\d+)$/;

/** @returns {Promise<number>} exit code */
async function runCommand(name, args) {
  const switches = args.filter((argument) => NODE_SWITCH.test(argument));
  if (switches.length > 0) return runAgain(switches, [name, ...args.filter((argument) => !NODE_SWITCH.test(argument))]);
  if (!commands().includes(name)) {
    console.error(`Unknown command ${name ?? '(none)'}. Known: ${commands().join(', ')}.`);
    return 2;
  }
  const { ok, output } = build(PROJECT);
  if (!ok) {
    console.error(output);
    return 2;
  }
  const { main } = await import(pathToFileURL(join(ROOT, 'build', PROJECT, `${name}.js`)).href);
  return (await main(args)) ?? 0;
}

function runAgain(switches, args) {
  const result = spawnSync(process.execPath, [...switches, fileURLToPath(import.meta.url), ...args], { stdio: 'inherit' });
  return result.status ?? 1;
}

/** The npm scripts that come through this file are the commands there are. */
function commands() {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return Object.values(scripts).flatMap((script) => /^node scripts\/run\.mjs ([a-z-]+)$/.exec(script)?.[1] ?? []);
}

const [name, ...args] = process.argv.slice(2);
process.exitCode = await runCommand(name, args);
