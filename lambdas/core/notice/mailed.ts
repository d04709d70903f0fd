import { isInQuietHours, isNamed } from './filter.ts';
import { type Notice, type Stage, stageNames } from './notice.ts';
import type { NoticeSettings } from './settings.ts';

/** Stages that are no news for a mailbox, unless somebody asks for them. */
const UNMAILED: readonly Stage[] = ['started', 'given-back'];

/**
 * Whether a notice goes to the topic of mails. Decided before it is published, and by no filter of a subscription: SNS matches none, not
 * even by the absence of an attribute, where a message has no attributes, as those of the alarms about the pipeline itself.
 */
export function isMailed(notice: Notice, { mails = {}, quietHours }: Pick<NoticeSettings, 'mails' | 'quietHours'>): boolean {
  const isWanted = isNamed({ stages: stageNames.filter((stage) => !UNMAILED.includes(stage)), ...mails }, notice);
  return isWanted && !isInQuietHours(notice, quietHours);
}
