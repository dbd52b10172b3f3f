// What has happened in the run, in words, newest first; above it what the drawing probably lacks.

import { TriangleAlert } from 'lucide-react';
import { say, text } from '../messages/text.ts';
import { namesIn } from '../store/drawing.ts';
import { client, present, select, useLab } from '../store/lab.ts';
import { PanelFrame } from '../store/PanelFrame.tsx';
import { useTroubles } from '../store/troubles.ts';
import { useAsked } from '../store/use-asked.ts';
import { moment } from '../ui/format.ts';
import './events.css';

export function EventsPanel() {
  const drawing = useLab(present);
  const troubles = useTroubles((all) => all.of);
  const notices = useAsked('notices', () => client.notices());
  return (
    <PanelFrame label={text('events.label')} title={text('panel.events')}>
      <div className="details-section">
        <h3>{text('events.problems')}</h3>
        {troubles.size === 0 && <p className="details-note">{text('events.problems.none')}</p>}
        <ul className="events" data-testid="drawing-problems">
          {[...troubles].map(([id, { sentence, remedy }]) => (
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
      <div className="details-section">
        <h3>{text('events.run')}</h3>
        {notices?.length === 0 && <p className="details-note">{text('events.none')}</p>}
        <ol className="events" data-testid="events">
          {notices
            ?.map(({ atNs, key, values }, ix) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: notices only come to the end; those that go were first.
              <li key={ix}>
                <time>{moment(atNs)}</time>
                <p>{say(key, namesIn(drawing, values))}</p>
              </li>
            ))
            .reverse()}
        </ol>
      </div>
    </PanelFrame>
  );
}
