import { anIncident, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { CannotDo } from '../../../bin/heal/cannot-do.ts';
import { history } from '../../../bin/heal/history.ts';
import type { Operator } from '../../../bin/heal/operator.ts';
import { why } from '../../../bin/heal/why.ts';
import { type HistoryFilter, isWanted } from '../../../lambdas/core/history-filter.ts';
import { type HistoryLine, incidentLine } from '../../../lambdas/core/history-line.ts';
import { operatorLine } from '../../../lambdas/core/operator-action.ts';
import { plainScreen } from '../../support/plain-screen.ts';

const ANNA = 'arn:aws:sts::111122223333:assumed-role/ops/anna';
const ID = 'ca63db8a'.repeat(8);
const incident = anIncident({ id: ID });
const remedies = [
  { remedy: 'clear-caches', result: 'not-recovered' },
  { remedy: 'restart-service', result: 'recovered' },
];
const healed = incidentLine('outcome', incident, 'alarm is OK', NOW + 2 * MINUTE, {
  outcome: 'recovered',
  reason: 'healed',
  remedies,
  milliseconds: 3 * MINUTE,
});
const noise = {
  ...incidentLine('rejected', incident, 'names no InstanceId', NOW, { outcome: 'skipped', reason: 'contributors-decide' }),
  incident: undefined,
};
const paused = operatorLine({ action: 'pause', by: ANNA, what: 'without an end', why: 'database work' }, NOW + MINUTE);
const detail = 'nginx: bind() failed\nnginx: exiting';
const story: readonly HistoryLine[] = [
  incidentLine('signal', incident, 'memory above 90 %', NOW),
  incidentLine('decision', incident, 'rung 1: clear-caches', NOW + 1, { decision: { kind: 'remediate' } }),
  incidentLine('verification', incident, 'recovered: alarm is OK', NOW + MINUTE, { detail }),
  healed,
];

let lines: readonly HistoryLine[];
let asked: HistoryFilter[];
beforeEach(() => {
  lines = [noise, ...story, paused];
  asked = [];
});

const operator = {
  pipeline: 'healing',
  policies: { 'Web-memory': 'automatic', 'Web-disk': 'shadow' },
  history: async (_: number, filter: HistoryFilter = {}) => {
    asked.push(filter);
    return lines.filter((line) => isWanted(filter, line));
  },
} as unknown as Operator;
const shown = (choice: Parameters<typeof history>[2] = {}) => history(operator, 0, choice, plainScreen());
const told = (about: string) => why(operator, about, NOW, plainScreen());

describe('the history', () => {
  it('shows how each incident ended and what its remedies did, and leaves out what contributors decide', async () => {
    const { text, data } = await shown();
    expect(text).toContain('2026-11-02 10:22:00Z  ca63db8a  i-0aaaabbbbccccdddd  Web-memory  recovered after 3 min, healed; clear-caches:');
    expect(text).not.toContain('contributors-decide');
    expect(data).toEqual([healed, paused]);
  });

  it('shows all of it where that is asked for', async () => {
    expect((await shown({ all: true })).text).toContain('contributors-decide');
  });

  it('asks CloudWatch Logs for no other lines', async () => {
    await shown({ target: 'i-1', policy: 'Web-memory' });
    expect(asked).toEqual([{ kinds: ['outcome', 'rejected', 'operator', 'pause'], target: 'i-1', policy: 'Web-memory' }]);
  });

  it('shows what operators did, by whom and why, and with --operators nothing else', async () => {
    expect((await shown()).text).toContain('pause by anna (without an end): database work');
    expect((await shown({ operators: true })).data).toEqual([paused]);
    lines = [
      operatorLine({ action: 'pause', by: ANNA, what: 'until 2026-11-02T12:20:00.000Z', why: 'database work' }, NOW),
      { ...paused, what: undefined, action: 'demote', text: 'a line of an earlier version' },
    ];
    const { text } = await shown({ operators: true });
    expect(text).toContain('pause by anna (until 2026-11-02 12:20:00Z): database work');
    expect(text).toContain('demote by anna: database work');
    lines = [];
    expect((await shown({ operators: true })).text).toBe('Nothing was done by operators in that time.');
  });

  it('shows the newest ones within a limit, and says how many are left out', async () => {
    const { text, data } = await shown({ limit: 1 });
    expect(data).toEqual([paused]);
    expect(text).toContain('1 older one is left out; see them with --limit.');
  });
});

describe('a drill after an incident', () => {
  const drilled = anIncident({ id: 'd'.repeat(64), drill: '0123456789abcdef' });
  beforeEach(() => {
    const end = { outcome: 'skipped', reason: 'drill', milliseconds: MINUTE };
    lines = [...lines, incidentLine('outcome', drilled, 'every rung was looked at', NOW + 10 * MINUTE, end)];
  });

  it('is told as one in the history', async () => {
    expect((await shown()).text).toContain('DRILL: skipped after 60 s, drill');
  });

  it('stands in the way of no real one, and is told where it is asked for', async () => {
    expect((await told('i-0aaaabbbbccccdddd')).text).toContain('RECOVERED after');
    expect((await told('dddddddd')).text).toContain('DRILL: memory on instance i-0aaaabbbbccccdddd');
  });
});

describe('a time in which nothing ended', () => {
  it('is told with where to see what is open', async () => {
    lines = [];
    expect((await shown()).text).toBe('Nothing has ended in that time. What is still open is shown by "self-healing-pipeline status".');
    expect((await shown({ policy: 'Web-disk' })).text).toContain('Nothing has ended');
    expect((await shown({ policy: '(all)' })).text).toContain('Nothing has ended');
  });

  it('is none of a policy that is not there, and the nearest name is told', async () => {
    await expect(shown({ policy: 'Web-dsk' })).rejects.toMatchObject({
      message: 'pipeline healing has no policy "Web-dsk"',
      next: 'the nearest name is Web-disk; its policies are Web-memory, Web-disk',
    });
    lines = [{ ...healed, policy: 'Web-former' }];
    expect((await shown({ policy: 'Web-former' })).text).toContain('recovered');
  });

  it('of a target says that targets are named by their ids', async () => {
    lines = [];
    expect((await shown({ target: 'web-1' })).text).toMatch(/^Nothing of target web-1 has ended.*\nA target is named by its id/);
  });
});

describe('why', () => {
  it('tells of a hand-off what was found out, and that nothing helped', async () => {
    const storm = incidentLine('outcome', anIncident(), 'ten of forty', NOW + 9 * MINUTE, {
      ...{ outcome: 'handed-off', reason: 'storm', remedies: [{ remedy: 'clear-caches', result: 'not-recovered' }] },
      details: ['MEMBERS    i-00000001, i-00000002', 'SHARED     zone: a 2 of 2', '           type: t3.small 2 of 2'],
      diagnosis: [{ title: 'Top processes', lines: ['1 java 92 %'], ofTomorrow: true }],
    });
    lines = [storm];
    const { text } = await told('a'.repeat(64));
    expect(text).toContain('WHAT HELPED\nNothing that was tried helped: clear-caches: not-recovered.\n');
    expect(text).toContain(
      [
        'MEMBERS THAT HAVE IT',
        '  i-00000001, i-00000002',
        '',
        'WHAT THEY SHARE',
        '  zone: a 2 of 2',
        '  type: t3.small 2 of 2',
        '',
        'TOP PROCESSES',
        '  1 java 92 %',
        '',
        'WHAT TO DO NOW',
      ].join('\n'),
    );
  });

  it('tells moments in the zone of its reader, and other incidents by their short ids', async () => {
    const text = `part of a storm since 2026-11-02T10:20:00.123Z; incident ${'7'.repeat(64)} speaks for all`;
    lines = [incidentLine('outcome', anIncident(), text, NOW, { outcome: 'skipped', reason: 'part-of-storm' })];
    expect((await told('a'.repeat(64))).text).toMatch(/part of a storm since 2026-11-02 10:20:00Z; incident 77777777\s+speaks for all/);
  });

  it('tells an incident from what was seen to what to do now', async () => {
    expect((await told('i-0aaaabbbbccccdddd')).text).toBe(
      [
        'memory on instance i-0aaaabbbbccccdddd, policy Web-memory, incident ca63db8a',
        'RECOVERED after 3 min',
        '',
        'WHAT HAPPENED',
        '2026-11-02 10:20:00Z  seen     memory above 90 %',
        '2026-11-02 10:20:00Z  decided  rung 1: clear-caches; no guardrail objects',
        '2026-11-02 10:21:00Z  looked   recovered: alarm is OK',
        '2026-11-02 10:22:00Z  ended    recovered (healed): alarm is OK',
        '',
        'WHAT HELPED',
        'restart-service helped. Also tried: clear-caches: not-recovered.',
        '',
        'HOW IT ENDED',
        'healed: The symptom is gone after a remedy and stayed gone for the probation time.',
        '',
        'WHAT THE MACHINE SAID LAST',
        '  nginx: bind() failed',
        '  nginx: exiting',
        '',
        'WHAT TO DO NOW',
        'Nothing now. Look for the cause in working hours: a symptom that comes back has one.',
        '',
        'AT                    OPERATORS',
        `2026-11-02 10:21:00Z  ${ANNA} pauses the pipeline: without an end: database work`,
      ].join('\n'),
    );
  });

  it('says that one is still open', async () => {
    lines = story.slice(0, 2);
    const { text } = await told('ca63db8a');
    expect(text).toContain('STILL OPEN');
    expect(text).toContain('It is still open: nothing has ended it yet.');
    expect(text).toContain('Look again in some minutes.');
  });

  it('says how many more there are, and tells the latest one whole', async () => {
    const later = incidentLine('outcome', anIncident(), 'again', NOW + 9 * MINUTE, { outcome: 'handed-off', reason: 'ladder-exhausted' });
    lines = [...story, later, incidentLine('verification', anIncident(), 'seen', NOW + 8 * MINUTE)];
    const { text, data } = await told('Web-memory');
    expect(text).toContain('HANDED OFF: it needs you');
    expect(text).toContain('It is the latest of 2; "history" lists them, and --json has all of them.');
    expect(data).toMatchObject({ timelines: [{ incident: ID }, { incident: 'a'.repeat(64), verdict: { reason: 'ladder-exhausted' } }] });
  });

  it('reads for the incident also the lines that name its target in other words', async () => {
    lines = [...story, { ...healed, kind: 'given-back', policy: 'Other', target: 'group x', alarm: 'y', text: 'gave back' }];
    expect((await told('i-0aaaabbbbccccdddd')).text).toContain('noted    gave back');
  });

  it('of a policy without incidents says so kindly', async () => {
    lines = [];
    expect((await told('Web-disk')).text).toBe(
      [
        'Policy Web-disk is shadow, and has had no incident since 2026-11-02 10:20:00Z.',
        'Nothing is wrong with that: its symptom was not seen. There is nothing to do.',
      ].join('\n'),
    );
  });

  it('of a name that nobody knows says what can be named', async () => {
    await expect(told('Web-dsk')).rejects.toThrow(CannotDo);
    await expect(told('Web-dsk')).rejects.toMatchObject({
      message: 'the history of pipeline healing has nothing about "Web-dsk" since 2026-11-02 10:20:00Z',
      next: expect.stringContaining('Web-memory, Web-disk'),
    });
  });

  it('of an event that opened no incident says why', async () => {
    lines = [{ ...noise, reason: 'not-in-group', text: 'left the group' }];
    expect((await told('healing-Web-memory')).text).toContain('LEFT ALONE');
  });
});
