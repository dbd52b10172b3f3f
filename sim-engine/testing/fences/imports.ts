// Finds every place where a source file names another one: static imports, type-only imports, re-exports, dynamic imports, type
// queries and URLs of Web Workers. Called by check-fences.ts. It reads the syntax tree and resolves nothing.

import { parseSync } from 'vite';

export interface ImportSite {
  /** What stands between the quotes; null where it is calculated and nobody can tell. */
  readonly specifier: string | null;
  readonly how: 'import' | 're-export' | 'dynamic import' | 'type query' | 'worker URL' | 'glob';
  /** Vanishes when compiled: `import type`, `export type`, `import('x').T`. */
  readonly isTypeOnly: boolean;
  /** Loaded together with the file, before anything runs: neither type-only nor dynamic nor a worker. */
  readonly isEager: boolean;
  readonly line: number;
}

type SyntaxNode = { readonly type: string; readonly start: number; readonly [key: string]: unknown };

/** All import sites of `text`, in order. `file` tells by its ending how to read it; text that is no TypeScript throws. */
export function importsOf(file: string, text: string): ImportSite[] {
  const { program, errors } = parseSync(file, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file} cannot be parsed: ${error.message}`);
  const sites: ImportSite[] = [];
  const add = (node: SyntaxNode, how: ImportSite['how'], specifier: string | null, isTypeOnly: boolean) => {
    const isEager = !isTypeOnly && (how === 'import' || how === 're-export');
    sites.push({ specifier, how, isTypeOnly, isEager, line: text.slice(0, node.start).split('\n').length });
  };
  // A URL beside the file may also lead to data or to a folder: only code is an import.
  const addUrl = (node: SyntaxNode, path: string | null) => {
    if (path === null || /\.[mc]?[jt]sx?(\?|$)/.test(path)) add(node, 'worker URL', path, false);
  };
  walk(program as unknown as SyntaxNode, (node) => {
    switch (node.type) {
      case 'ImportDeclaration':
        return add(node, 'import', literal(node.source), isTypeOnly(node, 'importKind'));
      case 'ExportAllDeclaration':
        return add(node, 're-export', literal(node.source), isTypeOnly(node, 'exportKind'));
      case 'ExportNamedDeclaration':
        return isNode(node.source) ? add(node, 're-export', literal(node.source), isTypeOnly(node, 'exportKind')) : undefined;
      case 'TSExternalModuleReference':
        return add(node, 'import', literal(node.expression), false);
      case 'ImportExpression':
        return add(node, 'dynamic import', literal(node.source), false);
      case 'TSImportType':
        return add(node, 'type query', literal(node.source), true);
      case 'NewExpression':
        return isModuleUrl(node) ? addUrl(node, literal((node.arguments as SyntaxNode[])[0])) : undefined;
      case 'CallExpression':
        return isImportMeta((node.callee as SyntaxNode).object) && !isOfText(node)
          ? add(node, 'glob', dataGlob(node), false)
          : undefined;
      default:
        return undefined;
    }
  });
  return sites;
}

/**
 * Style sheets hold no code, and what is read as text runs none: whoever reads them all, as the tests of contrast and of keys do,
 * imports nothing.
 */
function isOfText(call: SyntaxNode): boolean {
  const [pattern, options] = call.arguments as SyntaxNode[];
  const query = ((options?.properties ?? []) as SyntaxNode[]).find(
    (one) => (one.key as SyntaxNode | undefined)?.name === 'query',
  );
  return /^\.[^{}[\]!]*\.css$/.test(literal(pattern) ?? '') || literal(query?.value) === '?raw';
}

/** The pattern of a glob that can only match the data of one folder: all its .json files. Any other could match code. */
function dataGlob(call: SyntaxNode): string | null {
  const pattern = literal((call.arguments as SyntaxNode[])[0]);
  return pattern !== null && /^\.[^*{}[\]!]*\/\*\.json$/.test(pattern) ? pattern : null;
}

/** Whether `text` starts a thread of the browser: `new Worker(...)`. */
export function makesThread(file: string, text: string): boolean {
  let found = false;
  walk(parseSync(file, text).program as unknown as SyntaxNode, (node) => {
    const callee = node.type === 'NewExpression' ? (node.callee as SyntaxNode) : undefined;
    if (callee?.type === 'Identifier' && (callee.name === 'Worker' || callee.name === 'SharedWorker')) found = true;
  });
  return found;
}

/** A declaration is type-only as a whole, or because each of its names is. One without names runs the file. */
function isTypeOnly(node: SyntaxNode, kind: 'importKind' | 'exportKind'): boolean {
  if (node[kind] === 'type') return true;
  const names = (node.specifiers ?? []) as SyntaxNode[];
  return names.length > 0 && names.every((name) => name[kind] === 'type');
}

/** `new URL('./x.ts', import.meta.url)` */
function isModuleUrl(node: SyntaxNode): boolean {
  const [, base] = node.arguments as SyntaxNode[];
  const callee = node.callee as SyntaxNode;
  return callee.type === 'Identifier' && callee.name === 'URL' && isImportMeta(base?.object);
}

const isImportMeta = (value: unknown): boolean => isNode(value) && value.type === 'MetaProperty';

function literal(value: unknown): string | null {
  if (!isNode(value)) return null;
  if (value.type === 'Literal' && typeof value.value === 'string') return value.value;
  const quasis = value.type === 'TemplateLiteral' ? (value.quasis as { value: { cooked: string } }[]) : [];
  return quasis.length === 1 ? (quasis[0]?.value.cooked ?? null) : null;
}

const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';

function walk(node: SyntaxNode, visit: (node: SyntaxNode) => void): void {
  visit(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit);
  }
}
