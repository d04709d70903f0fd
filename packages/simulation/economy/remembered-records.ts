import { createHash } from 'node:crypto';
import { deployedPolicies } from '../../../lambdas/adapters/ssm/deployed-policies.ts';
import { policyRecords } from '../../../lambdas/adapters/ssm/policy-records.ts';
import { canonical } from '../../../lambdas/core/policy-record.ts';
import type { DeployedPolicies, PolicyRecords } from '../../../lambdas/core/ports.ts';

type Client = NonNullable<Parameters<typeof deployedPolicies>[1]>;

/**
 * The adapters by which functions know the records of policies. Those of intake are remembered for all calls that it answers: the event of
 * the alarm as a whole comes a second before that of its contributor. Each policy is as it was deployed.
 */
export function rememberedRecords(): (ask: (call: string) => Promise<void>) => DeployedPolicies & PolicyRecords {
  let asked: () => Promise<void> = async () => {};
  let deployed: unknown;
  const client = {
    async send() {
      await asked();
      const digest = createHash('sha256')
        .update(canonical(deployed) ?? '')
        .digest('hex');
      const Parameter = { Value: JSON.stringify({ digest, values: [] }) };
      return { Parameter, Parameters: [Parameter] };
    },
  } as unknown as Client;
  const records = { ...deployedPolicies('healing', client), ...policyRecords('healing', client) };
  return (ask) => ({
    check(name, policy, now) {
      asked = () => ask('deployedPolicies.check');
      deployed = policy;
      return records.check(name, policy, now);
    },
    current(policy) {
      asked = () => ask('policyRecords.current');
      return records.current(policy);
    },
  });
}
