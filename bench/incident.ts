import { manyIncidents, type Spread } from '../packages/simulation/economy/many-incidents.ts';
import type { Part } from './part.ts';

/** What one healed incident may take at most, which its maker strives for; nothing here passes or fails by it. */
const AIMS = { transitions: 25, operations: 12, roundTrips: 8, dollars: 0.001 } as const;

export const incident: Part = {
  name: 'incident',
  title: 'what one healed incident takes: states, table operations, round trips before the act, calls, dollars; simulated',
  async run({ say }) {
    say('playing a hundred healed incidents with AWS’s own durations');
    const { count, transitions, tableOperations, tableRequests, roundTrips, calls, dollars } = await manyIncidents();
    const row = (what: string, { median, from, to }: Spread, aim: string, digits = 0) => [
      ...[what, median.toFixed(digits), from.toFixed(digits), to.toFixed(digits), aim],
    ];
    return {
      figures: { incidents: count, transitions, tableOperations, tableRequests, roundTrips, calls, dollars, aims: AIMS },
      tables: [
        {
          title: 'One healed incident, simulated',
          head: ['', 'median', 'one in 20 below', 'one in 20 above', 'aim'],
          rows: [
            row('state transitions', transitions, String(AIMS.transitions)),
            row('operations on the table, each item', tableOperations, String(AIMS.operations)),
            row('requests to the table', tableRequests, '-'),
            row('round trips before the act', roundTrips, String(AIMS.roundTrips)),
            row('calls of functions', calls, '-'),
            row('dollars', dollars, String(AIMS.dollars), 5),
          ],
          notes: [
            `Of ${count} incidents: one machine in one group, mail as the only way out. What each part costs is told in docs/cost.md.`,
          ],
        },
      ],
    };
  },
};
