import { type App, CfnParameter, Fn, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnInstance } from 'aws-cdk-lib/aws-ec2';
import { describe, expect, it } from 'vitest';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { inText, policyIn, resources } from '../support/template.ts';

const [A, B, C] = ['i-0aaaaaaaaaaaaaaaa', 'i-0bbbbbbbbbbbbbbbb', 'i-0cccccccccccccccc'] as const;

/** Whatever bears a name that is made for one machine, with the machine. */
function machinesOf(template: Template): ReadonlyMap<string, string> {
  const alarms = [...resources('AWS::CloudWatch::Alarm', template)].filter(([, { Properties }]) => Properties.AlarmName.includes('-Web-'));
  const rules = [...resources('AWS::Events::Rule', template)].filter(([, { Properties }]) => Properties.Name?.startsWith('healing.Web-'));
  return new Map([
    ...alarms.map(([id, { Properties }]) => [`${id} ${Properties.AlarmName}`, machineOf(Properties)] as const),
    ...rules.map(([id, { Properties }]) => {
      const { name, targets } = policyIn(template, Properties.Name);
      return [`${id} ${Properties.Name} ${name}`, JSON.stringify(targets)] as const;
    }),
  ]);
}

function machineOf({
  Dimensions,
  Metrics,
}: {
  readonly Dimensions?: { Name: string; Value: unknown }[];
  readonly Metrics?: unknown;
}): string {
  return Dimensions ? inText(Dimensions.find(({ Name }) => Name === 'InstanceId')?.Value) : JSON.stringify(Metrics);
}

type Members = (stack: Stack) => readonly string[];

function namesFor(members: Members, app: App | Stage = unbundledApp()): ReadonlyMap<string, string> {
  const stack = new Stack(app, 'Shop');
  const fleet = Fleet.ofInstances(members(stack));
  new HealingPipeline(stack, 'Healing').protectFleet('Web', { fleet, memory: {}, instanceStatus: {}, service: 'web', serviceDown: {} });
  return machinesOf(Template.fromStack(stack));
}

const made = (stack: Stack, id: string) => new CfnInstance(stack, id, { imageId: 'ami-1' }).ref;
const late: Members = (stack) => [made(stack, 'One'), Fn.importValue('two'), new CfnParameter(stack, 'Three').valueAsString];

describe('a list of instances', () => {
  it.each<[string, Members, readonly (readonly number[])[]]>([
    ['ids', () => [A, B, C], [[1], [2, 0], [1, 2, 0]]],
    ['values that are known only at deployment', late, [[1], [2, 0], [1, 2, 0]]],
  ])('of %s keeps the names of each when others come, go or change their place', (_, members, orders) => {
    const all = namesFor(members);
    expect(all.size).toBe(3 * 3 * 2);
    for (const order of orders) {
      const some = namesFor((stack) => {
        const every = members(stack);
        return order.map((index) => every[index] ?? '');
      });
      expect(some.size).toBe(order.length * 3 * 2);
      for (const [name, machine] of some) expect([name, all.get(name)]).toEqual([name, machine]);
    }
  });

  it('is named by the ends of the ids, which people know, whatever else is in it', () => {
    const names = [...namesFor(() => [A]).keys()].join('\n');
    expect(names).toContain('healing.Web-memory-aaaaaaaa');
    expect(names).toContain('healing-Web-instance-status-aaaaaaaa');
  });

  it('has one set of names in every stage, so that settings can name its policies', () => {
    const app = unbundledApp();
    const [test, production] = ['Test', 'Production'].map((id) => [...namesFor(late, new Stage(app, id)).keys()]);
    expect(test).toEqual(production);
  });

  it('is refused where two of its members would have one name', () => {
    const twins = ['i-0aaaaaaaaaaaaaaaa', 'i-0baaaaaaaaaaaaaaa'];
    expect(() => namesFor(() => twins)).toThrow('instances 1 and 2 of the fleet');
    expect(() =>
      namesFor((stack) => {
        const instance = new CfnInstance(stack, 'One', { imageId: 'ami-1' });
        return [instance.ref, B, Fn.importValue('two'), `${Fn.importValue('two')}`];
      }),
    ).toThrow('instances 3 and 4');
  });
});
