import { Stack } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { describe, expect, it } from 'vitest';
import { consoleHosts } from '../../lambdas/core/notice/console-links.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { wholeTemplate } from '../support/whole-template.ts';

/** A Region of each partition. */
const places = [...new Map(RegionInfo.regions.map(({ name, partition }) => [partition ?? '', name]))];

/** What is synthesized for no Region can be deployed in each. */
const anywhere = synthesized({});

type Lookup = readonly [map: string, ...keys: readonly unknown[]];

describe.each(places)('in the partition %s', (partition, region) => {
  const pseudoParameters: Readonly<Record<string, string>> = { 'AWS::Partition': partition, 'AWS::Region': region };
  const resolved = (key: unknown): string =>
    typeof key === 'string' ? key : (pseudoParameters[(key as { readonly Ref: string }).Ref] ?? '');
  const holds = (expression: Json): boolean => {
    if ('Condition' in expression) return holds(anywhere.Conditions[expression.Condition]);
    if ('Fn::Or' in expression) return expression['Fn::Or'].some(holds);
    const [left, right] = expression['Fn::Equals'].map(resolved);
    return left === right;
  };
  const chosen = (value: Json): Json => {
    const [Condition, yes, no] = value['Fn::If'] ?? [];
    return Condition === undefined ? value : chosen(holds({ Condition }) ? yes : no);
  };

  it('a stack looks up no key that a mapping lacks, and names nothing of another partition', () => {
    for (const template of [anywhere, synthesized({ account: '111122223333', region })]) {
      const { Mappings = {} } = template;
      for (const [map, ...keys] of found<Lookup>(template, 'Fn::FindInMap'))
        expect(
          keys.map(resolved).reduce((at, key) => at?.[key], Mappings[map]),
          `${map} ${JSON.stringify(keys)}`,
        ).toBeDefined();
      expect(JSON.stringify(template)).not.toMatch(/arn:aws[\w-]*:/);
    }
  });

  it('a stack has the operators’ policy as an output, and links to the console where that is known', () => {
    const outputs = Object.entries<Json>(anywhere.Outputs).filter(([, output]) => !('Condition' in output) || holds(output));
    const links = outputs.filter(([, { Value }]) => JSON.stringify(Value).includes('https://'));
    const hosts = links.map(([, { Value }]) => Value['Fn::Join'][1].find((part: Json) => part['Fn::If'])).map(chosen);
    expect(new Set(hosts)).toEqual(new Set(partition in consoleHosts ? [consoleHosts[partition]] : []));
    expect(outputs.some(([id]) => id.startsWith('HealingLinksOperatorsPolicy'))).toBe(true);
  });
});

// biome-ignore lint/suspicious/noExplicitAny: a template has no types, and assertions look at single values
type Json = any;

function synthesized(env: object): Json {
  const app = unbundledApp();
  const stack = new Stack(app, 'Shop', { env });
  const healing = new HealingPipeline(stack, 'Healing', {
    notify: { emails: ['oncall@example.com'], opsItems: true, digest: true },
    approvalLinks: { to: [{ name: 'Anna', email: 'anna@example.com' }] },
    drills: true,
  });
  healing.protectFleet('Web', { fleet: Fleet.ofAutoScalingGroup('web'), groupCpu: {}, disk: { path: '/' }, memory: {} });
  return wholeTemplate(app, stack).toJSON();
}

/** The values of all members of that name. */
function found<T>(value: Json, name: string): readonly T[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [...(key === name ? [each as T] : []), ...found<T>(each, name)]);
}
