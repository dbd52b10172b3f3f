// What a node holds at this moment, as tables that its kind declares (`sim-engine/world/inside.ts`): asked anew a few times a second
// while it is seen and the run goes. It knows no kind; what a cell is says how it is written.

import { useId, useState } from 'react';
import type { InsideCell, InsideSort, InsideTable } from '../../sim-engine/protocol/messages.ts';
import { printBytes } from '../../sim-engine/topology/units.ts';
import { say } from '../messages/say.ts';
import { worded } from '../messages/services.ts';
import { LetterLink } from '../store/LetterLink.tsx';
import { client } from '../store/lab.ts';
import { usePanels } from '../store/panels.ts';
import { useAsked } from '../store/use-asked.ts';
import { useNames } from '../store/use-names.ts';
import { count, durationText, figure, moment } from '../ui/format.ts';
import { spaced } from './facts.ts';
import '../ui/details.css';
import './inside.css';

const EVERY_MS = 250;
/** Rows of a table before somebody asks for the others. */
const ROWS_FIRST = 20;

/** Written at the right, so that one below the other they can be compared. */
const FIGURES: ReadonlySet<InsideSort> = new Set(['count', 'duration', 'moment', 'bytes', 'ratio']);

export function InsideView({ node }: { readonly node: string }) {
  // A panel of details covers it.
  const isCovered = usePanels(({ panel }) => panel !== null);
  const inside = useAsked(node, () => client.inside(node), isCovered ? Number.POSITIVE_INFINITY : EVERY_MS);
  if (inside === null) return null;
  if (inside.length === 0) return <p className="inspector-section inside-none">{worded('inside.nothing')}</p>;
  return inside.map((table) => <TableSection key={`${table.title} ${table.about} ${table.member}`} table={table} />);
}

function TableSection({ table }: { readonly table: InsideTable }) {
  const id = useId();
  const nameOfId = useNames();
  const [isOpen, setOpen] = useState(false);
  const { about, isFacts, member, none, rows, title, total } = table;
  const said = say(title);
  const named = about === undefined ? said : worded('inside.title.about', { title: said, name: nameOfId(about) });
  const shown = isOpen ? rows : rows.slice(0, ROWS_FIRST);
  return (
    <section className="inspector-section inside" aria-labelledby={id} data-inside={title}>
      <h3 id={id}>
        {member === undefined ? named : worded('inside.title.member', { title: named, member })}
        {!isFacts && total > 0 && <b>{howMany(shown.length, total)}</b>}
      </h3>
      {isFacts ? (
        <Facts table={table} />
      ) : total === 0 ? (
        <p className="inside-none">{say(none)}</p>
      ) : (
        <Rows table={table} rows={shown} headedBy={id} />
      )}
      {rows.length > ROWS_FIRST && (
        <button type="button" className="btn small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? worded('inside.fewer') : worded('inside.more', { count: count(rows.length) })}
        </button>
      )}
    </section>
  );
}

const howMany = (shown: number, total: number): string =>
  shown === total ? count(total) : worded('inside.count', { shown: count(shown), total: count(total) });

interface RowsProps {
  readonly table: InsideTable;
  readonly rows: InsideTable['rows'];
  /** Element id of the title. */
  readonly headedBy: string;
}

function Rows({ table: { columns }, rows, headedBy }: RowsProps) {
  return (
    <table className="rows" aria-labelledby={headedBy}>
      <thead>
        <tr>
          {columns.map(({ key, label, sort }) => (
            <th key={key} scope="col" className={classOf(sort)}>
              {say(label)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, ix) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place; whoever has the focus keeps it while rows move up.
          <tr key={ix}>
            {columns.map(({ key, sort }, at) => (
              <td key={key} className={classOf(sort)}>
                <Cell sort={sort} cell={row[at] ?? null} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const classOf = (sort: InsideSort): string | undefined => (FIGURES.has(sort) ? 'is-figure' : undefined);

function Facts({ table: { columns, rows } }: { readonly table: InsideTable }) {
  return (
    <dl className="inspector-gauges inside-facts">
      {columns.map(({ key, label, sort }, at) => (
        <div key={key} data-fact={key}>
          <dt>{say(label)}</dt>
          <dd>
            <Cell sort={sort} cell={rows[0]?.[at] ?? null} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Cell({ sort, cell }: { readonly sort: InsideSort; readonly cell: InsideCell }) {
  const nameOfId = useNames();
  if (cell === null) return worded('inside.dash');
  if (typeof cell === 'object') return <LetterLink row={cell} />;
  switch (sort) {
    case 'word':
      return say(String(cell));
    case 'node':
      return nameOfId(String(cell));
    case 'count':
      return count(Number(cell));
    case 'duration':
      return durationText(Number(cell));
    case 'moment':
      return moment(Number(cell));
    case 'bytes':
      return spaced(printBytes(Number(cell)));
    case 'ratio':
      return `${figure(Number(cell) * 100)} %`;
    default:
      return String(cell);
  }
}
