import { NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import {
  alarmLink,
  answerLink,
  consoleUrl,
  executionLink,
  historyLink,
  targetLink,
} from '../../../../lambdas/core/notice/console-links.ts';
import type { Origin } from '../../../../lambdas/core/notice/origin.ts';
import type { Target } from '../../../../lambdas/core/target.ts';

const origin: Origin = { pipeline: 'healing', partition: 'aws', account: { id: '123456789012' }, region: 'eu-central-1' };
const HOME = 'https://eu-central-1.console.aws.amazon.com';

describe('a link to the console', () => {
  it.each<[Target, string, string]>([
    [{ kind: 'instance', id: 'i-0abc' }, 'Instance', 'ec2/home?region=eu-central-1#InstanceDetails:instanceId=i-0abc'],
    [
      { kind: 'auto-scaling-group', name: 'a b' },
      'Auto Scaling group',
      'ec2/home?region=eu-central-1#AutoScalingGroupDetails:id=a%20b;view=activity',
    ],
    [{ kind: 'database', id: 'orders' }, 'Database', 'rds/home?region=eu-central-1#database:id=orders;is-cluster=false'],
    [{ kind: 'database-cluster', id: 'shop' }, 'Database cluster', 'rds/home?region=eu-central-1#database:id=shop;is-cluster=true'],
  ])('leads to %j', (target, what, page) => {
    expect(targetLink(origin, target)).toEqual([{ what, url: `${HOME}/${page}` }]);
  });

  it('leads to an alarm of any name, and to the runbook with the question filled in', () => {
    expect(alarmLink(origin, 'a/b c')).toEqual([
      { what: 'Alarm', url: `${HOME}/cloudwatch/home?region=eu-central-1#alarmsV2:alarm/a%2Fb%20c` },
    ]);
    expect(answerLink(origin, 'question-1')).toEqual([
      {
        what: 'Answer in the console, as yourself',
        url: `${HOME}/systems-manager/automation/execute/healing-answer?region=eu-central-1#Question=question-1`,
      },
    ]);
  });

  it.each([
    ['aws-cn', 'https://eu-central-1.console.amazonaws.cn/ec2/home?region=eu-central-1#x'],
    ['aws-us-gov', 'https://eu-central-1.console.amazonaws-us-gov.com/ec2/home?region=eu-central-1#x'],
    ['aws-iso', undefined],
  ])('of the partition %s has its host, and there is none where that is not known', (partition, url) => {
    expect(consoleUrl({ ...origin, partition }, 'ec2', 'x')).toBe(url);
  });

  it('is nowhere where the console of the partition is not known', () => {
    const secret = { ...origin, partition: 'aws-iso' };
    expect([
      ...alarmLink(secret, 'a'),
      ...targetLink(secret, { kind: 'instance', id: 'i-0abc' }),
      ...answerLink(secret, 'q'),
      ...executionLink(secret, 'i'),
      ...historyLink(secret, 'i', NOW, NOW),
    ]).toEqual([]);
  });
});
