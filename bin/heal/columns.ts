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

const GAP = 2;

/** Columns two spaces apart, without any border. */
const plain = {
  chars: { ...Object.fromEntries([...borders, ...joints].map((place) => [place, ''])), middle: ' '.repeat(GAP) },
  style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
};

/** Words are not cut shorter than this. */
const NARROWEST = 8;

/** What else is known of the columns. */
export interface ColumnOptions {
  /** Places, from 0, of columns of numbers, which end at the right. @default - none */
  readonly numbers?: readonly number[];
  /** How long a line may be; what does not fit goes on in the next line, and a word that is longer than its column is cut. @default - no limit */
  readonly width?: number;
}

/** Rows in columns as wide as their widest cell on a terminal, whatever its script, or as the width leaves room for. */
export function columns(rows: readonly (readonly string[])[], { numbers = [], width }: ColumnOptions = {}): string {
  const [first = []] = rows;
  const aligned = new CliTable({
    ...plain,
    colAligns: first.map((_, column) => (numbers.includes(column) ? 'right' : 'left')),
    ...(width !== undefined && { colWidths: fitting(rows, width), wordWrap: true }),
  });
  aligned.push(...rows.map((row) => [...row]));
  return aligned
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** How wide a text is: the table library, which knows how wide every script is, fills an empty cell with as many spaces. */
function widthOf(texts: readonly string[]): number {
  const alone = new CliTable(plain);
  alone.push(...texts.map((text) => [text]), ['']);
  return alone.toString().split('\n').at(-1)?.length ?? 0;
}

/** Takes from the widest columns what is too much: first what only breaks lines, and where that is not enough, what cuts words. */
function fitting(rows: readonly (readonly string[])[], width: number): number[] {
  const places = (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? ''));
  const wanted = places.map(widthOf);
  const words = places.map((texts) => widthOf(texts.flatMap((text) => text.split(/\s+/))));
  const room = width - GAP * (wanted.length - 1);
  const broken = shrunk(wanted, words, room);
  const cut = shrunk(
    broken,
    broken.map((each) => Math.min(each, NARROWEST)),
    room,
  );
  // The library takes a column of no width for one that may be of any.
  return cut.map((each) => Math.max(each, 1));
}

/** The widths with the widest made narrower, none below its least, until all of them fit or none can give more. */
function shrunk(widths: readonly number[], least: readonly number[], room: number): number[] {
  const result = [...widths];
  while (result.reduce((sum, each) => sum + each, 0) > room) {
    const giving = result.map((each, column) => (each > (least[column] ?? 0) ? each : 0));
    const widest = Math.max(...giving);
    if (widest === 0) break;
    result[giving.indexOf(widest)] = widest - 1;
  }
  return result;
}
