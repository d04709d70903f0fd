import type { Pipelines } from '../../../lambdas/core/ports.ts';
import type { PublishedSelections } from '../../../lambdas/core/published-selections.ts';

/** The name of the pipeline that the fakes are for. */
const OWN = 'healing';

/** What the pipelines of the account say that they protect; at first no other one does. */
export function fakePipelines(published: readonly PublishedSelections[]): Pipelines {
  return { published: async () => ({ own: OWN, published }) };
}
