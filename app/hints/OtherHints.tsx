// What stands in the place of the first hint: how an empty drawing begins, and what a scenario is about.

import { useState } from 'react';
import { text } from '../messages/asked.ts';
import { useIsNarrow } from '../ui/media.ts';
import { Dismiss, Words } from './parts.tsx';

/** Whoever has cleared the canvas is told how a drawing begins, whatever they know already. */
export function EmptyHint() {
  const words = text(useIsNarrow() ? 'hint.empty.narrow' : 'hint.empty');
  return (
    <div className="hint hint-empty" role="note" aria-label={text('hint.label')}>
      <Words words={words} />
    </div>
  );
}

/** There is room for one sentence on a phone. */
const FIRST_END = /(?<=[.!?])\s/;

/** What the scenario is about, until it is sent away. */
export function About({ words }: { readonly words: string }) {
  const [isRead, setRead] = useState(false);
  const isNarrow = useIsNarrow();
  if (isRead) return null;
  return (
    <div className="hint hint-about" role="note" aria-label={text('hint.about')}>
      <Words words={isNarrow ? (words.split(FIRST_END)[0] ?? words) : words} />
      <Dismiss label={text('hint.about.dismiss')} onClick={() => setRead(true)} />
    </div>
  );
}
