import { Aws } from 'aws-cdk-lib';
import type { EventPattern } from 'aws-cdk-lib/aws-events';
import { noticeSource } from '../lambdas/core/notice/event.ts';
import type { NoticeFilter } from '../lambdas/core/notice/filter.ts';
import type { Notice, Severity } from '../lambdas/core/notice/notice.ts';

/** Which notices a rule of a bus is for. */
export interface NoticeChoice {
  readonly only: NoticeFilter;
  /** @default - whether it opens, closes or changes no alert */
  readonly alert?: NonNullable<Notice['alert']>['state'];
  /** @default - all */
  readonly severities?: readonly Severity[];
}

/** A rule's pattern for notices of a pipeline. As with the other ways, what has no outcome or no policy is not kept back by a list of them. */
export function noticePattern(pipeline: string, { only: { stages, outcomes, policies }, alert, severities }: NoticeChoice): EventPattern {
  const detail = {
    ...(alert && { alert: { state: [alert] } }),
    ...(severities && { severity: [...severities] }),
    ...(outcomes && { outcome: [...outcomes, { exists: false }] }),
    ...(policies && { policy: { name: [...policies, { exists: false }] } }),
  };
  return {
    // Others may be let onto a bus of the user's, and say whose notices they are.
    account: [Aws.ACCOUNT_ID],
    source: [noticeSource(pipeline)],
    ...(stages && { detailType: [...stages] }),
    ...(Object.keys(detail).length > 0 && { detail }),
  };
}

/**
 * What closes the alerts that a filter opens: whatever the stage, since a tool that was told once must hear the end of it. What it never
 * opened it does not find.
 */
export function closing({ policies }: NoticeFilter): NoticeChoice {
  return { only: { ...(policies && { policies }) }, alert: 'closed' };
}
