import { between } from '../random.ts';
import type { SimulationScenario } from './scenario.ts';
import { policyFor } from './stage.ts';

const MINUTE = 60_000;

export const partition: SimulationScenario = {
  name: 'partition',
  title:
    'one zone is cut off for ten minutes: its members alarm and their agents are silent; for a minute the incident table answers nobody',
  befall: ({ fleets, random }) => {
    const cutOff = fleets[0]?.instances[0]?.zone;
    const members = fleets.flatMap((fleet) => fleet.instances.filter(({ zone }) => zone === cutOff).map(({ id }) => ({ fleet, id })));
    return {
      silentAgents: members.map(({ id }) => id),
      outages: [{ from: 30_000, to: 90_000, ports: ['store', 'claims', 'storms', 'approvals', 'modes'] }],
      faults: members.map(({ fleet, id }) => ({
        policy: policyFor(fleet, 'instance-status').name,
        target: { kind: 'instance' as const, id },
        at: Math.round(between(random, 0, 20_000)),
        lasts: Math.round(between(random, 9 * MINUTE, 11 * MINUTE)),
        curedBy: [],
        cureTakes: MINUTE,
        deliveries: [Math.round(between(random, 200, 5_000))],
      })),
    };
  },
};
