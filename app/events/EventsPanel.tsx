// What has happened in the run, in words, newest first; above it what the drawing probably lacks, and what was lost and why.

import { TriangleAlert } from 'lucide-react';
import { text } from '../messages/asked.ts';
import { say } from '../messages/say.ts';
import { namesIn } from '../store/drawing.ts';
import { wasWords } from '../store/fault-words.ts';
import { type Act, useFaults } from '../store/faults.ts';
import { client, present, select, useLab } from '../store/lab.ts';
import { PanelFrame } from '../store/PanelFrame.tsx';
import { openPanel } from '../store/panels.ts';
import { useTroubles } from '../store/troubles.ts';
import { useAsked } from '../store/use-asked.ts';
import { useNames } from '../store/use-names.ts';
import { count, moment } from '../ui/format.ts';
import './events.css';

/** Acts of which the engine says nothing by itself. */
const QUIET: ReadonlySet<string> = new Set(['delay', 'lose', 'poison', 'burst', 'redrive'] satisfies Act['type'][]);

/** By name, numbers by their size: Queue 2 before Queue 10. */
const collator = new Intl.Collator('en', { numeric: true });

export function EventsPanel() {
  const drawing = useLab(present);
  const troubles = useTroubles((all) => all.of);
  const notices = useAsked('notices', () => client.notices());
  const lost = useAsked('lost', () => client.letters({ of: 'lost', from: 0 }));
  const marks = useFaults((faults) => faults.marks);
  const name = useNames();
  const inOrder = [...troubles].sort(([a], [b]) => collator.compare(name(a), name(b)));
  const nowNs = client.status?.simTimeNs ?? 0;
  const told = notices?.map(({ atNs, key, values }) => ({ atNs, words: say(key, namesIn(drawing, values)) })) ?? [];
  // The engine has no word for these; what was done is an event all the same.
  const done = marks.filter(({ command, atNs }) => QUIET.has(command.type) && atNs <= nowNs);
  const events = [...told, ...done.map(({ atNs, command }) => ({ atNs, words: `${wasWords(command, name)}.` }))].sort(
    (a, b) => b.atNs - a.atNs,
  );
  return (
    <PanelFrame label={text('events.label')} title={text('panel.events')}>
      <div className="details-section">
        <h3>{text('events.problems')}</h3>
        {troubles.size === 0 && <p className="details-note">{text('events.problems.none')}</p>}
        <ul className="events" data-testid="drawing-problems">
          {inOrder.map(([id, { sentence, remedy }]) => (
            <li key={id}>
              <TriangleAlert size={14} strokeWidth={1.75} />
              <button type="button" className="letter-link" onClick={() => select([id])}>
                {sentence}
              </button>
              <span>{remedy}</span>
            </li>
          ))}
        </ul>
      </div>
      {lost !== null && lost.total > 0 && (
        <div className="details-section">
          <h3>{text('events.lost')}</h3>
          <ul className="events" data-testid="events-lost">
            {lost.counts.map(({ where, reason, count: number }) => (
              <li key={`${where} ${reason}`}>
                <b className="events-lost-count">{count(number)}</b>
                <button type="button" className="letter-link" onClick={() => openPanel({ kind: 'letters', of: 'lost' })}>
                  {text('events.lost.at', { where: name(where), reason: say(`reason.${reason}`) })}
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
      <div className="details-section">
        <h3>{text('events.run')}</h3>
        {notices !== null && events.length === 0 && <p className="details-note">{text('events.none')}</p>}
        <ol className="events" data-testid="events">
          {events.map(({ atNs, words }, ix) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one event may happen twice at a time.
            <li key={ix}>
              <time>{moment(atNs)}</time>
              <p>{words}</p>
            </li>
          ))}
        </ol>
      </div>
    </PanelFrame>
  );
}
