import { awsCommandHere } from '../commands-here.ts';
import { groupInWords } from '../group-in-words.ts';
import type { Group } from '../policy.ts';
import { quoted } from '../quoted.ts';
import { targetInWords } from '../target.ts';
import { check, type Place } from './check.ts';
import { type Finding, ok, someOf, warning, wrong } from './finding.ts';
import type { FoundFleet } from './readings.ts';

/** Whether there is anything to protect. */
export const fleets = check({
  name: 'fleets',
  whether: 'each fleet has running instances with its tag, and each instance and group that is named is there',
  needs: ['fleets'],
  judge: ({ fleets: found }, place) => found.flatMap((fleet) => judged(fleet, place)),
});

function judged({ group, members, missing }: FoundFleet, place: Place): readonly Finding[] {
  const about = groupInWords(group);
  const gone = missing.map((what) =>
    wrong(about, `${what} is not there`, 'correct its name where the stack names it, then npx cdk deploy'),
  );
  if (gone.length > 0) return gone;
  const running = members.filter((member) => member.running);
  if (running.length > 0) return [ok(about, `${running.length} running instances`)];
  return [warning(about, 'it has no running instance, so that nothing is protected', mendOf(group, place))];
}

function mendOf(group: Group, place: Place): string {
  if (group.kind === 'tagged') return awsCommandHere(place, `ec2 create-tags --resources i-… --tags Key=${group.key},Value=${group.value}`);
  if (group.kind === 'auto-scaling-group')
    return awsCommandHere(place, `autoscaling describe-auto-scaling-groups --auto-scaling-group-names ${quoted(group.name)}`);
  const ids = group.kind === 'instances' ? someOf(group.ids) : targetInWords(group.target);
  return `look why ${ids} does not run`;
}
