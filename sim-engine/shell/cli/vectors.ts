// `npm run vectors [-- DIR ...]`: replays recorded facts against the models and says which agree. A line per file, last line
// 'N passed, N failed', exit code 1 if any failed; before it what other versions of a system answered, where that was recorded. Called by `scripts/run.mjs`; what a format means is for its runner to know.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isBuilt, type Replay, replay } from '../../testing/runners/registry.ts';

const CARRIED = 'sim-engine/testing/vectors';
const FAULTS_SHOWN = 10;
const USAGE = 'Usage: npm run vectors -- [--built] [--details] [DIR or FILE ...]';

/** Answers with the exit code: 2 when the arguments make no sense. */
export function main(args: readonly string[]): number {
  let options: { values: { built?: boolean; details?: boolean }; positionals: string[] };
  try {
    options = parseArgs({
      args: [...args],
      options: { built: { type: 'boolean' }, details: { type: 'boolean' } },
      allowPositionals: true,
    });
  } catch (error) {
    console.error(`${(error as Error).message}\n${USAGE}`);
    return 2;
  }
  const places = options.positionals.length > 0 ? options.positionals : [CARRIED];
  const missing = places.filter((place) => !existsSync(place));
  if (missing.length > 0) {
    console.error(`There is no ${missing.join(', no ')}.\n${USAGE}`);
    return 2;
  }
  let files = places.flatMap(filesBelow);
  if (options.values.built === true) files = files.filter(isBuilt);
  let passed = 0;
  let failed = 0;
  const versions = { passed: 0, failed: 0 };
  for (const file of files) {
    const result = replay(file);
    print(result, options.values.details === true);
    passed += result.passed;
    failed += result.failed;
    versions.passed += result.versions?.passed ?? 0;
    versions.failed += result.versions?.failed ?? 0;
  }
  if (versions.passed + versions.failed > 0) console.log(`versions: ${versions.passed} passed, ${versions.failed} failed`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

/** Every vector file at or below a place, in order of name. */
function filesBelow(place: string): readonly string[] {
  if (!statSync(place).isDirectory()) return [place];
  const entries = readdirSync(place).sort((a, b) => (a < b ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(place, entry);
    return statSync(path).isDirectory() ? filesBelow(path) : entry.endsWith('.json') ? [path] : [];
  });
}

function print(result: Replay, withDetails: boolean): void {
  const remark = result.remark === undefined ? '' : `  (${result.remark})`;
  console.log(`${result.name.padEnd(36)} ${result.passed} passed, ${result.failed} failed${remark}`);
  for (const fault of result.faults.slice(0, FAULTS_SHOWN)) console.log(`  ${fault}`);
  if (result.faults.length > FAULTS_SHOWN) console.log(`  and ${result.faults.length - FAULTS_SHOWN} more`);
  if (withDetails) for (const line of result.details) console.log(`  ${line}`);
}
