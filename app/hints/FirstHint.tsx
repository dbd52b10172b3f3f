// One quiet line for who is here for the first time. It follows what is done, blocks nothing, can be sent away, and does not come
// again. The control it speaks of glows. In its place stands what another scenario is about, or how an empty drawing begins.

import { Plus } from 'lucide-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { NODE_STATE } from '../../sim-engine/protocol/frame.ts';
import type { NodeDocument, TopologyDocument } from '../../sim-engine/topology/document.ts';
import { duplicate } from '../acts/acts.ts';
import { text } from '../messages/asked.ts';
import { named } from '../messages/text.ts';
import { isScenario, topologyOf } from '../store/drawing.ts';
import { cardOf, controlOf, glowAt } from '../store/guide.ts';
import { usePicture } from '../store/LiveText.tsx';
import { currentPlaces, present, select, useLab } from '../store/lab.ts';
import { nodeName } from '../store/node-name.ts';
import { fieldOf } from '../store/params.ts';
import { useIsNarrow } from '../ui/media.ts';
import { isFarTooMuch, progressOf, type Seen, START, type Step } from './first-steps.ts';
import { Dismiss, Words } from './parts.tsx';
import './hints.css';

/** Not for who is here for the first time, so not in what loads first. */
const About = lazy(async () => ({ default: (await import('./OtherHints.tsx')).About }));
const EmptyHint = lazy(async () => ({ default: (await import('./OtherHints.tsx')).EmptyHint }));

const KEY = 'broker-lab.first-steps';
/** How long the last line stays. */
const HEALED_MS = 8000;

/** Storage is refused in some frames and private windows; then the hint comes again, which does no harm. */
function isOver(): boolean {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

function remember(): void {
  try {
    localStorage.setItem(KEY, 'done');
  } catch {
    // As above.
  }
}

interface Scene {
  readonly sender: NodeDocument;
  readonly field: string;
  readonly queue: NodeDocument;
}

/** The first control on a card, and the queue that is filled from there; null in a drawing that was not made for first steps. */
function sceneOf({ nodes, wires }: TopologyDocument): Scene | null {
  const sender = nodes.find((node) => node.kind === 'sender' && node.view !== undefined);
  const field = sender?.view?.knobs[0]?.field;
  const queue = nodes.find(
    (node) => node.kind === 'queue' && wires.some(({ from, to }) => from === sender?.id && to === node.id),
  );
  return sender === undefined || field === undefined || queue === undefined ? null : { sender, field, queue };
}

const readersOf = ({ wires }: TopologyDocument, queue: string): readonly string[] =>
  wires.filter((wire) => wire.from === queue && wire.kind === 'deliver').map((wire) => wire.to);

/** What is said of a step: who lies crashed cannot keep up with anything, and no handful of workers with far too much. */
function keyOf(step: Step, is: { readonly isNarrow: boolean; readonly isFar: boolean; readonly isDown: boolean }) {
  if (step === 'raise' && is.isNarrow) return 'hint.raise.narrow';
  if (is.isDown && (step === 'grows' || step === 'still')) return 'hint.down';
  return is.isFar && step === 'still' ? 'hint.less' : (`hint.${step}` as const);
}

/** On a narrow screen the control is not on the card but behind it. */
function glowOf({ sender, field }: Scene, isNarrow: boolean, isOpen: boolean): string {
  if (!isNarrow) return controlOf('card', sender.id, field);
  return isOpen ? controlOf('settings', sender.id, field) : cardOf(sender.id);
}

export function FirstHint() {
  const opened = useLab((lab) => lab.openCount);
  const [isDone, setDone] = useState(isOver);
  // Only the drawing that the page began with.
  const isOpen = useLab((lab) => present(lab) !== null);
  const isEmpty = useLab((lab) => {
    const drawing = present(lab);
    return drawing !== null && topologyOf(drawing).nodes.length === 0;
  });
  const about = useLab((lab) => {
    const drawing = present(lab);
    return drawing !== null && isScenario(drawing) ? drawing.about : undefined;
  });
  if (isEmpty) {
    return (
      <Suspense>
        <EmptyHint />
      </Suspense>
    );
  }
  // What was chosen from the list, or came as a file, has words of its own.
  if (opened > 1 && about !== undefined) {
    return (
      <Suspense>
        <About key={opened} words={about} />
      </Suspense>
    );
  }
  if (isDone || !isOpen || opened !== 1) return null;
  return (
    <Hint
      onDone={() => {
        remember();
        setDone(true);
      }}
    />
  );
}

function Hint({ onDone }: { readonly onDone: () => void }) {
  const drawing = useLab(present);
  const isNarrow = useIsNarrow();
  const topology = drawing && topologyOf(drawing);
  const [start] = useState(topology);
  const [scene] = useState(() => start && sceneOf(start));
  const progress = useRef(START);
  const [step, setStep] = useState<Step>(START.step);
  const [down, setDown] = useState(0);
  const [isFar, setFar] = useState(false);
  const isRunning = useLab((lab) => lab.isRunning);
  // A run that has not begun needs no word: its button says it.
  const [hasBegun, setBegun] = useState(false);

  usePicture('calm', ({ frame, timeNs }) => {
    if (timeNs > 0 !== hasBegun) setBegun(timeNs > 0);
    const places = currentPlaces();
    if (frame === null || places === null || scene === null || topology === null || start === null) return;
    const sender = topology.nodes.find((node) => node.id === scene.sender.id);
    if (sender === undefined) return;
    const isLoose = ({ id, kind }: NodeDocument) => kind === 'service' && !topology.wires.some((wire) => wire.to === id);
    const workers = readersOf(topology, scene.queue.id);
    const seen: Seen = {
      rate: Number(fieldOf(sender, scene.field)),
      startRate: Number(fieldOf(scene.sender, scene.field)),
      waiting: frame[places.gauge(scene.queue.id, 'ready')] ?? 0,
      readers: workers.length,
      startReaders: readersOf(start, scene.queue.id).length,
      hasLooseWorker: topology.nodes.some(isLoose),
    };
    progress.current = progressOf(progress.current, seen);
    if (progress.current.step !== step) setStep(progress.current.step);
    setDown(workers.filter((id) => frame[places.state(id)] === NODE_STATE.CRASHED).length);
    setFar(isFarTooMuch(seen));
  });

  const isPaused = !isRunning && hasBegun && step !== 'healed';
  const isOpen = useLab(({ selection }) => scene !== null && selection.size === 1 && selection.has(scene.sender.id));
  const glow = scene === null || (step !== 'raise' && step !== 'more') ? null : glowOf(scene, isNarrow, isOpen);
  useEffect(() => {
    glowAt(glow);
    return () => glowAt(null);
  }, [glow]);

  const done = useRef(onDone);
  useEffect(() => {
    if (step !== 'healed') return;
    const timer = setTimeout(() => done.current(), HEALED_MS);
    return () => clearTimeout(timer);
  }, [step]);

  // What it speaks of may be deleted meanwhile.
  const isDrawn = (node: NodeDocument) => topology?.nodes.some(({ id }) => id === node.id) === true;
  if (scene === null || topology === null || !isDrawn(scene.sender) || !isDrawn(scene.queue)) return null;
  const readers = readersOf(topology, scene.queue.id);
  const last = readers.at(-1);
  const loose = topology.nodes.find(({ id, kind }) => kind === 'service' && !topology.wires.some((wire) => wire.to === id));
  const key = keyOf(step, { isNarrow, isFar, isDown: down > 0 });
  const words = text(isPaused ? 'hint.paused' : key, {
    sender: nodeName(scene.sender),
    queue: nodeName(scene.queue),
    count: readers.length,
    down,
    worker: loose === undefined ? named('kind.service.label') : nodeName(loose),
  });
  const canAdd = !isPaused && (step === 'grows' || step === 'still') && last !== undefined;
  const add = (worker: string) => {
    duplicate(new Set([worker]));
    // Its settings would cover the line that is to be watched.
    if (isNarrow) select(new Set());
  };
  return (
    <div className={`hint hint-${step}`} role="note" aria-label={text('hint.label')}>
      <Words words={words} />
      {canAdd && (
        <button type="button" className="btn small" onClick={() => add(last)}>
          <Plus size={14} strokeWidth={1.75} />
          {text('hint.add')}
        </button>
      )}
      <Dismiss label={text('hint.dismiss')} onClick={onDone} />
    </div>
  );
}
