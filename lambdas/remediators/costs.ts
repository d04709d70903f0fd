import type { CostClass } from '../core/remedy-cost.ts';
import { registry } from './registry.ts';

/** What each remedy costs, by its name. A function is bundled with these words in place of all remedies. */
export const costs: ReadonlyMap<string, CostClass> = new Map(Object.values(registry).map(({ name, cost }) => [name, cost]));
