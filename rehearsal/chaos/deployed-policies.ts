import type { Upstream } from '@self-healing/local-aws/gateway/service.ts';
import { type Policy, policySchema } from '../../lambdas/core/policy.ts';
import { policyRecordName } from '../../lambdas/core/policy-record.ts';
import { recordOfKnown } from '../stage/policy-records.ts';

interface RuleTarget {
  readonly Id: string;
  readonly Arn: string;
  readonly InputTransformer?: { readonly InputPathsMap?: object; readonly InputTemplate: string };
}

/** The event's place in the input of a rule: a word between angle brackets, where JSON would have a value. */
const PLACEHOLDER = /<[^<>"]+>/g;

/**
 * Changes the guardrails of the policies in the deployed rules, and returns each policy as `judged` makes it. What the rules
 * then carry is `deployed` of that: with a guardrail broken, they carry another policy than the one that is judged by.
 */
export async function changePolicies(
  upstream: Upstream,
  judged: (policy: Policy) => Policy,
  deployed: (policy: Policy) => Policy,
): Promise<ReadonlyMap<string, Policy>> {
  const policies = new Map<string, Policy>();
  const { Rules } = (await upstream.call('events', 'ListRules', {})) as { Rules: readonly { readonly Name: string }[] };
  for (const { Name: Rule } of Rules) {
    const { Targets } = (await upstream.call('events', 'ListTargetsByRule', { Rule })) as { Targets: readonly RuleTarget[] };
    const changed = Targets.map((target) => changeTarget(target, policies, judged, deployed));
    if (changed.every((target, index) => target === Targets[index])) continue;
    await upstream.call('events', 'PutTargets', { Rule, Targets: changed });
    await recordAgain(upstream, Rule, changed);
  }
  return policies;
}

/** Intake takes no policy that is not recorded as it is. */
async function recordAgain(upstream: Upstream, rule: string, targets: readonly RuleTarget[]): Promise<void> {
  for (const { InputTransformer } of targets) {
    if (!InputTransformer) continue;
    const { policy } = JSON.parse(InputTransformer.InputTemplate.replace(PLACEHOLDER, 'null')) as { readonly policy: Policy };
    const Name = policyRecordName(rule.split('.')[0] ?? '', policy.name);
    await upstream.call('ssm', 'PutParameter', { Name, Value: JSON.stringify(recordOfKnown(policy)), Type: 'String', Overwrite: true });
  }
}

function changeTarget(
  target: RuleTarget,
  policies: Map<string, Policy>,
  judged: (policy: Policy) => Policy,
  deployed: (policy: Policy) => Policy,
): RuleTarget {
  const template = target.InputTransformer?.InputTemplate;
  if (template === undefined) return target;
  const input = JSON.parse(template.replace(PLACEHOLDER, 'null')) as { policy?: unknown };
  const parsed = policySchema.safeParse(input.policy);
  if (!parsed.success) return target;
  const policy = judged(parsed.data);
  policies.set(policy.name, policy);
  const before = JSON.stringify((input.policy as Policy).guardrails);
  if (!template.includes(before)) throw new Error(`the guardrails of policy ${policy.name} are not found in its rule`);
  const InputTemplate = template.replace(before, () => JSON.stringify(deployed(policy).guardrails));
  return { ...target, InputTransformer: { ...target.InputTransformer, InputTemplate } };
}
