// Facts about the screen and its owner, as hooks: narrow, short, wishes less motion. Components ask here and nowhere else.

import { useSyncExternalStore } from 'react';

const NARROW = '(max-width: 599px)';
/** The settings have a place beside the drawing and cover none of it. */
export const WIDE = '(min-width: 1300px)';
export const REDUCED_MOTION = '(prefers-reduced-motion: reduce)';

/** Whether a media query holds, now and whenever it changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const media = matchMedia(query);
      media.addEventListener('change', onChange);
      return () => media.removeEventListener('change', onChange);
    },
    () => matchMedia(query).matches,
  );
}

export const useIsNarrow = (): boolean => useMedia(NARROW);
