import type { ScenarioResult } from './scenario-result.ts';

/** Id of the scenario's section on the page: safe in an attribute, a link and a reference from another element. */
export function anchorOf({ name }: ScenarioResult): string {
  return `scenario-${name.replace(/[^\w-]+/g, '-')}`;
}
