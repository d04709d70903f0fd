import type { Construct } from 'constructs';
import type { PauseWatch } from '../../lambdas/core/pause-watch.ts';
import { HealerWatch } from './healer-watch.ts';
import type { HealingWorkflow } from './healing-workflow.ts';
import { Intake } from './intake.ts';
import { grantRecords, type PipelineRecords } from './pipeline-records.ts';
import { ProviderEvents } from './provider-events.ts';
import { Sweep } from './sweep.ts';

/**
 * Makes every way by which the pipeline hears of a fault: the intake of its rules, AWS's own events, the sweep that finds what neither
 * told, and the watch that tells people when one of these fails. Answers the intake, at which policies are
 * admitted, and the sweep, which looks for their alarms.
 */
export function signalPaths(
  scope: Construct,
  records: PipelineRecords,
  { stateMachine: workflow }: HealingWorkflow,
  pauseWatch: PauseWatch,
): { readonly intake: Intake; readonly sweep: Sweep } {
  const { pipeline, environment, notifications, history, incidents, pauseSwitch } = records;
  const intake = new Intake(scope, 'Intake', { pipeline, environment, workflow });
  const { deadLetters } = intake;
  const providerEvents = new ProviderEvents(scope, 'ProviderEvents', { pipeline, environment, deadLetters });
  grantRecords(records, providerEvents.healing, 'provider-events');
  history.grantWrite(intake.healing.role);
  notifications.grantPublish(intake.healing.role);
  incidents.grantUse(intake.healing.role, 'intake');
  const sweep = new Sweep(scope, 'Sweep', { pipeline, environment, workflow, pauseWatch });
  pauseSwitch.grantReadHistory(sweep.healing.role);
  grantRecords(records, sweep.healing, 'sweep');
  notifications.grantPublish(sweep.healing.role);
  new HealerWatch(scope, 'Watch', {
    pipeline,
    topic: notifications.topic,
    deadLetters,
    workflow,
    intake: intake.function,
    sweep: sweep.function,
  });
  return { intake, sweep };
}
