import { anInstance } from '@self-healing/simulation/accounts.ts';
import { ALARM_NAME, aPolicy, aState, INSTANCE_ID, MINUTE, NOW } from '@self-healing/simulation/builders.ts';
import { fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { triageOrConsider } from '../../../lambdas/handlers/former-give-back.ts';
import { type StepLogger, stepHandler } from '../../../lambdas/handlers/step-handler.ts';
import { conclusionHandler } from '../../../lambdas/handlers/workflow-functions.ts';
import { intake } from '../../../lambdas/steps/intake.ts';

/** As an execution of the first version holds it, written down so that no later builder changes it. */
const FIRST_STATE = `{"incident":{"id":"${'a'.repeat(64)}","policy":"Web-memory","symptom":"memory",
  "target":{"kind":"instance","id":"${INSTANCE_ID}"},"openedAt":1793614740000,"receivedAt":1793614741000,"alarmName":"healing-Web-memory",
  "reason":"Threshold Crossed","contributor":{"id":"6d44","attributes":{"InstanceId":"${INSTANCE_ID}"}}},
 "policy":{"name":"Web-memory","symptom":"memory","seen":"memory used above 90 %","targets":{"kind":"contributor","attribute":"InstanceId"},
  "group":{"kind":"tagged","name":"Web","key":"SelfHeal","value":"enabled"},
  "ladder":[{"remedy":"restart-service","params":{"service":"nginx"},"acts":true,"settle":{"seconds":30},"verifyWithin":{"minutes":4}}],
  "guardrails":{"cooldown":{"minutes":3},"cooldownGrowth":2,"cooldownAtMost":{"hours":2},"flapping":{"most":5,"per":{"hours":1}},
   "rungMemory":{"days":7},"breaker":{"failures":3,"openFor":{"hours":1}},"budget":{"acts":30,"per":{"hours":1}},
   "healthyFloor":{"percent":50},"attempts":{"most":5,"per":{"hours":24}},"blastRadius":{"percent":10,"members":5,"zonePercent":100},
   "commonCause":{"percent":20,"targets":10,"within":{"minutes":10},"exitAfter":{"minutes":15}},"excludeTag":"SelfHealExclude",
   "waitAtMost":{"minutes":30},"lookEvery":{"seconds":30},"signalAtMost":{"minutes":15},"tryAgainAfter":{"minutes":30}},
  "mode":"automatic","approval":{"within":{"minutes":15},"approvers":1},"demoteAfter":"open-breaker","probation":{"minutes":3},
  "proof":{"namespace":"CWAgent","metric":"mem_used_percent","dimensions":{},"within":{"minutes":5}}}}`;

const FIRST_NEXTS = [
  '{"do":"triage","at":"2026-11-02T10:21:00.000Z"}',
  '{"do":"triage","at":"2026-11-02T10:21:00.000Z","watched":0}',
  '{"do":"ask","remedy":"restart-service","rung":0,"until":"2026-11-02T10:35:00.000Z","seconds":900}',
  '{"do":"remediate","remedy":"restart-service","rung":0}',
  '{"do":"verify","at":"2026-11-02T10:21:00.000Z","check":{"rung":0,"verifyBy":1793615100000,"goneSince":1793614900000}}',
  '{"do":"conclude","end":{"outcome":"skipped","reason":"already-recovered","why":"alarm is OK"}}',
  '{"do":"conclude","end":{"outcome":"handed-off","reason":"common-cause","why":"10 of 50"}}',
  '{"do":"conclude","end":{"outcome":"skipped","reason":"part-of-common-cause","why":"another speaks for all"}}',
  '{"do":"keep","at":"2026-11-02T10:21:00.000Z","keeping":{"rung":0,"below":[],"since":1793614900000}}',
  '{"do":"report-give-back","keeping":{"rung":0,"below":[],"since":1793614900000},"result":{"reason":"given-back","why":""}}',
];

const silent: StepLogger = { resetKeys: () => {}, appendKeys: () => {}, info: () => {}, error: () => {} };

let world: World;
beforeEach(() => {
  world = fakePorts();
  world.account.instances.set(INSTANCE_ID, anInstance({ id: INSTANCE_ID }));
  world.account.alarms.set(ALARM_NAME, { state: 'ALARM', reason: 'too much' });
});

const concluded = (state: unknown) => conclusionHandler(world.ports, () => NOW, silent)(JSON.parse(JSON.stringify(state)));

describe('an execution that began under the first version', () => {
  it.each(FIRST_NEXTS.map((next) => [JSON.parse(next).do, next]))(
    'is read as it is, under the names of today, where it goes on with %s',
    async (_, next) => {
      const given = { ...JSON.parse(FIRST_STATE), next: JSON.parse(next) };
      const seen = await stepHandler(async (state) => state, undefined, silent)(given);
      const today = JSON.stringify(given).replace('"commonCause"', '"storm"').replace('common-cause"', 'storm"');
      expect(seen).toEqual(JSON.parse(today));
    },
  );

  it('is triaged by this version', async () => {
    const given = JSON.parse(FIRST_STATE);
    world.account.contributors.set(ALARM_NAME, [given.incident.contributor]);
    const answer = await stepHandler(
      (state, now) => triageOrConsider(state, world.ports, now),
      () => NOW,
      silent,
    )(given);
    expect(answer).toMatchObject({ do: 'remediate', remedy: 'restart-service' });
  });
});

describe('an execution that another version wrote', () => {
  const state = aState();
  const later = {
    ...state,
    incident: { ...state.incident, severity: 'high' },
    policy: { ...state.policy, guardrails: { ...state.policy.guardrails, tides: { low: true } }, budgetOwner: 'web' },
    era: 2,
  };

  it('with more fields is triaged as without them', async () => {
    const step = stepHandler(
      (given, now) => triageOrConsider(given, world.ports, now),
      () => NOW,
      silent,
    );
    expect(await step(JSON.parse(JSON.stringify(later)))).toMatchObject({ do: 'remediate', remedy: 'restart-service' });
  });

  it.each([
    ['to do what this version does not know', { ...later, next: { do: 'consult', oracle: 'Delphi' } }],
    [
      'to end for a reason that this version does not know',
      { ...later, next: { do: 'conclude', end: { outcome: 'skipped', reason: 'eclipse', why: 'x' } } },
    ],
    ['to climb a rung of a remedy that this version does not have', { ...later, next: { do: 'remediate', remedy: 'pray', rung: 0 } }],
    [
      'under a policy that this version cannot read',
      { ...later, policy: { name: 'Web-memory', law: [] }, error: { Error: 'Defect', Cause: 'not a workflow state' } },
    ],
  ])('%s is handed off, told and closed by the conclusion itself', async (_, given) => {
    expect(await concluded(given)).toMatchObject({ do: 'end', end: { outcome: 'handed-off', reason: 'unexpected-error' } });
    expect(world.messages.map(({ subject }) => subject)).toEqual([
      `NEEDS YOU: memory on instance ${INSTANCE_ID}, 123456789012 eu-central-1`,
    ]);
    expect(world.items.endings.get(state.incident.id)).toMatchObject({ told: true, written: true });
  });

  it('says which step is missing', async () => {
    await concluded({ ...state, next: { do: 'remediate', remedy: 'pray', rung: 0 } });
    expect(world.notices[0]?.why).toContain('the workflow knows no step for "remediate: pray"');
  });

  it('that names no target at all fails, for the sweep to tell of it', async () => {
    await expect(concluded({ ...later, incident: { id: 'x' } })).rejects.toMatchObject({ name: 'Defect' });
  });
});

describe('a rule that another version wrote', () => {
  it('with more fields in its policy still opens incidents', async () => {
    const state = { value: 'ALARM', timestamp: new Date(NOW - MINUTE).toISOString() };
    const event = {
      id: 'e',
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      detail: { alarmName: ALARM_NAME, state },
    };
    await intake({ policy: { ...aPolicy(), later: true }, event }, world.ports, NOW);
    expect([...world.started.values()]).toMatchObject([{ policy: aPolicy() }]);
  });
});
