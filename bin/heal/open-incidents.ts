import { iso } from '../../lambdas/core/duration.ts';
import type { Attempt } from '../../lambdas/core/incident.ts';
import { targetInWords } from '../../lambdas/core/target.ts';
import type { Operator } from './operator.ts';

/** An incident whose workflow is under way. What the table does not know of it yet is absent. */
export interface OpenIncident {
  readonly id: string;
  readonly policy?: string;
  readonly symptom?: string;
  readonly target?: string;
  /** When its alarm entered ALARM. */
  readonly since?: string;
  /** The last rung that was tried, from 0. */
  readonly rung?: number;
  readonly remedy?: string;
  /** `gives back later` has ended: its workflow waits to take away what a remedy had added. */
  readonly state: 'nothing tried yet' | 'tries' | 'tried' | 'gives back later' | 'is a drill';
}

/** The newest open incidents, at most so many, and whether there are more. */
export async function openIncidents(
  { workflow, incidents }: Pick<Operator, 'workflow' | 'incidents'>,
  most: number,
): Promise<{ readonly incidents: readonly OpenIncident[]; readonly more: boolean }> {
  const ids = await workflow.open(most + 1);
  return { incidents: await Promise.all(ids.slice(0, most).map((id) => openIncident(incidents, id))), more: ids.length > most };
}

async function openIncident(incidents: Operator['incidents'], id: string): Promise<OpenIncident> {
  const known = await incidents.known(id);
  if (!known) return { id, state: 'nothing tried yet' };
  const { incident, attempts, end } = known;
  const last = attempts.at(-1);
  return {
    ...{ id, policy: incident.policy, symptom: incident.symptom, target: targetInWords(incident.target), since: iso(incident.openedAt) },
    ...(last && { rung: last.rung, remedy: last.remedy }),
    state: incident.drill === undefined ? stateOf(last, end !== undefined) : 'is a drill',
  };
}

function stateOf(last: Attempt | undefined, isOver: boolean): OpenIncident['state'] {
  if (isOver) return 'gives back later';
  if (!last) return 'nothing tried yet';
  return last.result === undefined ? 'tries' : 'tried';
}
