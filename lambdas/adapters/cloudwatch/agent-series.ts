import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { AgentSeries } from '../../core/ports.ts';
import { reading } from '../aws-call.ts';

/** Three runs of the agent's own interval may be missing or late. */
const WITHIN_MS = 15 * 60_000;

const PERIOD_SECONDS = 300;

/** Which instances sent a metric lately, by the same kind of query as the alarms have. It sees at most 500 of them. */
export function agentSeries(client = new CloudWatchClient({})): AgentSeries {
  return {
    async reporting({ metric, names, fixed }, now) {
      const schema = ['CWAgent', ...names].map((name) => `"${name}"`).join(', ');
      const where = Object.entries(fixed).map(([name, value]) => `"${name}" = '${value}'`);
      const Expression = `SELECT COUNT("${metric}") FROM SCHEMA(${schema}) WHERE ${where.join(' AND ')} GROUP BY "InstanceId"`;
      const found: string[] = [];
      let NextToken: string | undefined;
      do {
        const command = new GetMetricDataCommand({
          StartTime: new Date(now - WITHIN_MS),
          EndTime: new Date(now),
          MetricDataQueries: [{ Id: 'reporting', Expression, Period: PERIOD_SECONDS }],
          NextToken,
        });
        const page = await reading('read which instances report', () => client.send(command));
        for (const { Label = '', Values = [] } of page.MetricDataResults ?? [])
          if (Values.length > 0) found.push(...(/i-[0-9a-f]+/.exec(Label) ?? []));
        NextToken = page.NextToken;
      } while (NextToken);
      return found;
    },
  };
}
