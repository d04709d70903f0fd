import { type CalendarReading, type ChangeConditions, ordinaryChangeConditions } from '../core/change-conditions.ts';
import type { Instant } from '../core/duration.ts';
import { Defect, messageOf, TargetGone, TryAgain } from '../core/failure.ts';
import type { Policy } from '../core/policy.ts';
import type { AutoScalingGroups, ChangeCalendars, Deployments, ProviderEvents } from '../core/ports.ts';
import { type KeptProviderEvent, problemsOf } from '../core/provider-event.ts';
import { GROUP_TAG } from '../core/selection.ts';
import type { Target } from '../core/target.ts';

export interface ChangeConditionPorts {
  readonly calendars: ChangeCalendars;
  readonly deployments: Deployments;
  readonly groups: AutoScalingGroups;
  readonly providerEvents: ProviderEvents;
}

/** Reads what goes on around the target. `tags` are the target's own: those of an instance name its Auto Scaling group. */
export async function readChangeConditions(
  target: Target,
  policy: Policy,
  tags: Readonly<Record<string, string>>,
  ports: ChangeConditionPorts,
  now: Instant,
): Promise<ChangeConditions> {
  const [calendar, kept, deployments] = await Promise.all([
    readCalendar(policy.guardrails.calendars, ports.calendars),
    keptProviderEvents(policy, ports),
    readDeployments(target, policy, tags, ports),
  ]);
  return { calendar, deployments, providerEvents: problemsOf(target, kept, now) };
}

/** What AWS Health has said lately, where the policy heeds it. */
export async function keptProviderEvents(
  { guardrails }: Policy,
  { providerEvents }: Pick<ChangeConditionPorts, 'providerEvents'>,
): Promise<readonly KeptProviderEvent[]> {
  return guardrails.duringProviderEvents === 'act' ? [] : providerEvents.kept();
}

/** A calendar that cannot be read is an answer, not a failure: the step goes on and the incident ends under its name. */
async function readCalendar(names: readonly string[] | undefined, calendars: ChangeCalendars): Promise<CalendarReading> {
  if (names === undefined) return ordinaryChangeConditions.calendar;
  try {
    return await calendars.state(names);
  } catch (error) {
    if (error instanceof TryAgain) return { kind: 'unreadable', why: messageOf(error), lasting: false };
    if (error instanceof Defect || error instanceof TargetGone) return { kind: 'unreadable', why: messageOf(error), lasting: true };
    throw error;
  }
}

/** The rollouts on the target that have not ended, in words. */
export async function readDeployments(
  target: Target,
  { group, guardrails }: Policy,
  tags: Readonly<Record<string, string>>,
  ports: Pick<ChangeConditionPorts, 'deployments' | 'groups'>,
): Promise<readonly string[]> {
  if (guardrails.duringDeployments === 'act') return [];
  const name = groupNameOf(target, group, tags);
  const asked = guardrails.deployments ?? [];
  const [isRefreshing, ...found] = await Promise.all([
    name === undefined ? false : ports.groups.isRefreshing(name),
    ...asked.map(async (one) => (await ports.deployments.underWay(one)).map((id) => `deployment ${id} of ${one.application}/${one.group}`)),
  ]);
  return [...(isRefreshing ? [`instance refresh of Auto Scaling group ${name}`] : []), ...found.flat()];
}

function groupNameOf(target: Target, group: Policy['group'], tags: Readonly<Record<string, string>>): string | undefined {
  if (target.kind === 'auto-scaling-group') return target.name;
  if (target.kind !== 'instance') return undefined;
  return group.kind === 'auto-scaling-group' ? group.name : tags[GROUP_TAG];
}
