// The lock file holds for every platform. npm writes down only the binaries of the machine it runs on when it builds a lock from
// an installed node_modules folder (npm/cli issue 4828), and `npm ci` then fails or finds no binary anywhere else.

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

interface Entry {
  readonly integrity?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
type Entries = Readonly<Record<string, Entry>>;

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const ENTRIES = JSON.parse(readFileSync(`${ROOT}/package-lock.json`, 'utf8')).packages as Entries;
const without = (name: string): Entries => Object.fromEntries(Object.entries(ENTRIES).filter(([path]) => !path.endsWith(name)));

/** Optional packages, such as a platform's binary, which some package asks for and the lock file does not name. */
function missingIn(entries: Entries): string[] {
  return Object.entries(entries).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`node_modules/${name}` in entries || `${path}/node_modules/${name}` in entries),
    ),
  );
}

describe('the lock file', () => {
  test('names every optional package that another asks for', () => {
    expect(missingIn(ENTRIES)).toEqual([]);
  });

  test.each([
    '@biomejs/cli-win32-x64',
    '@biomejs/cli-darwin-arm64',
    '@biomejs/cli-linux-x64-musl',
    '@rolldown/binding-win32-x64-msvc',
    '@rolldown/binding-darwin-arm64',
    '@rolldown/binding-linux-x64-musl',
    '@typescript/typescript-darwin-arm64',
    '@typescript/typescript-win32-x64',
  ])('names %s with its checksum, and its absence would be seen', (name) => {
    expect(ENTRIES[`node_modules/${name}`]?.integrity).toMatch(/^sha512-/);
    expect(missingIn(without(name))).toContain(name);
  });
});
