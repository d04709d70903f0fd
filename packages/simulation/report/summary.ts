import { slotLimits } from '../../../lambdas/core/claim.ts';
import { milliseconds } from '../../../lambdas/core/duration.ts';
import type { Act, StoryHistory } from '../history-of-story.ts';
import { groupOf, inFlightAtActs } from '../invariants/blast-radius.ts';
import { actsInPeriods } from '../invariants/budget.ts';
import { zoneSizes } from '../invariants/groups.ts';
import { type Flight, flightsBy } from '../invariants/in-flight.ts';
import { oneActPerAttempt } from '../invariants/one-act-per-attempt.ts';
import { breaches } from '../invariants/registry.ts';
import type { Story } from '../story.ts';

/** Dollars for a million, in us-east-1 without free tier: aws.amazon.com/step-functions/pricing and /lambda/pricing. */
export const PRICES = { transitions: 25, invocations: 0.2 } as const;

/** The most that was reached at any instant, and the most that was allowed then. */
export interface Peak {
  readonly most: number;
  readonly limit: number;
  /** The group or zone of the peak. */
  readonly where: string;
}

/** What a simulation cost the machine that it ran on. */
export interface Took {
  readonly seconds: number;
  /** Of all processors together. */
  readonly processorSeconds: number;
  /** The most that the process ever had, its start included. */
  readonly peakMegabytes: number;
}

/** What a simulation is judged by and shows. */
export interface SimulationSummary {
  readonly scenario: string;
  readonly title: string;
  readonly targets: number;
  readonly seed: number;
  readonly simulatedMinutes: number;
  /** Of playing and judging. */
  readonly took: Took;
  readonly events: { readonly deliveries: number; readonly duplicates: number; readonly deadLetters: number };
  readonly incidents: number;
  /** Incidents by `outcome (reason)`. */
  readonly ends: Readonly<Record<string, number>>;
  /** By remedy. */
  readonly acts: Readonly<Record<string, number>>;
  readonly duplicateActs: number;
  readonly peaks: { readonly fleet: Peak; readonly zone: Peak; readonly period: Peak };
  /** From the last event until no incident was open. */
  readonly drainMinutes: number;
  readonly messages: number;
  /** By AWS service. */
  readonly requests: Readonly<Record<string, number>>;
  readonly transitions: number;
  readonly invocations: number;
  readonly dollars: { readonly transitions: number; readonly invocations: number };
  readonly breaches: readonly string[];
  readonly timeline: readonly Moment[];
}

/** The state of things at one instant of the timeline. */
export interface Moment {
  readonly minute: number;
  /** Incidents that were open. */
  readonly open: number;
  /** Acts in flight. */
  readonly inFlight: number;
  /** Messages sent since the moment before. */
  readonly messages: number;
}

/** What was simulated, apart from its history. */
export interface Simulated {
  readonly scenario: string;
  readonly title: string;
  readonly targets: number;
  readonly story: Story;
}

const MINUTE = 60_000;

/** Moments of a timeline. */
const MOMENTS = 72;

export function summarize({ scenario, title, targets, story }: Simulated, history: StoryHistory): Omit<SimulationSummary, 'took'> {
  const executions = [...history.executions.values()];
  const transitions = executions.reduce((sum, { visits }) => sum + visits.length, 0);
  const flights = flightsBy(history, (act) => groupOf(act, history));
  const latest = (instants: readonly number[], first: number) => instants.reduce((last, instant) => Math.max(last, instant), first);
  const lastStart = latest(
    executions.map(({ startedAt }) => startedAt),
    history.startedAt,
  );
  const lastEnd = latest(
    executions.map(({ endedAt }) => endedAt ?? history.endedAt),
    lastStart,
  );
  const invocations = history.invocations.length;
  return {
    ...{ scenario, title, targets },
    seed: story.seed,
    simulatedMinutes: (lastEnd - history.startedAt) / MINUTE,
    events: {
      deliveries: history.deliveries,
      duplicates: history.lines.filter(({ reason }) => reason === 'duplicate-delivery').length,
      deadLetters: history.deadLetters,
    },
    incidents: executions.length,
    ends: counted(endsOf(history)),
    acts: counted(history.acts.map(({ by }) => by.remedy ?? '')),
    duplicateActs: oneActPerAttempt.breaches(history).length,
    peaks: { fleet: fleetPeak(flights, history), zone: zonePeak(flights, history), period: periodPeak(history) },
    drainMinutes: (lastEnd - lastStart) / MINUTE,
    messages: history.notices.length,
    requests: byService(history),
    ...{ transitions, invocations },
    dollars: { transitions: (transitions * PRICES.transitions) / 1e6, invocations: (invocations * PRICES.invocations) / 1e6 },
    breaches: breaches(history),
    timeline: timelineOf([...flights.values()].flat(), history, lastEnd),
  };
}

/** One end of each incident, however often it was written. */
function endsOf({ lines }: StoryHistory): readonly string[] {
  const ends = lines
    .filter(({ kind }) => kind === 'outcome')
    .map(({ incident, outcome, reason }) => [incident, `${outcome} (${reason})`] as const);
  return [...new Map(ends).values()];
}

function counted(names: readonly string[]): Readonly<Record<string, number>> {
  const groups = [...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length] as const);
  return Object.fromEntries(groups.toSorted(([, left], [, right]) => right - left));
}

function byService({ requests }: StoryHistory): Readonly<Record<string, number>> {
  const services: Record<string, number> = {};
  for (const [request, count] of requests) {
    const [service = ''] = request.split(':');
    services[service] = (services[service] ?? 0) + count;
  }
  return Object.fromEntries(Object.entries(services).toSorted(([, left], [, right]) => right - left));
}

/** The peak that is nearest to its limit, or beyond it. */
function nearest(peaks: readonly Peak[]): Peak {
  return peaks.reduce((one, other) => (other.most / other.limit > one.most / one.limit ? other : one), {
    most: 0,
    limit: 1,
    where: 'none',
  });
}

function fleetPeak(flights: ReadonlyMap<string, readonly Flight[]>, history: StoryHistory): Peak {
  return nearest(
    [...flights].flatMap(([group, own]) =>
      inFlightAtActs(own).map(({ act, targets }) => {
        const { blastRadius } = history.policies.get(act.by.policy ?? '')?.guardrails ?? {};
        const size = { group: history.groupSizes.get(group) ?? 0, zone: 0 };
        return { most: targets, limit: blastRadius ? slotLimits(blastRadius, size).group : 0, where: group };
      }),
    ),
  );
}

/** A zone of a group, in the words of the summary. */
function placeOf(group: string, zone: string | undefined): string {
  return `${zone ?? 'no zone'} of ${group}`;
}

function zonePeak(flights: ReadonlyMap<string, readonly Flight[]>, { policies }: StoryHistory): Peak {
  return nearest(
    [...flights].flatMap(([key, own]) =>
      [...Map.groupBy(own, ({ act }) => placeOf(key, zoneIn(key, act)))].flatMap(([where, there]) =>
        inFlightAtActs(there).map(({ act, targets }) => {
          const { blastRadius } = policies.get(act.by.policy ?? '')?.guardrails ?? {};
          const group = act.groups.find((each) => each.key === key);
          const size = (group && zoneSizes(group).get(zoneIn(key, act))) ?? 0;
          return { most: targets, limit: blastRadius ? slotLimits(blastRadius, { group: size, zone: size }).zone : 0, where };
        }),
      ),
    ),
  );
}

function zoneIn(key: string, { groups, target }: Act): string | undefined {
  return groups.find((group) => group.key === key)?.zoneOf.get(target);
}

/** Most acts of the whole pipeline in any period of its budget. */
function periodPeak(history: StoryHistory): Peak {
  const [policy] = history.policies.values();
  const minutes = policy ? milliseconds(policy.guardrails.budget.per) / MINUTE : 0;
  return nearest(actsInPeriods(history).map(({ acts, limit }) => ({ most: acts, limit, where: `in ${minutes} minutes` })));
}

function timelineOf(flights: readonly Flight[], { executions, notices, startedAt }: StoryHistory, until: number): readonly Moment[] {
  const step = Math.max(1, (until - startedAt) / MOMENTS);
  const spans = [...executions.values()].map((execution) => ({ from: execution.startedAt, to: execution.endedAt ?? until }));
  return Array.from({ length: MOMENTS }, (_, index) => {
    const from = startedAt + index * step;
    const isThere = (begin: number, end: number) => begin < from + step && end > from;
    return {
      minute: (index * step) / MINUTE,
      open: spans.filter(({ from: begin, to }) => isThere(begin, to)).length,
      inFlight: flights.filter(({ act, until: end }) => isThere(act.at, end)).length,
      messages: notices.filter(({ at }) => at >= from && at < from + step).length,
    };
  });
}
