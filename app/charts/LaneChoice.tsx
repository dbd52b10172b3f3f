// Chooses which of the lanes everybody has are shown. Gauges are charted from the inspector and leave by their own button.

import { Check, ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { text } from '../messages/asked.ts';
import { toggleLane, useCharted } from '../store/charted.ts';
import { useLab } from '../store/lab.ts';
import { Menu } from '../ui/Menu.tsx';
import { isLagAlone, LANES } from './lanes.ts';

export function LaneChoice() {
  const lanes = useCharted((charted) => charted.lanes);
  const hasLag = useLab(({ layout }) => isLagAlone(layout?.nodes ?? []));
  const [at, setAt] = useState<{ x: number; y: number } | null>(null);
  return (
    <>
      <button
        type="button"
        className="lane-choice"
        aria-label={text('lanes.choose.label')}
        aria-haspopup="menu"
        onClick={(event) => {
          const { left, top } = event.currentTarget.getBoundingClientRect();
          setAt({ x: left, y: top });
        }}
      >
        {text('lanes.choose')}
        <ChevronDown size={13} strokeWidth={1.75} />
      </button>
      {at !== null && (
        <Menu
          label={text('lanes.choose.label')}
          at={at}
          onClose={() => setAt(null)}
          items={LANES.map(({ id, name }) => ({
            label: text(id === 'depth' && hasLag ? 'lanes.lag' : name),
            isOn: lanes.includes(id),
            icon: lanes.includes(id) ? Check : undefined,
            onPick: () => toggleLane(id),
          }))}
        />
      )}
    </>
  );
}
