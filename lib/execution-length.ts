import { type Duration, milliseconds } from '../lambdas/core/duration.ts';
import { betweenLooks, PATIENCE } from '../lambdas/core/give-back/decide.ts';
import type { Policy, Rung } from '../lambdas/core/policy.ts';
import { remediatorNamed } from '../lambdas/remediators/registry.ts';
import { LONGEST_INCIDENT_SECONDS } from './healing-definition.ts';
import { PolicyError } from './policy-error.ts';

/** An execution of Step Functions that gets more events than 25,000 fails; some are left for steps that are tried again. */
const MOST_EVENTS = 24_500;

/** Most events for the looks at what is to be given back. */
const MOST_EVENTS_OF_KEEPING = 12_000;

/** A look waits (2 events), runs a function (5) and goes on by its answer (2); a try that AWS does not take runs one more function. */
const EVENTS_OF_LOOK = 9;
const EVENTS_OF_TRY = 16;

/** The time limit of the workflow, before anything is kept to be given back. */
const LONGEST_INCIDENT: Duration = { seconds: LONGEST_INCIDENT_SECONDS };

/**
 * Refuses a policy whose incident could be cut off by Step Functions in the middle of its waiting: with more looks than an execution has
 * events for, or for longer than the workflow lasts: with a wait before each rung and one after the last, and every question answered at the
 * last moment. It would end without its report, and be told late by the sweep. Not counted in the time are tries that AWS does not take and
 * waits after an answer, which are seldom as long as they may be.
 *
 * @throws PolicyError naming what must be shorter or rarer
 */
export function refuseEndless(policy: Policy): void {
  const { ladder, probation, guardrails } = policy;
  const [wait, every] = [milliseconds(guardrails.waitAtMost), milliseconds(guardrails.lookEvery)];
  const verifying = ladder.reduce((sum, rung) => sum + longestVerification(rung, probation), 0);
  const room = MOST_EVENTS - eventsOfKeeping(policy);
  // Before each rung and after the last it may wait, and each rung may be tried for as long.
  const eventsPerWait = (ladder.length + 1) * EVENTS_OF_LOOK + ladder.length * EVENTS_OF_TRY;
  const leastEvery = (milliseconds(LONGEST_INCIDENT) * EVENTS_OF_TRY) / room;
  if (every < leastEvery && (verifying / every) * EVENTS_OF_LOOK >= room)
    refuse(policy, 'lookEvery', every, `an execution has no room for so many looks; must be at least ${seconds(leastEvery, Math.ceil)}`);
  const byEvents = every >= leastEvery ? Number.POSITIVE_INFINITY : ((room - (verifying / every) * EVENTS_OF_LOOK) / eventsPerWait) * every;
  const left = milliseconds(LONGEST_INCIDENT) - verifying;
  if (left <= 0)
    throw new PolicyError(policy.name, [
      `policy.ladder: verification of all rungs may take ${seconds(verifying, Math.ceil)}, and an incident lasts at most ${seconds(milliseconds(LONGEST_INCIDENT), Math.floor)}`,
    ]);
  const byTime = (left - longestAsking(policy, left)) / (ladder.length + 1);
  const most = Math.min(byEvents, byTime);
  if (wait > most)
    refuse(
      policy,
      'waitAtMost',
      wait,
      `with a look every ${seconds(every, Math.ceil)} the workflow would be cut off; must be at most ${seconds(most, Math.floor)}`,
    );
}

/**
 * How long people may be asked: about each rung that changes something, also where only a demotion makes the policy ask. In shadow nobody is.
 *
 * @param left What verification leaves of an incident's time
 */
function longestAsking({ name, mode, ladder, approval }: Policy, left: number): number {
  const asked = mode === 'shadow' ? 0 : ladder.filter(({ acts }) => acts).length;
  const within = milliseconds(approval.within);
  const longest = asked * within;
  if (longest < left) return longest;
  const why = `questions about all rungs may take ${seconds(longest, Math.ceil)}, and the workflow would be cut off; must be below ${seconds(left / asked, Math.floor)}`;
  throw new PolicyError(name, [`policy.approval.within: ${seconds(within, Math.round)} is not allowed: ${why}`]);
}

/** What is to be given back is looked at for a day after it was due, each rung of it in turn. */
function eventsOfKeeping({ name, ladder, guardrails: { lookEvery } }: Policy): number {
  const events = ladder.reduce((sum, { remedy, params }) => {
    const wait = remediatorNamed(remedy)?.giveBack?.after(params, { change: true });
    return sum + (wait ? (milliseconds(PATIENCE) / betweenLooks(wait, lookEvery)) * EVENTS_OF_LOOK : 0);
  }, 0);
  if (events <= MOST_EVENTS_OF_KEEPING) return events;
  throw new PolicyError(name, [
    'policy.ladder: what it adds would be looked at so often before it is given back that the workflow would be cut off; lengthen giveBackAfter or lookEvery',
  ]);
}

function refuse({ name }: Policy, guardrail: 'lookEvery' | 'waitAtMost', value: number, why: string): never {
  throw new PolicyError(name, [`policy.guardrails.${guardrail}: ${seconds(value, Math.round)} is not allowed: ${why}`]);
}

/** From the act to the judgement of a rung at the longest: the act or its own times, and then the time for the symptom and its probation. */
function longestVerification({ settle, verifyWithin, longest = { seconds: 0 } }: Rung, probation: Duration): number {
  const act = Math.max(milliseconds(longest), milliseconds(settle) + milliseconds(verifyWithin));
  return act + Math.max(milliseconds(settle), milliseconds(probation)) + milliseconds(probation);
}

function seconds(span: number, round: (seconds: number) => number): string {
  return `${round(span / 1_000)} s`;
}
