import type { Instant } from '../core/duration.ts';
import { Defect } from '../core/failure.ts';
import { incidentLine } from '../core/history-line.ts';
import { mayHaveChanged } from '../core/incident.ts';
import { type Check, conclude, type Next, triageAt, verifyAt } from '../core/next.ts';
import type { History, IncidentStore } from '../core/ports.ts';
import { endFor } from '../core/reasons.ts';
import { verify } from '../core/verification.ts';
import type { WorkflowState } from '../core/workflow-state.ts';
import { readSymptom, type SymptomPorts } from './read-symptom.ts';

export interface WatchPorts extends SymptomPorts {
  readonly history: History;
  readonly store: IncidentStore;
}

/**
 * Watches in shadow mode whether the symptom passes without the rung, in the time that the rung would have had. What it says
 * of a rung that would have changed something is what the advice on promotion is made of. A drill only looks, and goes on.
 */
export async function watch({ incident, policy }: WorkflowState, check: Check, ports: WatchPorts, now: Instant): Promise<Next> {
  const rung = policy.ladder[check.rung];
  if (!rung) throw new Defect(`the ladder has no rung ${check.rung}`, undefined);
  // The probation is looked at again and again: what passed in it is to be seen.
  const { okSince: _okSince, watchesOthers: _watchesOthers, ...symptom } = await readSymptom(incident, policy, ports, now);
  if (incident.drill !== undefined) {
    const text = `drill: would look whether the symptom goes; it is ${symptom.kind}: ${symptom.why}`;
    await ports.history.write(incidentLine('verification', incident, text, now, { remedy: rung.remedy, rung: check.rung }));
    return triageAt(now, { watched: check.rung });
  }
  const times = { ...check, probation: policy.probation, lookEvery: policy.guardrails.lookEvery };
  const seen = verify({ kind: 'done' }, symptom, times, now);
  const shadow = { 'not-yet': 'watching', recovered: 'passed', 'not-recovered': 'stayed', 'left-alone': 'stayed' }[seen.kind];
  await ports.history.write(
    incidentLine('verification', incident, `shadow, ${shadow}: ${seen.why}`, now, { remedy: rung.remedy, rung: check.rung, shadow }),
  );
  if (seen.kind === 'not-yet') {
    const since = seen.goneSince === undefined ? {} : { goneSince: seen.goneSince };
    return verifyAt(seen.lookAgainAt, { rung: check.rung, verifyBy: check.verifyBy, watch: true, ...since });
  }
  const changes = (await ports.store.attempts(incident.id)).filter(mayHaveChanged).length;
  if (rung.acts) {
    const why = `would have climbed rung ${check.rung + 1}, ${rung.remedy}; without it ${seen.why}`;
    // Whatever was changed before, there is nothing left to hand off.
    return conclude(seen.kind === 'recovered' ? { ...endFor('shadow', why, 0), symptomGone: true } : endFor('shadow', why, changes));
  }
  return seen.kind === 'recovered' ? conclude(endFor('recovered-by-itself', seen.why, changes)) : triageAt(now, { watched: check.rung });
}
