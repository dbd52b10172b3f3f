// States over time as a line for each of whom they are: what was at work runs through, what stood still is a block. Below each line stands
// how long the last rebalance took and how long of that nothing was read. A table with the same follows it.

import type { Stretch, StretchLook } from '../../sim-engine/protocol/messages.ts';
import { type KafkaWord, kafkaText } from '../messages/kafka.ts';
import { durationText } from '../ui/format.ts';
import { inWindow, lastRebalance, spanNs } from './stretches.ts';
import './stretches.css';

const WIDTH = 320;
const HEIGHT = 26;
const BASE = 20;

interface StretchesProps {
  readonly stretches: readonly Stretch[];
  /** What it is all about, for who does not see it. */
  readonly name: string;
}

export function Stretches({ stretches, name }: StretchesProps) {
  const nowNs = stretches.reduce((latest, { untilNs }) => Math.max(latest, untilNs), 0);
  const span = spanNs(stretches, nowNs);
  const lanes = [...new Set(stretches.map(({ lane }) => lane))];
  const isOfGroup = lanes.length === 1 && lanes[0] === '';
  const looks = new Set(stretches.map(({ look }) => look));
  const word = (look: StretchLook) => kafkaText(isOfGroup ? (GROUP_WORDS[look] ?? WORDS[look]) : WORDS[look]);
  return (
    <div className="stretches">
      {lanes.map((lane) => {
        const own = stretches.filter((stretch) => stretch.lane === lane);
        return <Lane key={lane} lane={lane} stretches={own} nowNs={nowNs} span={span} name={lane === '' ? name : lane} />;
      })}
      <p className="stretches-axis" aria-hidden="true">
        <span>{kafkaText('time.from', { span: durationText(span) })}</span>
        <span>{kafkaText('time.now')}</span>
      </p>
      <ul className="stretches-legend" aria-hidden="true">
        {ORDER.filter((look) => looks.has(look)).map((look) => (
          <li key={look}>
            <svg width="22" height="14" viewBox={`0 ${HEIGHT - 20} 22 16`} aria-hidden="true">
              <Piece look={look} x={1} width={20} />
            </svg>
            {word(look)}
          </li>
        ))}
      </ul>
    </div>
  );
}

const ORDER: readonly StretchLook[] = ['on', 'idle', 'between', 'paused', 'off'];
const WORDS: Readonly<Record<StretchLook, KafkaWord>> = {
  on: 'time.on',
  idle: 'time.idle',
  between: 'time.between',
  paused: 'time.paused',
  off: 'time.off',
};
const GROUP_WORDS: { readonly [look in StretchLook]?: KafkaWord } = {
  on: 'time.group.on',
  between: 'time.group.between',
  off: 'time.group.off',
};

interface LaneProps extends StretchesProps {
  readonly lane: string;
  readonly nowNs: number;
  readonly span: number;
}

function Lane({ lane, stretches, nowNs, span, name }: LaneProps) {
  const last = lastRebalance(stretches);
  const summary =
    last === null
      ? kafkaText('time.none')
      : [
          kafkaText('time.last', { took: durationText(last.tookNs) }),
          ...(lane === ''
            ? []
            : [
                last.pausedNs > 0
                  ? kafkaText('time.stood-still', { time: durationText(last.pausedNs) })
                  : kafkaText('time.read-on'),
              ]),
          ...(last.isOver ? [] : [kafkaText('time.goes-on')]),
        ].join(', ');
  return (
    <figure className="stretch-lane">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={kafkaText('time.label', { name, summary })}
      >
        {inWindow(stretches, nowNs - span, nowNs).map(({ from, to, look }) => (
          <Piece key={from} look={look} x={from * WIDTH} width={Math.max(1.5, (to - from) * WIDTH)} />
        ))}
      </svg>
      <figcaption data-paused-ns={last?.pausedNs ?? ''} data-took-ns={last?.tookNs ?? ''}>
        {lane !== '' && <b>{lane}</b>}
        <span>{summary}</span>
      </figcaption>
    </figure>
  );
}

/** Told apart without colour: a line, a dashed one, an open block over the line, a full block in its place, dots. */
function Piece({ look, x, width }: { readonly look: StretchLook; readonly x: number; readonly width: number }) {
  const line = `M${x} ${BASE}h${width}`;
  switch (look) {
    case 'on':
      return <path className="is-on" d={line} />;
    case 'idle':
      return <path className="is-idle" d={line} />;
    case 'between':
      return (
        <>
          <path className="is-on" d={line} />
          <rect className="is-between" x={x} y={BASE - 11} width={width} height="8" />
        </>
      );
    case 'paused':
      return <rect className="is-paused" x={x} y={BASE - 13} width={width} height="14" />;
    default:
      return <path className="is-off" d={line} />;
  }
}
