import type { AwsEvent, Upstream } from '@self-healing/local-aws/gateway/service.ts';

/** The events that CloudWatch sent, kept so that a scenario can tell when an alarm went off, or deliver an event again. */
export interface EventTap {
  readonly upstream: Upstream;
  /** When the alarm, or its contributor for the instance, entered ALARM: the first event at or after `since`. */
  alarmed(alarmName: string, since: number, instanceId?: string): { readonly event: AwsEvent; readonly at: number } | undefined;
  /** The events by which contributors of the alarm for these instances entered ALARM. */
  entered(alarmName: string, instanceIds: ReadonlySet<string>): readonly AwsEvent[];
}

interface AlarmDetail {
  readonly alarmName?: string;
  readonly alarmContributor?: { readonly attributes?: Readonly<Record<string, string>> };
  readonly state?: { readonly value?: string; readonly timestamp?: string };
}

export function tapEvents(upstream: Upstream): EventTap {
  const sent: AwsEvent[] = [];
  return {
    upstream: {
      ...upstream,
      sendEvents: async (events) => {
        sent.push(...events);
        await upstream.sendEvents(events);
      },
    },
    alarmed(alarmName, since, instanceId) {
      for (const event of sent) {
        const detail = event.detail as AlarmDetail;
        const at = Date.parse((detail.state?.timestamp ?? '').replace('+0000', 'Z'));
        const isNamed = detail.alarmName === alarmName && detail.state?.value === 'ALARM' && at >= since;
        if (isNamed && detail.alarmContributor?.attributes?.InstanceId === instanceId) return { event, at };
      }
      return undefined;
    },
    entered: (alarmName, instanceIds) =>
      sent.filter((event) => {
        const { alarmName: name, alarmContributor, state } = event.detail as AlarmDetail;
        return name === alarmName && state?.value === 'ALARM' && instanceIds.has(alarmContributor?.attributes?.InstanceId ?? '');
      }),
  };
}
