import { incidentMetrics } from '../adapters/cloudwatch/metrics.ts';
import { mails } from '../adapters/sns.ts';
import { originOf } from '../core/notice/origin.ts';
import { noticeSettingsOf } from '../core/notice/settings.ts';
import type { History, NoticeWay, Notifier } from '../core/ports.ts';
import { notifier } from '../steps/notifier.ts';
import { environment } from './environment.ts';

/** What is told beside people. */
const beside: readonly NoticeWay[] = [];

/** Every way by which notices of this pipeline go out: mail first, then what is beside it. */
export function notices(history: History): Notifier {
  const pipeline = environment('PIPELINE');
  const topic = environment('TOPIC_ARN');
  const { accountName } = noticeSettingsOf(environment('NOTIFY'));
  return notifier({
    origin: originOf(pipeline, topic, accountName),
    first: mails(topic),
    beside,
    history,
    metrics: incidentMetrics(pipeline),
  });
}
