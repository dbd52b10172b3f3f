// The seal that stands for each class of the ledger, wherever one is named.

import type { LetterClass } from '../../sim-engine/protocol/messages.ts';
import type { SealName } from '../ui/Seal.tsx';

export const SEAL_OF: { readonly [of in LetterClass]: SealName } = {
  wire: 'wire',
  waiting: 'waiting',
  work: 'work',
  retry: 'retry',
  dead: 'dead',
  accepted: 'waiting',
  done: 'done',
  expired: 'expired',
  lost: 'lost',
  dropped: 'lost',
  skipped: 'expired',
  refused: 'turned-away',
  unroutable: 'turned-away',
};
