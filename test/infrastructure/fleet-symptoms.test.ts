import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { agentConfiguration } from '../../lib/agent-configuration.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import type { FleetProtection } from '../../lib/protection.ts';
import { fleetMemory } from '../../lib/symptoms/fleet-memory.ts';
import { unbundledApp } from '../support/default-stack.ts';

type Symptoms = Omit<FleetProtection, 'fleet'>;

/** The alarm's properties of a protection with one symptom. */
function alarmOf(fleet: Fleet, symptoms: Symptoms): Record<string, unknown> {
  const stack = new Stack(unbundledApp(), 'Symptoms');
  new HealingPipeline(stack, 'Healing').protectFleet('Web', { fleet, ...symptoms });
  const alarms = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm')).map(
    ({ Properties }) => Properties as Record<string, unknown>,
  );
  const [alarm, ...others] = alarms.filter(({ AlarmName }) => String(AlarmName).includes('-Web-'));
  expect(others).toEqual([]);
  return alarm ?? {};
}

const tagged = Fleet.tagged('SelfHeal', 'enabled');
const given = Fleet.ofInstances(['i-0123456789abcdef0']);
const expression = (alarm: Record<string, unknown>) => (alarm.Metrics as { Expression: string }[])[0]?.Expression;

describe('inodes', () => {
  it('alarms below the count of free ones, at the worst moment of a minute', () => {
    const alarm = alarmOf(given, { inodes: { freeBelow: 500, path: '/var' } });
    expect(alarm).toMatchObject({
      MetricName: 'disk_inodes_free',
      Statistic: 'Minimum',
      Threshold: 500,
      ComparisonOperator: 'LessThanThreshold',
      Dimensions: [
        { Name: 'InstanceId', Value: 'i-0123456789abcdef0' },
        { Name: 'SelfHealing', Value: 'healing/Web/1-of-1' },
        { Name: 'path', Value: '/var' },
      ],
    });
  });

  it('of a tagged fleet are one query over its members', () => {
    const alarm = alarmOf(tagged, { inodes: {} });
    expect(alarm.Threshold).toBe(10_000);
    expect(expression(alarm)).toBe(
      `SELECT MIN("disk_inodes_free") FROM SCHEMA("CWAgent", "InstanceId", "SelfHealing", "path") WHERE "SelfHealing" = 'healing/Web/1-of-1' AND "path" = '/' GROUP BY "InstanceId" ORDER BY MIN() ASC`,
    );
  });

  it.each([
    ['no number', { freeBelow: 0 }],
    ['a fraction', { freeBelow: 0.5 }],
    ['a relative path', { path: 'var' }],
  ])('are refused with %s', (_, inodes) => {
    expect(() => alarmOf(given, { inodes })).toThrow('inodes.');
  });
});

describe('memory on Windows', () => {
  it("is the agent's metric there, quoted in a query since its name is no word", () => {
    const memory = { platform: 'windows', above: 80 } as const;
    expect(alarmOf(given, { memory })).toMatchObject({ MetricName: 'Memory % Committed Bytes In Use', Threshold: 80 });
    expect(expression(alarmOf(tagged, { memory }))).toMatch(
      /^SELECT MAX\("Memory % Committed Bytes In Use"\) FROM SCHEMA\("CWAgent", "InstanceId", "SelfHealing"\)/,
    );
  });

  it('is collected by the agent from the performance object, and rolled up by instance', () => {
    const collections = [fleetMemory.agent?.({ platform: 'windows' })].filter((collection) => collection !== undefined);
    expect(agentConfiguration(collections, { pipeline: 'healing', protection: 'Web', shards: 1 })).toMatchObject({
      metrics: {
        metrics_collected: { Memory: { measurement: ['% Committed Bytes In Use'] } },
        aggregation_dimensions: [['InstanceId', 'SelfHealing']],
      },
    });
  });

  it('is not watched unless said', () => {
    expect(expression(alarmOf(tagged, { memory: {} }))).toContain('SELECT MAX("mem_used_percent") FROM');
  });
});
