// One parameter as a control, made from its declaration: name and the broker's own key at the left, value and unit at the right, a
// slider where dragging teaches. Every change goes into the document at once; a drag is one step of undo.

import { Pin, RotateCcw } from 'lucide-react';
import { lazy, Suspense, useId, useState } from 'react';
import type { LawDocument } from '../../sim-engine/nodes/fields.ts';
import { parseBytes, parseDuration, printBytes, printDuration } from '../../sim-engine/topology/units.ts';
import { type MessageKey, text } from '../messages/asked.ts';
import { say } from '../messages/say.ts';
import { FieldSlider } from '../node-views/FieldSlider.tsx';
import { meanKey, type NumberForm, numberForm, sliderForm } from '../store/sliders.ts';
import { figure } from '../ui/format.ts';
import { factsOf, isDefault, spaced } from './facts.ts';
import type { FieldControlProps } from './field-props.ts';

const StepsEditor = lazy(async () => ({ default: (await import('./StepsEditor.tsx')).StepsEditor }));
const TableEditor = lazy(async () => ({ default: (await import('./TableEditor.tsx')).TableEditor }));

/** Fields that are a list of their own: nothing in them is the one control that a label would name. */
const LISTS: ReadonlySet<string> = new Set(['steps', 'table']);

export function FieldControl(props: FieldControlProps) {
  const { field, isExplained, isNested } = props;
  const id = useId();
  const isFixed = !field.live && !isNested;
  const title = `${say(field.help)}\n${factsOf(field)}`;
  return (
    <div className={`field field-${field.kind}${isFixed && !LISTS.has(field.kind) ? ' is-fixed' : ''}`}>
      <span className="field-name">
        {LISTS.has(field.kind) ? (
          <b title={title}>{say(field.label)}</b>
        ) : (
          <label htmlFor={id} title={title}>
            {say(field.label)}
          </label>
        )}
        <FieldActs {...props} />
      </span>
      <Control {...props} id={id} />
      {field.key !== undefined && <span className="field-key mono">{field.key}</span>}
      {isFixed && <span className="field-note">{text('inspector.restart')}</span>}
      <p id={helpOf(id)} className={isExplained ? 'field-help' : 'unseen'}>
        {say(field.help)} <span className="field-facts">{factsOf(field)}</span>
      </p>
    </div>
  );
}

/** Back to the default, and onto the card: there when the field is pointed at or has the focus. */
function FieldActs({ field, value, onChange, isKnob, onKnob }: FieldControlProps) {
  const label = say(field.label);
  const reset = text('inspector.default.do', { label });
  const pin = text(isKnob ? 'inspector.unpin' : 'inspector.pin', { label });
  return (
    <>
      {!isDefault(field, value) && (
        <button type="button" className="field-act" aria-label={reset} title={reset} onClick={() => onChange(undefined)}>
          <RotateCcw size={13} strokeWidth={1.75} />
        </button>
      )}
      {isKnob !== null && (
        <button
          type="button"
          className="field-act field-pin"
          aria-label={pin}
          title={pin}
          aria-pressed={isKnob}
          onClick={() => onKnob(!isKnob)}
        >
          <Pin size={13} strokeWidth={1.75} />
        </button>
      )}
    </>
  );
}

const helpOf = (id: string): string => `${id}-help`;

function Control(props: FieldControlProps & { id: string }) {
  const { field, value } = props;
  const form = numberForm(field);
  if (form !== null) return <NumberControl {...props} form={form} />;
  switch (field.kind) {
    case 'duration':
      return (
        <>
          <QuantityControl {...props} {...durationIn(field.min, field.max)} />
          <Slider {...props} />
        </>
      );
    case 'bytes':
      return <QuantityControl {...props} {...bytesIn(field)} />;
    case 'flag':
      return <FlagControl {...props} />;
    case 'choice':
      return <ChoiceControl {...props} choices={field.choices} />;
    case 'distribution':
      return <MeanControl {...props} of={field.of} />;
    case 'steps':
      return (
        <Suspense fallback={<div className="steps" />}>
          <StepsEditor {...props} field={field} describedBy={helpOf(props.id)} Control={FieldControl} />
        </Suspense>
      );
    case 'text':
      return <TextControl {...props} most={field.maxLength} />;
    case 'table':
      return (
        <Suspense fallback={<div className="table" />}>
          <TableEditor field={field} value={value} describedBy={helpOf(props.id)} onChange={props.onChange} />
        </Suspense>
      );
    default:
      return <output className="field-value is-read-only">{summary(value)}</output>;
  }
}

// ------------------------------------------------------------------ numbers

function NumberControl(props: FieldControlProps & { id: string; form: NumberForm }) {
  const { value, onChange, id, form } = props;
  const now = form.shown(Number(value));
  const [draft, setDraft] = useState<string | null>(null);
  // A 0 that switches a limit off is read as that, and may be written so.
  const zero = 'zero' in props.field && props.field.zero !== undefined ? say(props.field.zero) : null;
  const isZero = zero !== null && (draft?.trim() === '' || draft === zero);
  const entered = draft === null ? now : isZero ? 0 : Number(draft);
  const isBad =
    draft !== null &&
    !isZero &&
    (draft.trim() === '' || !(entered >= form.min && entered <= form.max) || (form.isWhole && !Number.isInteger(entered)));
  return (
    <>
      <span className={`field-value${isBad ? ' is-bad' : ''}`}>
        <input
          id={id}
          aria-describedby={helpOf(id)}
          inputMode="decimal"
          value={draft ?? (now === 0 && zero !== null ? zero : now)}
          aria-invalid={isBad}
          // What is a word is written over, not into.
          onFocus={(event) => now === 0 && zero !== null && event.target.select()}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={() => {
            if (draft !== null && !isBad && entered !== now) onChange(form.meant(entered));
            setDraft(null);
          }}
          onKeyDown={commitOnEnter(() => setDraft(null))}
        />
        {form.unit !== '' && (zero === null || entered !== 0) && <i>{form.unit}</i>}
      </span>
      {isBad && <Wrong>{text(form.isWhole ? 'inspector.wrong.whole' : 'inspector.wrong.number', limitsOf(form))}</Wrong>}
      <Slider {...props} />
    </>
  );
}

/** Where dragging teaches. */
function Slider({ target, name, field, value, isNested }: FieldControlProps) {
  const form = isNested ? null : sliderForm(field, value);
  return form && <FieldSlider target={target} name={name} field={field} form={form} value={value} />;
}

const limitsOf = ({ min, max, unit }: NumberForm) => ({ min: figure(min), max: `${figure(max)} ${unit}`.trim() });

/** What to do about a value that is not taken, while it stands there. */
function Wrong({ children }: { children: string }) {
  return (
    <p className="field-wrong" role="alert">
      {children}
    </p>
  );
}

// ------------------------------------------------------------------ texts with a unit

/** What was entered in document form, or null where it is not a value of this field. */
type ToText = (entered: string) => unknown;

interface QuantityForm {
  readonly toText: ToText;
  /** What to do where it is none. */
  readonly remedy: string;
}

function durationIn(min: string, max: string): QuantityForm {
  const [least, most] = [min, max].map((limit) => quantity(parseDuration(limit))) as [number, number];
  return {
    toText(entered) {
      const ns = quantity(parseDuration(entered.replace(/\s/g, '')));
      return ns !== null && ns >= least && ns <= most ? printDuration(ns) : null;
    },
    remedy: text('inspector.wrong.duration', { min: spaced(min), max: spaced(max) }),
  };
}

function bytesIn({ min, max }: { min: number; max: number }): QuantityForm {
  return {
    toText(entered) {
      const bytes = /^\d+$/.test(entered.trim()) ? Number(entered) : quantity(parseBytes(entered.replace(/\s/g, '')));
      return bytes !== null && bytes >= min && bytes <= max ? printBytes(bytes) : null;
    },
    remedy: text('inspector.wrong.bytes', { min: spaced(String(printBytes(min))), max: spaced(String(printBytes(max))) }),
  };
}

const quantity = (parsed: ReturnType<typeof parseDuration>): number | null => (parsed.ok ? parsed.value : null);

function QuantityControl({ value, onChange, id, toText, remedy }: FieldControlProps & QuantityForm & { id: string }) {
  const [draft, setDraft] = useState<string | null>(null);
  const next = draft === null ? value : toText(draft);
  return (
    <>
      <span className={`field-value${next === null ? ' is-bad' : ''}`}>
        <input
          id={id}
          aria-describedby={helpOf(id)}
          value={draft ?? spaced(String(value))}
          aria-invalid={next === null}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={() => {
            if (draft !== null && next !== null && next !== value) onChange(next);
            setDraft(null);
          }}
          onKeyDown={commitOnEnter(() => setDraft(null))}
        />
      </span>
      {next === null && <Wrong>{remedy}</Wrong>}
    </>
  );
}

/** Written as it is, with the blanks: a routing key may hold them. */
function TextControl({ value, onChange, id, most }: FieldControlProps & { id: string; most: number }) {
  const now = String(value);
  const [draft, setDraft] = useState<string | null>(null);
  const isBad = draft !== null && draft.length > most;
  return (
    <>
      <span className={`field-value mono${isBad ? ' is-bad' : ''}`}>
        <input
          id={id}
          aria-describedby={helpOf(id)}
          value={draft ?? now}
          aria-invalid={isBad}
          spellCheck={false}
          autoCapitalize="off"
          onChange={(event) => setDraft(event.target.value)}
          onBlur={() => {
            if (draft !== null && !isBad && draft !== now) onChange(draft);
            setDraft(null);
          }}
          onKeyDown={commitOnEnter(() => setDraft(null))}
        />
      </span>
      {isBad && <Wrong>{text('inspector.wrong.text', { length: draft.length, most })}</Wrong>}
    </>
  );
}

/** The mean of a law: its shape is for the file. */
function MeanControl(props: FieldControlProps & { id: string; of: 'duration' | 'bytes' }) {
  const { value, onChange, id, of, ...others } = props;
  const law = value as LawDocument;
  const key = meanKey(law);
  if (key === null) return <output className="field-value is-read-only">{text(`law.${law.law}`)}</output>;
  const mean = (law as unknown as Record<string, string | number>)[key];
  const form = of === 'duration' ? durationIn('1ns', '24h') : bytesIn({ min: 1, max: 1e9 });
  return (
    <>
      <QuantityControl {...others} {...form} value={mean} id={id} onChange={(next) => onChange({ ...law, [key]: next })} />
      <span className="field-note">{text('inspector.mean', { law: text(`law.${law.law}`) })}</span>
      <Slider {...props} />
    </>
  );
}

// ------------------------------------------------------------------ choices

function FlagControl({ value, onChange, id }: FieldControlProps & { id: string }) {
  return (
    <input
      id={id}
      aria-describedby={helpOf(id)}
      type="checkbox"
      className="switch"
      checked={value === true}
      onChange={(event) => onChange(event.target.checked)}
    />
  );
}

function ChoiceControl({
  value,
  onChange,
  id,
  choices,
}: FieldControlProps & { id: string; choices: readonly { readonly value: string; readonly label: MessageKey | string }[] }) {
  return (
    <select
      id={id}
      aria-describedby={helpOf(id)}
      className="field-value"
      value={String(value)}
      onChange={(event) => onChange(event.target.value)}
    >
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {say(choice.label)}
        </option>
      ))}
    </select>
  );
}

function summary(value: unknown): string {
  if (!Array.isArray(value)) return String(value);
  return value.map((item) => (typeof item === 'object' && item !== null && 'name' in item ? String(item.name) : item)).join(', ');
}

const commitOnEnter = (cancel: () => void) => (event: React.KeyboardEvent<HTMLInputElement>) => {
  if (event.key === 'Escape') cancel();
  if (event.key === 'Enter') event.currentTarget.blur();
};
