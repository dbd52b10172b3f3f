// Why the cards in the hand cannot be let go here, in words at the pointer.

import { useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { follow } from './Aim.tsx';
import { useAttention } from './attention.ts';

export function CarryWords() {
  const words = useRef<HTMLParagraphElement>(null);
  const refusal = useAttention((attention) => attention.refusal);
  useEffect(() => {
    const onMove = ({ clientX, clientY }: PointerEvent) => follow(words.current, clientX, clientY);
    window.addEventListener('pointermove', onMove);
    return () => window.removeEventListener('pointermove', onMove);
  }, []);
  return createPortal(
    <p ref={words} className="aim" role="status">
      {refusal}
    </p>,
    document.body,
  );
}
