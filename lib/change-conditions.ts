import type { Guardrails } from '../lambdas/core/policy.ts';
import type { NamesOf } from './known-names.ts';

/** A time of every week or month in which nothing is changed, by the clocks of one place. */
export interface ProtectedWindowProps {
  /**
   * Days of the week on which it begins.
   * @default - every day
   */
  readonly days?: readonly ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[];
  /**
   * Days of the month on which it begins, from 1 to 31; -1 is the last day, -2 the one before. With `days`, both must fit.
   * @default - every day
   */
  readonly monthDays?: readonly number[];
  /** When it begins: `22:00`. */
  readonly from: string;
  /** The first moment after it: `06:00`; if that is not after `from`, on the next day. A whole day is `00:00` to `24:00`. */
  readonly to: string;
  /** Whose clocks: a name of the IANA time zone database, such as `Europe/Berlin`. Changes of clocks are followed. */
  readonly timeZone: string;
  /**
   * Why nothing is to be changed then, at most 100 characters; put into messages.
   * @default - nothing is said
   */
  readonly why?: string;
}

/** The change conditions in which a policy holds back. They are looked at before each rung that changes something. */
export interface ChangeConditionProps {
  /**
   * Most members that the fleet is expected to have. A fleet that has more is not acted on. Prevents the repair of
   * everything after a tag was put on everything. At least 1.
   * @default - 500 for each shard, beyond which CloudWatch evaluates an alarm only in part; `expectedMembers` where it is given
   */
  readonly largestFleet?: number;
  /**
   * Times in which nothing is changed. An incident waits for their end within `waitAtMost`. Prevents a restart in the
   * middle of a batch run or of trading hours.
   * @default - none
   */
  readonly protectedWindows?: readonly ProtectedWindowProps[];
  /**
   * Change calendars of Systems Manager, by name, or by ARN where another account shares them; at most 10. An incident
   * waits within `waitAtMost` until all are open; one that cannot be read counts as closed. Prevents a change in the
   * middle of a change freeze.
   * @default - none
   */
  readonly calendars?: readonly string[];
  /**
   * Whether to `hold` back while AWS Health reports an open problem of a service that the target depends on, or of the
   * target itself. An incident waits for its end within `waitAtMost`; of a problem without news for 6 hours no more is
   * made. Prevents repairs that cannot help, and replacing what cannot be launched again.
   * @default - hold
   */
  readonly duringProviderEvents?: 'hold' | 'act';
  /**
   * Deployment groups of CodeDeploy on these targets, at most 10. An incident waits within `waitAtMost` until no
   * deployment is under way. Prevents that healer and rollout together take out more members than either may.
   * @default - none; instance refreshes of Auto Scaling groups are always looked for
   */
  readonly deployments?: readonly { readonly application: string; readonly group: string }[];
  /**
   * Whether to `hold` back while a deployment or an instance refresh is under way. `act` where rollouts are so long or
   * frequent that waiting for them would leave faults unhealed. `launchFailures` calls people at once then, too.
   * @default - hold
   */
  readonly duringDeployments?: 'hold' | 'act';
}

export const changeConditionNames: NamesOf<ChangeConditionProps> = {
  largestFleet: true,
  protectedWindows: true,
  calendars: true,
  duringProviderEvents: true,
  deployments: true,
  duringDeployments: true,
};

export const changeConditionDefaults = { largestFleet: 500 } as const satisfies ChangeConditionProps;

type PolicyChangeConditions = Pick<Guardrails, keyof ChangeConditionProps>;

/** The change conditions as a policy carries them; what is not used is left out, since a rule carries little. */
export function toPolicyChangeConditions(props: ChangeConditionProps): PolicyChangeConditions {
  const { largestFleet, protectedWindows, calendars, deployments, duringDeployments, duringProviderEvents } = props;
  return {
    ...(largestFleet !== undefined && { largestFleet }),
    ...(protectedWindows && {
      protectedWindows: protectedWindows.map(({ days, monthDays, ...window }) => ({
        ...window,
        ...(days && { days: [...days] }),
        ...(monthDays && { monthDays: [...monthDays] }),
      })),
    }),
    ...(calendars && { calendars: [...calendars] }),
    ...(duringProviderEvents === 'act' && { duringProviderEvents }),
    ...(deployments && { deployments: [...deployments] }),
    ...(duringDeployments === 'act' && { duringDeployments }),
  };
}
