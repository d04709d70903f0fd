import { columns } from '../bin/heal/columns.ts';
import type { PartResult, ResultTable } from './part.ts';

const NUMBER = /^-?[\d,.]+$/;

/** The tables of a part as a terminal shows them. */
export function resultText({ tables }: Pick<PartResult, 'tables'>): string {
  return tables.map(tableText).join('\n\n');
}

function tableText({ title, head, rows, notes = [] }: ResultTable): string {
  const numbers = head.flatMap((_, column) => (rows.every((row) => NUMBER.test(row[column] ?? '')) ? [column] : []));
  return [title, columns([head, ...rows], { numbers }), ...notes].join('\n');
}
