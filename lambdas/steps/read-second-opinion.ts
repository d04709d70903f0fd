import type { Snapshot } from '../core/guardrails/guardrail.ts';
import type { Guardrails } from '../core/policy.ts';
import type { Alarms, Instances, RemedyPorts } from '../core/ports.ts';
import { statusCheckNames } from '../core/status-check.ts';
import type { Target } from '../core/target.ts';
import { readStatus } from './read-symptom.ts';

export interface SecondOpinionPorts extends Pick<RemedyPorts, 'databases' | 'clusters'> {
  readonly alarms: Pick<Alarms, 'state'>;
  readonly instances: Pick<Instances, 'statusCheck'>;
}

type SecondOpinion = NonNullable<Guardrails['secondOpinion']>;

/** Reads whether a second source finds the target ill, too. Not knowing it is no agreement. */
export async function readSecondOpinion(
  target: Target,
  opinion: SecondOpinion,
  ports: SecondOpinionPorts,
): Promise<NonNullable<Snapshot['secondOpinion']>> {
  if (opinion.kind === 'alarm') {
    const { state = 'not there' } = (await ports.alarms.state(opinion.name)) ?? {};
    return { agrees: state === 'ALARM', why: `alarm ${opinion.name}, the second opinion, is ${state}` };
  }
  if (target.kind === 'database' || target.kind === 'database-cluster') {
    const { kind, why } = await readStatus(target, ports);
    return { agrees: kind === 'present', why: `RDS, the second opinion, says that ${why}` };
  }
  if (target.kind !== 'instance') return { agrees: false, why: 'AWS says nothing of the health of a group, which is the second opinion' };
  const states = await Promise.all(
    statusCheckNames.map(async (check) => ({ check, state: await ports.instances.statusCheck(target.id, check) })),
  );
  const said = states.map(({ check, state }) => `${check} ${state}`).join(', ');
  return { agrees: states.some(({ state }) => state === 'impaired'), why: `EC2's status checks, the second opinion, are: ${said}` };
}
