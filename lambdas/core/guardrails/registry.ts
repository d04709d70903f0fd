import { actInFlight } from './act-in-flight.ts';
import { atLeastIll } from './at-least-ill.ts';
import { attemptCap } from './attempt-cap.ts';
import { blastRadius } from './blast-radius.ts';
import { breaker } from './breaker.ts';
import { budget } from './budget.ts';
import { changeCalendar } from './change-calendar.ts';
import { containment } from './containment.ts';
import { cooldown } from './cooldown.ts';
import { deploymentInProgress } from './deployment-in-progress.ts';
import { exclusion } from './exclusion.ts';
import { flapping } from './flapping.ts';
import { fleetSize } from './fleet-size.ts';
import type { Guardrail } from './guardrail.ts';
import { healthyFloor } from './healthy-floor.ts';
import { membership } from './membership.ts';
import { muting } from './muting.ts';
import { oneIncident } from './one-incident.ts';
import { otherPipeline } from './other-pipeline.ts';
import { pauseSwitch } from './pause-switch.ts';
import { protectedWindow } from './protected-window.ts';
import { providerEvent } from './provider-event.ts';
import { putAside } from './put-aside.ts';
import { recovery } from './recovery.ts';
import { secondOpinion } from './second-opinion.ts';
import { storm } from './storm.ts';
import { targetLease } from './target-lease.ts';
import { visibility } from './visibility.ts';

/**
 * The guardrails before every rung, in the order in which they are asked; the first veto is the one that is named. Muting comes before what is
 * told, and no storm is declared while the alarm's actions are disabled or suppressed. Mute rules are asked only before a change or a question.
 */
export const guardrails: readonly Guardrail[] = [
  storm,
  muting,
  pauseSwitch,
  membership,
  exclusion,
  putAside,
  recovery,
  visibility,
  oneIncident,
  targetLease,
];

/** The further guardrails before a rung that changes something, asked after the others. */
export const actGuardrails: readonly Guardrail[] = [
  otherPipeline,
  containment,
  fleetSize,
  atLeastIll,
  secondOpinion,
  protectedWindow,
  changeCalendar,
  providerEvent,
  deploymentInProgress,
  flapping,
  actInFlight,
  attemptCap,
  cooldown,
  breaker,
  blastRadius,
  healthyFloor,
  budget,
];

/** Those that judge whether the symptom is there, which a drill only plays. */
export const symptomGuardrails: readonly Guardrail[] = [recovery, atLeastIll, secondOpinion];

/**
 * What is asked before a change of a remedy is given back: the same but those about the symptom, which then must be gone,
 * and the one that would take a newer incident of the same policy for a duplicate.
 */
export const giveBackGuardrails: readonly Guardrail[] = [...guardrails, ...actGuardrails].filter(
  (guardrail) => ![...symptomGuardrails, muting, visibility, oneIncident].includes(guardrail),
);
