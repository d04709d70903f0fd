import { anIncident, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { drillForReal } from '../../../bin/heal/drill-for-real.ts';
import type { Operator } from '../../../bin/heal/operator.ts';
import type { DrillRequest } from '../../../lambdas/core/drill.ts';
import { Defect, Uncertain } from '../../../lambdas/core/failure.ts';
import { type HistoryFilter, isWanted } from '../../../lambdas/core/history-filter.ts';
import { type HistoryLine, incidentLine } from '../../../lambdas/core/history-line.ts';
import type { CommandRequest, CommandResult } from '../../../lambdas/core/ports.ts';
import { plainScreen } from '../../support/plain-screen.ts';

const POLICY = 'Web-memory';
const TARGET = 'i-0aaaabbbbccccdddd';
const ID = '0123456789abcdef';
const incident = anIncident({ realDrill: ID });
const walkOf = anIncident({ id: 'd'.repeat(64), drill: ID });
const STOPPED: CommandResult = { status: 'succeeded', detail: 'Success', output: 'stopped nginx.service', errors: '' };

let now: number;
let result: CommandResult | undefined;
let coming: { readonly at: number; readonly line: HistoryLine }[];
let sent: CommandRequest[];
let sending: Error | undefined;
let told: DrillRequest[];
let written: HistoryLine[];
beforeEach(() => {
  now = NOW;
  result = STOPPED;
  coming = [];
  sent = [];
  sending = undefined;
  told = [];
  written = [];
});

const operatorIn = (mode: string) =>
  ({
    pipeline: 'healing',
    policies: { [POLICY]: mode },
    caller: async () => ({ userId: 'AIDAANNA', arn: 'arn:anna' }),
    record: async (line: HistoryLine) => void written.push(line),
    drills: { tell: async (request: DrillRequest) => void told.push(request) },
    commands: {
      send: async (request: CommandRequest) => {
        if (sending) throw sending;
        sent.push(request);
        return 'command-1';
      },
      result: async () => result,
    },
    history: async (_: number, filter: HistoryFilter = {}) =>
      [...written, ...coming.filter(({ at }) => at <= now).map(({ line }) => line)].filter((line) => isWanted(filter, line)),
  }) as unknown as Operator;

const surroundings = {
  clock: () => now,
  wait: async (span: number) => {
    now += span;
  },
  newId: () => ID,
};
const held = (given: object = {}, mode = 'automatic') =>
  drillForReal(
    operatorIn(mode),
    POLICY,
    { target: TARGET, service: 'nginx', minutes: '10', within: 600_000, ...given },
    plainScreen(),
    surroundings,
  );
const comesAfter = (seconds: number, kind: HistoryLine['kind'], text: string, more: object = {}, about = incident) =>
  coming.push({ at: NOW + seconds * SECOND, line: incidentLine(kind, about, text, NOW + seconds * SECOND, more) });

const states = () => told.flatMap(({ breach }) => breach ?? []);
const walkIsWhole = (more: object = { brokenUntil: '2026-11-02T10:35:00.000Z' }) => {
  comesAfter(1, 'signal', 'drill: played', {}, walkOf);
  comesAfter(3, 'outcome', 'every rung was looked at', { outcome: 'skipped', reason: 'drill', ...more }, walkOf);
};

describe('a drill for real', () => {
  it('walks the way first, stops the service by the document, follows its own incident, and tells the times since it was stopped', async () => {
    walkIsWhole();
    comesAfter(100, 'signal', 'not of the drill', {}, anIncident({ id: 'e'.repeat(64) }));
    comesAfter(110, 'signal', 'of another policy', {}, anIncident({ id: '9'.repeat(64), policy: 'Web-disk', realDrill: ID }));
    comesAfter(153, 'signal', 'service nginx has no process');
    comesAfter(158, 'acted', 'restart service nginx', { remedy: 'restart-service', rung: 0 });
    comesAfter(160, 'outcome', 'another one ended', { outcome: 'skipped', reason: 'already-open' }, anIncident({ id: 'f'.repeat(64) }));
    comesAfter(403, 'outcome', 'the symptom is gone', { outcome: 'recovered', reason: 'healed' });

    const { text, data, exitCode } = await held();
    const told10 = { policy: POLICY, drill: ID, target: TARGET, minutes: 10 };
    expect(told).toEqual([
      { ...told10, announces: true, service: 'nginx' },
      { ...told10, breach: 'begins' },
      { ...told10, breach: 'over' },
    ]);
    expect(sent).toEqual([
      { document: 'healing-stop-service', instanceId: TARGET, token: `drill-${ID}`, parameters: { Service: 'nginx', Minutes: '10' } },
    ]);
    expect([exitCode, data]).toEqual([
      0,
      expect.objectContaining({ whole: true, secondsToSignal: 150, secondsToAct: 155, secondsToEnd: 400, incident: incident.id }),
    ]);
    expect(text).toContain('HEALED: the symptom is gone');
    expect(written).toMatchObject([{ kind: 'operator', action: 'drill', policy: POLICY }]);
  });

  it.each([
    ['a guardrail', 'outcome', 'paused', 'after "self-healing-pipeline resume"'],
    ['a limit', 'rejected', 'drill-refused', 'Hold it as it says: later'],
  ] as const)('stops nothing where its walk is stopped by %s, and says what to do', async (_, kind, reason, next) => {
    comesAfter(2, kind, 'so it is', { outcome: 'skipped', reason }, walkOf);
    const { exitCode, text } = await held();
    expect([exitCode, sent]).toEqual([1, []]);
    expect(text).toContain(`nginx on ${TARGET} was NOT stopped`);
    expect(text).toContain(`STOPPED ON THE WAY (${reason}): so it is`);
    expect(text).toContain(next);
  });

  it('stops nothing where no end of its walk is seen', async () => {
    expect(await held()).toMatchObject({ exitCode: 1, text: expect.stringContaining('NO END within 10 min') });
    expect(sent).toEqual([]);
  });

  it('stops nothing where the pipeline is of a version that would learn from it', async () => {
    walkIsWhole({});
    await expect(held()).rejects.toThrow('knows of no such drills for real, or policy Web-memory came into shadow on the way');
    expect(sent).toEqual([]);
  });

  it('answers 1 when it was not healed', async () => {
    walkIsWhole();
    comesAfter(150, 'signal', 'service nginx has no process');
    comesAfter(200, 'outcome', 'paused', { outcome: 'skipped', reason: 'paused' });
    expect(await held()).toMatchObject({ exitCode: 1, text: expect.stringContaining('NOT HEALED (paused)') });
  });

  it('answers 1 when no incident came, and that the machine starts the service by itself', async () => {
    walkIsWhole();
    const { exitCode, text } = await held();
    expect(exitCode).toBe(1);
    expect(text).toContain('starts it again after 10 min at the latest');
    expect(text).toContain('No incident came');
  });

  it('says why the machine refused, and takes back that something is broken', async () => {
    walkIsWhole();
    result = { ...STOPPED, status: 'failed', detail: 'Failed', output: 'REFUSED: sshd.service is protected' };
    const { text, data, exitCode } = await held();
    expect(text).toContain('nginx on i-0aaaabbbbccccdddd was not stopped: REFUSED: sshd.service is protected');
    expect([exitCode, data]).toMatchObject([1, { broken: false, whole: false, service: 'nginx' }]);
    expect(states()).toEqual(['begins', 'cancelled']);
  });

  it('takes it back where the agent never got the command', async () => {
    walkIsWhole();
    result = { ...STOPPED, status: 'failed', detail: 'Undeliverable', output: '' };
    expect((await held()).text).toContain('nginx on i-0aaaabbbbccccdddd was not stopped: Systems Manager says Undeliverable');
    expect(states()).toEqual(['begins', 'cancelled']);
  });

  it.each(['', 'REFUSED: words of the service itself\n'])('takes nothing back where it may be broken all the same: %j', async (before) => {
    walkIsWhole();
    result = { ...STOPPED, status: 'failed', detail: 'Failed', output: `${before}FAILED: nginx.service could not be stopped` };
    await expect(held()).rejects.toThrow('FAILED: nginx.service could not be stopped');
    expect(states()).toEqual(['begins']);
  });

  it.each([
    ['takes it back where AWS refused the command', new Defect('send the command: AccessDenied', undefined), ['begins', 'cancelled']],
    ['takes nothing back where no answer came', new Uncertain('send the command: TimeoutError', undefined), ['begins']],
  ])('%s', async (_, error, expected) => {
    walkIsWhole();
    sending = error;
    await expect(held()).rejects.toThrow(error.message);
    expect(states()).toEqual(expected);
  });

  it('lets the time of the drill go on where the target was not healed', async () => {
    walkIsWhole();
    await held();
    expect(states()).toEqual(['begins']);
  });

  it.each([
    ['no target', { target: undefined }, 'automatic', 'one instance, and one service to stop or --fill'],
    ['nothing to break', { service: undefined }, 'automatic', 'one instance, and one service to stop or --fill'],
    ['two things to break', { fill: true }, 'automatic', 'one instance, and one service to stop or --fill'],
    ['too few minutes', { minutes: '4' }, 'automatic', '--minutes 4 is not allowed'],
    ['too many minutes', { minutes: '61' }, 'automatic', '--minutes 61 is not allowed'],
    ['minutes that are none', { minutes: '5m' }, 'automatic', '--minutes 5m is not allowed'],
    ['a policy that would repair nothing', {}, 'shadow', 'is in shadow'],
  ])('begins nothing with %s', async (_, given, mode, words) => {
    await expect(held(given, mode)).rejects.toThrow(words);
    expect([told, sent, written]).toEqual([[], [], []]);
  });
});

describe('a drill that fills a file system', () => {
  const filling = { service: undefined, fill: true };
  const fill = { path: '/data', percent: 88, folders: ['/tmp', '/data/tmp'] };
  const until = { brokenUntil: '2026-11-02T10:35:00.000Z' };

  it('asks the pipeline for it, fills what that says by the document, and follows its incident', async () => {
    result = { ...STOPPED, output: 'filled /data for a drill' };
    walkIsWhole({ ...until, fill });
    comesAfter(150, 'signal', 'disk /data used above 85 %');
    comesAfter(403, 'outcome', 'the symptom is gone', { outcome: 'recovered', reason: 'healed' });
    const { text, data, exitCode } = await held(filling);
    expect(told[0]).toEqual({ policy: POLICY, drill: ID, target: TARGET, minutes: 10, announces: true, fill: true });
    const parameters = { Folders: '/tmp:/data/tmp', Path: '/data', Percent: '88', Minutes: '10' };
    expect(sent).toEqual([{ document: 'healing-fill-folder', instanceId: TARGET, token: `drill-${ID}`, parameters }]);
    expect([exitCode, data]).toEqual([0, expect.objectContaining({ whole: true, filled: '/data' })]);
    expect(text).toContain(`/data was filled to 88 % on ${TARGET}. Its own timer takes its file away after 10 min at the latest.`);
    expect(written[0]?.text).toContain('fills what the policy watches on i-0aaaabbbbccccdddd, at most 10 min');
  });

  it('fills nothing where the pipeline refuses it, and says why and what to do', async () => {
    const why = 'the alarm goes off above 92 %, and a drill fills to 90 % at the most';
    comesAfter(2, 'rejected', `drill: ${why}`, { outcome: 'skipped', reason: 'drill-refused' }, walkOf);
    const { exitCode, text } = await held(filling);
    expect([exitCode, sent]).toEqual([1, []]);
    expect(text).toContain(`for real: nothing was filled on ${TARGET}, since the way is not whole.`);
    expect(text).toContain(why);
    expect(text).toContain('DO NOW Hold it as it says');
  });

  it.each([
    ['says nothing of it, as an earlier version', {}],
    ['says what no version would, such as more than nine tenths', { fill: { ...fill, percent: 91 } }],
  ])('fills nothing where the pipeline %s', async (_, more) => {
    walkIsWhole({ ...until, ...more });
    await expect(held(filling)).rejects.toThrow('knows of no such drills for real');
    expect(sent).toEqual([]);
  });

  it.each([
    [{ detail: 'Failed', output: 'REFUSED: /data is memory' }, `/data on ${TARGET} was not filled to 88 %: REFUSED: /data is memory`],
    [{ detail: 'Skipped', output: '' }, `/data on ${TARGET} was not filled to 88 %: drills for real are for Linux`],
  ])('says why the machine refused: %j', async (more, words) => {
    walkIsWhole({ ...until, fill });
    result = { ...STOPPED, status: 'failed', ...more };
    const { text, data } = await held(filling);
    expect(text).toContain(words);
    expect(data).toMatchObject({ broken: false, filled: '/data' });
  });
});
