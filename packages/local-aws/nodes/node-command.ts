import { mkdirSync } from 'node:fs';
import { MARKER } from './container.ts';
import type { NodeFolder } from './node-folder.ts';
import { type CommandOptions, type CommandResult, runCommandLine } from './run-command-line.ts';
import { payloadGroups } from './unit-control-group.ts';

/** A program with its arguments, or the text of a shell script. */
export type NodeCommand = readonly [string, ...string[]] | string;

export interface NodeCommandOptions extends CommandOptions {
  /** Where it begins. @default / */
  readonly folder?: string;
  /** As a service of the node has it: no HOME. @default - the environment of root at work */
  readonly withoutHome?: boolean;
}

export interface NodeEntry {
  readonly folder: NodeFolder;
  readonly initPid: number;
}

const NODE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Exit code of the guard below; no script of ours uses it. */
const WRONG_MACHINE = 251;

/**
 * Runs a command in all namespaces of a node and in a control group of its own there. Process ids can be used again after a node
 * died, so the first thing that happens after entering is a look at the marker that only this node has: elsewhere nothing is run.
 */
export async function executeInNode(entry: NodeEntry, command: NodeCommand, options: NodeCommandOptions): Promise<CommandResult> {
  const { folder = '/', withoutHome = false, ...given } = options;
  const groups = payloadGroups(entry.folder.unitName).map((payload) => `${payload}/agent`);
  for (const group of groups) mkdirSync(group, { recursive: true });
  const join = 'while [ "$1" != -- ]; do echo $$ > "$1/cgroup.procs" || exit 1; shift; done; shift; exec "$@"';
  const guard = `read -r marker < ${MARKER} || [ -n "$marker" ] || exit ${WRONG_MACHINE}; [ "$marker" = "$0" ] || exit ${WRONG_MACHINE}; cd "$1" && shift && exec "$@"`;
  const inside = typeof command === 'string' ? (['/bin/sh', '-c', command] as const) : command;
  const enter = ['nsenter', '--target', String(entry.initPid), '--all', '/bin/sh', '-c', guard, entry.folder.unitName, folder, ...inside];
  const result = await runCommandLine(['/bin/sh', '-c', join, 'sh', ...groups, '--', ...enter], {
    ...given,
    env: { PATH: NODE_PATH, LANG: 'C.UTF-8', ...(!withoutHome && { HOME: '/root' }), ...given.env },
  });
  if (result.exitCode === WRONG_MACHINE) throw new Error('the node died before the command could enter it; nothing was run');
  return result;
}
