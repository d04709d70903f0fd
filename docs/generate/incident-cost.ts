import type { Share } from '../../packages/simulation/economy/bill.ts';
import { type ManyIncidents, manyIncidents, type Spread } from '../../packages/simulation/economy/many-incidents.ts';
import { code, item, page, table, wrapped } from './markdown.ts';

/** What is aimed at; which of it is reached is told by the table itself. */
const AIMS = { transitions: 25, tableRequests: undefined, tableOperations: 12, roundTrips: 8, calls: undefined, dollars: 0.001 } as const;

const FIGURES: Readonly<Record<keyof typeof AIMS, string>> = {
  transitions: 'state transitions',
  calls: 'calls of functions',
  roundTrips: 'requests one after the other before the act, from its event on',
  tableRequests: 'requests to DynamoDB',
  tableOperations: 'the same by items: each part of a transaction is one, and a batch of reads',
  dollars: 'dollars',
};

/** What one healed incident costs, played in the simulation. It takes some seconds: the stack is synthesized for it. */
export async function incidentCostPage(): Promise<string> {
  const many = await manyIncidents();
  const { typical } = many;
  return page(
    'What one incident costs',
    wrapped(
      `The service of the one machine of a fleet dies, is restarted, stays up for its probation, and people are told by mail. The simulation plays this ${many.count} times, with the synthesized workflow, the real handlers and the adapters of the incident table, and with other durations of alarms and commands each time. It counts what is asked of AWS. Prices are US list prices as known when this was written (${code('packages/simulation/economy/incident-prices.ts')}); nothing of it was measured in an AWS account.`,
    ),
    '## Figures',
    figures(many),
    '## What is out of reach',
    [
      item(
        'Twelve items of the table. A claim alone takes five in one transaction (lease, slot, budget, breaker, and that the incident has not ended), and an attempt five more (lease, attempt, its copy at the target, slot, that it has not ended). Opening and ending take three each (the incident, its place in the history of the target, and that it is open there). Fewer would be parts of a promise written one after the other, with a death between them, or items of another form, which versions that still run would not read.',
      ),
      item(
        'Fewer than eight requests before the act. Their order is a promise: the workflow is started, the arrival is noted before others are looked for, what is decided is read before it is claimed, the history of the target is read once more under the claim, the target is looked at before the attempt is written, and the switch and the mode are read last. An instance of `intake` that has just started reads the record of the policy besides, which it then trusts for ten minutes; here the event of the alarm as a whole, a second before, has had it read.',
      ),
    ].join('\n'),
    '## What is paid for',
    wrapped('Of the incident in the middle by its cost:'),
    table(
      ['what', 'quantity', 'dollars'],
      [
        ...typical.lines.map(({ what, quantity, dollars }) => [what, String(quantity), dollars.toFixed(6)]),
        ['**in all**', '', `**${typical.dollars.toFixed(6)}**`],
      ],
    ),
    '## Who asks for it',
    table(
      ['function', 'calls', 'table requests', 'by items', 'read units', 'write units', 'CloudWatch'],
      typical.shares.map((share) => rowOf(share)),
    ),
    '## What is asked of the table',
    wrapped('In order; requests of one function may be made at once.'),
    table(
      ['function', 'request', 'item'],
      typical.atTable.flatMap(({ by, request, names }) =>
        names.map((name, part) => [...(part === 0 ? [code(by), request.replace('dynamodb:', '')] : ['', '']), code(name)]),
      ),
    ),
    '## States of the workflow',
    table(
      ['state', 'times'],
      typical.states.map(({ state, times }) => [state, String(times)]),
    ),
  );
}

function rowOf({ name, ...share }: Share): readonly string[] {
  const { calls, tableRequests, tableOperations, readUnits, writeUnits, cloudWatchCalls } = share;
  return [code(name), ...[calls, tableRequests, tableOperations, readUnits, writeUnits, cloudWatchCalls].map(String)];
}

function figures(many: ManyIncidents): string {
  return table(
    ['figure', 'in the middle', 'nine in ten', 'aim'],
    Object.entries(FIGURES).map(([name, what]) => {
      const figure = name as keyof typeof AIMS;
      const spread: Spread = many[figure];
      const digits = figure === 'dollars' ? 5 : 0;
      const aim = AIMS[figure];
      return [
        what,
        spread.median.toFixed(digits),
        `${spread.from.toFixed(digits)} to ${spread.to.toFixed(digits)}`,
        aim === undefined ? '' : String(aim),
      ];
    }),
  );
}
