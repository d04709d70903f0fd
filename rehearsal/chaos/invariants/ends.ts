import { isTold } from '../../../lambdas/core/reasons.ts';
import { type Target, targetInWords, targetSchema } from '../../../lambdas/core/target.ts';
import type { Aftermath, LastingInvariant, Violation } from './invariant.ts';

/** Two sweeps, the detection, and the pipeline's own way on a crowded machine. */
const TAKEN_UP_WITHIN_MS = 40_000;

/** From the symptom to its alarm: a sweep before that cannot know of it. */
const DETECTED_WITHIN_MS = 10_000;

/** The pipeline's own way after a sweep told of the symptom, on a crowded machine. */
const AFTER_A_SWEEP_MS = 20_000;

/** The latest, however many sweeps were struck by the chaos itself. */
const TAKEN_UP_AT_LATEST_MS = 120_000;

/** An alarm that had not gone before the next symptom of the target came has its incident already. */
const BEFORE_MS = 15_000;

export const everyIncidentEnds: LastingInvariant = {
  name: 'every-incident-ends',
  words: 'every incident that was opened ends, and says so in the history',
  violations: ({ incidents, lines }) => {
    const ended = new Set(lines.filter(({ kind }) => kind === 'outcome').map(({ incident }) => incident));
    return incidents
      .filter(({ id }) => !ended.has(id))
      .map(({ id, status }) => ({
        invariant: 'every-incident-ends',
        what: `incident ${id.slice(0, 8)} has no outcome; its workflow is ${status}`,
        acts: [],
        incident: id,
      }));
  },
};

export const everyEndIsTold: LastingInvariant = {
  name: 'every-end-is-told',
  words: 'every end that people must know of reached their mailbox',
  violations: ({ lines, messages, policies }) =>
    lines
      .filter(
        (line) =>
          line.kind === 'outcome' &&
          isTold({ outcome: line.outcome, reason: line.reason, witness: line.witness } as Parameters<typeof isTold>[0]),
      )
      .filter(({ policy, target = '?' }) => {
        const seen = policies.get(policy)?.seen ?? '?';
        return !messages.some(({ body }) => body.includes(target) && body.includes(seen));
      })
      .map(({ incident = '', target, policy, reason }) => ({
        invariant: 'every-end-is-told',
        what: `nobody was told of the end of ${policy} on ${target} (${reason})`,
        acts: [],
        incident,
      })),
};

export const everySymptomIsTakenUp: LastingInvariant = {
  name: 'every-symptom-is-taken-up',
  words: `a symptom that stays has an incident within ${TAKEN_UP_WITHIN_MS / 1_000} s or by the second whole sweep, though its events were lost`,
  violations: (aftermath) =>
    aftermath.faults
      .filter(({ from, endedAt = aftermath.now }) => endedAt > takenUpBy(from, aftermath))
      .filter(({ target, symptom, from }) => !hasIncident(target, symptom.policy, from - BEFORE_MS, takenUpBy(from, aftermath), aftermath))
      .map(
        ({ target, symptom, from, endedAt = aftermath.now }): Violation => ({
          invariant: 'every-symptom-is-taken-up',
          what: `${symptom.policy} on ${target} lasted ${Math.round((endedAt - from) / 1_000)} s and has no incident`,
          acts: [],
        }),
      ),
};

export const deadLettersAreMadeGood: LastingInvariant = {
  name: 'dead-letters-are-made-good',
  words: 'what could not be taken in was taken up by the sweep, or was over',
  violations: (aftermath) =>
    aftermath.deadLetters.flatMap(({ at, text }) => {
      const [, policy = '?'] = /"name":"([A-Za-z-]+)","symptom"/.exec(text) ?? [];
      const [instance = '?'] = /i-[0-9a-f]{17}/.exec(text) ?? [];
      const target = `instance#${instance}`;
      const staysIll = aftermath.faults.some(
        (fault) =>
          fault.target === target &&
          fault.symptom.policy === policy &&
          (fault.endedAt ?? aftermath.now) > takenUpBy(at, aftermath) &&
          fault.from < at,
      );
      if (!staysIll || hasIncident(target, policy, at, takenUpBy(at, aftermath), aftermath)) return [];
      return [
        {
          invariant: 'dead-letters-are-made-good',
          what: `an event of ${policy} on ${target} was dead-lettered and never taken up`,
          acts: [],
        },
      ];
    }),
};

/** When a symptom that was there at this moment must have its incident: sweeps that the chaos struck do not count. */
function takenUpBy(from: number, { sweeps }: Aftermath): number {
  const whole = sweeps.filter((sweep) => sweep.isComplete && sweep.from >= from + DETECTED_WITHIN_MS);
  const second = whole[1]?.until ?? Number.POSITIVE_INFINITY;
  return from + Math.max(TAKEN_UP_WITHIN_MS, Math.min(second + AFTER_A_SWEEP_MS - from, TAKEN_UP_AT_LATEST_MS));
}

/** Whether an incident was open at some time from then until then, though it may have had nothing to say just then. */
function hasIncident(key: string, policy: string, from: number, until: number, { lines }: Aftermath): boolean {
  const words = inWords(key);
  const own = lines.filter((line) => line.incident !== undefined && line.policy === policy && line.target === words);
  return [...Map.groupBy(own, ({ incident }) => incident).values()].some((told) => {
    const times = told.map(({ at }) => Date.parse(at));
    return Math.min(...times) <= until && Math.max(...times) >= from;
  });
}

/** The target of a key in the words of the history. */
export function inWords(key: string): string {
  const [kind, id] = key.split('#');
  const target: Target = targetSchema.parse(kind === 'auto-scaling-group' ? { kind, name: id } : { kind, id });
  return targetInWords(target);
}
