// A fault with values of one's own: what, how much, for how long. What will be done stands on the button.

import { type FormEvent, useId, useState } from 'react';
import { text } from '../messages/asked.ts';
import { nameOf, topologyOf } from '../store/drawing.ts';
import { doWords } from '../store/fault-words.ts';
import { inject, useFaults } from '../store/faults.ts';
import { client, present, useLab } from '../store/lab.ts';
import { Dialog } from '../ui/Dialog.tsx';
import { focusIfLost } from '../ui/focus.ts';
import { choicesFor, runningAt } from './choices.ts';
import { actFrom, beginnings, type Entered, enteredFrom, mayBeEmpty, type OwnType, PARTS, type Part } from './own-values.ts';
import './own-fault.css';

export function OwnFault({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const topology = useLab((lab) => {
    const drawing = present(lab);
    return drawing && topologyOf(drawing);
  });
  // As it was when it was asked for: what ends meanwhile must not change what is being written.
  const [running] = useState(() => runningAt(useFaults.getState().marks, client.status?.simTimeNs ?? 0));
  const all = topology === null ? [] : beginnings(choicesFor(topology, id, running) ?? []);
  const [chosen, setChosen] = useState<OwnType | undefined>(all[0]?.type);
  const [written, setWritten] = useState<Entered>({});
  const what = useId();
  const like = all.find(({ type }) => type === chosen) ?? all[0];
  if (topology === null || like === undefined) return null;
  const entered = { ...enteredFrom(like), ...written };
  const taken = actFrom(like, entered);
  const wrong: readonly Part[] = 'type' in taken ? [] : taken;
  const close = () => {
    onClose();
    // The menu that it was asked from is gone.
    focusIfLost(id);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!('type' in taken)) return;
    inject(taken);
    close();
  };
  return (
    <Dialog title={text('own.title', { name: nameOf(topology, id) })} closeLabel={text('dialog.close')} onClose={close}>
      <form className="own-fault" onSubmit={onSubmit}>
        <div className="own-part">
          <label htmlFor={what}>{text('own.what')}</label>
          <select
            id={what}
            value={like.type}
            onChange={(event) => {
              setChosen(event.target.value as OwnType);
              setWritten({});
            }}
          >
            {all.map(({ type }) => (
              <option key={type} value={type}>
                {text(`own.what.${type}`)}
              </option>
            ))}
          </select>
        </div>
        {PARTS[like.type].map((part) => (
          <PartField
            key={`${like.type} ${part}`}
            part={part}
            isOptional={mayBeEmpty(like.type, part)}
            isWrong={wrong.includes(part)}
            value={entered[part] ?? ''}
            onChange={(words) => setWritten({ ...written, [part]: words })}
          />
        ))}
        <button type="submit" className="btn primary" aria-disabled={wrong.length > 0}>
          {'type' in taken ? doWords(taken) : text(`own.what.${like.type}`)}
        </button>
      </form>
    </Dialog>
  );
}

interface PartFieldProps {
  readonly part: Part;
  readonly isOptional: boolean;
  readonly isWrong: boolean;
  readonly value: string;
  readonly onChange: (words: string) => void;
}

function PartField({ part, isOptional, isWrong, value, onChange }: PartFieldProps) {
  const id = useId();
  const words = isWrong
    ? text(`own.wrong.${part}`)
    : isOptional && (part === 'for' || part === 'over')
      ? text(`own.empty.${part}`)
      : '';
  return (
    <div className={`own-part${isWrong ? ' is-bad' : ''}`}>
      <label htmlFor={id}>{text(`own.part.${part}`)}</label>
      <input
        id={id}
        value={value}
        aria-invalid={isWrong}
        aria-describedby={`${id}-help`}
        onChange={(event) => onChange(event.target.value)}
      />
      <p id={`${id}-help`} role={isWrong ? 'alert' : undefined}>
        {words}
      </p>
    </div>
  );
}
