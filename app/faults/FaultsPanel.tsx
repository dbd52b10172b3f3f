// Everything that was done to the run, newest first. What was given here can be removed, as if it had never been: the run is played
// again without it up to this moment. What is still on can be ended instead.

import { RotateCcw, Trash2 } from 'lucide-react';
import { text } from '../messages/asked.ts';
import { wasWords } from '../store/fault-words.ts';
import { type FaultMark, inject, isEnd, oppositeOf, takeBack, useFaults } from '../store/faults.ts';
import { client } from '../store/lab.ts';
import { PanelFrame } from '../store/PanelFrame.tsx';
import { useAsked } from '../store/use-asked.ts';
import { useNames } from '../store/use-names.ts';
import { moment } from '../ui/format.ts';
import './faults.css';

export function FaultsPanel() {
  const name = useNames();
  const marks = useFaults((faults) => faults.marks);
  // Follows the run, so that what has ended meanwhile is no longer offered to be ended.
  const nowNs = useAsked('now', async () => client.status?.simTimeNs ?? 0) ?? client.status?.simTimeNs ?? 0;
  return (
    <PanelFrame label={text('faults.label')} title={text('faults.title')}>
      {marks.length === 0 && (
        <p className="details-empty">
          <b>{text('faults.none')}</b>
          <span>{text('faults.none.help')}</span>
        </p>
      )}
      {marks.length > 0 && <p className="details-section details-note">{text('faults.remove.help')}</p>}
      <ul className="faults" data-testid="faults">
        {marks
          .map((mark) => <Row key={`${mark.index} ${mark.atNs}`} mark={mark} what={wasWords(mark.command, name)} nowNs={nowNs} />)
          .reverse()}
      </ul>
    </PanelFrame>
  );
}

function Row({ mark, what, nowNs }: { mark: FaultMark; what: string; nowNs: number }) {
  const { atNs, endNs, command, index } = mark;
  const opposite = oppositeOf(command);
  const isOn = !isEnd(command) && atNs <= nowNs && (endNs === null || endNs > nowNs);
  const when =
    endNs === null
      ? isOn && opposite !== null
        ? text('faults.from', { from: moment(atNs) })
        : moment(atNs)
      : text('faults.from-to', { from: moment(atNs), to: moment(endNs) });
  return (
    <li>
      <div>
        <b>{what}</b>
        <span>{when}</span>
        {index === null && <span>{text('faults.scripted')}</span>}
      </div>
      {isOn && opposite !== null && (
        <button
          type="button"
          className="btn ghost only"
          aria-label={text('faults.end.label', { what })}
          title={text('faults.end.do')}
          onClick={() => inject(opposite)}
        >
          <RotateCcw size={15} strokeWidth={1.75} />
        </button>
      )}
      {index !== null && (
        <button
          type="button"
          className="btn ghost only"
          aria-label={text('faults.remove.label', { what })}
          title={text('faults.remove')}
          onClick={() => takeBack(mark)}
        >
          <Trash2 size={15} strokeWidth={1.75} />
        </button>
      )}
    </li>
  );
}
