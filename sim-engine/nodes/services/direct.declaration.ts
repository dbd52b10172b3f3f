// The wire on which a message goes straight to a service, with nothing in between that could keep it: what finds no room is refused.

import { declareFields, declareWire } from '../declare.ts';
import type { WireKind } from '../node-kind.ts';

const DIRECT_FIELDS = declareFields('direct', {
  timeout: {
    kind: 'duration',
    min: '0s',
    max: '24h',
    default: '5s',
    live: true,
  },
});

export const DIRECT: WireKind<'direct', typeof DIRECT_FIELDS> = declareWire({
  type: 'direct',
  from: ['offers'],
  to: ['works'],
  fields: DIRECT_FIELDS,
  travels: true,
  carries: 'call',
  client: { end: 'from', role: 'publisher' },
});
