// Dead letters: each with its reason, its attempts, its age and what it holds; one, some or all of them can be sent back.

import { Undo2 } from 'lucide-react';
import { useState } from 'react';
import { nodeKind } from '../../sim-engine/nodes/declarations.ts';
import type { LetterRow } from '../../sim-engine/protocol/messages.ts';
import { text } from '../messages/asked.ts';
import { say } from '../messages/say.ts';
import { topologyOf } from '../store/drawing.ts';
import { letterName } from '../store/fault-words.ts';
import { inject } from '../store/faults.ts';
import { LetterLink } from '../store/LetterLink.tsx';
import { client, present, useLab } from '../store/lab.ts';
import { PanelFrame } from '../store/PanelFrame.tsx';
import type { Panel } from '../store/panels.ts';
import { useAsked } from '../store/use-asked.ts';
import { useNames } from '../store/use-names.ts';
import { count, durationText } from '../ui/format.ts';
import { Seal } from '../ui/Seal.tsx';
import { Pages } from './Pages.tsx';
import './trace.css';

const nameOfRow = ({ where, sender, number }: LetterRow): string => `${where} ${sender} ${number}`;

export function DeadPanel({ node }: Extract<Panel, { kind: 'dead' }>) {
  const nameOfId = useNames();
  const [from, setFrom] = useState(0);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  // Sent back, but still there: a run that stands still carries it out as soon as it goes on.
  const [asked, setAsked] = useState<ReadonlySet<string>>(new Set());
  // A redrive changes the run at its next moment: asked anew with every command.
  const commandCount = useLab((lab) => lab.commandCount);
  const letters = useAsked(`${node ?? ''} ${from} ${commandCount}`, () =>
    client.letters({ of: 'dead', from, ...(node === undefined ? {} : { node }) }),
  );
  const [{ latest, at }, setShown] = useState({ latest: letters, at: from });
  const isRunning = useLab((lab) => lab.isRunning);
  if (letters !== null && letters !== latest) {
    setShown({ latest: letters, at: from });
    // Gone now; should it come back, it can be asked for again.
    const there = new Set(letters.rows.map(nameOfRow));
    if (asked.size > 0) setAsked(new Set(isRunning ? [] : [...asked].filter((name) => there.has(name))));
  }
  const queues = useLab((lab) => queuesOf(present(lab), node));
  const title = node === undefined ? text('dead.title') : text('dead.title.of', { name: nameOfId(node) });
  if (latest === null) {
    return (
      <PanelFrame label={title} title={title} seal={<Seal name="dead" size={22} />}>
        {null}
      </PanelFrame>
    );
  }
  const { rows, listed, total } = latest;
  // What was sent back meanwhile may leave this page empty.
  if (rows.length === 0 && at > 0 && at === from) setFrom(0);
  const chosen = rows.filter((row) => marked.has(nameOfRow(row)));
  const redrive = (those: readonly LetterRow[]) => {
    for (const { where, sender, number } of those) inject({ type: 'redrive', node: where, message: { sender, number } });
    setAsked(new Set([...asked, ...those.map(nameOfRow)]));
    setMarked(new Set([...marked].filter((name) => !those.some((row) => nameOfRow(row) === name))));
  };
  const mark = (row: LetterRow, isMarked: boolean) => {
    const next = new Set(marked);
    if (isMarked) next.add(nameOfRow(row));
    else next.delete(nameOfRow(row));
    setMarked(next);
  };
  const sub = total === 0 ? undefined : text('letters.count', { count: count(total) });
  return (
    <PanelFrame label={title} title={title} sub={sub} seal={<Seal name="dead" size={22} />}>
      {total === 0 && (
        <p className="details-empty">
          <b>{text('dead.none')}</b>
          <span>{text('dead.none.help')}</span>
        </p>
      )}
      {total > 0 && (
        <>
          <div className="details-section details-acts" title={text('dead.redrive.help')}>
            <button
              type="button"
              className="btn small"
              onClick={() => {
                for (const id of queues.split(' ')) inject({ type: 'redrive', node: id });
                setAsked(new Set(rows.map(nameOfRow)));
              }}
            >
              <Undo2 size={14} strokeWidth={1.75} />
              {text('dead.redrive.all')}
            </button>
            {chosen.length > 0 && (
              <button type="button" className="btn small" onClick={() => redrive(chosen)}>
                <Undo2 size={14} strokeWidth={1.75} />
                {text('dead.redrive.marked', { count: chosen.length })}
              </button>
            )}
          </div>
          <ul className="dead-letters" data-testid="dead-letters">
            {rows.map((row) => (
              <DeadLetter
                key={nameOfRow(row)}
                row={row}
                isMarked={marked.has(nameOfRow(row))}
                onMark={(isMarked) => mark(row, isMarked)}
                isAsked={asked.has(nameOfRow(row))}
                onRedrive={() => redrive([row])}
              />
            ))}
          </ul>
          <div className="dead-pages">
            <Pages from={at} shown={rows.length} listed={listed} total={total} onPage={setFrom} />
          </div>
        </>
      )}
    </PanelFrame>
  );
}

/** The dead-letter queues in question, ids with blanks between: a text is the same as the one before when nothing changed. */
function queuesOf(drawing: ReturnType<typeof present>, node: string | undefined): string {
  if (node !== undefined || drawing === null) return node ?? '';
  const keeps = (kind: string) => nodeKind(kind)?.ports.some((port) => port.type === 'dead-letters') === true;
  return topologyOf(drawing)
    .nodes.filter(({ kind }) => keeps(kind))
    .map(({ id }) => id)
    .join(' ');
}

interface DeadLetterProps {
  readonly row: LetterRow;
  readonly isMarked: boolean;
  readonly isAsked: boolean;
  readonly onMark: (isMarked: boolean) => void;
  readonly onRedrive: () => void;
}

function DeadLetter({ row, isMarked, isAsked, onMark, onRedrive }: DeadLetterProps) {
  const letter = letterName(row, useNames());
  const nowNs = client.status?.simTimeNs ?? 0;
  const { attempts, sizeBytes, key, isPoison, sentNs, sinceNs, reason } = row;
  const size = count(sizeBytes);
  const facts = [
    attempts === 1 ? text('dead.tries.one') : text('dead.tries', { count: count(attempts) }),
    ...(sentNs === null ? [] : [text('dead.age', { time: durationText(Math.max(0, nowNs - sentNs)) })]),
    ...(sinceNs === null ? [] : [text('dead.since', { time: durationText(Math.max(0, nowNs - sinceNs)) })]),
  ];
  return (
    <li>
      <label className="dead-mark">
        <span className="unseen">{text('dead.mark', { letter })}</span>
        <input type="checkbox" checked={isMarked} onChange={(event) => onMark(event.target.checked)} />
      </label>
      <div>
        <LetterLink row={row} />
        <p>{say(`reason.${reason}`)}</p>
        <p className="dead-facts">{facts.join(' · ')}</p>
        <p className="dead-body mono">
          {key === null ? text('dead.body.no-key', { size }) : text('dead.body', { size, key })}
          {isPoison && <>; {text('dead.poison')}</>}
        </p>
      </div>
      {isAsked ? (
        <span className="dead-asked" title={text('dead.redrive.asked.help')}>
          {text('dead.redrive.asked')}
        </span>
      ) : (
        <button type="button" className="btn small" aria-label={text('dead.redrive.one.label', { letter })} onClick={onRedrive}>
          {text('dead.redrive.one')}
        </button>
      )}
    </li>
  );
}
