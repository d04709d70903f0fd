import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import type { ResponseTimeProps } from '../../lib/symptoms/response-time.ts';
import { responseTime } from '../../lib/symptoms/response-time.ts';
import { unbundledApp } from '../support/default-stack.ts';
import { resources } from '../support/template.ts';

const balancer = { loadBalancer: 'app/web/0123456789abcdef', targetGroup: 'targetgroup/web/0123456789abcdef' };

function alarmOf(props: ResponseTimeProps) {
  const stack = new Stack(unbundledApp(), 'Slow');
  new HealingPipeline(stack, 'Healing').protectFleet('Web', {
    fleet: Fleet.ofAutoScalingGroup('web', balancer),
    responseTime: props,
  });
  const alarms = [...resources('AWS::CloudWatch::Alarm', Template.fromStack(stack)).values()].map(({ Properties }) => Properties);
  return alarms.find(({ AlarmName }) => AlarmName === 'healing-Web-response-time');
}

describe('response time', () => {
  it('is above a number of seconds by default', () => {
    expect(alarmOf({})).toMatchObject({ Threshold: 2, ComparisonOperator: 'GreaterThanThreshold', ExtendedStatistic: 'p99' });
  });

  it('may be above what CloudWatch expects: outside of the band on its upper side only', () => {
    const { Metrics, ...alarm } = alarmOf({ anomaly: { deviations: 3 }, percentile: 'p95' });
    const [band, metric] = Metrics;

    expect(band).toMatchObject({ Id: alarm.ThresholdMetricId, Expression: expect.stringMatching(/^ANOMALY_DETECTION_BAND\(\w+, 3\)$/) });
    expect(band.Expression).toContain(`(${metric.Id}, `);
    expect(metric.MetricStat).toMatchObject({ Stat: 'p95', Period: 60, Metric: { MetricName: 'TargetResponseTime' } });
    expect(alarm).toMatchObject({
      ComparisonOperator: 'GreaterThanUpperThreshold',
      EvaluationPeriods: 5,
      TreatMissingData: 'notBreaching',
    });
    expect(alarm).not.toHaveProperty('Threshold');
  });

  it('says in its messages what is unusual', () => {
    expect(responseTime.seen({ anomaly: { deviations: 2.5 } })).toBe('p99 response time more than 2.5 standard deviations above the usual');
  });

  it.each([
    ['both', { aboveSeconds: 2, anomaly: { deviations: 2 } }, 'not both'],
    ['no deviation', { anomaly: { deviations: 0 } }, 'must be above 0 deviations'],
    ['too many', { anomaly: { deviations: 11 } }, 'must be at most 10'],
  ])('is refused with %s', (_, props: object, why) => {
    expect(() => alarmOf(props)).toThrow(why);
  });
});
