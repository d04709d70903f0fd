import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sampleAlarm, sampleEvent } from '../support/sample-events.ts';
import { completeTemplate, inText, resources } from '../support/template.ts';

/** That of the sample events. */
const OWN_ACCOUNT = '111122223333';
const elsewhere = (event: object) => ({ ...event, account: '444455556666' });

let aws: SharedAws;
beforeAll(async () => {
  aws = await openSharedAws();
});
afterAll(() => aws.close());

/** The pattern of a rule of the complete example, with the names of alarms of the stack put in as their logical ids. */
function patternOf(ruleName: string): string {
  const rule = [...resources('AWS::Events::Rule', completeTemplate()).values()].find(({ Properties }) => Properties.Name === ruleName);
  return JSON.stringify(rule?.Properties.EventPattern, (_, value) =>
    value?.Ref === 'AWS::AccountId' ? OWN_ACCOUNT : value?.Ref ? inText(value) : value,
  );
}

async function letsIn(ruleName: string, event: object): Promise<unknown> {
  const answer = await aws.upstream.call('events', 'TestEventPattern', { EventPattern: patternOf(ruleName), Event: JSON.stringify(event) });
  return answer.Result;
}

describe('the rule of the events of a database', () => {
  const rule = 'healing.Database-not-available';

  it.each([
    ['a failover', sampleEvent('database-event'), true],
    ['full storage, which RDS files under availability', sampleEvent('database-storage-full'), true],
    ['an ordinary restart', sampleAlarm('database-event', { EventCategories: ['availability'], EventID: 'RDS-EVENT-0006' }), false],
    ['a backup', sampleAlarm('database-event', { EventCategories: ['backup'], EventID: 'RDS-EVENT-0001' }), false],
    ['a failure without an id', sampleAlarm('database-event', { EventCategories: ['failure'], EventID: undefined }), true],
    ['the failover of another database', sampleAlarm('database-event', { SourceIdentifier: 'orders-2' }), false],
    ['the failover of a cluster of the same name', sampleAlarm('database-cluster-event', { SourceIdentifier: 'orders' }), false],
    ['an alarm', sampleEvent('metric-alarm'), false],
    ['a failover in another account', elsewhere(sampleEvent('database-event')), false],
  ])('on %s', async (_, event, result) => {
    expect(await letsIn(rule, event)).toBe(result);
  });
});

describe('the rule of the events of a cluster', () => {
  const rule = 'healing.Cluster-not-available';
  const ofCluster = (detail: object) => sampleAlarm('database-cluster-event', { ...detail });
  const ofMember = (detail: object) => sampleAlarm('database-event', { SourceIdentifier: 'stock-1', ...detail });

  it.each([
    ['its failover', sampleEvent('database-cluster-event'), true],
    ['its failure, without an id', ofCluster({ EventCategories: ['failure'] }), true],
    ['its global failover', ofCluster({ EventCategories: ['global failover'] }), true],
    ['the failover of another cluster', ofCluster({ SourceIdentifier: 'orders' }), false],
    ['the failure of another cluster', ofCluster({ SourceIdentifier: 'orders', EventCategories: ['failure'] }), false],
    ['the failure of an instance', ofMember({ EventCategories: ['failure'], EventID: 'RDS-EVENT-0035' }), true],
    ['the recovery of an instance', ofMember({ EventCategories: ['recovery'], EventID: 'RDS-EVENT-0020' }), true],
    ['MySQL that does not restart', ofMember({ EventCategories: ['availability'], EventID: 'RDS-EVENT-0022' }), true],
    ['an ordinary restart of an instance', ofMember({ EventCategories: ['availability'], EventID: 'RDS-EVENT-0006' }), false],
    ['the failure of an instance in another account', elsewhere(ofMember({ EventCategories: ['failure'] })), false],
  ])('on %s', async (_, event, result) => {
    expect(await letsIn(rule, event)).toBe(result);
  });
});

describe('the rule of any policy', () => {
  const drill = (given: object = {}, detail: object = {}) => ({
    ...{ id: 'event-1', account: OWN_ACCOUNT, source: 'self-healing-drill.healing', 'detail-type': 'Self-Healing Drill' },
    ...{ time: '2026-11-02T10:20:00Z', region: 'eu-west-1', resources: [], version: '0', ...given },
    detail: { policy: 'Database-not-available', drill: '0123456789abcdef', ...detail },
  });

  it.each([
    ['a drill of its policy', drill(), true],
    ['a drill of another policy', drill({}, { policy: 'Database-storage' }), false],
    ['a drill of another pipeline', drill({ source: 'self-healing-drill.healing2' }), false],
    ['a drill without an id', drill({}, { drill: undefined }), false],
    ['a drill in another account', elsewhere(drill()), false],
  ])('on %s', async (_, event, result) => {
    expect(await letsIn('healing.Database-not-available', event)).toBe(result);
  });
});

describe('the rule of the storage of a database', () => {
  const rule = 'healing.Database-storage';
  const alarmName = /"alarmName":\["([^"]+)"\]/.exec(patternOf(rule))?.[1];

  it.each([
    ['its alarm', sampleAlarm('metric-alarm', { alarmName }), true],
    ['its alarm without a state', sampleAlarm('metric-alarm', { alarmName, state: undefined }), true],
    ['an alarm of the same name in another account', elsewhere(sampleAlarm('metric-alarm', { alarmName })), false],
    ['its alarm that recovered', sampleAlarm('metric-alarm-recovered', { alarmName }), false],
    ['another alarm', sampleEvent('metric-alarm'), false],
    ['full storage', sampleEvent('database-storage-full'), true],
    ['a failover', sampleEvent('database-event'), false],
  ])('on %s', async (_, event, result) => {
    expect(await letsIn(rule, event)).toBe(result);
  });
});
