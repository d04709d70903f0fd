import { anIncident, HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { expect, it } from 'vitest';
import { advise } from '../../../bin/heal/advise.ts';
import type { Operator } from '../../../bin/heal/operator.ts';
import { type HistoryFilter, isWanted } from '../../../lambdas/core/history-filter.ts';
import { type HistoryLine, incidentLine } from '../../../lambdas/core/history-line.ts';
import { plainScreen } from '../../support/plain-screen.ts';

const idOf = (number: number) => number.toString(16).padStart(64, '0');
const line = (number: number, kind: 'outcome' | 'verification', more: object): HistoryLine =>
  incidentLine(kind, anIncident({ id: idOf(number) }), '', NOW - number * MINUTE, more);
const healed = (number: number) =>
  line(number, 'outcome', {
    reason: 'healed',
    remedies: [
      { remedy: 'clear-caches', result: 'not-recovered' },
      { remedy: 'restart-service', result: 'recovered' },
    ],
  });

function operatorWith(lines: readonly HistoryLine[], asked: HistoryFilter[] = []): Operator {
  return {
    pipeline: 'healing',
    policies: { 'Web-memory': 'automatic', 'Web-disk': 'approval' },
    history: async (_: number, filter: HistoryFilter = {}) => {
      asked.push(filter);
      return lines.filter((each) => isWanted(filter, each));
    },
  } as unknown as Operator;
}
const advised = (lines: readonly HistoryLine[], asked?: HistoryFilter[]) =>
  advise(operatorWith(lines, asked), NOW - 24 * 30 * HOUR, NOW, plainScreen());

it('says what helped, what never did, what comes back and which policy is ready for its next mode', async () => {
  const shadow = Array.from({ length: 5 }, (_, number) => [
    { ...line(20 + number, 'verification', { shadow: 'stayed' }), policy: 'Web-cpu' },
    { ...line(20 + number, 'outcome', { reason: 'shadow', outcome: 'skipped' }), policy: 'Web-cpu' },
  ]).flat();
  const { text, data } = await advised([...[0, 1, 2].map(healed), ...shadow, line(9, 'verification', { remedy: 'x' })]);
  expect(text.split('\n').map((each) => each.replaceAll(/ {2,}/g, ' | '))).toEqual([
    'What pipeline healing has seen in the last 30 days.',
    '',
    'WHAT HELPED',
    'POLICY | REMEDY | HELPED | ADVICE',
    'Web-memory | clear-caches | 0 of 3 | it never helped: take it out of the ladder',
    'Web-memory | restart-service | 3 of 3',
    '',
    'WHAT COMES BACK',
    'TARGET | POLICY | HOW OFTEN | ADVICE',
    'instance i-0aaaabbbbccccdddd | Web-memory | healed 3 times this week | the cause is still there: look for it',
    '',
    'WHICH POLICY IS READY FOR MORE',
    'POLICY | SEEN | ADVICE',
    expect.stringMatching(/^Web-cpu \| in shadow: 5 incidents, would have acted 5/),
    expect.anything(),
    ...[expect.stringMatching(/^Web-disk \| in approval: 0 approved/), expect.anything()],
  ]);
  expect(text).toContain('ready: deploy it as approval or automatic');
  expect(data).toMatchObject({ remedies: [{ advice: expect.any(String) }, { advice: null }], recurring: [{ healed: 3 }], restless: [] });
});

it('reads ends, what operators did and looks in shadow, and nothing else', async () => {
  const asked: HistoryFilter[] = [];
  await advised([], asked);
  expect(asked).toEqual([{ kinds: ['outcome', 'operator'] }, { kinds: ['verification'], shadowed: true }]);
});

it('counts an end once that was written twice', async () => {
  const of = (number: number, reason: string, policy: string) => ({ ...line(number, 'outcome', { reason, outcome: 'skipped' }), policy });
  const shadow = [{ ...line(7, 'verification', { shadow: 'stayed' }), policy: 'Web-cpu' }, of(7, 'shadow', 'Web-cpu')];
  const lines = [
    ...[0, 1].map((number) => of(number, 'already-recovered', 'Web-memory')),
    ...[3, 4].map(healed),
    ...[5, 6].map((number) => of(number, 'approval-denied', 'Web-disk')),
    ...[...shadow, of(8, 'cooldown', 'Web-cpu')],
  ];
  const { data } = await advised([...lines, ...lines]);
  expect(data).toEqual((await advised(lines)).data);
  expect(data).toMatchObject({
    recurring: [],
    restless: [],
    shadow: [{ incidents: 2, vetoes: { cooldown: 1 } }],
    approval: [{ denied: 2 }],
  });
});

it('says kindly that there is nothing to say', async () => {
  const { text } = await advised([]);
  expect(text).toContain('No remedy was judged in that time.');
  expect(text).toContain('Nothing came back often enough to speak of it.');
});
