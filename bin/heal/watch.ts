import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, Option } from 'commander';
import { span } from './span.ts';

/** How often a command is to answer anew. */
export interface Watch {
  /** In milliseconds; `true` where no span was given. @default - it answers once */
  readonly watch?: number | true;
}

const USUAL_SPAN = 5_000;

/** AWS throttles who asks all the time, and with that the pipeline, which asks the same account. */
const SHORTEST_SPAN = 1_000;

/** @param shortest in milliseconds: a command that asks for much does so less often */
export function watchOption(shortest = SHORTEST_SPAN): Option {
  return new Option('--watch [span]', 'answer anew every 5s, or as often as given, until Ctrl-C').argParser((typed) => {
    const given = span(typed);
    if (given < shortest) throw new InvalidArgumentError(`must be ${shortest / 1_000}s or longer`);
    return given;
  });
}

/** Answers once, or again and again. */
export async function watched(
  { watch }: Watch,
  once: () => Promise<void>,
  wait: (milliseconds: number) => Promise<unknown> = sleep,
): Promise<void> {
  await once();
  if (watch === undefined) return;
  for (;;) {
    await wait(watch === true ? USUAL_SPAN : watch);
    await once();
  }
}
