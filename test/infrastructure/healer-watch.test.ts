import { describe, expect, it } from 'vitest';
import { completeTemplate, defaultTemplate, inText, onlyResource, resources } from '../support/template.ts';

const alarms = [...resources('AWS::CloudWatch::Alarm')].map(([id, { Properties }]) => ({
  id,
  name: inText(Properties.AlarmName),
  ...Properties,
}));
const own = alarms.filter(({ name }) => name.startsWith('healing-watch-'));
const matched = new Set(
  [...resources('AWS::Events::Rule').values()]
    .flatMap(({ Properties: { EventPattern: { detail = {} } = {} } }) => [detail, ...(detail.$or ?? [])])
    .flatMap(({ alarmName = [] }) => alarmName.map(inText)),
);

describe('the watch over the healer', () => {
  it('looks at lost events, at the workflow, at intake, at a pause, at the sweep, at the reader of status checks and at the agents', () => {
    expect(own.map(({ name }) => name).toSorted()).toEqual([
      'healing-watch-agent-watch',
      'healing-watch-agents-failed-Fleet',
      'healing-watch-agents-silent-Fleet',
      'healing-watch-dead-letters',
      'healing-watch-heartbeat',
      'healing-watch-intake-errors',
      'healing-watch-not-sent',
      'healing-watch-paused',
      'healing-watch-status-check-reader',
      'healing-watch-sweep-errors',
      'healing-watch-workflow-aborted',
      'healing-watch-workflow-failed',
      'healing-watch-workflow-timed-out',
    ]);
  });

  it.each(own.map((alarm) => [alarm.name, alarm] as const))(
    '%s is matched by no rule: a broken healer is not healed by itself',
    (_, { id, name }) => {
      expect(matched.has(name) || matched.has(`\${${id}}`)).toBe(false);
    },
  );

  it.each(own.map((alarm) => [alarm.name, alarm] as const))('%s tells people without the pipeline’s functions', (_, { AlarmActions }) => {
    expect(AlarmActions.map(inText)).toEqual([`\${${[...resources('AWS::SNS::Topic').keys()][0]}}`]);
  });

  it('tells when three heartbeats of the sweep are missing in a row, and not when the alarm is made, before there can be one', () => {
    const heartbeat = own.find(({ name }) => name === 'healing-watch-heartbeat');
    expect(heartbeat).toMatchObject({
      Namespace: 'SelfHealing',
      MetricName: 'Heartbeat',
      Dimensions: [{ Name: 'service', Value: 'healing' }],
      Statistic: 'Sum',
      Period: 300,
      EvaluationPeriods: 3,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'missing',
    });
    expect(heartbeat?.InsufficientDataActions).toEqual(heartbeat?.AlarmActions);
    const schedules = [...resources('AWS::Events::Rule').values()].map(({ Properties }) => Properties.ScheduleExpression);
    expect(schedules).toContain('rate(5 minutes)');
  });

  /** Who tells that a function does not run, where no alarm on its own runs does. */
  const toldByOthers: Readonly<Record<string, string>> = {
    sweep: 'the heartbeat of the sweep',
    'report-to-hub': 'the alarm of the hub about pipelines that are silent',
    digest: 'nobody: an alarm cannot wait for a week, and nothing is healed by it',
  };

  it.each([
    ['default', defaultTemplate()],
    ['complete', completeTemplate()],
  ])('tells of every schedule of the %s app that does not run', (_, template) => {
    const scheduled = [...resources('AWS::Events::Rule', template).values()]
      .filter(({ Properties }) => Properties.ScheduleExpression !== undefined)
      .flatMap(({ Properties }) => Properties.Targets.map(({ Arn }: { Arn: unknown }) => inText(Arn)));
    const telling = [...resources('AWS::CloudWatch::Alarm', template).values()]
      .map(({ Properties }) => Properties)
      .filter(({ InsufficientDataActions = [] }) => InsufficientDataActions.length > 0)
      .map(({ AlarmName, Dimensions = [] }) => [AlarmName, ...Dimensions.map(({ Value }: { Value: unknown }) => Value)].map(inText));
    const functions = [...resources('AWS::Lambda::Function', template)]
      .map(([id, { Properties }]) => ({ id, name: inText(Properties.FunctionName ?? '') }))
      .filter(({ id, name }) => scheduled.some((arn) => arn.includes(`\${${id}.`) || arn.endsWith(`:function:${name}`)));
    const untold = functions.filter(
      ({ id, name }) =>
        !telling.flat().some((word) => word === `\${${id}}` || word === `${name}-silent`) &&
        !Object.keys(toldByOthers).some((each) => name.endsWith(`-${each}`)),
    );
    expect(functions.map(({ name }) => name)).toContain('healing-read-status-checks');
    expect(untold).toEqual([]);
  });

  it('tells of a pause that lasts too long, by what each sweep says of it', () => {
    expect(own.find(({ name }) => name === 'healing-watch-paused')).toMatchObject({
      Namespace: 'SelfHealing',
      MetricName: 'PausedTooLong',
      Dimensions: [{ Name: 'service', Value: 'healing' }],
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  it('sends no message when an alarm of a symptom goes off; that is what the pipeline is for', () => {
    const symptoms = alarms.filter(({ name }) => !name.startsWith('healing-watch-'));
    expect(symptoms.filter(({ AlarmActions }) => AlarmActions !== undefined)).toEqual([]);
    expect(symptoms).toHaveLength(9);
  });

  it('has one topic to publish to', () => {
    expect(onlyResource('AWS::SNS::Topic').Properties.TopicName).toBe('healing-notifications');
  });
});
