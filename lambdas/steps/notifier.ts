import { messageOf } from '../core/failure.ts';
import type { Notice } from '../core/notice/notice.ts';
import type { Origin } from '../core/notice/origin.ts';
import type { History, IncidentMetrics, NoticeWay, Notifier } from '../core/ports.ts';

export interface NotifierParts {
  readonly origin: Origin;
  /** How people are told. Where it fails, the step that tells fails, too, and is run again. */
  readonly first: NoticeWay;
  /** What is told besides, one after the other. */
  readonly beside: readonly NoticeWay[];
  readonly history: History;
  readonly metrics: Pick<IncidentMetrics, 'notSent'>;
}

/** Sends each notice to people first and then to everything beside them. One way that fails keeps none of the others from being tried. */
export function notifier({ origin, first, beside, history, metrics }: NotifierParts): Notifier {
  const sendBeside = async (way: NoticeWay, notice: Notice): Promise<void> => {
    try {
      await way.send(notice);
    } catch (error) {
      metrics.notSent();
      // The metric raises an alarm; the line only says more.
      await history.write(notSentLine(notice, way.name, error)).catch(() => {});
    }
  };
  return {
    async publish(compose) {
      const notice = compose(origin);
      const told = await Promise.allSettled([first.send(notice)]);
      for (const way of beside) await sendBeside(way, notice);
      for (const each of told) if (each.status === 'rejected') throw each.reason;
    },
  };
}

/** The line of the history about a notice that did not go out. */
export function notSentLine({ at, policy, incident, stage, target, id }: Notice, way: string, error: unknown) {
  return {
    at,
    kind: 'not-sent',
    policy: policy?.name ?? '(all)',
    text: `the notice "${stage}" could not be sent by ${way}: ${messageOf(error)}`,
    ...(incident && { incident: incident.id }),
    ...(policy && { symptom: policy.symptom }),
    ...(target && { target: `${target.kind} ${target.id}` }),
    ...{ stage, way, notice: id },
  } as const;
}
