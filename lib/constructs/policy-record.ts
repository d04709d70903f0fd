import { createHash } from 'node:crypto';
import { Aws, Lazy, Stack, Token } from 'aws-cdk-lib';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ParameterTier, StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { Policy } from '../../lambdas/core/policy.ts';
import { digested, policyRecordName, type PolicyRecord as Record, spreadRecordName } from '../../lambdas/core/policy-record.ts';
import { acknowledgeWildcard } from './security-acknowledgements.ts';

export interface PolicyRecordProps {
  readonly pipeline: string;
  readonly policy: Policy;
  /** Whether the policy stands in a nested stack. */
  readonly spread: boolean;
}

/**
 * What CloudFormation writes down of a policy, for intake to hold against what a rule brings. It is made when the template is written,
 * since a policy may have parts that are known only then.
 */
export class PolicyRecord extends Construct {
  constructor(scope: Construct, id: string, { pipeline, policy, spread }: PolicyRecordProps) {
    super(scope, id);
    new StringParameter(this, 'Parameter', {
      parameterName: (spread ? spreadRecordName : policyRecordName)(pipeline, policy.name),
      description: 'What was deployed of a policy of the self-healing pipeline; an event under any other is refused.',
      tier: ParameterTier.INTELLIGENT_TIERING,
      stringValue: Lazy.string({ produce: () => Stack.of(this).toJsonString(recordOf(policy, Stack.of(this))) }),
    });
  }
}

/** Lets a role read the records of all policies of the pipeline, whose names stand in events. */
export function grantReadRecords(
  role: IRole,
  pipeline: string,
  action: 'ssm:GetParameter' | 'ssm:GetParameters',
  nameOf: typeof policyRecordName,
): void {
  const records = `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:parameter${nameOf(pipeline, '*')}`;
  role.addToPrincipalPolicy(new PolicyStatement({ actions: [action], resources: [records] }));
  acknowledgeWildcard(role, records, 'The records of the pipeline’s own policies, of which each event names one.');
}

type Path = Record['values'][number][0];

function recordOf(policy: Policy, stack: Stack): Record {
  const values: Record['values'] = [];
  const known = withoutValues(policy, [], values, stack);
  const text = digested(
    known,
    values.map(([path]) => path),
  );
  if (text === undefined) throw new TypeError(`policy ${policy.name} is nested too deeply`);
  return { digest: createHash('sha256').update(text).digest('hex'), values };
}

/** The part of a policy that is known at synth; what is not is put down by its path, as the token that it is, and is `null` instead. */
function withoutValues(value: unknown, path: Path, values: Record['values'], stack: Stack): unknown {
  if (Token.isUnresolved(value) || typeof value === 'string') {
    const resolved = Token.isUnresolved(value) ? stack.resolve(value) : value;
    if (!hasReference(resolved)) return resolved;
    values.push([path, value]);
    return null;
  }
  if (Array.isArray(value)) return value.map((each, index) => withoutValues(each, [...path, index], values, stack));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withoutValues(each, [...path, key], values, stack)]));
}

/** Whether CloudFormation still has to put something in: by a function, or by a dynamic reference, which is a text. */
function hasReference(resolved: unknown): boolean {
  if (typeof resolved === 'string') return resolved.includes('{{resolve:');
  if (typeof resolved !== 'object' || resolved === null) return false;
  return Object.entries(resolved).some(
    ([key, each]) => key.startsWith('Fn::') || (key === 'Ref' && typeof each === 'string') || hasReference(each),
  );
}
