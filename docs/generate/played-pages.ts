import { growthPage } from './growth.ts';
import { incidentCostPage } from './incident-cost.ts';

/** The pages of docs/reference that are reckoned by the simulation, which takes some seconds. */
export async function playedPages(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['docs/reference/growth.md', await growthPage()],
    ['docs/reference/incident-cost.md', await incidentCostPage()],
  ]);
}
