import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { costOutput, countedFleets, pricesOf } from '../../../bin/heal/cost.ts';
import { templateWith } from '../../../lambdas/adapters/cloudformation.ts';
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

describe('the template of what made a table', () => {
  const answering = (send: () => Promise<object>) => ({ send }) as unknown as CloudFormationClient;

  it('is none where CloudFormation knows of no such stack', async () => {
    const unknown = async () => Promise.reject(new Error('Stack for healing-incidents does not exist'));
    expect(await templateWith('healing-incidents', answering(unknown))).toBeUndefined();
    expect(
      await templateWith(
        'healing-incidents',
        answering(async () => ({})),
      ),
    ).toBeUndefined();
  });

  it('cannot be told where CloudFormation does not answer', async () => {
    const denied = async () => Promise.reject(new Error('AccessDenied'));
    await expect(templateWith('healing-incidents', answering(denied))).rejects.toThrow('find the stack: ');
  });

  it('is that of its stack', async () => {
    const both = async () => ({ StackResources: [{ StackName: 'Healing' }], TemplateBody: '{"Resources":{}}' });
    expect(await templateWith('healing-incidents', answering(both))).toEqual({ Resources: {} });
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
