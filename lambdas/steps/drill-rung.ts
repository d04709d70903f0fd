import type { Instant } from '../core/duration.ts';
import { incidentLine } from '../core/history-line.ts';
import type { Incident } from '../core/incident.ts';
import { type Next, verifyAt } from '../core/next.ts';
import type { History, RemedyPorts } from '../core/ports.ts';
import { isRefusal, type Remediator } from '../remediators/remediator.ts';

/** A rung as a drill looks at it. */
export interface DrilledRung {
  readonly remediator: Remediator;
  readonly number: number;
  readonly params: unknown;
}

/**
 * What climbing a rung is in a drill: the remedy looks at the target and plans by its own function and role, and what it would do is written
 * down. No attempt is written, and nothing here can act: the remedy's one effect is not called. Without its document it also sends no command
 * that only looks, as in shadow nothing is run on a machine.
 */
export async function drillRung(
  incident: Incident,
  { remediator, number, params }: DrilledRung,
  ports: RemedyPorts & { readonly history: History },
  now: Instant,
): Promise<Next> {
  const plan = remediator.plan(await remediator.observe(incident.target, params, ports), params);
  const fields = { remedy: remediator.name, rung: number };
  const line = isRefusal(plan)
    ? incidentLine('decision', incident, `drill: ${remediator.name} would refuse (${plan.refusal}): ${plan.why}`, now, {
        ...fields,
        refusal: plan.refusal,
      })
    : incidentLine('decision', incident, `drill: would ${remediator.summary(plan)}; does nothing`, now, fields);
  await ports.history.write(line);
  return verifyAt(now, { rung: number, verifyBy: now, watch: true });
}
