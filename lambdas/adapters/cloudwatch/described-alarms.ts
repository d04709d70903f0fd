import { CloudWatchClient, DescribeAlarmsCommand, type DescribeAlarmsCommandInput, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { DescribedAlarm } from '../../core/doctor/readings.ts';
import { reading } from '../aws-call.ts';

/** CloudWatch describes at most as many alarms by name in one call. */
const NAMES_A_CALL = 100;

/** Alarms of every kind and in every state, as people look at them. */
export interface DescribedAlarms {
  named(names: readonly string[]): Promise<readonly DescribedAlarm[]>;
  beginning(prefix: string): Promise<readonly DescribedAlarm[]>;
  /** How many alarms of the account have a query of Metrics Insights. */
  countQueries(): Promise<number>;
}

export function describedAlarms(client = new CloudWatchClient({})): DescribedAlarms {
  return {
    async named(names) {
      const found: DescribedAlarm[] = [];
      for (let from = 0; from < names.length; from += NAMES_A_CALL)
        found.push(...(await describe(client, { AlarmNames: names.slice(from, from + NAMES_A_CALL) })));
      return found;
    },
    beginning: (prefix) => describe(client, { AlarmNamePrefix: prefix }),
    countQueries: async () => (await describe(client, { AlarmTypes: ['MetricAlarm'] })).filter(({ query }) => query !== undefined).length,
  };
}

async function describe(client: CloudWatchClient, which: DescribeAlarmsCommandInput): Promise<readonly DescribedAlarm[]> {
  const found: DescribedAlarm[] = [];
  let NextToken: string | undefined;
  do {
    const command = new DescribeAlarmsCommand({
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'],
      ...which,
      MaxRecords: NAMES_A_CALL,
      NextToken,
    });
    const page = await reading('describe the alarms', () => client.send(command));
    found.push(...[...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? []), ...(page.LogAlarms ?? [])].map(described));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

function described(alarm: MetricAlarm): DescribedAlarm {
  const query = alarm.Metrics?.map(({ Expression = '' }) => Expression).find((text) => /^\s*select\b/i.test(text));
  return {
    name: alarm.AlarmName ?? '',
    state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
    since: (alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp)?.getTime() ?? 0,
    enabled: alarm.ActionsEnabled ?? true,
    tells: [...(alarm.AlarmActions ?? []), ...(alarm.InsufficientDataActions ?? [])],
    description: alarm.AlarmDescription ?? '',
    ...(query !== undefined && { query }),
  };
}
