import { HOUR, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { CONFIRMED_WITHIN, doctorOfAll, pauseAll, resumeAll, statusOfAll } from '../../../bin/heal/all-pipelines.ts';
import type { Hub } from '../../../bin/heal/hub.ts';
import { iso } from '../../../lambdas/core/duration.ts';
import type { HistoryLine } from '../../../lambdas/core/history-line.ts';
import type { HubPause } from '../../../lambdas/core/hub/hub-pause.ts';
import type { KnownPipeline, Report } from '../../../lambdas/core/hub/report.ts';
import { plainScreen } from '../../support/plain-screen.ts';

const ANNA = 'arn:aws:sts::444455556666:assumed-role/ops/anna';

let switched: HubPause;
let reports: Map<string, Report>;
let confirming: Set<string>;
let failure: string | undefined;
let waited: number;
let lines: HistoryLine[];
beforeEach(() => {
  switched = { value: 'running', at: NOW - HOUR, sequence: 1, by: ANNA };
  reports = new Map();
  confirming = new Set(['111122223333', '777788889999']);
  failure = undefined;
  waited = 0;
  lines = [];
  for (const account of confirming) reports.set(account, reportOf());
});

const reportOf = (more: Partial<Report> = {}): Report => ({
  ...{ at: NOW - MINUTE, release: '1.0.0', modes: { automatic: 2, approval: 0, shadow: 1 }, moreIncidents: false, findings: [] },
  ...{ incidents: [], hubPause: switched },
  ...more,
});

const hub: Hub = {
  name: 'healing-hub',
  setting: async () => switched,
  pipelines: async () =>
    [...reports].map(
      ([account, report]): KnownPipeline => ({
        ...{ account, region: account.startsWith('1') ? 'eu-west-1' : 'us-east-1', pipeline: 'healing', report },
        ...(failure !== undefined && { told: { at: NOW, failure } }),
      }),
    ),
  pause: {
    history: async () => [{ value: switched.value, at: iso(switched.at), by: switched.by, version: switched.sequence }],
    read: async () => switched.value,
    make: async () => {},
    async set(value) {
      switched = { value, at: NOW, sequence: switched.sequence + 1, by: ANNA };
    },
  },
  caller: async () => ({ userId: 'AIDAANNA', arn: ANNA }),
  record: async (line) => void lines.push(line),
  askDrill: async () => {},
  async wait(milliseconds) {
    waited += milliseconds;
    for (const account of confirming) reports.set(account, { ...(reports.get(account) ?? reportOf()), hubPause: switched });
  },
};
const pause = () => pauseAll(hub, 'a bad release', undefined, NOW, plainScreen());

describe('pause --all', () => {
  it('sets the switch of the hub, is a line of its history, and waits until each has confirmed', async () => {
    const { text, data, exitCode } = await pause();
    expect(switched.value).toMatch(/^a bad release \(by arn/);
    expect(lines).toMatchObject([{ kind: 'operator', action: 'pause', by: ANNA }]);
    expect(waited).toBe(2_000);
    expect(exitCode).toBe(0);
    expect(data).toMatchObject({ confirmed: ['111122223333/eu-west-1/healing', '777788889999/us-east-1/healing'], notConfirmed: [] });
    expect(text).toContain('All 2 pipelines have confirmed.');
  });

  it('fails and names who has not, after a minute and a half', async () => {
    confirming.delete('777788889999');
    failure = 'put events: AccessDenied';
    const { text, data, exitCode } = await pause();
    expect(waited).toBe(CONFIRMED_WITHIN);
    expect(exitCode).toBe(1);
    expect(data).toMatchObject({ notConfirmed: ['777788889999/us-east-1/healing'] });
    expect(text).toMatch(/NOT CONFIRMED +777788889999 +us-east-1 +healing +put events: AccessDenied/);
    expect(text).toContain('1 of 2 have NOT confirmed and perhaps act');
  });

  it('fails where nobody reported: then nobody is paused', async () => {
    reports.clear();
    confirming.clear();
    expect(await pause()).toMatchObject({ exitCode: 1, text: expect.stringContaining('nothing is paused') });
  });

  it('does not take the place of one that lasts longer, and says how that is ended', async () => {
    switched = { ...switched, value: 'Bert migrates' };
    const refused = pauseAll({ ...hub, region: 'eu-west-1' }, 'a bad release', HOUR, NOW, plainScreen());
    await expect(refused).rejects.toThrow('paused already, and for longer, without an end: the pause switch says: Bert migrates');
    await expect(refused).rejects.toMatchObject({
      next: expect.stringContaining('"self-healing-pipeline resume --all --region eu-west-1"'),
    });
    expect([switched.value, waited]).toEqual(['Bert migrates', 0]);
  });

  it('says what it takes the place of', async () => {
    switched = { ...switched, value: 'Bert migrates' };
    expect((await pause()).data).toMatchObject({ before: 'the pause switch says: Bert migrates' });
  });

  it('without a reason is refused', async () => {
    await expect(pauseAll(hub, ' ', undefined, NOW, plainScreen())).rejects.toThrow('a pause needs a reason');
  });
});

describe('resume --all', () => {
  it('ends the pause of the hub, and names those that their own account keeps paused', async () => {
    await pause();
    reports.set('111122223333', reportOf({ ownPause: 'the pause switch says: noon', hubPause: switched }));
    const { text, data, exitCode } = await resumeAll(hub, NOW + HOUR, plainScreen());
    expect(switched.value).toBe('running');
    expect(exitCode).toBe(0);
    expect(data).toMatchObject({
      ...{ resumed: true, notConfirmed: [] },
      pausedByThemselves: [{ pipeline: '111122223333/eu-west-1/healing', why: 'the pause switch says: noon' }],
    });
    expect(text).toContain('Still paused by itself: 111122223333/eu-west-1/healing: the pause switch says: noon');
  });

  it('of a hub that pauses nothing writes nothing', async () => {
    expect((await resumeAll(hub, NOW, plainScreen())).data).toMatchObject({ resumed: false });
    expect(lines).toEqual([]);
  });
});

describe('status --all', () => {
  it('is one row for each pipeline and one for each open incident', async () => {
    const incident = { id: 'ca63db8a'.repeat(8), policy: 'Web-service-down', target: 'instance i-1', since: NOW - 5 * MINUTE };
    reports.set('111122223333', reportOf({ incidents: [incident], findings: [{ state: 'wrong', about: 'x', says: 'y' }] }));
    reports.set('777788889999', reportOf({ at: NOW - HOUR, ownPause: 'noon' }));
    const { text } = await statusOfAll(hub, NOW, plainScreen());
    expect(text.split('\n')).toEqual([
      'Hub healing-hub pauses nothing.',
      '2 pipelines; all have confirmed what its switch says.',
      '',
      'ACCOUNT       REGION     PIPELINE  STATE                 OPEN  WRONG  MODES                  RELEASE  REPORTED',
      '111122223333  eu-west-1  healing   running               1     1      2 automatic, 1 shadow  1.0.0    60 s ago',
      '777788889999  us-east-1  healing   SILENT, PAUSED there  0     0      2 automatic, 1 shadow  1.0.0    60 min ago',
      '',
      '1 incident is open:',
      'INCIDENT  ACCOUNT       REGION     TARGET        POLICY            SINCE',
      expect.stringMatching(/^ca63db8a {2}111122223333 {2}eu-west-1 {2}instance i-1 {2}Web-service-down {2}.+5 min/),
    ]);
  });

  it('says that the hub pauses, and who has not confirmed it', async () => {
    confirming.delete('777788889999');
    await pause();
    const { text, data } = await statusOfAll(hub, NOW, plainScreen());
    expect(text).toContain("Hub healing-hub PAUSES ALL: the hub's pause switch says: a bad release");
    expect(text).toContain('1 have not confirmed');
    expect(text).toContain('PAUSED by the hub');
    expect(data).toMatchObject({ pipelines: [{ standing: 'confirmed' }, { standing: 'not-confirmed' }] });
  });
});

describe('doctor --all', () => {
  it('says that all is well where it is, and what is not where it is not', async () => {
    expect(await doctorOfAll(hub, NOW, plainScreen())).toMatchObject({ exitCode: 0, text: expect.stringContaining('All is well.') });
    reports.set('777788889999', reportOf({ at: NOW - HOUR }));
    const { text, exitCode } = await doctorOfAll(hub, NOW, plainScreen());
    expect(exitCode).toBe(1);
    expect(text).toMatch(/WRONG +777788889999\/us-east-1\/healing +reports: nothing was heard of it for 60 min/);
  });

  it('tells of a drill that the hub asked for and that was not whole', async () => {
    const ended = { at: NOW, whole: false, reason: 'paused', why: 'the pause switch says: noon' };
    const held = { request: '1', at: NOW - MINUTE, policy: 'Web-memory', target: 'i-1', drill: '2', ended };
    reports.set('777788889999', reportOf({ drills: { held } }));
    const { text, exitCode } = await doctorOfAll(hub, NOW, plainScreen());
    expect(exitCode).toBe(0);
    const said = text.replaceAll(/\s+/g, ' ');
    expect(said).toMatch(/WARNING .*drill 2: of policy Web-memory on i-1 at .* did not walk to its end: the pause switch says: noon/);
    expect(said).toContain('log in to account 777788889999: mend what stopped it');
    expect(said).toContain('self-healing-pipeline drill Web-memory --target i-1 --region us-east-1');
    reports.set('777788889999', reportOf({ drills: { held: { ...held, ended: { ...ended, whole: true } } } }));
    expect((await doctorOfAll(hub, NOW, plainScreen())).text).toContain('All is well.');
  });

  it('names the account in which a command mends something', async () => {
    const mend = 'aws cloudwatch describe-alarm-history --alarm-name healing-watch-dead-letters --region us-east-1';
    reports.set('777788889999', reportOf({ findings: [{ state: 'wrong', about: 'healing-watch-dead-letters', says: 'in ALARM', mend }] }));
    const { text } = await doctorOfAll(hub, NOW, plainScreen());
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`log in to account 777788889999: ${mend}`);
  });

  it('fails where nobody has reported', async () => {
    reports.clear();
    expect(await doctorOfAll(hub, NOW, plainScreen())).toMatchObject({ exitCode: 1 });
  });
});
