import CliTable from 'cli-table3';

const borders = ['top', 'bottom', 'left', 'mid', 'right'] as const;
const joints = [
  'top-mid',
  'top-left',
  'top-right',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
  'left-mid',
  'mid-mid',
  'right-mid',
] as const;

/** Columns two spaces apart, without any border. */
const chars = { ...Object.fromEntries([...borders, ...joints].map((place) => [place, ''])), middle: '  ' };

/** What else is known of the columns. */
export interface ColumnOptions {
  /** Places, from 0, of columns of numbers, which end at the right. @default - none */
  readonly numbers?: readonly number[];
}

/** Rows in columns as wide as their widest cell on a terminal, whatever its script. */
export function columns(rows: readonly (readonly string[])[], { numbers = [] }: ColumnOptions = {}): string {
  const aligned = new CliTable({
    chars,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    colAligns: (rows[0] ?? []).map((_, column) => (numbers.includes(column) ? 'right' : 'left')),
  });
  aligned.push(...rows.map((row) => [...row]));
  return aligned
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
