import { anIncident, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { drill } from '../../../bin/heal/drill.ts';
import type { Operator } from '../../../bin/heal/operator.ts';
import type { DrillRequest } from '../../../lambdas/core/drill.ts';
import { type HistoryFilter, isWanted } from '../../../lambdas/core/history-filter.ts';
import { type HistoryLine, incidentLine } from '../../../lambdas/core/history-line.ts';
import { believable } from '../../../lambdas/core/operator-action.ts';
import { plainScreen } from '../../support/plain-screen.ts';

const ID = '0123456789abcdef';
const POLICY = 'Web-memory';
const ANNA = 'arn:aws:sts::111122223333:assumed-role/drills/anna';
const incident = anIncident({ drill: ID });

let now: number;
/** What the history has from which moment on. */
let coming: { readonly at: number; readonly line: HistoryLine }[];
let told: DrillRequest[];
let written: HistoryLine[];
beforeEach(() => {
  now = NOW;
  coming = [];
  told = [];
  written = [];
});

const operator = {
  pipeline: 'healing',
  policies: { [POLICY]: 'automatic' },
  caller: async () => ({ userId: 'AIDAANNA', arn: ANNA }),
  record: async (line: HistoryLine) => void written.push(line),
  drills: { tell: async (request: DrillRequest) => void told.push(request) },
  history: async (_: number, filter: HistoryFilter = {}) =>
    [...written, ...coming.filter(({ at }) => at <= now).map(({ line }) => line)].filter((line) => isWanted(filter, line)),
} as unknown as Operator;

const surroundings = {
  clock: () => now,
  wait: async (span: number) => {
    now += span;
  },
  newId: () => ID,
};
const held = (given: { readonly target?: string; readonly service?: string; readonly fill?: boolean } = {}, policy = POLICY) =>
  drill(operator, policy, { within: 60_000, ...given }, plainScreen(), surroundings);
const comesAfter = (seconds: number, kind: HistoryLine['kind'], text: string, more: object = {}) =>
  coming.push({ at: NOW + (seconds + 4) * SECOND, line: incidentLine(kind, incident, text, NOW + seconds * SECOND, more) });

describe('a drill that is not for real', () => {
  it.each([
    [{ service: 'nginx' }, '--service'],
    [{ fill: true }, '--fill'],
  ])('is not held where %j asks to break something', async (given, option) => {
    await expect(held(given)).rejects.toMatchObject({
      message: `${option} breaks something, which only a drill for real does`,
      next: expect.stringContaining('--for-real'),
    });
    expect([told, written]).toEqual([[], []]);
  });
});

describe('the drill', () => {
  it('is followed to its end, with times, and answers 0 when the way was whole', async () => {
    comesAfter(2, 'signal', 'drill: memory is played');
    comesAfter(3, 'decision', 'drill: would climb rung 1, restart-service; no guardrail objects', { decision: { kind: 'watch' } });
    comesAfter(5, 'decision', 'drill: would restart service nginx; does nothing', { remedy: 'restart-service', rung: 0 });
    comesAfter(7, 'outcome', 'every rung was looked at: restart-service', { outcome: 'skipped', reason: 'drill' });

    const { text, data, exitCode } = await held({ target: 'i-0aaaabbbbccccdddd' });
    expect(exitCode).toBe(0);
    expect(data).toMatchObject({ drill: ID, whole: true, reason: 'drill', secondsToAct: 5, secondsToEnd: 7 });
    expect(text).toContain('THE WAY IS WHOLE, walked in 7 s.');
    expect(text).toContain('5 s    decided  drill: would restart service nginx; does nothing');
    expect(told).toEqual([{ policy: POLICY, drill: ID, target: 'i-0aaaabbbbccccdddd' }]);
    expect(written).toMatchObject([{ kind: 'operator', action: 'drill', by: ANNA, policy: POLICY }]);
  });

  it.each<[string, HistoryLine['kind'], object, string, string]>([
    [
      'a guardrail',
      'outcome',
      { outcome: 'skipped', reason: 'paused' },
      'STOPPED ON THE WAY (paused)',
      'Hold it again after "self-healing-pipeline resume".',
    ],
    [
      ...(['intake', 'rejected', { outcome: 'skipped', reason: 'no-target', incident: undefined }] as const),
      ...(['STOPPED ON THE WAY (no-target)', 'Name the instance with --target.'] as const),
    ],
    [
      ...(['another guardrail', 'outcome', { outcome: 'skipped', reason: 'excluded' }] as const),
      ...(['STOPPED ON THE WAY (excluded)', 'Mend what stopped it, then hold it again.'] as const),
    ],
  ])('answers 1, and says what stopped it and what to do: %s', async (_, kind, fields, words, next) => {
    comesAfter(2, kind, 'until 2026-11-02T10:35:00.123Z', fields);
    const { text, exitCode } = await held();
    expect(text).toContain('): until 2026-11-02 10:35:00Z\n');
    expect([exitCode, text]).toEqual([1, expect.stringContaining(words)]);
    expect(text).toContain(`DO NOW ${next}`);
  });

  it.each([
    ["the hub's pause switch says: x", 'Hold it again after "self-healing-pipeline resume --all" in the account of the hub'],
    [
      "the pause switch says: noon; the hub's pause switch says: x",
      'after "self-healing-pipeline resume" and "self-healing-pipeline resume --all"',
    ],
  ])('says where the pause that stopped it is ended: %s', async (why, next) => {
    comesAfter(2, 'outcome', why, { outcome: 'skipped', reason: 'paused' });
    expect((await held()).text.replaceAll(/\s+/g, ' ')).toContain(next);
  });

  it('answers 1 when no end is seen in time, and says where to look', async () => {
    comesAfter(2, 'signal', 'drill: memory is played');
    const { text, exitCode, data } = await held();
    expect([exitCode, now]).toEqual([1, NOW + 60_000]);
    expect(text).toContain('NO END within 60 s. The event was put on the bus.');
    expect(data).toMatchObject({ whole: false, steps: [{ afterSeconds: 2, what: 'seen' }] });
  });

  it('is not begun for a policy that there is none of', async () => {
    await expect(held({}, 'Web-nothing')).rejects.toThrow('has no policy "Web-nothing"');
    expect([told, written]).toEqual([[], []]);
  });

  it('is not begun where nobody could read who began it', async () => {
    const silent = { ...operator, record: () => Promise.reject(new Error('no log group')) };
    await expect(drill(silent, POLICY, { within: 60_000 }, plainScreen(), surroundings)).rejects.toThrow('could not be written');
    expect(told).toEqual([]);
  });

  it('believes no end that an operator wrote', async () => {
    const forged = incidentLine('outcome', incident, 'whole', NOW, { outcome: 'skipped', reason: 'drill' });
    coming.push({ at: NOW, line: believable(forged, 'operators/2026-11-02') });
    expect((await held()).exitCode).toBe(1);
  });
});
