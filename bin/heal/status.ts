import { shortId, verdictOn } from '../../lambdas/core/approval.ts';
import type { Breaker } from '../../lambdas/core/circuit-breaker.ts';
import { iso } from '../../lambdas/core/duration.ts';
import { effectiveMode } from '../../lambdas/core/mode.ts';
import { parsePause } from '../../lambdas/core/pause.ts';
import { targetInWords } from '../../lambdas/core/target.ts';
import type { Operator } from './operator.ts';
import { type Output, table } from './output.ts';

/** More open incidents than this are counted, not listed. */
const LISTED_INCIDENTS = 100;

const HOUR_MILLISECONDS = 3_600_000;

/** What the pipeline may do now, and what it is doing. */
export async function status(operator: Operator, now: number): Promise<Output> {
  const [entries, policies, questions, incidents, spending] = await Promise.all([
    operator.pause.history(),
    Promise.all(Object.keys(operator.policies).map((name) => policyStatus(operator, name))),
    operator.approvals.open(),
    operator.workflow.open(LISTED_INCIDENTS),
    operator.claims.spending(),
  ]);
  const last = entries.at(-1);
  const pause = parsePause(last?.value);
  const actsInLastHour = Object.values(spending).filter((at) => at > now - HOUR_MILLISECONDS).length;
  const waiting = questions.filter((asked) => verdictOn(asked, now).kind === 'open').map(({ request }) => request);
  const text = [
    pause.kind === 'running' ? `Pipeline ${operator.pipeline} is running.` : `Pipeline ${operator.pipeline} is PAUSED: ${pause.why}`,
    ...(last ? [`The switch was set by ${last.by} at ${last.at}.`] : []),
    `${incidents.length === LISTED_INCIDENTS ? `${LISTED_INCIDENTS} or more` : incidents.length} incidents are open; ${actsInLastHour} acts in the last hour.`,
    '',
    table(
      ['POLICY', 'MODE', 'BREAKER', 'WHY'],
      policies.map(({ policy, mode, own, breaker, why }) => [policy, mode === own ? mode : `${mode} (own: ${own})`, breaker.state, why]),
    ),
    ...(waiting.length === 0 ? [] : ['', `${waiting.length} questions wait for an answer:`]),
    ...waiting.map(
      (request) => `  ${shortId(request)}  ${request.summary} on ${targetInWords(request.target)}, until ${iso(request.until)}`,
    ),
  ].join('\n');
  return { data: { pipeline: operator.pipeline, pause, lastSet: last, incidents, actsInLastHour, policies, waiting }, text };
}

async function policyStatus({ policies, modes, claims }: Operator, policy: string) {
  const own = policies[policy] ?? 'automatic';
  const [override, breaker] = await Promise.all([modes.read(policy), claims.breaker(policy)]);
  const mode = effectiveMode(own, override);
  const why = [mode === own ? '' : `${override?.why} (${override?.by})`, breakerWhy(breaker)].filter(Boolean).join('; ');
  return { policy, own, mode, breaker, why };
}

function breakerWhy(breaker: Breaker): string {
  if (breaker.state === 'open') return `breaker open until ${iso(breaker.until)}: ${breaker.why}`;
  return breaker.state === 'isolated' ? `breaker held by ${breaker.by}: ${breaker.why}` : '';
}
