import { inWords, iso, milliseconds } from '../duration.ts';
import type { Policy } from '../policy.ts';
import { inForce, isPartOf, isSpokenFor, type Storm, spokenForBy, stormAsWitness, stormThreshold } from '../storm.ts';
import type { Guardrail, Question, StormWatch, Verdict } from './guardrail.ts';

/**
 * The same symptom on many members at once has one cause, and repairing member by member could spread it: one incident
 * leads and speaks for all, the others end. Asked first of all, so that a storm is one message even while a pause or a
 * missing metric would give each incident a reason of its own.
 */
export const storm: Guardrail = (question) => {
  const { incident, policy, snapshot, now } = question;
  const { stormWatch, attempts } = snapshot;
  if (!stormWatch) return undefined;
  if (stormWatch.storm?.lead === incident.id) return lead(stormWatch.storm, stormWatch, question);
  const storm = inForce(stormWatch.storm, now);
  if (storm && !isPartOf(storm, incident, question.policy.guardrails.storm)) return waitFor(storm);
  if (storm) {
    if (!isSpokenFor(storm, attempts)) return { kind: 'end', reason: 'storm', why: spokenForBy(storm) };
    return { kind: 'end', reason: 'part-of-storm', why: spokenForBy(storm), witness: stormAsWitness(storm, policy, now) };
  }
  return judge(stormWatch, question);
};

/** The lead gathers for a while, so that its message says how far it goes; then it hands off. */
function lead(storm: Storm, stormWatch: StormWatch, { policy, snapshot, now }: Question): Verdict {
  const seen = inFigures(stormWatch, snapshot.facts.groupSize, policy);
  if (now < storm.speaksAt) return { kind: 'wait', reason: 'storm', why: `${seen}; see how far it goes`, until: storm.speaksAt };
  return { kind: 'end', reason: 'storm', why: seen };
}

/** A fault of another time is none of the storm's, but nothing is begun on the group before that is over. */
function waitFor({ since, until }: Storm): Verdict {
  const why = `other members of the group have had the same symptom together since ${iso(since)}; this one came at another time`;
  return { kind: 'wait', reason: 'storm', why, until };
}

/** Only a member that shows the symptom can tell that many do, and only while nobody keeps the alarm quiet, or may: people want no call of it then. */
function judge(stormWatch: StormWatch, { policy, snapshot: { facts, symptom } }: Question): Verdict | undefined {
  if (!facts.inGroup || facts.presence !== 'present' || symptom.kind === 'gone') return undefined;
  if (symptom.disabled || symptom.suppressed) return undefined;
  const { storm: stormLimits } = policy.guardrails;
  const threshold = stormThreshold(stormLimits, facts.groupSize);
  const isMajority = stormWatch.inAlarm >= LEAST_MAJORITY && stormWatch.inAlarm > seenByAlarm(policy, facts.groupSize) / 2;
  if (stormWatch.recent < threshold && !isMajority) return undefined;
  const limit = isMajority ? 'more than half' : `${threshold} within ${inWords(milliseconds(stormLimits.within))}`;
  return { kind: 'declare', reason: 'storm', why: `${inFigures(stormWatch, facts.groupSize, policy)}: ${limit} make a storm` };
}

/** The fewest members in ALARM that make a storm as a majority of their group: of a group of three, two are healed each by itself. */
const LEAST_MAJORITY = 3;

/** Members that one alarm sees: a hash spreads them evenly over the shards, so what most of a shard has most of the group have. */
function seenByAlarm({ targets }: Policy, groupSize: number): number {
  return groupSize / (targets.kind === 'contributor' ? (targets.shards ?? 1) : 1);
}

function inFigures({ recent, inAlarm }: StormWatch, groupSize: number, { seen }: Policy): string {
  return `${seen} on ${recent} of ${groupSize} members${inAlarm > 0 ? `, on ${inAlarm} of them now` : ''}`;
}
