// The list below the title: scenarios with a picture, a title and one line, then earlier work. A component of its own, because
// neither its code nor the files it shows are needed before somebody asks.

import { Plus } from 'lucide-react';
import { Fragment, type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { DOCUMENT_VERSION, TOPOLOGY_FORMAT } from '../../sim-engine/topology/document.ts';
import { NAME_MAX } from '../../sim-engine/topology/limits.ts';
import { text } from '../messages/asked.ts';
import { type Drawing, isScenario, retitle, titleOf } from '../store/drawing.ts';
import { edit, openText, present, useLab } from '../store/lab.ts';
import { moment } from '../ui/format.ts';
import { openEarlier, useKeeping } from './keeping.ts';
import { type Kept, listEarlier } from './kept.ts';
import { MiniDrawing } from './MiniDrawing.tsx';
import { SHELVES } from './shelves.ts';
import { readWork } from './work.ts';

/** One line of the list. */
interface Entry {
  readonly id: string;
  readonly title: string;
  readonly line: string;
  readonly drawing: Drawing;
  open(): void;
}

const EMPTY: Drawing = { format: TOPOLOGY_FORMAT, version: DOCUMENT_VERSION, nodes: [], wires: [] };

// Each file is a chunk of its own, fetched when the list is opened. Benches and lessons lie in folders below.
const FILES = import.meta.glob<string>('../../sim-engine/scenarios/*.json', { query: '?raw', import: 'default' });

/** The entries of each shelf. */
async function loadScenarios(): Promise<readonly (readonly Entry[])[]> {
  const load = async (name: string): Promise<Entry> => {
    const path = `../../sim-engine/scenarios/${name}.json`;
    const source = (await FILES[path]?.()) ?? '';
    const drawing = JSON.parse(source) as Drawing;
    const title = titleOf(drawing);
    const line = isScenario(drawing) ? firstSentence(drawing.about ?? '') : '';
    return { id: path, title, line, drawing, open: () => void openText(source, title) };
  };
  return Promise.all(SHELVES.map(({ scenarios }) => Promise.all(scenarios.map(load))));
}

async function loadEarlier(): Promise<readonly Entry[]> {
  return (await listEarlier()).flatMap((kept) => {
    const read = readWork(kept.text);
    if (!read.ok) return [];
    const { now: drawing, atNs } = read.value;
    return [{ id: kept.id, title: kept.title, line: lineOf(kept, atNs), drawing, open: () => void openEarlier(kept.id) }];
  });
}

const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

const lineOf = ({ savedAtMs }: Kept, atNs: number): string =>
  text('scenarios.earlier.at', { time: moment(atNs), date: dates.format(savedAtMs) });

/** One line says what it is; the rest is told when it is open. */
const firstSentence = (about: string): string => /^.*?[.!?](?=\s|$)/s.exec(about)?.[0] ?? about;

export function ScenarioList({ onDone }: { readonly onDone: () => void }) {
  const [scenarios, setScenarios] = useState<readonly (readonly Entry[])[] | null>(null);
  const [earlier, setEarlier] = useState<readonly Entry[]>([]);
  const [hasFailed, setHasFailed] = useState(false);
  const isRefused = useKeeping((state) => state.isRefused);
  const title = useLab((lab) => titleOf(present(lab) ?? EMPTY));
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
      <p className="scenarios-text">{text('scenarios.what-it-is')}</p>
      <TitleField />
      <button
        type="button"
        className="scenario"
        onClick={() => {
          onDone();
          void openText(JSON.stringify(EMPTY), text('scenarios.empty'));
        }}
      >
        <i className="mini scenario-empty" aria-hidden="true">
          <Plus size={18} strokeWidth={1.75} />
        </i>
        <Words title={text('scenarios.empty')} line={text('scenarios.empty.help')} />
      </button>
      {SHELVES.map(({ label }, ix) => (
        <Fragment key={label}>
          <h2>{text(label)}</h2>
          <Entries entries={scenarios[ix] ?? []} openTitle={title} onOpen={open} />
        </Fragment>
      ))}
      {earlier.length > 0 && <h2>{text('scenarios.earlier')}</h2>}
      <Entries entries={earlier} openTitle={null} onOpen={open} />
      <p className="scenarios-text">{text(isRefused ? 'scenarios.not-kept' : 'scenarios.kept')}</p>
    </div>
  );
}

/** What the drawing is called, here and in a saved file; nothing but spaces is no name. */
function TitleField() {
  const id = useId();
  const title = useLab((lab) => titleOf(present(lab) ?? EMPTY));
  const [draft, setDraft] = useState<string | null>(null);
  return (
    <p className="scenarios-title">
      <label htmlFor={id}>{text('scenarios.title')}</label>
      <input
        id={id}
        value={draft ?? title}
        placeholder={text('app.untitled')}
        maxLength={NAME_MAX}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => {
          if (draft !== null) edit((now) => retitle(now, draft));
          setDraft(null);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.blur();
          if (event.key === 'Escape') setDraft(null);
        }}
      />
    </p>
  );
}

interface EntriesProps {
  readonly entries: readonly Entry[];
  /** Title of what is open, which marks its entry; null where none is to be marked. */
  readonly openTitle: string | null;
  readonly onOpen: (entry: Entry) => void;
}

function Entries({ entries, openTitle, onOpen }: EntriesProps) {
  return (
    <ul>
      {entries.map((entry) => (
        <li key={entry.id}>
          <button
            type="button"
            className="scenario"
            aria-current={entry.title === openTitle || undefined}
            onClick={() => onOpen(entry)}
          >
            <MiniDrawing drawing={entry.drawing} width={112} height={64} />
            <Words title={entry.title} line={entry.line}>
              {entry.title === openTitle && <span className="copy-chip">{text('scenarios.is-open')}</span>}
            </Words>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Words({ title, line, children }: { readonly title: string; readonly line: string; readonly children?: ReactNode }) {
  return (
    <span>
      <b>
        {title} {children}
      </b>
      <span className="scenario-line">{line}</span>
    </span>
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
