import { deployApp } from '@self-healing/local-aws/deployment/deploy-app.ts';
import type { Service, Upstream } from '@self-healing/local-aws/gateway/service.ts';
import { type LocalAws, startLocalAws } from '@self-healing/local-aws/local-aws.ts';
import { SUCCEEDED, simulatedNode } from '@self-healing/local-aws/nodes/simulated-node.ts';
import { type CloudWatchService, createCloudWatch } from '@self-healing/local-aws/services/cloudwatch.ts';
import { createEc2 } from '@self-healing/local-aws/services/ec2.ts';
import { createRunCommand } from '@self-healing/local-aws/services/run-command.ts';
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
}

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
  const { ids, nodes, instances } = machines(count);
  const cloudwatch = createCloudWatch({ secondsPerPeriodScale: FASTER });
  const arrivals = new Arrivals();
  const runCommand = arrivals.watch(createRunCommand({ find: (id) => nodes.get(id) }));
  const ec2 = createEc2({ instances: () => instances, reboot: async () => {} });
  say('starting a local AWS');
  const aws = await startLocalAws({ services: [cloudwatch, runCommand, ec2], say: () => {} });
  endings.push(() => aws.stop());
  say('deploying the pipeline and the bare rule beside it');
  await deployApp({ project: `${import.meta.dirname}/app`, endpoint: aws.endpoint, say: () => {} });
  const sent = sending(aws.upstream);
  return {
    aws,
    upstreamPort: aws.upstreamPort,
    instances: ids,
    commanded: (instance) => arrivals.of(instance),
    loseService: async (instance) => {
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
  const dimensions = { InstanceId: instance, SelfHealing: `${measured.pipeline}/Fleet/1-of-1`, exe: measured.service };
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
