import { incidentMetrics } from '../adapters/cloudwatch/metrics.ts';
import { noticeEvents } from '../adapters/eventbridge.ts';
import { chatMessages, mails } from '../adapters/sns.ts';
import { isInQuietHours, isNamed } from '../core/notice/filter.ts';
import type { Notice } from '../core/notice/notice.ts';
import { originOf } from '../core/notice/origin.ts';
import { type NoticeSettings, noticeSettingsOf } from '../core/notice/settings.ts';
import type { History, NoticeWay, Notifier } from '../core/ports.ts';
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
    beside: waysOf(settings),
    history,
    metrics: incidentMetrics(pipeline),
  });
}

/** What tells of incidents on their way. */
export function onTheWay(history: History): OnTheWay {
  const { stillAfter } = noticeSettingsOf(environment('NOTIFY'));
  return { notifier: notices(history), history, metrics: incidentMetrics(environment('PIPELINE')), stillAfter };
}

/** What is told beside people, as far as the deployment names it. */
function waysOf({ bus, chat, quietHours }: NoticeSettings): readonly NoticeWay[] {
  return [
    ...(bus === undefined ? [] : [noticeEvents(bus)]),
    ...(chat ? [filtered(chatMessages(chat.topic), (notice) => isNamed(chat.only, notice) && !isInQuietHours(notice, quietHours))] : []),
  ];
}

function filtered(way: NoticeWay, isWanted: (notice: Notice) => boolean): NoticeWay {
  return { name: way.name, send: async (notice) => (isWanted(notice) ? way.send(notice) : undefined) };
}
