import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { cached } from '../lambdas/core/cached.ts';
import type { Mode } from '../lambdas/core/mode.ts';
import type { ApprovalLinksProps } from './constructs/approval-links.ts';
import { HttpProbe } from './constructs/http-probe.ts';
import { Database } from './database.ts';
import type { DatabaseAccess } from './database-access.ts';
import { Fleet, type FleetLoadBalancer } from './fleet.ts';
import type { GuardrailProps } from './guardrails.ts';
import { HealingPipeline } from './healing-pipeline.ts';
import { knownOf, type NamesOf } from './known-names.ts';
import { type NamedWays, notifyBy } from './named-ways.ts';
import { Remedy } from './remedy.ts';
import { Target } from './target.ts';
import { withoutQuery } from './url-texts.ts';

export interface SelfHealingStackProps extends StackProps {
  /** Name of the pipeline; two in one account and Region need different ones. @default - healing */
  readonly name?: string;
  /** Whether history and incident table refuse to be deleted; for after the first deployment. @default false */
  readonly deletionProtection?: boolean;
  /**
   * Whether a service may be stopped, or a file system filled, for real by `drill --for-real`.
   * @default false
   */
  readonly drills?: boolean;
  /** Addresses that are told. @default - none */
  readonly emails?: readonly string[];
  /** How people and tools are told besides, and of what. @default - by mail alone */
  readonly notify?: NamedWays;
  /** Who gets links to answer questions with; see `HealingPipelineProps`. @default - nobody */
  readonly approvalLinks?: ApprovalLinksProps;
  /** How much the policies may do by themselves. @default - automatic */
  readonly mode?: Mode;
  /** The systemd service that the tagged fleet runs. @default - none; the service is not watched */
  readonly service?: string;
  /** Mount point of the file system that is watched on the tagged fleet. @default - / */
  readonly diskPath?: string;
  /** Lets the disk of the tagged fleet grow where clearing is not enough. @default - it does not */
  readonly volume?: GrowingVolume;
  /** Folders on the tagged fleet that hold temporary files of the service. @default - /tmp and /var/tmp */
  readonly cacheFolders?: readonly string[];
  /** An Auto Scaling group that exists already, and its load balancer. @default - none */
  readonly group?: { readonly name: string; readonly loadBalancer?: FleetLoadBalancer };
  /** An RDS instance that exists already. @default - none */
  readonly database?: ProtectedDatabase;
  /** Whether to change the account so that EC2's own metrics find the tagged fleet; see `HealingPipelineProps`. @default - false */
  readonly resourceTagsOnTelemetry?: boolean;
  /** A server without a load balancer, which is asked by its URL. @default - none */
  readonly site?: ProtectedSite;
}

/** The EBS volume on which the watched file system lies. Only volumes with the tag SelfHeal = enabled are grown. */
export interface GrowingVolume {
  /** Never grow beyond this, which costs money for good: a volume cannot be made smaller. */
  readonly ceilingGibibytes: number;
  /** The volume's device as EC2 names it, such as `/dev/sdf`. @default - the root device */
  readonly device?: string;
}

/** The RDS instance that the default app protects. */
export interface ProtectedDatabase {
  readonly id: string;
  /** The number of connections that is too many for it, which its class and parameters decide. @default - they are not watched */
  readonly connectionsAbove?: number;
  /** How PostgreSQL is reached. With it the database is probed, and stuck sessions are ended before it is rebooted. @default - it is not spoken to */
  readonly access?: PostgresqlAccess;
  /** Free storage that is too little, and the size up to which it may grow, which costs money for good. @default - it is not watched */
  readonly storage?: { readonly belowGibibytes: number; readonly ceilingGibibytes: number };
  /** @default - those of databases */
  readonly guardrails?: GuardrailProps;
}

/** Where a PostgreSQL that exists already is, by names. */
export interface PostgresqlAccess {
  /** The name of its endpoint. */
  readonly host: string;
  /** @default 5432 */
  readonly port?: number;
  /** Name of the secret with JSON `username` and `password`. */
  readonly secret: string;
  readonly vpcId: string;
  /** Subnets for the functions that speak to it. */
  readonly subnetIds: readonly string[];
  /** PEM of the authority that signed its certificate. @default - the authorities of Amazon RDS */
  readonly authority?: string;
  /** Its own security group, to be opened for the functions. @default - none is changed; the functions' own is in the stack's outputs, to be let in by hand */
  readonly securityGroupId?: string;
  /** Security groups for the functions, such as one that it lets in already. @default - one of their own for each function */
  readonly functionSecurityGroupIds?: readonly string[];
}

/** One server that is asked by its URL every minute. */
export interface ProtectedSite {
  readonly url: string;
  readonly instanceId: string;
  /** Whether PgBouncer on it, at its usual place, renews its connections first. @default false */
  readonly pgbouncer?: boolean;
}

const databaseNames: NamesOf<ProtectedDatabase> = { id: true, connectionsAbove: true, access: true, storage: true, guardrails: true };

const accessNames: NamesOf<PostgresqlAccess> = {
  host: true,
  port: true,
  secret: true,
  vpcId: true,
  subnetIds: true,
  authority: true,
  securityGroupId: true,
  functionSecurityGroupIds: true,
};

const siteNames: NamesOf<ProtectedSite> = { url: true, instanceId: true, pgbouncer: true };

/** The default app: protects whatever carries one tag, and shows a group and a database, ready to be tuned or deleted. */
export class SelfHealingStack extends Stack {
  constructor(scope: Construct, id: string, props: SelfHealingStackProps) {
    const { resourceTagsOnTelemetry = false, deletionProtection = false, drills = false, name, emails, mode, service, ...more } = props;
    const { diskPath, volume, cacheFolders, group, database, site, notify, approvalLinks, ...own } = more;
    super(scope, id, own);
    const healing = new HealingPipeline(this, 'Healing', {
      ...(name !== undefined && { name }),
      deletionProtection,
      drills,
      notify: { ...(emails && { emails }), ...(notify && notifyBy(this, notify)) },
      ...(approvalLinks && { approvalLinks }),
      ...(mode && { mode }),
      resourceTagsOnTelemetry,
    });

    const growDisk = volume ? [Remedy.growVolume({ ...volume, ...(diskPath && { path: diskPath }) }), Remedy.growFileSystem(diskPath)] : [];
    const clearCaches = Remedy.clearCaches(cacheFolders ? { paths: cacheFolders } : {});

    healing.protectFleet('Fleet', {
      fleet: Fleet.tagged('SelfHeal', 'enabled'),
      cpu: { above: 90 },
      memory: { above: 90, ladder: [clearCaches, ...(service ? [Remedy.restartService(service)] : []), Remedy.restartInstance()] },
      systemStatus: {},
      instanceStatus: {},
      disk: { above: 85, ...(diskPath && { path: diskPath }), ladder: [clearCaches, ...growDisk] },
      ...(service && {
        service,
        serviceDown: { sustainedFor: Duration.minutes(2), ladder: [Remedy.restartService(service), Remedy.restartInstance()] },
      }),
    });

    if (group) {
      healing.protectFleet('Group', {
        fleet: Fleet.ofAutoScalingGroup(group.name, group.loadBalancer),
        groupCpu: { above: 80, ladder: [Remedy.waitAndSee(), Remedy.addCapacity({ instances: 1 })] },
        ...(group.loadBalancer && {
          responseTime: { aboveSeconds: 2 },
          unhealthyTargets: {
            ladder: [Remedy.waitAndSee(), ...(service ? [Remedy.restartService(service)] : []), Remedy.replaceInstance()],
          },
        }),
      });
    }

    if (database) this.#protectDatabase(healing, database);
    if (site) this.#protectSite(healing, site, service);
  }

  #protectDatabase(healing: HealingPipeline, props: ProtectedDatabase): void {
    const { id, connectionsAbove, access, storage, guardrails } = knownOf(props, databaseNames, 'Database', 'database');
    healing.protectDatabase('Database', {
      database: Database.instance(id, access && this.#accessTo(access)),
      cpu: { above: 90, ladder: [Remedy.waitAndSee(), Remedy.failOverDatabase()] },
      ...(connectionsAbove !== undefined && {
        connections: {
          above: connectionsAbove,
          ladder: [Remedy.waitAndSee(), ...(access ? [Remedy.releaseSessions()] : []), Remedy.rebootDatabase()],
        },
      }),
      ...(storage && {
        storage: {
          belowGibibytes: storage.belowGibibytes,
          ladder: [Remedy.waitAndSee(), Remedy.growStorage({ ceilingGibibytes: storage.ceilingGibibytes })],
        },
      }),
      ...(access && { connectivity: { ladder: [Remedy.waitAndSee(), Remedy.failOverDatabase()] } }),
      ...(guardrails && { guardrails }),
    });
  }

  #accessTo(props: PostgresqlAccess): DatabaseAccess {
    const access = knownOf(props, accessNames, 'Database', 'database.access');
    const { host, port, secret, vpcId, subnetIds, authority, securityGroupId, functionSecurityGroupIds } = access;
    // The database and the functions may be in the same group, which lets in its own members.
    const group = cached((groupId: string) => SecurityGroup.fromSecurityGroupId(this, `Group-${groupId}`, groupId));
    return {
      engine: 'postgresql',
      host,
      ...(port !== undefined && { port }),
      login: { secret: Secret.fromSecretNameV2(this, 'DatabaseLogin', secret) },
      // The zones of the subnets need not be known: all of them are given to the functions.
      vpc: Vpc.fromVpcAttributes(this, 'DatabaseVpc', { vpcId, availabilityZones: ['any'], privateSubnetIds: [...subnetIds] }),
      ...(authority !== undefined && { authority }),
      ...(securityGroupId !== undefined && { securityGroup: group(securityGroupId) }),
      ...(functionSecurityGroupIds && { functionSecurityGroups: [...new Set(functionSecurityGroupIds)].map(group) }),
    };
  }

  #protectSite(healing: HealingPipeline, props: ProtectedSite, service: string | undefined): void {
    const { url, instanceId, pgbouncer } = knownOf(props, siteNames, 'Site', 'site');
    const probe = new HttpProbe(this, 'SiteProbe', { url, name: `${healing.name}-Site` });
    healing.heal('Site', {
      alarm: probe.unavailable,
      target: Target.instance(instanceId),
      seen: `no answer from ${withoutQuery(url)}`,
      ladder: [
        Remedy.waitAndSee(),
        ...(pgbouncer ? [Remedy.reconnectSessions({ by: 'pgbouncer' })] : []),
        service ? Remedy.restartService(service) : Remedy.restartInstance(),
      ],
    });
  }
}
