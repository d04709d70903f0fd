import * as z from 'zod';
import { diagnosisSchema } from './diagnosis.ts';
import { incidentSchema } from './incident.ts';
import { nextSchema } from './next.ts';
import { policySchema } from './policy.ts';

/** What travels through the workflow: its input, and the last step's answer or failure beside it. */
export const workflowStateSchema = z.strictObject({
  incident: incidentSchema,
  policy: policySchema,
  /** Which record of the policy intake found it in. @default - not known, as of an earlier version: then nobody looks whether it is there still */
  record: z.string().optional(),
  next: nextSchema.optional(),
  /** What was read of the target on the way to a hand-off. @default - nothing could be read, or an earlier version began the hand-off */
  diagnosis: diagnosisSchema.optional(),
  /** Step Functions' account of a step that failed after its retries. */
  error: z.looseObject({ Error: z.string().optional(), Cause: z.string().optional() }).optional(),
});

export type WorkflowState = z.infer<typeof workflowStateSchema>;
