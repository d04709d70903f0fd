import { type Duration, inWords, milliseconds } from '../duration.ts';
import { check } from './check.ts';
import { type Finding, ok, warning, wrong } from './finding.ts';
import type { DescribedAlarm } from './readings.ts';

/** An agent is installed within half an hour, and its first datapoints follow. */
const DATA_WITHIN: Duration = { minutes: 45 };

/** Whether the alarms see anything. */
export const alarms = check({
  name: 'alarms',
  whether: 'each alarm of a policy is there, has data and is switched on, and none about the pipeline itself is off',
  needs: ['rules', 'alarms', 'watch'],
  judge({ rules, alarms: found, watch }, { now }) {
    const names = [...new Set(rules.flatMap((rule) => rule.alarms))];
    const there = new Map(found.map((alarm) => [alarm.name, alarm]));
    const findings = [...names.flatMap((name) => of(name, there.get(name), now)), ...ofWatch(watch, now)];
    return findings.length > 0 ? findings : [ok('alarms', `all ${names.length + watch.length} are there and have data`)];
  },
});

/** What is to be said of the pipeline's alarms about itself. */
export function ofWatch(watch: readonly DescribedAlarm[], now: number): readonly Finding[] {
  return watch.flatMap((alarm) => [...silent(alarm, now), ...raised(alarm), ...muted(alarm)]);
}

function of(name: string, alarm: DescribedAlarm | undefined, now: number): readonly Finding[] {
  if (!alarm) return [wrong(name, 'a rule waits for this alarm, and there is none of that name', 'npx cdk deploy')];
  return [...silent(alarm, now), ...muted(alarm)];
}

function silent({ name, state, since }: DescribedAlarm, now: number): readonly Finding[] {
  if (state !== 'INSUFFICIENT_DATA') return [];
  const mend = `aws cloudwatch describe-alarms --alarm-names ${name} --query 'MetricAlarms[0].[StateReason,Metrics,MetricName,Dimensions]'`;
  const age = inWords(now - since);
  return now - since < milliseconds(DATA_WITHIN)
    ? [warning(name, `it has no data for ${age}; the first may still be on its way`, mend)]
    : [wrong(name, `it has no data for ${age}, so that it sees nothing`, mend)];
}

function muted({ name, enabled }: DescribedAlarm): readonly Finding[] {
  return enabled
    ? []
    : [
        warning(
          name,
          'its actions are switched off, so that nothing is done about it',
          `aws cloudwatch enable-alarm-actions --alarm-names ${name}`,
        ),
      ];
}

function raised({ name, state, description }: DescribedAlarm): readonly Finding[] {
  return state === 'ALARM'
    ? [wrong(name, `it is in ALARM: ${description}`, `aws cloudwatch describe-alarm-history --alarm-name ${name}`)]
    : [];
}
