import { anInstance } from '@self-healing/simulation/accounts.ts';
import { aPolicy, NOW } from '@self-healing/simulation/builders.ts';
import type { StoryHistory } from '@self-healing/simulation/history-of-story.ts';
import { type PlayOptions, playStory } from '@self-healing/simulation/play-story.ts';
import { type Fault, NO_HAZARDS, type Story } from '@self-healing/simulation/story.ts';
import type { DeployedFunction, SynthesizedStack } from '@self-healing/simulation/synthesized-stack.ts';
import type { Policy } from '../../lambdas/core/policy.ts';
import type { Instance } from '../../lambdas/core/ports.ts';
import type { Target } from '../../lambdas/core/target.ts';
import { registry, remedyNames } from '../../lambdas/remediators/registry.ts';
import { type GiveBackFunctions, healingDefinition } from '../../lib/healing-definition.ts';

/** What the pipeline gives its functions. */
const TIMEOUT_SECONDS = 60;

/** A policy for each member that the alarm names, as it is for a fleet. */
export function fleetPolicy(given: Parameters<typeof aPolicy>[0] = {}): Policy {
  return aPolicy({ targets: { kind: 'contributor', attribute: 'InstanceId' }, ...given });
}

export function memberId(number: number): string {
  return `i-${number.toString(16).padStart(8, '0')}`;
}

export function member(number: number): Target {
  return { kind: 'instance', id: memberId(number) };
}

/** Tagged instances, by turns in the zones. */
export function fleetOf(size: number, zones: readonly string[] = ['eu-west-1a']): Instance[] {
  return Array.from({ length: size }, (_, number) => ({
    ...anInstance({ id: memberId(number) }),
    zone: zones[number % zones.length] as string,
  }));
}

/** A symptom that no remedy cures, on the first member, whose event arrives at once. */
export function aFault(given: Partial<Fault> = {}): Fault {
  return { policy: 'Web-memory', target: member(0), at: 0, curedBy: [], cureTakes: 0, deliveries: [0], ...given };
}

/** A story of a fleet of ten in which nothing befalls the pipeline itself. */
export function aStory(given: Partial<Story> = {}): Story {
  return {
    ...{ seed: 1, startsAt: NOW, policies: [fleetPolicy()], instances: fleetOf(10), faults: [aFault()], hazards: NO_HAZARDS },
    ...{ groups: [], databases: [], clusters: [], volumes: [], silentAgents: [], operators: [], departures: [], outages: [] },
    ...given,
  };
}

/** Plays a story on the pipeline's own definition and handlers, without the synthesis of a stack, which takes seconds. */
export function simulated(given: Partial<Story>, options?: PlayOptions): Promise<StoryHistory> {
  return playStory(aStory(given), healingStack, options);
}

/** The reasons with which incidents ended, or were not opened, in the order of time. */
export function reasonsOf({ lines }: Pick<StoryHistory, 'lines'>): unknown[] {
  return lines.flatMap(({ kind, reason }) => (kind === 'outcome' || kind === 'rejected' ? [reason] : []));
}

const steps = ['triage', 'verify', 'ask', 'diagnose', 'conclude', 'consider-give-back', 'report-give-back'] as const;
const returning = Object.values(registry).flatMap(({ name, giveBack }) => (giveBack ? [name] : []));
const names = [...steps, ...remedyNames.map((name) => `remediate-${name}`), ...returning.map((name) => `give-back-${name}`)];

/** The definition as the CDK puts it into the template, with functions by their own names. */
export const healingStack = stackOf({
  consider: 'consider-give-back',
  report: 'report-give-back',
  remedies: Object.fromEntries(returning.map((name) => [name, `give-back-${name}`])),
});

/** The same with the definition of before, by which the functions of the incident give back, too. */
export const formerHealingStack = stackOf({
  consider: 'triage',
  report: 'conclude',
  remedies: Object.fromEntries(returning.map((name) => [name, `remediate-${name}`])),
});

function stackOf(giveBack: GiveBackFunctions): SynthesizedStack {
  return {
    definition: JSON.stringify(
      healingDefinition({
        ...{ partition: 'aws', triage: 'triage', verify: 'verify', ask: 'ask', diagnose: 'diagnose', conclude: 'conclude', giveBack },
        remedies: Object.fromEntries(remedyNames.map((name) => [name, `remediate-${name}`])),
      }),
    ),
    executionLog: { level: 'OFF', withData: false },
    functions: new Map(names.map((name) => [name, deployed(name)])),
    intake: { ...deployed('intake'), retries: 2, withinSeconds: 3_600 },
    policies: [],
  };
}

function deployed(name: string): DeployedFunction {
  return { name, timeoutSeconds: TIMEOUT_SECONDS, environment: { PIPELINE: 'healing', DOCUMENT_NAME: `healing-${name}` } };
}
