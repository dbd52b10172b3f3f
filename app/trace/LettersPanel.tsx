// The letters of one class of the ledger at this moment: who sent them, how often they were tried, where they are and since when.
// Of classes in which letters have ended: how many where and why, and the latest that are still remembered.

import { useState } from 'react';
import type { LetterClass, LetterRow, Letters } from '../../sim-engine/protocol/messages.ts';
import { text } from '../messages/asked.ts';
import { say } from '../messages/say.ts';
import { SEAL_OF } from '../store/class-seals.ts';
import { LetterLink } from '../store/LetterLink.tsx';
import { client } from '../store/lab.ts';
import { PanelFrame } from '../store/PanelFrame.tsx';
import type { Panel } from '../store/panels.ts';
import { useAsked } from '../store/use-asked.ts';
import { useNames } from '../store/use-names.ts';
import { count, durationText, moment } from '../ui/format.ts';
import { Seal } from '../ui/Seal.tsx';
import { PAGE, Pages } from './Pages.tsx';
import './trace.css';

const OPEN: ReadonlySet<LetterClass> = new Set(['wire', 'waiting', 'work', 'retry', 'dead']);

export function LettersPanel({ of, book }: Extract<Panel, { kind: 'letters' }>) {
  const [from, setFrom] = useState(0);
  const topic = `${of} ${book ?? ''} ${from}`;
  const answer = useAsked(topic, () => client.letters({ of, from, ...(book === undefined ? {} : { book }) }));
  // Until the next page is there the one before stays, and with it the button that has the focus.
  const [{ letters, at }, setShown] = useState({ letters: answer, at: from });
  if (answer !== null && answer !== letters) setShown({ letters: answer, at: from });
  const isOpen = OPEN.has(of);
  const title = text(`ledger.${of}`);
  const sub =
    letters === null ? undefined : text(isOpen ? 'letters.count' : 'letters.count.ended', { count: count(letters.total) });
  return (
    <PanelFrame
      label={text('letters.label', { class: title })}
      title={title}
      sub={sub}
      seal={<Seal name={SEAL_OF[of]} size={22} />}
    >
      <p className="details-section details-note">{text(`ledger.${of}.help`)}.</p>
      {letters === null ? null : isOpen ? (
        <OpenLetters letters={letters} from={at} onPage={setFrom} />
      ) : (
        <EndedLetters letters={letters} from={at} onPage={setFrom} hasReasons={of !== 'done' && of !== 'accepted'} />
      )}
    </PanelFrame>
  );
}

interface LettersProps {
  readonly letters: Letters;
  readonly from: number;
  readonly onPage: (from: number) => void;
}

function OpenLetters({ letters: { rows, listed, total }, from, onPage }: LettersProps) {
  if (total === 0) return <p className="details-section details-note">{text('letters.none')}</p>;
  const isMoreHidden = from + rows.length < Math.min(from + PAGE, listed);
  return (
    <div className="details-section">
      <Rows rows={rows} />
      {isMoreHidden && (
        <p className="details-note">
          {text('letters.instant', { count: count(Math.min(from + PAGE, listed) - from - rows.length) })}
        </p>
      )}
      <Pages from={from} shown={rows.length} listed={listed} total={total} onPage={onPage} />
    </div>
  );
}

function EndedLetters({ letters, from, onPage, hasReasons }: LettersProps & { readonly hasReasons: boolean }) {
  const { rows, listed, total, counts } = letters;
  const nameOfId = useNames();
  if (total === 0) return <p className="details-section details-note">{text('letters.none.ended')}</p>;
  return (
    <>
      <div className="details-section">
        <h3>{text(hasReasons ? 'letters.why' : 'letters.where')}</h3>
        <table className="rows" data-testid="letter-counts">
          <tbody>
            {counts.map(({ where, reason, count: number }) => (
              <tr key={`${where} ${reason}`}>
                <td>
                  {nameOfId(where)}
                  {hasReasons && <small>{say(`reason.${reason}`)}</small>}
                </td>
                <td className="is-figure">
                  <b>{count(number)}</b>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="details-section">
        <h3>{text('letters.latest')}</h3>
        {rows.length === 0 ? <p className="details-note">{text('letters.forgotten')}</p> : <Rows rows={rows} isEnded />}
        <Pages from={from} shown={rows.length} listed={listed} total={total} onPage={onPage} isEnded />
      </div>
    </>
  );
}

function Rows({ rows, isEnded = false }: { rows: readonly LetterRow[]; isEnded?: boolean }) {
  const nameOfId = useNames();
  const nowNs = client.status?.simTimeNs ?? 0;
  return (
    <table className="rows" data-testid="letters">
      <thead>
        <tr>
          <th scope="col">{text('letters.column.letter')}</th>
          <th scope="col" className="is-figure">
            {text('letters.column.tries')}
          </th>
          <th scope="col">{text('letters.column.where')}</th>
          <th scope="col" className="is-figure">
            {text(isEnded ? 'letters.column.at' : 'letters.column.since')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row, ix) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a message that is owed twice stands here twice.
          <tr key={`${row.sender} ${row.number} ${row.where} ${ix}`}>
            <td>
              <LetterLink row={row} />
              {!isEnded && row.key !== null && (
                <small>
                  {text('letters.column.key')} {row.key}
                </small>
              )}
            </td>
            <td className="is-figure">{row.attempts === 0 ? text('letters.unknown') : row.attempts}</td>
            <td className="is-where" title={nameOfId(row.where)}>
              {nameOfId(row.where)}
            </td>
            <td className="is-figure">{sinceWords(row, nowNs, isEnded)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function sinceWords({ sinceNs }: LetterRow, nowNs: number, isEnded: boolean): string {
  if (sinceNs === null) return text('letters.unknown');
  return isEnded ? moment(sinceNs) : durationText(Math.max(0, nowNs - sinceNs));
}
