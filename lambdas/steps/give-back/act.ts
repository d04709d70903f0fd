import { CLAIM_MARGIN } from '../../core/claim.ts';
import { isTooOld, STEP_LASTS, tooOldInWords } from '../../core/decision-age.ts';
import { after, type Duration, type Instant } from '../../core/duration.ts';
import { Defect, messageOf } from '../../core/failure.ts';
import { definedFields } from '../../core/fields.ts';
import { type KeepReason, lookAgainAt, postpone } from '../../core/give-back/decide.ts';
import { type GiveBack, type GiveBackReason, giveBackToken, type Keeping } from '../../core/give-back/give-back.ts';
import { incidentLine } from '../../core/history-line.ts';
import { keepUntil, type Next, reportGiveBack } from '../../core/next.ts';
import { groupKey } from '../../core/policy.ts';
import type { Claims, History, IncidentStore, RemedyPorts } from '../../core/ports.ts';
import { protectionWithin, windowInWords } from '../../core/protected-window.ts';
import { isSame } from '../../core/same.ts';
import type { WorkflowState } from '../../core/workflow-state.ts';
import { isKept, type Remediator } from '../../remediators/remediator.ts';
import { type LastLookPorts, lastLook } from '../last-look.ts';
import { isNotCarriedOut, mayBeTakenLater } from '../remediate.ts';
import { keptOf, type Returnable } from './returnable.ts';

export interface GiveBackPorts extends RemedyPorts, LastLookPorts {
  readonly claims: Claims;
  readonly history: History;
  readonly store: IncidentStore;
}

/** Longer than any run of a step lasts: an act that was begun before has taken place by now, or never will. */
const RUN_IS_OVER: Duration = { minutes: 2 };

interface Run {
  readonly state: WorkflowState;
  readonly keeping: Keeping;
  readonly kept: Returnable;
  readonly remediator: Remediator;
  readonly document: string;
  /** @default - the decision holds, however old it is */
  readonly decidedAt?: Instant;
}

/**
 * Gives back what one attempt of a recovered incident added: observe, plan, write it down, look once more, read the pause switch, the mode
 * and the record of the policy, act. As with attempts, whoever finds it written never acts again but looks up what became of it; where it is
 * held back at the last moment, what was written is withdrawn.
 */
export async function giveBack(
  state: WorkflowState,
  remediator: Remediator,
  document: string,
  ports: GiveBackPorts,
  now: Instant,
): Promise<Next> {
  const run = await runOf(state, remediator, document, ports.store);
  const { incident } = state;
  const { kept, keeping } = run;
  const known = await ports.store.giveBack(incident.id, keeping.rung);
  if (known) return lookUp(run, known, ports, now);
  const { decidedAt } = run;
  if (isTooOld(decidedAt, now)) return keepOn(run, 'act-not-taken', tooOldInWords(decidedAt, now), ports, now);
  const protection = protectionWithin(state.policy.guardrails.protectedWindows ?? [], now, STEP_LASTS);
  if (protection) return keepOn(run, 'protected-window', windowInWords(protection.window), ports, now);
  const observed = await remediator.observe(incident.target, kept.params, ports);
  const later = await laterPlans(run, ports.store);
  const plan = kept.giveBack.plan(kept.attempt.plan, observed, later);
  if (isKept(plan)) {
    if (plan.keep === 'for-good') return reportGiveBack(keeping, { reason: 'no-longer-ours', why: plan.why });
    return keepOn(run, 'unsteady', plan.why, ports, now);
  }
  const begun: GiveBack = {
    token: giveBackToken(incident.id, keeping.rung),
    incident: incident.id,
    target: incident.target,
    rung: keeping.rung,
    remedy: remediator.name,
    at: now,
    plan,
    summary: kept.giveBack.summary(plan),
  };
  const recorded = await ports.store.recordGiveBack(begun, after(now, CLAIM_MARGIN), now);
  if (recorded === 'known') return giveBack(state, remediator, document, ports, now);
  if (recorded === 'lease-lost') return keepUntil(now, keeping);
  return act(run, begun, later, ports, now);
}

async function runOf(state: WorkflowState, remediator: Remediator, document: string, store: IncidentStore): Promise<Run> {
  const { next, incident, policy } = state;
  if (next?.do !== 'give-back') throw new Defect('the workflow did not say what to give back', undefined);
  const { keeping, decidedAt } = next;
  const kept = keptOf(await store.attempts(incident.id), keeping.rung, policy, (remedy) => {
    if (remedy !== remediator.name) throw new Defect(`rung ${keeping.rung} is ${remedy}, not ${remediator.name}`, undefined);
    return remediator;
  });
  return { state, keeping, kept, remediator, document, ...definedFields({ decidedAt }) };
}

/** What the same remedy set out to do on the target since, in whatever incident. */
async function laterPlans({ kept: { attempt } }: Run, store: IncidentStore): Promise<readonly unknown[]> {
  const { attempts } = await store.history(attempt.target, attempt.at);
  return attempts.filter(({ remedy, token, acts }) => acts && remedy === attempt.remedy && token !== attempt.token).map(({ plan }) => plan);
}

async function act(run: Run, begun: GiveBack, later: readonly unknown[], ports: GiveBackPorts, now: Instant): Promise<Next> {
  const { plan, token } = begun;
  const held = await heldBack(run, begun, later, ports);
  if (held?.reason === 'policy-changed') {
    await ports.store.withdrawGiveBack(begun);
    return reportGiveBack(run.keeping, { reason: 'policy-changed', why: held.why });
  }
  if (held) return withdraw(run, begun, held, ports, now);
  try {
    await run.kept.giveBack.execute({ target: begun.target, plan, token, document: run.document }, ports);
  } catch (error) {
    if (mayBeTakenLater(error)) return withdraw(run, begun, { reason: 'act-not-taken', why: messageOf(error) }, ports, now);
    if (isNotCarriedOut(error)) return finish(run, begun, 'failed', `could not ${begun.summary}: ${messageOf(error)}`, ports);
    const text = `${begun.summary}: whether it took place is not known (${messageOf(error)}); it is looked up`;
    await ports.history.write(incidentLine('decision', run.state.incident, text, now, fields(run)));
    return keepUntil(after(now, RUN_IS_OVER), run.keeping);
  }
  return finish(run, begun, 'given-back', begun.summary, ports);
}

interface HeldBack {
  readonly reason: KeepReason;
  readonly why: string;
}

/**
 * Whether the target is still what the plan was made for, since AWS knows no condition for that, and after it the last look. A policy may take
 * back in approval mode, too: who approved the addition approved that.
 */
async function heldBack(run: Run, { plan }: GiveBack, later: readonly unknown[], ports: GiveBackPorts): Promise<HeldBack | undefined> {
  const { kept, remediator, state } = run;
  try {
    const observed = await remediator.observe(state.incident.target, kept.params, ports);
    const again = kept.giveBack.plan(kept.attempt.plan, observed, later);
    if (isKept(again)) return { reason: 'act-not-taken', why: again.why };
    if (!isSame(again, plan)) return { reason: 'act-not-taken', why: 'the target changed since it was looked at' };
    const look = await lastLook(state, ports);
    if (look.kind === 'unreadable') return { reason: 'unreadable', why: look.why };
    if (look.kind === 'stop') return { reason: look.reason, why: look.why };
    return look.mode === 'shadow' ? { reason: 'shadow', why: 'the policy is in shadow mode now' } : undefined;
  } catch (error) {
    return { reason: 'unreadable', why: messageOf(error) };
  }
}

/** Takes back what was written, since nothing was done. It is looked at again later, and planned anew. */
async function withdraw(run: Run, begun: GiveBack, { reason, why }: HeldBack, ports: GiveBackPorts, now: Instant): Promise<Next> {
  await ports.store.withdrawGiveBack(begun);
  return keepOn(run, reason, why, ports, now);
}

/** Looks up what became of it after an earlier run, which may have died before or after the act, or may still be at it. */
async function lookUp(run: Run, begun: GiveBack, ports: GiveBackPorts, now: Instant): Promise<Next> {
  if (begun.end) return reportGiveBack(run.keeping, begun.end);
  const observed = await run.remediator.observe(begun.target, run.kept.params, ports);
  if (run.kept.giveBack.isDone(begun.plan, observed)) return finish(run, begun, 'given-back', `${begun.summary}: seen to be so`, ports);
  const over = after(begun.at, RUN_IS_OVER);
  if (now < over) return keepUntil(over, run.keeping);
  const why = `${begun.summary}: was interrupted and is not seen to have taken place; it is not repeated`;
  return finish(run, begun, 'failed', why, ports);
}

async function finish({ keeping }: Run, begun: GiveBack, reason: GiveBackReason, why: string, ports: GiveBackPorts): Promise<Next> {
  await ports.store.recordGiveBackEnd(begun, { reason, why });
  return reportGiveBack(keeping, { reason, why });
}

/** Lets go of the target until the next look. */
async function keepOn(run: Run, reason: KeepReason, why: string, ports: GiveBackPorts, now: Instant): Promise<Next> {
  const { incident, policy } = run.state;
  await ports.history.write(incidentLine('decision', incident, `not given back yet (${reason}): ${why}`, now, { ...fields(run), reason }));
  await ports.claims.release(incident, groupKey(policy.group), now);
  const { wait } = run.kept;
  return postpone({ reason, why, at: lookAgainAt(wait, { policy, now }) }, run.keeping, wait);
}

function fields({ kept: { attempt } }: Run): Record<string, unknown> {
  return { remedy: attempt.remedy, rung: attempt.rung };
}
