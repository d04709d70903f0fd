import { SETTLES_WITHIN } from '../agent-watch.ts';
import { awsCommandHere } from '../commands-here.ts';
import { inWords, milliseconds } from '../duration.ts';
import { check, type Place } from './check.ts';
import { type Finding, ok, warning, wrong } from './finding.ts';
import type { FleetSeries } from './readings.ts';

/** Whether each instance sends what the alarms read. */
export const cloudwatchAgents = check({
  name: 'cloudwatch-agent',
  whether: 'from each instance the series arrive that the alarms read, with the dimension of the pipeline',
  needs: ['series'],
  judge({ series }, place) {
    const findings = series.flatMap((fleet) => of(fleet, place));
    return findings.length > 0 ? findings : [ok('CloudWatch agents', 'the pipeline configures none')];
  },
});

function of({ fleet, own, members }: FleetSeries, { now, ...place }: Place): readonly Finding[] {
  const running = members.filter((member) => member.running);
  const silent = running.filter((member) => member.silent.length > 0);
  if (silent.length === 0) return [ok(fleet, `${running.length} instances send every series of ${own}`)];
  return silent.map(({ id, silent: metrics, launchedAt }) => {
    const says = `${metrics.join(', ')} with SelfHealing=${own} did not arrive in the last 15 minutes`;
    const mend = awsCommandHere(place, `ssm describe-instance-associations-status --instance-id ${id}`);
    const age = launchedAt === undefined ? Number.POSITIVE_INFINITY : now - launchedAt;
    return age < milliseconds(SETTLES_WITHIN)
      ? warning(id, `${says}; it was started ${inWords(age)} ago`, mend)
      : wrong(id, `${says}, so that its symptoms are not seen`, mend);
  });
}
