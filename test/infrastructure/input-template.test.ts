import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, it } from 'vitest';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline, type HealProps } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';
import { Target } from '../../lib/target.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { resources } from '../support/template.ts';

function healing(props: Partial<HealProps>): Stack {
  const stack = new Stack(unbundledApp(), 'Texts');
  new HealingPipeline(stack, 'Healing').heal('Queue', {
    alarm: Alarm.fromAlarmArn(stack, 'Alarm', 'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:queue'),
    target: Target.instance('i-0123456789abcdef0'),
    ladder: [Remedy.waitAndSee()],
    ...props,
  });
  return stack;
}

describe('a text of a policy with an angle bracket, which EventBridge reads as a placeholder,', () => {
  it.each([
    ['a word in brackets', '<host> is down'],
    ['a predefined variable', 'see <aws.events.rule-name>'],
    ['one bracket, whose end the placeholder of the event would be', 'free < 10 %'],
  ])('fails synthesis with its path: %s', (_, seen) => {
    expect(() => healing({ seen })).toThrow(`policy.seen: ${JSON.stringify(seen)} is not allowed: < begins a placeholder`);
  });

  it('fails synthesis wherever it stands', () => {
    expect(() => healing({ runbook: 'https://wiki.example.com/<team>' })).toThrow('policy.runbook:');
    expect(() => healing({ ladder: [Remedy.clearCaches({ paths: ['/srv/tmp'], protect: ['<keep>'] })] })).toThrow('<keep>');
    const windows = [{ days: ['mon' as const], from: '09:00', to: '17:00', timeZone: 'Europe/London', why: '<trading>' }];
    expect(() => healing({ guardrails: { protectedWindows: windows } })).toThrow('protectedWindows.0.why');
  });
});

describe('a text of a policy that JSON must escape', () => {
  it.each([
    ['quotes', 'says "no"'],
    ['a path of Windows', String.raw`C:\temp\new`],
    ['a line break and a tab', 'one\ntwo\tthree'],
    ['a closing bracket', 'above > 10'],
    ['the end of its own object', '"}],"mode":"automatic'],
    ['other letters', 'größer als 10 % – ☂'],
  ])('is carried as it is: %s', (_, seen) => {
    const [rule] = [...resources('AWS::Events::Rule', Template.fromStack(healing({ seen }))).values()].filter(
      ({ Properties }) => Properties.Name === 'healing.Queue',
    );
    const { InputTemplate, InputPathsMap } = rule?.Properties.Targets[0].InputTransformer ?? {};
    const placeholders = [...InputTemplate.matchAll(/<(.*?)>/gs)].map(([, name]) => name);
    expect(placeholders).toEqual(Object.keys(InputPathsMap));
    expect(JSON.parse(InputTemplate.replace(/<.*?>/s, 'null')).policy).toMatchObject({ seen, mode: 'automatic' });
  });

  it('reaches a fleet, too', () => {
    const stack = new Stack(unbundledApp(), 'Fleet');
    const pipeline = new HealingPipeline(stack, 'Healing');
    expect(() => pipeline.protectFleet('Web', { fleet: Fleet.tagged('Team', '<web>'), disk: {} })).toThrow('<');
  });
});
