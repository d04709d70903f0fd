import { readFileSync } from 'node:fs';
import type { ManagedNode } from './managed-node.ts';
import type { CommandResult } from './run-command-line.ts';

/** A script as the Systems Manager agent gets it. */
export interface AgentScript {
  /** Of the command, and of the step in it: name the folder in which the script becomes a file. */
  readonly commandId: string;
  readonly step: string;
  readonly text: string;
  /** What the document gives it, beside what the agent itself does. */
  readonly environment: Readonly<Record<string, string>>;
  /** Absolute. @default - the agent's own folder */
  readonly folder?: string | undefined;
}

export interface AgentScriptOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Where the agent keeps everything: without room here nothing runs. */
const AGENT_FOLDER = '/var/lib/amazon/ssm';

/** The working directory of the agent's service, which its scripts inherit. */
const WORKING_FOLDER = '/usr/bin';

const REGION = 'us-east-1';

const WRITE_SCRIPT = 'umask 077 && mkdir -p "$(dirname "$0")" && cat > "$0" && chmod 700 "$0"';

/**
 * Runs a script in a node as the agent does: it becomes a file, which `sh -c` runs without input and without HOME, in /usr/bin, and
 * which is over when its output is closed. Undefined when the file could not be written: then nothing was run.
 */
export async function runAsAgent(
  node: Pick<ManagedNode, 'exec' | 'instanceId'>,
  script: AgentScript,
  { timeoutMs, signal }: AgentScriptOptions,
): Promise<CommandResult | undefined> {
  const path = `${AGENT_FOLDER}/${node.instanceId}/document/orchestration/${script.commandId}/${script.step}/_script.sh`;
  const written = await node.exec(['/bin/sh', '-c', WRITE_SCRIPT, path], {
    stdin: `${script.text}\n`,
    ...(signal && { signal }),
  });
  if (written.exitCode !== 0) return undefined;
  const env = {
    ...script.environment,
    SSM_COMMAND_ID: script.commandId,
    AWS_SSM_INSTANCE_ID: node.instanceId,
    AWS_SSM_REGION_NAME: REGION,
    AWS_SSM_PLATFORM_NAME: platform('NAME'),
    AWS_SSM_PLATFORM_VERSION: platform('VERSION_ID'),
  };
  return node.exec(['/bin/sh', '-c', path], {
    env,
    folder: script.folder ?? WORKING_FOLDER,
    withoutHome: true,
    untilOutputIsClosed: true,
    timeoutMs,
    ...(signal && { signal }),
  });
}

/** Nodes show the machine's own files, so its operating system is theirs. */
export function platform(field: 'NAME' | 'VERSION_ID'): string {
  const text = readFileSync('/etc/os-release', 'utf8');
  return new RegExp(`^${field}="?([^"\n]*)"?$`, 'm').exec(text)?.[1] ?? '';
}
