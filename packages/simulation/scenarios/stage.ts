import type { Policy } from '../../../lambdas/core/policy.ts';
import type { Instance } from '../../../lambdas/core/ports.ts';
import { type Random, randomFor } from '../random.ts';

/** Members of one fleet: a blast radius of 10 % and five members is then five. */
const FLEET_SIZE = 100;

const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];

/** The symptoms that every fleet is watched for; the policies themselves are those of the synthesized stack. */
const SYMPTOMS = ['memory', 'disk', 'service-down', 'instance-status'];

/** The fleets that a scenario befalls. */
export interface Stage {
  readonly seed: number;
  readonly fleets: readonly SimulatedFleet[];
  readonly random: Random;
}

export interface SimulatedFleet {
  readonly name: string;
  readonly instances: readonly Instance[];
  /** By symptom. */
  readonly policies: Readonly<Record<string, Policy>>;
}

/** Fleets of a hundred tagged instances in three zones, each under the stack's own policies for a tagged fleet. */
export function buildStage(targets: number, seed: number, policies: readonly Policy[]): Stage {
  const count = Math.ceil(targets / FLEET_SIZE);
  const watched = SYMPTOMS.map((symptom) => {
    const policy = policies.find((candidate) => candidate.symptom === symptom && candidate.targets.kind === 'contributor');
    if (!policy) throw new Error(`the stack has no policy for ${symptom} of a fleet`);
    return policy;
  });
  const fleets = Array.from({ length: count }, (_, fleet) => {
    const name = `Fleet${fleet + 1}`;
    const size = Math.min(FLEET_SIZE, targets - fleet * FLEET_SIZE);
    const group = { kind: 'tagged', name, key: 'SelfHeal', value: name } as const;
    return {
      name,
      instances: Array.from({ length: size }, (_, member) => memberOf(name, fleet * FLEET_SIZE + member)),
      policies: Object.fromEntries(watched.map((policy) => [policy.symptom, { ...policy, name: `${name}-${policy.symptom}`, group }])),
    };
  });
  return { seed, fleets, random: randomFor(seed, 'scenario') };
}

/** Members of a fleet are spread over the zones in turn. */
function memberOf(fleet: string, number: number): Instance {
  const id = `i-${(number + 1).toString(16).padStart(17, '0')}`;
  return { id, state: 'running', tags: { SelfHeal: fleet }, zone: ZONES[number % ZONES.length] ?? '' };
}

/** The policy of a fleet for a symptom. */
export function policyFor({ name, policies }: SimulatedFleet, symptom: string): Policy {
  const policy = policies[symptom];
  if (!policy) throw new Error(`${name} is not watched for ${symptom}`);
  return policy;
}

/** The remedies of a policy that change something. */
export function remediesOf({ ladder }: Policy): readonly string[] {
  return ladder.filter(({ acts }) => acts).map(({ remedy }) => remedy);
}
