import { Aws, Lazy } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { stopServiceDocument } from '../../lambdas/core/drill.ts';
import { formerManifestName, historyName } from '../../lambdas/core/manifest.ts';
import { OPERATORS_STREAM } from '../../lambdas/core/operator-action.ts';
import type { Group } from '../../lambdas/core/policy.ts';
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
  /** Whether a service may be stopped for a drill. */
  readonly forReal: boolean;
}

/**
 * What whoever holds drills needs: a managed policy, to be put on a role of its own. It lets them begin drills, which do nothing, follow them
 * in the history and write down there that they did; it lets them read and change nothing else. Where drills for real are deployed it also
 * lets them stop one service of a machine that is protected, by a document whose timer starts it again.
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

  /** Lets a service be stopped on the instances of a group, where drills for real are deployed. */
  add(group: Group): void {
    this.#members?.add(group);
  }

  #allowForReal(pipeline: string): MemberCommands {
    const { documentName } = new CommandDocument(this, 'StopService', {
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
    this.policy.addStatements(
      new PolicyStatement({ actions: ['ssm:SendCommand'], resources: [documentArn(documentName)] }),
      new PolicyStatement({ actions: ['ssm:GetCommandInvocation'], resources: ['*'] }),
    );
    acknowledgeUnscoped(this.policy);
    return new MemberCommands(this.policy, {
      id: 'self-healing:drills-room',
      says: 'the policy of drills has no room for all fleets: for the others "drill --for-real" needs a right of its own',
    });
  }
}
