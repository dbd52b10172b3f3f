// A list of steps, edited where it stands: steps are added, removed and moved by button, by Alt with the arrows and by hand, their
// settings are those of any field, and a marker between two of them says where the process crashes. Each change is a step of undo.

import { ChevronDown, ChevronUp, GripVertical, Plus, X, Zap } from 'lucide-react';
import { type ComponentType, type KeyboardEvent, type PointerEvent, useLayoutEffect, useRef, useState } from 'react';
import type { Field, StepsField } from '../../sim-engine/nodes/fields.ts';
import type { TopologyDocument } from '../../sim-engine/topology/document.ts';
import { say } from '../messages/say.ts';
import { worded } from '../messages/services.ts';
import { announcer } from '../store/announcer.ts';
import { nameOf, setParam, topologyOf } from '../store/drawing.ts';
import { beginEdit, commitEdit, edit, present, useLab } from '../store/lab.ts';
import { fieldsOf } from '../store/params.ts';
import { spaced } from './facts.ts';
import type { FieldControlProps } from './field-props.ts';
import {
  added,
  kindOf,
  kindsToAdd,
  moved,
  placeForNew,
  removed,
  type StepDocument,
  type StepList,
  stepValue,
  withValue,
  wordOf,
} from './steps.ts';
import './steps.css';

const STEPS = 'steps';
const CRASH = 'crashAfter';

export interface StepsEditorProps {
  readonly target: string;
  readonly field: StepsField;
  /** In document form. */
  readonly value: unknown;
  readonly isExplained: boolean;
  readonly describedBy: string;
  /** The control of a field, which is also what this list is part of. */
  readonly Control: ComponentType<FieldControlProps>;
}

export function StepsEditor({ target, field, value, isExplained, describedBy, Control }: StepsEditorProps) {
  const steps = value as readonly StepDocument[];
  const topology = useLab((lab) => topologyOf(present(lab) as NonNullable<ReturnType<typeof present>>));
  const node = topology.nodes.find(({ id }) => id === target);
  const crashAfter = Math.min(Number(node?.params?.[CRASH] ?? 0), steps.length);
  const list: StepList = { steps, crashAfter };
  const [open, setOpen] = useState<number | null>(null);
  const [isAdding, setAdding] = useState(false);
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number } | null>(null);
  const root = useRef<HTMLOListElement>(null);
  const focusNext = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (focusNext.current === null) return;
    const rows = root.current?.querySelectorAll<HTMLElement>('.step-name');
    rows?.[Math.min(focusNext.current, rows.length - 1)]?.focus();
    focusNext.current = null;
  });

  const labelOf = (step: StepDocument) => say(kindOf(field, step)?.label ?? wordOf(step));
  const write = (next: StepList) => {
    edit((drawing) => {
      const isUsual = JSON.stringify(next.steps) === JSON.stringify(field.default);
      const withSteps = setParam(drawing, target, STEPS, isUsual ? undefined : next.steps);
      if (next.crashAfter === Number(node?.params?.[CRASH] ?? 0)) return withSteps;
      return setParam(withSteps, target, CRASH, next.crashAfter === 0 ? undefined : next.crashAfter);
    });
  };
  const move = (from: number, to: number) => {
    const next = moved(list, from, to);
    if (next === list) return;
    const at = Math.min(Math.max(to, 1), steps.length - 1);
    write(next);
    if (open === from) setOpen(at);
    else if (open !== null) setOpen(null);
    focusNext.current = at;
    announcer.tell(
      'steps',
      worded('steps.moved', { step: labelOf(steps[from] as StepDocument), number: at + 1, count: steps.length }),
    );
  };
  const remove = (at: number) => {
    write(removed(list, at));
    setOpen(null);
    focusNext.current = at - 1;
    announcer.tell('steps', worded('steps.removed', { step: labelOf(steps[at] as StepDocument) }));
  };
  const add = (word: string) => {
    const at = open === null ? placeForNew(steps) : open + 1;
    write(added(list, at, word));
    setAdding(false);
    setOpen(at);
    focusNext.current = at;
    announcer.tell('steps', worded('steps.added', { step: labelOf(word), number: at + 1 }));
  };
  const onKey = (event: KeyboardEvent, at: number) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by !== undefined && event.altKey) move(at, at + by);
    else if (event.key !== 'Delete' && event.key !== 'Backspace') return;
    // The first one stays, and so does the card, which these keys would take away otherwise.
    else if (at > 0) remove(at);
    event.preventDefault();
    event.stopPropagation();
  };
  const onDrag = (event: PointerEvent<HTMLElement>, from: number) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    const middles = middlesOf(root.current);
    let to = from;
    const follow = ({ clientY }: globalThis.PointerEvent) => {
      const above = middles.filter((middle, ix) => ix !== from && middle < clientY).length;
      to = Math.min(Math.max(above, 1), steps.length - 1);
      setDrag({ from, to });
    };
    const end = (last: Event) => {
      handle.removeEventListener('pointermove', follow);
      handle.removeEventListener('pointerup', end);
      handle.removeEventListener('pointercancel', end);
      setDrag(null);
      if (last.type === 'pointerup') move(from, to);
    };
    handle.addEventListener('pointermove', follow);
    handle.addEventListener('pointerup', end);
    handle.addEventListener('pointercancel', end);
  };

  const isFull = steps.length >= field.maxCount;
  return (
    <div className="steps">
      <ol
        ref={root}
        className="step-list"
        aria-label={worded('steps.list', { name: nameOf(topology, target) })}
        aria-describedby={describedBy}
      >
        {node !== undefined && CRASH in fieldsOf(node) && (
          <CrashMarker target={target} labels={steps.map(labelOf)} crashAfter={crashAfter} rows={root} />
        )}
        {steps.map((step, at) => {
          const kind = kindOf(field, step);
          const label = labelOf(step);
          const isOpen = open === at;
          const order = drag === null ? at : placeWhileDragged(at, drag.from, drag.to);
          return (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: a step has no name of its own, and the same one may stand twice.
              key={at}
              className={`step${isOpen ? ' is-open' : ''}${drag?.from === at ? ' is-dragged' : ''}`}
              style={{ order: 2 * order }}
            >
              <div className="step-row">
                {at > 0 ? (
                  <span
                    className="step-grip"
                    title={worded('steps.drag', { step: label })}
                    onPointerDown={(event) => onDrag(event, at)}
                  >
                    <GripVertical size={14} strokeWidth={1.75} />
                  </span>
                ) : (
                  <span className="step-grip is-fixed" />
                )}
                <button
                  type="button"
                  className="step-name"
                  aria-expanded={isOpen}
                  aria-label={`${worded('steps.item', { number: at + 1, step: label })}${summaryOf(field, step, topology)}`}
                  title={kind && say(kind.help)}
                  onClick={() => setOpen(isOpen ? null : at)}
                  onKeyDown={(event) => onKey(event, at)}
                >
                  <i>{at + 1}</i>
                  <b>{label}</b>
                  <span>{summaryOf(field, step, topology)}</span>
                </button>
                {at > 0 && (
                  <span className="step-acts">
                    <StepAct label={worded('steps.up', { step: label })} isOff={at === 1} onDo={() => move(at, at - 1)}>
                      <ChevronUp size={14} strokeWidth={1.75} />
                    </StepAct>
                    <StepAct
                      label={worded('steps.down', { step: label })}
                      isOff={at === steps.length - 1}
                      onDo={() => move(at, at + 1)}
                    >
                      <ChevronDown size={14} strokeWidth={1.75} />
                    </StepAct>
                    <StepAct label={worded('steps.remove', { step: label })} onDo={() => remove(at)}>
                      <X size={14} strokeWidth={1.75} />
                    </StepAct>
                  </span>
                )}
              </div>
              {isOpen && (
                <div className="step-fields">
                  <p className="field-help">
                    {kind === undefined ? worded('steps.unknown') : say(kind.help)} {at === 0 && worded('steps.first')}
                  </p>
                  {kind !== undefined &&
                    Object.entries(kind.fields).map(([name, own]) => (
                      <Control
                        key={name}
                        target={target}
                        name={name}
                        field={name === 'to' ? choiceOfAsked(own, topology, target, step) : own}
                        value={stepValue(kind, step, name)}
                        onChange={(next) =>
                          write({ ...list, steps: steps.with(at, withValue(step, name, next === '' ? undefined : next)) })
                        }
                        isKnob={null}
                        onKnob={() => undefined}
                        isExplained={isExplained}
                        isNested
                      />
                    ))}
                </div>
              )}
            </li>
          );
        })}
      </ol>
      <button
        type="button"
        className="btn small"
        aria-expanded={isAdding}
        disabled={isFull}
        title={isFull ? worded('steps.add.full', { most: field.maxCount }) : worded('steps.keys')}
        onClick={() => setAdding(!isAdding)}
      >
        <Plus size={14} strokeWidth={1.75} />
        {worded('steps.add')}
      </button>
      {isAdding && (
        <ul
          className="step-kinds"
          aria-label={worded('steps.kinds')}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.stopPropagation();
            setAdding(false);
            event.currentTarget.parentElement?.querySelector<HTMLElement>('.btn.small')?.focus();
          }}
        >
          {kindsToAdd(field).map((word) => (
            <li key={word}>
              <button type="button" className="step-kind" onClick={() => add(word)}>
                <b>{labelOf(word)}</b>
                <span>{say(field.steps[word]?.help ?? '')}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface StepActProps {
  readonly label: string;
  readonly isOff?: boolean;
  readonly onDo: () => void;
  readonly children: React.ReactNode;
}

function StepAct({ label, isOff = false, onDo, children }: StepActProps) {
  return (
    <button type="button" className="field-act" aria-label={label} title={label} disabled={isOff} onClick={onDo}>
      {children}
    </button>
  );
}

/** Where the step at `at` is seen while the one at `from` is held over `to`. */
function placeWhileDragged(at: number, from: number, to: number): number {
  if (at === from) return to;
  if (from < at && at <= to) return at - 1;
  return to <= at && at < from ? at + 1 : at;
}

function middlesOf(list: Element | null): readonly number[] {
  return [...(list?.querySelectorAll('.step-row') ?? [])].map((row) => {
    const { top, height } = row.getBoundingClientRect();
    return top + height / 2;
  });
}

/** What is set of a step, in a few words. */
function summaryOf(field: StepsField, step: StepDocument, topology: TopologyDocument): string {
  const kind = kindOf(field, step);
  if (kind === undefined || typeof step === 'string') return '';
  const words = Object.entries(kind.fields).flatMap(([name, own]) => {
    const value = step[name];
    return value === undefined ? [] : [wordsOf(name, own, value, topology)];
  });
  return words.length === 0 ? '' : ` ${words.join(', ')}`;
}

function wordsOf(name: string, field: Field, value: unknown, topology: TopologyDocument): string {
  const label = say(field.label).toLowerCase();
  if (name === 'to') return nameOf(topology, String(value));
  if (field.kind === 'flag') return label;
  if (field.kind === 'choice') return say(field.choices.find((choice) => choice.value === value)?.label ?? '').toLowerCase();
  if (field.kind === 'ratio') return `${label} ${Number((Number(value) * 100).toPrecision(6))} %`;
  if (field.kind !== 'distribution') return `${label} ${String(value)}`;
  const law = value as { readonly mean?: unknown; readonly value?: unknown };
  return spaced(String(law.mean ?? law.value ?? ''));
}

/** Whom a step asks: one of those that are wired for it, by name. A service is called; what keeps something is read and written. */
function choiceOfAsked(field: Field, topology: TopologyDocument, from: string, step: StepDocument): Field {
  const isCall = wordOf(step) === 'call';
  const wired = topology.wires
    .filter((wire) => wire.kind === 'call' && wire.from === from)
    .map((wire) => wire.to)
    .filter((id) => (topology.nodes.find((node) => node.id === id)?.kind === 'service') === isCall);
  const [first] = wired;
  const chosen = typeof step === 'string' ? '' : String(step.to ?? '');
  const gone = chosen === '' || wired.includes(chosen) ? [] : [chosen];
  return {
    ...field,
    kind: 'choice',
    default: '',
    choices: [
      {
        value: '',
        label: first === undefined ? worded('steps.to.nobody') : worded('steps.to.first', { name: nameOf(topology, first) }),
      },
      ...wired.map((id) => ({ value: id, label: nameOf(topology, id) })),
      ...gone.map((id) => ({ value: id, label: worded('steps.to.gone', { name: nameOf(topology, id) }) })),
    ],
  } as Field;
}

// ------------------------------------------------------------------ the crash between two steps

interface CrashMarkerProps {
  readonly target: string;
  readonly labels: readonly string[];
  /** After how many steps; 0 = never. */
  readonly crashAfter: number;
  readonly rows: React.RefObject<HTMLOListElement | null>;
}

/** A slider whose stops are the gaps of the list; above all of them it says that nothing crashes. */
function CrashMarker({ target, labels, crashAfter, rows }: CrashMarkerProps) {
  const set = (next: number) => {
    const gap = Math.min(Math.max(next, 0), labels.length);
    if (gap !== crashAfter) edit((drawing) => setParam(drawing, target, CRASH, gap === 0 ? undefined : gap));
  };
  const words =
    crashAfter === 0 ? worded('steps.crash.never') : worded('steps.crash.after', { step: labels[crashAfter - 1] ?? '' });
  const onKey = (event: KeyboardEvent) => {
    const next = {
      ArrowDown: crashAfter + 1,
      ArrowRight: crashAfter + 1,
      ArrowUp: crashAfter - 1,
      ArrowLeft: crashAfter - 1,
      Home: 0,
      End: labels.length,
    }[event.key];
    if (next === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    set(next);
  };
  return (
    <li style={{ order: 2 * crashAfter - 1 }}>
      {/* No range input: its stops are gaps between rows of any height. */}
      <div
        role="slider"
        tabIndex={0}
        className={`step-crash${crashAfter === 0 ? ' is-off' : ''}`}
        aria-label={worded('steps.crash')}
        aria-orientation="vertical"
        aria-valuemin={0}
        aria-valuemax={labels.length}
        aria-valuenow={crashAfter}
        aria-valuetext={words}
        title={worded('steps.crash.hint')}
        onKeyDown={onKey}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          beginEdit();
        }}
        onPointerMove={(event) => {
          if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
          set(middlesOf(rows.current).filter((middle) => middle < event.clientY).length);
        }}
        onPointerUp={commitEdit}
        onPointerCancel={commitEdit}
      >
        <Zap size={12} strokeWidth={1.75} />
        {words}
      </div>
    </li>
  );
}
