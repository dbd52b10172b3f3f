// A table of values by name as rows that people edit: name, type and value as they are written. The document form is said at
// `TableField` (`sim-engine/nodes/fields.ts`). Pure.

/** What a value can be. `whole` and `double` are two types to a server, also where both say 2; `structure` is a list or a table. */
export const TABLE_TYPES = ['text', 'whole', 'double', 'flag', 'nothing', 'structure'] as const;
export type TableType = (typeof TABLE_TYPES)[number];

/** One row as it is written. */
export interface TableRow {
  readonly name: string;
  readonly type: TableType;
  /** As it stands in the input; 'true' or 'false' for a flag, '' where there is nothing. */
  readonly value: string;
}

export type TableDocument = { readonly [name: string]: unknown };

/** As long as AMQP has room for in a short text. */
const NAME_MAX = 255;

export const NEW_ROW: TableRow = { name: '', type: 'text', value: '' };

export const rowsOf = (table: TableDocument): readonly TableRow[] =>
  Object.entries(table).map(([name, value]) => {
    const type = typeOf(value);
    return { name, type, value: textOf(type, value) };
  });

function typeOf(value: unknown): TableType {
  if (value === null) return 'nothing';
  switch (typeof value) {
    case 'boolean':
      return 'flag';
    case 'string':
      return 'text';
    case 'number':
      return Number.isInteger(value) ? 'whole' : 'double';
    default:
      return doubleOf(value) === null ? 'structure' : 'double';
  }
}

/** What { "double": 2 } holds; null for anything else. */
function doubleOf(value: unknown): number | null {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 1) return null;
  return 'double' in value && typeof value.double === 'number' ? value.double : null;
}

function textOf(type: TableType, value: unknown): string {
  if (type === 'nothing') return '';
  if (type === 'structure') return JSON.stringify(value);
  return String(type === 'double' ? (doubleOf(value) ?? value) : value);
}

/** The same row with a value of another type: as much of what is written as has a meaning there. */
export function withType(row: TableRow, type: TableType): TableRow {
  const number = Number(row.value);
  const isNumber = row.value.trim() !== '' && Number.isFinite(number);
  switch (type) {
    case 'text':
      return { ...row, type };
    case 'whole':
      return { ...row, type, value: isNumber ? String(Math.trunc(number)) : '0' };
    case 'double':
      return { ...row, type, value: isNumber ? row.value : '0' };
    case 'flag':
      return { ...row, type, value: String(row.value === 'true') };
    case 'nothing':
      return { ...row, type, value: '' };
    case 'structure':
      return { ...row, type, value: row.type === 'structure' ? row.value : '[]' };
  }
}

/** What is wrong with a row, as the end of a key of the words; null where nothing is. */
export type TableFault = 'name' | 'name-long' | 'twice' | 'whole' | 'double' | 'structure';

/** `others`: the names of the other rows. */
export function faultOf(row: TableRow, others: readonly string[]): TableFault | null {
  if (row.name === '') return 'name';
  if (row.name.length > NAME_MAX) return 'name-long';
  if (others.includes(row.name)) return 'twice';
  switch (row.type) {
    case 'whole':
      return /^\s*[-+]?\d+\s*$/.test(row.value) && Number.isSafeInteger(Number(row.value)) ? null : 'whole';
    case 'double':
      return row.value.trim() !== '' && Number.isFinite(Number(row.value)) ? null : 'double';
    case 'structure':
      return structureOf(row.value) === null ? 'structure' : null;
    default:
      return null;
  }
}

function structureOf(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function documentValue({ type, value }: TableRow): unknown {
  switch (type) {
    case 'text':
      return value;
    case 'whole':
      return Number(value);
    case 'double':
      // A number with a fraction is a double by itself.
      return Number.isInteger(Number(value)) ? { double: Number(value) } : Number(value);
    case 'flag':
      return value === 'true';
    case 'nothing':
      return null;
    case 'structure':
      return structureOf(value);
  }
}

/** The document form of rows in which nothing is wrong. */
export const tableOf = (rows: readonly TableRow[]): TableDocument =>
  Object.fromEntries(rows.map((row) => [row.name, documentValue(row)]));
