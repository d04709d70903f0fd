import { targetInWords } from '../target.ts';
import type { Guardrail } from './guardrail.ts';

/** Of two pipelines that protect the same target one acts; neither sees what the other one does. */
export const otherPipeline: Guardrail = ({ incident, snapshot: { protector } }) =>
  protector === undefined
    ? undefined
    : {
        kind: 'end',
        reason: 'other-pipeline',
        why: `the pipeline ${protector} protects ${targetInWords(incident.target)}, too, and of several pipelines the one acts whose name comes first`,
      };
