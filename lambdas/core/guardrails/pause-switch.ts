import type { Guardrail } from './guardrail.ts';

/** An operator has stopped the pipeline. */
export const pauseSwitch: Guardrail = ({ snapshot }) =>
  snapshot.pause.kind === 'paused' ? { kind: 'end', reason: 'paused', why: snapshot.pause.why } : undefined;
