// Policies: settings that an operator gives to every queue or exchange whose name matches. Of several that match the one with the highest
// priority counts, alone; an operator policy is merged into it, number by number the lower one. doc: policies (parameters).

import type { HeaderTable, HeaderValue } from './model.ts';
import type { QueueType } from './queue-settings.ts';

export type PolicyTarget = 'queues' | 'classic_queues' | 'quorum_queues' | 'streams' | 'exchanges' | 'all';

export interface Policy {
  readonly name: string;
  /** Regular expression, found anywhere in a name. */
  readonly pattern: string;
  readonly priority: number;
  readonly applyTo: PolicyTarget;
  readonly definition: HeaderTable;
  readonly isOperator: boolean;
}

const NONE: HeaderTable = new Map();

/** Whether a pattern is one. */
export function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

const matches = (pattern: string, name: string): boolean => new RegExp(pattern, 'u').test(name);

function appliesTo(target: PolicyTarget, kind: QueueType | 'exchange'): boolean {
  if (target === 'all') return true;
  if (kind === 'exchange') return target === 'exchanges';
  if (target === 'queues') return true;
  return target === (kind === 'classic' ? 'classic_queues' : kind === 'quorum' ? 'quorum_queues' : 'streams');
}

function bestOf(policies: readonly Policy[], isOperator: boolean, name: string, kind: QueueType | 'exchange'): HeaderTable {
  let best: Policy | null = null;
  for (const policy of policies) {
    if (policy.isOperator !== isOperator || !appliesTo(policy.applyTo, kind) || !matches(policy.pattern, name)) continue;
    if (best === null || policy.priority > best.priority) best = policy;
  }
  return best?.definition ?? NONE;
}

/** What policies say about a queue or an exchange. */
export function policyFor(policies: readonly Policy[], name: string, kind: QueueType | 'exchange'): HeaderTable {
  const own = bestOf(policies, false, name, kind);
  const operator = bestOf(policies, true, name, kind);
  if (operator.size === 0) return own;
  const merged = new Map<string, HeaderValue>(own);
  for (const [key, value] of operator) {
    const there = merged.get(key);
    if (typeof there !== 'number' || typeof value !== 'number' || value < there) merged.set(key, value);
  }
  return merged;
}
