// Checks every import of a set of source files against the table in zones.ts. Called by fences.test.ts with the files of this
// repository and with planted ones. It resolves specifiers itself, by path, and so sees what bundlers and compilers see.

import { posix } from 'node:path';
import { type ImportSite, importsOf, makesThread } from './imports.ts';
import { ENGINE_CHUNK, EXCEPTIONS, type Exception, FIRST_LOAD, LATE_WORDS, THREAD_ZONE, ZONES, type Zone } from './zones.ts';

/** Path from the root of the repository, with forward slashes, to text. */
export type Sources = ReadonlyMap<string, string>;

interface Placed {
  readonly zone: Zone;
  /** Name of the zone, or of the island if the zone is a set of them. */
  readonly place: string;
}

const CODE = /\.tsx?$/;
const APP_TEST = /^app\/.*\.test\.tsx?$/;
const APP_TEST_PACKAGES = ['vitest', 'fast-check', 'node:'];

/** All violations, each a sentence that begins with the place: "sim-engine/kernel/rng.ts:3: ...". Empty = the fences hold. */
export function violationsOf(sources: Sources): string[] {
  return [...sources]
    .filter(([file]) => CODE.test(file))
    .flatMap(([file, text]) => violationsIn(file, text))
    .concat(chunkViolationsOf(sources));
}

/** Exceptions that no import needs any more. */
export function staleExceptionsOf(sources: Sources): Exception[] {
  const isUsed = ({ from, to }: Exception) => importsOf(from, sources.get(from) ?? '').some((site) => resolve(from, site) === to);
  return EXCEPTIONS.filter((exception) => !isUsed(exception));
}

function violationsIn(file: string, text: string): string[] {
  const from = placeOf(file);
  if (from === null) return [`${file}:1: stands in no zone of sim-engine/testing/fences/zones.ts.`];
  const reasons = importsOf(file, text).flatMap((site) => {
    const reason = whyForbidden(file, from, site);
    return reason === null ? [] : [`${file}:${site.line}: ${reason}`];
  });
  if (from.place !== THREAD_ZONE && from.zone.name !== 'e2e' && makesThread(file, text)) {
    reasons.push(`${file}:1: starts a Web Worker. Only ${THREAD_ZONE} may; ask it instead.`);
  }
  return reasons;
}

function whyForbidden(file: string, from: Placed, site: ImportSite): string | null {
  // Tests read recorded files by calculated URLs; none of their URLs is ever a Web Worker.
  if (site.how === 'worker URL' && (from.place === 'testing' || from.place === 'e2e')) return null;
  if (site.specifier === null) return `${site.how} of a path that is calculated. Write the path out, so that it can be checked.`;
  const target = resolve(file, site);
  if (target === null) return whyPackageForbidden(file, from, site.specifier);
  const to = placeOf(target);
  if (to === null) return `${site.how} of ${target}, which stands in no zone.`;
  if (to.place === from.place || allows(from.zone.mayImport, to)) return null;
  if (site.isTypeOnly && (allows(from.zone.mayImportTypes ?? [], to) || isException(file, target))) return null;
  return `${site.how} of ${target}: ${from.place} may not import ${to.place}${site.isTypeOnly ? ', not even its types' : ''}.`;
}

function whyPackageForbidden(file: string, from: Placed, specifier: string): string | null {
  const isOwn = specifier.startsWith('node:');
  const name = isOwn ? 'node:' : specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  const allowed = [...(from.zone.packages ?? []), ...(APP_TEST.test(file) ? APP_TEST_PACKAGES : [])];
  return allowed.includes(name) ? null : `import of the package ${specifier}: ${from.place} may not use it.`;
}

const allows = (names: readonly string[], to: Placed) => names.includes(to.zone.name) || names.includes(to.place);

const isException = (from: string, to: string) => EXCEPTIONS.some((exception) => exception.from === from && exception.to === to);

function placeOf(file: string): Placed | null {
  for (const zone of ZONES) {
    const match = zone.files.exec(file);
    if (match !== null) return { zone, place: zone.name.replace('*', match[1] ?? '*') };
  }
  return null;
}

/** Path of the file that `site` names, or null if it names a package. */
function resolve(file: string, site: ImportSite): string | null {
  const path = (site.specifier ?? '').replace(/\?.*$/, '');
  const isRelative = path.startsWith('.') || site.how === 'worker URL';
  return isRelative ? posix.normalize(posix.join(posix.dirname(file), path)) : path.startsWith('/') ? path : null;
}

/** Whatever the page loads before anything shows, followed to its end, must not reach the engine's own chunk or late words. */
function chunkViolationsOf(sources: Sources): string[] {
  const ofPage = [...sources.keys()].filter((file) => file.startsWith('app/') && CODE.test(file) && !APP_TEST.test(file));
  const first = ofPage.filter((file) => file === FIRST_LOAD);
  return [
    ...chainsTo(ENGINE_CHUNK, ofPage, sources).map(
      (chain) => `${chain}: the page may load this only as a Web Worker or by a dynamic import.`,
    ),
    ...chainsTo(LATE_WORDS, first, sources).map((chain) => `${chain}: these words come after the first letter.`),
  ];
}

/** How files that match `forbidden` are reached from `starts` by what is loaded at once. */
function chainsTo(forbidden: RegExp, starts: readonly string[], sources: Sources): string[] {
  const chains: string[] = [];
  const importerOf = new Map<string, string | null>(starts.map((file) => [file, null]));
  const pending = [...starts];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (forbidden.test(file)) {
      chains.push(chainTo(file, importerOf).join(' -> '));
      continue;
    }
    for (const site of importsOf(file, sources.get(file) ?? '')) {
      const target = site.isEager ? resolve(file, site) : null;
      if (target === null || !CODE.test(target) || importerOf.has(target)) continue;
      importerOf.set(target, file);
      pending.push(target);
    }
  }
  return chains;
}

function chainTo(file: string, importerOf: ReadonlyMap<string, string | null>): string[] {
  const importer = importerOf.get(file) ?? null;
  return importer === null ? [file] : [...chainTo(importer, importerOf), file];
}
