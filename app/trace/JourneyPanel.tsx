// The journey of one letter as a list: what happened to it, where and when, as far as the trace remembers.

import { text } from '../messages/asked.ts';
import { say } from '../messages/say.ts';
import { letterName } from '../store/fault-words.ts';
import { client } from '../store/lab.ts';
import { PanelFrame } from '../store/PanelFrame.tsx';
import type { Panel } from '../store/panels.ts';
import { useAsked } from '../store/use-asked.ts';
import { useNames } from '../store/use-names.ts';
import { durationText, moment } from '../ui/format.ts';
import { Seal, type SealName } from '../ui/Seal.tsx';
import './trace.css';

/** The state in which a stop leaves a letter; others leave it as it was. */
const SEALS = new Map<string, SealName>([
  ['journey.sent', 'wire'],
  ['journey.accepted', 'waiting'],
  ['journey.waiting', 'waiting'],
  ['journey.returned', 'waiting'],
  ['journey.redriven', 'waiting'],
  ['journey.delivered', 'wire'],
  ['journey.begun', 'work'],
  ['journey.failed', 'retry'],
  ['journey.delayed', 'retry'],
  ['journey.processed', 'done'],
  ['journey.dead-lettered', 'dead'],
  ['journey.lost', 'lost'],
  ['journey.dropped', 'lost'],
  ['journey.expired', 'expired'],
  ['journey.refused', 'turned-away'],
  ['journey.unroutable', 'turned-away'],
]);

export function JourneyPanel({ sender, number }: Extract<Panel, { kind: 'journey' }>) {
  const nameOfId = useNames();
  const entries = useAsked(`${sender} ${number}`, () => client.journey(sender, number));
  const letter = letterName({ sender, number }, nameOfId);
  const state = entries?.findLast(({ what }) => SEALS.has(what));
  const first = entries?.[0];
  return (
    <PanelFrame
      label={text('journey.label', { letter })}
      title={letter}
      sub={state === undefined ? undefined : say(state.what)}
      seal={<Seal name={SEALS.get(state?.what ?? '') ?? 'sent'} size={22} />}
    >
      {entries !== null && first === undefined && <p className="details-section details-note">{text('journey.none')}</p>}
      {entries !== null && first !== undefined && (
        <div className="details-section">
          {first.what !== 'journey.sent' && <p className="details-note">{text('journey.forgotten')}</p>}
          <ol className="journey" data-testid="journey">
            {entries.map(({ atNs, what, where, attempt, reason }, ix) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a journey only grows at its end.
              <li key={ix}>
                <time>{ix === 0 ? moment(atNs) : text('journey.later', { time: durationText(atNs - first.atNs) })}</time>
                <i aria-hidden="true">{ix + 1}</i>
                <span>
                  <b>{nameOfId(where)}</b>
                  <span>
                    {say(what)}
                    {reason !== 'none' && <>: {say(`reason.${reason}`)}</>}
                    {attempt > 0 && what !== 'journey.sent' && <>, {text('journey.try', { attempt })}</>}
                  </span>
                </span>
              </li>
            ))}
          </ol>
        </div>
      )}
    </PanelFrame>
  );
}
