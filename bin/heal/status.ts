import { shortId } from '../../lambdas/core/approval.ts';
import type { Breaker } from '../../lambdas/core/circuit-breaker.ts';
import { inWords, iso } from '../../lambdas/core/duration.ts';
import { bothPauses, hubSays } from '../../lambdas/core/hub/hub-pause.ts';
import { effectiveMode } from '../../lambdas/core/mode.ts';
import { parsePause, pauseEnd } from '../../lambdas/core/pause.ts';
import { targetInWords } from '../../lambdas/core/target.ts';
import { howMany } from './how-many.ts';
import { type OpenIncident, openIncidents } from './open-incidents.ts';
import { type OpenQuestion, openQuestions } from './open-questions.ts';
import type { Operator } from './operator.ts';
import { type Output, table } from './output.ts';
import { saidShortly } from './said-shortly.ts';
import type { Screen } from './screen.ts';
import { incidentOrDash, who } from './short-names.ts';

const HOUR_MILLISECONDS = 3_600_000;

/** More open incidents than this are no list that a person reads. */
export const MOST_LISTED = 25;

/** What the pipeline may do now, and what it is doing. */
export async function status(operator: Operator, now: number, screen: Screen, limit = MOST_LISTED): Promise<Output> {
  const [entries, policies, waiting, { incidents, more }, spending, hubPause] = await Promise.all([
    operator.pause.history(),
    Promise.all(Object.keys(operator.policies).map((name) => policyStatus(operator, name, screen))),
    openQuestions(operator, now),
    openIncidents(operator, limit),
    operator.claims.spending(),
    operator.hubPause?.(),
  ]);
  const last = entries.at(-1);
  const pause = bothPauses(parsePause(last?.value, now), hubPause, now);
  const end = pauseEnd(last?.value);
  const actsInLastHour = Object.values(spending).filter((at) => at > now - HOUR_MILLISECONDS).length;
  const age = (at: number | string) => inWords(now - (typeof at === 'number' ? at : Date.parse(at)));
  const text = [
    pause.kind === 'running'
      ? screen.style('good', `Pipeline ${operator.pipeline} is running.`)
      : screen.style('bad', `Pipeline ${operator.pipeline} is PAUSED: ${saidShortly(pause.why, screen)}`),
    ...(end === undefined
      ? []
      : [end > now ? `It ends by itself in ${inWords(end - now)}, at ${screen.time(end)}.` : `A pause ended by itself ${age(end)} ago.`]),
    ...(hubSays(hubPause, now).kind === 'paused' ? ['What the hub pauses only the hub resumes.'] : []),
    ...(last ? [`The switch was set ${age(last.at)} ago by ${who(last.by)}, at ${screen.time(last.at)}.`] : []),
    `${howMany(actsInLastHour, 'act', 'acts')} in the last hour.`,
    '',
    ...incidentLines(incidents, more, age, screen),
    ...questionLines(waiting, now, screen),
    '',
    table(
      ['POLICY', 'MODE', 'BREAKER', 'WHY'],
      policies.map(({ policy, mode, own, breaker, why }) => [
        policy,
        mode === own ? mode : screen.style('attention', `${mode} (own: ${own})`),
        breaker.state === 'closed' ? breaker.state : screen.style('attention', breaker.state),
        why,
      ]),
      screen,
    ),
  ].join('\n');
  return {
    data: {
      ...{
        pipeline: operator.pipeline,
        pause,
        pauseEndsAt: end !== undefined && end > now ? iso(end) : null,
        lastSet: last,
        hubPause: hubPause ?? null,
        incidents,
        moreIncidents: more,
        actsInLastHour,
        policies,
      },
      waiting: waiting.map(({ request, approvals }) => ({ ...request, shortId: shortId(request), approvals })),
    },
    text,
  };
}

function incidentLines(incidents: readonly OpenIncident[], more: boolean, age: (at: string) => string, screen: Screen): readonly string[] {
  if (incidents.length === 0) return ['No incident is open.'];
  const rows = incidents.map(({ id, policy = '-', target = '-', since, rung, remedy, state }) => [
    ...[incidentOrDash(id), target.replace(/^instance (?=i-)/, ''), policy],
    rung === undefined ? state : `${state}, rung ${rung + 1}: ${remedy}`,
    since === undefined ? '-' : `${screen.time(since)} (${age(since)})`,
  ]);
  return [
    more ? `${incidents.length} or more incidents are open:` : `${howMany(incidents.length, 'incident is', 'incidents are')} open:`,
    table(['INCIDENT', 'TARGET', 'POLICY', 'NOW', 'SINCE'], rows, screen),
    ...(more ? ['There are more; see them with --limit.'] : []),
  ];
}

function questionLines(waiting: readonly OpenQuestion[], now: number, screen: Screen): readonly string[] {
  if (waiting.length === 0) return [];
  const rows = waiting.map(({ request, approvals }) => [
    ...[shortId(request), `${request.summary} on ${targetInWords(request.target)}`],
    ...[`${approvals} of ${request.approvers} approved`, `until ${screen.time(request.until)} (${inWords(request.until - now)})`],
  ]);
  return [
    '',
    screen.style('attention', `${howMany(waiting.length, 'question waits', 'questions wait')} for an answer:`),
    table(['ID', 'MAY I', 'ANSWERS', 'TIME'], rows, screen),
  ];
}

async function policyStatus({ policies, modes, claims }: Operator, policy: string, screen: Screen) {
  const own = policies[policy] ?? 'automatic';
  const [override, breaker] = await Promise.all([modes.read(policy), claims.breaker(policy)]);
  const mode = effectiveMode(own, override);
  const why = [mode === own ? '' : `${saidShortly(override?.why ?? '', screen)} (${who(override?.by)})`, breakerWhy(breaker, screen)]
    .filter(Boolean)
    .join('; ');
  return { policy, own, mode, breaker, why };
}

function breakerWhy(breaker: Breaker, screen: Screen): string {
  if (breaker.state === 'open') return `breaker open until ${screen.time(breaker.until)}: ${saidShortly(breaker.why, screen)}`;
  return breaker.state === 'isolated' ? `breaker held by ${who(breaker.by)}: ${saidShortly(breaker.why, screen)}` : '';
}
