import { columns } from './columns.ts';
import type { Screen } from './screen.ts';

/** What a command answers: data for `--json`, and the same as text for people. */
export interface Output {
  readonly data: unknown;
  readonly text: string;
  /** What scripts read of it. @default 0 */
  readonly exitCode?: number;
}

/** Rows under their heads, if they have some, as wide as the screen. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[], { width, style }: Screen): string {
  return columns([...(heads.length > 0 ? [heads.map((head) => style('head', head))] : []), ...rows], { width, headed: heads.length > 0 });
}
