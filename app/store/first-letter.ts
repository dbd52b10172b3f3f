// The moment of a visit from which there is time for more: the first letter is on its way. What a cold visit does not need before
// then waits for it, so that the letter does not wait.

import { FRAME } from '../../sim-engine/protocol/frame.ts';
import { onFrame } from './lab.ts';

/** A drawing without letters, as a run that was found again and stands, is waited for no longer than this after its first frame. */
const NO_LETTER_MS = 1_000;
/** Without an engine there is no frame. */
const NO_FRAME_MS = 10_000;
/** The letter is drawn with the next picture. */
const DRAWN_MS = 34;

/** Resolves once the first letter moves, or somebody touches something, or there is nothing to wait for. */
export const firstLetter: Promise<void> = new Promise((resolve) => {
  let timer = setTimeout(finish, NO_FRAME_MS);
  let hasFrame = false;
  const stop = onFrame((frame) => {
    if ((frame[FRAME.LETTER_COUNT] as number) > 0) finish();
    else if (!hasFrame) {
      clearTimeout(timer);
      timer = setTimeout(finish, NO_LETTER_MS);
    }
    hasFrame = true;
  });
  const touches = ['pointerdown', 'keydown'] as const;
  for (const touch of touches) window.addEventListener(touch, finish, { capture: true });

  function finish(): void {
    clearTimeout(timer);
    stop();
    for (const touch of touches) window.removeEventListener(touch, finish, { capture: true });
    setTimeout(resolve, DRAWN_MS);
  }
});
