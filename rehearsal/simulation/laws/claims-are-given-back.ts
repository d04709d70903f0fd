import type { Law } from './law.ts';

export const claimsAreGivenBack: Law = {
  name: 'an incident that was concluded holds no claim',
  breaches: ({ executions, leases, slots }) => {
    const holders = [...[...leases.values()].map(({ incident }) => incident), ...[...slots.values()].flatMap((of) => Object.keys(of))];
    return [...new Set(holders)]
      .filter((name) => executions.get(name)?.status === 'SUCCEEDED')
      .map((name) => `${name.slice(0, 8)} holds one`);
  },
};
