// The list below the title: scenarios with a picture, a title and one line, then earlier work. A component of its own, because
// neither its code nor the files it shows are needed before somebody asks.

import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { text } from '../messages/asked.ts';
import { type Drawing, isScenario, titleOf } from '../store/drawing.ts';
import { openText } from '../store/lab.ts';
import { moment } from '../ui/format.ts';
import { openEarlier, useKeeping } from './keeping.ts';
import { type Kept, listEarlier } from './kept.ts';
import { MiniDrawing } from './MiniDrawing.tsx';
import { readWork } from './work.ts';

/** One line of the list. */
interface Entry {
  readonly id: string;
  readonly title: string;
  readonly line: string;
  readonly drawing: Drawing;
  open(): void;
}

// Each file is a chunk of its own, fetched when the list is opened. Benches and lessons lie in folders below.
const FILES = import.meta.glob<string>('../../sim-engine/scenarios/*.json', { query: '?raw', import: 'default' });

async function loadScenarios(): Promise<readonly Entry[]> {
  const texts = await Promise.all(Object.entries(FILES).map(async ([path, load]) => [path, await load()] as const));
  return texts
    .map(([path, source]) => {
      const drawing = JSON.parse(source) as Drawing;
      const title = titleOf(drawing);
      const line = isScenario(drawing) ? firstSentence(drawing.about ?? '') : '';
      return { id: path, title, line, drawing, open: () => void openText(source, title) };
    })
    .sort((a, b) => collator.compare(a.title, b.title));
}

async function loadEarlier(): Promise<readonly Entry[]> {
  return (await listEarlier()).flatMap((kept) => {
    const read = readWork(kept.text);
    if (!read.ok) return [];
    const { now: drawing, atNs } = read.value;
    return [{ id: kept.id, title: kept.title, line: lineOf(kept, atNs), drawing, open: () => void openEarlier(kept.id) }];
  });
}

const collator = new Intl.Collator('en');
const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const lineOf = ({ savedAtMs }: Kept, atNs: number): string =>
  text('scenarios.earlier.at', { time: moment(atNs), date: dates.format(savedAtMs) });

/** One line says what it is; the rest is told when it is open. */
const firstSentence = (about: string): string => /^.*?[.!?](?=\s|$)/s.exec(about)?.[0] ?? about;

export function ScenarioList({ onDone }: { readonly onDone: () => void }) {
  const [scenarios, setScenarios] = useState<readonly Entry[] | null>(null);
  const [earlier, setEarlier] = useState<readonly Entry[]>([]);
  const [hasFailed, setHasFailed] = useState(false);
  const isRefused = useKeeping((state) => state.isRefused);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let isHere = true;
    loadScenarios().then(
      (entries) => isHere && setScenarios(entries),
      () => isHere && setHasFailed(true),
    );
    loadEarlier().then(
      (entries) => isHere && setEarlier(entries),
      () => undefined,
    );
    return () => {
      isHere = false;
    };
  }, []);
  useEffect(() => {
    if (scenarios !== null) list.current?.querySelector('button')?.focus();
  }, [scenarios]);
  if (hasFailed) return <p className="scenarios-text">{text('scenarios.unreadable')}</p>;
  if (scenarios === null) return <p className="scenarios-text">{text('scenarios.loading')}</p>;
  const open = (entry: Entry) => {
    onDone();
    entry.open();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys go through the buttons inside, which Tab reaches too.
    <div ref={list} className="scenarios-list" onKeyDown={moveFocus}>
      <Entries entries={scenarios} onOpen={open} />
      {earlier.length > 0 && <h2>{text('scenarios.earlier')}</h2>}
      <Entries entries={earlier} onOpen={open} />
      <p className="scenarios-text">{text(isRefused ? 'scenarios.not-kept' : 'scenarios.kept')}</p>
    </div>
  );
}

function Entries({ entries, onOpen }: { readonly entries: readonly Entry[]; readonly onOpen: (entry: Entry) => void }) {
  return (
    <ul>
      {entries.map((entry) => (
        <li key={entry.id}>
          <button type="button" className="scenario" onClick={() => onOpen(entry)}>
            <MiniDrawing drawing={entry.drawing} width={112} height={64} />
            <span>
              <b>{entry.title}</b>
              <span className="scenario-line">{entry.line}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
  buttons[(at + step + buttons.length) % buttons.length]?.focus();
}
