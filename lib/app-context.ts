import * as z from 'zod';
import { modeSchema } from '../lambdas/core/mode.ts';
import { type Stage, stageNames } from '../lambdas/core/notice/notice.ts';
import { nameSchema } from '../lambdas/core/policy.ts';
import { refuseUnknownNames } from './known-names.ts';
import { mailAddressSchema } from './mail-address.ts';
import { checked, PolicyError } from './policy-error.ts';

const given = z.string().min(1).optional();
const flag = z.union([z.boolean(), z.stringbool()]).optional();

/** A number as `cdk.json` has it, or as the text that the command line hands over. Nothing else is turned into one. */
function numberOf(schema: z.ZodNumber) {
  return z.preprocess((value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value), schema).optional();
}

/** The id of something in a network, by its beginning. */
const idOf = (kind: string) => z.string().regex(new RegExp(`^${kind}-[0-9a-z]+$`), `must be an id such as ${kind}-0123456789abcdef0`);

const secretName = z
  .string()
  .regex(/^[\w/+=.@-]{1,512}$/, 'must be the name of a secret, not its ARN: letters, digits and /_+=.@-')
  .optional();

/** EventBridge and CloudFormation find a secret by its ARN, too. */
const secret = z
  .string()
  .regex(/^[\w/+=.@:-]{1,512}$/, 'must be the name of a secret: letters, digits and /_+=.@-')
  .optional();

const wholeNumber = numberOf(z.number().int());

/** A list as `cdk.json` has it, or separated by commas as the command line has it. */
function listOf<Item extends string>(item: z.ZodType<Item>, fewest = 0) {
  const list = z.array(item).min(fewest, 'must name at least one; leave it out for none');
  return z
    .preprocess(
      (value) =>
        typeof value === 'string'
          ? value
              .split(',')
              .map((entry) => entry.trim())
              .filter(Boolean)
          : value,
      list,
    )
    .optional();
}

const names = listOf(z.string().min(1), 1);

/** A name and, between angle brackets, an address. */
export const HOLDER = /^([^<>]+?) *<([^<>]+)>$/;

/** The values of `cdk.json`'s context that the default app reads; on the command line `-c name=value`. What is not given is not there. */
export const contextSchema = z.object({
  /** Name of the pipeline, and the end of the stack's; an environment beside another one needs its own. */
  name: nameSchema.max(20).optional(),
  /** The name of the stack. @default - SelfHealing, and the name behind it where there is one */
  stack: given,
  /** Addresses that are told. */
  emails: listOf(mailAddressSchema),
  /** What the account is called in everything that people are told. @default - its number alone */
  accountName: given,
  /** Stages of notices that are mailed, see the page Notice. @default - all but `started` and `given-back` */
  mailStages: listOf(z.enum(stageNames as [Stage, ...Stage[]]), 1),
  /** Minutes after which people are told that an incident is not healed yet. @default - 15 */
  stillAfterMinutes: wholeNumber,
  /** When mail and chat begin to get no successes, such as `22:00`. With `quietUntil` and `quietTimeZone`. */
  quietFrom: given,
  /** When they get them again, such as `07:00`. */
  quietUntil: given,
  /** The place by whose clocks that is, such as `Europe/Berlin`. */
  quietTimeZone: given,
  /** The name of an event bus of yours that gets every notice. */
  bus: z
    .string()
    .regex(/^[\w./-]{1,256}$/, 'must be the name of an event bus, not its ARN')
    .optional(),
  /** The id of a Slack workspace that is authorized in Amazon Q Developer in chat applications. With `slackChannel`. */
  slackWorkspace: given,
  /** The id of the channel that gets the notices. */
  slackChannel: given,
  /** Opens an OpsItem for hand-offs and storms, and resolves it on recovery. */
  opsItems: flag,
  /** Name of the secret that is the routing key of a PagerDuty service. Hand-offs and storms open an alert there. */
  pagerDutySecret: secret,
  /** Name of the secret that is the key of an Opsgenie integration. Hand-offs and storms open an alert there. */
  opsgenieSecret: secret,
  /** The address of the generic webhook of an AWS DevOps Agent space. With `devOpsAgentSecret`. */
  devOpsAgentUrl: given,
  /** Name of the secret that is the webhook's secret. */
  devOpsAgentSecret: secretName,
  /** Sends a digest on Monday at 07:00 UTC. */
  digest: flag,
  /** Who gets a link of their own to answer questions with: `Anna Nowak <anna@example.com>`. */
  approvalLinks: listOf(z.string().regex(HOLDER, 'must look like Anna Nowak <anna@example.com>'), 1),
  /** How much the policies may do by themselves. @default - automatic */
  mode: modeSchema.optional(),
  /** Whether history and incident table refuse to be deleted. Turn it on after the first deployment. */
  deletionProtection: flag,
  /** Whether a service may be stopped, or a file system filled, for real by `drill --for-real`. Drills in shadow need nothing. */
  drills: flag,
  /** The systemd service of the tagged instances. Without it no service is watched. */
  service: given,
  /** Mount point of the file system that is watched on the tagged instances. @default - / */
  diskPath: given,
  /** Lets the disk at `diskPath` grow up to this size where clearing is not enough; only volumes with the tag `SelfHeal=enabled`. It costs for good. */
  volumeCeilingGibibytes: wholeNumber,
  /** The device of that volume as EC2 names it, such as `/dev/sdf`. @default - the root volume */
  volumeDevice: z
    .string()
    .regex(/^(?:\/dev\/)?(?:sd|xvd|hd)[a-z]{1,2}\d*$/, 'must be a device name of EC2, such as /dev/sdf')
    .optional(),
  /** Folders on the tagged instances that hold temporary files and may be cleared. @default - /tmp and /var/tmp */
  cacheFolders: names,
  /** An Auto Scaling group that exists already, by its name. */
  autoScalingGroup: given,
  /** Full name of its load balancer as CloudWatch has it: `app/web/50dc6c495c0c9188`. With `targetGroup`. */
  loadBalancer: given,
  /** Full name of its target group: `targetgroup/web/73e2d6bc24d8a067`. With `loadBalancer`. */
  targetGroup: given,
  /** An RDS instance that exists already, by its identifier. */
  database: given,
  /** Connections that are too many; about 90 % of `max_connections` is usual. Without it they are not watched. */
  databaseConnectionsAbove: wholeNumber,
  /** Turns on "resource tags on telemetry" in the whole account and Region, for alarms of your own that query by tag. */
  resourceTagsOnTelemetry: flag,
  /** Most attempts on the database in a day. @default - 2 */
  databaseAttempts: wholeNumber,
  /** Minutes after an attempt in which nothing else acts on the database. @default - 30 */
  databaseCooldownMinutes: numberOf(z.number().int().min(0, 'must not be negative')),
  /** Free storage that is too little. With `databaseStorageCeilingGibibytes`. */
  databaseStorageBelowGibibytes: numberOf(z.number()),
  /** The size up to which its storage may grow, which costs for good. */
  databaseStorageCeilingGibibytes: wholeNumber,
  /** Where PostgreSQL is. With `databaseSecret`, `databaseVpc` and `databaseSubnets` it adds a probe, and ends stuck sessions before a reboot. */
  databaseHost: given,
  /** Its port. @default - 5432 */
  databasePort: wholeNumber,
  /** Name of the secret with the login. */
  databaseSecret: secretName,
  /** Id of the network in which the database stands. */
  databaseVpc: idOf('vpc').optional(),
  /** Ids of the subnets in which the probe stands. */
  databaseSubnets: listOf(idOf('subnet'), 1),
  /** Id of the group of the database itself, to have it opened for the probe. */
  databaseSecurityGroup: idOf('sg').optional(),
  /** Ids of groups that the database lets in already. @default - groups are made, and the outputs of the stack name them */
  databaseFunctionSecurityGroups: listOf(idOf('sg'), 1),
  /** Certificate authority of the database, in PEM. @default - those of RDS */
  databaseAuthority: given,
  /** The URL of one server without a load balancer, which is asked every minute. With `siteInstance`. */
  siteUrl: given,
  /** The id of the instance that serves it. */
  siteInstance: given,
  /** Whether the connections of the PgBouncer on that instance are renewed first. */
  sitePgbouncer: flag,
});

export type AppContext = z.output<typeof contextSchema>;

/** Values that mean nothing without another one, which says what they are about. */
export const COMPANIONS: Readonly<Partial<Record<keyof AppContext, keyof AppContext>>> = {
  quietUntil: 'quietFrom',
  quietTimeZone: 'quietFrom',
  slackChannel: 'slackWorkspace',
  devOpsAgentSecret: 'devOpsAgentUrl',
  volumeDevice: 'volumeCeilingGibibytes',
  loadBalancer: 'autoScalingGroup',
  targetGroup: 'autoScalingGroup',
  databaseConnectionsAbove: 'database',
  databaseAttempts: 'database',
  databaseCooldownMinutes: 'database',
  databaseStorageBelowGibibytes: 'database',
  databaseStorageCeilingGibibytes: 'database',
  databaseHost: 'database',
  databasePort: 'databaseHost',
  databaseSecret: 'databaseHost',
  databaseVpc: 'databaseHost',
  databaseSubnets: 'databaseHost',
  databaseSecurityGroup: 'databaseHost',
  databaseFunctionSecurityGroups: 'databaseHost',
  databaseAuthority: 'databaseHost',
  siteInstance: 'siteUrl',
  sitePgbouncer: 'siteUrl',
};

/** Context of the CDK itself: its feature flags and settings, and what its look-ups found. */
const OF_THE_CDK = /^@|^aws:|^aws-cdk:|^[a-z-]+:account=|^(acknowledged-issue-numbers|cdk-migrate|cli-telemetry)$/;

/**
 * Reads the context of the default app.
 *
 * @throws PolicyError naming every value that is wrong, unknown or given without what it belongs to
 */
export function readAppContext(context: Readonly<Record<string, unknown>>): AppContext {
  const known = Object.keys(contextSchema.shape);
  const own = Object.keys(context).filter((name) => !OF_THE_CDK.test(name));
  refuseUnknownNames(own, known, 'SelfHealing', 'context');
  const read = checked(contextSchema, Object.fromEntries(known.map((name) => [name, context[name]])), 'SelfHealing', 'context');
  const alone = Object.entries(COMPANIONS).filter(([name, companion]) => at(read, name) !== undefined && at(read, companion) === undefined);
  if (alone.length > 0)
    throw new PolicyError(
      'SelfHealing',
      alone.map(([name, companion]) => `context.${name}: means nothing without ${companion}, which must be given, too`),
    );
  return read;
}

const at = (context: AppContext, name: string): unknown => context[name as keyof AppContext];
