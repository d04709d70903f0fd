import { Aws, Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  type CfnAlarm,
  Dashboard,
  GraphWidget,
  type IAlarm,
  Metric,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { savedQueries } from '../queries/registry.ts';
import { queryWidget } from './saved-queries.ts';
import { SWEEP_EVERY } from './sweep.ts';

export interface HealingDashboardProps {
  readonly pipeline: string;
  readonly history: ILogGroup;
  readonly workflow: StateMachine;
  readonly deadLetters: IQueue;
  /** Most acts of the pipeline in one hour. */
  readonly actsPerHour: number;
}

/** What an alarm widget takes. */
const MOST_ALARMS = 100;

/** A row of a dashboard has 24 columns. */
const HALF = 12;
const HEIGHT = 6;

/**
 * One page on which the pipeline is seen: its history by saved queries, and the healer's own health by metrics that its alarms
 * watch anyway. It has no metric of its own: each would be paid for.
 */
export class HealingDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: HealingDashboardProps) {
    super(scope, id);
    const { pipeline, history, actsPerHour } = props;
    this.dashboard = new Dashboard(this, 'Dashboard', {
      // An account has one list of dashboards for all Regions.
      dashboardName: `self-healing-${pipeline}-${Aws.REGION}`,
      defaultInterval: Duration.days(7),
    });
    const words = `# ${pipeline}\nTables are read from the history of the chosen time. Whole incidents: \`self-healing-pipeline why\`. At most ${actsPerHour} acts an hour.`;
    this.dashboard.addWidgets(new TextWidget({ markdown: words, width: 24, height: 2 }));
    this.dashboard.addWidgets(this.#alarms(scope, pipeline), ...this.#health(props));
    this.dashboard.addWidgets(...savedQueries.map((query) => queryWidget(query, history, HALF, HEIGHT)));
  }

  /** The pipeline's alarms about itself; fleets that are added later bring further ones, so that they are looked for when the page is written. */
  #alarms(pipelineScope: Construct, pipeline: string): AlarmStatusWidget {
    return new AlarmStatusWidget({
      title: "The healer's own alarms",
      width: HALF,
      height: HEIGHT,
      get alarms(): IAlarm[] {
        return pipelineScope.node
          .findAll()
          .filter((node) => node instanceof Alarm)
          .filter(({ node }) => String((node.defaultChild as CfnAlarm).alarmName).startsWith(`${pipeline}-watch-`))
          .slice(0, MOST_ALARMS);
      },
    });
  }

  #health({ pipeline, workflow, deadLetters }: HealingDashboardProps): GraphWidget[] {
    const own = (metricName: string, label: string) =>
      new Metric({
        namespace: 'SelfHealing',
        metricName,
        dimensionsMap: { service: pipeline },
        statistic: Stats.SUM,
        period: SWEEP_EVERY,
        label,
      });
    const period = Duration.minutes(5);
    const graph = { width: HALF / 2, height: HEIGHT };
    return [
      new GraphWidget({
        ...graph,
        title: 'Sweeps',
        left: [own('Heartbeat', 'sweeps'), own('SweepRepairs', 'workflows repaired')],
      }),
      new GraphWidget({
        ...graph,
        title: 'Workflows and lost events',
        left: [
          workflow.metricStarted({ period, label: 'started' }),
          workflow.metricFailed({ period, label: 'failed' }),
          workflow.metricTimedOut({ period, label: 'timed out' }),
          workflow.metricAborted({ period, label: 'aborted' }),
          deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: Stats.MAXIMUM, label: 'lost events' }),
        ],
      }),
    ];
  }
}
