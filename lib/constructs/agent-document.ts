import { CfnDocument } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { deployedScript } from '../deployed-script.ts';

/** The agent's package in Distributor. */
const PACKAGE = 'AmazonCloudWatchAgent';

/** As long as the scripts may take, with room. */
const TIMEOUT_SECONDS = '300';

const platforms = [
  {
    platform: 'Linux',
    action: 'aws:runShellScript',
    script: 'configure-agent.sh',
    isFirst: 'document_step=first',
    names: ['configurePresent', 'configure'],
  },
  {
    platform: 'Windows',
    action: 'aws:runPowerShellScript',
    script: 'configure-agent.ps1',
    isFirst: "$DocumentStep = 'first'",
    names: ['configurePresentOnWindows', 'configureOnWindows'],
  },
] as const;

/**
 * The Command document that installs the CloudWatch agent and configures it, in this order. A machine that has an agent already is
 * configured by the first step, whose exit code then ends the document: an agent of the team's is neither upgraded nor downgraded.
 */
export class AgentDocument extends Construct {
  readonly documentName: string;

  constructor(scope: Construct, id: string, pipeline: string) {
    super(scope, id);
    this.documentName = `${pipeline}-configure-agent`;
    const steps = platforms.map(({ platform, action, script, isFirst, names: [first, last] }) => {
      const [opening = '', ...lines] = deployedScript(script);
      const step = (name: string, runCommand: readonly string[]) => ({
        action,
        name,
        precondition: { StringEquals: ['platformType', platform] },
        inputs: { timeoutSeconds: TIMEOUT_SECONDS, runCommand },
      });
      return { first: step(first, [opening, isFirst, ...lines]), last: step(last, [opening, ...lines]) };
    });
    new CfnDocument(this, 'Document', {
      name: this.documentName,
      documentType: 'Command',
      documentFormat: 'JSON',
      targetType: '/AWS::EC2::Instance',
      updateMethod: 'NewVersion',
      content: {
        schemaVersion: '2.2',
        description: 'Installs the CloudWatch agent where there is none, and gives it what the symptoms of a fleet need',
        parameters: {
          Name: parameter('Names the configuration: pipeline and protection', '^[A-Za-z][A-Za-z0-9-]*$'),
          Configuration: parameter('The configuration, as base64 of its JSON', '^[A-Za-z0-9+/=]+$'),
          Shards: parameter('Parts into which the machines fall by their id', '^[1-9][0-9]?$', '1'),
          ReachPercent: parameter('Share of the machines that takes a changed configuration', '^(0|[1-9][0-9]?|100)$', '100'),
          Version: {
            ...parameter('Version of the agent where it is installed', '^[A-Za-z0-9.]+$', 'latest'),
            interpolationType: undefined,
          },
        },
        mainSteps: [
          ...steps.map(({ first }) => first),
          { action: 'aws:configurePackage', name: 'install', inputs: { name: PACKAGE, action: 'Install', version: '{{ Version }}' } },
          ...steps.map(({ last }) => last),
        ],
      },
    });
  }
}

function parameter(description: string, allowedPattern: string, usual?: string) {
  return {
    type: 'String',
    interpolationType: 'ENV_VAR',
    description,
    allowedPattern,
    ...(usual !== undefined && { default: usual }),
  };
}
