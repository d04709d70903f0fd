import { incidentMetrics } from '../adapters/cloudwatch/metrics.ts';
import { noticeEvents } from '../adapters/eventbridge.ts';
import { chatMessages, mails } from '../adapters/sns.ts';
import { isInQuietHours, isNamed } from '../core/notice/filter.ts';
import type { Notice } from '../core/notice/notice.ts';
import { originOf } from '../core/notice/origin.ts';
import { type NoticeSettings, noticeSettingsOf } from '../core/notice/settings.ts';
import type { History, IncidentMetrics, NoticeWay, Notifier } from '../core/ports.ts';
import { notifier } from '../steps/notifier.ts';
import type { OnTheWay } from '../steps/tell-on-the-way.ts';
import { environment, environmentIfSet } from './environment.ts';

/** Every way by which notices of this pipeline go out: mail first, then what is beside it. */
export function notices(history: History): Notifier {
  return notifierOf(
    history,
    noticeSettingsOf(environment('NOTIFY')),
    incidentMetrics(environment('PIPELINE'), environmentIfSet('INCIDENT_METRICS') !== undefined),
  );
}

/** What tells of incidents on their way. */
export function onTheWay(history: History): OnTheWay {
  const settings = noticeSettingsOf(environment('NOTIFY'));
  const metrics = incidentMetrics(environment('PIPELINE'), environmentIfSet('INCIDENT_METRICS') !== undefined);
  return { notifier: notifierOf(history, settings, metrics), history, metrics, stillAfter: settings.stillAfter };
}

function notifierOf(history: History, settings: NoticeSettings, metrics: IncidentMetrics): Notifier {
  const topic = environment('TOPIC_ARN');
  return notifier({
    origin: originOf(environment('PIPELINE'), topic, settings.accountName),
    first: mails(topic, settings),
    beside: waysOf(settings),
    history,
    metrics,
  });
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
