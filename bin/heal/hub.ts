import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { historyLog } from '../../lambdas/adapters/cloudwatch-logs.ts';
import { incidentTable } from '../../lambdas/adapters/dynamodb/incident-table.ts';
import { knownPipelines } from '../../lambdas/adapters/dynamodb/known-pipelines.ts';
import { pipelineBuses } from '../../lambdas/adapters/eventbridge.ts';
import { configurationOf, eventsIn, operatorClients, type Place } from '../../lambdas/adapters/operator-clients.ts';
import { hubSwitch, pauseAdmin } from '../../lambdas/adapters/ssm/pause-switch.ts';
import { callerIdentity } from '../../lambdas/adapters/sts.ts';
import { TargetGone } from '../../lambdas/core/failure.ts';
import type { AskedDrill } from '../../lambdas/core/hub/asked-drill.ts';
import { hubTableName, USUAL_HUB } from '../../lambdas/core/hub/hub-names.ts';
import type { HubPause } from '../../lambdas/core/hub/hub-pause.ts';
import type { PipelinePlace } from '../../lambdas/core/hub/place.ts';
import type { KnownPipeline } from '../../lambdas/core/hub/report.ts';
import { historyName, pauseName } from '../../lambdas/core/manifest.ts';
import { OPERATORS_STREAM } from '../../lambdas/core/operator-action.ts';
import type { KnownPipelines, PipelineBuses } from '../../lambdas/core/ports.ts';
import { CannotDo } from './cannot-do.ts';
import { nameArgument } from './name-argument.ts';
import { onlyWith } from './only-with.ts';
import type { Paused } from './pause.ts';

/** Whether a command is for all pipelines of a hub. */
export interface OfAll {
  readonly all?: boolean;
  /** @default - the usual one */
  readonly hub?: string;
}

/**
 * Adds `--all` and `--hub`. A hub without `--all`, and one pipeline with it, are wrong arguments: what somebody means to stop or to let act
 * would be another thing than what is.
 *
 * @param ofOne Further options that say nothing of all pipelines, as `given` has them
 */
export function addOfAll(command: Command, ofOne: readonly string[] = []): Command {
  const all = new Option('--all', 'of all accounts and Regions, in the account of the hub that sees them');
  const hub = new Option('--hub <name>', `name of that hub (default: "${USUAL_HUB}")`).argParser(nameArgument);
  command.addOption(all.conflicts(['pipeline', ...ofOne])).addOption(hub);
  return onlyWith(command, 'hub', 'all');
}

/** A hub as its operators handle it. */
export interface Hub extends Paused, Place {
  readonly name: string;
  /** What its switch says. @throws CannotDo when there is no such hub */
  setting(): Promise<HubPause>;
  /** What the pipelines reported last. */
  pipelines(): Promise<readonly KnownPipeline[]>;
  /** Asks a pipeline for a drill, which it may refuse. */
  askDrill(place: PipelinePlace, drill: AskedDrill): Promise<void>;
  wait(milliseconds: number): Promise<unknown>;
}

/** What reads the reports at a hub, which throws `CannotDo` where its table is gone: the switch and the history outlive a hub. */
export function reportsAt(hub: string, pipelines: Pick<KnownPipelines, 'all'>): Hub['pipelines'] {
  return async () => {
    try {
      return await pipelines.all();
    } catch (error) {
      if (!(error instanceof TargetGone)) throw error;
      throw new CannotDo(
        `the hub "${hub}" was removed; its pause switch is left, and nobody sends what that says`,
        'deploy it again with "npx cdk deploy --import-existing-resources", or check --profile, --region and --hub',
      );
    }
  };
}

/**
 * Refuses a hub that is not there, before anything is done at it. A switch is set where the table cannot be read for another reason, too.
 *
 * @throws CannotDo where it was removed, or never was
 */
export async function refuseMissing({ setting, pipelines }: Pick<Hub, 'setting' | 'pipelines'>): Promise<void> {
  await setting();
  await pipelines().catch((error: unknown) => {
    if (error instanceof CannotDo) throw error;
  });
}

/** The hub of a name where the credentials lead, whether it is there or not. */
export function hubOf({ hub: name = USUAL_HUB }: OfAll, place: Place): Hub {
  const { dynamodb, logs, ssm, sts } = operatorClients(place);
  let buses: Promise<PipelineBuses> | undefined;
  const partitionOf = async () => (await callerIdentity(sts)).arn.split(':')[1] ?? 'aws';
  return {
    ...{ name, ...configurationOf(place) },
    async setting() {
      const said = await hubSwitch(pauseName(name), ssm);
      if (said) return said;
      throw new CannotDo(
        `there is no hub "${name}" in this account and Region, or its pause switch is missing`,
        'check --profile and --region, or name the hub with --hub',
      );
    },
    pipelines: reportsAt(name, knownPipelines(incidentTable(hubTableName(name), dynamodb))),
    pause: pauseAdmin(pauseName(name), ssm),
    caller: () => callerIdentity(sts),
    record: (line) => historyLog(historyName(name), OPERATORS_STREAM, logs).write(line),
    async askDrill(to, drill) {
      buses ??= partitionOf().then((partition) => pipelineBuses(partition, (region) => eventsIn(region, place)));
      await (await buses).ask(to, drill);
    },
    wait: sleep,
  };
}
