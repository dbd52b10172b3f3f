// Which functions the actors of the engine import, found by following imports from THE list of behaviours. The test of the runners
// asks: a runner that judges a function no actor uses would prove nothing about any run.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const IMPORT = /import\s+(type\s+)?(\{[^}]*\}|[\w*]+(?:\s+as\s+\w+)?)\s+from\s+'([^']+)'/g;

export interface NamedImport {
  readonly file: string;
  readonly name: string;
}

/** Values that a file imports by name from files of ours. */
export function namedImportsOf(file: string): readonly NamedImport[] {
  const found: NamedImport[] = [];
  for (const [, typeOnly, clause, specifier] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    if (typeOnly !== undefined || clause === undefined || specifier === undefined || !specifier.startsWith('.')) continue;
    const target = join(dirname(file), specifier);
    if (!clause.startsWith('{')) {
      found.push({ file: target, name: '*' });
      continue;
    }
    for (const part of clause.slice(1, -1).split(',')) {
      const name = part.trim();
      if (name !== '' && !name.startsWith('type ')) found.push({ file: target, name: name.split(/\s+as\s+/)[0] as string });
    }
  }
  return found;
}

/** Values imported by any file under `folder` that is loaded, directly or not, by `entry`. */
export function importsReachedFrom(entry: string, folder: string): readonly NamedImport[] {
  const seen = new Set<string>();
  const reached: NamedImport[] = [];
  const waiting = [entry];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file) || !existsSync(file)) continue;
    seen.add(file);
    const imports = namedImportsOf(file);
    if (file.startsWith(folder)) reached.push(...imports);
    waiting.push(...imports.map((one) => one.file));
  }
  return reached;
}
