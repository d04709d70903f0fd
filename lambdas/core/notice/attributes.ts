import { protectionAt } from '../protected-window.ts';
import type { Notice, Stage } from './notice.ts';
import type { NoticeSettings } from './settings.ts';

/** What earlier versions called the outcome and the reason of notices that are about no end; filters may go by them. */
const formerly: Readonly<Partial<Record<Stage, { readonly outcome: string; readonly reason?: string }>>> = {
  question: { outcome: 'waiting', reason: 'approval' },
  'not-given-back': { outcome: 'not-given-back' },
  pause: { outcome: 'pause' },
};

/** Stages that are no news for a mailbox, unless somebody asks for them. */
const UNMAILED: readonly Stage[] = ['started', 'given-back', 'digest'];

/** Stages of what went well: nobody need be woken. */
const SUCCESSES: readonly Stage[] = ['started', 'answered', 'recovered', 'given-back', 'digest'];

type MailSettings = Pick<NoticeSettings, 'mails' | 'quietHours'>;

/**
 * The attributes of a notice's message, by which subscriptions can filter; what a notice does not have is left out. `unmailed` is there
 * only where the pipeline's own subscribers by email do not get it: they filter by its absence, so that alarms, which have no
 * attributes, reach them whatever is set.
 */
export function attributesOf(notice: Notice, settings: MailSettings = {}): Readonly<Record<string, string>> {
  const { policy, outcome, reason, stage, severity } = notice;
  const isQuiet = isInQuietHours(notice, settings);
  const quiet = isQuiet ? 'yes' : 'no';
  const unmailed = isQuiet || !isMailed(notice, settings) ? 'yes' : undefined;
  const given = { policy: policy?.name, outcome, reason, ...formerlyOf(stage), stage, severity, quiet, unmailed };
  return Object.fromEntries(Object.entries(given).filter((each): each is [string, string] => each[1] !== undefined));
}

function isInQuietHours({ stage, at }: Notice, { quietHours }: MailSettings): boolean {
  return quietHours !== undefined && SUCCESSES.includes(stage) && protectionAt([quietHours], Date.parse(at)) !== undefined;
}

/** What has no outcome or no policy is not kept back by a list of them. */
function isMailed({ stage, outcome, policy }: Notice, { mails = {} }: MailSettings): boolean {
  const isListed = (list: readonly string[] | undefined, value: string | undefined) =>
    list === undefined || value === undefined || list.includes(value);
  const isStage = mails.stages ? mails.stages.includes(stage) : !UNMAILED.includes(stage);
  return isStage && isListed(mails.outcomes, outcome) && isListed(mails.policies, policy?.name);
}

function formerlyOf(stage: Stage): { readonly outcome?: string; readonly reason?: string } {
  return formerly[stage] ?? {};
}
