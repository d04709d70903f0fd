import { Aws, Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type CfnRule, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { WatchedAgents } from '../../lambdas/core/agent-watch.ts';
import type { AgentConfiguration } from '../agent-configuration.ts';
import { neededSeries } from '../agent-merge.ts';
import type { Fleet } from '../fleet.ts';
import { OWN_DIMENSION, type OwnSeries, ownValues } from '../own-series.ts';
import { PolicyError } from '../policy-error.ts';
import { HealingFunction } from './healing-function.ts';
import type { PolicyPlace, PolicyStack } from './policy-stacks.ts';
import { runsAlarm } from './runs-alarm.ts';
import { acknowledgeSchedule } from './security-acknowledgements.ts';

export interface AgentWatchProps {
  readonly pipeline: string;
  /** Is told when agents cannot be configured or are silent. */
  readonly topic: ITopic;
}

/** One fleet's agents, as `NodeAgent` made them. */
export interface AgentsOfFleet {
  readonly series: OwnSeries;
  /** Where the fleet's policies stand. */
  readonly place: PolicyPlace;
  readonly configuration: AgentConfiguration;
  /** Each with those of the fleet whose agents it configures. */
  readonly associations: readonly { readonly id: string; readonly members: Fleet['members'] }[];
  /** How the names of the associations begin. */
  readonly associationName: string;
  readonly documentName: string;
  /** ARN of the role under which State Manager sends the document. */
  readonly dispatchRole: string;
}

const EVERY = Duration.minutes(30);

/** Targets of one rule: a quota of EventBridge. */
const TARGETS_OF_RULE = 5;

/** The schedules of a nested stack. */
interface Schedules {
  rules: number;
  targets: number;
  last: Rule | undefined;
}

/**
 * Looks whether the agents of the fleets really send what the alarms read, tells people once when they do not, and lets a changed
 * configuration go on from the first tenth to all when its series arrived from there.
 */
export class AgentWatch extends Construct {
  readonly #pipeline: string;
  readonly #topic: ITopic;
  readonly #healing: HealingFunction;
  /** Of nested stacks, by their number. */
  readonly #schedules = new Map<number, Schedules>();

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
    runsAlarm(this, 'Errors', {
      alarmName: `${pipeline}-watch-agent-watch`,
      alarmDescription:
        'Whether the CloudWatch agents of the fleets send what the alarms read cannot be told. Look at the log of watch-agents; without data, at its schedules and whether Lambda throttles it.',
      errors: this.#healing.function.metricErrors({ period: EVERY }),
      periods: 3,
      failing: 2,
      topic,
    });
  }

  watch({ series, place, configuration, associations, associationName, documentName, dispatchRole }: AgentsOfFleet): void {
    const { protection } = series;
    refuseTaken(place.nested ? place.scope : this, protection, place.nested ? `Agents${protection}` : protection);
    const retryPolicy = { maximumEventAgeInSeconds: EVERY.toSeconds(), maximumRetryAttempts: 0 };
    const own = place.nested ? undefined : new Construct(this, protection);
    for (const [index, { id, members }] of associations.entries()) {
      const input = RuleTargetInput.fromObject(watched(series, members, configuration, id));
      if (place.nested) this.#scheduleNested(place.nested, input, retryPolicy);
      else if (own) this.#schedule(own, index, input, retryPolicy);
      this.#allow(id, documentName, dispatchRole);
    }
    const count = (metricName: string) =>
      new Metric({
        namespace: 'SelfHealing',
        metricName,
        dimensionsMap: { service: this.#pipeline, fleet: protection },
        statistic: Stats.MAXIMUM,
        period: EVERY,
      });
    const [scope, id, names] = place.nested
      ? [place.scope, `Agents${protection}`, `${this.#pipeline}-watch-agents_`]
      : [this, protection, `${this.#pipeline}-watch-agents-`];
    this.#tell(scope, `${id}Failed`, `${names}failed-${protection}`, {
      what: `On some instances of ${protection} the CloudWatch agent could not be installed or configured, so their symptoms are not seen. The output of the run names the settings that differ: State Manager, association ${associationName}, execution history. For a configuration of your own that contradicts, "npm run agent-config" prints a merged one.`,
      metric: count('AgentsFailed'),
    });
    this.#tell(scope, `${id}Silent`, `${names}silent-${protection}`, {
      what: `Some instances of ${protection} do not send what the alarms read, so their symptoms are not seen. The log of watch-agents names them: look whether the agent runs there and whether the instance's role has CloudWatchAgentServerPolicy.`,
      metric: count('AgentsSilent'),
    });
  }

  #schedule(own: Construct, index: number, input: RuleTargetInput, retryPolicy: CfnRule.RetryPolicyProperty): void {
    const protection = own.node.id;
    const part = index === 0 ? '' : `_${index + 1}`;
    const rule = new Rule(own, `Schedule${part}`, {
      description: `Looks at the CloudWatch agents of ${protection}`,
      schedule: Schedule.rate(EVERY),
    });
    acknowledgeSchedule(rule);
    this.#healing.addToRule(rule, `Schedule${protection}${part}`, { input, retryPolicy });
  }

  /**
   * One rule for several fleets, since schedules stand on the default bus only; and one permission for all of them. The function is
   * named and not referred to: its role speaks of the associations of the nested stack, which cannot come before and after it.
   */
  #scheduleNested(nested: PolicyStack, input: RuleTargetInput, retryPolicy: CfnRule.RetryPolicyProperty): void {
    const place = `${Aws.REGION}:${Aws.ACCOUNT_ID}`;
    const names = `${this.#pipeline}_agents-`;
    if (this.#schedules.size === 0)
      this.#healing.function.addPermission('NestedSchedules', {
        principal: new ServicePrincipal('events.amazonaws.com'),
        sourceArn: `arn:${Aws.PARTITION}:events:${place}:rule/${names}*`,
      });
    const schedules = this.#schedules.get(nested.number) ?? { rules: 0, targets: 0, last: undefined };
    this.#schedules.set(nested.number, schedules);
    if (!schedules.last || schedules.targets === TARGETS_OF_RULE) {
      schedules.rules += 1;
      schedules.targets = 0;
      schedules.last = new Rule(nested, `AgentSchedule${schedules.rules}`, {
        ruleName: `${names}${nested.number}-${schedules.rules}`,
        description: 'Looks at the CloudWatch agents of some fleets',
        schedule: Schedule.rate(EVERY),
      });
      acknowledgeSchedule(schedules.last);
    }
    schedules.targets += 1;
    const arn = `arn:${Aws.PARTITION}:lambda:${place}:function:${this.#pipeline}-watch-agents`;
    schedules.last.addTarget({ bind: () => ({ arn, input, retryPolicy }) });
  }

  #allow(associationId: string, documentName: string, dispatchRole: string): void {
    const place = `arn:${Aws.PARTITION}:ssm:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
    const { rights } = this.#healing;
    for (const resource of [`${place}:document/${documentName}`, `${place}:association/${associationId}`])
      rights.on({ resources: [resource] }, ['ssm:DescribeAssociation', 'ssm:UpdateAssociation']);
    const condition = { StringEquals: { 'iam:PassedToService': 'ssm.amazonaws.com' } };
    rights.on({ resources: [dispatchRole], condition }, ['iam:PassRole']);
  }

  /** An alarm tells of a change, so that people hear of it once and not after every look. */
  #tell(scope: Construct, id: string, alarmName: string, { what, metric }: { readonly what: string; readonly metric: IMetric }): void {
    new Alarm(scope, id, {
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

/** The alarms about the agents of a fleet stand beside those of other fleets, under ids that are made of the protections' own. */
function refuseTaken(scope: Construct, protection: string, id: string): void {
  const taken = [id, `${id}Failed`, `${id}Silent`].find((each) => scope.node.tryFindChild(each));
  if (taken !== undefined)
    throw new PolicyError(protection, [
      `id: the alarms about the agents of ${protection} need the id ${taken}, which is taken: choose another one`,
    ]);
}

function watched(series: OwnSeries, members: Fleet['members'], configuration: AgentConfiguration, association: string): WatchedAgents {
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
