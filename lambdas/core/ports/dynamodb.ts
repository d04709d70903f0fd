import type { Answer, AnsweredRequest, ApprovalRequest } from '../approval.ts';
import type { ApprovalLink } from '../approval-link.ts';
import type { BrokenWorkflow, RepairNote } from '../broken-workflow.ts';
import type { Breaker } from '../circuit-breaker.ts';
import type { Lease, SlotClaim, Slots, Spending } from '../claim.ts';
import type { Breach } from '../drill.ts';
import type { DrillAsked, RealDrill } from '../drill-limit.ts';
import type { Instant } from '../duration.ts';
import type { GiveBack, GiveBackEnd } from '../give-back/give-back.ts';
import type { Attempt, AttemptResult, Incident, Opening } from '../incident.ts';
import type { ModeOverride } from '../mode.ts';
import type { PauseNote } from '../pause-watch.ts';
import type { KeptProviderEvent, ProviderEvent } from '../provider-event.ts';
import type { End } from '../reasons.ts';
import type { RemedyRecord } from '../remedy-record.ts';
import type { PastIncident } from '../retake.ts';
import type { Arrival, Storm, StormRecord } from '../storm.ts';
import type { Target } from '../target.ts';

// Longer than 250 lines: all that the steps ask of the one table.

export interface ProviderEvents {
  /** Keeps the event; `outdated` when newer news of it is kept already. Safe to repeat. */
  keep(event: ProviderEvent, now: Instant): Promise<'kept' | 'outdated'>;
  /** What is kept of the last days, closed ones too, with the time at which each was heard of. */
  kept(): Promise<readonly KeptProviderEvent[]>;
}

/**
 * What stood in the way of a claim: another incident on the target, on what contains it or on what it contains; a group without room,
 * or without enough healthy members; the budget; the breaker; or that the incident itself has ended.
 */
export type Lost = 'lease' | 'container' | 'members' | 'slot' | 'floor' | 'budget' | 'trial' | 'ended';

export type ClaimAnswer =
  | { readonly kind: 'claimed' }
  | {
      readonly kind: 'lost';
      readonly to: Lost;
      /** The key of the group in which there was no slot. */
      readonly group?: string;
    };

export interface ClaimRequest {
  readonly incident: Incident;
  readonly until: Instant;
  /** What is going to be changed. @default - nothing: the incident looks and waits */
  readonly change?: {
    /** What contains the target. @default - nothing */
    readonly container?: Target;
    /** What is taken with the lease for a rung of the ladder. @default - nothing, as for giving back after the incident's end */
    readonly act?: ActClaim;
  };
}

/** The rights that an act needs beside the lease. */
export interface ActClaim {
  /** A slot in each group that has the target. */
  readonly slots: readonly SlotClaim[];
  /** The attempt's token, paid for once. */
  readonly token: string;
  readonly budget: { readonly acts: number; readonly perMilliseconds: number };
}

export interface Claims {
  lease(target: Target): Promise<Lease | undefined>;
  slots(group: string): Promise<Slots>;
  /** The places of the members of a container that are being changed, by incident. */
  members(container: Target): Promise<Slots>;
  /** The pipeline's acts that may still count against its budget. */
  spending(): Promise<Spending>;
  breaker(policy: string): Promise<Breaker>;
  /** The policy's breaker and what overrides its mode, at once. */
  ofPolicy(policy: string): Promise<{ readonly breaker: Breaker; readonly override?: ModeOverride }>;
  /** What became of the last uses of each remedy under the policy. */
  remedyRecord(policy: string): Promise<RemedyRecord>;
  /** Changes the same to what the pure change makes of it; answers what it then is. */
  changeRemedyRecord(policy: string, change: (record: RemedyRecord) => RemedyRecord): Promise<RemedyRecord>;
  /** Frees what the incident, which has changed nothing and has ended, holds of the budget. Safe to repeat. */
  freeShares(incident: string): Promise<unknown>;
  /** Changes the policy's breaker to what the pure change makes of it; answers the breaker as it then is. */
  changeBreaker(policy: string, change: (breaker: Breaker) => Breaker): Promise<Breaker>;
  /**
   * Takes all or nothing: the lease; for a change a place among the members of what contains the target, while that is not held, and
   * none of its own members is; for an act a slot in each group, budget, and the trial where the breaker is half-open. An incident that
   * has ended takes nothing, but for giving back. Taking again what is held moves its end.
   */
  claim(request: ClaimRequest, now: Instant): Promise<ClaimAnswer>;
  /** Moves the end of all that the incident holds, never to an earlier time; `lost` when its lease has lapsed or it has ended. Safe to repeat. */
  renew(incident: Incident, until: Instant, now: Instant): Promise<'renewed' | 'lost'>;
  /**
   * Frees all that the incident holds, and its slot in the given group. Safe to repeat. With `keptUntil` it is kept until then
   * instead, for an act that is still under way: the target stays busy for others, though the incident is over. What is known to be held
   * is freed without a look, where it still is as it is known.
   */
  release(
    incident: Incident,
    group: string,
    now: Instant,
    options?: { readonly keptUntil?: Instant; readonly held?: HeldSince },
  ): Promise<void>;
}

/** What an incident held when its last attempt was written. */
export interface HeldSince {
  readonly until: Instant;
  /** The keys of the groups in which it had a slot. */
  readonly groups: readonly string[];
  /** The key of what contained its target. @default - nothing */
  readonly container?: string;
}

/** The attempts on a target and the incidents that were opened on it, each in the order of time, and who works on it. */
export interface TargetHistory {
  readonly attempts: readonly Attempt[];
  readonly openings: readonly Opening[];
  /** The last lease of the target, which may have lapsed. @default - there is none */
  readonly lease?: Lease;
}

/** All that is written of an incident. */
export interface WrittenIncident {
  readonly attempts: readonly Attempt[];
  /** @default - it has not ended */
  readonly ending?: Ending;
  /** Whether people were asked for approval. @default - not known, as of an incident of an earlier version */
  readonly asked?: boolean;
  /** @default - not known: it made no attempt, or an earlier version did */
  readonly held?: HeldSince;
}

/** What the table had of an incident when it was opened. */
export interface Opened {
  /** Nothing was written of it before. */
  readonly isNew: boolean;
  /** @default - it has not ended */
  readonly ending?: Ending;
}

export interface DrillOnTarget {
  readonly policy: string;
  readonly target: Target;
  readonly drill: string;
}

/** What is kept of drills: their limits, and what belongs to one for real. */
export interface DrillNotes {
  /** Takes a drill of the policy, or answers why it may not be held now. The same drill again is let in again. */
  beginDrill(policy: string, request: DrillAsked, now: Instant): Promise<string | undefined>;
  /**
   * Writes that the walk of a drill is over; from then on what happens to its target belongs to it for real, where that is given. Answers
   * the time that does, undefined where there is none, as where it was no longer the last drill of its policy. A second time changes nothing.
   */
  endDrill(drill: DrillOnTarget, real: RealDrill | undefined, now: Instant): Promise<RealDrill | undefined>;
  /**
   * Writes what becomes of what is broken in a drill for real, as was said at the instant. What comes twice, late or of another drill changes
   * nothing.
   *
   * @throws TryAgain when another writer came first
   */
  noteBreach(drill: DrillOnTarget, said: { readonly breach: Breach; readonly minutes: number }, at: Instant): Promise<void>;
  /** The last drill for real of the target, which may be over. */
  realDrill(target: Target): Promise<RealDrill | undefined>;
}

export interface IncidentStore extends DrillNotes {
  /**
   * Keeps the incident, and its opening in the target's history, if it is new. One that is likely new is written before it is looked for.
   */
  open(incident: Incident, isLikelyNew?: boolean): Promise<Opened>;
  attempts(incidentId: string): Promise<readonly Attempt[]>;
  /** The same, with the end and what else is written of the incident. */
  written(incidentId: string): Promise<WrittenIncident>;
  /** Notes, before people are asked for approval, that they are. Safe to repeat. */
  noteAsked(incident: Incident): Promise<void>;
  /** What happened to the target since the instant, under all policies, and its lease. */
  history(target: Target, since: Instant): Promise<TargetHistory>;
  /**
   * Writes the attempt, once, and only while the incident holds the lease and has not ended, in the
   * place of a try that was not taken; with it all that the incident holds is
   * kept until the given time at least. A lease that was read just now is not read again. One that was refused by its remedy
   * (`not-applicable`) frees its share of the budget.
   */
  record(attempt: Attempt, claimUntil: Instant, now: Instant, lease?: Lease): Promise<'recorded' | 'known' | 'lease-lost'>;
  recordReceipt(attempt: Attempt, receipt: unknown): Promise<void>;
  /** With the last lines of what its script wrote. `known`: an attempt without a result has been given one since it was read, which stays. */
  recordResult(attempt: Attempt, result: AttemptResult, why: string, now: Instant, kept?: readonly string[]): Promise<'recorded' | 'known'>;
  /**
   * Writes that this try of the rung was not taken, and whether it may be tried again, and frees its share of the budget with it. A later
   * try of it that was written since stays as it is, as does what was written of the same try. Safe to repeat.
   */
  recordNotTaken(attempt: Attempt, why: string, again: boolean, now: Instant): Promise<void>;
  /** The giving back of what the incident's rung changed, if it was begun. */
  giveBack(incidentId: string, rung: number): Promise<GiveBack | undefined>;
  /** Writes that it begins, once, and only while the incident holds the lease, which is kept until the given time at least. It is no attempt on the target. */
  recordGiveBack(giveBack: GiveBack, claimUntil: Instant, now: Instant): Promise<'recorded' | 'known' | 'lease-lost'>;
  /** Takes back what was written of one that was not begun after all; a later one stays. Safe to repeat. */
  withdrawGiveBack(giveBack: GiveBack): Promise<void>;
  recordGiveBackEnd(giveBack: GiveBack, end: GiveBackEnd): Promise<void>;
  /** The incident's end, if it has one. */
  ending(incidentId: string): Promise<Ending | undefined>;
  close(incident: Incident, ending: Ending, now: Instant): Promise<void>;
  /** The policy's incidents on the target that are open or ended since the instant; of very many only the latest. */
  past(policy: string, target: Target, since: Instant): Promise<readonly PastIncident[]>;
  /** Whether it was noted that this alarm state was rejected for this reason. */
  isRejectionNoted(policy: string, rejection: string): Promise<boolean>;
  noteRejection(policy: string, rejection: string, now: Instant): Promise<void>;
  /**
   * Takes the right to tell people of a rejection, and has half a minute for it. False where it was noted, or somebody else
   * is telling it.
   */
  takeRejection(policy: string, rejection: string, now: Instant): Promise<boolean>;
}

/** The questions to people, and what they answered. */
export interface Approvals {
  /** The policy's open questions about the target, of every incident. */
  about(policy: string, target: Target): Promise<readonly AnsweredRequest[]>;
  /**
   * Keeps a question with the token by which its workflow is woken. One that is known keeps its words and times, and gets the
   * new token. Answers whether people were told of it; `ended` where it is not kept, since its incident has ended.
   */
  ask(request: ApprovalRequest, taskToken: string): Promise<{ readonly told: boolean; readonly ended?: true }>;
  recordTold(request: ApprovalRequest): Promise<void>;
  /** Takes the incident's questions from the list of open ones. */
  close(incident: Incident): Promise<void>;
}

/** An open question with its answers, and the token that wakes its workflow. */
export interface OpenRequest extends AnsweredRequest {
  readonly taskToken: string;
}

/** Questions as they are answered by link. */
export interface AnswersByLink {
  open(): Promise<readonly OpenRequest[]>;
  /** Writes the answer unless its voter has answered the question before: the first one counts. */
  answerOnce(request: ApprovalRequest, answer: Answer): Promise<'noted' | 'known'>;
}

/** The links that were sent, by the hash of their token. */
export interface ApprovalLinks {
  keep(hash: string, link: ApprovalLink): Promise<void>;
  find(hash: string): Promise<ApprovalLink | undefined>;
}

/** Stricter modes than the policies' own, by policy. */
export interface ModeOverrides {
  read(policy: string): Promise<ModeOverride | undefined>;
  /**
   * Sets an override. One that is there already is kept, since it tells when and why it began, unless it is less strict. One that cannot be
   * read counts as the strictest; only another to the strictest mode takes its place.
   */
  demote(policy: string, override: ModeOverride): Promise<void>;
}

/** What the incident table knows of one symptom in one group, by the name that `stormIdOf` gives. */
export interface Storms {
  /** Notes that the symptom appeared on a member. Safe to repeat. */
  arrive(stormId: string, arrival: Arrival, now: Instant): Promise<void>;
  /** The storm and the newest arrivals since an instant, or between two. */
  read(stormId: string, around: { readonly from: Instant; readonly to?: Instant }): Promise<StormRecord>;
  /** All arrivals since the instant. */
  arrivals(stormId: string, since: Instant): Promise<readonly Arrival[]>;
  /**
   * Puts the storm in the place of the one that was seen, unless another incident did so first; answers the one that is there
   * then. With the storm it keeps what its lead's message is made from, until that went out.
   */
  put(stormId: string, storm: Storm, seen: Storm | undefined, debt?: StormDebt): Promise<Storm>;
  /** Changes the storm, if there is one, to what the pure change makes of it; answers the storm as it then is. */
  change(stormId: string, change: (storm: Storm) => Storm): Promise<Storm | undefined>;
  /** The storms that owe a message, by id. */
  debts(): Promise<readonly (StormDebt & { readonly stormId: string })[]>;
}

/** What a storm's message is made from: its lead's incident and policy, as the version wrote them that kept them. */
export interface StormDebt {
  readonly incident: unknown;
  readonly policy: unknown;
}

/** An incident's end, and which of its reports went out. */
export interface Ending {
  readonly end: End;
  readonly told: boolean;
  readonly written: boolean;
  /** Whether the incident changed anything, or may have. */
  readonly changed: boolean;
  /** Whether the policy's breaker has learnt from it, or there was nothing to learn. @default - it has, as of an earlier version */
  readonly taught?: boolean;
  /** When people were told, by the incident itself or by its witness. @default - not known, or not at all */
  readonly toldAt?: Instant;
}

/** What the sweeps remember of a pause, so that people are told once and reminded in time. */
export interface PauseNotes {
  read(): Promise<PauseNote | undefined>;
  /** Undefined where the pipeline runs. */
  write(note: PauseNote | undefined, now: Instant): Promise<void>;
}

/** What the sweeps remember of workflows that broke, so that each is repaired once. */
export interface RepairNotes {
  /** Of those that broke since the instant, by incident. */
  since(instant: Instant): Promise<ReadonlyMap<string, RepairNote>>;
  write(broken: BrokenWorkflow, note: RepairNote): Promise<void>;
}
