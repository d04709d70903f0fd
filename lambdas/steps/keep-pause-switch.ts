import type { Instant } from '../core/duration.ts';
import { parsePause, RUNNING } from '../core/pause.ts';

/** What CloudFormation asks of the custom resource; its physical id is the name of the switch. */
export interface SwitchRequest {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: { readonly Parameter: string };
}

/** A pause switch, as far as it may be touched here. */
interface KeptSwitch {
  /** Undefined where there is none. */
  read(): Promise<string | undefined>;
  /** Sets the first value; one that is there already is left as it is. */
  make(value: string): Promise<void>;
}

/**
 * Makes the pause switch where there is none, and never changes one that is there: no deployment, replacement or deletion of the
 * stack may let a paused pipeline act again. As a resource of CloudFormation's own, every change of its description or tags
 * would write its first value anew. A pipeline that gets another name takes what its switch says along.
 *
 * @throws Error when a paused pipeline would run under its new name
 */
export async function keepPauseSwitch(
  { RequestType, PhysicalResourceId: former, ResourceProperties: { Parameter: name } }: SwitchRequest,
  switchOf: (parameter: string) => KeptSwitch,
  now: Instant,
): Promise<{ readonly PhysicalResourceId: string }> {
  if (RequestType === 'Delete') return { PhysicalResourceId: former ?? name };
  if (RequestType === 'Create') await switchOf(name).make(RUNNING);
  if (RequestType === 'Update' && former !== undefined && former !== name) await takeAlong(former, name, switchOf, now);
  return { PhysicalResourceId: name };
}

async function takeAlong(former: string, name: string, switchOf: (parameter: string) => KeptSwitch, now: Instant): Promise<void> {
  const said = (await switchOf(former).read())?.trim() || `${former} was missing when the pipeline was renamed`;
  await switchOf(name).make(said);
  const says = (await switchOf(name).read())?.trim();
  if (parsePause(said, now).kind === 'paused' && parsePause(says, now).kind === 'running')
    throw new Error(
      `the pipeline is paused (${said}), but ${name}, kept from an earlier deployment, says "${says}": pause it under its new name, too, then deploy again`,
    );
}
