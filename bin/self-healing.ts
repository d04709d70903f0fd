/** The app: what is protected, with which thresholds and ladders. This file and `lib/self-healing-stack.ts` are yours to edit. */
import { App, Duration } from 'aws-cdk-lib';
import * as z from 'zod';
import { modeSchema } from '../lambdas/core/mode.ts';
import { checked } from '../lib/policy-error.ts';
import { type PostgresqlAccess, type ProtectedDatabase, type ProtectedSite, SelfHealingStack } from '../lib/self-healing-stack.ts';

const given = z.string().min(1).optional();

/** A list as `cdk.json` has it, or separated by commas as the command line has it. */
function listOf(item: z.ZodType<string>) {
  return z.preprocess((value) => (typeof value === 'string' ? value.split(',').filter(Boolean) : value), z.array(item)).optional();
}

/** The values of `cdk.json`'s context that this app reads; on the command line `-c name=value`. Delete what you do not have. */
const contextSchema = z.object({
  /** Stack name. */
  stack: z.string().default('SelfHealing'),
  emails: listOf(z.email()),
  mode: modeSchema.optional(),
  service: given,
  diskPath: given,
  cacheFolders: listOf(z.string().min(1)),
  autoScalingGroup: given,
  loadBalancer: given,
  targetGroup: given,
  database: given,
  databaseConnectionsAbove: z.coerce.number().int().default(80),
  resourceTagsOnTelemetry: z.union([z.boolean(), z.stringbool()]).default(false),
  databaseAttempts: z.coerce.number().int().optional(),
  databaseCooldownMinutes: z.coerce.number().int().optional(),
  databaseHost: given,
  databasePort: z.coerce.number().int().optional(),
  databaseSecret: given,
  databaseVpc: given,
  databaseSubnets: listOf(z.string().min(1)),
  databaseAuthority: given,
  siteUrl: given,
  siteInstance: given,
  sitePgbouncer: z.stringbool().or(z.boolean()).optional(),
});

const app = new App();
const names = Object.keys(contextSchema.shape);
const context = checked(
  contextSchema,
  Object.fromEntries(names.map((name) => [name, app.node.tryGetContext(name)])),
  'SelfHealing',
  'context',
);
const { emails, mode, service, diskPath, cacheFolders, autoScalingGroup, loadBalancer, targetGroup } = context;

/** All four names together lead to the database. */
function databaseAccess(): PostgresqlAccess | undefined {
  const { databaseHost: host, databaseSecret: secret, databaseVpc: vpcId, databaseSubnets: subnetIds } = context;
  if (!host || !secret || !vpcId || !subnetIds) return undefined;
  const { databasePort: port, databaseAuthority: authority } = context;
  return { host, secret, vpcId, subnetIds, ...(port !== undefined && { port }), ...(authority && { authority }) };
}

function database(): ProtectedDatabase | undefined {
  const {
    database: id,
    databaseConnectionsAbove: connectionsAbove,
    databaseAttempts: attempts,
    databaseCooldownMinutes: cooldown,
  } = context;
  if (!id) return undefined;
  const access = databaseAccess();
  const guardrails = {
    ...(attempts !== undefined && { attempts }),
    ...(cooldown !== undefined && { cooldown: Duration.minutes(cooldown) }),
  };
  return { id, connectionsAbove, guardrails, ...(access && { access }) };
}

function site(): ProtectedSite | undefined {
  const { siteUrl: url, siteInstance: instanceId, sitePgbouncer: pgbouncer = false } = context;
  return url && instanceId ? { url, instanceId, pgbouncer } : undefined;
}

const protectedDatabase = database();
const protectedSite = site();

new SelfHealingStack(app, context.stack, {
  description: 'Self-healing pipeline: alarms and events that trigger remedies, verified and reported',
  resourceTagsOnTelemetry: context.resourceTagsOnTelemetry,
  ...(emails && { emails }),
  ...(mode && { mode }),
  ...(service && { service }),
  ...(diskPath && { diskPath }),
  ...(cacheFolders && { cacheFolders }),
  ...(autoScalingGroup && {
    group: { name: autoScalingGroup, ...(loadBalancer && targetGroup && { loadBalancer: { loadBalancer, targetGroup } }) },
  }),
  ...(protectedDatabase && { database: protectedDatabase }),
  ...(protectedSite && { site: protectedSite }),
});
