import type { ApprovalRequest } from '../core/approval.ts';
import { durationSchema, type Instant, inWords, iso, milliseconds } from '../core/duration.ts';
import { Defect } from '../core/failure.ts';
import { incidentLine } from '../core/history-line.ts';
import { attemptToken, type Incident } from '../core/incident.ts';
import { questionId, questionNotice } from '../core/notice/question.ts';
import type { Approvals, Notifier } from '../core/ports.ts';
import { targetInWords } from '../core/target.ts';
import type { WorkflowState } from '../core/workflow-state.ts';
import { type NotSentPorts, tellNotSent } from './not-sent.ts';
import { type LinkPorts, sendApprovalLinks } from './send-approval-links.ts';

export interface AskPorts extends NotSentPorts {
  readonly approvals: Approvals;
  readonly notifier: Notifier;
  /** What sends links of their own to those who may answer by them. @default - nobody may */
  readonly links?: LinkPorts;
}

/**
 * Asks people whether a rung may be climbed. The question is kept before they are told, so that whoever was told can answer.
 * Run again, it tells nobody twice, but keeps the newer token, since only that one wakes the workflow. A run that outlived its incident
 * asks nobody. It ends before the answer is there: the workflow waits.
 */
export async function ask(state: WorkflowState, taskToken: string, ports: AskPorts, now: Instant): Promise<void> {
  const { incident, policy, next } = state;
  const request = requestOf(state, now);
  const { told, ended } = await ports.approvals.ask(request, taskToken);
  if (told || ended) return;
  await ports.notifier.publish((origin) => questionNotice(origin, request, { incident, policy, notes: next?.notes }, now));
  if (ports.links) await sendLinks(request, incident, ports.links, ports, now);
  await ports.approvals.recordTold(request);
  const text = `asked ${request.approvers === 1 ? 'a person' : `${request.approvers} people`} whether to ${request.summary}`;
  await ports.history.write(
    incidentLine('decision', incident, text, now, {
      remedy: request.remedy,
      rung: request.rung,
      asked: request.id,
    }),
  );
}

/** Sends the links. One that does not go out raises the alarm of what is not sent, as a notice does. */
async function sendLinks(request: ApprovalRequest, incident: Incident, links: LinkPorts, ports: NotSentPorts, now: Instant): Promise<void> {
  const { id, policy, symptom, target } = incident;
  const common = { at: iso(now), stage: 'question', policy, incident: id, symptom, target: targetInWords(target) } as const;
  const about = { ...common, notice: questionId(request) };
  for (const { holder, error } of await sendApprovalLinks(request, links))
    await tellNotSent({ ...about, way: `link of ${holder.name}` }, error, ports);
}

function requestOf({ incident, policy, next }: WorkflowState, now: Instant): ApprovalRequest {
  if (next?.do !== 'ask') throw new Defect('the workflow did not say what to ask', undefined);
  const { remedy, rung, until, because } = next;
  const climbed = policy.ladder[rung];
  if (climbed?.remedy !== remedy) throw new Defect(`rung ${rung} is ${climbed?.remedy}, not ${remedy}`, undefined);
  return {
    id: attemptToken(incident.id, rung),
    incident: incident.id,
    policy: policy.name,
    target: incident.target,
    ...{ rung, remedy },
    seen: policy.seen,
    summary: `${summaryInWords(remedy, climbed.params)}${because === undefined ? '' : `, a dearer remedy, since ${because}`}`,
    askedAt: now,
    until: Date.parse(until),
    approvers: policy.approval.approvers,
  };
}

/** The remedy with its parameters: "restart-service (service nginx)". */
function summaryInWords(remedy: string, params: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(params).map(([name, value]) => `${name} ${valueInWords(value)}`);
  return `use ${remedy}${given.length === 0 ? '' : ` (${given.join(', ')})`}`;
}

/** A duration as a span, a list by its entries, and what has names with its names: nobody should read JSON to say yes. */
function valueInWords(value: unknown): string {
  const duration = durationSchema.safeParse(value);
  if (duration.success) return inWords(milliseconds(duration.data));
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueInWords).join(' and ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${valueInWords(inner)}`)
    .join(' ');
}
