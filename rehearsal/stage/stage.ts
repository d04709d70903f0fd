import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { RDSClient } from '@aws-sdk/client-rds';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { DatabaseUser, OrdersDatabase } from '@self-healing/local-aws/database/orders-database.ts';
import { type AssemblyChanges, adaptAssembly } from '@self-healing/local-aws/deployment/assembly.ts';
import { bootstrap } from '@self-healing/local-aws/deployment/bootstrap.ts';
import { deploy } from '@self-healing/local-aws/deployment/deploy.ts';
import { synthesize } from '@self-healing/local-aws/deployment/synthesize.ts';
import type { Disturb } from '@self-healing/local-aws/gateway/disturbance.ts';
import { type Gateway, openGateway } from '@self-healing/local-aws/gateway/gateway.ts';
import type { Service } from '@self-healing/local-aws/gateway/service.ts';
import { removeLeftovers } from '@self-healing/local-aws/ministack/leftovers.ts';
import { type MiniStack, startMiniStack } from '@self-healing/local-aws/ministack/ministack.ts';
import type { ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { cleanUpLeftovers } from '@self-healing/local-aws/nodes/node-cleanup.ts';
import { canMakeVolumes } from '@self-healing/local-aws/nodes/volume-support.ts';
import { type AutoScaling, createAutoScaling } from '@self-healing/local-aws/services/auto-scaling.ts';
import { type CloudWatchService, createCloudWatch } from '@self-healing/local-aws/services/cloudwatch.ts';
import { createEc2 } from '@self-healing/local-aws/services/ec2.ts';
import { createLoadBalancing } from '@self-healing/local-aws/services/load-balancing.ts';
import { createRds } from '@self-healing/local-aws/services/rds.ts';
import { createRunCommand } from '@self-healing/local-aws/services/run-command.ts';
import { projectFolder } from '../project-folder.ts';
import { furnishAccount } from './account.ts';
import { openDatabaseStage } from './database-stage.ts';
import { type EventTap, tapEvents } from './event-tap.ts';
import { fixtures, fixturesContext, TIME_SCALE } from './fixtures.ts';
import { HistoryReader } from './history-reader.ts';
import { Load } from './load.ts';
import { Machines } from './machines.ts';
import { Mailbox } from './mailbox.ts';
import { withOwnEc2 } from './own-ec2.ts';
import { Probes } from './probes.ts';
import { Schedules } from './schedules.ts';
import { shortenDurations } from './shortened-durations.ts';
import { makeStageFolder } from './stage-folder.ts';

export interface StageOptions {
  readonly publicPort: number;
  readonly upstreamPort: number;
  /** Where the record of all calls goes. */
  readonly recordFile: string;
  readonly allowAwsEvents: boolean;
  readonly disturb?: Disturb;
  /** Told what is being done. */
  readonly say: (line: string) => void;
  /** Ends the CDK CLI's work at once. */
  readonly signal?: AbortSignal;
}

/** The local AWS with the deployed stack, its machines, and everything by which they are watched. */
export interface Stage {
  readonly gateway: Gateway;
  readonly cloudwatch: CloudWatchService;
  readonly autoScaling: AutoScaling;
  readonly machines: Machines;
  readonly database: OrdersDatabase;
  readonly load: Load;
  readonly probes: Probes;
  readonly history: HistoryReader;
  readonly mailbox: Mailbox;
  readonly events: EventTap;
  readonly clients: { readonly autoScaling: AutoScalingClient; readonly rds: RDSClient; readonly ssm: SSMClient };
  readonly changes: AssemblyChanges;
  /** What the services say of themselves. */
  readonly notes: readonly string[];
  groupNodes(): readonly ManagedNode[];
  /** What went wrong beside the scenarios. */
  problems(): readonly string[];
}

const topicArn = `arn:aws:sns:us-east-1:000000000000:${fixtures.pipeline}-notifications`;

/** What must be ended again, in the order in which it was started. */
export type Ending = () => Promise<unknown>;

/**
 * Sets the stage. Every part that was started is put on `endings` at once, so that it can be ended even when a later
 * part fails or the user interrupts.
 */
export async function setStage(options: StageOptions, endings: Ending[]): Promise<Stage> {
  const { say } = options;
  const quietly = { say: () => {}, ...(options.signal && { signal: options.signal }) };
  await removeLeftovers();
  cleanUpLeftovers();
  const volumes = await canMakeVolumes(say);
  if (!volumes.ok) throw new Error(`${volumes.why}: ${volumes.next}`);

  const folder = await makeStageFolder();
  endings.push(() => rm(folder, { recursive: true, force: true }));
  const machines = new Machines();
  const databaseStage = await openDatabaseStage(folder, say);
  const { database } = databaseStage;
  endings.push(
    () => machines.stop(),
    () => databaseStage.stop(),
  );
  const autoScaling = createAutoScaling(machines);
  const cloudwatch = createCloudWatch({ secondsPerPeriodScale: TIME_SCALE });
  const groupMembers = () => autoScaling.inService(fixtures.group.name);
  const ec2 = createEc2(machines, machines);
  const loadBalancing = createLoadBalancing(() => probes.targetAnswers());
  const runCommand = createRunCommand(machines, { agentMinuteMs: 60_000 / TIME_SCALE });
  const services: readonly Service[] = [cloudwatch, runCommand, autoScaling, createRds(database), ec2, loadBalancing];

  const assembly = join(folder, 'cdk.out');
  say('synthesizing the default app, starting the local AWS and booting the nodes');
  const [gateway] = await Promise.all([
    openLocalAws(options, services, database.healer, endings),
    synthesize({
      project: projectFolder,
      context: fixturesContext(databaseStage.places),
      out: assembly,
      ...quietly,
    }),
    machines.bootFleet(),
    databaseStage.start(machines),
  ]);

  const changes = await adaptAssembly({
    from: assembly,
    to: join(folder, 'assembly'),
    shorten: (template) => shortenDurations(template, TIME_SCALE),
  });
  say('deploying the stack with the CDK CLI');
  const { upstream } = gateway;
  await deploy(changes.folder, { endpoint: gateway.endpoint, ...quietly });
  say('launching the Auto Scaling group, installing the agents and starting the probes');
  await Promise.all([autoScaling.fill(fixtures.group.name, upstream), runCommand.carryOut(machines.instances())]);
  const config = { endpoint: gateway.endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  const mailbox = new Mailbox(upstream);
  await mailbox.subscribe(topicArn);

  const probes = new Probes(machines, database, groupMembers, new CloudWatchClient(config));
  const events = tapEvents(withOwnEc2(upstream, ec2));
  probes.start();
  endings.push(() => probes.stop());
  const schedules = await Schedules.start(upstream, `http://127.0.0.1:${options.upstreamPort}`, new CloudWatchClient(config));
  endings.push(() => schedules.stop());
  cloudwatch.start(events.upstream);
  endings.push(() => cloudwatch.stop());
  const groupNodes = () => groupMembers().flatMap((id) => machines.find(id) ?? []);
  const load = new Load(groupNodes);
  endings.push(() => load.stop());

  return {
    gateway,
    cloudwatch,
    autoScaling,
    machines,
    database,
    load,
    probes,
    history: new HistoryReader(new CloudWatchLogsClient(config)),
    mailbox,
    events,
    clients: { autoScaling: new AutoScalingClient(config), rds: new RDSClient(config), ssm: new SSMClient(config) },
    changes,
    notes: services.map(({ service, note }) => `${service}: ${note}`),
    groupNodes,
    problems: () => [...probes.problems, ...schedules.problems, ...load.problems, ...cloudwatch.failures()],
  };
}

async function openLocalAws(options: StageOptions, services: readonly Service[], login: DatabaseUser, endings: Ending[]): Promise<Gateway> {
  const { publicPort, upstreamPort } = options;
  const ministack: MiniStack = await startMiniStack({ port: upstreamPort, publicPort, say: options.say });
  endings.push(() => ministack.stop());
  const gateway = await openGateway({ ...options, services });
  endings.push(() => gateway.close());
  await Promise.all([bootstrap({ endpoint: gateway.endpoint }), furnishAccount(gateway.upstream, login)]);
  return gateway;
}
