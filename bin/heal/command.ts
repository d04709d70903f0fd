import type { Command } from 'commander';
import { USUAL_PIPELINE } from '../../lambdas/core/commands-here.ts';
import { inTwoLines } from './cannot-do.ts';
import type { OfAll } from './hub.ts';
import { nameArgument } from './name-argument.ts';
import { type Operator, operatorOf } from './operator.ts';
import type { Output } from './output.ts';
import { failureText, printable, printableJson } from './printable.ts';
import { operatorsRights } from './rights.ts';
import { type Screen, screenOf } from './screen.ts';
import { type Watch, watched } from './watch.ts';

/** What every command may be given. */
export interface Given {
  readonly pipeline: string;
  readonly region?: string;
  readonly profile?: string;
  readonly json?: boolean;
  readonly utc?: boolean;
}

/** One command of the operators. */
export interface HealCommand {
  /** Adds it to the program, with its options and what it does. */
  readonly addTo: (program: Command) => void;
  /** What `--json` prints: each field and what it says. Fields are added in later versions and never change their meaning. */
  readonly json: JsonFields | { readonly eachOf: JsonFields };
}

export type JsonFields = Readonly<Record<string, string>>;

/** Adds a command with the options that every command has. */
export function addCommand(program: Command, words: string, description: string): Command {
  const command = program
    .command(words)
    .description(description)
    .option('--pipeline <name>', 'name of the pipeline', nameArgument, USUAL_PIPELINE)
    .option('--region <name>', 'AWS Region of the pipeline, in the place of that of your shell', nameArgument)
    .option('--profile <name>', 'profile of the AWS configuration, in the place of that of your shell', nameArgument)
    .option('--utc', 'show times in UTC, in the place of your own zone')
    .option('--json', 'print data in the place of text');
  // An empty reason is asked for in words of its own.
  for (const argument of command.registeredArguments) if (argument.name() !== 'reason') argument.argParser(nameArgument);
  return command;
}

/** How a command fails. */
interface Failing {
  /** What somebody lacks who may not do it. @default - what operators have */
  readonly rights?: string;
  /** @default 1 */
  readonly exitCode?: number;
}

/** Runs one command that needs no pipeline: prints what it answers, and fails in two lines. */
export function answering(
  given: Given & Watch & Partial<OfAll>,
  work: (now: number, screen: Screen) => Promise<Output>,
  failing: Failing = {},
): Promise<void> {
  const screen = screenOf({ out: process.stdout, errors: process.stderr, utc: given.utc });
  const isSeen = process.stdout.isTTY === true && given.watch !== undefined;
  return watched(given, () => answered(given, isSeen ? CLEARED : '', () => work(Date.now(), screen), failing));
}

/** What clears a terminal, so that the next answer stands in the place of the last one. */
const CLEARED = '\u001b[2J\u001b[H';

async function answered(
  given: Given & Partial<OfAll>,
  before: string,
  work: () => Promise<Output>,
  { rights = operatorsRights(given), exitCode: failed = 1 }: Failing,
): Promise<void> {
  const { json } = given;
  try {
    const { data, text, exitCode = 0 } = await work();
    console.log(before + (json ? printableJson(data, 2) : printable(text)));
    process.exitCode = exitCode;
  } catch (error) {
    const [what, next] = inTwoLines(error, rights);
    console.error(json ? printableJson({ error: what, next }) : failureText(what, next));
    process.exitCode = failed;
  }
}

/** The same for a command of one pipeline, which it opens first. */
export function answeringOf(
  given: Given & Watch,
  work: (operator: Operator, now: number, screen: Screen) => Promise<Output>,
  failing: Failing = {},
): Promise<void> {
  return answering(given, async (now, screen) => work(await operatorOf(given.pipeline, given, screen), now, screen), failing);
}
