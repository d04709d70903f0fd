import type { Notice } from './notice.ts';

/**
 * The source of a pipeline's notices on an event bus. Not the one of the sweep's events, which the rules of policies believe: a notice
 * on the default bus must never look like a symptom.
 */
export function noticeSource(pipeline: string): string {
  return `self-healing-notice.${pipeline}`;
}

/** A notice as an event: the stage is its type, and the notice itself, whole, its detail. */
export function noticeEvent(notice: Notice) {
  return { detailType: notice.stage, detail: notice };
}
