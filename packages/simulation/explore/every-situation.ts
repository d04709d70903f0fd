import { guardrailSituations } from './left-alone.ts';
import { promiseSituations } from './promise-situations.ts';
import { situations } from './situation.ts';

/** All that can be explored. Those of one world each are run by name: no particular order of calls matters to them. */
export const everySituation = [...situations, ...promiseSituations, ...guardrailSituations];
