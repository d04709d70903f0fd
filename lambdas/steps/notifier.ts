import type { Notice } from '../core/notice/notice.ts';
import type { Origin } from '../core/notice/origin.ts';
import type { NoticeWay, Notifier } from '../core/ports.ts';
import { aboutNotice, type NotSentPorts, tellNotSent } from './not-sent.ts';

export interface NotifierParts extends NotSentPorts {
  readonly origin: Origin;
  /** How people are told. Where it fails, the step that tells fails, too, and is run again. */
  readonly first: NoticeWay;
  /** What is told besides, one after the other. */
  readonly beside: readonly NoticeWay[];
}

/** Sends each notice to people first and then to everything beside them. One way that fails keeps none of the others from being tried. */
export function notifier({ origin, first, beside, ...ports }: NotifierParts): Notifier {
  const sendBeside = async (way: NoticeWay, notice: Notice): Promise<void> => {
    try {
      await way.send(notice);
    } catch (error) {
      await tellNotSent(aboutNotice(notice, way.name), error, ports);
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
