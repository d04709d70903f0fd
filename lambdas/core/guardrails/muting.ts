import type { Guardrail } from './guardrail.ts';

/**
 * Somebody disabled the actions of the alarm, as people and their tools do before maintenance. CloudWatch sends its events all
 * the same, and they do not say so; a mute rule does, and is seen before an incident is opened.
 */
export const muting: Guardrail = ({ incident, snapshot: { symptom } }) =>
  symptom.disabled
    ? {
        kind: 'end',
        reason: 'muted',
        why: `the actions of alarm ${incident.alarmName} are disabled`,
        witness: { kind: 'person', id: `whoever disabled the actions of alarm ${incident.alarmName}` },
      }
    : undefined;
