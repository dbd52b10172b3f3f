// The fault menu, loaded when it is asked for the first time, and the marks of what was done kept up to date.

import { lazy, Suspense, useEffect } from 'react';
import { watchFaults } from '../store/faults.ts';
import { useFaultMenu } from './fault-keys.ts';

const FaultMenu = lazy(() => import('./FaultMenu.tsx').then((module) => ({ default: module.FaultMenu })));

export function FaultAsk() {
  const [asked, close] = useFaultMenu();
  useEffect(watchFaults, []);
  if (asked === null) return null;
  return (
    <Suspense fallback={null}>
      <FaultMenu key={`${asked.id} ${asked.at.x} ${asked.at.y}`} {...asked} onClose={close} />
    </Suspense>
  );
}
