import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const IMPORT = /^import \{([^}]*)\} from '(@aws-sdk\/client-[\w-]+)';/gm;

/** The commands that our adapters take of each client, by the client's package. */
export function usedCommands(root: string): ReadonlyMap<string, ReadonlySet<string>> {
  const used = new Map<string, Set<string>>();
  for (const file of globSync('lambdas/adapters/**/*.ts', { cwd: root }))
    for (const [, names = '', client = ''] of readFileSync(join(root, file), 'utf8').matchAll(IMPORT)) {
      const commands = names.match(/\b\w+Command\b/g) ?? [];
      used.set(client, new Set([...(used.get(client) ?? []), ...commands]));
    }
  return used;
}

/** The client that has every command as a method, the commands themselves, and what is built of them. */
const EVERYTHING = /^export \* from "\.\/(?!\w+Client"|models\/)[\w/]+";\n/gm;

/**
 * Writes a client's list of exports with only some of its commands. What is not used would not be bundled either way, but be read: of EC2
 * alone a thousand files for each function.
 * @throws Error for a list that is written in another way than before
 */
export function onlyUsedCommands(index: string, commands: ReadonlySet<string>): string {
  const rest = index.replaceAll(EVERYTHING, '');
  if (!index.includes('export * from "./commands";') || !/^export \* from "\.\/\w+Client";$/m.test(rest))
    throw new Error('the SDK lists what a client exports in another way than before');
  return rest + [...commands].map((command) => `export { ${command} } from "./commands/${command}";\n`).join('');
}
