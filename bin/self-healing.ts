/** The app: what is protected, with which thresholds and ladders. This file and `lib/self-healing-stack.ts` are yours to edit. */
import { App } from 'aws-cdk-lib';
import * as z from 'zod';
import { modeSchema } from '../lambdas/core/mode.ts';
import { checked } from '../lib/policy-error.ts';
import { SelfHealingStack } from '../lib/self-healing-stack.ts';

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
});

const app = new App();
const names = Object.keys(contextSchema.shape);
const context = checked(
  contextSchema,
  Object.fromEntries(names.map((name) => [name, app.node.tryGetContext(name)])),
  'SelfHealing',
  'context',
);
const { emails, mode, service, diskPath, cacheFolders, autoScalingGroup, loadBalancer, targetGroup, database } = context;

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
  ...(database && { database: { id: database, connectionsAbove: context.databaseConnectionsAbove } }),
});
