// The wire on which a message goes straight to a service, with nothing in between that could keep it: what finds no room is refused.

import type { Fields } from '../fields.ts';
import type { WireKind } from '../node-kind.ts';

const DIRECT_FIELDS = {
  timeout: {
    kind: 'duration',
    label: 'direct.timeout.label',
    help: 'direct.timeout.help',
    min: '0s',
    max: '24h',
    default: '5s',
    live: true,
  },
} as const satisfies Fields;

export const DIRECT: WireKind<'direct', typeof DIRECT_FIELDS> = {
  type: 'direct',
  label: 'wire.direct.label',
  about: 'wire.direct.about',
  from: ['offers'],
  to: ['works'],
  fields: DIRECT_FIELDS,
  travels: true,
  carries: 'call',
  client: { end: 'from', role: 'publisher' },
};
