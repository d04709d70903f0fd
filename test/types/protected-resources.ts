/** What fleets, targets, databases and probes take and what they do not. Checked by the compiler alone; nothing here is ever run. */
import { Duration, type Stack } from 'aws-cdk-lib';
import type { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import type { DatabaseCluster, DatabaseInstance } from 'aws-cdk-lib/aws-rds';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { HttpProbe } from '../../lib/constructs/http-probe.ts';
import { Database } from '../../lib/database.ts';
import type { DatabaseAccess } from '../../lib/database-access.ts';
import { Fleet } from '../../lib/fleet.ts';
import type { HealingPipeline } from '../../lib/healing-pipeline.ts';
import { Target } from '../../lib/target.ts';

declare const stack: Stack;
declare const vpc: Vpc;
declare const group: SecurityGroup;
declare const secret: Secret;
declare const cluster: DatabaseCluster;
declare const instance: DatabaseInstance;
declare const healing: HealingPipeline;

Fleet.tagged('SelfHeal', 'enabled');
// @ts-expect-error
Fleet.tagged('SelfHeal');
Fleet.ofAutoScalingGroup('web', { loadBalancer: 'app/web/0', targetGroup: 'targetgroup/web/0' });
// @ts-expect-error
Fleet.ofAutoScalingGroup('web', { loadBalancer: 'app/web/0' });
// @ts-expect-error
Fleet.ofAutoScalingGroup('web', 'app/web/0');
Fleet.ofInstances(['i-0123456789abcdef0']);
// @ts-expect-error
Fleet.ofInstances('i-0123456789abcdef0');

Target.database(instance);
// @ts-expect-error
Target.database(cluster);
// @ts-expect-error
Target.databaseCluster(instance);
// @ts-expect-error
Target.instance();

// The family of a cluster may be left out only where a construct may know it.
Database.cluster(cluster);
Database.cluster('orders', 'aurora');
// @ts-expect-error
Database.cluster('orders');
// @ts-expect-error
Database.instance('orders', 'aurora');
// @ts-expect-error
Database.instance(cluster);

const access = { engine: 'postgresql', host: 'orders.example.com', vpc } as const;
Database.instance('orders', { ...access, login: { secret } });
Database.instance('orders', { ...access, login: { iamUser: 'healer', resourceId: 'db-ABCDEFGHIJKL01234' } });
// @ts-expect-error
Database.instance('orders', { engine: 'postgresql', host: 'orders.example.com', login: { secret } });
// A user that logs in by IAM is told by both, and has no secret beside, which would win in silence.
({ iamUser: 'healer', resourceId: 'db-ABCDEFGHIJKL01234' }) satisfies DatabaseAccess['login'];
// @ts-expect-error
({ iamUser: 'healer' }) satisfies DatabaseAccess['login'];
// @ts-expect-error
({ secret, iamUser: 'healer', resourceId: 'db-ABCDEFGHIJKL01234' }) satisfies DatabaseAccess['login'];

// Subnets and security groups mean nothing to a probe that asks from the internet.
new HttpProbe(stack, 'Outside', { url: 'https://shop.example.com/' });
new HttpProbe(stack, 'Inside', { url: 'https://shop.internal/', vpc, securityGroups: [group] });
// @ts-expect-error
new HttpProbe(stack, 'Nameless', {});
// @ts-expect-error
new HttpProbe(stack, 'Nowhere', { url: 'https://shop.internal/', securityGroups: [group] });

const database = Database.instance('orders');
const fleet = Fleet.ofAutoScalingGroup('web');
// Thresholds that only the user knows are asked for.
healing.protectDatabase('Orders', { database, connections: { above: 80 }, storage: { belowGibibytes: 10 }, cpu: {} });
// @ts-expect-error
healing.protectDatabase('Orders', { database, connections: {} });
// @ts-expect-error
healing.protectDatabase('Orders', { database, storage: {} });
// @ts-expect-error
healing.protectDatabase('Orders', { database, memory: {} });
// @ts-expect-error
healing.protectDatabase('Orders', { cpu: {} });
// A threshold is given in one way, not in two.
healing.protectDatabase('Orders', { database, memory: { ofGibibytes: 2, belowPercent: 5 } });
// @ts-expect-error
healing.protectDatabase('Orders', { database, memory: { belowMegabytes: 200, ofGibibytes: 2 } });
healing.protectFleet('Web', { fleet, responseTime: { anomaly: { deviations: 2 } } });
// @ts-expect-error
healing.protectFleet('Web', { fleet, responseTime: { anomaly: { deviations: 2 }, aboveSeconds: 1 } });
// An event does not last.
healing.protectDatabase('Orders', { database, events: {} });
// @ts-expect-error
healing.protectDatabase('Orders', { database, events: { sustainedFor: Duration.minutes(5) } });
// @ts-expect-error
healing.protectFleet('Web', { fleet, groupCPU: {} });
