import type { ApprovalRequest } from '../approval.ts';
import { type Instant, inWords, iso } from '../duration.ts';
import { type AboutIncident, aboutIncident, incidentNotice, symptomOn } from './about.ts';
import { answers, why } from './commands.ts';
import { composed } from './compose.ts';
import { answerLink } from './console-links.ts';
import type { Notice } from './notice.ts';
import type { Origin } from './origin.ts';

/** Names the notice of a question, and the links by which it can be answered. */
export function questionId({ incident, rung }: Pick<ApprovalRequest, 'incident' | 'rung'>): string {
  return `${incident}/question/${rung + 1}`;
}

/** The question as people get it: what is wrong, what would be done, until when, and the commands that answer it. */
export function questionNotice(origin: Origin, request: ApprovalRequest, about: AboutIncident, now: Instant): Notice {
  const { incident, policy } = about;
  const rung = `rung ${request.rung + 1} of ${policy.ladder.length}`;
  const common = aboutIncident(origin, about, now);
  return composed(
    origin,
    {
      ...common,
      links: [...answerLink(origin, request.id), ...(common.links ?? [])],
      id: questionId(request),
      stage: 'question',
      headline: `MAY I? ${request.remedy} for ${symptomOn(about)}`,
      why: [
        `May the pipeline ${request.summary}? That is ${rung}. Nothing is done before you answer.`,
        `Answer within ${inWords(request.until - request.askedAt)}, until ${iso(request.until)}; silence means no.`,
        ...(request.approvers > 1 ? [`${request.approvers} different people must approve; one who denies is enough to stop it.`] : []),
      ],
      doNow: [...answers(origin, request), why(origin, incident.id)],
    },
    now,
  );
}

/** People have said yes, and the rung is climbed. Who says no is told of by the end of the incident. */
export function answeredNotice(
  origin: Origin,
  { rung, remedy, by }: { readonly rung: number; readonly remedy: string; readonly by: readonly string[] },
  about: AboutIncident,
  now: Instant,
): Notice {
  const { incident } = about;
  return incidentNotice(
    origin,
    about,
    {
      id: `${incident.id}/answered/${rung + 1}`,
      stage: 'answered',
      headline: `APPROVED: ${remedy} for ${symptomOn(about)}`,
      why: [`Approved by ${by.join(', ')}. ${remedy} is used now, unless something stands in its way.`],
      doNow: [{ text: 'Nothing: you are told how it ends.' }, why(origin, incident.id)],
    },
    now,
  );
}
