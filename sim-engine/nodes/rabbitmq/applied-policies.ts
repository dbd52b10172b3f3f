// Policies of a server as they come and go: every queue and exchange goes by what they say of it from then on.

import { type BrokerCore, isAway } from './broker-core.ts';
import { isPattern, type Policy, policyFor } from './policies.ts';
import { kindOf } from './queue-kinds.ts';
import { settingsOf } from './queue-settings.ts';
import { setPolicyAlternate } from './routing.ts';

const isSame = (a: Pick<Policy, 'name' | 'isOperator'>, b: Pick<Policy, 'name' | 'isOperator'>): boolean =>
  a.name === b.name && a.isOperator === b.isOperator;

/** A policy of this name takes the place of an earlier one; false if its pattern is none. */
export function setPolicy(core: BrokerCore, policy: Policy): boolean {
  const { state } = core;
  if (!isPattern(policy.pattern)) return false;
  state.policies = [...state.policies.filter((other) => !isSame(other, policy)), policy];
  applyPolicies(core);
  return true;
}

export function clearPolicy(core: BrokerCore, name: string, isOperator: boolean): void {
  const { state } = core;
  state.policies = state.policies.filter((other) => !isSame(other, { name, isOperator }));
  applyPolicies(core);
}

/** Every queue and exchange goes by what policies say of it now. */
export function applyPolicies(core: BrokerCore): void {
  const { policies, queues, routing } = core.state;
  for (const queue of [...queues.values()]) {
    const { overflow } = queue.settings;
    queue.settings = settingsOf(queue.spec.args, policyFor(policies, queue.spec.name, queue.type), core.version);
    if (queue.leaderNs === 0 && !isAway(queue)) kindOf(queue).resettle(core, queue, overflow);
    core.arm(queue);
  }
  for (const name of routing.exchanges.keys()) givePolicyToExchange(core, name);
  core.settleAftermath();
}

export function givePolicyToExchange({ state: { policies, routing } }: BrokerCore, name: string): void {
  const alternate = policyFor(policies, name, 'exchange').get('alternate-exchange');
  setPolicyAlternate(routing, name, typeof alternate === 'string' ? alternate : null);
}
