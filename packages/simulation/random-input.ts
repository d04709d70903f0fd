/** The seed of all random input of tests, so that none fails by chance; `STORY_SEED=2` in the environment tries other input. @default 1 */
export const STORY_SEED = Number(process.env.STORY_SEED ?? 1);

/** How many times as much random input a soak takes as `npm test`, and how many times as long it may take. @default 1 */
export const SOAK = Number(process.env.SOAK ?? 1);

/** How often a property is tried: as often as `npm test` has time for, and a soak more often. */
export function runs(count: number): number {
  return count * SOAK;
}
