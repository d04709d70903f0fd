import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { costOutput, countedFleets, pricesOf } from '../../../bin/heal/cost.ts';
import { resourcesBeside } from '../../../lambdas/adapters/cloudformation.ts';
import { listPrices } from '../../../lib/monthly-cost.ts';

const alarm = { Type: 'AWS::CloudWatch::Alarm', Properties: { Namespace: 'AWS/RDS', MetricName: 'CPUUtilization' } };

describe('the cost of a deployed pipeline', () => {
  it('is a line for each thing that is paid for, and the sum for the instances that run now', () => {
    const { text, data } = costOutput({ Resources: { One: alarm, Two: alarm } }, [{ named: 'healing.Fleet', members: 3 }]);
    expect(text.split('\n')).toContain('0.20  2 other alarms, by the metrics that they look at');
    expect(text.split('\n').at(-1)).toBe('0.20  dollars a month with the 3 instances that run now');
    expect(data).toMatchObject({ dollars: 0.2, counted: [{ members: 3 }], prices: listPrices });
  });

  it('says for how many instances it was asked', () => {
    expect(costOutput({ Resources: {} }, 50).text).toContain('0.00  dollars a month with 50 instances in each fleet');
  });

  it('counts the members of each fleet that run, by what the names of its shards share', () => {
    const members = [{ running: true }, { running: false }, { running: true }];
    expect(countedFleets([{ own: 'healing/Web/1-of-2, healing/Web/2-of-2', members }])).toEqual([{ named: 'healing/Web/', members: 2 }]);
  });
});

describe('the resources beside a table', () => {
  type Command = { readonly constructor: { readonly name: string }; readonly input: Readonly<Record<string, unknown>> };
  const answering = (send: (command: Command) => Promise<object>) => ({ send }) as unknown as CloudFormationClient;

  it('are none where CloudFormation knows of no such stack', async () => {
    const unknown = async () => Promise.reject(new Error('Stack for healing-incidents does not exist'));
    expect(await resourcesBeside('healing-incidents', answering(unknown))).toBeUndefined();
    const empty = answering(async () => ({}));
    expect(await resourcesBeside('healing-incidents', empty)).toBeUndefined();
  });

  it('cannot be told where CloudFormation does not answer', async () => {
    const denied = async () => Promise.reject(new Error('AccessDenied'));
    await expect(resourcesBeside('healing-incidents', answering(denied))).rejects.toThrow('find the stack: ');
  });

  it('are those of its stack and of the nested stacks, on every page of the list', async () => {
    const nested = { Type: 'AWS::CloudFormation::Stack' };
    const templates: Readonly<Record<string, object>> = {
      Healing: { First: nested, Second: nested, Alarm: alarm },
      one: { Alarm: alarm },
      two: {},
    };
    const aws = answering(async (command) => {
      const { StackName, NextToken } = command.input;
      const { name } = command.constructor;
      if (name === 'DescribeStackResourcesCommand') return { StackResources: [{ StackName: 'Healing' }] };
      if (name === 'GetTemplateCommand') return { TemplateBody: JSON.stringify({ Resources: templates[String(StackName)] }) };
      const summary = (PhysicalResourceId: string) => ({ ResourceType: nested.Type, PhysicalResourceId });
      return NextToken === undefined
        ? { StackResourceSummaries: [summary('one')], NextToken: 'more' }
        : { StackResourceSummaries: [summary('two')] };
    });
    expect(await resourcesBeside('healing-incidents', aws)).toEqual({
      'Healing/First': nested,
      'Healing/Second': nested,
      'Healing/Alarm': alarm,
      'one/Alarm': alarm,
    });
  });
});

describe('prices of a file', () => {
  it('stand in the place of the list prices, each for itself', () => {
    expect(pricesOf('{"customMetric": 0.1}')).toEqual({ ...listPrices, customMetric: 0.1 });
  });

  it.each([
    ['no json', 'they are no JSON object'],
    ['[1]', 'they are no JSON object'],
    ['null', 'they are no JSON object'],
    ['{"metric": 1}', 'there is no price "metric"'],
    ['{"customMetric": "1"}', 'customMetric is no number of dollars'],
    ['{"customMetric": -1}', 'customMetric is no number of dollars'],
  ])('%s are refused, and it is said how to write them', (json, why) => {
    expect(() => pricesOf(json)).toThrow(`the prices cannot be used: ${why}`);
  });
});
