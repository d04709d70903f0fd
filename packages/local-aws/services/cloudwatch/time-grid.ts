import type { Datapoint } from './metric-store.ts';
import { aggregate } from './statistics.ts';

/** A row of equal periods, oldest first, ending at `endMs`. Values of one evaluation share a grid, so equal index means equal timestamp. */
export interface TimeGrid {
  readonly endMs: number;
  readonly periodMs: number;
  readonly slots: number;
}

/** One value per slot; `undefined` where nothing was reported. */
export type SlotValues = readonly (number | undefined)[];

export function slotStartMs(grid: TimeGrid, slot: number): number {
  return grid.endMs - (grid.slots - slot) * grid.periodMs;
}

/** Sorts datapoints into the grid's slots; what lies outside is left out. */
function slotDatapoints(datapoints: readonly Datapoint[], grid: TimeGrid, unit?: string): Datapoint[][] {
  const slots: Datapoint[][] = Array.from({ length: grid.slots }, () => []);
  const startMs = slotStartMs(grid, 0);
  for (const datapoint of datapoints) {
    if (unit !== undefined && (datapoint.unit ?? 'None') !== unit) continue;
    slots[Math.floor((datapoint.atMs - startMs) / grid.periodMs)]?.push(datapoint);
  }
  return slots;
}

/** The statistic of each period. */
export function statisticPerSlot(datapoints: readonly Datapoint[], grid: TimeGrid, statistic: string, unit?: string): SlotValues {
  return slotDatapoints(datapoints, grid, unit).map((inSlot) => aggregate(inSlot, statistic));
}
