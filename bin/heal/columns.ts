import { stripVTControlCharacters } from 'node:util';
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

/** A longer word of a text may go on in a further line; a column of names alone, which people type, is as wide as the longest. */
const LONGEST_WORD = 32;

/** The narrowest that a cell of a block is made. */
const NARROWEST = 12;

/** What else is known of the columns. */
export interface ColumnOptions {
  /** Places, from 0, of columns of numbers, which end at the right. @default - none */
  readonly numbers?: readonly number[];
  /** How long a line may be; what does not fit goes on in the next line. @default - no limit */
  readonly width?: number;
  /** Whether the first row has the heads. @default false */
  readonly headed?: boolean;
}

/**
 * Rows in columns as wide as their widest cell on a terminal, whatever its script, or as the width leaves room for. Where the words have no
 * room beside one another, each row is a block of lines: no word is ever cut.
 */
export function columns(rows: readonly (readonly string[])[], { numbers = [], width, headed = false }: ColumnOptions = {}): string {
  if (width === undefined) return aligned(rows, numbers);
  const widths = fitting(rows, width, headed);
  return widths ? aligned(rows, numbers, widths) : blocks(rows, width, headed);
}

function aligned(rows: readonly (readonly string[])[], numbers: readonly number[], widths?: readonly number[]): string {
  const [first = []] = rows;
  const grid = new CliTable({
    ...plain,
    colAligns: first.map((_, column) => (numbers.includes(column) ? 'right' : 'left')),
    ...(widths && { colWidths: [...widths], wordWrap: true }),
  });
  grid.push(...rows.map((row) => row.map((text, column) => (widths ? unfolded(text, widths[column] ?? 1) : text))));
  return grid
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Each cell under or beside its head, one row after the other. */
function blocks(rows: readonly (readonly string[])[], width: number, headed: boolean): string {
  if (!headed)
    return rows
      .flatMap((row) => row.filter((text) => text !== ''))
      .map((text) => aligned([[text]], [], [Math.max(width, NARROWEST)]))
      .join('\n');
  const [heads = [], ...rest] = rows;
  const head = widthOf(heads);
  const widths = [Math.max(head, 1), Math.max(width - head - GAP, NARROWEST)];
  return rest
    .map((row) =>
      aligned(
        heads.map((text, column) => [text, row[column] ?? '']),
        [],
        widths,
      ),
    )
    .join('\n\n');
}

/** How wide a text is: the table library, which knows how wide every script is, fills an empty cell with as many spaces. */
function widthOf(texts: readonly string[]): number {
  const alone = new CliTable(plain);
  alone.push(...texts.map((text) => [text]), ['']);
  return alone.toString().split('\n').at(-1)?.length ?? 0;
}

/** Words that are longer than their column go on in a further line. Without it the library would cut them. */
function unfolded(text: string, width: number): string {
  const isNarrow = text.split(/\s+/).every((word) => word.length <= width && /^[ -~]*$/.test(word));
  if (isNarrow) return text;
  return text.replace(/\S+/g, (word) => {
    if (widthOf([word]) <= width) return word;
    const pieces: string[] = [''];
    for (const letter of stripVTControlCharacters(word)) {
      const longer = `${pieces.at(-1)}${letter}`;
      if (pieces.at(-1) !== '' && widthOf([longer]) > width) pieces.push(letter);
      else pieces[pieces.length - 1] = longer;
    }
    return pieces.join('\n');
  });
}

/** Takes from the widest columns what is too much. @returns undefined where their words have no room */
function fitting(rows: readonly (readonly string[])[], width: number, headed: boolean): readonly number[] | undefined {
  const places = (rows[0] ?? []).map((_, column) => rows.map((row) => row[column] ?? ''));
  const wanted = places.map(widthOf);
  const least = places.map((texts) => {
    const longest = widthOf(texts.flatMap((text) => text.split(/\s+/)));
    const areNames = texts.slice(headed ? 1 : 0).every((text) => !/\s/.test(text.trim()));
    return areNames ? longest : Math.min(longest, LONGEST_WORD);
  });
  const room = width - GAP * (wanted.length - 1);
  const widths = shrunk(wanted, least, room);
  // The library takes a column of no width for one that may be of any.
  return sumOf(widths) <= room ? widths.map((each) => Math.max(each, 1)) : undefined;
}

/** The widths with the widest made narrower, none below its least, until all of them fit or none can give more. */
function shrunk(widths: readonly number[], least: readonly number[], room: number): number[] {
  const result = [...widths];
  while (sumOf(result) > room) {
    const giving = result.map((each, column) => (each > (least[column] ?? 0) ? each : 0));
    const widest = Math.max(...giving);
    if (widest === 0) break;
    result[giving.indexOf(widest)] = widest - 1;
  }
  return result;
}

function sumOf(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each, 0);
}
