import { Token } from 'aws-cdk-lib';

/** Characters that the schema of the agent's configuration takes for `exe`. */
export const PATTERN_CHARACTERS = 255;

/**
 * The regular expression by which the agent's procstat finds the process of an executable. The agent looks for it anywhere in the path of
 * what each process runs, so that by `mongod` alone it would find `mongodb_exporter`, too, and count it for a service that is down. This
 * one takes the whole name of a program or of a folder on the way to it, also with the `d` of a daemon and with a version
 * (`python3.11`, `node-18`), and of a program whose file an upgrade replaced.
 */
export function processPattern(name: string): string {
  // Brackets and no backslashes: the text is also the value of a dimension. What is known only at deployment stays as it is.
  const literal = Token.isUnresolved(name) ? name : name.replaceAll(/[.+]/g, '[$&]');
  return `(^|/)${literal}d?(-?[0-9.]+)?( [(]deleted[)]|/.*)?$`;
}
