import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { RDSClient } from '@aws-sdk/client-rds';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import type { Upstream } from '@self-healing/local-aws/gateway/service.ts';
import type { ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { createAutoScaling } from '@self-healing/local-aws/services/auto-scaling.ts';
import { createEc2 } from '@self-healing/local-aws/services/ec2.ts';
import { createRds } from '@self-healing/local-aws/services/rds.ts';
import { createRunCommand } from '@self-healing/local-aws/services/run-command.ts';
import { createDatabase } from '@self-healing/local-aws/testing/local-database.ts';
import { openSharedAws, type SharedAws } from '@self-healing/local-aws/testing/shared-aws.ts';
import { simulatedAutomation } from '@self-healing/local-aws/testing/simulated-automation.ts';
import { type SimulatedVolumes, simulatedVolumes } from '@self-healing/local-aws/testing/simulated-volumes.ts';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { autoScalingGroups } from '../../lambdas/adapters/auto-scaling.ts';
import { instances } from '../../lambdas/adapters/ec2/instances.ts';
import { volumes } from '../../lambdas/adapters/ec2/volumes.ts';
import { databaseClusters } from '../../lambdas/adapters/rds/clusters.ts';
import { databases } from '../../lambdas/adapters/rds/databases.ts';
import { commands } from '../../lambdas/adapters/ssm/commands.ts';
import { runbooks } from '../../lambdas/adapters/ssm/runbooks.ts';
import type { RemedyPorts } from '../../lambdas/core/ports.ts';
import { registry } from '../../lambdas/remediators/registry.ts';
import { CommandDocument } from '../../lib/constructs/command-document.ts';
import { stageSessions } from './database-logins.ts';

/** The local AWS with one of everything that a remedy may act on, and the real adapters in front of it. */
export interface RemedyStage {
  readonly aws: SharedAws;
  readonly ports: RemedyPorts;
  readonly group: string;
  /** Has two members. */
  readonly pair: string;
  /** The newest member of the pair. */
  member(): string;
  /** Multi-AZ. */
  readonly database: string;
  /** Without a standby. */
  readonly singleDatabase: string;
  /** An instance of which only the volume exists, tagged. */
  volumeOwner(): string;
  readonly simulatedVolumes: SimulatedVolumes;
  /** Resolves when nothing is launched or rebooted any more. */
  settled(): Promise<void>;
}

export interface RemedyStageOptions {
  /** Put before the names, so that the files of one MiniStack keep apart. */
  readonly prefix: string;
  /** The running instances, untagged but for the members of the group. */
  readonly instanceIds: readonly string[];
  /** The node behind an instance. */
  readonly node: (instanceId: string) => ManagedNode | undefined;
  /** Resolves when a launched machine or a rebooted database serves. */
  readonly served?: () => Promise<void>;
}

/** The name under which the stage keeps the Command document of a remedy. */
export function documentOf(remedy: string): string {
  return `contract-${remedy}`;
}

export async function openRemedyStage({ prefix, instanceIds, node, served = async () => {} }: RemedyStageOptions): Promise<RemedyStage> {
  const scaling = createAutoScaling({ launch: served, terminate: async () => {} });
  const rds = createRds({ reboot: served, grow: served });
  const runCommand = createRunCommand({ find: node }, { secondsScale: 0.05, agentMinuteMs: 200 });
  const ebs = simulatedVolumes();
  const launchedAt = new Map(instanceIds.map((id) => [id, new Date('2026-11-01T08:00:00Z')]));
  const owner: { id: string; volumes: Record<string, string> } = { id: '', volumes: {} };
  const ec2 = createEc2({
    instances: () => [
      { ...owner, state: 'running' as const, tags: {} },
      ...instanceIds.map((id) => ({
        id,
        state: 'running' as const,
        tags: {},
        type: 't3.small',
        ...(launchedAt.has(id) && { launchedAt: launchedAt.get(id) as Date }),
        checks: node(id)?.isUp() ? ('ok' as const) : ('initializing' as const),
      })),
      ...[stage.group, stage.pair].flatMap((group) =>
        scaling.inService(group).map((id) => ({ id, state: 'running' as const, tags: { 'aws:autoscaling:groupName': group } })),
      ),
    ],
    reboot: async (id) => node(id)?.reboot({ hardAfterMs: 2_000 }),
  });
  const restart = async (id: string) => {
    await node(id)?.reboot({ hardAfterMs: 2_000 });
    launchedAt.set(id, new Date());
  };
  const aws = await openSharedAws([simulatedAutomation({ restart }), scaling, rds, runCommand, ec2, ebs.service]);
  Object.assign(owner, await launchWithVolume(aws.upstream));
  const stage = { group: `${prefix}-group`, pair: `${prefix}-pair`, database: `${prefix}-multi`, singleDatabase: `${prefix}-single` };
  for (const [name, size] of [
    [stage.group, 1],
    [stage.pair, 2],
  ] as const) {
    await aws.upstream.call('autoscaling', 'CreateAutoScalingGroup', {
      AutoScalingGroupName: name,
      MinSize: 1,
      MaxSize: 3,
      DesiredCapacity: size,
      AvailabilityZones: ['us-east-1a'],
    });
    await scaling.fill(name, aws.upstream);
  }
  await createDatabase(aws.upstream, stage.database, true);
  await createDatabase(aws.upstream, stage.singleDatabase, false);
  for (const { Name, Content } of documents()) {
    await runCommand.actions.CreateDocument?.({ Name, DocumentType: 'Command', Content: JSON.stringify(Content) }, aws.upstream);
  }
  const { client, actor } = aws;
  return {
    ...stage,
    volumeOwner: () => owner.id,
    simulatedVolumes: ebs,
    member: () => scaling.inService(stage.pair).at(-1) ?? '',
    aws,
    ports: {
      commands: commands(new SSMClient(client), new SSMClient(actor)),
      clusters: databaseClusters(new RDSClient(client), new RDSClient(actor)),
      databases: databases(new RDSClient(client), new RDSClient(actor), new CloudWatchClient(client)),
      groups: autoScalingGroups(new AutoScalingClient(client), new AutoScalingClient(actor)),
      instances: instances(new EC2Client(client), new EC2Client(actor)),
      runbooks: runbooks(new SSMClient(client), new SSMClient(actor)),
      sessions: await stageSessions(new SecretsManagerClient(client), { stuck: stage.database, quiet: stage.singleDatabase }),
      volumes: volumes(new EC2Client(client), new EC2Client(actor)),
    },
    settled: async () => void (await Promise.all([scaling.settled(), rds.settled()])),
  };
}

/** An instance of the local AWS with its root volume of 8 GiB, which carries the tag that lets it be grown. */
export async function launchWithVolume(upstream: Upstream): Promise<{ readonly id: string; readonly volumes: Record<string, string> }> {
  const { Instances = [] } = (await upstream.call('ec2', 'RunInstances', {
    ImageId: 'ami-1',
    MinCount: 1,
    MaxCount: 1,
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8 } }],
  })) as { Instances?: { InstanceId: string; BlockDeviceMappings?: { DeviceName: string; Ebs: { VolumeId: string } }[] }[] };
  const [{ InstanceId, BlockDeviceMappings = [] } = { InstanceId: '' }] = Instances;
  const found = Object.fromEntries(BlockDeviceMappings.map(({ DeviceName, Ebs }) => [DeviceName, Ebs.VolumeId]));
  await upstream.call('ec2', 'CreateTags', { Resources: Object.values(found), Tags: [{ Key: 'SelfHeal', Value: 'enabled' }] });
  return { id: InstanceId, volumes: found };
}

/** The Command documents as the product's own construct makes them. */
function documents(): readonly { readonly Name: string; readonly Content: unknown }[] {
  const stack = new Stack(new App(), 'Documents');
  for (const { name, document } of Object.values(registry)) {
    if (document) new CommandDocument(stack, name, { documentName: documentOf(name), script: name, description: document });
  }
  const found = Template.fromStack(stack).findResources('AWS::SSM::Document');
  return Object.values(found).map(({ Properties }) => Properties as { Name: string; Content: unknown });
}
