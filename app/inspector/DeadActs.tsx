// What is done with dead letters, where the settings of their queue speak of a redrive: to see them, and to send them all back. Words
// alone: with signs before them the two have no room beside each other.

import { text } from '../messages/asked.ts';
import { inject } from '../store/faults.ts';
import { openPanel } from '../store/panels.ts';

export function DeadActs({ node }: { readonly node: string }) {
  return (
    <div className="inspector-section inspector-acts">
      <button type="button" className="btn small" onClick={() => openPanel({ kind: 'dead', node })}>
        {text('faults.do.open-dead')}
      </button>
      <button
        type="button"
        className="btn small"
        title={text('dead.redrive.help')}
        onClick={() => inject({ type: 'redrive', node })}
      >
        {text('dead.redrive.all')}
      </button>
    </div>
  );
}
