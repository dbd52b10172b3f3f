// What no dashboard of a real broker knows: effects done twice, effects missed, order broken, work for nothing. Stands apart from
// the books and says so.

import { Eye } from 'lucide-react';
import { FRAME } from '../../sim-engine/protocol/frame.ts';
import { text } from '../messages/asked.ts';
import { LiveDuration, LiveText } from '../store/LiveText.tsx';
import { count } from '../ui/format.ts';
import './events.css';

const FIGURES = [
  ['duplicates', FRAME.DUP_EFFECTS],
  ['missed', FRAME.MISSED_EFFECTS],
  ['order', FRAME.ORDER_BREAKS],
] as const;

export function OracleRow() {
  return (
    <section className="oracle" aria-label={text('oracle.label')} data-testid="oracle">
      <p className="oracle-title" title={text('oracle.help')}>
        <Eye size={16} strokeWidth={1.75} />
        <span>
          <b>{text('oracle.title')}</b>
          <em>{text('oracle.help')}</em>
        </span>
      </p>
      <dl>
        {FIGURES.map(([name, at]) => (
          <div key={name} title={text(`oracle.${name}.help`)} data-oracle={name}>
            <dd>
              <LiveText read={(frame) => count(frame[at] as number)} />
            </dd>
            <dt>{text(`oracle.${name}`)}</dt>
          </div>
        ))}
        <div title={text('oracle.wasted.help')} data-oracle="wasted">
          <dd>
            <LiveDuration read={(frame) => frame[FRAME.WASTED_WORK_NS] as number} />
          </dd>
          <dt>{text('oracle.wasted')}</dt>
        </div>
      </dl>
    </section>
  );
}
