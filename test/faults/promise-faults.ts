import type { Fault } from './fault.ts';

/** The promises, broken where the code keeps them. */
export const promiseFaults: readonly Fault[] = [
  {
    breaks: 'promise 3: what is gone has reported since it was first seen gone',
    file: 'lambdas/core/guardrails/recovery.ts',
    find: "if (isProvenSince(symptom, since)) return { kind: 'end'",
    replace: "if (symptom.kind === 'gone') return { kind: 'end'",
    noticed: { by: 'explorer', situation: 'recovery-silent', preemptions: 0, deaths: 0 },
  },
  {
    breaks: 'promise 6: a machine takes a slot in every group that it is in',
    file: 'lambdas/core/touched-groups.ts',
    find: 'alongside.map((each) => (',
    replace: 'alongside.slice(alongside.length).map((each) => (',
    noticed: { by: 'explorer', situation: 'two-machines', preemptions: 0, deaths: 0 },
  },
  {
    breaks: 'promise 7: the claim is counted from the act',
    file: 'lambdas/core/claim.ts',
    find: 'placeholder',
    replace: '',
    noticed: { by: 'explorer', situation: 'one-machine', preemptions: 1, deaths: 0 },
  },
];
