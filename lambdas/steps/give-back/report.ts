import type { Instant } from '../../core/duration.ts';
import { Defect, messageOf } from '../../core/failure.ts';
import { type GiveBackEnd, giveBackReasons, type Keeping } from '../../core/give-back/give-back.ts';
import { incidentLine } from '../../core/history-line.ts';
import { keepUntil, type Next } from '../../core/next.ts';
import { givenBackNotice } from '../../core/notice/given-back.ts';
import { groupKey } from '../../core/policy.ts';
import type { WorkflowState } from '../../core/workflow-state.ts';
import { CAUSE_KEPT_CHARACTERS, type ConcludePorts } from '../conclude.ts';

export type ReportGiveBackPorts = Pick<ConcludePorts, 'claims' | 'history' | 'notifier' | 'store'>;

/**
 * Ends the giving back of one change: history, a message where a person should know, and the target freed. It reopens
 * nothing: the incident is over. One channel that fails keeps none of the others from being tried.
 */
export async function reportGiveBack(state: WorkflowState, ports: ReportGiveBackPorts, now: Instant): Promise<Next> {
  const { incident, policy } = state;
  const { keeping, end } = endOf(state);
  const failures: unknown[] = [];
  const attempt = async (call: () => Promise<unknown>): Promise<void> => {
    try {
      await call();
    } catch (error) {
      failures.push(error);
    }
  };
  let added: string | undefined;
  let remedy: string | undefined;
  await attempt(async () => {
    const made = (await ports.store.attempts(incident.id)).find(({ rung }) => rung === keeping.rung);
    added = made?.summary;
    remedy = made?.remedy;
  });
  const kind = end.reason === 'given-back' ? 'given-back' : 'not-given-back';
  const fields = { remedy, rung: keeping.rung, reason: end.reason };
  await attempt(() => ports.history.write(incidentLine(kind, incident, end.why, now, fields)));
  if (giveBackReasons[end.reason].tell) {
    const what = { summary: added, rung: keeping.rung, since: keeping.since };
    const about = { incident, policy, notes: state.next?.notes };
    await attempt(() => ports.notifier.publish((origin) => givenBackNotice(origin, what, end, about, now)));
  }
  await attempt(() => ports.claims.release(incident, groupKey(policy.group), now));
  if (failures.length > 0) throw new AggregateError(failures, `giving back ended, but: ${failures.map(messageOf).join('; ')}`);
  const [rung, ...below] = keeping.below;
  return rung === undefined ? { do: 'end' } : keepUntil(now, { ...keeping, rung, below });
}

/** The end that a step named, or the failure of a step that gave none. */
function endOf({ next, error }: WorkflowState): { readonly keeping: Keeping; readonly end: GiveBackEnd } {
  if (next?.do === 'report-give-back') return { keeping: next.keeping, end: next.result };
  if (next?.do !== 'keep' && next?.do !== 'give-back') throw new Defect('the workflow did not say what was to be given back', undefined);
  const why = error
    ? `${error.Error ?? 'a step'} failed: ${(error.Cause ?? 'without a cause').slice(0, CAUSE_KEPT_CHARACTERS)}`
    : 'the workflow knows no step that gives it back';
  return { keeping: next.keeping, end: { reason: 'failed', why } };
}
