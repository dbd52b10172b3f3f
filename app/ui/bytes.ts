// Bytes as people read them: about three figures and a unit. Exact ones stand in settings (`printBytes`).

import { count, figure } from './format.ts';

const UNITS = [
  ['GB', 1e9],
  ['MB', 1e6],
  ['KB', 1e3],
] as const;

export function bytesText(bytes: number): string {
  for (const [unit, size] of UNITS) if (bytes >= size) return `${figure(bytes / size)} ${unit}`;
  return `${count(bytes)} B`;
}
