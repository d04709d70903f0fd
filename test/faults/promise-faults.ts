import type { Fault } from './fault.ts';

const REMEDIATE = 'lambdas/steps/remediate.ts';
const VERIFICATION = 'lambdas/core/verification.ts';

/** The explorer on a situation that needs no particular order of calls. */
function inSituation(situation: string) {
  return { by: 'explorer', situation, preemptions: 0, deaths: 0 } as const;
}

/** The explorer on all orders with one preemption. */
function inSomeOrder(situation: string) {
  return { by: 'explorer', situation, preemptions: 1, deaths: 0 } as const;
}

/** The promises, broken where the code keeps them; and what else only a property holds. */
export const promiseFaults: readonly Fault[] = [
  {
    breaks: 'promise 1: a symptom that flaps is told, unless somebody really was told before',
    file: 'lambdas/core/guardrails/flapping.ts',
    find: 'const witness = toldOfFlapping(past, now);',
    replace: "const witness = toldOfFlapping(past, now) ?? { kind: 'incident' as const, id: incident.id, at: now };",
    noticed: inSituation('guardrail-flapping'),
  },
  {
    breaks: 'promise 2: the symptom of a target is its own',
    file: 'lambdas/steps/read-symptom.ts',
    find: "if (policy.evidence === undefined && policy.targets.kind === 'unhealthy-targets')",
    replace: "if (policy.evidence === undefined && policy.targets.kind === 'unhealthy-targets' && now < 0)",
    noticed: inSituation('neighbour-ill'),
  },
  {
    breaks: 'promise 3: what is gone has reported since it was first seen gone',
    file: VERIFICATION,
    find: 'return reportedAt === undefined || reportedAt >= instant;',
    replace: 'return reportedAt === undefined || reportedAt <= instant || reportedAt > instant;',
    noticed: inSituation('dead-machine'),
  },
  {
    breaks: 'promise 4: an act that AWS calls running is not judged',
    file: VERIFICATION,
    find: "  if (seen.kind === 'running' && mayFly)\n    return notYet({ verifyBy: afterTheAct(given, now), why:",
    replace: "  if (seen.kind === 'running' && mayFly && now < given.verifyBy)\n    return notYet({ why:",
    noticed: inSomeOrder('one-machine'),
  },
  {
    breaks: 'promise 5: the sweep pays the message of a storm whose lead is not heard of',
    file: 'lambdas/steps/sweep.ts',
    find: '  await tryTo(() => payStormDebts(ports, failures, now));\n',
    replace: '',
    noticed: inSituation('lead-stuck'),
  },
  {
    breaks: 'promise 6: a machine takes a slot in every group that it is in',
    file: 'lambdas/core/touched-groups.ts',
    find: 'return [own, ...others].map(',
    replace: 'return [own, ...others].slice(0, 1).map(',
    noticed: inSituation('two-machines'),
  },
  {
    breaks: 'promise 7: the claim outlasts the act',
    file: 'lambdas/core/claim.ts',
    find: 'return after(actedAt + Math.max(judged, longest ? milliseconds(longest) : 0), CLAIM_MARGIN);',
    replace: 'return after(actedAt + Math.min(judged, longest ? milliseconds(longest) : 0, 60_000), { seconds: 0 });',
    also: [
      {
        file: 'lambdas/steps/verify.ts',
        find: '  if (until > heldUntil(attempt.at, rung, policy.probation, attempt.longest ?? (await longestActOf(rung))))\n    await claims.renew(incident, until, now);\n',
        replace: '',
      },
    ],
    noticed: inSomeOrder('two-machines'),
  },
  {
    breaks: 'promise 8: a decision that is too old is made anew',
    file: REMEDIATE,
    find: 'const isLate = isTooOld(asked.next.decidedAt, now);',
    replace: 'const isLate = false;',
    noticed: inSomeOrder('two-machines'),
  },
  {
    breaks: 'promise 9: nothing comes between the last look at the switch and the act',
    file: REMEDIATE,
    find: '  const answer = await execute(run, attempt, ports);\n',
    replace:
      "  await ports.history.write(incidentLine('attempt', incident, 'about to act', now, fields(attempt)));\n  const answer = await execute(run, attempt, ports);\n",
    noticed: inSomeOrder('one-machine'),
  },
  {
    breaks: 'promise 10: what AWS did not take teaches nothing',
    file: 'lambdas/core/repair-result.ts',
    find: "return acts && (result === 'failed' ||",
    replace: "return acts && (result === 'failed' || result === 'not-taken' ||",
    noticed: inSituation('not-taken'),
  },
  {
    breaks: 'promise 11: a storm is what happened together',
    file: 'lambdas/steps/read-storm.ts',
    find: 'at: incident.openedAt }, now);',
    replace: 'at: incident.receivedAt }, now);',
    also: [
      {
        file: 'lambdas/core/storm.ts',
        find: 'spanAround({ openedAt }: Incident,',
        replace: 'spanAround({ receivedAt: openedAt }: Incident,',
      },
      {
        file: 'lambdas/core/storm.ts',
        find: "  { openedAt }: Pick<Incident, 'openedAt'>,\n  { within }: StormLimits,",
        replace: '  { receivedAt: openedAt }: Incident,\n  { within }: StormLimits,',
      },
    ],
    noticed: inSituation('old-faults'),
  },
  {
    breaks: 'promise 12: of broken workflows the one that waited longest comes first',
    file: 'lambdas/core/broken-workflow.ts',
    find: 'waitsSince(left) - waitsSince(right) ||',
    replace: 'waitsSince(right) - waitsSince(left) ||',
    noticed: { by: 'invariant', file: 'test/property/broken-workflows.test.ts' },
  },
  {
    breaks: 'promise 13: the healthy floor is part of the claim',
    file: 'lambdas/core/claim.ts',
    find: "return floor && leftHealthy(floor, others) < floor.least ? 'floor' : undefined;",
    replace: 'return undefined;',
    noticed: { by: 'contract', file: 'test/contract/claims.test.ts' },
  },
  {
    breaks: 'promise 14: a rung that only prepares the next is as good as that one',
    file: 'lambdas/core/ladder.ts',
    find: "  if (last?.enabling && last.result === 'not-recovered') return failedLately(number + 1, policy, history, now);\n",
    replace: '',
    noticed: inSituation('volume-grown-before'),
  },
  {
    breaks: 'promise 15: what was done in part may have helped',
    file: VERIFICATION,
    find: 'nothingCame: seen.untouched !== undefined || seen.hopeless === true',
    replace: 'nothingCame: true',
    noticed: inSituation('done-in-part'),
  },
  {
    breaks: 'promise 16: a breaker that was not taught is taught by the next run',
    file: 'lambdas/steps/conclude.ts',
    find: 'known !== undefined && known.taught !== false, now);',
    replace: 'known !== undefined, now);',
    noticed: inSituation('end-not-read'),
  },
  {
    breaks: 'verification: a symptom that comes and goes ends it',
    file: VERIFICATION,
    find: 'wentAgainAt !== undefined && wentAgainAt > (times.gapsUntil ?? times.verifyBy))',
    replace: 'wentAgainAt !== undefined && wentAgainAt > now)',
    noticed: { by: 'invariant', file: 'test/property/verification.test.ts' },
  },
];
