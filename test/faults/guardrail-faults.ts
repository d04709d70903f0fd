import type { Fault } from './fault.ts';

const REGISTRY = 'lambdas/core/guardrails/registry.ts';

/** Guardrails by the name of their file, with their name in the registry. */
export const guardrailNames = {
  storm: 'storm',
  'pause-switch': 'pauseSwitch',
  membership: 'membership',
  exclusion: 'exclusion',
  'put-aside': 'putAside',
  muting: 'muting',
  recovery: 'recovery',
  visibility: 'visibility',
  'one-incident': 'oneIncident',
  'target-lease': 'targetLease',
  'other-pipeline': 'otherPipeline',
  containment: 'containment',
  'fleet-size': 'fleetSize',
  'at-least-ill': 'atLeastIll',
  'second-opinion': 'secondOpinion',
  'protected-window': 'protectedWindow',
  'change-calendar': 'changeCalendar',
  'provider-event': 'providerEvent',
  'deployment-in-progress': 'deploymentInProgress',
  flapping: 'flapping',
  'act-in-flight': 'actInFlight',
  'attempt-cap': 'attemptCap',
  cooldown: 'cooldown',
  breaker: 'breaker',
  'blast-radius': 'blastRadius',
  'healthy-floor': 'healthyFloor',
  budget: 'budget',
} as const;

/** Each guardrail is left out. */
export const guardrailFaults: readonly Fault[] = Object.entries(guardrailNames).map(([file, name]) => ({
  breaks: `guardrail ${file}`,
  file: REGISTRY,
  find: `\n  ${name},\n`,
  replace: '\n',
  noticed: { by: 'explorer', situation: `guardrail-${file}`, preemptions: 0, deaths: 0 },
}));
