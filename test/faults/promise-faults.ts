import type { Fault } from './fault.ts';

const REMEDIATE = 'lambdas/steps/remediate.ts';

/** The promises, broken where the code keeps them. */
export const promiseFaults: readonly Fault[] = [
  {
    breaks: 'promise 4: an act that AWS calls running is not judged',
    file: 'lambdas/core/verification.ts',
    find: "  if (progress.kind === 'running')\n    return notYet(",
    replace: "  if (progress.kind === 'running' && now < times.verifyBy)\n    return notYet(",
    noticed: { by: 'explorer', situation: 'one-machine', preemptions: 1, deaths: 0 },
  },
  {
    breaks: 'promise 6: a machine takes a slot in every group that it is in',
    file: 'lambdas/core/touched-groups.ts',
    find: 'return [own, ...others].map(',
    replace: 'return [own, ...others].slice(0, 1).map(',
    noticed: { by: 'explorer', situation: 'two-machines', preemptions: 0, deaths: 0 },
  },
  {
    breaks: 'promise 7: the claim outlasts the act',
    file: 'lambdas/core/claim.ts',
    find: 'return after(actedAt + Math.max(judged, longest ? milliseconds(longest) : 0), CLAIM_MARGIN);',
    replace: 'return after(actedAt + Math.min(judged, longest ? milliseconds(longest) : 0, 60_000), { seconds: 0 });',
    noticed: { by: 'explorer', situation: 'one-machine', preemptions: 1, deaths: 0 },
  },
  {
    breaks: 'promise 8: a decision that is too old is made anew',
    file: REMEDIATE,
    find: '  if (isTooOld(run.next.decidedAt, now)) return tooLate(run, ports, now);\n',
    replace: '',
    noticed: { by: 'explorer', situation: 'two-machines', preemptions: 1, deaths: 0 },
  },
  {
    breaks: 'promise 9: nothing comes between the last look at the switch and the act',
    file: REMEDIATE,
    find: '  const answer = await execute(run, attempt, ports);\n',
    replace:
      "  await ports.history.write(incidentLine('attempt', incident, 'about to act', now, fields(attempt)));\n  const answer = await execute(run, attempt, ports);\n",
    noticed: { by: 'explorer', situation: 'one-machine', preemptions: 1, deaths: 0 },
  },
  {
    breaks: 'promise 13: the healthy floor is part of the claim',
    file: 'lambdas/core/claim.ts',
    find: "return floor && leftHealthy(floor, others) < floor.least ? 'floor' : undefined;",
    replace: 'return undefined;',
    noticed: { by: 'contract', file: 'test/contract/claims.test.ts' },
  },
];
