import { HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { alarms, ofWatch } from '../../../../lambdas/core/doctor/alarms.ts';
import type { DescribedAlarm, Readings } from '../../../../lambdas/core/doctor/readings.ts';
import { foundBy, healthy } from '../../../support/healthy-account.ts';

const [rule] = healthy.rules as [Readings['rules'][number]];
const [memory] = healthy.alarms as [DescribedAlarm];
const [sweep] = healthy.watch as [DescribedAlarm];

const ofSilent = (name: string) =>
  `aws cloudwatch describe-alarms --alarm-names ${name} --query 'MetricAlarms[0].[StateReason,Metrics,MetricName,Dimensions]'`;
const noDataOf = (state: 'warning' | 'wrong', says: string, about = memory.name) => ({ state, about, says, mend: ofSilent(about) });
const offAt = (about: string) => ({
  state: 'warning',
  about,
  says: 'its actions are switched off, so that nothing is done about it',
  mend: `aws cloudwatch enable-alarm-actions --alarm-names ${about}`,
});

describe('the alarms', () => {
  it('are well where each that a rule waits for is there, and those about the pipeline are quiet', () => {
    expect(foundBy(alarms)).toEqual([{ state: 'ok', about: 'alarms', says: 'all 2 are there and have data' }]);
  });

  it('that several rules wait for are counted and told of once', () => {
    expect(foundBy(alarms, { rules: [rule, rule] })).toEqual(foundBy(alarms));
    expect(foundBy(alarms, { rules: [rule, rule], alarms: [], watch: [] })).toEqual([
      { state: 'wrong', about: memory.name, says: 'a rule waits for this alarm, and there is none of that name', mend: 'npx cdk deploy' },
    ]);
  });

  it.each<[string, Partial<DescribedAlarm>, readonly object[]]>([
    [
      'is raised, as that of a policy may be',
      { state: 'ALARM' },
      [{ state: 'ok', about: 'alarms', says: 'all 2 are there and have data' }],
    ],
    [
      'has had no data since just now',
      { state: 'INSUFFICIENT_DATA', since: NOW - 44 * MINUTE },
      [noDataOf('warning', 'it has no data for 44 min; the first may still be on its way')],
    ],
    [
      'has had no data for as long as the first may take',
      { state: 'INSUFFICIENT_DATA', since: NOW - 45 * MINUTE },
      [noDataOf('wrong', 'it has no data for 45 min, so that it sees nothing')],
    ],
    ['is switched off', { enabled: false }, [offAt(memory.name)]],
    [
      'has no data and is switched off',
      { state: 'INSUFFICIENT_DATA', since: NOW - 3 * HOUR, enabled: false },
      [noDataOf('wrong', 'it has no data for 3 h, so that it sees nothing'), offAt(memory.name)],
    ],
  ])('of which one %s are judged', (_, changed, findings) => {
    expect(foundBy(alarms, { alarms: [{ ...memory, ...changed }] })).toEqual(findings);
  });
});

describe('the alarms of the pipeline about itself', () => {
  const description = 'The sweep does not come by.';
  const raised = {
    ...{ state: 'wrong', about: sweep.name, says: `it is in ALARM: ${description}` },
    mend: `aws cloudwatch describe-alarm-history --alarm-name ${sweep.name}`,
  };

  it.each<[string, Partial<DescribedAlarm>, readonly object[]]>([
    ['is quiet', {}, []],
    ['is raised', { state: 'ALARM', description }, [raised]],
    ['is raised and switched off', { state: 'ALARM', description, enabled: false }, [raised, offAt(sweep.name)]],
    [
      'has no data',
      { state: 'INSUFFICIENT_DATA', since: NOW - HOUR },
      [noDataOf('wrong', 'it has no data for 60 min, so that it sees nothing', sweep.name)],
    ],
  ])('of which one %s are judged, for the doctor and for the hub', (_, changed, findings) => {
    const watch = [{ ...sweep, ...changed }];
    expect(ofWatch(watch, { now: NOW })).toEqual(findings);
    if (findings.length > 0) expect(foundBy(alarms, { watch })).toEqual(findings);
  });
});
