import { incidentMetrics } from '../adapters/cloudwatch/metrics.ts';
import { isInQuietHours, isNamed } from '../core/notice/filter.ts';
import { isMailed } from '../core/notice/mailed.ts';
import type { Notice } from '../core/notice/notice.ts';
import { originOf } from '../core/notice/origin.ts';
import { type NoticeSettings, noticeSettingsOf } from '../core/notice/settings.ts';
import type { History, IncidentMetrics, NoticeWay, Notifier } from '../core/ports.ts';
import { notifier } from '../steps/notifier.ts';
import type { OnTheWay } from '../steps/tell-on-the-way.ts';
import { environment, environmentIfSet } from './environment.ts';
import { loadedWhenUsed } from './when-used/loaded-when-used.ts';

/** Every way by which notices of this pipeline go out: mail first, where it is mailed, then what is beside it. */
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
    first: filtered(mailsTo(topic), (notice) => isMailed(notice, settings)),
    beside: waysOf(settings),
    history,
    metrics,
  });
}

/** What is told beside people, as far as the deployment names it. */
function waysOf({ bus, chat, quietHours }: NoticeSettings): readonly NoticeWay[] {
  return [
    ...(bus === undefined ? [] : [way('event', async () => (await import('../adapters/eventbridge.ts')).noticeEvents(bus))]),
    ...(chat ? [filtered(chatOf(chat.topic), (notice) => isNamed(chat.only, notice) && !isInQuietHours(notice, quietHours))] : []),
  ];
}

function mailsTo(topic: string): NoticeWay {
  return way('mail', async () => (await import('../adapters/sns.ts')).mails(topic));
}

function chatOf(topic: string): NoticeWay {
  return way('chat', async () => (await import('../adapters/sns.ts')).chatMessages(topic));
}

/** A way that is loaded with the first notice: most runs of most functions tell nobody. */
function way(name: string, load: () => Promise<NoticeWay>): NoticeWay {
  return { name, ...loadedWhenUsed<Pick<NoticeWay, 'send'>>({ send: true }, load) };
}

function filtered(way: NoticeWay, isWanted: (notice: Notice) => boolean): NoticeWay {
  return { name: way.name, send: async (notice) => (isWanted(notice) ? way.send(notice) : undefined) };
}
