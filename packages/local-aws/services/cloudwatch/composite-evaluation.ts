import type { AlarmStateValue } from './alarm-definition.ts';
import type { EvaluatedState } from './alarm-evaluation.ts';
import { alarmsInRule, holds, parseAlarmRule } from './alarm-rule.ts';
import { alarmTimestamp } from './state-reason.ts';

/** What a composite alarm sees of another alarm. */
export interface ChildAlarm {
  readonly arn: string;
  readonly value: AlarmStateValue;
  readonly transitionedAtMs: number;
}

/** Decides a composite alarm by its rule. `cause` is the child whose change led here; none on creation. Throws `NotEvaluated` by name. */
export function evaluateComposite(
  rule: string,
  childOf: (name: string) => ChildAlarm | undefined,
  cause: ChildAlarm | undefined,
): EvaluatedState {
  const parsed = parseAlarmRule(rule);
  const children = alarmsInRule(parsed)
    .map(childOf)
    .filter((child) => child !== undefined);
  const value = holds(parsed, (name) => childOf(name)?.value) ? 'ALARM' : 'OK';
  const at = (child: ChildAlarm): string => alarmTimestamp(child.transitionedAtMs);
  const triggeringAlarms = (cause ? [cause] : children).map((child) => ({
    arn: child.arn,
    state: { value: child.value, timestamp: at(child) },
  }));
  return {
    value,
    reason: cause
      ? `${cause.arn} transitioned to ${cause.value} at ${at(cause)}`
      : `Alarm rule evaluated to ${value} on creation or update`,
    reasonData: JSON.stringify({ triggeringAlarms }),
  };
}

/** Whether a rule reads this alarm; a rule that cannot be read reads none. */
export function readsAlarm(rule: string, name: string): boolean {
  return alarmsInRule(parseAlarmRule(rule)).includes(name);
}
