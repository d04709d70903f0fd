import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { adaptAssembly } from '@self-healing/local-aws/deployment/assembly.ts';
import { bootstrap } from '@self-healing/local-aws/deployment/bootstrap.ts';
import { deploy } from '@self-healing/local-aws/deployment/deploy.ts';
import { synthesize } from '@self-healing/local-aws/deployment/synthesize.ts';
import type { Disturb } from '@self-healing/local-aws/gateway/disturbance.ts';
import { type Gateway, openGateway } from '@self-healing/local-aws/gateway/gateway.ts';
import type { Service, Upstream } from '@self-healing/local-aws/gateway/service.ts';
import { freePorts } from '@self-healing/local-aws/ministack/free-port.ts';
import { removeLeftovers } from '@self-healing/local-aws/ministack/leftovers.ts';
import { startMiniStack } from '@self-healing/local-aws/ministack/ministack.ts';
import { createAutoScaling } from '@self-healing/local-aws/services/auto-scaling.ts';
import { type CloudWatchService, createCloudWatch } from '@self-healing/local-aws/services/cloudwatch.ts';
import { createEc2 } from '@self-healing/local-aws/services/ec2.ts';
import { createLoadBalancing } from '@self-healing/local-aws/services/load-balancing.ts';
import { createRds } from '@self-healing/local-aws/services/rds.ts';
import { createRunCommand } from '@self-healing/local-aws/services/run-command.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import { projectFolder } from '../project-folder.ts';
import { furnishAccount } from '../stage/account.ts';
import { fixtures, TIME_SCALE } from '../stage/fixtures.ts';
import { HistoryReader } from '../stage/history-reader.ts';
import { Mailbox } from '../stage/mailbox.ts';
import { withOwnEc2 } from '../stage/own-ec2.ts';
import { shortenDurations } from '../stage/shortened-durations.ts';
import type { Ending } from '../stage/stage.ts';
import { makeStageFolder } from '../stage/stage-folder.ts';
import type { ActRecord } from './act.ts';
import { changePolicies } from './deployed-policies.ts';
import { type SimulatedAccount, tellingOf } from './simulated-account.ts';

export interface ChaosStageOptions {
  readonly account: SimulatedAccount;
  readonly acts: ActRecord;
  readonly recordFile: string;
  readonly disturb: Disturb;
  /** The policies as they are judged by, and as the rules carry them. */
  readonly judged: (policy: Policy) => Policy;
  readonly deployed: (policy: Policy) => Policy;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** The deployed stack in a local AWS whose machines are simulated. */
export interface ChaosStage {
  readonly gateway: Gateway;
  readonly upstreamPort: number;
  readonly cloudwatch: CloudWatchService;
  readonly history: HistoryReader;
  readonly mailbox: Mailbox;
  /** What the invariants judge by, by name. */
  readonly policies: ReadonlyMap<string, Policy>;
  /** The upstream whose EC2 is the simulated one. */
  readonly upstream: Upstream;
}

/** Sets the stage; every part that was started is put on `endings` at once. */
export async function setChaosStage(options: ChaosStageOptions, ports: readonly [number, number], endings: Ending[]): Promise<ChaosStage> {
  const { account, acts, say, signal } = options;
  const [, upstreamPort] = ports;
  const quietly = { say: () => {}, signal };
  await removeLeftovers();
  const folder = await makeStageFolder();
  endings.push(() => rm(folder, { recursive: true, force: true }));
  const autoScaling = createAutoScaling(account);
  const cloudwatch = createCloudWatch({ secondsPerPeriodScale: TIME_SCALE });
  const ec2 = createEc2(account);
  const services = [cloudwatch, runCommandOf(account), autoScaling, createRds(account), ec2, createLoadBalancing(() => [])];

  say('starting the local AWS and synthesizing the default app');
  const assembly = join(folder, 'cdk.out');
  const [gateway] = await Promise.all([
    openLocalAws(
      options,
      services.map((each) => acts.watch(each)),
      ports,
      endings,
    ),
    synthesize({ project: projectFolder, context, out: assembly, ...quietly }),
  ]);
  const changes = await adaptAssembly({
    from: assembly,
    to: join(folder, 'assembly'),
    shorten: (template) => shortenDurations(template, TIME_SCALE),
  });
  say('deploying the stack with the CDK CLI');
  await deploy(changes.folder, { endpoint: gateway.endpoint, ...quietly });
  const policies = await changePolicies(gateway.upstream, options.judged, options.deployed);
  await autoScaling.fill(fixtures.group.name, gateway.upstream);
  const mailbox = new Mailbox(gateway.upstream);
  await mailbox.subscribe(`arn:aws:sns:us-east-1:000000000000:${fixtures.pipeline}-notifications`);
  const config = {
    endpoint: `http://127.0.0.1:${upstreamPort}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  return {
    gateway,
    upstreamPort,
    cloudwatch,
    history: new HistoryReader(new CloudWatchLogsClient(config)),
    mailbox,
    policies,
    upstream: withOwnEc2(gateway.upstream, ec2),
  };
}

export async function chaosPorts(): Promise<readonly [number, number]> {
  const [publicPort = 0, upstreamPort = 0] = await freePorts(2);
  return [publicPort, upstreamPort];
}

/** The default app, for what the simulated account has. */
const context = {
  stack: fixtures.stack,
  service: fixtures.service,
  diskPath: fixtures.disk,
  cacheFolders: [fixtures.cacheFolder],
  autoScalingGroup: fixtures.group.name,
  loadBalancer: fixtures.loadBalancer,
  targetGroup: fixtures.targetGroup,
  database: fixtures.database.id,
  databaseConnectionsAbove: fixtures.database.connectionsAbove,
};

function runCommandOf(account: SimulatedAccount): Service {
  const runCommand = createRunCommand(account, { agentMinuteMs: 60_000 / TIME_SCALE });
  const { SendCommand } = runCommand.actions;
  if (!SendCommand) throw new Error('Run Command has no SendCommand');
  return { ...runCommand, actions: { ...runCommand.actions, SendCommand: tellingOf(account, SendCommand) } };
}

async function openLocalAws(
  { recordFile, disturb, say }: ChaosStageOptions,
  services: readonly Service[],
  [publicPort, upstreamPort]: readonly [number, number],
  endings: Ending[],
): Promise<Gateway> {
  const ministack = await startMiniStack({ port: upstreamPort, publicPort, say });
  endings.push(() => ministack.stop());
  const gateway = await openGateway({ publicPort, upstreamPort, services, recordFile, allowAwsEvents: false, disturb });
  endings.push(() => gateway.close());
  // Nobody logs in to a simulated database.
  const login = { username: 'nobody', password: 'nobody' };
  await Promise.all([bootstrap({ endpoint: gateway.endpoint }), furnishAccount(gateway.upstream, login)]);
  return gateway;
}
