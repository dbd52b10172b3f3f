// The still part of a lane: axis and grid of a Recharts chart, in whose plot the live lines are drawn by reference. Recharts renders
// when the axis takes another step, and when the run is paused: then it is handed the real rows, and a tooltip reads them.

import { memo, useEffect, useRef } from 'react';
import { CartesianGrid, Line, LineChart, Tooltip, usePlotArea, XAxis, YAxis } from 'recharts';
import { text } from '../messages/asked.ts';
import type { Axis, Plot } from './lane-lines.ts';
import type { Lane } from './lanes.ts';

/** A row as Recharts reads it: seconds from the left edge of the window, and a number for each series. */
export type Row = { readonly at: number } & { readonly [series: string]: number };

export interface LaneFrameProps {
  readonly lane: Lane;
  readonly width: number;
  readonly height: number;
  readonly axis: Axis;
  readonly ticks: readonly number[];
  readonly windowS: number;
  /** Rows while the run is paused; null while it plays. */
  readonly rows: readonly Row[] | null;
  readonly left: number;
  readonly right: number;
  readonly tickText: (value: number) => string;
  readonly valueText: (value: number) => string;
  readonly timeText: (at: number) => string;
  /** Told where the live lines are to be drawn. */
  readonly onPlot: (group: SVGGElement | null, plot: Plot) => void;
}

/** Two rows without values: enough for axes and grid. */
const STUB = [{ at: 0 }, { at: 1 }];
const READING_HEIGHT = 26;
const TICK = { fill: 'var(--ink-3)', fontSize: 11 };

export const LaneFrame = memo(function LaneFrame(props: LaneFrameProps) {
  const chart = useRef<HTMLDivElement>(null);
  useOutOfTabOrder(chart);
  return (
    <div ref={chart}>
      <Frame {...props} />
    </div>
  );
});

/**
 * Recharts draws its layers through portals, and React listens for focus on the element of every portal. In Chromium that alone
 * makes a `g` a stop of the Tab key, one without a name; a tabindex of its own takes it out again.
 */
function useOutOfTabOrder(chart: React.RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = chart.current;
    if (element === null) return;
    const takeOut = () => {
      for (const layer of element.querySelectorAll('svg g:not([tabindex])[class*="zIndex"]'))
        layer.setAttribute('tabindex', '-1');
    };
    takeOut();
    const observer = new MutationObserver(takeOut);
    observer.observe(element, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [chart]);
}

function Frame(props: LaneFrameProps) {
  const { lane, width, height, axis, ticks, windowS, rows, left, right, tickText } = props;
  return (
    <LineChart
      width={width}
      height={height}
      data={(rows ?? STUB) as Row[]}
      margin={{ top: 6, right, bottom: 6, left: 0 }}
      syncId="lanes"
      accessibilityLayer={false}
    >
      <CartesianGrid vertical={false} stroke="var(--line)" strokeDasharray="1 3" />
      <XAxis dataKey="at" type="number" domain={[0, windowS]} allowDataOverflow hide />
      <YAxis
        width={left}
        type="number"
        domain={[axis.low, axis.high]}
        scale={lane.look === 'lines' ? 'log' : 'linear'}
        ticks={[...ticks]}
        interval={0}
        allowDataOverflow
        axisLine={false}
        tickLine={false}
        tick={TICK}
        tickFormatter={tickText}
      />
      {rows !== null && (
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: 'var(--ink-3)', strokeDasharray: '2 3' }}
          position={{ y: (height - READING_HEIGHT) / 2 }}
          offset={14}
          content={({ active, payload }) => (active ? <Reading row={payload[0]?.payload as Row | undefined} {...props} /> : null)}
        />
      )}
      <LiveLines lane={lane} onPlot={props.onPlot} />
      {rows !== null &&
        lane.series.map(({ series }) => (
          <Line key={series} dataKey={series} stroke="none" dot={false} activeDot={false} isAnimationActive={false} />
        ))}
    </LineChart>
  );
}

/** What the run was at the moment under the pointer, in one line, so that the readings of all lanes can stand above each other. */
function Reading({ row, lane, valueText, timeText }: LaneFrameProps & { row: Row | undefined }) {
  if (row === undefined) return null;
  const series = lane.look === 'stack' ? [...lane.series].reverse() : lane.series;
  return (
    <p className="lane-reading">
      <span>{timeText(row.at)}</span>
      {series.map(({ series: name, label, colour }) => (
        <span key={name}>
          <i style={{ background: `var(--${colour})` }} />
          <b>{valueText(row[name] ?? Number.NaN)}</b> {text(label)}
        </span>
      ))}
    </p>
  );
}

function LiveLines({ lane, onPlot }: Pick<LaneFrameProps, 'lane' | 'onPlot'>) {
  const plot = usePlotArea();
  const group = useRef<SVGGElement>(null);
  useEffect(() => {
    if (plot !== undefined) onPlot(group.current, plot);
  }, [onPlot, plot]);
  return (
    <g ref={group} fill="none" strokeLinejoin="round" strokeLinecap="round">
      {lane.series.map(({ series, fill }) => (
        <path key={`${series} area`} fill={fill && lane.look !== 'lines' ? `var(--${fill})` : 'none'} />
      ))}
      {lane.series.map(({ series, colour, width = 1.5, dash }) => (
        <path key={series} stroke={`var(--${colour})`} strokeWidth={width} strokeDasharray={dash} />
      ))}
    </g>
  );
}
