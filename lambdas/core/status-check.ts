import { type Duration, type Instant, milliseconds } from './duration.ts';

/** The status checks that EC2 makes of every running instance each minute: of its host, of its own system, of its EBS volumes. */
export const statusCheckNames = ['system', 'instance', 'attached-ebs'] as const;

export type StatusCheckName = (typeof statusCheckNames)[number];

/** What one status check says; `unknown` while the instance does not run or the check has no data. */
export type StatusCheckState = 'ok' | 'initializing' | 'impaired' | 'unknown';

/** A check of the instances with a tag, and the policy that wants to know when it fails. */
export interface WatchedCheck {
  readonly policy: string;
  readonly check: StatusCheckName;
  readonly tag: { readonly key: string; readonly value: string };
  /** How long a check must have failed before it is told. Prevents acting on what passes by itself. */
  readonly sustained: Duration;
}

/** An instance whose check fails, and since when, by EC2's clock. */
export interface ImpairedInstance {
  readonly id: string;
  /** Absent where EC2 does not say it. */
  readonly since?: Instant;
}

/** A failed check that a policy wants to know of. */
export interface FailedCheck extends Required<ImpairedInstance> {
  readonly policy: string;
  readonly check: StatusCheckName;
}

/** Chooses what is told: for each policy the instances with its tag whose check has failed for long enough. */
export function failedChecks(
  watched: readonly WatchedCheck[],
  impaired: ReadonlyMap<StatusCheckName, readonly ImpairedInstance[]>,
  tagsOf: ReadonlyMap<string, Readonly<Record<string, string>>>,
  now: Instant,
): readonly FailedCheck[] {
  return watched.flatMap(({ policy, check, tag, sustained }) =>
    (impaired.get(check) ?? []).flatMap(({ id, since }) =>
      since !== undefined && tagsOf.get(id)?.[tag.key] === tag.value && now - since >= milliseconds(sustained)
        ? [{ policy, check, id, since }]
        : [],
    ),
  );
}
