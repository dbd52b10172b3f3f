// The lanes of the deck: measurements over one axis of time with one ruler and one playhead. Frames, grid and axes come from
// Recharts in a chunk of its own; the lines are written by reference ten times a second.

import { X } from 'lucide-react';
import { lazy, Suspense, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { FrameLayout } from '../../sim-engine/protocol/messages.ts';
import { type MessageKey, text } from '../messages/asked.ts';
import { say } from '../messages/say.ts';
import { type ChartedGauge, gaugeOf, gaugeText, type LaneId, toggleGauge, useCharted } from '../store/charted.ts';
import { nameOf, topologyOf } from '../store/drawing.ts';
import { useFaults } from '../store/faults.ts';
import { usePicture, write } from '../store/LiveText.tsx';
import { client, currentPlaces, onFrame, present, takeEarlyFrames, useLab } from '../store/lab.ts';
import { durationText, figure, moment } from '../ui/format.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { useIsNarrow } from '../ui/media.ts';
import { axisText, LABEL_GAP, labelEdge, nextHeight, pushedApart, rulerStep, rulerText, shownWindow } from './axis.ts';
import { type Followed, RunHistory, type Sample } from './history.ts';
import { LaneChoice } from './LaneChoice.tsx';
import type { Row } from './LaneFrame.tsx';
import { type Axis, extremesOf, laneLines, type Plot, shareOf, windowStart } from './lane-lines.ts';
import { GROUPS_MAX, gaugeLane, groupsOf, isLagAlone, LAG, LANES, type Lane, lagLane, lagOf, queuesOf } from './lanes.ts';

/** Not before something was done to the run. */
const FaultMarks = lazy(async () => ({ default: (await import('./FaultMarks.tsx')).FaultMarks }));
const LaneFrame = lazy(async () => ({ default: (await import('./LaneFrame.tsx')).LaneFrame }));

const HEAD = 216;
const AXIS = 46;
const LABELS = 92;
const RULER = 26;

interface LanesProps {
  /** The one of a narrow screen. */
  readonly shown: Lane['id'];
  /** Of each lane, px. */
  readonly height: number;
}

export function Lanes({ shown, height }: LanesProps) {
  const isNarrow = useIsNarrow();
  const container = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const all = useLanes();
  const hasMarks = useFaults((faults) => faults.marks.length > 0);
  const history = useRunHistory();

  // Before anything is painted: a deck that is low for one frame moves the whole drawing down and up again.
  useLayoutEffect(() => {
    const element = container.current;
    if (element === null) return;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const lanes = isNarrow ? all.filter((lane) => lane.id === shown) : all;
  const left = isNarrow ? 40 : HEAD;
  const right = isNarrow ? 60 : LABELS;
  return (
    <div className="lanes" ref={container}>
      {!isNarrow && <LaneChoice />}
      {width > 0 && <Ruler width={width} left={left} right={right} height={RULER + height * lanes.length} />}
      {width > 0 &&
        lanes.map((lane) => (
          <LaneRow key={lane.id} lane={lane} history={history} size={{ width, height, left, right }} hasHead={!isNarrow} />
        ))}
      {width > 0 && hasMarks && (
        <Suspense>
          <FaultMarks left={left} width={width - left - right} />
        </Suspense>
      )}
    </div>
  );
}

/** The lanes that were chosen, then those of gauges as long as their nodes are drawn. */
function useLanes(): readonly Lane[] {
  const layout = useLab((lab) => lab.layout);
  const drawing = useLab(present);
  const lanes = useCharted((charted) => charted.lanes);
  const gauges = useCharted((charted) => charted.gauges);
  return useMemo(
    () => [
      ...LANES.filter(({ id }) => lanes.includes(id)).flatMap((lane): readonly Lane[] => {
        const nodes = layout?.nodes ?? [];
        const groups = lane.id === 'depth' ? groupsOf(nodes).map((id) => ({ id, name: nameIn(drawing, id) })) : [];
        return [...(groups.length > 0 && isLagAlone(nodes) ? [] : [lane]), ...(groups.length > 0 ? [lagLane(groups)] : [])];
      }),
      ...gauges.flatMap((charted) => {
        const declared = gaugeOf(layout, charted);
        return declared === undefined ? [] : [gaugeLane(charted, declared)];
      }),
    ],
    [layout, drawing, lanes, gauges],
  );
}

/** One history for all lanes, fed by every frame whether it is drawn or not. */
function useRunHistory(): RunHistory {
  const [history] = useState(() => new RunHistory());
  useEffect(
    () =>
      onFrame((frame) => {
        const places = currentPlaces();
        const lab = useLab.getState();
        if (places !== null) history.note(frame, places, shownWindow(lab.speed), watchedBy(lab.layout));
      }),
    [history],
  );
  // A gauge that is asked for while the run stands still has its height at once.
  useEffect(
    () =>
      useCharted.subscribe(() => {
        const places = currentPlaces();
        const { speed, layout } = useLab.getState();
        if (client.frame !== null && places !== null) history.note(client.frame, places, shownWindow(speed), watchedBy(layout));
      }),
    [history],
  );
  const opened = useLab((lab) => lab.openCount);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every drawing that is opened begins anew.
  useEffect(() => {
    history.clear();
    const { speed, layout } = useLab.getState();
    for (const { frame, places } of takeEarlyFrames()) history.note(frame, places, shownWindow(speed), watchedBy(layout));
  }, [history, opened]);
  return history;
}

function watchedBy(layout: FrameLayout | null) {
  const nodes = layout?.nodes ?? [];
  const lags = groupsOf(nodes)
    .slice(0, GROUPS_MAX)
    .map((id) => ({ ...lagOf(id), isTotal: false }));
  return { queues: queuesOf(nodes), resting: deadLetterQueuesOf(nodes), gauges: [...lags, ...followedIn(layout)] };
}

const followedIn = (layout: FrameLayout | null): readonly Followed[] =>
  useCharted.getState().gauges.flatMap((charted) => {
    const declared = gaugeOf(layout, charted);
    return declared === undefined ? [] : [{ ...charted, isTotal: declared.type === 'total' }];
  });

const deadLetterQueuesOf = (nodes: Parameters<typeof queuesOf>[0]): string[] =>
  nodes.filter((node) => node.kind === 'dead-letter-queue').map((node) => node.id);

/** What a lane is called: its own word, or that of its gauge. */
const laneName = ({ gauge, name }: Lane): string => (gauge === undefined ? text(name as MessageKey) : say(name));

interface TabsProps {
  readonly shown: Lane['id'];
  readonly onShow: (id: Lane['id']) => void;
}

/** Which of the lanes a narrow screen shows. */
export function LaneTabs({ shown, onShow }: TabsProps) {
  const lanes = useLanes();
  return (
    <div role="tablist" aria-label={text('lanes.tabs')}>
      {lanes.map((lane) => (
        <button key={lane.id} type="button" role="tab" aria-selected={lane.id === shown} onClick={() => onShow(lane.id)}>
          {laneName(lane)}
        </button>
      ))}
    </div>
  );
}

// ------------------------------------------------------------------ ruler

interface Size {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
}

/** Moments run to the left as time goes on; the playhead stands at now. */
function Ruler({ width, height, left, right }: Size) {
  const group = useRef<SVGGElement>(null);
  const playhead = useRef<SVGGElement>(null);
  const speed = useLab((lab) => lab.speed);
  const windowNs = shownWindow(speed);
  const stepNs = rulerStep(windowNs);
  const plotWidth = width - left - right;
  const lines = Math.ceil(windowNs / stepNs) + 1;

  usePicture('brisk', ({ timeNs }) => {
    const first = Math.ceil(windowStart(timeNs, windowNs) / stepNs);
    const xOf = (at: number) => left + plotWidth * shareOf(at, timeNs, windowNs);
    playhead.current?.setAttribute('transform', `translate(${xOf(timeNs).toFixed(1)} 0)`);
    for (let ix = 0; ix < lines; ix++) {
      const line = group.current?.children[ix];
      if (line === undefined) continue;
      const at = (first + ix) * stepNs;
      const x = xOf(at);
      const isShown = x <= left + plotWidth + 1;
      line.setAttribute('visibility', isShown ? 'visible' : 'hidden');
      line.setAttribute('transform', `translate(${(Math.round(x * 2) / 2).toFixed(1)} 0)`);
      if (isShown) write(line.lastElementChild, rulerText(at, stepNs));
    }
  });

  return (
    <svg className="ruler" width={width} height={height} aria-hidden="true">
      <g ref={group}>
        {Array.from({ length: lines }, (_, ix) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a ruler are alike and never change places.
          <g key={ix} visibility="hidden">
            <path d={`M0 20V${height}`} stroke="var(--line)" />
            <text y="14" textAnchor="middle" />
          </g>
        ))}
      </g>
      <g ref={playhead}>
        <path d={`M0 20V${height}`} stroke="var(--accent)" strokeWidth="1.5" />
        <path transform="translate(0 15)" d="M-5.5 0h11v6l-5.5 5.5L-5.5 6z" fill="var(--accent)" />
      </g>
    </svg>
  );
}

// ------------------------------------------------------------------ a lane

interface LaneRowProps {
  readonly lane: Lane;
  readonly history: RunHistory;
  readonly size: Size;
  readonly hasHead: boolean;
}

interface Scale extends Axis {
  readonly ticks: readonly number[];
}

function LaneRow({ lane, history, size, hasHead }: LaneRowProps) {
  const { width, height, left, right } = size;
  const isRunning = useLab((lab) => lab.isRunning);
  const speed = useLab((lab) => lab.speed);
  const windowNs = shownWindow(speed);
  const [scale, setScale] = useState<Scale>(() => scaleFor(lane, { low: 0, high: 0, ticks: [] }, []));
  const [rows, setRows] = useState<readonly Row[] | null>(null);
  const live = useRef<{ group: SVGGElement | null; plot: Plot } | null>(null);
  const labels = useRef<HTMLDivElement>(null);
  const summary = useRef<HTMLParagraphElement>(null);
  const rowsAt = useRef(Number.NaN);

  usePicture('brisk', ({ timeNs }) => {
    const samples = within(history, timeNs, windowNs);
    const next = scaleFor(lane, scale, samples);
    if (next.low !== scale.low || next.high !== scale.high) setScale(next);
    const { group, plot } = live.current ?? {};
    if (group && plot) {
      const drawn = laneLines(lane, next, plot, samples, timeNs, windowNs);
      drawn.forEach(({ line, area }, ix) => {
        group.children[ix]?.setAttribute('d', lane.look === 'lines' ? '' : area);
        group.children[ix + drawn.length]?.setAttribute('d', line);
      });
      placeLabels(lane, labels.current, drawn, height, plot.x + plot.width * Math.min(1, shareOf(timeNs, timeNs, windowNs)));
    }
    if (!isRunning && rowsAt.current !== timeNs) {
      rowsAt.current = timeNs;
      const startNs = windowStart(timeNs, windowNs);
      setRows(samples.map((sample) => ({ ...sample, at: (sample.timeNs - startNs) / 1e9 })));
    }
  });
  useEffect(() => {
    if (!isRunning) return;
    rowsAt.current = Number.NaN;
    setRows(null);
  }, [isRunning]);
  usePicture('calm', () => {
    writeLabels(lane, labels.current, history.latest);
    write(summary.current, summaryOf(lane, history.latest));
  });

  const onPlot = useCallback((group: SVGGElement | null, plot: Plot) => {
    live.current = { group, plot };
  }, []);
  const valueText = useMemo(() => valueTextOf(lane), [lane]);
  const tickText = useMemo(
    () => (hasHead ? valueText : (value: number) => axisText(value, valueText(value))),
    [hasHead, valueText],
  );
  const timeText = useCallback(
    (at: number) => text('lanes.at', { time: moment(windowStart(rowsAt.current, windowNs) + at * 1e9) }),
    [windowNs],
  );

  return (
    <div className="lane" style={{ height }}>
      {hasHead && <LaneHead lane={lane} />}
      <Suspense fallback={null}>
        <LaneFrame
          lane={lane}
          width={width}
          height={height}
          axis={scale}
          ticks={scale.ticks}
          windowS={windowNs / 1e9}
          rows={rows}
          left={left}
          right={right}
          tickText={tickText}
          valueText={valueText}
          timeText={timeText}
          onPlot={onPlot}
        />
      </Suspense>
      <div className="lane-labels" ref={labels} aria-hidden="true">
        {lane.series.map(({ series, label, name, help }) => (
          <span key={series} className={name && 'is-name'} title={name ?? (help && text(help))}>
            <b /> {name ?? text(label)}
          </span>
        ))}
      </div>
      <p className="unseen" ref={summary} />
    </div>
  );
}

function LaneHead({ lane }: { lane: Lane }) {
  const unit = useLab((lab) => laneUnit(lane, lab.layout?.nodes ?? [], (id) => nameIn(present(lab), id)));
  return (
    <div className="lane-head" style={{ width: HEAD - AXIS }} title={lane.measure}>
      <b>{laneName(lane)}</b>
      <em>{unit}</em>
      {lane.gauge && <HideGauge charted={lane.gauge} name={laneName(lane)} />}
    </div>
  );
}

function HideGauge({ charted, name }: { charted: ChartedGauge; name: string }) {
  return (
    <IconButton
      className="lane-hide"
      label={text('lanes.hide', { name })}
      icon={X}
      size={14}
      onClick={() => toggleGauge(charted)}
    />
  );
}

const nameIn = (drawing: ReturnType<typeof present>, id: string): string =>
  drawing === null ? id : nameOf(topologyOf(drawing), id);

/** How a reading of a lane is written. */
function valueTextOf({ look, gauge }: Lane): (value: number) => string {
  if (gauge === undefined) return look === 'lines' ? durationText : figure;
  const { declared } = gauge;
  return declared.type === 'total' ? figure : (value) => gaugeText(declared, value);
}

function laneUnit(lane: Lane, nodes: Parameters<typeof queuesOf>[0], name: (id: string) => string): string {
  if (lane.gauge !== undefined) return gaugeUnit(lane.gauge, name);
  if (lane.id === 'dead') return text('lanes.dead-letters.unit');
  if (lane.id === LAG) {
    const [group, ...others] = groupsOf(nodes);
    const all = others.length + 1;
    if (all > GROUPS_MAX) return text('lanes.lag.unit.some', { count: GROUPS_MAX, all });
    return group === undefined || all > 1 ? text('lanes.lag.unit.all') : text('lanes.lag.unit', { group: name(group) });
  }
  if (lane.id !== 'depth') return text(lane.id === 'latency' ? 'lanes.latency.unit' : 'lanes.throughput.unit');
  const queues = queuesOf(nodes);
  const [only] = queues;
  if (only === undefined) return text('lanes.depth.unit.none');
  return queues.length === 1 ? text('lanes.depth.unit', { queue: name(only) }) : text('lanes.depth.unit.all');
}

/** "worker 1, messages a second" */
function gaugeUnit({ node, declared }: NonNullable<Lane['gauge']>, name: (id: string) => string): string {
  const hasUnit = declared.unit !== '' && declared.unit !== 'ratio' && declared.unit !== 'seconds';
  const unit = declared.type === 'total' ? text('lanes.per-second', { unit: declared.unit }) : declared.unit;
  return hasUnit || declared.type === 'total' ? `${name(node)}, ${unit}` : name(node);
}

/** The samples of the window, one before it, so that lines begin at the left edge, and what is now. */
function within({ samples, latest }: RunHistory, nowNs: number, windowNs: number): readonly Sample[] {
  let first = samples.length;
  while (first > 0 && (samples[first - 1] as Sample).timeNs >= nowNs - windowNs) first--;
  let end = samples.length;
  // A gliding picture may lag a little behind the newest sample.
  while (end > first && (samples[end - 1] as Sample).timeNs > nowNs) end--;
  const shown = samples.slice(Math.max(0, first - 1), end);
  if (latest !== null && end === samples.length) shown.push({ ...latest, timeNs: Math.min(latest.timeNs, nowNs) });
  return shown;
}

/** Room above the top line of a lane. */
const HEADROOM = 1.15;

function scaleFor(lane: Lane, { high }: Scale, samples: readonly Sample[]): Scale {
  const { least, largest } = extremesOf(lane, samples);
  if (lane.look !== 'lines') {
    const top = nextHeight(high / HEADROOM, largest, lane.least);
    return { low: 0, high: top * HEADROOM, ticks: [0, top] };
  }
  const low = 10 ** Math.floor(Math.log10(Number.isFinite(least) ? least : 1e8));
  const top = 10 ** Math.ceil(Math.log10(Math.max(largest * 1.05, low * 10)));
  const decades: number[] = [];
  for (let ten = low; ten <= top * 1.01; ten *= 10) decades.push(ten);
  const inner = decades.length > 3 ? decades.slice(1, -1) : decades.slice(0, 2);
  return { low, high: top, ticks: inner.length > 2 ? [inner[0] as number, inner.at(-1) as number] : inner };
}

function placeLabels(
  lane: Lane,
  element: HTMLElement | null,
  drawn: readonly { endY: number }[],
  height: number,
  nowX: number,
): void {
  if (element === null) return;
  element.style.transform = `translateX(${(nowX + 10).toFixed(1)}px)`;
  const places = pushedApart(
    // Where lines end at one height, the later one stands higher; of areas, which begin with the largest, lower.
    drawn.map(({ endY }, ix) => (Number.isNaN(endY) ? height : endY) + (lane.look === 'areas' ? ix : -ix) / 1000),
    LABEL_GAP,
    labelEdge(height),
    height - labelEdge(height),
  );
  drawn.forEach(({ endY }, ix) => {
    const label = element.children[ix] as HTMLElement;
    label.style.visibility = Number.isNaN(endY) ? 'hidden' : 'visible';
    label.style.transform = `translateY(${((places[ix] as number) - 8).toFixed(1)}px)`;
  });
}

function writeLabels(lane: Lane, element: HTMLElement | null, sample: Sample | null): void {
  if (element === null || sample === null) return;
  const words = valueTextOf(lane);
  lane.series.forEach(({ series }, ix) => {
    write(element.children[ix]?.firstElementChild ?? null, words(sample[series] ?? Number.NaN));
  });
}

const SUMMARIES: { readonly [id in LaneId]?: MessageKey } = {
  throughput: 'lanes.summary.throughput',
  latency: 'lanes.summary.latency',
  depth: 'lanes.summary.depth',
};

function summaryOf(lane: Lane, sample: Sample | null): string {
  if (sample === null) return '';
  const key = SUMMARIES[lane.id as LaneId];
  const [only] = lane.series;
  if (lane.id === LAG) {
    const values = lane.series.map(({ name, series }) => `${name ?? ''} ${figure(sample[series] ?? Number.NaN)}`.trim());
    return text('lanes.summary.lag', { values: values.join(', ') });
  }
  if (key === undefined) {
    const value = valueTextOf(lane)(sample[only?.series ?? ''] ?? Number.NaN);
    return text('lanes.summary.gauge', { name: laneName(lane), node: lane.gauge?.node ?? text('lanes.depth.unit.all'), value });
  }
  const { done, failed, dead, p50, p95, p99, ready, inFlight, delayed } = sample;
  return text(key, {
    done: figure(done),
    failed: figure(failed),
    dead: figure(dead),
    p50: durationText(p50),
    p95: durationText(p95),
    p99: durationText(p99),
    ready: figure(ready),
    flight: figure(inFlight),
    delayed: figure(delayed),
  });
}
