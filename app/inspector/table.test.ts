import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldsOfWire } from '../../sim-engine/nodes/declarations.ts';
import type { TableField } from '../../sim-engine/nodes/fields.ts';
import { parseParam } from '../../sim-engine/topology/params.ts';
import { faultOf, rowsOf, TABLE_TYPES, type TableRow, tableOf, withType } from './table.ts';

const HEADERS = fieldsOfWire('binding').arguments as TableField;
const row = (name: string, type: TableRow['type'], value: string): TableRow => ({ name, type, value });

describe('a table as rows', () => {
  test('tells a whole number from a double that says the same', () => {
    const table = { copies: 2, weight: { double: 2 }, share: 0.5, large: true, there: null, size: 'large', tags: ['a'] };
    expect(rowsOf(table)).toEqual([
      row('copies', 'whole', '2'),
      row('weight', 'double', '2'),
      row('share', 'double', '0.5'),
      row('large', 'flag', 'true'),
      row('there', 'nothing', ''),
      row('size', 'text', 'large'),
      row('tags', 'structure', '["a"]'),
    ]);
    expect(tableOf(rowsOf(table))).toEqual(table);
  });

  test('comes back the same from rows, whatever a document holds', () => {
    const value = fc.oneof(
      fc.constant(null),
      fc.boolean(),
      fc.string(),
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true, noInteger: true }),
      fc.integer().map((double) => ({ double })),
      fc.array(fc.jsonValue()),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), value), (table) => {
        const rows = rowsOf(table);
        const back = tableOf(rows);
        expect(JSON.stringify(back)).toBe(JSON.stringify(table));
        expect(parseParam(HEADERS, back, []).ok).toBe(Object.keys(table).length <= 50);
        for (const each of rows) expect(faultOf(each, [])).toBeNull();
      }),
    );
  });

  test('in another type keeps what has a meaning there, and is always right', () => {
    expect(withType(row('n', 'text', '12.7'), 'whole')).toEqual(row('n', 'whole', '12'));
    expect(withType(row('n', 'text', 'large'), 'whole')).toEqual(row('n', 'whole', '0'));
    expect(withType(row('n', 'flag', 'true'), 'text')).toEqual(row('n', 'text', 'true'));
    for (const from of TABLE_TYPES) {
      for (const to of TABLE_TYPES) expect(faultOf(withType(withType(row('n', 'text', 'x'), from), to), [])).toBeNull();
    }
  });

  test.each([
    [row('', 'text', 'x'), 'name'],
    [row('x'.repeat(256), 'text', ''), 'name-long'],
    [row('size', 'text', 'x'), 'twice'],
    [row('n', 'whole', '1.5'), 'whole'],
    [row('n', 'whole', '9007199254740993'), 'whole'],
    [row('n', 'double', 'wide'), 'double'],
    [row('n', 'double', ''), 'double'],
    [row('n', 'structure', '[1,'), 'structure'],
    [row('n', 'structure', '12'), 'structure'],
    [row('n', 'structure', 'null'), 'structure'],
    [row('n', 'text', ''), null],
  ] as const)('names what is wrong with %j: %s', (wrong, fault) => {
    expect(faultOf(wrong, ['size'])).toBe(fault);
  });
});
