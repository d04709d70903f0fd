import { type ApprovalRequest, shortId } from './approval.ts';
import { commandName } from './command-name.ts';
import { inWords, iso } from './duration.ts';
import type { Incident } from './incident.ts';
import type { Policy } from './policy.ts';
import { type Message, subject } from './report.ts';
import { targetInWords } from './target.ts';

/** The question as people get it: what is wrong, what would be done, until when, and the commands that answer it. */
export function approvalMessage(request: ApprovalRequest, incident: Incident, policy: Policy, pipeline: string): Message {
  const target = targetInWords(request.target);
  const rung = `rung ${request.rung + 1} of ${policy.ladder.length}`;
  const command = (verb: string) => `${commandName} ${verb} ${shortId(request)} --pipeline ${pipeline}`;
  return {
    subject: subject(`[self-healing] MAY I? ${request.remedy} for ${policy.symptom} on ${target}`),
    body: [
      `${target}: may the pipeline ${request.summary}?`,
      '',
      `SEEN       ${request.seen}, since ${iso(incident.openedAt)}`,
      `           alarm ${incident.alarmName}: ${incident.reason}`,
      `WOULD DO   ${request.summary} on ${target}, ${rung}. Nothing is done before you answer.`,
      `ANSWER     within ${inWords(request.until - request.askedAt)}, until ${iso(request.until)}; silence means no.`,
      ...(request.approvers > 1
        ? [`           ${request.approvers} different people must approve; one who denies is enough to stop it.`]
        : []),
      `           ${command('approve')}`,
      `           ${command('deny')} "the reason"`,
      ...(policy.runbook ? [`           Runbook: ${policy.runbook}`] : []),
      '',
      `Policy ${policy.name}, incident ${request.incident}`,
    ].join('\n'),
    attributes: { policy: policy.name, outcome: 'waiting', reason: 'approval' },
  };
}
