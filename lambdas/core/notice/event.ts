import type { Notice } from './notice.ts';

/** How the sources of notices begin; the name of the pipeline follows. */
export const NOTICES_BEGINNING = 'self-healing-notice.';

/**
 * The source of a pipeline's notices on an event bus. Not the one of the sweep's events, which the rules of policies believe: a notice
 * on the default bus must never look like a symptom.
 */
export function noticeSource(pipeline: string): string {
  return `${NOTICES_BEGINNING}${pipeline}`;
}

/** A notice as an event: the stage is its type, and the notice itself, whole, its detail. */
export function noticeEvent(notice: Notice) {
  return { detailType: notice.stage, detail: notice };
}
