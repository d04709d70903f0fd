import { anIncident, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { drillForReal } from '../../../bin/heal/drill-for-real.ts';
import type { Operator } from '../../../bin/heal/operator.ts';
import { type HistoryFilter, isWanted } from '../../../lambdas/core/history-filter.ts';
import { type HistoryLine, incidentLine } from '../../../lambdas/core/history-line.ts';
import type { CommandRequest, CommandResult } from '../../../lambdas/core/ports.ts';
import { plainScreen } from '../../support/plain-screen.ts';

const POLICY = 'Web-memory';
const TARGET = 'i-0aaaabbbbccccdddd';
const incident = anIncident();
const STOPPED: CommandResult = { status: 'succeeded', detail: 'Success', output: 'stopped nginx.service', errors: '' };

let now: number;
let result: CommandResult | undefined;
let coming: { readonly at: number; readonly line: HistoryLine }[];
let sent: CommandRequest[];
let written: HistoryLine[];
beforeEach(() => {
  now = NOW;
  result = STOPPED;
  coming = [];
  sent = [];
  written = [];
});

const operatorIn = (mode: string) =>
  ({
    pipeline: 'healing',
    policies: { [POLICY]: mode },
    caller: async () => ({ userId: 'AIDAANNA', arn: 'arn:anna' }),
    record: async (line: HistoryLine) => void written.push(line),
    commands: {
      look: async (request: CommandRequest) => {
        sent.push(request);
        return result;
      },
    },
    history: async (_: number, filter: HistoryFilter = {}) =>
      [...written, ...coming.filter(({ at }) => at <= now).map(({ line }) => line)].filter((line) => isWanted(filter, line)),
  }) as unknown as Operator;

const surroundings = {
  clock: () => now,
  wait: async (span: number) => {
    now += span;
  },
  newId: () => '0123456789abcdef',
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

describe('a drill for real', () => {
  it('stops the service by the document, follows its own incident, and tells the times', async () => {
    comesAfter(-30, 'signal', 'an earlier one', {}, anIncident({ id: 'e'.repeat(64) }));
    comesAfter(150, 'signal', 'service nginx has no process');
    comesAfter(155, 'acted', 'restart service nginx', { remedy: 'restart-service', rung: 0 });
    comesAfter(160, 'outcome', 'another one ended', { outcome: 'skipped', reason: 'already-open' }, anIncident({ id: 'f'.repeat(64) }));
    comesAfter(400, 'outcome', 'the symptom is gone', { outcome: 'recovered', reason: 'healed' });

    const { text, data, exitCode } = await held();
    expect(sent).toEqual([
      {
        document: 'healing-stop-service',
        instanceId: TARGET,
        token: 'drill-0123456789abcdef',
        parameters: { Service: 'nginx', Minutes: '10' },
      },
    ]);
    expect([exitCode, data]).toEqual([
      0,
      expect.objectContaining({ whole: true, secondsToSignal: 150, secondsToAct: 155, secondsToEnd: 400, incident: incident.id }),
    ]);
    expect(text).toContain('HEALED: the symptom is gone');
    expect(written).toMatchObject([{ kind: 'operator', action: 'drill', policy: POLICY }]);
  });

  it('answers 1 when it was not healed', async () => {
    comesAfter(150, 'signal', 'service nginx has no process');
    comesAfter(200, 'outcome', 'paused', { outcome: 'skipped', reason: 'paused' });
    expect(await held()).toMatchObject({ exitCode: 1, text: expect.stringContaining('NOT HEALED (paused)') });
  });

  it('answers 1 when no incident came, and that the machine starts the service by itself', async () => {
    const { exitCode, text } = await held();
    expect(exitCode).toBe(1);
    expect(text).toContain('starts it again after 10 min at the latest');
    expect(text).toContain('No incident came');
  });

  it('says why the machine refused', async () => {
    result = { ...STOPPED, status: 'failed', detail: 'Failed', output: 'REFUSED: sshd.service is protected' };
    await expect(held()).rejects.toThrow('nginx on i-0aaaabbbbccccdddd was not stopped: Failed REFUSED: sshd.service is protected');
  });

  it.each([
    ['no target', { target: undefined }, 'automatic', 'one instance and one service'],
    ['no service', { service: undefined }, 'automatic', 'one instance and one service'],
    ['a policy that would repair nothing', {}, 'shadow', 'is in shadow'],
  ])('stops nothing with %s', async (_, given, mode, words) => {
    await expect(held(given, mode)).rejects.toThrow(words);
    expect([sent, written]).toEqual([[], []]);
  });
});
