import { LogQueryVisualizationType, LogQueryWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnQueryDefinition, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { SavedQuery } from '../queries/saved-query.ts';

/** Saves queries on a history in Logs Insights, in a folder of the name of whose history it is. They cost nothing until somebody runs one. */
export function saveQueries(scope: Construct, owner: string, { logGroupName }: ILogGroup, queries: readonly SavedQuery[]): void {
  for (const { name, lines } of queries)
    new CfnQueryDefinition(scope, name.replaceAll(/[^A-Za-z]/g, ''), {
      name: `self-healing/${owner}/${name}`,
      logGroupNames: [logGroupName],
      queryString: lines.join('\n| '),
    });
}

/** What such a query finds, on a dashboard. */
export function queryWidget({ name, lines, view }: SavedQuery, { logGroupName }: ILogGroup, width: number, height: number): LogQueryWidget {
  return new LogQueryWidget({
    title: name,
    logGroupNames: [logGroupName],
    queryLines: [...lines],
    view: view === 'bar' ? LogQueryVisualizationType.BAR : LogQueryVisualizationType.TABLE,
    ...{ width, height },
  });
}
