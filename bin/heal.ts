#!/usr/bin/env node
/** `self-healing-pipeline <command>`: what operators do with a deployed pipeline. It acts on no target itself. */
import { Command, InvalidArgumentError } from 'commander';
import { commandName } from '../lambdas/core/command-name.ts';
import { type Mode, modes } from '../lambdas/core/mode.ts';
import { answer, approvals } from './heal/approvals.ts';
import { inTwoLines } from './heal/cannot-do.ts';
import { history, why } from './heal/history.ts';
import { type Operator, operatorOf } from './heal/operator.ts';
import type { Output } from './heal/output.ts';
import { pause, resume } from './heal/pause.ts';
import { advice, demote, holdBreaker, promote, releaseBreaker } from './heal/policies.ts';
import { status } from './heal/status.ts';

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A span as people type it: 30m, 12h, 7d. */
function span(typed: string): number {
  const [, amount = '', unit = ''] = /^(\d+)([mhd])$/.exec(typed) ?? [];
  if (amount === '') throw new InvalidArgumentError('must be minutes, hours or days, such as 30m, 12h or 7d');
  return Number(amount) * (UNITS[unit] ?? 0);
}

function modeOf(typed: string): Mode {
  const stricter = modes.filter((mode) => mode !== 'automatic');
  const found = stricter.find((mode) => mode === typed);
  if (found === undefined)
    throw new InvalidArgumentError(`must be one of ${stricter.join(', ')}; "${commandName} promote" gives a policy its own mode back`);
  return found;
}

const program = new Command(commandName)
  .description('Looks at a self-healing pipeline and steers it. It uses the AWS credentials and the Region of your shell.')
  .configureHelp({ showGlobalOptions: true })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

/** Runs one command; each opens the pipeline that is named, prints what it answers, and fails in two lines. */
function run(
  work: (operator: Operator, now: number) => Promise<Output>,
  { pipeline, json }: { pipeline: string; json?: boolean },
): Promise<void> {
  return operatorOf(pipeline)
    .then((operator) => work(operator, Date.now()))
    .then(({ data, text }) => console.log(json ? JSON.stringify(data, null, 2) : text))
    .catch((error: unknown) => {
      const [what, next] = inTwoLines(error);
      console.error(json ? JSON.stringify({ error: what, next }) : `${what}\n→ ${next}`);
      process.exitCode = 1;
    });
}

function command(words: string, description: string): Command {
  return program
    .command(words)
    .description(description)
    .option('--pipeline <name>', 'name of the pipeline', 'healing')
    .option('--json', 'print data in the place of text');
}

interface Given {
  readonly pipeline: string;
  readonly json?: boolean;
  readonly since: number;
  readonly target?: string;
  readonly policy?: string;
  readonly to: Mode;
}

const DAY = UNITS.d ?? 0;
const sinceOption = ['--since <span>', 'how far back, such as 30m, 12h or 7d', span] as const;

command('status', 'pause, modes, breakers, open incidents and questions').action((given: Given) => run(status, given));
command('history', 'how incidents ended, and events that opened none')
  .option(...sinceOption, DAY)
  .option('--target <id>', 'only of this target')
  .option('--policy <name>', 'only of this policy')
  .action((given: Given) => run((operator, now) => history(operator, now - given.since, given), given));
command('why <about>', 'what was decided about a target, alarm, policy or incident, and what to do now')
  .option(...sinceOption, 7 * DAY)
  .action((about: string, given: Given) => run((operator, now) => why(operator, about, now - given.since), given));
command('pause <reason>', 'start nothing new until it is resumed').action((reason: string, given: Given) =>
  run((operator, now) => pause(operator, reason, now), given),
);
command('resume', 'act again').action((given: Given) => run(resume, given));
command('approvals', 'questions that wait for an answer').action((given: Given) => run(approvals, given));
command('approve <id>', 'say yes to a question').action((id: string, given: Given) =>
  run((operator, now) => answer(operator, id, 'approve', now), given),
);
command('deny <id> [reason]', 'say no to a question').action((id: string, reason: string | undefined, given: Given) =>
  run((operator, now) => answer(operator, id, 'deny', now, reason), given),
);
command('promote <policy>', 'let a policy that was demoted do again what it was deployed for').action((policy: string, given: Given) =>
  run((operator, now) => promote(operator, policy, now), given),
);
command('demote <policy> <reason>', 'make a policy stricter than it was deployed')
  .option('--to <mode>', 'shadow or approval', modeOf, 'approval')
  .action((policy: string, reason: string, given: Given) => run((operator, now) => demote(operator, policy, given.to, reason, now), given));
command('hold-breaker <policy> <reason>', 'stop one policy until its breaker is released').action(
  (policy: string, reason: string, given: Given) => run((operator, now) => holdBreaker(operator, policy, reason, now), given),
);
command('release-breaker <policy>', "close a policy's circuit breaker").action((policy: string, given: Given) =>
  run((operator, now) => releaseBreaker(operator, policy, now), given),
);
command('advice', 'whether policies in shadow mode are ready to act')
  .option(...sinceOption, 30 * DAY)
  .action((given: Given) => run((operator, now) => advice(operator, now - given.since), given));

await program.parseAsync();
