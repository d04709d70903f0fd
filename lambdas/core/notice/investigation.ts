import { mailOf } from './mail.ts';
import type { Notice, Severity } from './notice.ts';

const priorities: Readonly<Record<Severity, string>> = { critical: 'CRITICAL', warning: 'MEDIUM', info: 'LOW' };

/**
 * The notice as AWS DevOps Agent takes it at its generic webhook. Each has an id of its own, since each hand-off is worth an
 * investigation, and none is ever closed by us.
 */
export function investigationOf(notice: Notice) {
  const { id, severity, title, policy, pipeline, at } = notice;
  return {
    eventType: 'incident',
    incidentId: id,
    action: 'created',
    priority: priorities[severity],
    title,
    description: mailOf(notice).body,
    service: policy?.name ?? pipeline,
    timestamp: at,
    data: { notice },
  } as const;
}
