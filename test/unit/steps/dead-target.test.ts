import { EXTRA_PERIODS, evaluateSeries } from '@self-healing/local-aws/services/cloudwatch/series-evaluation.ts';
import { anInstance } from '@self-healing/simulation/accounts.ts';
import {
  ALARM_NAME,
  anIncident,
  aPolicy,
  aRung,
  aSlot,
  aState,
  INSTANCE_ID,
  MINUTE,
  NOW,
  SECOND,
} from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { driven, endOf } from '@self-healing/simulation/driven-incident.ts';
import { describe, expect, it } from 'vitest';
import type { Instant } from '../../../lambdas/core/duration.ts';
import type { WorkflowState } from '../../../lambdas/core/workflow-state.ts';

/** How long a datapoint is on its way after its minute is over. */
const LATE_BY = 20 * SECOND;

/** The number of processes by minutes since the alarm; undefined where nothing was reported. */
type Series = (minute: number) => number | undefined;

const contributor = { id: 'c', attributes: { InstanceId: INSTANCE_ID } };
const proof = { namespace: 'CWAgent', metric: 'procstat_lookup_pid_count', dimensions: {}, within: { minutes: 5 } } as const;

/** CloudWatch as it judges one series: by the evaluation of the rehearsal, and with datapoints that come late. */
function watched(world: World, series: Series, minutes: number, now: () => Instant): void {
  const reported = (minute: number, at: Instant) => (NOW + (minute + 1) * MINUTE + LATE_BY <= at ? series(minute) : undefined);
  const isInAlarm = () => {
    const last = Math.floor((now() - NOW) / MINUTE) - 1;
    const range = Array.from({ length: minutes + EXTRA_PERIODS }, (_, slot) =>
      reported(last - (minutes + EXTRA_PERIODS - 1) + slot, now()),
    );
    const rule = { comparison: 'LessThanThreshold', threshold: 1, evaluationPeriods: minutes, datapointsToAlarm: minutes } as const;
    return evaluateSeries(range, { ...rule, treatMissingData: 'missing' }, 'ALARM').value === 'ALARM';
  };
  world.ports.alarms.contributorsInAlarm = async () => ({
    complete: true,
    contributors: isInAlarm() ? [{ ...contributor, since: NOW, reason: '' }] : [],
  });
  world.ports.alarms.state = async () => ({ state: isInAlarm() ? 'ALARM' : 'OK', reason: '' });
  world.ports.alarms.lastReport = async (_proof, _dimensions, since) => {
    const minutesBack = Array.from({ length: 600 }, (_, back) => 590 - back);
    const newest = minutesBack.find((minute) => reported(minute, now()) !== undefined);
    return newest !== undefined && NOW + newest * MINUTE >= since ? NOW + newest * MINUTE : undefined;
  };
}

function aFleet(): World {
  const world = fakePorts();
  for (const id of [INSTANCE_ID, ...Array.from({ length: 9 }, (_, number) => `i-0000000${number}`)]) {
    world.account.instances.set(id, anInstance({ id }));
    world.account.agents.set(id, 'online');
  }
  return world;
}

const ofFleet = aState({
  policy: aPolicy({ targets: { kind: 'contributor', attribute: 'InstanceId' }, proof, ladder: [aRung({ verifyWithin: { minutes: 5 } })] }),
  incident: anIncident({ contributor, openedAt: NOW, receivedAt: NOW }),
});
const ofList = aState({
  policy: aPolicy({ proof: { ...proof, dimensions: { InstanceId: INSTANCE_ID } }, ladder: [aRung({ verifyWithin: { minutes: 5 } })] }),
  incident: anIncident({ openedAt: NOW, receivedAt: NOW }),
});

async function play(started: WorkflowState, series: Series, { minutes = 2, waits = false } = {}) {
  const world = aFleet();
  let now = NOW;
  watched(world, series, minutes, () => now);
  // Another member holds the only slot.
  if (waits) world.claims.slots.set('tagged#Web', { other: aSlot(NOW + 60 * MINUTE) });
  const steps = await driven(started, world, NOW, (at) => {
    now = at;
  });
  return { end: endOf(steps), at: now, world };
}

describe.each([
  ['of a fleet', ofFleet],
  ['given by its id', ofList],
])('an instance %s', (_, started) => {
  it.each(Array.from({ length: 12 }, (_unused, minute) => minute + 1))(
    'that is well from the first minute on and dead from minute %i on is told as recovered only if it outlived its probation',
    async (death) => {
      const { end, world } = await play(started, (minute) => (minute < 1 ? 0 : minute < death ? 1 : undefined));
      const goneSince = world.history.findIndex(({ text }) => text.includes('on probation'));
      const closes = goneSince < 0 ? Number.POSITIVE_INFINITY : Date.parse(world.history[goneSince]?.at ?? '') + 3 * MINUTE;
      const outlived = NOW + (death - 1) * MINUTE >= closes;
      expect(end).toMatchObject(outlived ? { reason: 'healed' } : { outcome: 'handed-off', reason: 'symptom-unknown' });
      expect(world.messages).toHaveLength(1);
    },
  );

  it('that lives is healed within three minutes of the end of its probation', async () => {
    const { end, at, world } = await play(started, (minute) => (minute < 1 ? 0 : 1));
    const first = world.history.find(({ text }) => text.includes('on probation'));
    expect(end).toMatchObject({ outcome: 'recovered', reason: 'healed' });
    expect(at - Date.parse(first?.at ?? '')).toBeLessThanOrEqual(6 * MINUTE);
  });

  it.each([3, 4, 5, 6, 7])('whose agent is restarted in minute %i, which costs two datapoints, is healed all the same', async (restart) => {
    const { end, world } = await play(started, (minute) => {
      if (minute === restart || minute === restart + 1) return undefined;
      return minute < 1 ? 0 : 1;
    });
    expect(end).toMatchObject({ outcome: 'recovered', reason: 'healed' });
    expect(world.account.commands.size).toBe(1);
  });

  it.each([
    [1, 2],
    [2, 2],
    [1, 3],
    [4, 2],
  ])('that waits for a slot and dies %i minutes after an alarm of %i minutes is told as not seen', async (death, minutes) => {
    const { end, world } = await play(started, (minute) => (minute < death ? 0 : undefined), { minutes, waits: true });
    expect(end).toMatchObject({ outcome: 'handed-off', reason: 'symptom-unknown' });
    expect(world.messages).toHaveLength(1);
    expect(world.account.commands.size).toBe(0);
  });

  it.each([0, 1, 2, 4, 8])('that waits for a slot and reports once more, %i minutes after it died, is told as not seen', async (later) => {
    const { end } = await play(started, (minute) => (minute < 1 ? 0 : minute === 1 + later ? 1 : undefined), { waits: true });
    expect(end).toMatchObject({ outcome: 'handed-off', reason: 'symptom-unknown' });
  });

  it('that is well again before anything was done ends silently, after it reported of a later moment', async () => {
    const { end, at, world } = await play(started, (minute) => (minute < 1 ? 0 : 1), { waits: true });
    expect(end).toMatchObject({ outcome: 'skipped', reason: 'already-recovered' });
    expect(at).toBeGreaterThan(NOW + 2 * MINUTE);
    expect(at).toBeLessThan(NOW + 8 * MINUTE);
    expect(world.messages).toEqual([]);
  });

  it('that is ill again while its sign of life is awaited is ill', async () => {
    const { end, world } = await play(started, (minute) => (minute === 1 ? 1 : 0), { waits: true });
    expect(end).toMatchObject({ outcome: 'handed-off', reason: 'blast-radius' });
    expect(world.messages).toHaveLength(1);
  });
});

it('an incident of the first version, whose policy names no proof, is judged by its alarm', async () => {
  const { policy, ...state } = ofList;
  const { proof: _, ...old } = policy;
  const { end } = await play({ ...state, policy: old }, (minute) => (minute < 1 ? 0 : 1));
  expect(end).toMatchObject({ reason: 'healed', why: expect.stringContaining(`alarm ${ALARM_NAME} is OK`) });
});
