import { Aws, Duration } from 'aws-cdk-lib';
import { Dashboard, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { hubQueries } from '../queries/hub.ts';
import { queryWidget, saveQueries } from './saved-queries.ts';

export interface HubOverviewProps {
  readonly hub: string;
  readonly history: ILogGroup;
}

/** A row of a dashboard has 24 columns. */
const HALF = 12;
const HEIGHT = 8;

/** One page for all accounts and Regions, by queries on the history of the hub, which are saved, too. */
export class HubOverview extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, { hub, history }: HubOverviewProps) {
    super(scope, id);
    this.dashboard = new Dashboard(this, 'Dashboard', {
      // An account has one list of dashboards for all Regions.
      dashboardName: `self-healing-${hub}-${Aws.REGION}`,
      defaultInterval: Duration.days(1),
    });
    const words = `# ${hub}\nWhat the pipelines of all accounts and Regions report every five minutes, and what they told people. Now: \`self-healing-pipeline status --all\`.`;
    this.dashboard.addWidgets(new TextWidget({ markdown: words, width: 2 * HALF, height: 2 }));
    this.dashboard.addWidgets(...hubQueries.map((query, index) => queryWidget(query, history, index === 0 ? 2 * HALF : HALF, HEIGHT)));
    saveQueries(this, hub, history, hubQueries);
  }
}
