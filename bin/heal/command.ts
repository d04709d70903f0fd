import type { Command } from 'commander';
import { inTwoLines } from './cannot-do.ts';
import { type Operator, operatorOf } from './operator.ts';
import type { Output } from './output.ts';

/** What every command may be given. */
export interface Given {
  readonly pipeline: string;
  readonly region?: string;
  readonly profile?: string;
  readonly json?: boolean;
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
  return program
    .command(words)
    .description(description)
    .option('--pipeline <name>', 'name of the pipeline', 'healing')
    .option('--region <name>', 'AWS Region of the pipeline, in the place of that of your shell')
    .option('--profile <name>', 'profile of the AWS configuration, in the place of that of your shell')
    .option('--json', 'print data in the place of text');
}

/** Runs one command that needs no pipeline: prints what it answers, and fails in two lines. */
export async function answering({ json }: Given, work: (now: number) => Promise<Output>): Promise<void> {
  try {
    const { data, text, exitCode = 0 } = await work(Date.now());
    console.log(json ? JSON.stringify(data, null, 2) : text);
    process.exitCode = exitCode;
  } catch (error) {
    const [what, next] = inTwoLines(error);
    console.error(json ? JSON.stringify({ error: what, next }) : `${what}\n→ ${next}`);
    process.exitCode = 1;
  }
}

/** The same for a command of one pipeline, which it opens first. */
export function answeringOf(given: Given, work: (operator: Operator, now: number) => Promise<Output>): Promise<void> {
  return answering(given, async (now) => work(await operatorOf(given.pipeline, given), now));
}
