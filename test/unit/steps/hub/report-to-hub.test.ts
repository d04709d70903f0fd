import { anIncident, HOUR, NOW } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import type { DescribedAlarm } from '../../../../lambdas/core/doctor/readings.ts';
import { type Report, readReport } from '../../../../lambdas/core/hub/report.ts';
import { type ReportToHubPorts, reportToHub } from '../../../../lambdas/steps/hub/report-to-hub.ts';

const alarm = (name: string, state: DescribedAlarm['state']): DescribedAlarm => ({
  ...{ name, state, since: NOW - HOUR, enabled: true, tells: [], description: 'look' },
});
const HUB = 'arn:aws:events:eu-west-1:444455556666:event-bus/healing-hub';
const paused = { hub: HUB, value: 'a bad release', at: NOW, sequence: 2, by: 'arn:anna' };

async function reportOf(more: Partial<ReportToHubPorts> = {}): Promise<Report> {
  const sent: Report[] = [];
  const ports: ReportToHubPorts = {
    ownPause: { read: async () => ({ kind: 'running' }) },
    hubPauses: { read: async () => undefined },
    hub: HUB,
    reports: { send: async (report) => void sent.push(report) },
    openWorkflows: async () => [],
    incident: async () => undefined,
    ownAlarms: async () => [],
    modes: async () => ['automatic', 'automatic', 'shadow'],
    ...more,
  };
  const report = await reportToHub(ports, '1.0.0', NOW);
  expect(sent).toEqual([report]);
  // What is sent is what a hub can read.
  expect(readReport(JSON.parse(JSON.stringify(report)))).toEqual(report);
  return report;
}

describe('the report of a pipeline to its hub', () => {
  it('says release and modes', async () => {
    expect(await reportOf()).toEqual({
      ...{ at: NOW, release: '1.0.0', modes: { automatic: 2, approval: 0, shadow: 1 }, incidents: [], moreIncidents: false, findings: [] },
    });
  });

  it("confirms the hub's pause that is kept, and tells of the own one apart", async () => {
    const own = { kind: 'paused', why: 'the pause switch says: noon' } as const;
    const report = await reportOf({ ownPause: { read: async () => own }, hubPauses: { read: async () => paused } });
    expect(report).toMatchObject({ ownPause: own.why, hubPause: paused });
  });

  it.each([
    ['of the hub that was left', { ...paused, hub: HUB.replace('healing-hub', 'other-hub') }],
    ['that an earlier version kept', { ...paused, hub: undefined }],
  ])('confirms no pause %s', async (_, kept) => {
    expect(await reportOf({ hubPauses: { read: async () => kept } })).not.toHaveProperty('hubPause');
  });

  it('lists ten open incidents and says that there are more; one that only waits to give back is over', async () => {
    const ids = Array.from({ length: 13 }, (_, number) => `${number}`.padStart(64, '0'));
    const report = await reportOf({
      openWorkflows: async (most) => ids.slice(0, most),
      incident: async (id) => (id.endsWith('1') ? undefined : { incident: anIncident({ id }), isOver: id.endsWith('2') }),
    });
    expect(report.incidents).toHaveLength(10);
    expect(report.moreIncidents).toBe(true);
    expect(report.incidents.find(({ id }) => id.endsWith('1'))).toEqual({ id: ids[1] });
  });

  it('lists an open incident behind any number of workflows that only wait to give back', async () => {
    const ids = [...Array.from({ length: 100 }, (_, number) => `over-${number}`), 'open'];
    const report = await reportOf({
      openWorkflows: async (most) => ids.slice(0, most),
      incident: async (id) => ({ incident: anIncident({ id }), isOver: id !== 'open' }),
    });
    expect(report).toMatchObject({ incidents: [{ id: 'open' }], moreIncidents: false });
  });

  it('does not say that none is open where more workflows run than it looks at', async () => {
    const ids = Array.from({ length: 500 }, (_, number) => `over-${number}`);
    const report = await reportOf({
      openWorkflows: async (most) => ids.slice(0, most),
      incident: async (id) => ({ incident: anIncident({ id }), isOver: true }),
    });
    expect(report).toMatchObject({ incidents: [], moreIncidents: true });
  });

  it('reads no more workflows than it tells of and one, where all are open', async () => {
    const read: string[] = [];
    const ids = Array.from({ length: 500 }, (_, number) => `open-${number}`);
    await reportOf({ openWorkflows: async (most) => ids.slice(0, most), incident: async (id) => void read.push(id) });
    expect(read).toHaveLength(11);
  });

  it('says what its alarms about itself say, and no more than the hub takes', async () => {
    const some = [alarm('healing-watch-dead-letters', 'ALARM'), alarm('healing-watch-heartbeat', 'INSUFFICIENT_DATA'), alarm('x', 'OK')];
    expect((await reportOf({ ownAlarms: async () => some })).findings).toMatchObject([
      { state: 'wrong', about: 'healing-watch-dead-letters' },
      { about: 'healing-watch-heartbeat' },
    ]);
    const many = Array.from({ length: 50 }, (_, number) => alarm(`healing-watch-${number}`, 'ALARM'));
    const { findings } = await reportOf({ ownAlarms: async () => many });
    expect(findings).toHaveLength(20);
    expect(findings.at(-1)).toEqual({ state: 'wrong', about: 'more', says: '31 more, which the command doctor shows there' });
  });

  it('says what is wrong before what may be well, where there is no room for both', async () => {
    const young = Array.from({ length: 22 }, (_, number) => ({ ...alarm(`healing-watch-a${number}`, 'INSUFFICIENT_DATA'), since: NOW }));
    const { findings } = await reportOf({ ownAlarms: async () => [...young, alarm('healing-watch-dead-letters', 'ALARM')] });
    expect(findings[0]).toMatchObject({ state: 'wrong', about: 'healing-watch-dead-letters' });
    expect(findings.at(-1)).toEqual({ state: 'warning', about: 'more', says: '4 more, which the command doctor shows there' });
  });
});
