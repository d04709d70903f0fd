import { Aws, Lazy } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { fillFolderDocument, stopServiceDocument } from '../../lambdas/core/drill.ts';
import { MOST_FILLED_PERCENT } from '../../lambdas/core/drill-fill.ts';
import { formerManifestName, historyName } from '../../lambdas/core/manifest.ts';
import { OPERATORS_STREAM } from '../../lambdas/core/operator-action.ts';
import type { Group } from '../../lambdas/core/policy.ts';
import { FOLDERS } from '../../lambdas/remediators/clear-caches.ts';
import { SERVICE_PATTERN } from '../../lambdas/remediators/service-name.ts';
import { CommandDocument, documentArn } from './command-document.ts';
import { MemberCommands } from './member-commands.ts';
import type { Operators } from './operators.ts';
import { drillEventsStatement } from './own-events.ts';
import { acknowledgeUnscoped, acknowledgeWildcard } from './security-acknowledgements.ts';

export interface DrillsProps {
  readonly pipeline: string;
  readonly history: ILogGroup;
  readonly intake: NodejsFunction;
  readonly operators: Operators;
  /** Whether something may be broken for a drill. */
  readonly forReal: boolean;
}

/**
 * What whoever holds drills needs: a managed policy, to be put on a role of its own. It lets them begin drills, which do nothing, follow them
 * in the history and write down there that they did; it lets them read and change nothing else. Where drills for real are deployed it also
 * lets them stop one service of a machine that is protected, or fill one of its file systems, by documents whose timer undoes it.
 */
export class Drills extends Construct {
  readonly policy: ManagedPolicy;
  readonly #members: MemberCommands | undefined;

  constructor(scope: Construct, id: string, { pipeline, history, intake, operators, forReal }: DrillsProps) {
    super(scope, id);
    const place = (service: string) => `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
    const ownStreams = `${place('logs')}:log-group:${historyName(pipeline)}:log-stream:${OPERATORS_STREAM}/*`;
    this.policy = new ManagedPolicy(this, 'Policy', {
      // Without a description, since a changed one would replace the policy under its own name.
      managedPolicyName: `${pipeline}-drills-${Aws.REGION}`,
      statements: [
        drillEventsStatement(pipeline),
        new PolicyStatement({
          actions: ['ssm:GetParameter'],
          resources: Lazy.list({
            produce: () => [...operators.manifests, formerManifestName(pipeline)].map((name) => `${place('ssm')}:parameter${name}`),
          }),
        }),
        new PolicyStatement({ actions: ['logs:FilterLogEvents'], resources: [history.logGroupArn] }),
        new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [ownStreams] }),
      ],
    });
    acknowledgeWildcard(this.policy, ownStreams, 'One stream of the operators for each day.');
    if (forReal) this.#members = this.#allowForReal(pipeline);
    // Whoever may only begin drills could otherwise say that what happens teaches nothing.
    if (forReal) intake.addEnvironment('DRILLS_FOR_REAL', 'yes');
  }

  /** Lets something be broken on the instances of a group, where drills for real are deployed. */
  add(group: Group): void {
    this.#members?.add(group);
  }

  #allowForReal(pipeline: string): MemberCommands {
    const stop = new CommandDocument(this, 'StopService', {
      documentName: stopServiceDocument(pipeline),
      script: 'stop-service',
      description: {
        description: 'Stops one service for a drill; a timer of systemd starts it again',
        parameters: {
          Service: { description: 'Name of the service', allowedPattern: `^${SERVICE_PATTERN}$` },
          Minutes: { description: 'When it is started again at the latest', allowedPattern: '^([5-9]|[1-5][0-9]|60)$', default: '15' },
        },
        timeoutSeconds: 300,
      },
    });
    const fill = new CommandDocument(this, 'FillFolder', {
      documentName: fillFolderDocument(pipeline),
      script: 'fill-folder',
      description: {
        description: 'Fills a file system for a drill, to 90 % at the most; a timer of systemd takes the file away again',
        parameters: {
          Folders: {
            description: 'Absolute folders, separated by colons; one on the file system gets the file',
            allowedPattern: `^${FOLDERS}$`,
          },
          Path: { description: 'Mount point of the file system', allowedPattern: '^/[A-Za-z0-9._/@+-]{0,200}$' },
          Percent: {
            description: 'How much of it is used then',
            allowedPattern: `^([1-9]|[1-8][0-9]|${MOST_FILLED_PERCENT})$`,
          },
          Minutes: { description: 'When the file is taken away at the latest', allowedPattern: '^([5-9]|[1-5][0-9]|60)$', default: '15' },
        },
        timeoutSeconds: 300,
      },
    });
    this.policy.addStatements(
      new PolicyStatement({
        actions: ['ssm:SendCommand'],
        resources: [stop, fill].map(({ documentName }) => documentArn(documentName)),
      }),
      new PolicyStatement({ actions: ['ssm:GetCommandInvocation'], resources: ['*'] }),
    );
    acknowledgeUnscoped(this.policy);
    return new MemberCommands(this.policy, {
      id: 'self-healing:drills-room',
      says: 'the policy of drills has no room for all fleets: for the others "drill --for-real" needs a right of its own',
    });
  }
}
