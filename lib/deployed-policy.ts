import type { Alarm, IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { IRule } from 'aws-cdk-lib/aws-events';

/** A policy as it is deployed: what starts it, and the rule that carries it. */
export interface DeployedPolicy {
  /** Its name in the history, in messages and in the operators' commands, such as `Web-memory`. */
  readonly name: string;
  /** The symptom's name, such as `memory`. */
  readonly symptom: string;
  /** The alarm that starts it. @default - none, events of RDS start it */
  readonly alarm?: IAlarm;
  /** The rule that starts it and carries it with every event. */
  readonly rule: IRule;
}

/** A policy whose alarm the pipeline made. */
export interface DeployedSymptom extends DeployedPolicy {
  readonly alarm?: Alarm;
}

/**
 * What `protectFleet` and `protectDatabase` made, for alarm actions, dashboards and composite alarms of one's own. Each
 * is a resource of the pipeline's stack: what refers to it from another stack makes that one depend on the pipeline's.
 */
export interface Protection {
  /** One for each symptom that was named; for each symptom and instance where the instances are given. */
  readonly policies: readonly DeployedSymptom[];
  /**
   * The alarms of the policies. Those of a tagged fleet or a group are Metrics Insights alarms with a contributor for
   * each instance: SNS and Lambda actions go off once for each, other kinds of action once for the alarm.
   */
  readonly alarms: readonly Alarm[];
}

export function protectionOf(policies: readonly DeployedSymptom[]): Protection {
  return { policies, alarms: policies.flatMap(({ alarm }) => (alarm ? [alarm] : [])) };
}
