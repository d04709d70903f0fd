import { commandName } from './command-name.ts';
import { USUAL_HUB } from './hub/hub-names.ts';
import { quoted } from './quoted.ts';

/** The name of a pipeline where none is given. */
export const USUAL_PIPELINE = 'healing';

/** Which pipeline, or which hub, a command was about, and where. */
export interface CommandPlace {
  /** @default - the usual one */
  readonly pipeline?: string;
  /** The hub, of a command for all its pipelines. @default - the command is about one pipeline */
  readonly hub?: string;
  /** @default - that of the shell */
  readonly region?: string | undefined;
  /** @default - that of the shell */
  readonly profile?: string | undefined;
}

/** A line of the operators' command for the same place, to be pasted into the same shell. What is the default anyway is left out. */
export function ownCommandHere({ pipeline = USUAL_PIPELINE, hub, region, profile }: CommandPlace, words: string): string {
  const whose =
    hub === undefined
      ? option('--pipeline', pipeline === USUAL_PIPELINE ? undefined : pipeline)
      : ` --all${option('--hub', hub === USUAL_HUB ? undefined : hub)}`;
  return `${commandName} ${words}${whose}${option('--region', region)}${option('--profile', profile)}`;
}

/** A line of the AWS CLI for the same place. IAM knows no Region. */
export function awsCommandHere({ region, profile }: CommandPlace, words: string): string {
  return `aws ${words}${option('--region', words.startsWith('iam ') ? undefined : region)}${option('--profile', profile)}`;
}

function option(name: string, value: string | undefined): string {
  return value === undefined ? '' : ` ${name} ${quoted(value)}`;
}
