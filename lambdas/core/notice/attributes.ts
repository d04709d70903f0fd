import { definedFields } from '../fields.ts';
import { isInQuietHours, isNamed } from './filter.ts';
import { type Notice, type Stage, stageNames } from './notice.ts';
import type { NoticeSettings } from './settings.ts';

/** What earlier versions called the outcome and the reason of notices that are about no end; filters may go by them. */
const formerly: Readonly<Partial<Record<Stage, { readonly outcome: string; readonly reason?: string }>>> = {
  question: { outcome: 'waiting', reason: 'approval' },
  'not-given-back': { outcome: 'not-given-back' },
  pause: { outcome: 'pause' },
};

/** Stages that are no news for a mailbox, unless somebody asks for them. */
const UNMAILED: readonly Stage[] = ['started', 'given-back'];

type MailSettings = Pick<NoticeSettings, 'mails' | 'quietHours'>;

/**
 * The attributes of a notice's message, by which subscriptions can filter; what a notice does not have is left out. `unmailed` is there
 * only where the pipeline's own subscribers by email do not get it: they filter by its absence, so that alarms, which have no
 * attributes, reach them whatever is set.
 */
export function attributesOf(notice: Notice, settings: MailSettings = {}): Readonly<Record<string, string>> {
  const { policy, outcome, reason, stage, severity } = notice;
  const isQuiet = isInQuietHours(notice, settings.quietHours);
  const quiet = isQuiet ? 'yes' : 'no';
  const unmailed = isQuiet || !isMailed(notice, settings) ? 'yes' : undefined;
  return definedFields({ policy: policy?.name, outcome, reason, ...formerlyOf(stage), stage, severity, quiet, unmailed });
}

function isMailed(notice: Notice, { mails = {} }: MailSettings): boolean {
  return isNamed({ stages: stageNames.filter((stage) => !UNMAILED.includes(stage)), ...mails }, notice);
}

function formerlyOf(stage: Stage): { readonly outcome?: string; readonly reason?: string } {
  return formerly[stage] ?? {};
}
