import type { Breaker } from '../circuit-breaker.ts';
import { type Instant, iso } from '../duration.ts';
import { type Attempt, type Incident, mayHaveChanged, shortIncident } from '../incident.ts';
import type { ModeOverride } from '../mode.ts';
import type { Policy } from '../policy.ts';
import { reasonWords } from '../reason-words.ts';
import { type End, isSymptomGone, mayPass, speaksForMany, type Witness } from '../reasons.ts';
import { targetInWords } from '../target.ts';
import { type AboutIncident, aboutIncident, said, symptomOn } from './about.ts';
import { look, ownCommand, why } from './commands.ts';
import { composed } from './compose.ts';
import { doneOf, keptBy, notDoneOf } from './done.ts';
import type { Notice } from './notice.ts';
import type { Origin } from './origin.ts';
import type { Section } from './section.ts';
import { sectionsOf } from './sections.ts';

/** What will be given back after the incident, and when at the earliest. */
export interface Later {
  readonly at: Instant;
  /** What is going to be done then: "lower the capacity of web to 2". */
  readonly summaries: readonly string[];
}

/** An incident that ended, as far as its notice tells of it. */
export interface Ended extends AboutIncident {
  readonly end: End;
  /** @default - they could not be read */
  readonly attempts: readonly Attempt[] | undefined;
  readonly breaker?: Breaker | undefined;
  readonly later?: Later | undefined;
  readonly demotion?: ModeOverride | undefined;
  /** In words, each remedy that was passed over since it seldom helps. @default - none */
  readonly passedOver?: readonly string[];
  /** How often the target was healed of the same within a week, where that is more than ordinary. @default - it is not */
  readonly healed?: number;
  /** What was found out for the person, beside what the end itself has. @default - nothing */
  readonly diagnosis?: readonly Section[] | undefined;
}

/** Tells of the end of an incident: what was seen, done, not done and why, what to do now, and what follows by itself. */
export function endNotice(origin: Origin, ended: Ended, now: Instant): Notice {
  const { incident, policy, end, attempts, breaker, later, passedOver = [], healed = 0, diagnosis = [] } = ended;
  const about = aboutIncident(origin, ended, now);
  const many = speaksForMany(end);
  return composed(
    origin,
    {
      ...about,
      id: `${incident.id}/${many ? 'storm' : stageOf(end, incident)}/1`,
      stage: many ? 'storm' : stageOf(end, incident),
      ...(end.outcome === 'skipped' && (end.reason === 'shadow' || isGone(end)) && { severity: 'info' }),
      symptomGone: isGone(end),
      headline: `${wordOf(ended)}: ${many ? `${policy.symptom} on ${manyInWords(policy)}` : symptomOn(ended)}`,
      ...(many && { target: { kind: 'fleet', id: groupName(policy), ...(end.members && { members: end.members }) } }),
      outcome: end.outcome,
      reason: end.reason,
      ...(many && { seen: [...about.seen, `one incident with a common cause; ${targetInWords(incident.target)} speaks for all`] }),
      done: doneOf(attempts, incident, now),
      notDone: notDoneOf(policy, attempts, end, incident),
      why: [
        reasonWords[end.reason].means,
        ...(end.why === '' || attempts?.some(({ why }) => why === end.why) ? [] : [said(end.why, incident)]),
        ...(breaker?.state === 'open'
          ? [
              `The circuit breaker is open until ${iso(breaker.until)}: nothing more is done under policy ${policy.name}, since ${breaker.why}`,
            ]
          : []),
        ...passedOver.map((seldom) => `Passed over, since ${seldom}`),
        ...(healed > 0 ? [`It was healed ${healed} times within a week: the cause is still there`] : []),
        ...stillSo(incident, end),
        ...(end.witness ? [`It follows ${witnessInWords(end.witness)}`] : []),
      ],
      kept: keptBy(attempts),
      diagnosis: [...sectionsOf(end.details ?? []), ...diagnosis],
      later: laterLines(later),
      doNow: doNowAfter(origin, ended),
    },
    now,
  );
}

/** What is called by a hand-off need not be called by a drill. */
function stageOf({ outcome }: End, { drill }: Incident): 'recovered' | 'handed-off' | 'not-healed' {
  return outcome === 'skipped' || drill !== undefined ? 'not-healed' : outcome;
}

function wordOf(ended: Ended): string {
  const { end, incident } = ended;
  const { outcome, reason } = end;
  if (incident.drill !== undefined) return reason === 'drill' ? 'THE WAY IS WHOLE' : 'STOPPED ON THE WAY';
  if (reason === 'shadow' && outcome === 'skipped' && !hasChanged(ended)) return 'SHADOW, NOTHING DONE';
  if (outcome === 'skipped' && isGone(end)) return 'ALREADY RECOVERED';
  return { recovered: 'RECOVERED', 'handed-off': 'NEEDS YOU', skipped: 'NOT HEALED' }[outcome];
}

function groupName({ group }: Policy): string {
  return group.kind === 'single' ? targetInWords(group.target) : group.name;
}

function manyInWords({ group }: Policy): string {
  return group.kind === 'single' ? targetInWords(group.target) : `many members of ${group.name}`;
}

/** What lasts and was told before is said again, and said to be so. */
function stillSo({ follows }: Incident, { reason }: End): readonly string[] {
  const before = follows?.told?.find((told) => told.reason === reason);
  if (!before) return [];
  return [`It is still so as people were told at ${iso(before.at)} (incident ${shortIncident(before.id)}); that is said again once a day`];
}

function witnessInWords({ kind, id, at }: Witness): string {
  return `${kind} ${id}${at === undefined ? '' : `, of which people were told at ${iso(at)}`}`;
}

function laterLines(later: Later | undefined): readonly string[] {
  if (!later) return [];
  return later.summaries.map((summary) => `From ${iso(later.at)} on, if the symptom stays away: ${summary}`);
}

function doNowAfter(origin: Origin, ended: Ended): Notice['doNow'] {
  const { incident, policy, end, demotion } = ended;
  if (incident.drill !== undefined && end.reason !== 'drill') return [{ text: DRILL_STOPPED }, why(origin, incident.id)];
  const needsLook = end.outcome !== 'recovered' && !isGone(end);
  const own = ownCommand(origin, `promote ${policy.name}`);
  return [
    { text: isGone(end) && end.reason === 'shadow' ? (hasChanged(ended) ? GONE : SHADOW_PASSED) : reasonWords[end.reason].doNow },
    ...(needsLook && mayPass(end.reason) && policy.evidence?.kind === 'database-status' ? [{ text: COMES_ONCE }] : []),
    ...(needsLook ? look(origin, incident.target) : []),
    why(origin, incident.id),
    ...(demotion
      ? [{ text: 'From now on the policy asks before it acts, because of this failure. To let it act by itself again:', command: own }]
      : []),
  ];
}

const DRILL_STOPPED = 'Nothing at the target, where no fault is: this was a drill. Mend what stopped it, then hold it again.';

const COMES_ONCE = 'It came as an event of RDS, which nothing brings again: it is not taken up later by itself.';

const GONE = 'Nothing: the symptom is gone.';

const SHADOW_PASSED = 'Nothing: the symptom passed by itself. When the records have convinced you, deploy the policy in another mode.';

function hasChanged({ attempts = [] }: Ended): boolean {
  return attempts.some(mayHaveChanged);
}

/** Whether nothing is left to be repaired. */
function isGone({ reason, symptomGone }: End): boolean {
  return symptomGone === true || isSymptomGone(reason);
}
