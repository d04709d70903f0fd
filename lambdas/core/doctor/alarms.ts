import { awsCommandHere } from '../commands-here.ts';
import { type Duration, inWords, milliseconds } from '../duration.ts';
import { check, type Place } from './check.ts';
import { type Finding, ok, warning, wrong } from './finding.ts';
import type { DescribedAlarm } from './readings.ts';

/** An agent is installed within half an hour, and its first datapoints follow. */
const DATA_WITHIN: Duration = { minutes: 45 };

/** Whether the alarms see anything. */
export const alarms = check({
  name: 'alarms',
  whether: 'each alarm of a policy is there, has data and is switched on, and none about the pipeline itself is off',
  needs: ['rules', 'alarms', 'watch'],
  judge({ rules, alarms: found, watch }, place) {
    const names = [...new Set(rules.flatMap((rule) => rule.alarms))];
    const there = new Map(found.map((alarm) => [alarm.name, alarm]));
    const findings = [...names.flatMap((name) => of(name, there.get(name), place)), ...ofWatch(watch, place)];
    return findings.length > 0 ? findings : [ok('alarms', `all ${names.length + watch.length} are there and have data`)];
  },
});

/** What is to be said of the pipeline's alarms about itself. */
export function ofWatch(watch: readonly DescribedAlarm[], place: Looked): readonly Finding[] {
  return watch.flatMap((alarm) => [...silent(alarm, place), ...raised(alarm, place), ...muted(alarm, place)]);
}

type Looked = Pick<Place, 'now' | 'region' | 'profile'>;

function of(name: string, alarm: DescribedAlarm | undefined, place: Looked): readonly Finding[] {
  if (!alarm) return [wrong(name, 'a rule waits for this alarm, and there is none of that name', 'npx cdk deploy')];
  return [...silent(alarm, place), ...muted(alarm, place)];
}

function silent({ name, state, since }: DescribedAlarm, { now, ...place }: Looked): readonly Finding[] {
  if (state !== 'INSUFFICIENT_DATA') return [];
  const query = "--query 'MetricAlarms[0].[StateReason,Metrics,MetricName,Dimensions]'";
  const mend = awsCommandHere(place, `cloudwatch describe-alarms --alarm-names ${name} ${query}`);
  const age = inWords(now - since);
  return now - since < milliseconds(DATA_WITHIN)
    ? [warning(name, `it has no data for ${age}; the first may still be on its way`, mend)]
    : [wrong(name, `it has no data for ${age}, so that it sees nothing`, mend)];
}

function muted({ name, enabled }: DescribedAlarm, place: Looked): readonly Finding[] {
  return enabled
    ? []
    : [
        warning(
          name,
          'its actions are switched off, so that nothing is done about it',
          awsCommandHere(place, `cloudwatch enable-alarm-actions --alarm-names ${name}`),
        ),
      ];
}

function raised({ name, state, description }: DescribedAlarm, place: Looked): readonly Finding[] {
  return state === 'ALARM'
    ? [wrong(name, `it is in ALARM: ${description}`, awsCommandHere(place, `cloudwatch describe-alarm-history --alarm-name ${name}`))]
    : [];
}
