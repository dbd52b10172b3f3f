// Compiles a TypeScript project and all it refers to. Called by scripts/run.mjs before every command and by scripts/test.mjs. Two
// callers at the same time take turns, so that none of them ever runs a half-written file; it prints nothing itself.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const LOCK = join(ROOT, 'build', '.info', 'lock');
const LOCK_POLL_MS = 50;
const LOCK_TIMEOUT_MS = 180_000;

/** Path of a program that a dependency brings, to be started with the running Node itself. */
export function programOf(dependency, name = dependency) {
  const folder = join(ROOT, 'node_modules', dependency);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : bin[name]);
}

/**
 * Brings the output of a project up to date; almost free when it is.
 * @param {string} project folder of its tsconfig.json, from the root
 * @returns {{ ok: boolean, output: string }} what the compiler said
 */
export function build(project) {
  lock();
  try {
    const result = spawnSync(process.execPath, [programOf('typescript', 'tsc'), '--build', project], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    return { ok: result.status === 0, output: `${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}` };
  } finally {
    unlinkSync(LOCK);
  }
}

function lock() {
  mkdirSync(dirname(LOCK), { recursive: true });
  const giveUp = Date.now() + LOCK_TIMEOUT_MS;
  for (;;) {
    try {
      writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!holderLives()) remove();
    else if (Date.now() > giveUp) throw new Error(`Another build holds ${LOCK} for too long. Remove the file if there is none.`);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS);
  }
}

function holderLives() {
  try {
    const pid = Number(readFileSync(LOCK, 'utf8'));
    // An empty file belongs to a process that is about to write its number.
    if (pid > 0) process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function remove() {
  try {
    unlinkSync(LOCK);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}
