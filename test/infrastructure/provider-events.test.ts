import { describe, expect, it } from 'vitest';
import { inText, resources, statementsOf } from '../support/template.ts';

const rule = [...resources('AWS::Events::Rule').values()]
  .map(({ Properties }) => Properties)
  .find(({ Name }) => Name === 'healing-aws_health');
const [fn] = [...resources('AWS::Lambda::Function')].filter(([, { Properties }]) => Properties.FunctionName === 'healing-provider-events');
const [queue] = resources('AWS::SQS::Queue').keys();

describe('events of AWS Health', () => {
  it('are taken in when they are issues of this Region and account, or do not say', () => {
    const { source, 'detail-type': type, detail } = rule.EventPattern;
    expect([source, type]).toEqual([['aws.health'], ['AWS Health Event']]);
    expect(detail).toEqual({
      eventTypeCategory: ['issue', { exists: false }],
      eventRegion: [{ Ref: 'AWS::Region' }, 'global', { exists: false }],
      affectedAccount: [{ Ref: 'AWS::AccountId' }, { exists: false }],
    });
  });

  it('reach their function as they are, with bounded retries and the dead-letter queue behind it', () => {
    const [target, ...more] = rule.Targets;
    expect(more).toEqual([]);
    expect(target).toMatchObject({ RetryPolicy: { MaximumEventAgeInSeconds: 3_600, MaximumRetryAttempts: 20 } });
    expect(inText(target.Arn)).toBe(`\${${fn?.[0]}.Arn}`);
    expect(inText(target.DeadLetterConfig.Arn)).toBe(`\${${queue}.Arn}`);
    expect(target.InputTransformer).toBeUndefined();
  });

  it('that their function could not record end in the dead-letter queue, too', () => {
    const config = [...resources('AWS::Lambda::EventInvokeConfig').values()].find(
      ({ Properties }) => inText(Properties.FunctionName) === `\${${fn?.[0]}}`,
    );
    expect(inText(config?.Properties.DestinationConfig.OnFailure.Destination)).toBe(`\${${queue}.Arn}`);
  });

  it('may be sent by that one rule only', () => {
    const permission = [...resources('AWS::Lambda::Permission').values()].find(
      ({ Properties }) => inText(Properties.FunctionName) === `\${${fn?.[0]}.Arn}`,
    );
    expect(permission?.Properties.Principal).toBe('events.amazonaws.com');
    expect(inText(permission?.Properties.SourceArn)).toMatch(/ProviderEventsRule\w+\.Arn/);
  });

  it('are written into table and history, and their function can do nothing else', () => {
    const services = statementsOf('HealingProviderEvents').flatMap(({ actions }) => actions.map((action) => action.split(':')[0]));
    expect(new Set(services)).toEqual(new Set(['dynamodb', 'logs', 'sqs', 'xray']));
  });
});
