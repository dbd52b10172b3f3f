// A table of values by name, edited where it stands: a row each for a name, a type and a value. What is written is taken when it is
// left or with Enter, a new row as a whole when all of it is left. Each change is a step of undo.

import { Plus, X } from 'lucide-react';
import { type FocusEvent, type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import type { TableField } from '../../sim-engine/nodes/fields.ts';
import { text } from '../messages/asked.ts';
import { say } from '../messages/say.ts';
import { announcer } from '../store/announcer.ts';
import {
  faultOf,
  NEW_ROW,
  rowsOf,
  TABLE_TYPES,
  type TableDocument,
  type TableRow,
  type TableType,
  tableOf,
  withType,
} from './table.ts';
import './table.css';

export interface TableEditorProps {
  readonly field: TableField;
  /** What it is a table of, where that is not the field itself. */
  readonly label?: string;
  /** In document form. */
  readonly value: unknown;
  readonly describedBy?: string;
  /** `undefined` = back to the default, an empty table. */
  readonly onChange: (value: TableDocument | undefined) => void;
}

export function TableEditor({ field, label = say(field.label), value, describedBy, onChange }: TableEditorProps) {
  const rows = rowsOf(value as TableDocument);
  const [isAdding, setAdding] = useState(false);
  const add = useRef<HTMLButtonElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const focusNext = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (focusNext.current === null) return;
    const next = list.current?.querySelectorAll<HTMLElement>('.table-remove')[focusNext.current];
    focusNext.current = null;
    (next ?? add.current)?.focus();
  });
  const write = (next: readonly TableRow[]) => onChange(next.length === 0 ? undefined : tableOf(next));
  const remove = (at: number) => {
    write(rows.filter((_, ix) => ix !== at));
    focusNext.current = Math.max(0, Math.min(at, rows.length - 2));
    announcer.tell('table', text('table.removed', { name: rows[at]?.name ?? '' }));
  };
  const names = rows.map(({ name }) => name);
  const isFull = rows.length >= field.maxCount;
  return (
    <div className="table">
      <ul ref={list} aria-label={label} aria-describedby={describedBy}>
        {rows.map((row, at) => (
          <Row
            key={row.name}
            row={row}
            others={names.filter((_, ix) => ix !== at)}
            onChange={(next) => write(rows.map((one, ix) => (ix === at ? next : one)))}
            onRemove={() => remove(at)}
          />
        ))}
        {isAdding && (
          <Row
            key="new"
            row={NEW_ROW}
            others={names}
            isNew
            onChange={(next) => {
              setAdding(false);
              write([...rows, next]);
            }}
            onRemove={() => {
              setAdding(false);
              requestAnimationFrame(() => add.current?.focus());
            }}
          />
        )}
      </ul>
      {!isAdding && (
        <button ref={add} type="button" className="btn small" disabled={isFull} onClick={() => setAdding(true)}>
          <Plus size={14} strokeWidth={1.75} />
          {text('table.add')}
        </button>
      )}
      {isFull && <span className="field-note">{text('table.full', { most: field.maxCount })}</span>}
    </div>
  );
}

interface RowProps {
  readonly row: TableRow;
  readonly others: readonly string[];
  readonly isNew?: boolean;
  readonly onChange: (row: TableRow) => void;
  readonly onRemove: () => void;
}

function Row({ row, others, isNew = false, onChange, onRemove }: RowProps) {
  const [draft, setDraft] = useState<TableRow | null>(isNew ? row : null);
  const id = useId();
  const name = useRef<HTMLInputElement>(null);
  const root = useRef<HTMLLIElement>(null);
  useLayoutEffect(() => {
    if (isNew) name.current?.focus();
  }, [isNew]);
  const shown = draft ?? row;
  const fault = draft === null ? null : faultOf(draft, others);
  // A row that is just begun has no name yet, and nobody is scolded for that.
  const isBegun = isNew && shown.name === '';
  const take = (next: TableRow) => {
    if (faultOf(next, others) !== null) {
      setDraft(next);
      return;
    }
    setDraft(null);
    if (isNew || next.name !== row.name || next.type !== row.type || next.value !== row.value) onChange(next);
  };
  const onBlur = (event: FocusEvent) => {
    if (draft === null) return;
    const isInside = event.relatedTarget instanceof Node && root.current?.contains(event.relatedTarget) === true;
    if (isNew && isInside) return;
    // What was begun and left empty was not meant.
    if (isNew && draft.name === '' && draft.value === '') onRemove();
    else take(draft);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      event.preventDefault();
      if (draft !== null) take(draft);
    }
    if (event.key !== 'Escape' || draft === null) return;
    event.stopPropagation();
    if (isNew) onRemove();
    else setDraft(null);
  };
  // Of a row that is there a choice counts at once, of a new one all of it together.
  const choose = (next: TableRow) => (isNew ? setDraft(next) : take(next));
  const isBad = (parts: readonly string[]) => fault !== null && !isBegun && parts.includes(fault);
  const wrongName = isBad(['name', 'name-long', 'twice']);
  const wrongValue = isBad(['whole', 'double', 'structure']);
  return (
    <li ref={root} className="table-row" onBlur={onBlur} onKeyDown={onKey}>
      <span className={`field-value table-name mono${wrongName ? ' is-bad' : ''}`}>
        <input
          ref={name}
          value={shown.name}
          placeholder={text('table.name')}
          aria-label={text(isNew ? 'table.name.new' : 'table.name.of', { name: row.name })}
          aria-invalid={wrongName}
          aria-describedby={fault === null ? undefined : id}
          spellCheck={false}
          autoCapitalize="off"
          onChange={(event) => setDraft({ ...shown, name: event.target.value })}
        />
      </span>
      <button
        type="button"
        className="field-act table-remove"
        aria-label={isNew ? text('table.remove.new') : text('table.remove', { name: row.name })}
        title={isNew ? text('table.remove.new') : text('table.remove', { name: row.name })}
        // A row that is not yet there would be taken when its inputs are left.
        onPointerDown={(event) => isNew && event.preventDefault()}
        onClick={onRemove}
      >
        <X size={14} strokeWidth={1.75} />
      </button>
      <select
        className="field-value"
        value={shown.type}
        aria-label={isNew ? text('table.type.new') : text('table.type.of', { name: row.name })}
        onChange={(event) => choose(withType(shown, event.target.value as TableType))}
      >
        {TABLE_TYPES.map((type) => (
          <option key={type} value={type}>
            {text(`table.type.${type}`)}
          </option>
        ))}
      </select>
      <Value row={shown} name={row.name} isNew={isNew} isBad={wrongValue} wrongId={id} onDraft={setDraft} onChoose={choose} />
      {fault !== null && !isBegun && (
        <p id={id} className="field-wrong" role="alert">
          {text(`table.wrong.${fault}`)}
        </p>
      )}
    </li>
  );
}

interface ValueProps {
  readonly row: TableRow;
  readonly name: string;
  readonly isNew: boolean;
  readonly isBad: boolean;
  readonly wrongId: string;
  readonly onDraft: (row: TableRow) => void;
  readonly onChoose: (row: TableRow) => void;
}

function Value({ row, name, isNew, isBad, wrongId, onDraft, onChoose }: ValueProps) {
  const label = isNew ? text('table.value.new') : text('table.value.of', { name });
  if (row.type === 'nothing') return <span className="table-nothing">{text('table.nothing')}</span>;
  if (row.type === 'flag') {
    return (
      <select
        className="field-value table-value"
        value={row.value}
        aria-label={label}
        onChange={(event) => onChoose({ ...row, value: event.target.value })}
      >
        <option value="true">{text('table.true')}</option>
        <option value="false">{text('table.false')}</option>
      </select>
    );
  }
  return (
    <span className={`field-value table-value mono${isBad ? ' is-bad' : ''}`}>
      <input
        value={row.value}
        placeholder={text('table.value')}
        aria-label={label}
        aria-invalid={isBad}
        aria-describedby={isBad ? wrongId : undefined}
        inputMode={row.type === 'whole' || row.type === 'double' ? 'decimal' : 'text'}
        spellCheck={false}
        autoCapitalize="off"
        onChange={(event) => onDraft({ ...row, value: event.target.value })}
      />
    </span>
  );
}
