import type { Instant } from '../../core/duration.ts';
import { Defect } from '../../core/failure.ts';
import { type GiveBackEnd, giveBackReasons, type Keeping } from '../../core/give-back/give-back.ts';
import { incidentLine } from '../../core/history-line.ts';
import { keepUntil, type Next } from '../../core/next.ts';
import { givenBackNotice } from '../../core/notice/given-back.ts';
import { outsideText } from '../../core/outside-text.ts';
import { groupKey } from '../../core/policy.ts';
import type { WorkflowState } from '../../core/workflow-state.ts';
import { collectedFailures } from '../collected-failures.ts';
import { CAUSE_KEPT_CHARACTERS, type ConcludePorts } from '../conclude.ts';

export type ReportGiveBackPorts = Pick<ConcludePorts, 'claims' | 'history' | 'notifier' | 'store'>;

/**
 * Ends the giving back of one change: history, a message where a person should know, and the target freed. It reopens
 * nothing: the incident is over. One channel that fails keeps none of the others from being tried.
 */
export async function reportGiveBack(state: WorkflowState, ports: ReportGiveBackPorts, now: Instant): Promise<Next> {
  const { incident, policy } = state;
  const { keeping, end } = endOf(state);
  const { tryTo, answerOf, throwIfAny } = collectedFailures();
  const attempts = await answerOf(() => ports.store.attempts(incident.id), []);
  const made = attempts.find(({ rung }) => rung === keeping.rung);
  const kind = end.reason === 'given-back' ? 'given-back' : 'not-given-back';
  const fields = { remedy: made?.remedy, rung: keeping.rung, reason: end.reason };
  await tryTo(() => ports.history.write(incidentLine(kind, incident, end.why, now, fields)));
  if (giveBackReasons[end.reason].tell) {
    const what = { summary: made?.summary, rung: keeping.rung, since: keeping.since };
    const about = { incident, policy, notes: state.next?.notes };
    await tryTo(() => ports.notifier.publish((origin) => givenBackNotice(origin, what, end, about, now)));
  }
  await tryTo(() => ports.claims.release(incident, groupKey(policy.group), now));
  throwIfAny('giving back ended, but');
  const [rung, ...below] = keeping.below;
  return rung === undefined ? { do: 'end' } : keepUntil(now, { ...keeping, rung, below });
}

/** The end that a step named, or the failure of a step that gave none. */
function endOf({ next, error }: WorkflowState): { readonly keeping: Keeping; readonly end: GiveBackEnd } {
  if (next?.do === 'report-give-back') return { keeping: next.keeping, end: next.result };
  if (next?.do !== 'keep' && next?.do !== 'give-back') throw new Defect('the workflow did not say what was to be given back', undefined);
  const why = error
    ? `${error.Error ?? 'a step'} failed: ${outsideText(error.Cause ?? 'without a cause', CAUSE_KEPT_CHARACTERS)}`
    : 'the workflow knows no step that gives it back';
  return { keeping: next.keeping, end: { reason: 'failed', why } };
}
