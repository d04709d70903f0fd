import { columns } from './columns.ts';

/** What a command answers: data for `--json`, and the same as text for people. */
export interface Output {
  readonly data: unknown;
  readonly text: string;
  /** What scripts read of it. @default 0 */
  readonly exitCode?: number;
}

/** Rows under their heads. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return columns([heads, ...rows]);
}
