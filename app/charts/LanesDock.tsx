// The place of the lanes in the deck. They are loaded once the first letter moves; until then their room is kept, so that nothing
// jumps when they come.

import { lazy, type ReactNode, Suspense, useState } from 'react';
import { text } from '../messages/text.ts';
import { useCharted } from '../store/charted.ts';
import { firstLetter } from '../store/first-letter.ts';
import { useIsNarrow, useMedia } from '../ui/media.ts';
import type { Lane } from './lanes.ts';
import './lanes.css';

const Lanes = lazy(async () => {
  await firstLetter;
  return { default: (await import('./Lanes.tsx')).Lanes };
});
const LaneTabs = lazy(async () => {
  await firstLetter;
  return { default: (await import('./Lanes.tsx')).LaneTabs };
});

/** `views`: what opens more to see, at the end of the tabs of a narrow screen. */
export function LanesDock({ views }: { readonly views?: ReactNode }) {
  const isNarrow = useIsNarrow();
  const isShort = useMedia('(max-height: 760px)');
  const [shown, setShown] = useState<Lane['id']>('throughput');
  const height = isNarrow ? 84 : isShort ? 42 : 50;
  return (
    <section className="lanes-dock" aria-label={text('lanes.label')}>
      {isNarrow && (
        <div className="lanes-tabs">
          <Suspense fallback={<i />}>
            <LaneTabs shown={shown} onShow={setShown} />
          </Suspense>
          {views}
        </div>
      )}
      <Suspense fallback={<Room height={height} isOne={isNarrow} />}>
        <Lanes shown={shown} height={height} />
      </Suspense>
    </section>
  );
}

function Room({ height, isOne }: { readonly height: number; readonly isOne: boolean }) {
  const lanes = useCharted((charted) => charted.lanes);
  return (
    <div className="lanes">
      {(isOne ? lanes.slice(0, 1) : lanes).map((id) => (
        <div key={id} className="lane" style={{ height }} />
      ))}
    </div>
  );
}
