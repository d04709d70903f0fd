import { Aws, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, LogLevel, StateMachine, StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { healingDefinition } from '../healing-definition.ts';
import { acknowledgeUnscoped } from './security-acknowledgements.ts';

export interface HealingWorkflowProps {
  readonly pipeline: string;
  readonly triage: IFunction;
  readonly verify: IFunction;
  readonly conclude: IFunction;
  readonly ask: IFunction;
  readonly diagnose: IFunction;
  readonly reportGiveBack: IFunction;
}

/** What considers whether something is given back, and what gives it back. */
export interface GiveBack {
  readonly consider: IFunction;
  readonly act: IFunction;
}

/** The Step Functions workflow that leads one incident from triage to its end. */
export class HealingWorkflow extends Construct {
  readonly stateMachine: StateMachine;
  readonly #remedies = new Map<string, IFunction>();
  #diagnoseAtDatabase: IFunction | undefined;
  readonly #giveBacks = new Map<string, GiveBack>();
  readonly #props: HealingWorkflowProps;

  constructor(scope: Construct, id: string, props: HealingWorkflowProps) {
    super(scope, id);
    this.#props = props;
    const { pipeline } = props;
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    acknowledgeUnscoped(role);
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      stateMachineName: `${pipeline}-workflow`,
      stateMachineType: StateMachineType.STANDARD,
      // Remedies are added by later sentences, so the definition is written last.
      definitionBody: DefinitionBody.fromString(Lazy.string({ produce: () => Stack.of(this).toJsonString(this.#definition()) })),
      role,
      tracingEnabled: true,
      logs: {
        destination: new LogGroup(this, 'Log', {
          logGroupName: `/aws/vendedlogs/states/${pipeline}-workflow`,
          retention: RetentionDays.ONE_MONTH,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: LogLevel.ALL,
        // The history of the execution itself has the data, for three months; a second copy of the policy at each state is only paid for.
        includeExecutionData: false,
      },
    });
    const functions = Lazy.list({ produce: () => this.#functions().map(({ functionArn }) => functionArn) });
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: functions }));
  }

  addDiagnosisAtDatabase(diagnose: IFunction): void {
    this.#diagnoseAtDatabase = diagnose;
  }

  addRemedy(name: string, remediate: IFunction): void {
    this.#remedies.set(name, remediate);
  }

  /** Lets a remedy that was added give back what it adds. */
  addGiveBack(name: string, giveBack: GiveBack): void {
    this.#giveBacks.set(name, giveBack);
  }

  /** The report of giving back is among them whatever the definition says: executions go on by the definition that they began with. */
  #functions(): readonly IFunction[] {
    const { triage, verify, conclude, ask, diagnose, reportGiveBack } = this.#props;
    const givingBack = [...this.#giveBacks.values()].flatMap(({ consider, act }) => [consider, act]);
    const looking = this.#diagnoseAtDatabase ? [diagnose, this.#diagnoseAtDatabase] : [diagnose];
    return [...new Set([triage, verify, conclude, ask, ...looking, reportGiveBack, ...this.#remedies.values(), ...givingBack])];
  }

  #definition(): object {
    const { triage, verify, conclude, ask, diagnose, reportGiveBack } = this.#props;
    const [first] = this.#giveBacks.values();
    return healingDefinition({
      partition: Aws.PARTITION,
      ask: ask.functionArn,
      triage: triage.functionArn,
      verify: verify.functionArn,
      conclude: conclude.functionArn,
      diagnose: diagnose.functionArn,
      diagnoseAtDatabase: this.#diagnoseAtDatabase?.functionArn,
      remedies: Object.fromEntries([...this.#remedies].map(([name, remediate]) => [name, remediate.functionArn])),
      ...(first && {
        giveBack: {
          consider: first.consider.functionArn,
          report: reportGiveBack.functionArn,
          remedies: Object.fromEntries([...this.#giveBacks].map(([name, { act }]) => [name, act.functionArn])),
        },
      }),
    });
  }
}
