import type { Instant } from '../../../lambdas/core/duration.ts';
import type { Incident } from '../../../lambdas/core/incident.ts';
import type { Notice } from '../../../lambdas/core/notice/notice.ts';
import { groupKey, type Policy } from '../../../lambdas/core/policy.ts';
import type { Ending } from '../../../lambdas/core/ports.ts';
import type { End } from '../../../lambdas/core/reasons.ts';
import type { ClaimTable } from '../doubles/fake-claims.ts';
import type { Execution } from '../state-machine/execution.ts';
import { type Run, remedyOf } from './functions.ts';
import type { Situation } from './situation.ts';

/** A promise that was broken, in words. */
export interface Violation {
  readonly promise: string;
  readonly what: string;
}

export const promises = {
  oneAct: 'at most one act is in flight on a machine',
  slots: 'no more members of a group are acted on at once than its blast radius allows, and its healthy floor stays',
  pause: 'nothing is done once a pause was there for the last look to see',
  lease: 'a machine is acted on only under the lease of the incident',
  once: 'an attempt acts once',
  well: 'what is well again is not acted on',
  told: 'an incident that ends while the symptom is there was told, or names who was told',
  free: 'in the end nothing is claimed',
  ends: 'every incident ends',
  recovered: 'what ends as recovered is well',
  acted: 'what can be healed is acted on, by the remedy that is due',
  learnt: 'a breaker learns from cures that did not help, and only from those',
  alone: 'nothing is done on what is to be left alone',
  inTime: 'a symptom that lasts is healed or told in time',
} as const;

/** What an act finds of the world, as the world itself has it. */
export interface ActSeen {
  readonly now: Instant;
  readonly run: Run;
  readonly call: string;
  readonly target: string;
  readonly token: string;
  /** When the command will have ended. */
  readonly until: Instant;
  readonly isPaused: boolean;
  /** Calls of the same run since the pause was set, other than those of the last look. */
  readonly callsSincePause: number;
  readonly leaseOf: string | undefined;
  /** Since when the symptom has been gone, if it is. */
  readonly goneSince: Instant | undefined;
}

/** What a situation allows, and what is known to be broken. */
export interface Limits
  extends Pick<Situation, 'mostActs' | 'leastActs' | 'firstRemedy' | 'endsWithin' | 'stormToldWithin' | 'failuresCounted' | 'stuck'> {
  readonly known: ReadonlySet<string>;
}

interface Flight {
  readonly target: string;
  readonly until: Instant;
  readonly token: string;
}

/** Members of a group, and how many of them may be out of service. */
interface GroupLimits {
  readonly group: string;
  readonly members: readonly string[];
  readonly most: number;
}

/** A decision is at most this old when its step starts, and the step may take as long again. */
const LATEST_ACT_MILLISECONDS = 2 * 60_000 + 5_000;

/** Watches the promises, by what the world saw and not by the pipeline's own word. */
export class Invariants {
  readonly violations: Violation[] = [];
  readonly #limits: Limits;
  readonly #groups: readonly GroupLimits[];
  readonly #flights: Flight[] = [];
  readonly #told = new Set<string>();
  /** Incidents that have ended, by their workflow or by the sweep. */
  readonly #closed = new Set<string>();
  #stormToldAfter: number | undefined;
  #firstRemedy: string | undefined;
  /** Ends that came while the symptom was there. */
  readonly #unhealed = new Map<string, { readonly end: End; readonly incident: Incident }>();

  constructor(policies: readonly Policy[], members: readonly string[], limits: Limits) {
    this.#limits = limits;
    this.#groups = [...Map.groupBy(policies, ({ group }) => groupKey(group))].map(([group, of]) => {
      const most = of.map(({ guardrails: { blastRadius, healthyFloor } }) => {
        const radius = Math.max(1, Math.min(Math.floor((members.length * blastRadius.percent) / 100), blastRadius.members));
        const floor = Math.max(1, Math.floor((members.length * healthyFloor.percent) / 100));
        return Math.min(radius, members.length - floor);
      });
      return { group, members, most: Math.min(...most) };
    });
  }

  act({ now, run, call, target, token, until, isPaused, callsSincePause, leaseOf, goneSince }: ActSeen): void {
    const by = `${call} on ${target} by ${run.actor.name}`;
    const inFlight = this.#flights.filter((flight) => flight.until > now);
    for (const flight of inFlight.filter((one) => one.target === target && one.token !== token))
      this.#break(
        'oneAct',
        `${by}, while ${flight.token.slice(-2).replace('-', 'rung ')} of ${flight.token.slice(0, 6)} is in flight for ${(flight.until - now) / 1_000} s more`,
      );
    if (this.#flights.some((flight) => flight.token === token)) this.#break('once', by);
    const busy = new Set([...inFlight.map((flight) => flight.target), target]);
    for (const { group, members, most } of this.#groups) {
      const out = members.filter((member) => busy.has(member)).length;
      if (out > most) this.#break('slots', `${by}: ${out} members of ${group} are acted on at once, ${most} may be`);
    }
    if (run.switchRead === undefined) this.#break('pause', `${by} without a look at the switch`);
    else if (run.switchRead.isPaused) this.#break('pause', `${by}, though it saw the pause`);
    else if (isPaused && callsSincePause > 0)
      this.#break('pause', `${by}: it made ${callsSincePause} calls after the pause was set, and did not look again`);
    if (leaseOf !== run.state?.incident.id)
      this.#break('lease', `${by}, while ${leaseOf === undefined ? 'nobody' : `incident ${leaseOf.slice(0, 6)}`} holds it`);
    if (goneSince !== undefined && now - goneSince > LATEST_ACT_MILLISECONDS)
      this.#break('well', `${by}: its symptom has been gone for ${(now - goneSince) / 1_000} s`);
    const { mostActs = Number.POSITIVE_INFINITY } = this.#limits;
    this.#flights.push({ target, until, token });
    this.#firstRemedy ??= remedyOf(run);
    if (this.#flights.length > mostActs) this.#break('alone', `${by}: ${mostActs} acts are right here`);
  }

  /** Where nothing may be done, nobody sets about it either. */
  attempted({ actor }: Run): void {
    if (this.#limits.mostActs === 0) this.#break('alone', `${actor.name} sets about an act`);
  }

  published({ incident, outcome, reason }: Notice, after: number): void {
    if (reason === 'storm') this.#stormToldAfter ??= after;
    if (incident && outcome !== undefined) this.#told.add(incident.id);
  }

  closed(incident: Incident, { end }: Ending, isPresent: boolean): void {
    this.#closed.add(incident.id);
    if (isPresent && (end.outcome === 'recovered' || end.reason === 'already-recovered'))
      this.#break('recovered', `incident ${incident.id.slice(0, 6)} of ${incident.policy} ended as ${end.reason} (${end.why})`);
    if (isPresent) this.#unhealed.set(incident.id, { end, incident });
    else this.#unhealed.delete(incident.id);
  }

  endless(calls: number): void {
    this.#break('ends', `after ${calls} calls there is no end in sight`);
  }

  /** Judges what can only be judged in the end. What is kept for an act that outlives its incident says so, and lapses. */
  inTheEnd(
    executions: ReadonlyMap<string, Pick<Execution, 'status' | 'startedAt' | 'endedAt'>>,
    { leases, slots, members, breakers }: ClaimTable,
  ): void {
    // A workflow whose last step found no room fails, and the sweep ends its incident.
    const hasEnded = (incident: string) => executions.get(incident)?.status === 'SUCCEEDED' || this.#closed.has(incident);
    for (const [name, { status }] of executions)
      if (!hasEnded(name) && this.#limits.stuck === undefined) this.#break('ends', `incident ${name.slice(0, 6)} is ${status}`);
    this.#judgeActs(breakers);
    const { endsWithin = Number.POSITIVE_INFINITY } = this.#limits;
    for (const [name, { startedAt, endedAt = startedAt }] of executions)
      if (endedAt - startedAt > endsWithin * 60_000)
        this.#break('inTime', `incident ${name.slice(0, 6)} took ${(endedAt - startedAt) / 60_000} minutes, ${endsWithin} are right here`);
    const kept = new Set([...leases.values()].filter(({ over }) => over).map(({ incident }) => incident));
    const isLeft = (incident: string) => hasEnded(incident) && !kept.has(incident);
    for (const [target, { incident }] of leases)
      if (isLeft(incident)) this.#break('free', `the lease of ${target} is still held by ${incident.slice(0, 6)}`);
    for (const [group, of] of [...slots, ...members])
      for (const incident of Object.keys(of))
        if (isLeft(incident)) this.#break('free', `a place of ${group} is still held by ${incident.slice(0, 6)}`);
    for (const [id, { end, incident }] of this.#unhealed)
      if (!this.#isTold(id, end, incident))
        this.#break('told', `incident ${id.slice(0, 6)} of ${incident.policy} ended as ${end.reason} (${end.why})`);
  }

  #judgeActs(breakers: ClaimTable['breakers']): void {
    const { leastActs = 0, firstRemedy, stormToldWithin, failuresCounted } = this.#limits;
    if (this.#flights.length < leastActs) this.#break('acted', `there were ${this.#flights.length} acts, ${leastActs} are right here`);
    if (firstRemedy !== undefined && this.#firstRemedy !== firstRemedy)
      this.#break('acted', `${this.#firstRemedy ?? 'nothing'} acted first, ${firstRemedy} is due`);
    if (stormToldWithin !== undefined && !((this.#stormToldAfter ?? Number.POSITIVE_INFINITY) <= stormToldWithin * 60_000))
      this.#break('inTime', `nobody knew of the storm within ${stormToldWithin} minutes`);
    const counted = [...breakers.values()].flatMap((breaker) => ('failures' in breaker ? breaker.failures : [])).length;
    if (failuresCounted !== undefined && counted !== failuresCounted)
      this.#break('learnt', `the breakers count ${counted} failed repairs, ${failuresCounted} are right here`);
  }

  #isTold(id: string, end: End, { follows }: Incident): boolean {
    if (this.#told.has(id)) return true;
    const { witness } = end as { readonly witness?: { readonly kind: string; readonly id: string } };
    if (witness?.kind === 'storm') return this.#stormToldAfter !== undefined;
    if (witness && witness.kind !== 'incident') return true;
    const named = [witness?.id, follows?.id].filter((one) => one !== undefined);
    return named.some((one) => this.#told.has(one));
  }

  /** What the promises still depend on, as text. */
  text(now: Instant): string {
    const flights = this.#flights.filter(({ until }) => until > now);
    return JSON.stringify([
      flights,
      this.#flights.map(({ token }) => token),
      [...this.#told].toSorted(),
      [...this.#closed].toSorted(),
      [...this.#unhealed.keys()],
      this.#stormToldAfter,
    ]);
  }

  #break(promise: keyof typeof promises, what: string): void {
    if (promise === 'ends' || !this.#limits.known.has(promises[promise])) this.violations.push({ promise: promises[promise], what });
  }
}
