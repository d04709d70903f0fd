import { anInstance } from '@self-healing/simulation/accounts.ts';
import { ALARM_NAME, anIncident, aPolicy, aRung, aState, INSTANCE_ID, NOW, SECOND } from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { driven, endOf } from '@self-healing/simulation/driven-incident.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { triageAt, verifyAt } from '../../../lambdas/core/next.ts';
import type { Policy } from '../../../lambdas/core/policy.ts';
import type { DescribedAlarm } from '../../../lambdas/core/ports.ts';
import { readSymptom } from '../../../lambdas/steps/read-symptom.ts';
import { triage } from '../../../lambdas/steps/triage.ts';
import { watch } from '../../../lambdas/steps/watch.ts';

const contributor = { id: 'c1', attributes: { InstanceId: INSTANCE_ID } };
const incident = anIncident({ openedAt: NOW, receivedAt: NOW, contributor });
const proof = { namespace: 'CWAgent', metric: 'mem_used_percent', dimensions: {}, within: { minutes: 5 } };
const ofFleet = aPolicy({ targets: { kind: 'contributor', attribute: 'InstanceId' }, proof });
const { proof: _, ...unproven } = ofFleet;

const unjudged: readonly (readonly [string, DescribedAlarm | undefined, RegExp])[] = [
  ['has no data', { state: 'INSUFFICIENT_DATA', reason: '' }, /^alarm healing-Web-memory has no data$/],
  ...['PARTIAL_DATA', 'EVALUATION_ERROR', 'EVALUATION_FAILURE'].flatMap((evaluation) =>
    (['OK', 'ALARM'] as const).map(
      (state) =>
        [
          `is ${state} and ${evaluation}`,
          { state, reason: '', evaluation },
          new RegExp(`^CloudWatch does not evaluate alarm healing-Web-memory in full \\(${evaluation}\\)$`),
        ] as const,
    ),
  ),
  ['does not exist', undefined, /^alarm healing-Web-memory does not exist$/],
];

let world: World;
let alarm: DescribedAlarm | undefined;
beforeEach(() => {
  world = fakePorts();
  for (const id of [INSTANCE_ID, ...Array.from({ length: 9 }, (_, number) => `i-0000000${number}`)]) {
    world.account.instances.set(id, anInstance({ id }));
    world.account.agents.set(id, 'online');
  }
  world.ports.alarms.state = async () => alarm;
});

const read = (policy: Policy) => readSymptom(incident, policy, world.ports, NOW);
const stateReads = () => world.calls.filter((call) => call === 'alarms.state').length;

describe('a member that is not listed, of an alarm that', () => {
  it.each(unjudged)('%s, is not known to be well', async (_, described, why) => {
    alarm = described;
    for (const policy of [ofFleet, unproven])
      expect(await read(policy)).toMatchObject({ kind: 'unknown', why: expect.stringMatching(why) });
  });

  it.each(['OK', 'ALARM'] as const)('is %s and evaluated, is well', async (state) => {
    alarm = { state, reason: '', since: NOW };
    expect(await read(ofFleet)).toMatchObject({ kind: 'gone', reportedAt: NOW });
    expect((await read(ofFleet)).okSince).toBe(state === 'OK' ? NOW : undefined);
  });

  it('has no data, and reports nothing itself, is said to be silent', async () => {
    alarm = { state: 'INSUFFICIENT_DATA', reason: '' };
    world.account.silentSeries.add(INSTANCE_ID);
    expect(await read(ofFleet)).toMatchObject({ kind: 'unknown', silent: true, why: expect.stringMatching(/^it has not reported/) });
  });

  it.each(unjudged)('%s, ends as unknown before the act, and is told', async (_, described) => {
    alarm = described;
    expect(endOf(await driven(aState({ policy: ofFleet, incident }), world, NOW))).toMatchObject({
      ...{ outcome: 'handed-off', reason: 'symptom-unknown' },
    });
    expect(world.messages).toHaveLength(1);
  });

  it.each(unjudged)('%s, is not healed after the act', async (_, described) => {
    const steps = await driven(aState({ policy: ofFleet, incident }), world, NOW, (now) => {
      const isSeen = now < NOW + 90 * SECOND;
      alarm = isSeen ? { state: 'ALARM', reason: '' } : described;
      world.account.contributors.set(ALARM_NAME, isSeen ? [contributor] : []);
    });
    expect(endOf(steps)).toMatchObject({ outcome: 'handed-off', reason: 'symptom-unknown' });
  });

  it.each(unjudged)('%s, has not passed in shadow', async (_, described) => {
    alarm = described;
    const check = { rung: 0, verifyBy: NOW, watch: true } as const;
    const state = aState({ incident, policy: { ...ofFleet, mode: 'shadow', ladder: [aRung()] }, next: verifyAt(NOW, check) });
    expect(await watch(state, check, world.ports, NOW)).toMatchObject({
      end: { reason: 'shadow', why: expect.stringContaining('unknown') },
    });
  });
});

describe('an alarm of one series', () => {
  const ofOne = aPolicy();
  const readOne = () => readSymptom(anIncident(), ofOne, world.ports, NOW);

  it.each(['EVALUATION_ERROR', 'EVALUATION_FAILURE', 'PARTIAL_DATA'])(
    'that is OK and %s does not say that its symptom is gone',
    async (evaluation) => {
      alarm = { state: 'OK', reason: '', evaluation };
      expect(await readOne()).toMatchObject({ kind: 'unknown' });
      alarm = { state: 'ALARM', reason: '', evaluation };
      expect(await readOne()).toMatchObject({ kind: 'present' });
    },
  );

  it('says since when it has been OK by the same request', async () => {
    alarm = { state: 'OK', reason: '', since: NOW };
    expect(await readOne()).toMatchObject({ kind: 'gone', okSince: NOW });
  });
});

describe('the alarm as a whole', () => {
  beforeEach(() => {
    world = fakePorts();
    world.account.instances.set(INSTANCE_ID, anInstance());
    world.account.alarms.set(ALARM_NAME, { state: 'OK', reason: '' });
    world.account.contributors.set(ALARM_NAME, []);
  });

  it('is read once by triage, also of a member that is not listed', async () => {
    await triage(aState({ policy: ofFleet, incident, next: triageAt(NOW) }), world.ports, NOW);
    expect(stateReads()).toBe(1);
  });
});
