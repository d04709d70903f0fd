import { INSTALL_AGENT } from '../../nodes/agent-package.ts';
import { agentTimeoutSeconds, DEFAULT_TIMEOUT_SECONDS } from './agent-limits.ts';
import type { CommandDocument, DocumentStep, ParameterValues } from './command-document.ts';

/** One step as the agent on a Linux node runs it. */
export interface ScriptStep {
  readonly name: string;
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** @default - the agent's own folder */
  readonly folder?: string;
}

/** The steps that a Linux node runs; a step whose precondition names another platform is skipped there. */
export function scriptSteps(document: CommandDocument, values: ParameterValues): readonly ScriptStep[] {
  const environment = environmentOf(document, values);
  return document.mainSteps.filter(runsOnLinux).map(({ name, inputs }) =>
    'runCommand' in inputs
      ? {
          name,
          script: interpolate([inputs.runCommand].flat().join('\n'), document, values),
          environment,
          timeoutSeconds: agentTimeoutSeconds(interpolate(String(inputs.timeoutSeconds ?? ''), document, values)),
          ...folderOf(interpolate(inputs.workingDirectory ?? '', document, values)),
        }
      : { name, script: installing(inputs.name), environment: {}, timeoutSeconds: DEFAULT_TIMEOUT_SECONDS },
  );
}

/** Distributor has one package here, whatever its version. */
function installing(name: string): string {
  return name === 'AmazonCloudWatchAgent' ? INSTALL_AGENT : `echo 'there is no package ${name.replaceAll("'", '')}'; exit 1`;
}

function runsOnLinux(step: DocumentStep): boolean {
  if (step.action === 'aws:configurePackage') return true;
  if (step.action !== 'aws:runShellScript') return false;
  const operands = step.precondition?.StringEquals;
  return operands === undefined || (operands.includes('platformType') && operands.includes('Linux'));
}

/** ENV_VAR parameters reach the script as data, never as text of the script: this is what makes them safe against injection. */
function environmentOf(document: CommandDocument, values: ParameterValues): Readonly<Record<string, string>> {
  const names = Object.keys(document.parameters).filter((name) => document.parameters[name]?.interpolationType === 'ENV_VAR');
  return Object.fromEntries(names.map((name) => [`SSM_${name}`, (values[name] ?? []).join(',')]));
}

/** Every other parameter replaces its braces literally, also where that changes the meaning of the script. */
function interpolate(text: string, document: CommandDocument, values: ParameterValues): string {
  return text.replace(/\{\{\s*([a-zA-Z0-9]+)\s*\}\}/g, (braces, name: string) => {
    const declared = document.parameters[name];
    if (declared === undefined || declared.interpolationType === 'ENV_VAR') return braces;
    return (values[name] ?? []).join(declared.type === 'StringList' ? '\n' : '');
  });
}

/** A relative one is looked for among downloads of the command, of which there are none here. */
function folderOf(folder: string): Pick<ScriptStep, 'folder'> {
  return folder.startsWith('/') ? { folder } : {};
}
