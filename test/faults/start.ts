/** `npm run faults`: breaks a copy of the tree in each way of the list, and looks whether it is noticed. */
import { Command } from 'commander';
import { columns } from '../../bin/heal/columns.ts';
import type { Fault } from './fault.ts';
import { faults } from './fault-list.ts';
import { FaultyTree } from './faulty-tree.ts';
import { type Notice, notice, noticerInWords } from './notice.ts';

const program = new Command('npm run faults --')
  .description(
    'Puts one deliberate fault after the other into a copy of the tree, and looks whether the explorer, an invariant or a contract test notices it.',
  )
  .option('--only <text>', 'only faults whose name contains this')
  .option('--list', 'list the faults and end')
  .option('--json', 'print the result as JSON on standard output; progress goes to standard error')
  .addHelpText(
    'after',
    '\nBefore that, each noticer is run on the tree without a fault, where it must find nothing.\nExit code 0: every fault was noticed. 1: one was not, or its place in the code is gone. 2: wrong arguments.',
  )
  .showHelpAfterError()
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse();
const { only = '', list, json } = program.opts<{ only?: string; list?: boolean; json?: boolean }>();

interface Result {
  readonly fault: string;
  readonly by: string;
  readonly notice: Notice;
  readonly seconds: number;
}

async function timed(fault: string, by: string, call: () => Promise<Notice>): Promise<Result> {
  const started = Date.now();
  const answer = await call().catch((error: Error): Notice => ({ kind: 'broken', what: error.message }));
  const result = { fault, by, notice: answer, seconds: Math.round((Date.now() - started) / 1_000) };
  console.error(`${answer.kind.padEnd(8)} ${result.seconds.toString().padStart(4)} s  ${fault}: ${answer.what.split('\n')[0] || by}`);
  return result;
}

async function main(): Promise<number> {
  const chosen = faults.filter(({ breaks }) => breaks.includes(only));
  if (chosen.length === 0) return program.error(`no fault is named ${only}`);
  if (list) {
    console.log(columns(chosen.map(({ breaks, noticed }) => [breaks, noticerInWords(noticed)])));
    return 0;
  }
  const tree = new FaultyTree();
  try {
    const noticers = new Map(chosen.map(({ noticed }) => [noticerInWords(noticed), noticed]));
    const before: Result[] = [];
    for (const [name, noticer] of noticers) before.push(await timed('(no fault)', name, () => notice(noticer, tree.folder)));
    const results: Result[] = [];
    for (const fault of chosen) results.push(await judge(fault, tree, before));
    if (json) console.log(JSON.stringify({ before, results }, undefined, 2));
    else console.log(tableOf(results));
    return results.every(({ notice: { kind } }) => kind === 'noticed') ? 0 : 1;
  } finally {
    tree.remove();
  }
}

/** What finds something without a fault cannot be believed with one. */
function judge(fault: Fault, tree: FaultyTree, before: readonly Result[]): Promise<Result> {
  const by = noticerInWords(fault.noticed);
  const sober = before.find((result) => result.by === by)?.notice;
  if (sober?.kind !== 'nothing')
    return timed(fault.breaks, by, async () => ({ kind: 'broken', what: `without the fault, too: ${sober?.what ?? 'it was not run'}` }));
  return timed(fault.breaks, by, () => tree.with(fault, () => notice(fault.noticed, tree.folder)));
}

function tableOf(results: readonly Result[]): string {
  const rows = results.map(({ fault, by, notice: { kind, what }, seconds }) => [
    ...[kind === 'noticed' ? 'noticed' : 'NOT NOTICED', fault, by],
    ...[what.split('\n')[0] ?? '', `${seconds} s`],
  ]);
  const noticed = results.filter(({ notice: { kind } }) => kind === 'noticed').length;
  return [columns(rows, { numbers: [4] }), '', `${noticed} of ${results.length} faults were noticed.`].join('\n');
}

process.exitCode = await main();
