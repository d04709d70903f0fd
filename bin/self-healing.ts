/** The app: what is protected, with which thresholds and ladders. This file and `lib/self-healing-stack.ts` are yours to edit. */
import { App, Duration } from 'aws-cdk-lib';
import * as z from 'zod';
import { modeSchema } from '../lambdas/core/mode.ts';
import { checked, PolicyError } from '../lib/policy-error.ts';
import {
  type GrowingVolume,
  type PostgresqlAccess,
  type ProtectedDatabase,
  type ProtectedSite,
  SelfHealingStack,
} from '../lib/self-healing-stack.ts';

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
  volumeCeilingGibibytes: z.coerce.number().int().optional(),
  volumeDevice: given,
  cacheFolders: listOf(z.string().min(1)),
  autoScalingGroup: given,
  loadBalancer: given,
  targetGroup: given,
  database: given,
  databaseConnectionsAbove: z.coerce.number().int().default(80),
  resourceTagsOnTelemetry: z.union([z.boolean(), z.stringbool()]).default(false),
  databaseAttempts: z.coerce.number().int().optional(),
  databaseCooldownMinutes: z.coerce.number().int().optional(),
  databaseStorageBelowGibibytes: z.coerce.number().optional(),
  databaseStorageCeilingGibibytes: z.coerce.number().int().optional(),
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

/**
 * Values that only make sense together.
 *
 * @throws PolicyError when some of them are missing
 */
function together<Values extends Readonly<Record<string, unknown>>>(
  values: Values,
): { readonly [Name in keyof Values]: NonNullable<Values[Name]> } | undefined {
  const missing = Object.keys(values).filter((name) => values[name] === undefined);
  if (missing.length === Object.keys(values).length) return undefined;
  if (missing.length > 0) throw new PolicyError('SelfHealing', [`context: ${missing.join(', ')} must be given, too`]);
  return values as { readonly [Name in keyof Values]: NonNullable<Values[Name]> };
}

function databaseAccess(): PostgresqlAccess | undefined {
  const { databaseHost, databaseSecret, databaseVpc, databaseSubnets, databasePort: port, databaseAuthority: authority } = context;
  const places = together({ databaseHost, databaseSecret, databaseVpc, databaseSubnets });
  return (
    places && {
      host: places.databaseHost,
      secret: places.databaseSecret,
      vpcId: places.databaseVpc,
      subnetIds: places.databaseSubnets,
      ...(port !== undefined && { port }),
      ...(authority && { authority }),
    }
  );
}

function databaseStorage(): ProtectedDatabase['storage'] {
  const { databaseStorageBelowGibibytes, databaseStorageCeilingGibibytes } = context;
  const storage = together({ databaseStorageBelowGibibytes, databaseStorageCeilingGibibytes });
  return storage && { belowGibibytes: storage.databaseStorageBelowGibibytes, ceilingGibibytes: storage.databaseStorageCeilingGibibytes };
}

function volume(): GrowingVolume | undefined {
  const { volumeCeilingGibibytes: ceilingGibibytes, volumeDevice: device } = context;
  if (ceilingGibibytes !== undefined) return { ceilingGibibytes, ...(device && { device }) };
  if (device) throw new PolicyError('SelfHealing', ['context: volumeCeilingGibibytes must be given, too']);
  return undefined;
}

function database(): ProtectedDatabase | undefined {
  const {
    database: id,
    databaseConnectionsAbove: connectionsAbove,
    databaseAttempts: attempts,
    databaseCooldownMinutes: cooldown,
  } = context;
  if (!id) return undefined;
  const [access, storage] = [databaseAccess(), databaseStorage()];
  const guardrails = {
    ...(attempts !== undefined && { attempts }),
    ...(cooldown !== undefined && { cooldown: Duration.minutes(cooldown) }),
  };
  return { id, connectionsAbove, guardrails, ...(access && { access }), ...(storage && { storage }) };
}

function site(): ProtectedSite | undefined {
  const { siteUrl, siteInstance, sitePgbouncer: pgbouncer = false } = context;
  const given = together({ siteUrl, siteInstance });
  return given && { url: given.siteUrl, instanceId: given.siteInstance, pgbouncer };
}

const growingVolume = volume();
const protectedDatabase = database();
const protectedSite = site();

new SelfHealingStack(app, context.stack, {
  description: 'Self-healing pipeline: alarms and events that trigger remedies, verified and reported',
  resourceTagsOnTelemetry: context.resourceTagsOnTelemetry,
  ...(emails && { emails }),
  ...(mode && { mode }),
  ...(service && { service }),
  ...(diskPath && { diskPath }),
  ...(growingVolume && { volume: growingVolume }),
  ...(cacheFolders && { cacheFolders }),
  ...(autoScalingGroup && {
    group: { name: autoScalingGroup, ...(loadBalancer && targetGroup && { loadBalancer: { loadBalancer, targetGroup } }) },
  }),
  ...(protectedDatabase && { database: protectedDatabase }),
  ...(protectedSite && { site: protectedSite }),
});
