import { deployApp } from '@self-healing/local-aws/deployment/deploy-app.ts';
import type { Service, Upstream } from '@self-healing/local-aws/gateway/service.ts';
import { type LocalAws, startLocalAws } from '@self-healing/local-aws/local-aws.ts';
import { SUCCEEDED, simulatedNode } from '@self-healing/local-aws/nodes/simulated-node.ts';
import { type CloudWatchService, createCloudWatch } from '@self-healing/local-aws/services/cloudwatch.ts';
import { createEc2 } from '@self-healing/local-aws/services/ec2.ts';
import { createRunCommand } from '@self-healing/local-aws/services/run-command.ts';
import { processPattern } from '../lib/symptoms/process-pattern.ts';
import { measured } from './app/measured.ts';
import type { BenchContext } from './part.ts';

/** A period of a minute lasts two seconds: what is put for the last two periods is old at once. */
const FASTER = 30;
const PERIOD_MS = 60_000 / FASTER;

/** The local AWS with the bench's stack, and simulated machines: no root is needed. */
export interface BenchAccount {
  readonly aws: LocalAws;
  readonly upstreamPort: number;
  /** Makes the service of the machine vanish, as its agent reports it, and lets CloudWatch send its event; answers when it was sent. */
  loseService(instance: string): Promise<number>;
  /** Sends the bare rule's event; answers when. */
  sendBare(instance: string): Promise<number>;
  /** When a command for the machine arrived, once it has. */
  commanded(instance: string): Promise<number>;
  /** Stops the incidents that are under way, and forgets them as if they had ended: the next one finds an empty table. */
  forgetIncidents(): Promise<void>;
}

/** Machines of the fleet that never fail; beside them is the one that failed last. */
const HEALTHY = 5;

/** The machines, which take no time: what is measured ends when the command arrives. */
function machines(count: number) {
  const ids = Array.from({ length: count }, (_, index) => `i-0be7c4${index.toString(16).padStart(11, '0')}`);
  const nodes = new Map(ids.map((id) => [id, simulatedNode(id, { run: async () => SUCCEEDED })]));
  const instances = ids.map((id) => ({
    id,
    state: 'running' as const,
    tags: { [measured.tag.key]: measured.tag.value },
    zone: 'us-east-1a',
  }));
  return { ids, nodes, instances };
}

/** Starts the account and deploys the stack; what was started is put on the endings at once. */
export async function openBenchAccount(
  count: number,
  { say, endings }: BenchContext,
): Promise<BenchAccount & { readonly instances: readonly string[] }> {
  const { ids, nodes, instances } = machines(HEALTHY + count);
  const fallible = ids.slice(HEALTHY);
  const cloudwatch = createCloudWatch({ secondsPerPeriodScale: FASTER });
  const arrivals = new Arrivals();
  const runCommand = arrivals.watch(createRunCommand({ find: (id) => nodes.get(id) }));
  let failed = '';
  const fleet = () => instances.filter(({ id }, index) => index < HEALTHY || id === failed);
  const ec2 = createEc2({ instances: fleet, reboot: async () => {} });
  say('starting a local AWS');
  const aws = await startLocalAws({ services: [cloudwatch, runCommand, ec2], say: () => {} });
  endings.push(() => aws.stop());
  say('deploying the pipeline and the bare rule beside it');
  await deployApp({ project: `${import.meta.dirname}/app`, endpoint: aws.endpoint, say: () => {} });
  const sent = sending(aws.upstream);
  return {
    aws,
    upstreamPort: aws.upstreamPort,
    instances: fallible,
    commanded: (instance) => arrivals.of(instance),
    forgetIncidents: async () => {
      await stopExecutions(aws.upstream);
      await emptyTable(aws.upstream);
    },
    loseService: async (instance) => {
      failed = instance;
      report(cloudwatch, instance, 0);
      sent.at = undefined;
      await cloudwatch.evaluateNow(sent.upstream);
      if (sent.at === undefined) throw new Error(`CloudWatch found nothing wrong with ${instance}: ${cloudwatch.failures().join('; ')}`);
      return sent.at;
    },
    sendBare: async (instance) => {
      const at = performance.now();
      await aws.upstream.sendEvents([
        { source: measured.floor.source, 'detail-type': 'Service Down', resources: [], detail: { instance } },
      ]);
      return at;
    },
  };
}

/** Puts the number of processes as the agent would have, for the two periods that are over. */
function report(cloudwatch: CloudWatchService, instance: string, processes: number): void {
  const dimensions = { InstanceId: instance, SelfHealing: `${measured.pipeline}/Fleet/1-of-1`, exe: processPattern(measured.service) };
  const now = Date.now();
  for (const periodsAgo of [3, 2, 1, 0]) {
    const atMs = now - periodsAgo * PERIOD_MS;
    const values = [[processes, 1]] as const;
    cloudwatch.metrics.put('CWAgent', 'procstat_lookup_pid_count', dimensions, {
      atMs,
      sum: processes,
      count: 1,
      min: processes,
      max: processes,
      values,
    });
  }
}

/** What is measured ends with the act: that one hundred incidents verify theirs meanwhile would disturb the others. */
async function stopExecutions(upstream: Upstream): Promise<void> {
  const { stateMachines } = (await upstream.call('states', 'ListStateMachines', {})) as { stateMachines: { stateMachineArn: string }[] };
  for (const { stateMachineArn } of stateMachines) {
    const { executions } = (await upstream.call('states', 'ListExecutions', { stateMachineArn, statusFilter: 'RUNNING' })) as {
      executions: { executionArn: string }[];
    };
    for (const { executionArn } of executions) await upstream.call('states', 'StopExecution', { executionArn });
  }
}

const TableName = `${measured.pipeline}-incidents`;

/** Most items that BatchWriteItem takes. */
const BATCH = 25;

/** No incident of the bench comes to its end, where it gives its claims back; without this they would pile up. */
async function emptyTable(upstream: Upstream): Promise<void> {
  const { Items } = (await upstream.call('dynamodb', 'Scan', { TableName, ProjectionExpression: 'pk, sk' })) as {
    Items: readonly object[];
  };
  for (let first = 0; first < Items.length; first += BATCH) {
    const requests = Items.slice(first, first + BATCH).map((Key) => ({ DeleteRequest: { Key } }));
    await upstream.call('dynamodb', 'BatchWriteItem', { RequestItems: { [TableName]: requests } });
  }
}

/** The upstream, which notes when CloudWatch hands it an event. */
function sending(upstream: Upstream): { at: number | undefined; readonly upstream: Upstream } {
  const sent: { at: number | undefined; upstream: Upstream } = {
    at: undefined,
    upstream: {
      ...upstream,
      sendEvents: (events) => {
        sent.at ??= performance.now();
        return upstream.sendEvents(events);
      },
    },
  };
  return sent;
}

/** When the first command for each machine arrived at Systems Manager. */
class Arrivals {
  readonly #seen = new Map<string, PromiseWithResolvers<number>>();

  of(instance: string): Promise<number> {
    return this.#arrival(instance).promise;
  }

  watch(service: Service): Service {
    const { SendCommand } = service.actions;
    if (!SendCommand) throw new Error('Run Command has no SendCommand');
    return {
      ...service,
      actions: {
        ...service.actions,
        SendCommand: (parameters, upstream) => {
          const at = performance.now();
          for (const id of (parameters.InstanceIds ?? []) as readonly string[]) this.#arrival(id).resolve(at);
          return SendCommand(parameters, upstream);
        },
      },
    };
  }

  #arrival(instance: string): PromiseWithResolvers<number> {
    const known = this.#seen.get(instance) ?? Promise.withResolvers<number>();
    this.#seen.set(instance, known);
    return known;
  }
}
