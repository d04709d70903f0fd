import {
  type CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmsCommand,
  GetAlarmMuteRuleCommand,
  ListAlarmMuteRulesCommand,
  type LogAlarm,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import type { AlarmInAlarm } from '../../core/ports.ts';
import { reading } from '../aws-call.ts';

/** CloudWatch describes at most as many alarms by name in one call. */
const NAMES_A_CALL = 100;

type Described = MetricAlarm & CompositeAlarm & LogAlarm;

/** Those of the alarms that are in ALARM: one call for each hundred names, one more for mute rules if there are any. */
export async function alarmsInAlarm(names: readonly string[], client: CloudWatchClient): Promise<readonly AlarmInAlarm[]> {
  const described: Described[] = [];
  for (let from = 0; from < names.length; from += NAMES_A_CALL) {
    described.push(...(await describe(names.slice(from, from + NAMES_A_CALL), client)));
  }
  const muted = described.length === 0 ? new Set<string>() : await mutedAlarms(client);
  return described.map((alarm) => ({
    alarmName: alarm.AlarmName ?? '',
    since: alarm.StateTransitionedTimestamp?.getTime() ?? Number.NaN,
    reason: alarm.StateReason ?? '',
    manySeries: watchesManySeries(alarm),
    quieted: alarm.ActionsSuppressedBy !== undefined || alarm.ActionsEnabled === false || muted.has(alarm.AlarmName ?? ''),
  }));
}

async function describe(AlarmNames: string[], client: CloudWatchClient): Promise<readonly Described[]> {
  const found: Described[] = [];
  let NextToken: string | undefined;
  do {
    const command = new DescribeAlarmsCommand({
      AlarmNames,
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'],
      StateValue: 'ALARM',
      MaxRecords: NAMES_A_CALL,
      NextToken,
    });
    const page = await reading('describe the alarms', () => client.send(command));
    found.push(...((page.MetricAlarms ?? []) as Described[]), ...((page.CompositeAlarms ?? []) as Described[]));
    found.push(...((page.LogAlarms ?? []) as Described[]));
    NextToken = page.NextToken;
  } while (NextToken);
  return found;
}

/** Metrics Insights and log alarms can have a series for each value of what they group by; only asking tells for the latter. */
function watchesManySeries({ Metrics, ScheduledQueryConfiguration }: Described): boolean {
  return ScheduledQueryConfiguration !== undefined || (Metrics ?? []).some(({ Expression }) => /\bGROUP\s+BY\b/i.test(Expression ?? ''));
}

/** The alarms that an active mute rule names. A muted alarm still changes its state. */
async function mutedAlarms(client: CloudWatchClient): Promise<ReadonlySet<string>> {
  const muted = new Set<string>();
  let NextToken: string | undefined;
  do {
    const command = new ListAlarmMuteRulesCommand({ Statuses: ['ACTIVE'], NextToken });
    const page = await reading('list the mute rules', () => client.send(command));
    for (const { AlarmMuteRuleArn = '' } of page.AlarmMuteRuleSummaries ?? []) {
      const AlarmMuteRuleName = AlarmMuteRuleArn.split(':').at(-1) ?? '';
      const rule = await reading('read the mute rule', () => client.send(new GetAlarmMuteRuleCommand({ AlarmMuteRuleName })));
      for (const name of rule.MuteTargets?.AlarmNames ?? []) muted.add(name);
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return muted;
}
