import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline, type HealingPipelineProps } from '../../lib/healing-pipeline.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { defaultTemplate, inText, onlyResource, resources } from '../support/template.ts';

describe('the incident table', () => {
  const table = onlyResource('AWS::DynamoDB::GlobalTable');

  it('forgets old incidents by itself', () => {
    expect(table.Properties.TimeToLiveSpecification).toEqual({ AttributeName: 'ttl', Enabled: true });
  });

  it('can be restored to any point in time', () => {
    expect(table.Properties.Replicas[0].PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
  });

  it('outlives the stack and its replacement, but not a first deployment that fails', () => {
    expect(table).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
  });
});

describe('the history', () => {
  it('is kept for a year, and outlives the stack and its replacement, but not a first deployment that fails', () => {
    defaultTemplate().hasResource('AWS::Logs::LogGroup', {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { LogGroupName: '/self-healing/healing/history', RetentionInDays: 365 },
    });
  });

  it('is the only log without an end to its stack; every log has an end to its lines', () => {
    const groups = [...resources('AWS::Logs::LogGroup').values()];
    expect(groups.filter(({ Properties }) => Properties.RetentionInDays === undefined)).toEqual([]);
    expect(groups.filter(({ DeletionPolicy }) => DeletionPolicy !== 'Delete')).toHaveLength(1);
  });
});

describe('deletion protection', () => {
  const protectedFrom = (props: HealingPipelineProps) => {
    const stack = new Stack(unbundledApp(), 'Kept');
    new HealingPipeline(stack, 'Healing', props).protectFleet('Web', { fleet: Fleet.tagged('SelfHeal', 'enabled'), disk: {} });
    const template = Template.fromStack(stack);
    const [history] = [...resources('AWS::Logs::LogGroup', template).values()].filter(({ Properties }) =>
      String(Properties.LogGroupName).endsWith('/history'),
    );
    const [replica] = onlyResource('AWS::DynamoDB::GlobalTable', template).Properties.Replicas;
    return [history?.Properties.DeletionProtectionEnabled ?? false, replica.DeletionProtectionEnabled ?? false];
  };

  it('covers table and history where it is asked for, since with it a first deployment that fails cannot be taken back', () => {
    expect(protectedFrom({ deletionProtection: true })).toEqual([true, true]);
    expect(protectedFrom({})).toEqual([false, false]);
  });
});

describe('the dead-letter queue', () => {
  it('is encrypted and keeps events for two weeks', () => {
    defaultTemplate().hasResourceProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
  });

  it('refuses unencrypted connections', () => {
    defaultTemplate().hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: { Statement: Match.arrayWith([deniesPlain('sqs:*')]) },
    });
  });

  it('takes events only from rules of the pipeline', () => {
    const [own] = onlyResource('AWS::SQS::QueuePolicy').Properties.PolicyDocument.Statement.filter(
      ({ Effect }: { Effect: string }) => Effect === 'Allow',
    );
    expect(own.Principal).toEqual({ Service: 'events.amazonaws.com' });
    expect(inText(own.Condition.ArnLike['aws:SourceArn'])).toMatch(/:rule\/healing\.\*$/);
  });

  it('also gets what intake, and each other function behind a rule, failed on after its retries', () => {
    const [queue] = resources('AWS::SQS::Queue').keys();
    const asynchronous = [...resources('AWS::Lambda::EventInvokeConfig').values()]
      .map(({ Properties }) => Properties)
      // What runs on a schedule is simply run again.
      .filter(({ FunctionName }) => !/Sweep|StatusChecks|AgentWatch/.test(inText(FunctionName)));
    expect(asynchronous.some(({ FunctionName }) => inText(FunctionName).includes('Intake'))).toBe(true);
    for (const { DestinationConfig, MaximumRetryAttempts } of asynchronous) {
      expect(inText(DestinationConfig.OnFailure.Destination)).toBe(`\${${queue}.Arn}`);
      expect(MaximumRetryAttempts).toBe(2);
    }
  });
});

describe('the notification topic', () => {
  it('refuses unencrypted connections', () => {
    defaultTemplate().hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: { Statement: Match.arrayWith([deniesPlain('sns:Publish')]) },
    });
  });

  it('lets alarms of this account publish, so that a broken healer is heard', () => {
    const { Statement } = onlyResource('AWS::SNS::TopicPolicy').Properties.PolicyDocument;
    expect(Statement).toContainEqual(
      expect.objectContaining({
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    );
  });

  it('mails to every given address', () => {
    defaultTemplate().hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'oncall@example.com' });
  });
});

function deniesPlain(action: string): Match {
  return Match.objectLike({ Effect: 'Deny', Action: action, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }) as unknown as Match;
}
