import { ALARM_NAME, NOW } from '@self-healing/simulation/builders.ts';
import type { World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { type Breach, drillEvent, drillSource } from '../../lambdas/core/drill.ts';
import type { Incident } from '../../lambdas/core/incident.ts';
import type { Next } from '../../lambdas/core/next.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import { type WorkflowState, workflowStateSchema } from '../../lambdas/core/workflow-state.ts';
import { remediatorNamed } from '../../lambdas/remediators/registry.ts';
import { conclude } from '../../lambdas/steps/conclude.ts';
import { intake } from '../../lambdas/steps/intake.ts';
import { remediate } from '../../lambdas/steps/remediate.ts';
import { triage } from '../../lambdas/steps/triage.ts';
import { verify } from '../../lambdas/steps/verify.ts';

export const DRILL_ID = '0123456789abcdef';

/** The event of a drill as EventBridge delivers it. */
export function aDrill(
  given: {
    readonly target?: string;
    readonly drill?: string;
    readonly source?: string;
    readonly minutes?: number;
    readonly fill?: true;
    readonly service?: string;
    readonly announces?: true;
    readonly breach?: Breach;
  } = {},
) {
  const { source = drillSource('healing'), drill = DRILL_ID, ...request } = given;
  const { detailType, detail } = drillEvent({ policy: 'Web-memory', drill, ...request });
  return { id: 'event-1', source, 'detail-type': detailType, account: '111122223333', time: new Date(NOW).toISOString(), detail };
}

/** Delivers an event as the rule of the policy does. */
export function delivered(world: World, policy: Policy, event: object = aDrill()): Promise<void> {
  return intake({ policy, event, alarm: ALARM_NAME }, world.ports, NOW);
}

/** The input of the one workflow that was started, as Step Functions hands it on. */
export function startedState(world: World): WorkflowState {
  const [input] = [...world.started.values()];
  return workflowStateSchema.parse(JSON.parse(JSON.stringify(input)));
}

const MOST_STEPS = 60;

/**
 * Delivers the event of a drill and runs the steps as the workflow does, each as often as is asked for, until it is over.
 *
 * @throws Error when it does not end, or goes to a step that no drill may come to
 */
export async function walked(world: World, policy: Policy, event: object = aDrill(), times: () => number = () => 1): Promise<Incident> {
  await delivered(world, policy, event);
  let state = startedState(world);
  for (let steps = 0; state.next?.do !== 'end'; steps += 1) {
    if (steps > MOST_STEPS) throw new Error('the drill does not end');
    let next = await step(state, world);
    for (let again = 1; again < times(); again += 1) next = await step(state, world);
    state = { ...state, next };
  }
  return state.incident;
}

function step(state: WorkflowState, { ports }: World): Promise<Next> {
  const { next } = state;
  switch (next?.do) {
    case undefined:
    case 'triage':
      return triage(state, ports, NOW);
    case 'remediate': {
      const remediator = remediatorNamed(next.remedy);
      if (!remediator) throw new Error(`there is no ${next.remedy}`);
      return remediate(state, remediator, `healing-${next.remedy}`, ports, NOW);
    }
    case 'verify':
      return verify(state, ports, NOW);
    case 'conclude':
      return conclude(state, ports, NOW);
    default:
      throw new Error(`a drill goes to no ${next?.do}`);
  }
}
