import { createHash } from 'node:crypto';
import type { Template, TemplateResource } from '@self-healing/local-aws/deployment/supplied-template.ts';
import { digested, type PolicyRecord } from '../../lambdas/core/policy-record.ts';

/** What stands in a text in the place of what CloudFormation puts in. */
const PUT_IN = 'put-in';

/** Has the records agree with the policies in the rules of a template in which these were changed. */
export function renewRecords(template: Template): Template {
  const policies = new Map(Object.values(template.Resources ?? {}).flatMap(policiesOf));
  const resources = Object.entries(template.Resources ?? {}).map(([id, resource]) => [id, renewed(resource, policies)]);
  return { ...template, ...(template.Resources && { Resources: Object.fromEntries(resources) }) };
}

/** What the record of a policy says that has no value that CloudFormation puts in. */
export function recordOfKnown(policy: unknown): PolicyRecord {
  return { digest: digestOf(policy, []), values: [] };
}

function policiesOf({ Type, Properties }: TemplateResource): [string, unknown][] {
  const targets = Properties?.Targets;
  // Rules of policies are named `<pipeline>.<policy>`; others may carry what is posted to tools.
  if (Type !== 'AWS::Events::Rule' || !Array.isArray(targets) || !String(Properties?.Name).includes('.')) return [];
  return targets.flatMap(({ InputTransformer }: { InputTransformer?: { InputTemplate?: unknown } }) => {
    if (InputTransformer === undefined) return [];
    const { policy } = JSON.parse(textOf(InputTransformer.InputTemplate).replace(/<[\w-]+>/, 'null')) as { policy?: { name?: unknown } };
    return typeof policy?.name === 'string' ? [[policy.name, policy] as [string, unknown]] : [];
  });
}

function renewed(resource: TemplateResource, policies: ReadonlyMap<string, unknown>): TemplateResource {
  const { Name, Value } = resource.Properties ?? {};
  const [, name] =
    (resource.Type === 'AWS::SSM::Parameter' && /^\/self-healing\/[^/]+\/(?:spread-)?policies\/(.+)$/.exec(String(Name))) || [];
  if (name === undefined || !policies.has(name)) return resource;
  const { digest, values } = JSON.parse(textOf(Value)) as PolicyRecord;
  const paths = values.map(([path]) => path);
  const now = digestOf(policies.get(name), paths);
  return { ...resource, Properties: { ...resource.Properties, Value: JSON.parse(JSON.stringify(Value).replace(digest, now)) } };
}

function digestOf(policy: unknown, paths: Parameters<typeof digested>[1]): string {
  return createHash('sha256')
    .update(String(digested(policy, paths)))
    .digest('hex');
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join } = (value ?? {}) as { readonly 'Fn::Join'?: readonly [string, readonly unknown[]] };
  return join ? join[1].map(textOf).join(join[0]) : PUT_IN;
}
