// One parameter as a control, made from its declaration: name and the broker's own key at the left, value and unit at the right, a
// slider where dragging teaches. Every change goes into the document at once; a drag is one step of undo.

import { useId, useState } from 'react';
import type { Field, LawDocument } from '../../sim-engine/nodes/fields.ts';
import { parseBytes, parseDuration, printBytes, printDuration } from '../../sim-engine/topology/units.ts';
import { type MessageKey, say, text } from '../messages/text.ts';
import { figure } from '../ui/format.ts';
import { draggable, fromStep, SLIDER_STEPS, tidy, toStep } from './scale.ts';

export interface FieldControlProps {
  readonly field: Field;
  /** In document form. */
  readonly value: unknown;
  /** `undefined` = back to the default. */
  readonly onChange: (value: unknown) => void;
  readonly onBegin: () => void;
  readonly onEnd: () => void;
  /** Whether the help sentence is shown; who hears the page is told in any case. */
  readonly isExplained: boolean;
}

export function FieldControl(props: FieldControlProps) {
  const { field, isExplained } = props;
  const id = useId();
  return (
    <div className={`field field-${field.kind}${field.live ? '' : ' is-fixed'}`}>
      <label htmlFor={id} title={say(field.help)}>
        {say(field.label)}
      </label>
      <Control {...props} id={id} />
      {field.key !== undefined && <span className="field-key mono">{field.key}</span>}
      {!field.live && <span className="field-note">{text('inspector.restart')}</span>}
      <p id={helpOf(id)} className={isExplained ? 'field-help' : 'unseen'}>
        {say(field.help)}
      </p>
    </div>
  );
}

const helpOf = (id: string): string => `${id}-help`;

function Control(props: FieldControlProps & { id: string }) {
  const { field, value } = props;
  switch (field.kind) {
    case 'int':
      return <NumberControl {...props} form={{ ...plain(field), integer: true, unit: unitOf(field.unit) }} />;
    case 'rate':
      return <NumberControl {...props} form={{ ...plain(field), unit: text('unit.per-second') }} />;
    case 'ratio':
      return <NumberControl {...props} form={field.unit === '%' ? percent(field) : { ...plain(field), unit: field.unit }} />;
    case 'duration':
      return <QuantityControl {...props} {...durationIn(field.min, field.max)} />;
    case 'bytes':
      return <QuantityControl {...props} {...bytesIn(field)} />;
    case 'flag':
      return <FlagControl {...props} />;
    case 'choice':
      return <ChoiceControl {...props} choices={field.choices} />;
    case 'distribution':
      return <MeanControl {...props} of={field.of} />;
    default:
      return <output className="field-value is-read-only">{summary(value)}</output>;
  }
}

// ------------------------------------------------------------------ numbers

interface NumberForm {
  readonly min: number;
  readonly max: number;
  readonly unit: string;
  readonly integer?: boolean;
  readonly isEven?: boolean;
  /** Document to what is shown, and back. */
  readonly shown: (value: number) => number;
  readonly meant: (value: number) => number;
}

const same = (value: number): number => value;
const plain = ({ min, max }: { min: number; max: number }) => ({ min, max, shown: same, meant: same });
const percent = ({ min, max }: { min: number; max: number }): NumberForm => ({
  min: min * 100,
  max: max * 100,
  unit: text('unit.percent'),
  isEven: true,
  shown: (value) => Number((value * 100).toPrecision(6)),
  meant: (value) => Number((value / 100).toPrecision(6)),
});
/** Units that are only the name of what is counted say nothing beside a label that says it. */
const unitOf = (unit: string): string => (unit === 'messages' || unit === 'attempts' || unit === 'at once' ? '' : unit);

function NumberControl({
  field,
  value,
  onChange,
  onBegin,
  onEnd,
  id,
  form,
}: FieldControlProps & { id: string; form: NumberForm }) {
  const now = form.shown(Number(value));
  const [draft, setDraft] = useState<string | null>(null);
  // Kept through a drag, or the range would run away under the pointer.
  const [range] = useState(() => (form.isEven ? { min: form.min, max: form.max } : draggable(now, form)));
  const entered = draft === null ? now : Number(draft);
  const isBad =
    draft !== null &&
    (draft.trim() === '' || !(entered >= form.min && entered <= form.max) || (form.integer && !Number.isInteger(entered)));
  const take = (next: number) => onChange(form.meant(form.integer ? Math.round(next) : next));
  const step = form.isEven ? Math.round(((now - range.min) / (range.max - range.min)) * SLIDER_STEPS) : toStep(now, range);
  const atStep = (at: number) =>
    form.isEven ? tidy(range.min + ((range.max - range.min) * at) / SLIDER_STEPS) : fromStep(at, range);
  return (
    <>
      <span className={`field-value${isBad ? ' is-bad' : ''}`}>
        <input
          id={id}
          aria-describedby={helpOf(id)}
          inputMode="decimal"
          value={draft ?? now}
          aria-invalid={isBad}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={() => {
            if (draft !== null && !isBad && entered !== now) take(entered);
            setDraft(null);
          }}
          onKeyDown={commitOnEnter(() => setDraft(null))}
        />
        {form.unit !== '' && <i>{form.unit}</i>}
      </span>
      {isBad && <Wrong>{text(form.integer ? 'inspector.wrong.whole' : 'inspector.wrong.number', limitsOf(form))}</Wrong>}
      <input
        type="range"
        className="field-slider"
        aria-label={text('inspector.slider', { label: say(field.label) })}
        aria-valuetext={`${now} ${form.unit}`}
        min={0}
        max={SLIDER_STEPS}
        value={step}
        style={{ '--share': `${(step / SLIDER_STEPS) * 100}%` } as React.CSSProperties}
        onPointerDown={onBegin}
        onPointerUp={onEnd}
        onChange={(event) => take(atStep(event.target.valueAsNumber))}
      />
    </>
  );
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

/** "450ms" as "450 ms". */
const spaced = (quantityText: string): string => quantityText.replace(/(\d)([A-Za-zµ])/, '$1 $2');

/** The mean of a law: its shape is for the file. */
function MeanControl({ value, onChange, id, of, ...others }: FieldControlProps & { id: string; of: 'duration' | 'bytes' }) {
  const law = value as LawDocument;
  const key = 'mean' in law ? 'mean' : law.law === 'constant' ? 'value' : null;
  if (key === null) return <output className="field-value is-read-only">{text(`law.${law.law}`)}</output>;
  const mean = (law as unknown as Record<string, string | number>)[key];
  const form = of === 'duration' ? durationIn('1ns', '24h') : bytesIn({ min: 1, max: 1e9 });
  return (
    <>
      <QuantityControl {...others} {...form} value={mean} id={id} onChange={(next) => onChange({ ...law, [key]: next })} />
      <span className="field-note">{text('inspector.mean', { law: text(`law.${law.law}`) })}</span>
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
  return value
    .map((item) => (typeof item === 'object' && item !== null && 'name' in item ? String(item.name) : String(item)))
    .join(', ');
}

const commitOnEnter = (cancel: () => void) => (event: React.KeyboardEvent<HTMLInputElement>) => {
  if (event.key === 'Escape') cancel();
  if (event.key === 'Enter') event.currentTarget.blur();
};
