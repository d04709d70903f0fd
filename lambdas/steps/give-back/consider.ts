import { CLAIM_MARGIN } from '../../core/claim.ts';
import { after, type Duration, type Instant } from '../../core/duration.ts';
import { Defect, messageOf } from '../../core/failure.ts';
import { decideGiveBack, lookAgainAt, type Postponement, postpone } from '../../core/give-back/decide.ts';
import type { Keeping } from '../../core/give-back/give-back.ts';
import type { Snapshot } from '../../core/guardrails/guardrail.ts';
import { incidentLine } from '../../core/history-line.ts';
import type { Incident } from '../../core/incident.ts';
import type { Next } from '../../core/next.ts';
import type { History } from '../../core/ports.ts';
import type { WorkflowState } from '../../core/workflow-state.ts';
import { remediatorGivingBack } from '../../remediators/giving-back.ts';
import { readSnapshot, type SnapshotPorts } from '../read-snapshot.ts';
import { containerOf } from '../triage.ts';
import { keptOf } from './returnable.ts';

export interface ConsiderPorts extends SnapshotPorts {
  readonly history: History;
}

/**
 * Decides whether what an incident's remedy added may be given back now, and if so takes a short lease on the target. What
 * was begun is looked up whatever is in the way, since looking changes nothing.
 */
export async function considerGiveBack(state: WorkflowState, ports: ConsiderPorts, now: Instant): Promise<Next> {
  const { incident, policy } = state;
  const keeping = keepingOf(state);
  const kept = keptOf(await ports.store.attempts(incident.id), keeping.rung, policy, remediatorGivingBack);
  const go: Extract<Next, { do: 'give-back' }> = { do: 'give-back', remedy: kept.attempt.remedy, keeping };
  if (await ports.store.giveBack(incident.id, keeping.rung)) return go;
  const answer = await decide(state, keeping, kept.wait, ports, now);
  const text = answer ? `not given back yet (${answer.reason}): ${answer.why}` : `due to be given back: ${kept.attempt.summary}`;
  await ports.history.write(incidentLine('decision', incident, text, now, { ...(answer && { reason: answer.reason }) }));
  return answer ? postpone(answer, keeping, kept.wait) : { ...go, decidedAt: now };
}

function keepingOf({ next }: WorkflowState): Keeping {
  if (next?.do !== 'keep') throw new Defect('the workflow did not say what is kept', undefined);
  return next.keeping;
}

async function decide(
  state: WorkflowState,
  keeping: Keeping,
  wait: Duration,
  ports: ConsiderPorts,
  now: Instant,
): Promise<Postponement | undefined> {
  const { incident, policy } = state;
  const read = await tryToRead(state, ports, now);
  if ('error' in read) return { reason: 'unreadable', why: messageOf(read.error), at: lookAgainAt(wait, { policy, now }) };
  const postponement = decideGiveBack({ incident, policy, snapshot: read.snapshot, now }, keeping, wait);
  if (postponement) return postponement;
  // The report frees the target.
  const claim = { incident: inOtherName(incident), until: after(now, CLAIM_MARGIN), change: containerOf(read.snapshot) };
  const answer = await ports.claims.claim(claim, now);
  if (answer.kind === 'claimed') return undefined;
  return { reason: 'target-busy', why: 'another incident took the target first', at: lookAgainAt(wait, { policy, now }) };
}

/** A snapshot that cannot be read postpones the giving back; what was added is neither taken away nor given up. */
async function tryToRead(state: WorkflowState, ports: ConsiderPorts, now: Instant): Promise<{ snapshot: Snapshot } | { error: unknown }> {
  try {
    return { snapshot: await readSnapshot(state, ports, now, { changes: true }) };
  } catch (error) {
    return { error };
  }
}

/** No policy has this name, so that an incident of the same policy that comes now waits, and is not taken for a duplicate. */
function inOtherName(incident: Incident): Incident {
  return { ...incident, policy: `${incident.policy} (giving back)` };
}
