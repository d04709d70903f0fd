import { type App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnAutoScalingGroup } from 'aws-cdk-lib/aws-autoscaling';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, it } from 'vitest';
import { policySchema } from '../../lambdas/core/policy.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline, type HealingPipelineProps } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { SelfHealingStack } from '../../lib/self-healing-stack.ts';
import { Target } from '../../lib/target.ts';
import { everything, unbundledApp } from '../support/default-stack.ts';
import { inText, policyIn, resources } from '../support/template.ts';

const INSTANCE = 'i-0123456789abcdef0';
const ANOTHER = 'i-0fedcba9876543210';

function pipelineIn(app: App = unbundledApp(), props: HealingPipelineProps = {}, id = 'Stack'): { stack: Stack; healing: HealingPipeline } {
  const stack = new Stack(app, id);
  return { stack, healing: new HealingPipeline(stack, 'Healing', props) };
}

/** The groups beside a policy's own, as the rule carries them. */
function besides(template: Template, policy: string): readonly string[] | undefined {
  return policyIn(template, `healing.${policy}`).alongside?.map(
    ({ group }: { group: { kind: string; name: string } }) => `${group.kind} ${group.name}`,
  );
}

describe('the groups of the default app', () => {
  const site = { url: 'https://shop.example.com/health', instanceId: INSTANCE };
  const template = Template.fromStack(new SelfHealingStack(unbundledApp(), 'SelfHealing', { ...everything, site }));

  it('know of each other, since members of the Auto Scaling group carry the tag', () => {
    expect(besides(template, 'Fleet-memory')).toEqual(['auto-scaling-group web']);
    expect(besides(template, 'Group-unhealthy-targets')).toEqual(['tagged Fleet']);
    expect(besides(template, 'Site')).toEqual(['tagged Fleet', 'auto-scaling-group web']);
  });

  it('are none beside a database or a group that is the target itself', () => {
    expect(besides(template, 'Database-cpu')).toBeUndefined();
    expect(besides(template, 'Group-group-cpu')).toBeUndefined();
  });

  it('are carried by policies that intake accepts', () => {
    expect(policySchema.safeParse(policyIn(template, 'healing.Fleet-memory')).error).toBeUndefined();
  });

  it('are published for other pipelines, which triage may read', () => {
    const parts = [...resources('AWS::SSM::Parameter', template).values()].filter(({ Properties: { Name } }) =>
      String(Name).startsWith('/self-healing-protects/'),
    );
    expect(parts.map(({ Properties: { Name } }) => Name)).toEqual(['/self-healing-protects/healing/1']);
    const published: readonly { kind: string }[] = JSON.parse(inText(parts[0]?.Properties.Value));
    expect(published.map(({ kind }) => kind)).toEqual(['tagged', 'single', 'auto-scaling-group', 'single', 'single']);
  });
});

describe('groups of one pipeline', () => {
  it('are beside each other only where a machine may be in both', () => {
    const { stack, healing } = pipelineIn();
    healing.protectFleet('Blue', { fleet: Fleet.tagged('Color', 'blue'), disk: {} });
    healing.protectFleet('Green', { fleet: Fleet.tagged('Color', 'green'), disk: {} });
    healing.protectFleet('Azure', { fleet: Fleet.tagged('Color', 'blue'), systemStatus: {} });
    healing.protectFleet('Team', { fleet: Fleet.tagged('Team', 'shop'), disk: {} });
    healing.protectFleet('Here', { fleet: Fleet.ofInstances([INSTANCE]), systemStatus: {} });
    healing.protectFleet('There', { fleet: Fleet.ofInstances([ANOTHER]), systemStatus: {} });
    const template = Template.fromStack(stack);
    expect(besides(template, 'Blue-disk')).toEqual(['tagged Azure', 'tagged Team', 'instances Here', 'instances There']);
    expect(besides(template, 'Green-disk')).toEqual(['tagged Team', 'instances Here', 'instances There']);
    expect(besides(template, 'Here-system-status-9abcdef0')).toEqual(['tagged Blue', 'tagged Green', 'tagged Azure', 'tagged Team']);
  });

  it('have the strictest limits of their policies beside others', () => {
    const { stack, healing } = pipelineIn();
    healing.protectFleet('Blue', {
      fleet: Fleet.tagged('Color', 'blue'),
      disk: { guardrails: { blastRadiusPercent: 20, blastRadiusMembers: 2, healthyFloorPercent: 40 } },
      memory: { guardrails: { blastRadiusPercent: 15, blastRadiusMembers: 3, healthyFloorPercent: 70 } },
    });
    healing.protectFleet('Team', { fleet: Fleet.tagged('Team', 'shop'), disk: {} });
    const [beside] = policyIn(Template.fromStack(stack), 'healing.Team-disk').alongside;
    expect(beside).toMatchObject({ blastRadius: { percent: 15, members: 2 }, healthyFloor: { percent: 70 } });
  });

  it('are not beside each other where both are made in the app, and are beside one whose name may be anything', () => {
    const { stack, healing } = pipelineIn();
    const { valueAsString: anyName } = new CfnParameter(stack, 'AnyGroup');
    const made = ['Blue', 'Green'].map((id) => new CfnAutoScalingGroup(stack, id, { minSize: '1', maxSize: '2' }).ref);
    for (const [index, name] of [...made, anyName].entries())
      healing.protectFleet(`Web${index}`, { fleet: Fleet.ofAutoScalingGroup(name), memory: {} });
    const template = Template.fromStack(stack);
    const beside = (policy: string) => policyIn(template, `healing.${policy}`).alongside?.length ?? 0;
    expect(['Web0-memory', 'Web1-memory', 'Web2-memory'].map(beside)).toEqual([1, 1, 2]);
  });

  it('that are too many for a rule to carry fail synthesis, and the policy is named', () => {
    const app = unbundledApp();
    const { healing } = pipelineIn(app);
    for (let number = 0; number < 50; number += 1)
      healing.protectFleet(`Fleet${number}`, { fleet: Fleet.tagged(`Key${number}`, 'x'.repeat(200)), disk: {} });
    expect(() => app.synth()).toThrow(
      /policy Fleet0-disk, with the 49 other groups that may have its machines \(Fleet1, Fleet2, .*: it takes \d+ characters.*fewer such groups/,
    );
  });

  it('are published in as many parameters as their names need', () => {
    const { stack, healing } = pipelineIn();
    const ids = Array.from({ length: 150 }, (_, number) => `i-0123456789abc${String(number).padStart(4, '0')}`);
    for (const instance of ids)
      healing.heal(`Queue${instance.slice(-4)}`, {
        alarm: Alarm.fromAlarmArn(stack, `Alarm${instance}`, `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${instance}`),
        target: Target.instance(instance),
        ladder: [Remedy.restartService('queue')],
      });
    const values = [...resources('AWS::SSM::Parameter', Template.fromStack(stack)).values()]
      .filter(({ Properties: { Name } }) => String(Name).startsWith('/self-healing-protects/'))
      .map(({ Properties: { Value } }) => inText(Value));
    expect(values.length).toBeGreaterThan(1);
    expect(values.filter(({ length }) => length > 4_096)).toEqual([]);
    expect(values.flatMap((value) => JSON.parse(value))).toHaveLength(150);
  });
});

describe('two pipelines of one app', () => {
  const both = (one: Fleet, other: Fleet) => {
    const app = unbundledApp();
    pipelineIn(app, { name: 'bank' }, 'Bank').healing.protectFleet('Web', { fleet: one, systemStatus: {} });
    pipelineIn(app, { name: 'shop' }, 'Shop').healing.protectFleet('All', { fleet: other, systemStatus: {} });
    return app;
  };

  it.each([
    ['tag', Fleet.tagged('Team', 'web'), Fleet.tagged('Team', 'web'), 'the tag Team = web'],
    ['instance', Fleet.ofInstances([INSTANCE]), Fleet.ofInstances([ANOTHER, INSTANCE]), `instance ${INSTANCE}`],
  ])('that protect the same %s fail synthesis, and both are named', (_, one, other, what) => {
    expect(() => both(one, other).synth()).toThrow(`Bank/Healing protects ${what}, and so does Shop/Healing`);
  });

  it('that protect different tags pass', () => {
    expect(() => both(Fleet.tagged('Team', 'web'), Fleet.tagged('Team', 'batch')).synth()).not.toThrow();
  });
});
