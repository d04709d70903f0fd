import { incidentMetrics } from '../adapters/cloudwatch/metrics.ts';
import { noticeEvents } from '../adapters/eventbridge.ts';
import { mails } from '../adapters/sns.ts';
import { originOf } from '../core/notice/origin.ts';
import { noticeSettingsOf } from '../core/notice/settings.ts';
import type { History, Notifier } from '../core/ports.ts';
import { notifier } from '../steps/notifier.ts';
import type { OnTheWay } from '../steps/tell-on-the-way.ts';
import { environment } from './environment.ts';

/** Every way by which notices of this pipeline go out: mail first, then what is beside it. */
export function notices(history: History): Notifier {
  const pipeline = environment('PIPELINE');
  const topic = environment('TOPIC_ARN');
  const settings = noticeSettingsOf(environment('NOTIFY'));
  return notifier({
    origin: originOf(pipeline, topic, settings.accountName),
    first: mails(topic, settings),
    beside: settings.bus === undefined ? [] : [noticeEvents(settings.bus)],
    history,
    metrics: incidentMetrics(pipeline),
  });
}

/** What tells of incidents on their way. */
export function onTheWay(history: History): OnTheWay {
  const { stillAfter } = noticeSettingsOf(environment('NOTIFY'));
  return { notifier: notices(history), history, metrics: incidentMetrics(environment('PIPELINE')), stillAfter };
}
