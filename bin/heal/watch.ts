import { setTimeout as sleep } from 'node:timers/promises';
import { Option } from 'commander';
import { span } from './span.ts';

/** How often a command is to answer anew. */
export interface Watch {
  /** In milliseconds; `true` where no span was given. @default - it answers once */
  readonly watch?: number | true;
}

const USUAL_SPAN = 5_000;

export function watchOption(): Option {
  return new Option('--watch [span]', 'answer anew every 5s, or as often as given, until Ctrl-C').argParser(span);
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
