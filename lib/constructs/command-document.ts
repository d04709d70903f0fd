import { existsSync } from 'node:fs';
import { Aws } from 'aws-cdk-lib';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { documentSteps } from '../../lambdas/core/command-document.ts';
import { type CommandDocument as Description, TIME_LIMIT_PARAMETER } from '../../lambdas/remediators/remediator.ts';
import { deployedScript } from '../deployed-script.ts';

const platforms = [
  { platformType: 'Linux', action: 'aws:runShellScript', name: documentSteps.linux, extension: 'sh' },
  { platformType: 'Windows', action: 'aws:runPowerShellScript', name: documentSteps.windows, extension: 'ps1' },
] as const;

/**
 * A Command document made from a shell file, and a PowerShell file of the same name where there is one. Parameters reach the scripts
 * only as environment variables, never as text in them.
 */
export class CommandDocument extends Construct {
  readonly documentName: string;

  constructor(
    scope: Construct,
    id: string,
    props: { readonly documentName: string; readonly script: string; readonly description: Description },
  ) {
    super(scope, id);
    const { description, parameters, timeoutSeconds, bringsTimeLimit } = props.description;
    this.documentName = props.documentName;
    new CfnDocument(this, 'Document', {
      name: props.documentName,
      documentType: 'Command',
      documentFormat: 'JSON',
      targetType: '/AWS::EC2::Instance',
      // A changed script becomes a new version of the same document; commands always name the latest.
      updateMethod: 'NewVersion',
      content: {
        schemaVersion: '2.2',
        description,
        parameters: {
          ...Object.fromEntries(
            Object.entries(parameters).map(([name, parameter]) => [name, { type: 'String', interpolationType: 'ENV_VAR', ...parameter }]),
          ),
          ...(bringsTimeLimit && { [TIME_LIMIT_PARAMETER]: timeLimit(timeoutSeconds) }),
        },
        mainSteps: platforms.flatMap(({ platformType, action, name, extension }) => {
          const file = `${props.script}.${extension}`;
          if (extension === 'ps1' && !existsSync(`${import.meta.dirname}/../documents/${file}`)) return [];
          return {
            action,
            name,
            precondition: { StringEquals: ['platformType', platformType] },
            inputs: {
              timeoutSeconds: bringsTimeLimit ? `{{ ${TIME_LIMIT_PARAMETER} }}` : String(timeoutSeconds),
              runCommand: deployedScript(file),
            },
          };
        }),
      },
    });
  }
}

/** For the agent, which puts it in the place of its name in the step; a number and nothing else. */
function timeLimit(usual: number): object {
  return {
    type: 'String',
    description: 'The agent ends the script after so many seconds.',
    allowedPattern: '^[1-9][0-9]{1,3}$',
    default: String(usual),
  };
}

/** The ARN of a document of the stack. */
export function documentArn(documentName: string): string {
  return `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}:document/${documentName}`;
}
