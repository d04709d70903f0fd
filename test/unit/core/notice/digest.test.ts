import { aPolicy, NOW } from '@self-healing/simulation/builders.ts';
import { someOrigin } from '@self-healing/simulation/doubles/fake-ports.ts';
import { expect, it } from 'vitest';
import { iso } from '../../../../lambdas/core/duration.ts';
import type { HistoryLine } from '../../../../lambdas/core/history-line.ts';
import { digestNotice } from '../../../../lambdas/core/notice/digest.ts';

const DAY = 86_400_000;
const policy = aPolicy().name;

let count = 0;
const end = (daysAgo: number, given: Partial<HistoryLine>): HistoryLine => {
  count += 1;
  return {
    ...{
      at: iso(NOW - daysAgo * DAY),
      kind: 'outcome',
      incident: `i${count}`,
      policy,
      symptom: 'memory',
      target: 'instance i-1',
      text: '',
    },
    ...{ outcome: 'recovered', reason: 'healed' },
    ...given,
  };
};
const tried = (remedy: string, result: string) => ({ remedies: [{ remedy, result }] });
const handedOff = (reason: string, given: Partial<HistoryLine> = {}) => ({ outcome: 'handed-off', reason, ...given });
const digestOf = (lines: readonly HistoryLine[], shadowed: readonly HistoryLine[] = [], days = 7) =>
  digestNotice(someOrigin, { since: NOW - days * DAY, lines, shadowed }, NOW);

it('a digest says all that a week has to say, the most frequent first', () => {
  const healed = [1, 2, 3].map((daysAgo) => end(daysAgo, tried('restart-service', 'recovered')));
  const exhausted = [1, 2].map((daysAgo) => end(daysAgo, handedOff('ladder-exhausted', tried('clear-caches', 'not-recovered'))));
  const passed = [1, 2, 3].map((daysAgo) => end(daysAgo, { outcome: 'skipped', reason: 'already-recovered', target: 'instance i-2' }));
  const flapping = [end(1, handedOff('flapping', tried('clear-caches', 'not-recovered')))];
  const shadow = [1, 2, 3, 4, 5].map((daysAgo) => end(daysAgo, { policy: 'Web-disk', outcome: 'skipped', reason: 'shadow' }));
  const unready = [end(1, { policy: 'Web-cpu', outcome: 'skipped', reason: 'shadow' })];
  const shadowed = [...shadow, ...unready].map(
    ({ at, incident, policy: of }): HistoryLine =>
      ({ at, kind: 'verification', incident, policy: of, text: '', shadow: 'stayed' }) as HistoryLine,
  );
  const unsent = [1, 2].map((): HistoryLine => ({ at: iso(NOW), kind: 'not-sent', policy: '(all)', text: '' }));
  const lines = [...flapping, ...healed, ...healed, ...exhausted, ...passed, ...shadow, ...unready, ...unsent];
  const counts = '15 incidents: 3 healed, 3 handed off, 9 otherwise';
  expect(digestOf(lines, shadowed)).toStrictEqual({
    ...{
      version: '1',
      at: iso(NOW),
      stage: 'digest',
      severity: 'info',
      id: '123456789012/eu-central-1/healing/digest/2026-11-02',
      thread: '123456789012/eu-central-1/healing/digest/2026-11-02',
    },
    ...{ pipeline: 'healing', account: { id: '123456789012' }, region: 'eu-central-1' },
    title: `DIGEST: ${counts} in 7 days, 123456789012 eu-central-1`,
    seen: [`since ${iso(NOW - 7 * DAY)}: ${counts}`, '2 notices could not be sent by one of the ways'],
    ...{ done: [], notDone: [], why: [], kept: [], later: [], links: [] },
    diagnosis: [
      {
        title: 'What comes back: its cause is still there',
        lines: [`instance i-1, Web-memory: healed 3 times within a week, last at ${iso(NOW - DAY)}`],
      },
      {
        title: 'What comes and goes',
        lines: [
          'instance i-2, Web-memory: passed by itself 3 times; raise the threshold, or lengthen sustainedFor',
          'instance i-1, Web-memory: stopped as flapping once; healing does not last',
        ],
      },
      { title: 'What was handed off, by reason', lines: ['Web-memory: ladder-exhausted, 2 times', 'Web-memory: flapping, once'] },
      {
        title: 'What the remedies are worth',
        lines: [
          'Web-memory, clear-caches: helped 0 of 3 times; it never helped: take it out of the ladder',
          'Web-memory, restart-service: helped 3 of 3 times',
        ],
      },
      { title: 'Which policy is ready to act', lines: ['Web-disk, now in shadow: 5 of 5 symptoms stayed without the remedy'] },
    ],
    doNow: [
      { text: 'Look for the causes of what comes back, the first one first.' },
      { text: 'All of it, with numbers:', command: 'self-healing-pipeline advise --since 7d --pipeline healing --region eu-central-1' },
    ],
  });
});

it.each<[string, readonly HistoryLine[], string, number, string]>([
  ['of nothing', [], '0 incidents: 0 healed, 0 handed off, 0 otherwise', 0.4, '1d'],
  ['of one end', [end(1, {})], '1 incident: 1 healed, 0 handed off, 0 otherwise', 1.6, '2d'],
  [
    'of lines that are no ends',
    [end(1, { kind: 'signal' }), end(1, { incident: undefined } as never)],
    '0 incidents: 0 healed, 0 handed off, 0 otherwise',
    30,
    '30d',
  ],
])('a digest %s asks for nothing, and says where all of it is', (_, lines, counts, days, since) => {
  const { seen, diagnosis, doNow } = digestOf(lines, [], days);
  expect(seen).toEqual([`since ${iso(NOW - days * DAY)}: ${counts}`]);
  expect(diagnosis).toEqual([]);
  expect(doNow).toEqual([
    { text: 'Nothing: nothing came back often enough.' },
    { text: 'All of it, with numbers:', command: `self-healing-pipeline advise --since ${since} --pipeline healing --region eu-central-1` },
  ]);
});

it('a digest counts a notice once that failed by several ways', () => {
  const unsent = (way: string, notice?: string): HistoryLine => ({
    ...{ at: iso(NOW), kind: 'not-sent', policy, way, text: '' },
    ...(notice !== undefined && { notice }),
  });
  const { seen } = digestOf([unsent('mail', 'a'), unsent('mail', 'a'), unsent('chat', 'a'), unsent('mail', 'b'), unsent('link of Anna')]);
  expect(seen[1]).toBe('3 notices could not be sent by one of the ways');
});

it('a digest says how many lines of a section it leaves out', () => {
  const healedOften = (targets: number) =>
    Array.from({ length: targets }, (_, index) => [1, 2, 3].map((daysAgo) => end(daysAgo, { target: `instance i-${index}` }))).flat();
  const linesOf = (targets: number) => digestOf(healedOften(targets)).diagnosis[0]?.lines ?? [];
  expect(linesOf(40)).toHaveLength(40);
  expect(linesOf(40).at(-1)).toContain('healed 3 times');
  expect(linesOf(60)).toHaveLength(40);
  expect(linesOf(60).at(-1)).toBe('and 21 more');
});
