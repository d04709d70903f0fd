import * as z from 'zod';
import { durationSchema, milliseconds } from '../core/duration.ts';
import type { RunbookExecution } from '../core/ports.ts';
import type { Target } from '../core/target.ts';
import { defineRemediator } from './remediator.ts';
import { ownerOf, startRunbook } from './runbook-permission.ts';
import { runbookProgress } from './runbook-progress.ts';

/** An incident lasts a day at the most, and its other rungs and waits need some of it. */
const LONGEST_RUNBOOK = { hours: 12 };

const paramsSchema = z.strictObject({
  /** Name of the Automation document, of the account or of AWS (`AWS-...`). */
  document: z.string().regex(/^[A-Za-z0-9_.-]{3,128}$/, 'must be the name of an Automation document'),
  /** ARN of the role that the runbook acts as; the pipeline itself gets none of its rights. */
  assumeRole: z.string().regex(/^arn:[a-z-]+:iam::[0-9]{12}:role\/[\w+=,.@/-]{1,128}$/, 'must be the ARN of a role'),
  /** The runbook's parameter that gets the target's id or name. @default none */
  targetParameter: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/, 'must be the name of a parameter')
    .optional(),
  /** The runbook's further parameters. @default none */
  parameters: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/), z.array(z.string().max(1_000)).min(1)).default({}),
  /**
   * The longest that the runbook may run, at most 12 hours. As long as Systems Manager shows it running within this time, nothing else is
   * done to the target; later the symptom decides. Prevents a second act beside a runbook that still works. @default 1 hour
   */
  longest: durationSchema
    .refine((longest) => milliseconds(longest) >= 1_000, 'must be at least 1 second')
    .refine((longest) => milliseconds(longest) <= milliseconds(LONGEST_RUNBOOK), 'must be at most 12 hours')
    .default({ hours: 1 }),
});

interface Observed {
  readonly target: Target;
  /** Known before the start only. */
  readonly runnable?: boolean;
  readonly execution?: RunbookExecution;
}

interface Plan {
  readonly document: string;
  readonly assumeRole: string;
  readonly parameters: Readonly<Record<string, readonly string[]>>;
}

interface Receipt {
  readonly executionId: string;
}

/**
 * Runs an Automation document of the team's and follows it to its end.
 *
 * Cures what: whatever the team has a runbook for.
 * Does what in AWS: one `ssm:StartAutomationExecution` under the role that the policy names.
 * Can harm what: all that this role may do; the guardrails bound how often it runs, not what it does.
 * Refuses when: there is no such document (next rung), or the runbook gets no target and no parameters, so that it could not know what to repair.
 * Safe twice: the same attempt never starts a second execution, since AWS knows its token; the runbook itself must be.
 * Proved by: `contract/remediators`, `unit/remediators/run-runbook`.
 */
export const remediator = defineRemediator<'runbooks', typeof paramsSchema, Observed, Plan, Receipt>({
  name: 'run-runbook',
  targets: ['instance', 'auto-scaling-group', 'database', 'database-cluster'],
  acts: true,
  // What it does is not known here, so that it counts as the dearest.
  cost: 'money',
  params: paramsSchema,
  settle: { seconds: 30 },
  verifyWithin: { minutes: 15 },
  longest: ({ longest }) => longest,
  ports: { runbooks: true },
  permissions: {
    observe: [
      { actions: ['ssm:GetAutomationExecution'], on: 'any' },
      {
        actions: ['ssm:DescribeDocument'],
        on: 'named',
        resources: ({ document }: z.output<typeof paramsSchema>) => [
          `arn:{partition}:ssm:{region}:${ownerOf(document)}:document/${document}`,
        ],
      },
    ],
    execute: [
      ...startRunbook(({ document }: z.output<typeof paramsSchema>) => document),
      {
        actions: ['iam:PassRole'],
        on: 'named',
        resources: ({ assumeRole }: z.output<typeof paramsSchema>) => [assumeRole],
        condition: { StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } },
      },
    ],
  },
  async observe(target, { document }, { runbooks }, receipt) {
    if (!receipt) return { target, runnable: await runbooks.isRunnable(document) };
    const execution = await runbooks.execution(receipt.executionId);
    return { target, ...(execution && { execution }) };
  },
  plan({ target, runnable }, { document, assumeRole, targetParameter, parameters }) {
    if (!runnable) return { refusal: 'not-applicable', why: `there is no Automation document ${document} that can be run` };
    const named =
      targetParameter === undefined ? {} : { [targetParameter]: [target.kind === 'auto-scaling-group' ? target.name : target.id] };
    const all = { ...parameters, ...named };
    if (Object.keys(all).length > 0) return { document, assumeRole, parameters: all };
    return { refusal: 'unsafe-to-act', why: 'the runbook would get neither a target nor parameters' };
  },
  summary: ({ document }) => `run the runbook ${document}`,
  async execute({ plan, token }, { runbooks }) {
    return { executionId: await runbooks.start({ ...plan, token }) };
  },
  assess: (_plan, { execution }) => runbookProgress(execution) ?? { kind: 'done', detail: 'the runbook succeeded' },
});
