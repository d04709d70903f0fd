import { readFileSync } from 'node:fs';
import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import type { CommandDocument as Description } from '../../lambdas/remediators/remediator.ts';

/** A Command document made from a shell file. Parameters reach the script only as environment variables, never as text in it. */
export class CommandDocument extends Construct {
  readonly documentName: string;

  constructor(
    scope: Construct,
    id: string,
    props: { readonly documentName: string; readonly script: string; readonly description: Description },
  ) {
    super(scope, id);
    const { description, parameters, timeoutSeconds } = props.description;
    const script = readFileSync(`${import.meta.dirname}/../documents/${props.script}.sh`, 'utf8');
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
        parameters: Object.fromEntries(
          Object.entries(parameters).map(([name, parameter]) => [name, { type: 'String', interpolationType: 'ENV_VAR', ...parameter }]),
        ),
        mainSteps: [
          {
            action: 'aws:runShellScript',
            name: 'remedy',
            precondition: { StringEquals: ['platformType', 'Linux'] },
            inputs: { timeoutSeconds: String(timeoutSeconds), runCommand: script.trimEnd().split('\n') },
          },
        ],
      },
    });
  }
}
