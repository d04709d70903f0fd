import { Aws, Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { WatchedAgents } from '../../lambdas/core/agent-watch.ts';
import type { AgentConfiguration } from '../agent-configuration.ts';
import { neededSeries } from '../agent-merge.ts';
import type { Fleet } from '../fleet.ts';
import { OWN_DIMENSION, type OwnSeries, ownValues } from '../own-series.ts';
import { HealingFunction } from './healing-function.ts';
import { acknowledgeSchedule } from './security-acknowledgements.ts';

export interface AgentWatchProps {
  readonly pipeline: string;
  /** Is told when agents cannot be configured or are silent. */
  readonly topic: ITopic;
}

/** One fleet's agents, as `NodeAgent` made them. */
export interface AgentsOfFleet {
  readonly series: OwnSeries;
  readonly fleet: Fleet;
  readonly configuration: AgentConfiguration;
  readonly association: { readonly id: string; readonly name: string };
  readonly documentName: string;
  /** ARN of the role under which State Manager sends the document. */
  readonly dispatchRole: string;
}

const EVERY = Duration.minutes(30);

/**
 * Looks whether the agents of the fleets really send what the alarms read, tells people once when they do not, and lets a changed
 * configuration go on from the first tenth to all when its series arrived from there.
 */
export class AgentWatch extends Construct {
  readonly #pipeline: string;
  readonly #topic: ITopic;
  readonly #healing: HealingFunction;

  constructor(scope: Construct, id: string, { pipeline, topic }: AgentWatchProps) {
    super(scope, id);
    this.#pipeline = pipeline;
    this.#topic = topic;
    this.#healing = new HealingFunction(this, 'Function', {
      functionName: `${pipeline}-watch-agents`,
      description: 'Looks whether the CloudWatch agents of the fleets send what the alarms read',
      handler: 'watch-agents',
      calledBy: 'schedule',
      environment: { PIPELINE: pipeline },
      options: { retryAttempts: 0, maxEventAge: EVERY },
    });
    this.#healing.allowUnscoped(['cloudwatch:GetMetricData', 'ec2:DescribeInstances']);
    this.#tell('Errors', `${pipeline}-watch-agent-watch`, {
      what: 'Whether the CloudWatch agents of the fleets send what the alarms read cannot be told. Look at the log of watch-agents.',
      metric: this.#healing.function.metricErrors({ period: EVERY }),
    });
  }

  watch({ series, fleet, configuration, association, documentName, dispatchRole }: AgentsOfFleet): void {
    const { protection } = series;
    const own = new Construct(this, protection);
    const rule = new Rule(own, 'Schedule', {
      description: `Looks at the CloudWatch agents of ${protection}`,
      schedule: Schedule.rate(EVERY),
    });
    acknowledgeSchedule(rule);
    const { function: fn } = this.#healing;
    rule.addTarget({
      bind: () => ({
        arn: fn.functionArn,
        input: RuleTargetInput.fromObject(watched(series, fleet, configuration, association.id)),
        retryPolicy: { maximumEventAgeInSeconds: EVERY.toSeconds(), maximumRetryAttempts: 0 },
      }),
    });
    // The target of `aws-events-targets` would put the place of the function into the id of its permission.
    fn.addPermission(`Schedule${protection}`, { principal: new ServicePrincipal('events.amazonaws.com'), sourceArn: rule.ruleArn });
    const place = `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
    this.#healing.role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['ssm:DescribeAssociation', 'ssm:UpdateAssociation'],
        resources: [`${place}:association/${association.id}`, `${place}:document/${documentName}`],
      }),
    );
    this.#healing.role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [dispatchRole],
        conditions: { StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } },
      }),
    );
    const count = (metricName: string) =>
      new Metric({
        namespace: 'SelfHealing',
        metricName,
        dimensionsMap: { service: this.#pipeline, fleet: protection },
        statistic: Stats.MAXIMUM,
        period: EVERY,
      });
    this.#tell(`${protection}Failed`, `${this.#pipeline}-watch-agents-failed-${protection}`, {
      what: `On some instances of ${protection} the CloudWatch agent could not be installed or configured, so their symptoms are not seen. The output of the run names the settings that differ: State Manager, association ${association.name}, execution history. For a configuration of your own that contradicts, "npm run agent-config" prints a merged one.`,
      metric: count('AgentsFailed'),
    });
    this.#tell(`${protection}Silent`, `${this.#pipeline}-watch-agents-silent-${protection}`, {
      what: `Some instances of ${protection} do not send what the alarms read, so their symptoms are not seen. The log of watch-agents names them: look whether the agent runs there and whether the instance's role has CloudWatchAgentServerPolicy.`,
      metric: count('AgentsSilent'),
    });
  }

  /** An alarm tells of a change, so that people hear of it once and not after every look. */
  #tell(id: string, alarmName: string, { what, metric }: { readonly what: string; readonly metric: IMetric }): void {
    new Alarm(this, id, {
      alarmName,
      alarmDescription: what,
      metric,
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      // One look may meet a run that is under way, or an instance that starts.
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(this.#topic));
  }
}

function watched(series: OwnSeries, { members }: Fleet, configuration: AgentConfiguration, association: string): WatchedAgents {
  const tag =
    members.kind === 'tagged' ? members : { key: 'aws:autoscaling:groupName', value: members.kind === 'instances' ? '' : members.name };
  return {
    fleet: series.protection,
    association,
    members:
      members.kind === 'instances' ? { kind: 'instances', ids: [...members.ids] } : { kind: 'tagged', key: tag.key, value: tag.value },
    series: neededSeries(configuration).map(({ metric, dimensions }) => ({
      metric,
      names: Object.keys(dimensions),
      fixed: Object.fromEntries(
        Object.entries(dimensions).filter(([name, value]) => value !== undefined && name !== OWN_DIMENSION && name !== 'cpu'),
      ) as Record<string, string>,
    })),
    own: { name: OWN_DIMENSION, values: [...ownValues(series)] },
  };
}
