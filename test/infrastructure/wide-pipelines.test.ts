import { readFileSync } from 'node:fs';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { beforeAll, describe, expect, it } from 'vitest';
import { WideStack, type WideStackProps } from '../../docs/examples/wide-stack.ts';
import { type CountedTemplate, countedTemplates } from '../../docs/generate/counted-template.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { Target } from '../../lib/target.ts';
import { rolesOf } from '../support/authorization/role.ts';
import { unbundledApp } from '../support/default-stack.ts';

function synthesized(props: WideStackProps): readonly CountedTemplate[] {
  const app = unbundledApp();
  new WideStack(app, 'Wide', { env: { account: '111122223333', region: 'eu-west-1' }, ...props });
  return countedTemplates(app.synth().directory);
}

/** Quotas of AWS that are not raised, or that nobody should count on to be raised. */
const quotas = {
  resources: 500,
  bytes: 1_000_000,
  parameters: 200,
  managedPolicies: 10,
  managedCharacters: 6_144,
  inlineCharacters: 10_240,
  environment: 4_096,
  storedParameter: 8_192,
  inputTemplate: 8_192,
  functionPolicy: 20_480,
} as const satisfies Partial<Record<keyof CountedTemplate, number>>;

/** The table of `docs/scale.md` by policies. */
const rows = new Map(
  [...readFileSync(`${import.meta.dirname}/../../docs/scale.md`, 'utf8').matchAll(/^\| (\d+) \|(( \d+ \|){6})$/gm)].map(
    ([, policies, cells = '']) => [Number(policies), cells.split('|').slice(0, -1).map(Number)] as const,
  ),
);

const RULES_ON_BUS = 300;
const INSIGHTS_ALARMS = 200;

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

/** What is beyond a quota. */
function beyondQuotas(templates: readonly CountedTemplate[]): readonly string[] {
  return templates.flatMap((template) =>
    Object.entries(quotas).flatMap(([name, most]) => {
      const value = template[name as keyof typeof quotas];
      return value <= most ? [] : [`${template.file}: ${name} ${value}, at most ${most}`];
    }),
  );
}

describe.each([1, 10, 100, 300, 500])('a pipeline of %d policies', (policies) => {
  let templates: readonly CountedTemplate[];

  beforeAll(() => {
    templates = synthesized({ policies, spread: false });
  });

  it('has a rule for each of them', () => {
    expect(new Set(templates.flatMap((template) => template.policies)).size).toBe(policies);
  });

  it('stays under every quota of a stack, a role and a function', () => {
    expect(beyondQuotas(templates)).toEqual([]);
  });

  it('stays under the quotas of the account and Region', () => {
    expect(sum(templates.map(({ rulesOnDefaultBus }) => rulesOnDefaultBus))).toBeLessThanOrEqual(RULES_ON_BUS);
    expect(Math.max(0, ...templates.flatMap(({ rulesOnOwnBuses }) => rulesOnOwnBuses))).toBeLessThanOrEqual(RULES_ON_BUS);
    expect(sum(templates.map(({ insightsAlarms }) => insightsAlarms))).toBeLessThanOrEqual(INSIGHTS_ALARMS);
  });

  it('is as large as the documentation says, within a fifth', () => {
    const counted = [
      templates.length,
      Math.max(...templates.map(({ resources }) => resources)),
      Math.round(Math.max(...templates.map(({ bytes }) => bytes)) / 1_000),
      sum(templates.map(({ rulesOnDefaultBus }) => rulesOnDefaultBus)),
      Math.max(0, ...templates.flatMap(({ rulesOnOwnBuses }) => rulesOnOwnBuses)),
      Math.max(...templates.map(({ managedPolicies }) => managedPolicies)),
    ];
    const said = rows.get(policies) ?? [];
    const isRight = counted.every((count, index) => Math.abs(count - (said[index] ?? Number.NaN)) <= Math.max(1, count / 5));
    expect(said).toEqual(isRight ? said : counted);
  });

  it(`is ${policies <= 10 ? 'one stack' : 'spread over nested stacks'}`, () => {
    expect(templates.length > 1).toBe(policies > 10);
  });
});

describe('500 policies for alarms of one’s own', () => {
  /** The assembly, and the machines that each role may be sent commands for. */
  function onMachines(machineOf: (number: number) => string) {
    const app = unbundledApp();
    const stack = new Stack(app, 'Many');
    const healing = new HealingPipeline(stack, 'Healing');
    for (let number = 0; number < 500; number += 1)
      healing.heal(`Policy${number}`, {
        alarm: Alarm.fromAlarmName(stack, `Alarm${number}`, `alarm-${number}`),
        target: Target.instance(machineOf(number)),
        ladder: [Remedy.restartService('web')],
      });
    const templates = countedTemplates(app.synth().directory);
    const role = rolesOf(Template.fromStack(stack)).find(({ name }) => name === 'remediate-restart-service');
    const commanded = role?.statements.filter(({ Action }) => [Action].flat().includes('ssm:SendCommand')) ?? [];
    const machines = commanded.flatMap(({ Resource }) => [Resource].flat()).filter((arn) => arn.includes(':instance/'));
    return { beyond: beyondQuotas(templates), managed: Math.max(...templates.map(({ managedPolicies }) => managedPolicies)), machines };
  }

  it('fit on as many machines, of which each is named once', () => {
    const { beyond, managed, machines } = onMachines((number) => `i-0${String(number).padStart(16, '0')}`);
    expect([beyond, machines.length, new Set(machines).size]).toEqual([[], 500, 500]);
    expect(managed).toBeGreaterThan(2);
  });

  it('fit on one machine, which is named once', () => {
    const { beyond, managed, machines } = onMachines(() => 'i-0123456789abcdef0');
    expect([beyond, managed, machines.length]).toEqual([[], 0, 1]);
  });
});

describe('a policy in a nested stack', () => {
  const placesOf = (props: WideStackProps) =>
    new Map(synthesized({ policies: 100, ...props }).flatMap(({ file, policies }) => policies.map((policy) => [policy, file] as const)));

  it.each([
    ['from the beginning', true, [0, 3, 17]],
    ['of a pipeline that has outgrown its stack', false, [40, 43, 44]],
  ] as const)('stays there whichever others come and go, %s', (_, spread, without) => {
    const [all, fewer] = [placesOf({ spread }), placesOf({ spread, without })];
    expect(fewer.size).toBeLessThan(all.size);
    expect([...fewer].filter(([policy, file]) => all.get(policy) !== file)).toEqual([]);
  });

  it('may be moved into the stack of the pipeline when another is removed there, under other names', () => {
    const [all, fewer] = [placesOf({ spread: false }), placesOf({ spread: false, without: [1] })];
    const moved = [...fewer].filter(([policy, file]) => all.get(policy) !== file);
    expect(moved.length).toBeLessThan(10);
    expect(moved.map(([, file]) => file)).toEqual(moved.map(() => 'Wide.template.json'));
  });
});
