import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Mode } from '../lambdas/core/mode.ts';
import { Database } from './database.ts';
import { Fleet, type FleetLoadBalancer } from './fleet.ts';
import { HealingPipeline } from './healing-pipeline.ts';
import { Remedy } from './remedy.ts';

export interface SelfHealingStackProps extends StackProps {
  /** Addresses that are told. @default - none */
  readonly emails?: readonly string[];
  /** How much the policies may do by themselves. @default - automatic */
  readonly mode?: Mode;
  /** The systemd service that the tagged fleet runs. @default - none; the service is not watched */
  readonly service?: string;
  /** Mount point of the file system that is watched on the tagged fleet. @default - / */
  readonly diskPath?: string;
  /** Folders on the tagged fleet that hold temporary files of the service. @default - /tmp and /var/tmp */
  readonly cacheFolders?: readonly string[];
  /** An Auto Scaling group that exists already, and its load balancer. @default - none */
  readonly group?: { readonly name: string; readonly loadBalancer?: FleetLoadBalancer };
  /** An RDS instance that exists already, and the number of connections that is too many for it. @default - none */
  readonly database?: { readonly id: string; readonly connectionsAbove: number };
  /** Whether to change the account so that EC2's own metrics find the tagged fleet; see `HealingPipelineProps`. @default - false */
  readonly resourceTagsOnTelemetry?: boolean;
}

/** The default app: protects whatever carries one tag, and shows a group and a database, ready to be tuned or deleted. */
export class SelfHealingStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { emails, mode, service, diskPath, cacheFolders, group, database, ...props }: SelfHealingStackProps,
  ) {
    super(scope, id, props);
    const { resourceTagsOnTelemetry = false } = props;
    const healing = new HealingPipeline(this, 'Healing', {
      notify: { ...(emails && { emails }) },
      ...(mode && { mode }),
      resourceTagsOnTelemetry,
    });

    const clearCaches = Remedy.clearCaches(cacheFolders ? { paths: [...cacheFolders] } : {});

    healing.protectFleet('Fleet', {
      fleet: Fleet.tagged('SelfHeal', 'enabled'),
      cpu: { above: 90 },
      memory: { above: 90, ladder: [clearCaches, ...(service ? [Remedy.restartService(service)] : []), Remedy.restartInstance()] },
      systemStatus: {},
      instanceStatus: {},
      disk: { above: 85, ...(diskPath && { path: diskPath }), ladder: [clearCaches] },
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

    if (database) {
      healing.protectDatabase('Database', {
        database: Database.instance(database.id),
        cpu: { above: 90, ladder: [Remedy.waitAndSee(), Remedy.failOverDatabase()] },
        connections: { above: database.connectionsAbove, ladder: [Remedy.waitAndSee(), Remedy.rebootDatabase()] },
      });
    }
  }
}
