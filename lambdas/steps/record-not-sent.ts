import { type Instant, iso } from '../core/duration.ts';
import { readNotice } from '../core/notice/notice.ts';
import { undelivered } from '../core/notice/undelivered.ts';
import { aboutNotice, type NotSentPorts, notSentLine } from './not-sent.ts';

/** Writes down what EventBridge or a function behind it could not deliver. What cannot be written stays in the queue, and is tried again. */
export async function recordNotSent(messages: readonly unknown[], { history, metrics }: NotSentPorts, now: Instant): Promise<void> {
  for (const message of messages) {
    metrics.notSent();
    const { way, why, event } = undelivered(message);
    const notice = readNotice(event);
    await history.write(
      notice
        ? notSentLine(aboutNotice(notice, way), new Error(why))
        : { at: iso(now), kind: 'not-sent', policy: '(all)', text: `what is no notice could not be sent by ${way}: ${why}`, way },
    );
  }
}
