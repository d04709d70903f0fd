import { HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { ANSWERED_WITHIN, type DrillOfAll, drillAll } from '../../../bin/heal/drill-all.ts';
import type { Hub } from '../../../bin/heal/hub.ts';
import type { HistoryLine } from '../../../lambdas/core/history-line.ts';
import type { AskedDrill, AskedDrills, HeldDrill } from '../../../lambdas/core/hub/asked-drill.ts';
import type { Report } from '../../../lambdas/core/hub/report.ts';
import { plainScreen } from '../../support/plain-screen.ts';

const ANNA = 'arn:aws:sts::444455556666:assumed-role/ops/anna';
const REQUEST = '0123456789abcdef';
const [ONE, TWO] = ['111122223333', '777788889999'] as const;
const held: HeldDrill = { request: REQUEST, at: NOW, policy: 'Web-memory', target: 'i-1', drill: 'ffff' };
const whole: AskedDrills = { held: { ...held, ended: { at: NOW, whole: true, reason: 'drill', why: 'all', seconds: 9 } } };

let answers: Record<string, AskedDrills | undefined>;
/** What a pipeline answers when it is asked: at once, or the second time. */
let answering: Record<string, readonly AskedDrills[]>;
let failing: Set<string>;
let asked: { readonly account: string; readonly drill: AskedDrill }[];
let lines: HistoryLine[];
let waited: number;
beforeEach(() => {
  answers = { [ONE]: undefined, [TWO]: undefined };
  answering = { [ONE]: [whole], [TWO]: [whole] };
  failing = new Set();
  [asked, lines, waited] = [[], [], 0];
});

const reportOf = (drills: AskedDrills | undefined): Report => ({
  ...{ at: NOW - MINUTE, release: '1.0.0', modes: { automatic: 2, approval: 0, shadow: 1 }, incidents: [], moreIncidents: false },
  ...{ findings: [], ...(drills && { drills }) },
});

const hub = {
  name: 'healing-hub',
  setting: async () => ({ value: 'running', at: NOW, sequence: 1, by: ANNA }),
  pipelines: async () =>
    Object.entries(answers).map(([account, drills]) => ({ account, region: 'eu-west-1', pipeline: 'healing', report: reportOf(drills) })),
  caller: async () => ({ userId: 'AIDAANNA', arn: ANNA }),
  record: async (line: HistoryLine) => void lines.push(line),
  async askDrill({ account }: { readonly account: string }, drill: AskedDrill) {
    if (failing.has(account)) throw new Error('put events: AccessDeniedException');
    asked.push({ account, drill });
    const times = asked.filter((each) => each.account === account).length;
    answers[account] = answering[account]?.[Math.min(times, answering[account].length) - 1] ?? answers[account];
  },
  wait: async (milliseconds: number) => {
    waited += milliseconds;
  },
} as unknown as Hub;
const drill = (policy?: string, given: Partial<DrillOfAll> = {}) =>
  drillAll(hub, policy, { within: 20 * MINUTE, minutes: '15', ...given }, NOW, plainScreen(), () => REQUEST);

describe('drill --all', () => {
  it('asks each pipeline, is a line of the history of the hub, and answers 0 when all ways were whole', async () => {
    const { text, data, exitCode } = await drill();
    expect(exitCode).toBe(0);
    expect(asked).toEqual([ONE, TWO].map((account) => ({ account, drill: { request: REQUEST, by: ANNA } })));
    expect(lines).toMatchObject([{ kind: 'operator', action: 'drill', by: ANNA, text: expect.stringContaining(REQUEST) }]);
    expect(text).toMatch(/WHOLE +111122223333 +eu-west-1 +healing +Web-memory +i-1 +walked in 9 s/);
    expect(text).toContain('2 ways are whole.');
    expect(data).toMatchObject({
      request: REQUEST,
      pipelines: [{ account: ONE, state: 'whole', policy: 'Web-memory', target: 'i-1', drill: 'ffff', seconds: 9 }, { account: TWO }],
    });
  });

  it('names the policy where one is chosen', async () => {
    await drill('Web-disk');
    expect(asked[0]?.drill).toEqual({ request: REQUEST, by: ANNA, policy: 'Web-disk' });
    expect(lines[0]).toMatchObject({ policy: 'Web-disk' });
  });

  it('asks again those that have no end yet, and no others', async () => {
    answering[TWO] = [{ held }, { held }, whole];
    expect((await drill()).exitCode).toBe(0);
    expect(asked.map(({ account }) => account)).toEqual([ONE, TWO, TWO, TWO]);
    expect(waited).toBe(42_000);
  });

  it('fails where one stopped, and says what stopped it and what to do', async () => {
    answering[TWO] = [{ held: { ...held, ended: { at: NOW, whole: false, reason: 'paused', why: 'noon' } } }];
    const { text, data, exitCode } = await drill();
    expect(exitCode).toBe(1);
    expect(text).toMatch(/STOPPED +777788889999 .*paused: noon/);
    expect(text).toContain('1 of 2 are NOT whole.\nSTOPPED: mend there what stopped it');
    expect(data).toMatchObject({ pipelines: [{}, { state: 'stopped', reason: 'paused', why: 'paused: noon' }] });
  });

  it('fails where one refuses, and takes no answer to another request for one to its own', async () => {
    answers[TWO] = { held: { ...held, request: 'another', ended: { at: NOW - HOUR, whole: true, reason: 'drill', why: '' } } };
    answering[TWO] = [{ ...answers[TWO], refused: { request: REQUEST, at: NOW, why: 'it held one just now' } }];
    const { text, exitCode } = await drill();
    expect(exitCode).toBe(1);
    expect(text).toMatch(/REFUSED +777788889999 .*it held one just now/);
  });

  it('fails where the bus of one does not take it, which is tried twice, and asks the others all the same', async () => {
    failing.add(ONE);
    const { text, data, exitCode } = await drill();
    expect(exitCode).toBe(1);
    expect(text).toMatch(/NOT TAKEN +111122223333 .*put events: AccessDeniedException/);
    expect(text).toContain('deploy it with `hub.drills`');
    expect(data).toMatchObject({ pipelines: [{ state: 'not-taken' }, { state: 'whole' }] });
    expect(waited).toBeLessThan(MINUTE);
  });

  it('does not wait for one that never answers, and fails', async () => {
    answering[TWO] = [];
    const { text, exitCode } = await drill();
    expect([exitCode, waited]).toEqual([1, ANSWERED_WITHIN]);
    expect(text).toMatch(/NO ANSWER +777788889999/);
  });

  it('waits for an end as long as it was told, and fails without one', async () => {
    answering[TWO] = [{ held }];
    const { text, exitCode } = await drill(undefined, { within: 5 * MINUTE });
    expect([exitCode, waited]).toEqual([1, 5 * MINUTE]);
    expect(text).toMatch(/NO END +777788889999 .*under way after 5 min/);
  });

  it('fails where nobody has reported', async () => {
    answers = {};
    expect(await drill()).toMatchObject({ exitCode: 1, text: expect.stringContaining('no drill is held') });
  });

  it.each([
    [{ forReal: true }, 'nothing broken in other accounts'],
    [{ fill: true }, 'nothing broken in other accounts'],
    [{ service: 'nginx' }, 'nothing broken in other accounts'],
    [{ target: 'i-1' }, 'a target is in one account'],
  ] as readonly (readonly [Partial<DrillOfAll>, string])[])('refuses %j before anybody is asked', async (given, words) => {
    await expect(drill('Web-disk', given)).rejects.toThrow(words);
    expect([asked, lines]).toEqual([[], []]);
  });
});
