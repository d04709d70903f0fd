import { afterBreach, afterWalk, type KeptOfDrill, type LastDrill, nextDrill, type RealDrill } from '../../../lambdas/core/drill-limit.ts';
import { type GiveBack, giveBackToken } from '../../../lambdas/core/give-back/give-back.ts';
import type { Attempt, Incident, Opening } from '../../../lambdas/core/incident.ts';
import type { Ending, IncidentStore } from '../../../lambdas/core/ports.ts';
import { redacted, redactedIn } from '../../../lambdas/core/redaction.ts';
import type { PastIncident } from '../../../lambdas/core/retake.ts';
import { type Target, targetKey } from '../../../lambdas/core/target.ts';
import { type ClaimTable, freeShare, leaseOf, moveClaim } from './fake-claims.ts';

/** What the incident table holds of incidents and attempts. */
export interface IncidentItems {
  readonly incidents: Map<string, Incident>;
  readonly endings: Map<string, Ending>;
  /** By token. */
  readonly attempts: Map<string, Attempt>;
  /** By token. */
  readonly giveBacks: Map<string, GiveBack>;
  /** The tokens of the attempts by target. */
  readonly histories: Map<string, readonly string[]>;
  /** By target. */
  readonly openings: Map<string, readonly Opening[]>;
  /** When incidents ended, by id. */
  readonly closedAt: Map<string, number>;
  /** The ids of a policy's incidents on a target. */
  readonly pasts: Map<string, readonly string[]>;
  /** Of which people were asked for approval, by id. */
  readonly asked: Set<string>;
  readonly rejections: Set<string>;
  /** Until when somebody is telling of a rejection. */
  readonly takenRejections: Map<string, number>;
  /** The last drill of each policy. */
  readonly lastDrills: Map<string, LastDrill>;
  /** By target. */
  readonly realDrills: Map<string, RealDrill>;
}

export function emptyIncidentItems(): IncidentItems {
  return {
    incidents: new Map(),
    endings: new Map(),
    attempts: new Map(),
    giveBacks: new Map(),
    histories: new Map(),
    openings: new Map(),
    closedAt: new Map(),
    pasts: new Map(),
    asked: new Set(),
    rejections: new Set(),
    takenRejections: new Map(),
    lastDrills: new Map(),
    realDrills: new Map(),
  };
}

/**
 * The incident store in memory. As in DynamoDB, an attempt is written once, together with its copy in the target's
 * history, and only while the incident's lease is in force; when both conditions fail, `known` is the answer.
 */
export function fakeStore(items: IncidentItems, claims: ClaimTable): IncidentStore {
  const update = (attempt: Attempt, values: Partial<Attempt>) => {
    const known = items.attempts.get(attempt.token);
    if (!known) throw new Error(`no attempt ${attempt.token} to update`);
    items.attempts.set(attempt.token, { ...known, ...values });
  };
  const keepDrill = (policy: string, target: Target, kept: KeptOfDrill) => {
    items.lastDrills.set(policy, kept.last);
    if (kept.real) items.realDrills.set(targetKey(target), kept.real);
    return kept;
  };
  const index = attemptIndex(items);
  const attemptsOf = (incidentId: string) =>
    index
      .tokensOf(incidentId)
      .flatMap((token) => items.attempts.get(token) ?? [])
      .toSorted((left, right) => left.rung - right.rung);
  return {
    async open(incident) {
      if (items.incidents.has(incident.id)) {
        const ending = items.endings.get(incident.id);
        return { isNew: false, ...(ending && { ending }) };
      }
      items.incidents.set(incident.id, incident);
      if (incident.drill !== undefined) return { isNew: true };
      keepPast(items, incident);
      if (incident.realDrill !== undefined) return { isNew: true };
      const key = targetKey(incident.target);
      const follows = incident.follows ? { follows: true as const } : {};
      const opening = { incident: incident.id, policy: incident.policy, at: incident.openedAt, ...follows };
      items.openings.set(key, (items.openings.get(key) ?? []).concat(opening));
      return { isNew: true };
    },

    attempts: async (incidentId) => attemptsOf(incidentId),

    async written(incidentId) {
      const ending = items.endings.get(incidentId);
      const isKnown = items.incidents.has(incidentId);
      return { attempts: attemptsOf(incidentId), ...(ending && { ending }), ...(isKnown && { asked: items.asked.has(incidentId) }) };
    },

    noteAsked: async ({ id }) => void items.asked.add(id),

    async history(target, since) {
      const key = targetKey(target);
      const attempts = (items.histories.get(key) ?? []).flatMap((token) => items.attempts.get(token) ?? []);
      const inTime = <Item extends { readonly at: number }>(given: readonly Item[]) =>
        given.filter(({ at }) => at >= since).toSorted((left, right) => left.at - right.at);
      const lease = leaseOf(claims, target);
      return { attempts: inTime(attempts).map(withoutDetails), openings: inTime(items.openings.get(key) ?? []), ...(lease && { lease }) };
    },

    async record(attempt, claimUntil, now) {
      const known = items.attempts.get(attempt.token);
      if (known && known.result !== 'not-taken') return 'known';
      if (items.endings.has(attempt.incident) || !moveClaim(claims, attempt, claimUntil, now)) return 'lease-lost';
      items.attempts.set(attempt.token, attempt);
      if (attempt.result === 'not-applicable') freeShare(claims, attempt);
      if (known) return 'recorded';
      index.add(attempt);
      const key = targetKey(attempt.target);
      items.histories.set(key, (items.histories.get(key) ?? []).concat(attempt.token));
      return 'recorded';
    },

    recordReceipt: async (attempt, receipt) => update(attempt, { receipt }),
    async recordResult(attempt, result, why, now, kept = []) {
      if (attempt.result === undefined && items.attempts.get(attempt.token)?.result !== undefined) return 'known';
      update(attempt, { result, why: redacted(why), judgedAt: now, ...(kept.length > 0 && { kept: redactedIn(kept) }) });
      return 'recorded';
    },
    async recordNotTaken(attempt, why, again, now) {
      const known = items.attempts.get(attempt.token);
      if (known?.at !== attempt.at || known.result === 'not-taken') return;
      update(attempt, { result: 'not-taken', why: redacted(why), again, judgedAt: now });
      freeShare(claims, attempt);
    },

    giveBack: async (incidentId, rung) => items.giveBacks.get(giveBackToken(incidentId, rung)),

    async recordGiveBack(giveBack, claimUntil, now) {
      if (items.giveBacks.has(giveBack.token)) return 'known';
      if (!moveClaim(claims, giveBack, claimUntil, now)) return 'lease-lost';
      items.giveBacks.set(giveBack.token, giveBack);
      return 'recorded';
    },

    async withdrawGiveBack({ token, at }) {
      if (items.giveBacks.get(token)?.at === at) items.giveBacks.delete(token);
    },

    async recordGiveBackEnd({ token }, end) {
      const known = items.giveBacks.get(token);
      if (!known) throw new Error(`no giving back ${token} to update`);
      items.giveBacks.set(token, { ...known, end });
    },

    ending: async (incidentId) => items.endings.get(incidentId),

    async close(incident, ending, now) {
      items.incidents.set(incident.id, incident);
      items.endings.set(incident.id, ending);
      items.closedAt.set(incident.id, now);
      if (incident.drill === undefined) keepPast(items, incident);
    },

    async past(policy, target, since) {
      const ids = items.pasts.get(`${policy}#${targetKey(target)}`) ?? [];
      return ids.flatMap((id) => pastOf(items, id)).filter(({ ended }) => !ended || ended.at >= since);
    },

    isRejectionNoted: async (policy, rejection) => items.rejections.has(`${policy}#${rejection}`),
    noteRejection: async (policy, rejection) => void items.rejections.add(`${policy}#${rejection}`),

    async beginDrill(policy, request, now) {
      const answer = nextDrill(items.lastDrills.get(policy), request, now);
      if ('why' in answer) return answer.why;
      items.lastDrills.set(policy, answer.last);
      return undefined;
    },

    async endDrill({ policy, target, drill }, real, now) {
      const last = items.lastDrills.get(policy);
      if (last?.drill !== drill) return undefined;
      const written = items.realDrills.get(targetKey(target));
      if (last.over) return written?.drill === drill ? written : undefined;
      return keepDrill(policy, target, afterWalk(last, real, written, now)).real;
    },

    async noteBreach({ policy, target, drill }, said, at) {
      const kept = afterBreach(items.lastDrills.get(policy), items.realDrills.get(targetKey(target)), { drill, ...said }, at);
      if (kept) keepDrill(policy, target, kept);
    },

    realDrill: async (target) => items.realDrills.get(targetKey(target)),

    async takeRejection(policy, rejection, now) {
      const key = `${policy}#${rejection}`;
      if (items.rejections.has(key) || (items.takenRejections.get(key) ?? 0) > now) return false;
      items.takenRejections.set(key, now + 30_000);
      return true;
    },
  };
}

/** The copy in the history of a target has neither. */
function withoutDetails({ receipt: _receipt, kept: _kept, ...attempt }: Attempt): Attempt {
  return attempt;
}

function keepPast(items: IncidentItems, { id, policy, target }: Incident): void {
  const key = `${policy}#${targetKey(target)}`;
  const known = items.pasts.get(key) ?? [];
  if (!known.includes(id)) items.pasts.set(key, known.concat(id));
}

function pastOf(items: IncidentItems, id: string): readonly PastIncident[] {
  const incident = items.incidents.get(id);
  if (!incident) return [];
  const ending = items.endings.get(id);
  const at = items.closedAt.get(id) ?? 0;
  const { receivedAt, realDrill } = incident;
  const opened = { id, receivedAt, ...(realDrill !== undefined && { drill: realDrill }) };
  if (!ending) return [opened];
  const { end, changed, toldAt } = ending;
  return [{ ...opened, ended: { end, at, changed, ...(toldAt !== undefined && { toldAt }) } }];
}

interface AttemptIndex {
  /** The tokens of an incident's attempts, by rung. */
  tokensOf(incidentId: string): readonly string[];
  add(attempt: Attempt): void;
}

/** Finds attempts without a search through those of ten thousand incidents. It is made anew when others have put attempts in. */
function attemptIndex({ attempts }: IncidentItems): AttemptIndex {
  let tokens = new Map<string, string[]>();
  let indexed = 0;
  const add = ({ incident, token }: Attempt) => {
    tokens.set(incident, (tokens.get(incident) ?? []).concat(token));
    indexed += 1;
  };
  return {
    add,
    tokensOf(incidentId) {
      if (indexed !== attempts.size) {
        tokens = new Map();
        indexed = 0;
        [...attempts.values()].sort((left, right) => left.rung - right.rung).forEach(add);
      }
      return tokens.get(incidentId) ?? [];
    },
  };
}
