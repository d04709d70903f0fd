import { type HistoryLine, redactedLine } from '../../../lambdas/core/history-line.ts';
import { attributesOf } from '../../../lambdas/core/notice/attributes.ts';
import { type Mail, mailOf } from '../../../lambdas/core/notice/mail.ts';
import type { Notice } from '../../../lambdas/core/notice/notice.ts';
import type { Origin } from '../../../lambdas/core/notice/origin.ts';
import { parsePause, RUNNING } from '../../../lambdas/core/pause.ts';
import type { PolicyStanding } from '../../../lambdas/core/policy-record.ts';
import type { PublishedSelections } from '../../../lambdas/core/published-selections.ts';
import type { End } from '../../../lambdas/core/reasons.ts';
import type { AskPorts } from '../../../lambdas/steps/ask.ts';
import type { ConcludePorts } from '../../../lambdas/steps/conclude.ts';
import type { DiagnosePorts } from '../../../lambdas/steps/diagnose.ts';
import type { IntakePorts } from '../../../lambdas/steps/intake.ts';
import type { RemediatePorts } from '../../../lambdas/steps/remediate.ts';
import type { TriagePorts } from '../../../lambdas/steps/triage.ts';
import type { VerifyPorts } from '../../../lambdas/steps/verify.ts';
import { type ApprovalTable, emptyApprovalTable, fakeApprovals, fakeModes } from './fake-approvals.ts';
import {
  type Account,
  emptyAccount,
  fakeAlarms,
  fakeClusters,
  fakeCommands,
  fakeDatabases,
  fakeGroups,
  fakeInstances,
  fakeLoadBalancers,
  fakeRunbooks,
  fakeSessions,
  fakeVolumes,
} from './fake-aws.ts';
import { emptySurroundings, fakeCalendars, fakeDeployments, fakeProviderEvents, type Surroundings } from './fake-change-conditions.ts';
import { type ClaimTable, emptyClaimTable, fakeClaims } from './fake-claims.ts';
import { fakePipelines } from './fake-pipelines.ts';
import { emptyIncidentItems, fakeStore, type IncidentItems } from './fake-store.ts';
import { emptyStormItems, fakeStorms, type StormItems } from './fake-storms.ts';

/** The ports of every step at once. */
export type AllPorts = AskPorts & ConcludePorts & DiagnosePorts & IntakePorts & RemediatePorts & TriagePorts & VerifyPorts;

/** Where the notices of stories come from. */
export const someOrigin: Origin = { pipeline: 'healing', partition: 'aws', account: { id: '123456789012' }, region: 'eu-central-1' };

/** The record in which intake finds each policy. */
export const FIRST_RECORD = 'the first record';

/** What the fakes hold and what was done through them. */
export interface World {
  readonly ports: AllPorts;
  readonly account: Account;
  readonly surroundings: Surroundings;
  readonly approvals: ApprovalTable;
  readonly claims: ClaimTable;
  readonly items: IncidentItems;
  readonly stormTable: StormItems;
  /** What other pipelines say that they protect. */
  readonly pipelines: PublishedSelections[];
  readonly history: HistoryLine[];
  /** What went out, and the same as mail. */
  readonly notices: Notice[];
  readonly messages: (Mail & { readonly attributes: Readonly<Record<string, string>> })[];
  /** Workflows by incident id, with their input. */
  readonly started: Map<string, unknown>;
  /** The policies that would have acted. */
  readonly wouldAct: string[];
  /** How drills ended. */
  readonly drills: { readonly policy: string; readonly end: End }[];
  /** One for each notice that did not go out. */
  readonly notSent: string[];
  /** What stands of policies that are not as they came, by name; all others were deployed so. */
  readonly standings: Map<string, PolicyStanding>;
  /** The records of policies that were deployed anew or taken away, by name. */
  readonly records: Map<string, readonly string[]>;
  readonly outcomes: { readonly policy: string; readonly end: End }[];
  readonly times: { readonly metric: string; readonly policy: string; readonly seconds: number }[];
  /** The text in the pause switch. */
  readonly pause: { text: string | undefined };
  /** Every call as `port.method`, in order. */
  readonly calls: string[];
  /** Called with `port.method` around each call; what it throws is what the caller gets. */
  readonly disturb: { before: (call: string) => void | Promise<void>; after: (call: string) => void | Promise<void> };
}

/** Ports in memory: an empty account, nothing claimed, nothing paused. */
export function fakePorts(): World {
  const account = emptyAccount();
  const surroundings = emptySurroundings();
  const approvals = emptyApprovalTable();
  const claims = emptyClaimTable();
  const items = emptyIncidentItems();
  const stormTable = emptyStormItems();
  const pipelines: World['pipelines'] = [];
  const kept = {
    history: [] as HistoryLine[],
    notices: [] as Notice[],
    messages: [] as World['messages'],
    started: new Map<string, unknown>(),
    standings: new Map<string, PolicyStanding>(),
    records: new Map<string, readonly string[]>(),
    outcomes: [] as World['outcomes'],
    wouldAct: [] as string[],
    drills: [] as World['drills'],
    notSent: [] as string[],
    times: [] as World['times'],
    pause: { text: RUNNING as string | undefined },
  };
  const quiet = {
    groups: fakeGroups(account),
    databases: fakeDatabases(account),
    clusters: fakeClusters(account),
    commands: fakeCommands(account),
    instances: fakeInstances(account),
    alarms: fakeAlarms(account),
    loadBalancers: fakeLoadBalancers(account),
    runbooks: fakeRunbooks(),
    sessions: fakeSessions(account),
    volumes: fakeVolumes(account),
    calendars: fakeCalendars(surroundings),
    deployments: fakeDeployments(surroundings),
    providerEvents: fakeProviderEvents(surroundings),
    pipelines: fakePipelines(pipelines),
    approvals: fakeApprovals(approvals, (incident) => items.endings.has(incident)),
    modes: fakeModes(approvals),
    claims: fakeClaims(
      claims,
      (incident) => items.endings.has(incident),
      (policy) => approvals.overrides.get(policy),
    ),
    store: fakeStore(items, claims),
    storms: fakeStorms(stormTable),
    deployedPolicies: { check: async (name: string) => kept.standings.get(name) ?? { kind: 'deployed' as const, record: FIRST_RECORD } },
    policyRecords: { current: async (name: string) => kept.records.get(name) ?? [FIRST_RECORD] },
    ...fakeRecorders(kept),
  };
  const calls: string[] = [];
  const disturb: World['disturb'] = { before: () => {}, after: () => {} };
  return {
    ports: observed(quiet, calls, disturb),
    account,
    surroundings,
    approvals,
    claims,
    items,
    stormTable,
    pipelines,
    ...kept,
    calls,
    disturb,
  };
}

type Kept = Pick<
  World,
  'history' | 'notices' | 'messages' | 'started' | 'outcomes' | 'wouldAct' | 'drills' | 'notSent' | 'times' | 'pause'
>;

function fakeRecorders(kept: Kept): Pick<AllPorts, 'history' | 'notifier' | 'metrics' | 'workflow' | 'pauseSwitch'> {
  const time = (metric: string) => (policy: string, span: object) => {
    kept.times.push({ metric, policy, seconds: (span as { seconds: number }).seconds });
  };
  return {
    history: { write: async (line) => void kept.history.push(redactedLine(line)) },
    notifier: {
      async publish(compose) {
        const notice = compose(someOrigin);
        kept.notices.push(notice);
        kept.messages.push({ ...mailOf(notice), attributes: attributesOf(notice) });
      },
    },
    metrics: {
      outcome: (policy, end) => void kept.outcomes.push({ policy, end }),
      timeToFirstAction: time('first action'),
      timeToRecovery: time('recovery'),
      wouldAct: (policy) => void kept.wouldAct.push(policy),
      drill: (policy, end) => void kept.drills.push({ policy, end }),
      notSent: () => void kept.notSent.push('notSent'),
    },
    workflow: {
      async start(incidentId, input) {
        if (kept.started.has(incidentId)) return 'known';
        kept.started.set(incidentId, input);
        return 'started';
      },
    },
    pauseSwitch: { read: async () => parsePause(kept.pause.text) },
  };
}

/** Puts the record of calls, and the disturbance, around every asynchronous method of every port. Metrics are only written to the log. */
function observed(ports: AllPorts, calls: string[], disturb: World['disturb']): AllPorts {
  const wrapped = Object.entries(ports).map(([port, methods]) => {
    if (port === 'metrics') return [port, methods];
    const around = Object.entries(methods as Record<string, (...given: unknown[]) => Promise<unknown>>).map(([method, call]) => [
      method,
      async (...given: unknown[]) => {
        const name = `${port}.${method}`;
        calls.push(name);
        await disturb.before(name);
        const answer = await call(...given);
        await disturb.after(name);
        return answer;
      },
    ]);
    return [port, Object.fromEntries(around)];
  });
  return Object.fromEntries(wrapped) as AllPorts;
}

/** Makes one call fail before it is carried out, every time. */
export function failing(world: World, failingCall: string, error: Error): void {
  world.disturb.before = (call) => {
    if (call === failingCall) throw error;
  };
}

/** Makes one call lose its answer: it is carried out, and the caller gets the error. */
export function losingAnswerOf(world: World, lostCall: string, error: Error): void {
  world.disturb.after = (call) => {
    if (call === lostCall) throw error;
  };
}

/** The reasons of the history's lines of one kind. */
export function texts(world: World, kind: HistoryLine['kind']): readonly string[] {
  return world.history.filter((line) => line.kind === kind).map(({ text }) => text);
}
