import * as z from 'zod';
import type { Instant } from './duration.ts';
import type { ProviderEvent } from './provider-event.ts';

/** A document of type change calendar, by name, or by ARN where another account shares it. */
export const calendarSchema = z
  .string()
  .regex(/^(?:arn:[\w-]+:ssm:[\w-]+:\d{12}:document\/)?[\w.-]{3,128}$/, 'must be the name or ARN of a change calendar of Systems Manager');

const codeDeployNameSchema = z.string().regex(/^[\w.+=,@-]{1,100}$/, 'must be a name that CodeDeploy allows');

/** A deployment group of CodeDeploy. */
export const deploymentGroupSchema = z.strictObject({ application: codeDeployNameSchema, group: codeDeployNameSchema });

export type DeploymentGroup = z.infer<typeof deploymentGroupSchema>;

/** What the change calendars of a policy say together: one that is closed closes all. */
export type CalendarState =
  | { readonly kind: 'open' }
  /** `changesAt` is absent where no opening is planned. */
  | { readonly kind: 'closed'; readonly changesAt?: Instant };

/** The state as far as it could be read. */
export type CalendarReading =
  | CalendarState
  /** Not known is not open. `lasting` when asking again cannot help. */
  | { readonly kind: 'unreadable'; readonly why: string; readonly lasting: boolean };

/**
 * What goes on around the target. Read only before a rung that changes something, since nothing else is held by it; the deployments also
 * where people would be called about a symptom that deployments make.
 */
export interface ChangeConditions {
  readonly calendar: CalendarReading;
  /** Rollouts on the target that have not ended, in words. */
  readonly deployments: readonly string[];
  /** Open problems of AWS that concern the target. */
  readonly providerEvents: readonly ProviderEvent[];
}

/** Nothing is going on, or nobody asked. */
export const ordinaryChangeConditions: ChangeConditions = { calendar: { kind: 'open' }, deployments: [], providerEvents: [] };

/**
 * Whether an ordinary rollout makes the symptom, so that people are not called before it has ended: one that terminates members first lacks
 * them for as long as it lasts.
 */
export function isMadeByRollouts({ symptom }: { readonly symptom: string }): boolean {
  return symptom === 'launch-failures';
}
