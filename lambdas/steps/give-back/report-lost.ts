import type { Instant } from '../../core/duration.ts';
import type { GiveBackEnd } from '../../core/give-back/give-back.ts';
import { reportGiveBack as reportWith, withNotes } from '../../core/next.ts';
import type { WorkflowState } from '../../core/workflow-state.ts';
import { remediatorGivingBack } from '../../remediators/giving-back.ts';
import { type ReportGiveBackPorts, reportGiveBack } from './report.ts';
import { allReturnable } from './returnable.ts';

/**
 * Reports what an incident that recovered still keeps and its workflow, which broke, cannot give back any more. Nothing is given back
 * here. Answers whether there was anything.
 */
export async function reportLost(
  { incident, policy, next }: WorkflowState,
  since: Instant,
  cause: string,
  ports: ReportGiveBackPorts,
  now: Instant,
): Promise<boolean> {
  let wasLeft = false;
  for (const { attempt } of allReturnable(await ports.store.attempts(incident.id), policy, remediatorGivingBack)) {
    const begun = await ports.store.giveBack(incident.id, attempt.rung);
    if (begun?.end?.reason === 'given-back') continue;
    wasLeft = true;
    const unknown = begun ? 'whether it was given back is not known' : 'it was not given back';
    const end: GiveBackEnd = begun?.end ?? { reason: 'failed', why: `${cause}; ${unknown}` };
    const lost = `lost#${incident.id}#${attempt.rung}`;
    const report = withNotes(reportWith({ rung: attempt.rung, below: [], since }, end), next?.notes);
    await reportGiveBack({ incident, policy, next: report }, tellingOnce(policy.name, lost, ports, now), now);
  }
  return wasLeft;
}

/** The ports, by which people are told once, however often the sweep reports it since something else failed. */
function tellingOnce(policy: string, lost: string, ports: ReportGiveBackPorts, now: Instant): ReportGiveBackPorts {
  const { notifier, store } = ports;
  const publish: typeof notifier.publish = async (compose) => {
    if (await store.isRejectionNoted(policy, lost)) return;
    await notifier.publish(compose);
    await store.noteRejection(policy, lost, now);
  };
  return { ...ports, notifier: { ...notifier, publish } };
}
