/** A shop with constructs of its own, and the pipeline over them: a group behind a load balancer and an Aurora cluster. */
import { Duration, Stack, type StackProps, Stage, type StageProps, Validations } from 'aws-cdk-lib';
import { AutoScalingGroup, BlockDeviceVolume, GroupMetrics, HealthChecks } from 'aws-cdk-lib/aws-autoscaling';
import { Dashboard, GraphWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { InstanceType, LaunchTemplate, MachineImage, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { ApplicationLoadBalancer, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { AuroraPostgresEngineVersion, ClusterInstance, DatabaseCluster, DatabaseClusterEngine } from 'aws-cdk-lib/aws-rds';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { Database } from '../../lib/database.ts';
import { Fleet } from '../../lib/fleet.ts';
import { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Remedy } from '../../lib/remedy.ts';

/** What is protected. It knows nothing of the pipeline. */
class ShopStack extends Stack {
  readonly group: AutoScalingGroup;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly targetGroup: ApplicationTargetGroup;
  readonly cluster: DatabaseCluster;
  readonly oncall: Topic;

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const vpc = new Vpc(this, 'Vpc');
    vpc.addFlowLog('Flows');
    const machines = new Role(this, 'Machines', {
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: ['AmazonSSMManagedInstanceCore', 'CloudWatchAgentServerPolicy'].map((name) =>
        ManagedPolicy.fromAwsManagedPolicyName(name),
      ),
    });
    this.group = new AutoScalingGroup(this, 'Group', {
      vpc,
      minCapacity: 2,
      maxCapacity: 6,
      launchTemplate: new LaunchTemplate(this, 'Launch', {
        machineImage: MachineImage.latestAmazonLinux2023(),
        instanceType: new InstanceType('t3.small'),
        securityGroup: new SecurityGroup(this, 'Servers', { vpc }),
        role: machines,
        requireImdsv2: true,
        blockDevices: [{ deviceName: '/dev/xvda', volume: BlockDeviceVolume.ebs(30, { encrypted: true }) }],
        detailedMonitoring: true,
      }),
      groupMetrics: [GroupMetrics.all()],
      healthChecks: HealthChecks.ec2({ gracePeriod: Duration.minutes(3) }),
    });
    this.loadBalancer = new ApplicationLoadBalancer(this, 'Balancer', { vpc, internetFacing: true });
    this.targetGroup = new ApplicationTargetGroup(this, 'Targets', { vpc, port: 80, targets: [this.group] });
    this.loadBalancer.addListener('Http', { port: 80, defaultTargetGroups: [this.targetGroup] });
    this.cluster = new DatabaseCluster(this, 'Orders', {
      vpc,
      engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_16_11 }),
      writer: ClusterInstance.serverlessV2('Writer'),
      readers: [ClusterInstance.serverlessV2('Reader', { scaleWithWriter: true })],
      storageEncrypted: true,
      iamAuthentication: true,
      deletionProtection: true,
    });
    this.#acknowledge(machines);
    this.oncall = new Topic(this, 'Oncall', { masterKey: new Key(this, 'OncallKey', { enableKeyRotation: true }), enforceSSL: true });
  }

  /** What cdk-nag finds in the shop, for each a reason. */
  #acknowledge(machines: Role): void {
    for (const policy of ['AmazonSSMManagedInstanceCore', 'CloudWatchAgentServerPolicy'])
      Validations.of(machines).acknowledge({
        id: `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${policy}]`,
        reason: 'The policy that AWS keeps up to date for its own agent on instances.',
      });
    Validations.of(this.loadBalancer).acknowledge(
      { id: 'AwsSolutions-EC23', reason: 'The shop is open to everybody.' },
      { id: 'AwsSolutions-ELB2', reason: 'Logs of every request need a bucket in a given Region; the example is for any.' },
    );
    Validations.of(this.group).acknowledge({ id: 'AwsSolutions-AS3', reason: 'Nobody is to be mailed whenever the group scales.' });
    Validations.of(this.cluster).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Rotation is a part of how the shop logs in, which is left out.',
    });
  }
}

/** The pipeline, in a stack of its own. */
class ShopHealingStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps & { readonly name: string; readonly shop: ShopStack }) {
    super(scope, id, props);
    const { group, loadBalancer, targetGroup, cluster, oncall } = props.shop;
    const healing = new HealingPipeline(this, 'Healing', { name: props.name, notify: { topic: oncall } });

    const web = healing.protectFleet('Web', {
      fleet: Fleet.ofAutoScalingGroup(group, { loadBalancer, targetGroup }),
      service: 'nginx',
      groupCpu: { above: 75 },
      unhealthyTargets: {},
      errorShare: { above: 5 },
    });
    for (const alarm of web.alarms) alarm.addOkAction(new SnsAction(oncall));
    new Dashboard(this, 'Board').addWidgets(...web.alarms.map(({ metric }) => new GraphWidget({ left: [metric] })));

    healing.protectDatabase('Orders', {
      database: Database.cluster(cluster),
      cpu: { ladder: [Remedy.waitAndSee(), Remedy.failOverDatabase()] },
      replicaLag: { aboveSeconds: 5 },
    });
  }
}

/** One environment. Two of them in one account and Region need pipelines of different names. */
export class ShopStage extends Stage {
  readonly shop: ShopStack;
  readonly healing: ShopHealingStack;

  constructor(scope: Construct, id: string, props?: StageProps) {
    super(scope, id, props);
    this.shop = new ShopStack(this, 'Shop');
    this.healing = new ShopHealingStack(this, 'Healing', { name: `shop-${id}`, shop: this.shop });
  }
}
