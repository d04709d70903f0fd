import { messageOf } from '../core/failure.ts';
import { judgeLastLook, type LastLook } from '../core/last-look.ts';
import type { ModeOverrides, PauseSwitch, PolicyRecords } from '../core/ports.ts';
import type { WorkflowState } from '../core/workflow-state.ts';

export interface LastLookPorts {
  readonly modes: Pick<ModeOverrides, 'read'>;
  readonly pauseSwitch: PauseSwitch;
  readonly policyRecords: PolicyRecords;
}

/**
 * Reads, all at once, what people have said and deployed: the pause, the mode and the record of the policy. Whatever is done to a machine, a
 * group or a database comes right after it. What cannot be read is no permission.
 *
 * @param acts Whether something is changed or visited. What only waits asks for the pause alone.
 */
export async function lastLook(
  state: WorkflowState,
  { modes, pauseSwitch, policyRecords }: LastLookPorts,
  acts = true,
): Promise<LastLook | { readonly kind: 'unreadable'; readonly why: string }> {
  const { policy, record } = state;
  try {
    const [pause, override, records] = await Promise.all([
      pauseSwitch.read(),
      acts ? modes.read(policy.name) : undefined,
      acts && record !== undefined ? policyRecords.current(policy.name) : undefined,
    ]);
    return judgeLastLook(state, { pause, override, records });
  } catch (error) {
    return { kind: 'unreadable', why: messageOf(error) };
  }
}
