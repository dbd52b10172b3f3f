// What a node holds at this moment, as tables that its kind declares (`sim-engine/world/inside.ts`): asked anew a few times a second
// while it is seen and the run goes. It knows no kind; what a cell is says how it is written. What lies in a row is opened in its place.

import { ArrowLeft } from 'lucide-react';
import { createContext, lazy, Suspense, useContext, useEffect, useId, useRef, useState } from 'react';
import type { InsideCell, InsideSort, InsideTable } from '../../sim-engine/protocol/messages.ts';
import { kafkaText } from '../messages/kafka.ts';
import { say } from '../messages/say.ts';
import { worded } from '../messages/services.ts';
import { LetterLink } from '../store/LetterLink.tsx';
import { client } from '../store/lab.ts';
import { usePanels } from '../store/panels.ts';
import { useAsked } from '../store/use-asked.ts';
import { useNames } from '../store/use-names.ts';
import { bytesText } from '../ui/bytes.ts';
import { count, durationText, figure, moment } from '../ui/format.ts';
import '../ui/details.css';
import './inside.css';

const Stretches = lazy(async () => ({ default: (await import('./Stretches.tsx')).Stretches }));

const EVERY_MS = 250;
/** Rows of a table before somebody asks for the others. */
const ROWS_FIRST = 20;

/** Written at the right, so that one below the other they can be compared. */
const FIGURES: ReadonlySet<InsideSort> = new Set(['count', 'duration', 'moment', 'bytes', 'ratio', 'detail']);

/** Asks for what lies in something that a table names. */
const Opening = createContext<(detail: string) => void>(() => undefined);

export function InsideView({ node }: { readonly node: string }) {
  const [detail, open] = useState('');
  const back = useRef<HTMLButtonElement>(null);
  const isOpen = detail !== '';
  // What was pressed is gone with the table it stood in.
  useEffect(() => {
    if (isOpen) back.current?.focus();
  }, [isOpen]);
  // A panel of details covers it.
  const isCovered = usePanels(({ panel }) => panel !== null);
  const topic = `${node}\n${detail}`;
  const inside = useAsked(topic, () => client.inside(node, detail), isCovered ? Number.POSITIVE_INFINITY : EVERY_MS);
  return (
    <Opening value={open}>
      {isOpen && (
        <div className="inspector-section inside-back">
          <button ref={back} type="button" className="btn small" onClick={() => open('')}>
            <ArrowLeft size={14} strokeWidth={1.75} />
            {kafkaText('records.back')}
          </button>
        </div>
      )}
      {inside !== null && inside.length === 0 && (
        <p className="inspector-section inside-none">{isOpen ? kafkaText('records.gone') : worded('inside.nothing')}</p>
      )}
      {inside?.map((table) => (
        <TableSection key={`${table.title} ${table.about} ${table.member} ${table.number}`} table={table} detail={detail} />
      ))}
    </Opening>
  );
}

function TableSection({ table, detail }: { readonly table: InsideTable; readonly detail: string }) {
  const id = useId();
  const nameOfId = useNames();
  const [isOpen, setOpen] = useState(false);
  const { about, isFacts, member, none, number, rows, stretches, title, total } = table;
  const said = number === undefined ? say(title) : worded('inside.title.about', { title: say(title), name: number });
  const named = about === undefined ? said : worded('inside.title.about', { title: said, name: nameOfId(about) });
  const shown = isOpen ? rows : rows.slice(0, ROWS_FIRST);
  return (
    <section className="inspector-section inside" aria-labelledby={id} data-inside={title}>
      <h3 id={id}>
        {member === undefined ? named : worded('inside.title.member', { title: named, member })}
        {!isFacts && total > 0 && <b>{howMany(shown.length, total)}</b>}
      </h3>
      {stretches !== undefined && stretches.length > 0 && (
        <Suspense>
          <Stretches stretches={stretches} name={named} />
        </Suspense>
      )}
      {isFacts ? (
        <Facts table={table} />
      ) : total === 0 ? (
        <p className="inside-none">{say(none)}</p>
      ) : (
        <Rows table={table} rows={shown} headedBy={id} />
      )}
      <Pages table={table} detail={detail} />
      {rows.length > ROWS_FIRST && (
        <button type="button" className="btn small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? worded('inside.fewer') : worded('inside.more', { count: count(rows.length) })}
        </button>
      )}
    </section>
  );
}

/** The way to what stands before and after these rows. */
function Pages({ table: { earlier, later }, detail }: { readonly table: InsideTable; readonly detail: string }) {
  const open = useContext(Opening);
  const [what] = detail.split('@');
  if (detail === '' || (earlier === undefined && later === undefined)) return null;
  return (
    <div className="inside-pages">
      <button type="button" className="btn small" disabled={earlier === undefined} onClick={() => open(earlier ?? detail)}>
        {kafkaText('records.earlier')}
      </button>
      <button type="button" className="btn small" disabled={later === undefined} onClick={() => open(later ?? detail)}>
        {kafkaText('records.later')}
      </button>
      <button type="button" className="btn small" aria-pressed={detail === what} onClick={() => open(what ?? detail)}>
        {kafkaText('records.newest')}
      </button>
    </div>
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

const classOf = (sort: InsideSort): string | undefined =>
  FIGURES.has(sort) ? 'is-figure' : sort === 'word' ? 'is-word' : sort === 'text' || sort === 'node' ? 'is-text' : undefined;

function OpenDetail({ number }: { readonly number: number }) {
  const open = useContext(Opening);
  return (
    <button
      type="button"
      className="letter-link"
      aria-label={kafkaText('records.open', { number })}
      onClick={() => open(String(number))}
    >
      {number}
    </button>
  );
}

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
      return String(cell).split(' ').map(nameOfId).join(', ');
    case 'detail':
      return <OpenDetail number={Number(cell)} />;
    case 'count':
      return count(Number(cell));
    case 'duration':
      return durationText(Number(cell));
    case 'moment':
      return moment(Number(cell));
    case 'bytes':
      return bytesText(Number(cell));
    case 'ratio':
      return `${figure(Number(cell) * 100)} %`;
    default:
      return String(cell);
  }
}
