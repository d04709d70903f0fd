import * as z from 'zod';
import { modeSchema } from './mode.ts';

/** What the stack tells the operator's command about itself, in one SSM parameter. */
export const manifestSchema = z.object({
  /** Name of the incident table. */
  table: z.string().min(1),
  /** ARN of the workflow. */
  workflow: z.string().min(1),
  /** The policies' own modes, by name. */
  policies: z.record(z.string(), modeSchema),
  /** ARN of the bus of the hub that may pause the pipeline. @default - it has none */
  hub: z.string().min(1).optional(),
  /** Parameters in which further policies stand, this one counted. @default - 1 */
  pages: z.int().min(2).max(100).optional(),
  /** Buses on which rules of the pipeline stand beside the default one. @default - none */
  buses: z.array(z.string()).optional(),
  /** What must be in order for the ways of notices beside mail. @default - there are none, or an earlier version deployed them */
  ways: z
    .object({
      /** Names of the addresses that EventBridge posts to. */
      posts: z.array(z.string()),
      /** ARN of the topic of the chat channel. */
      chat: z.string().optional(),
      /** ARN of the role that opens OpsItems. */
      opsItems: z.string().optional(),
      /** ARN of the queue of what tools did not get. */
      undelivered: z.string().optional(),
      /** Who answers by links, and the ARN of the topic that mails them. */
      holders: z.array(z.object({ name: z.string(), topic: z.string() })).optional(),
    })
    .optional(),
});

/** Further policies of a manifest. */
export const manifestPageSchema = manifestSchema.pick({ policies: true });

export type Manifest = z.infer<typeof manifestSchema>;

/** Where the manifest of a pipeline stands. */
export function manifestName(pipeline: string): string {
  return `/self-healing/${pipeline}/manifest`;
}

/** Where a further page of it stands, from 2. */
export function manifestPage(pipeline: string, page: number): string {
  return `${manifestName(pipeline)}/${page}`;
}

/** Where it stands for a stack that was deployed by an earlier version. */
export function formerManifestName(pipeline: string): string {
  return `/self-healing/${pipeline}/register`;
}

/** Where the pause switch of a pipeline stands. */
export function pauseName(pipeline: string): string {
  return `/self-healing/${pipeline}/pause`;
}

/**
 * How the names of the rules of a pipeline's policies begin. The dot, which no name of a pipeline or a policy has, keeps them apart from
 * those of a pipeline whose own name begins alike.
 */
export function rulesBeginning(pipeline: string): string {
  return `${pipeline}.`;
}

/** How the names of the rules begin that forward events to the buses of nested stacks; no name of a policy has an underscore in it. */
export function forwardersBeginning(pipeline: string): string {
  return `${rulesBeginning(pipeline)}_forward-`;
}

/** The log group of a pipeline's history. */
export function historyName(pipeline: string): string {
  return `/self-healing/${pipeline}/history`;
}
