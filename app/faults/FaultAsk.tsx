// The fault menu, loaded when it is asked for the first time, and the marks of what was done kept up to date.

import { lazy, Suspense, useEffect, useState } from 'react';
import { watchFaults } from '../store/faults.ts';
import { useFaultMenu } from './fault-keys.ts';

const FaultMenu = lazy(() => import('./FaultMenu.tsx').then((module) => ({ default: module.FaultMenu })));
const OwnFault = lazy(() => import('./OwnFault.tsx').then((module) => ({ default: module.OwnFault })));

export function FaultAsk() {
  const [asked, close] = useFaultMenu();
  const [ownOf, setOwnOf] = useState<string | null>(null);
  useEffect(watchFaults, []);
  return (
    <Suspense fallback={null}>
      {asked !== null && (
        <FaultMenu key={`${asked.id} ${asked.at.x} ${asked.at.y}`} {...asked} onOwn={setOwnOf} onClose={close} />
      )}
      {ownOf !== null && <OwnFault id={ownOf} onClose={() => setOwnOf(null)} />}
    </Suspense>
  );
}
