import { type NoticeFilter, noticeFilterSchema } from '../lambdas/core/notice/filter.ts';
import type { Stage } from '../lambdas/core/notice/notice.ts';
import { givenOf } from './known-names.ts';
import type { NoticeFilterProps } from './notice-filter.ts';
import { checked } from './policy-error.ts';

/** What calls a person for certain. */
const OPENING: readonly Stage[] = ['handed-off', 'storm'];

/**
 * The filter of what opens an alert in an incident tool: hand-offs and storms, unless it names other stages.
 *
 * @throws PolicyError for a filter that lets nothing through or that nobody can mean
 */
export function openingFilter(given: NoticeFilterProps, path: string): NoticeFilter {
  return checked(noticeFilterSchema, { stages: OPENING, ...givenOf(given) }, 'notify', path);
}
