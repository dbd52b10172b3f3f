// A letter by its name; pressed, it opens its journey.

import type { MessageName } from '../../sim-engine/simulation/commands.ts';
import { text } from '../messages/asked.ts';
import { letterName } from './fault-words.ts';
import { openPanel } from './panels.ts';
import { useNames } from './use-names.ts';

export function LetterLink({ row: { sender, number } }: { readonly row: MessageName }) {
  const letter = letterName({ sender, number }, useNames());
  return (
    <button
      type="button"
      className="letter-link"
      aria-label={text('letters.open', { letter })}
      onClick={() => openPanel({ kind: 'journey', sender, number })}
    >
      {letter}
    </button>
  );
}
