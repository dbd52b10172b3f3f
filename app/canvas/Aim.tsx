// While a wire is in the hand: cards that can take it stand out, the others step back, and over a card that cannot the reason
// stands at the pointer in words. A wire may be let go anywhere on a card. Works for a drag and for one tap after another.

import { useConnection, useStore, useStoreApi } from '@xyflow/react';
import { useEffect, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import { connect, topologyOf } from '../store/drawing.ts';
import { edit, present, tell, useLab } from '../store/lab.ts';
import { whyNoWire } from '../store/wiring.ts';

interface Hand {
  readonly node: string;
  /** Which end of the wire is in the hand's other one: `source` when the wire began where messages go out. */
  readonly type: 'source' | 'target';
  /** Port of the node from which it leads. */
  readonly port: string;
}

const whyNot = ({ node, port, type }: Hand, over: string): string | null => {
  const drawing = present(useLab.getState());
  if (drawing === null) return null;
  return type === 'source' ? whyNoWire(topologyOf(drawing), node, over, port) : whyNoWire(topologyOf(drawing), over, node);
};

const cardUnder = (x: number, y: number): string | null =>
  document.elementFromPoint(x, y)?.closest<HTMLElement>('.react-flow__node')?.dataset.id ?? null;

/** Draws the wire from the hand to the card under this point, or says why it cannot be. Answers whether there was a card. */
function letGo(hand: Hand, point: { readonly x: number; readonly y: number }): boolean {
  const over = cardUnder(point.x, point.y);
  if (over === null || over === hand.node) return false;
  const reason = whyNot(hand, over);
  if (reason !== null) tell(reason);
  else edit((now) => (hand.type === 'source' ? connect(now, hand.node, over, hand.port) : connect(now, over, hand.node)));
  return true;
}

/** Words at the pointer, within the window. */
export function follow(words: HTMLElement | null, x: number, y: number): void {
  if (words === null) return;
  const right = Math.min(x + 16, innerWidth - words.offsetWidth - 8);
  words.style.translate = `${right}px ${Math.min(y + 18, innerHeight - 70)}px`;
}

export function Aim() {
  const dragged = useConnection((connection) =>
    connection.inProgress && connection.fromHandle
      ? `${connection.fromHandle.type} ${connection.fromHandle.id} ${connection.fromHandle.nodeId}`
      : null,
  );
  const tapped = useStore(({ connectionClickStartHandle: start }) =>
    start ? `${start.type} ${start.id} ${start.nodeId}` : null,
  );
  const flow = useStoreApi();
  const key = dragged ?? tapped;
  const words = useRef<HTMLParagraphElement>(null);
  const [reason, setReason] = useState<string | null>(null);

  useEffect(() => {
    if (key === null) return;
    // No port has a blank in its name.
    const [type, port, ...id] = key.split(' ');
    const hand: Hand = { node: id.join(' '), type: type as Hand['type'], port: port as string };
    const { node } = hand;
    const cards = document.querySelectorAll<HTMLElement>('.react-flow__node');
    for (const card of cards) {
      const { id } = card.dataset;
      if (id !== undefined && id !== node) card.dataset.aim = whyNot(hand, id) === null ? 'yes' : 'no';
    }
    let last: string | null = null;
    const onMove = ({ clientX: x, clientY: y }: PointerEvent | MouseEvent) => {
      follow(words.current, x, y);
      const over = cardUnder(x, y);
      if (over === last) return;
      last = over;
      setReason(over === null || over === node ? null : whyNot(hand, over));
    };
    /** The first tap took a port; the next one names the card, by a port of it or anywhere. */
    const onTap = (event: MouseEvent) => {
      if (dragged !== null) return;
      const isPort = event.target instanceof Element && event.target.closest('.react-flow__handle') !== null;
      if (isPort && cardUnder(event.clientX, event.clientY) === node) return;
      if (letGo(hand, { x: event.clientX, y: event.clientY })) {
        event.stopPropagation();
        event.preventDefault();
      }
      flow.setState({ connectionClickStartHandle: null });
    };
    const onDrop = (event: PointerEvent | MouseEvent) => {
      if (dragged === null) return;
      // A port close by was aimed at, if it is a right one, and React Flow draws that wire.
      const isCaught = document.querySelector('.react-flow__handle.connectingto.valid') !== null;
      if (!isCaught) letGo(hand, { x: event.clientX, y: event.clientY });
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && dragged === null) flow.setState({ connectionClickStartHandle: null });
    };
    window.addEventListener('pointermove', onMove);
    window.addEventListener('click', onTap, { capture: true });
    window.addEventListener('mouseup', onDrop, { capture: true });
    window.addEventListener('touchend', onTouchEnd, { capture: true });
    window.addEventListener('keydown', onKey);
    function onTouchEnd(event: TouchEvent) {
      const [touch] = event.changedTouches;
      if (touch !== undefined && dragged !== null && document.querySelector('.connectingto.valid') === null) {
        letGo(hand, { x: touch.clientX, y: touch.clientY });
      }
    }
    return () => {
      for (const card of cards) delete card.dataset.aim;
      window.removeEventListener('pointermove', onMove);
      window.removeEventListener('click', onTap, { capture: true });
      window.removeEventListener('mouseup', onDrop, { capture: true });
      window.removeEventListener('touchend', onTouchEnd, { capture: true });
      window.removeEventListener('keydown', onKey);
      setReason(null);
    };
  }, [key, dragged, flow]);

  if (key === null) return null;
  // Above all panels: cards lie under some of them.
  return createPortal(
    <p ref={words} className="aim" role="status" hidden={reason === null}>
      {reason}
    </p>,
    document.body,
  );
}
