import { awsCommandHere } from '../commands-here.ts';
import { inWords, milliseconds } from '../duration.ts';
import { check } from './check.ts';
import { type Finding, ok, someOf, warning, wrong } from './finding.ts';
import { runningMembers } from './running-members.ts';

/** The first agent that hands parameters to scripts as environment variables, without which no document of the pipeline does anything. */
export const LEAST_SSM_AGENT = '3.3.2746.0';

/** An instance needs so long from its start until its agent has registered. */
const REGISTERS_WITHIN = { minutes: 10 };

/** Whether commands reach the instances. */
export const ssmAgents = check({
  name: 'ssm-agent',
  whether: `the Systems Manager agent of each instance answers and is ${LEAST_SSM_AGENT} or newer`,
  needs: ['fleets', 'managed'],
  judge({ fleets, managed }, { now, ...place }) {
    const known = new Map(managed.map((each) => [each.id, each]));
    const running = runningMembers(fleets);
    const old: string[] = [];
    const findings = running.flatMap(({ id, launchedAt }): readonly Finding[] => {
      const agent = known.get(id);
      if (agent?.online) {
        if (isOlder(agent.agentVersion, LEAST_SSM_AGENT)) old.push(id);
        return [];
      }
      const says = agent ? 'its Systems Manager agent does not answer' : 'Systems Manager does not know it';
      const mend =
        'see whether amazon-ssm-agent runs there, whether it has its role (check roles), and whether it reaches ssm, ssmmessages and ec2messages';
      const age = launchedAt === undefined ? Number.POSITIVE_INFINITY : now - launchedAt;
      return age < milliseconds(REGISTERS_WITHIN)
        ? [warning(id, `${says}; it was started ${inWords(age)} ago`, mend)]
        : [wrong(id, `${says}, so that no remedy can run a script there`, mend)];
    });
    const tooOld =
      old.length === 0
        ? []
        : [
            wrong(
              someOf(old),
              `the Systems Manager agent is older than ${LEAST_SSM_AGENT}, and every script would refuse there`,
              awsCommandHere(place, `ssm send-command --document-name AWS-UpdateSSMAgent --instance-ids ${old.slice(0, 50).join(' ')}`),
            ),
          ];
    const all = [...findings, ...tooOld];
    return all.length > 0 ? all : [ok('Systems Manager agents', `all ${running.length} answer and are new enough`)];
  },
});

/** Whether a version of numbers and dots is before another. */
export function isOlder(version: string, than: string): boolean {
  const numbers = version.split('.').map(Number);
  for (const [place, least] of than.split('.').map(Number).entries()) {
    const own = numbers[place] ?? 0;
    if (own !== least) return own < least;
  }
  return false;
}
