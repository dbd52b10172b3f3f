// Cards in the hand: the container that they would come to lie in stands out, one that refuses them says why, and where they are let
// go they become its parts, or none any more. One that is refused goes back to where it was taken from.

import { landed, landings } from '../acts/containers.ts';
import { topologyOf } from '../store/drawing.ts';
import { cancelEdit, commitEdit, edit, present, tell, useLab } from '../store/lab.ts';
import { useAttention } from './attention.ts';
import type { CardNode } from './flow-nodes.ts';

const landingsOf = (cards: readonly CardNode[]) => {
  const drawing = present(useLab.getState());
  return drawing === null
    ? []
    : landings(
        topologyOf(drawing),
        cards.map(({ id }) => id),
      );
};

const reasonIn = (all: ReturnType<typeof landingsOf>): string | null => all.find(({ reason }) => reason !== null)?.reason ?? null;

/** Called while cards are dragged. */
export function carry(cards: readonly CardNode[]): void {
  const all = landingsOf(cards);
  mark(new Map(all.flatMap(({ container, reason }) => (container ? [[container.id, reason === null] as const] : []))));
  say(reasonIn(all));
}

/** Called when they are let go; closes the gesture. */
export function putDown(cards: readonly CardNode[]): void {
  const all = landingsOf(cards);
  const reason = reasonIn(all);
  mark(new Map());
  say(null);
  if (reason !== null) {
    cancelEdit();
    tell(reason);
    return;
  }
  edit((now) => landed(now, all));
  commitEdit();
}

function say(refusal: string | null): void {
  if (useAttention.getState().refusal !== refusal) useAttention.setState({ refusal });
}

let marked: readonly HTMLElement[] = [];

/** By attribute, as for a wire in the hand: React renders nothing for it. */
function mark(containers: ReadonlyMap<string, boolean>): void {
  for (const card of marked) delete card.dataset.aim;
  marked = [...containers].flatMap(([id, isTaken]) => {
    const card = document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
    if (card === null) return [];
    card.dataset.aim = isTaken ? 'yes' : 'no';
    return [card];
  });
}
