import { historyLog, historySince } from '../../lambdas/adapters/cloudwatch-logs.ts';
import { approvals } from '../../lambdas/adapters/dynamodb/approvals.ts';
import { claims } from '../../lambdas/adapters/dynamodb/claims.ts';
import { hubPauses } from '../../lambdas/adapters/dynamodb/hub-pause.ts';
import { type IncidentAdmin, incidentAdmin } from '../../lambdas/adapters/dynamodb/incident-admin.ts';
import { incidentTable } from '../../lambdas/adapters/dynamodb/incident-table.ts';
import { modeOverrides } from '../../lambdas/adapters/dynamodb/mode-overrides.ts';
import { type DrillEvents, drillEvents } from '../../lambdas/adapters/eventbridge.ts';
import { configurationOf, operatorClients, type Place } from '../../lambdas/adapters/operator-clients.ts';
import { commands } from '../../lambdas/adapters/ssm/commands.ts';
import { readManifest } from '../../lambdas/adapters/ssm/manifest.ts';
import { pauseAdmin } from '../../lambdas/adapters/ssm/pause-switch.ts';
import { workflowAdmin } from '../../lambdas/adapters/step-functions/workflow.ts';
import { type Caller, callerIdentity } from '../../lambdas/adapters/sts.ts';
import type { HistoryFilter } from '../../lambdas/core/history-filter.ts';
import type { HistoryLine } from '../../lambdas/core/history-line.ts';
import type { HubPause } from '../../lambdas/core/hub/hub-pause.ts';
import { historyName, pauseName } from '../../lambdas/core/manifest.ts';
import { nearest } from '../../lambdas/core/nearest.ts';
import { OPERATORS_STREAM } from '../../lambdas/core/operator-action.ts';
import type { Commands } from '../../lambdas/core/ports.ts';
import { CannotDo } from './cannot-do.ts';
import { tellsLeftOut } from './left-out.ts';
import type { Screen } from './screen.ts';

/** One pipeline as its operators handle it. */
export interface Operator extends Place {
  readonly pipeline: string;
  /** The policies' own modes. */
  readonly policies: Readonly<Record<string, 'shadow' | 'approval' | 'automatic'>>;
  readonly approvals: ReturnType<typeof approvals>;
  readonly claims: ReturnType<typeof claims>;
  readonly modes: ReturnType<typeof modeOverrides>;
  readonly pause: ReturnType<typeof pauseAdmin>;
  /** The pause of the hub; absent where the pipeline has none. */
  readonly hubPause?: () => Promise<HubPause | undefined>;
  readonly incidents: IncidentAdmin;
  readonly drills: DrillEvents;
  readonly commands: Pick<Commands, 'send' | 'result'>;
  readonly workflow: ReturnType<typeof workflowAdmin>;
  /** Lines of the history, oldest first. */
  history(since: number, filter?: HistoryFilter): Promise<readonly HistoryLine[]>;
  /** Writes a line into the history, in the streams of the operators. */
  record(line: HistoryLine): Promise<void>;
  caller(): Promise<Caller>;
}

/** @throws CannotDo when there is no such pipeline where the credentials lead */
export async function operatorOf(pipeline: string, place: Place, screen: Pick<Screen, 'progress' | 'note'>): Promise<Operator> {
  const { dynamodb, events, logs, sfn, ssm, sts } = operatorClients(place);
  const manifest = await readManifest(pipeline, ssm);
  if (!manifest)
    throw new CannotDo(
      `there is no pipeline "${pipeline}" in this account and Region`,
      'check --profile and --region, or name the pipeline with --pipeline',
    );
  const table = incidentTable(manifest.table, dynamodb);
  const { progress } = screen;
  const onUnreadable = tellsLeftOut(screen);
  return {
    ...{ pipeline, ...configurationOf(place) },
    policies: manifest.policies,
    approvals: approvals(table),
    claims: claims(table),
    modes: modeOverrides(table),
    pause: pauseAdmin(pauseName(pipeline), ssm),
    ...(manifest.hub !== undefined && { hubPause: () => hubPauses(table).read() }),
    incidents: incidentAdmin(table),
    drills: drillEvents(pipeline, events),
    commands: commands(ssm, ssm),
    workflow: workflowAdmin(manifest.workflow, sfn),
    async history(since, filter = {}) {
      try {
        return await historySince(
          historyName(pipeline),
          { since, filter, onPage: (found) => progress(`reading the history: ${found} lines`), onUnreadable },
          logs,
        );
      } finally {
        progress('');
      }
    },
    record: (line) => historyLog(historyName(pipeline), OPERATORS_STREAM, logs).write(line),
    caller: () => callerIdentity(sts),
  };
}

/** @throws CannotDo for a policy that the pipeline does not have */
export function checkPolicy({ policies, pipeline }: Operator, policy: string): void {
  if (Object.hasOwn(policies, policy)) return;
  const names = Object.keys(policies);
  throw new CannotDo(
    `pipeline ${pipeline} has no policy "${policy}"`,
    `the nearest name is ${nearest(policy, names)}; its policies are ${names.join(', ')}`,
  );
}
