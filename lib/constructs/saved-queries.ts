import { CfnQueryDefinition, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { savedQueries } from '../queries/registry.ts';

export interface SavedQueriesProps {
  readonly pipeline: string;
  readonly history: ILogGroup;
}

/** The queries on the history, in a folder of the pipeline's name in Logs Insights. They cost nothing until somebody runs one. */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, { pipeline, history }: SavedQueriesProps) {
    super(scope, id);
    for (const { name, lines } of savedQueries)
      new CfnQueryDefinition(this, name.replaceAll(/[^A-Za-z]/g, ''), {
        name: `self-healing/${pipeline}/${name}`,
        logGroupNames: [history.logGroupName],
        queryString: lines.join('\n| '),
      });
  }
}
