import { setTimeout as sleep } from 'node:timers/promises';
import { bootNode, type ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { shell, untilAnswered, whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { attemptToken } from '../../lambdas/core/incident.ts';
import type { Target } from '../../lambdas/core/target.ts';
import type { Progress } from '../../lambdas/core/verification.ts';
import { remediator as addCapacity } from '../../lambdas/remediators/add-capacity.ts';
import { remediator as clearCaches } from '../../lambdas/remediators/clear-caches.ts';
import { remediator as failOverDatabase } from '../../lambdas/remediators/fail-over-database.ts';
import { remediator as moveInstance } from '../../lambdas/remediators/move-instance.ts';
import { remediator as rebootDatabase } from '../../lambdas/remediators/reboot-database.ts';
import { isRefusal, type Order, type Remediator } from '../../lambdas/remediators/remediator.ts';
import { remediator as replaceInstance } from '../../lambdas/remediators/replace-instance.ts';
import { remediator as restartInstance } from '../../lambdas/remediators/restart-instance.ts';
import { remediator as restartService } from '../../lambdas/remediators/restart-service.ts';
import { agingDisk } from '../support/aging-disk.ts';
import { documentOf, openRemedyStage, type RemedyStage } from '../support/remedy-stage.ts';

const INSTANCE = 'i-00000000000000ac7';

let stage: RemedyStage;
let node: ManagedNode | undefined;
/** What is launched or rebooted serves when this is resolved. */
let serving = Promise.withResolvers<void>();
let attempts = 0;

beforeAll(async () => {
  serving.resolve();
  stage = await openRemedyStage({
    prefix: 'act',
    instanceIds: [INSTANCE],
    node: (id) => (id === INSTANCE ? node : undefined),
    served: () => serving.promise,
  });
});
afterAll(() => stage.aws.close());
beforeEach(() => {
  serving = Promise.withResolvers();
});

/** Climbs a rung as the workflow does, and gives the look that the verification takes. */
async function climb(remediator: Remediator, target: Target, given: object = {}) {
  const params = remediator.params.parse(given);
  const plan = remediator.plan(await remediator.observe(target, params, stage.ports), params);
  if (isRefusal(plan)) return { refusal: plan.refusal };
  attempts += 1;
  const token = attemptToken('d'.repeat(64), attempts);
  const order = { target, plan, token, document: documentOf(remediator.name) };
  const receipt = await remediator.execute(order, stage.ports);
  const look = async () => remediator.assess(plan, await remediator.observe(target, params, stage.ports, receipt));
  return { receipt, look, order };
}

type Look = (() => Promise<Progress>) | undefined;

async function finished(look: Look): Promise<Progress | undefined> {
  for (;;) {
    const progress = await look?.();
    if (progress?.kind !== 'running') return progress;
    await sleep(100);
  }
}

describe('adding capacity to a group', () => {
  const target = (): Target => ({ kind: 'auto-scaling-group', name: stage.group });

  it('is running until the new member serves, then done; meanwhile it adds nothing more', async () => {
    const { look } = await climb(addCapacity, target());
    expect(await look?.()).toMatchObject({ kind: 'running', why: '1 of 2 instances are in service' });
    const asked = stage.aws.count('SetDesiredCapacity');
    await climb(addCapacity, target());
    expect(stage.aws.count('SetDesiredCapacity')).toBe(asked);
    serving.resolve();
    await stage.settled();
    expect(await look?.()).toMatchObject({ kind: 'done' });
    expect(await stage.ports.groups.describe(stage.group)).toMatchObject({ desired: 2 });
  });

  it('does no more at the maximum', async () => {
    serving.resolve();
    await climb(addCapacity, target());
    await stage.settled();
    expect(await climb(addCapacity, target())).toEqual({ refusal: 'not-applicable' });
    expect(await stage.ports.groups.describe(stage.group)).toMatchObject({ desired: 3, max: 3 });
  });
});

describe('giving capacity back', () => {
  const target = (): Target => ({ kind: 'auto-scaling-group', name: stage.pair });
  const group = () => stage.ports.groups.describe(stage.pair);

  it.each([
    ['the capacity', {}, 'SetDesiredCapacity', { min: 1, desired: 3 }],
    ['capacity and minimum', { raiseMinimum: true }, 'UpdateAutoScalingGroup', { min: 3, desired: 3 }],
  ])('sets %s to what was there before, in one call, and the member leaves', async (_, params, action, raised) => {
    serving.resolve();
    const { order } = await climb(addCapacity, target(), params);
    await stage.settled();
    expect(await group()).toMatchObject(raised);
    const asked = stage.aws.count(action);

    const plan = addCapacity.giveBack?.plan(order?.plan, await group(), []);
    expect(addCapacity.giveBack?.isDone(plan, await group())).toBe(false);
    await addCapacity.giveBack?.execute({ ...(order as Order<unknown>), plan }, stage.ports);
    await stage.settled();

    expect(stage.aws.count(action)).toBe(asked + 1);
    expect(await group()).toMatchObject({ min: 1, desired: 2, members: [{ lifecycle: 'InService' }, { lifecycle: 'InService' }] });
    expect(addCapacity.giveBack?.isDone(plan, await group())).toBe(true);
  });
});

describe('a member of a group', () => {
  it('is replaced: running until its successor serves, then done with the target replaced; meanwhile no other is', async () => {
    const old = stage.member();
    const other = (await stage.ports.groups.describe(stage.pair))?.members.find(({ id }) => id !== old)?.id ?? '';
    const { look } = await climb(replaceInstance, { kind: 'instance', id: old });
    await expect.poll(async () => look?.()).toMatchObject({ kind: 'running', why: '1 of 2 instances are in service' });
    expect(await climb(replaceInstance, { kind: 'instance', id: other })).toEqual({ refusal: 'unsafe-to-act' });
    serving.resolve();
    await stage.settled();
    expect(await look?.()).toMatchObject({ kind: 'done', targetReplaced: true });
    const members = (await stage.ports.groups.describe(stage.pair))?.members.map(({ id }) => id);
    expect(members).toHaveLength(2);
    expect(members).not.toContain(old);
  });

  it('that is the only one is not replaced, nor is an instance in no group', async () => {
    const group = await stage.ports.groups.describe(stage.pair);
    expect(await climb(replaceInstance, { kind: 'instance', id: INSTANCE })).toEqual({ refusal: 'not-applicable' });
    await stage.ports.groups.setDesiredCapacity(stage.pair, 1);
    serving.resolve();
    await stage.settled();
    expect(await climb(replaceInstance, { kind: 'instance', id: stage.member() })).toEqual({ refusal: 'unsafe-to-act' });
    await stage.ports.groups.setDesiredCapacity(stage.pair, group?.desired ?? 0);
    await stage.settled();
  });
});

describe('a database', () => {
  const single = (): Target => ({ kind: 'database', id: stage.singleDatabase });
  const multi = (): Target => ({ kind: 'database', id: stage.database });

  it('is rebooted: running until it serves, then done; meanwhile nobody reboots it or fails it over', async () => {
    const { look } = await climb(rebootDatabase, single());
    expect(await look?.()).toMatchObject({ kind: 'running', why: 'the database is rebooting' });
    expect(await climb(rebootDatabase, single())).toEqual({ refusal: 'unsafe-to-act' });
    expect(await climb(failOverDatabase, single())).toEqual({ refusal: 'unsafe-to-act' });
    serving.resolve();
    await stage.settled();
    expect(await look?.()).toMatchObject({ kind: 'done' });
  });

  it('is failed over to the other zone', async () => {
    const { look } = await climb(failOverDatabase, multi());
    expect(await look?.()).toMatchObject({ kind: 'running' });
    serving.resolve();
    await stage.settled();
    expect(await look?.()).toMatchObject({ kind: 'done' });
    expect(await stage.ports.databases.describe(stage.database)).toMatchObject({ zone: 'us-east-1b' });
  });

  it('without a standby is not failed over', async () => {
    expect(await climb(failOverDatabase, single())).toEqual({ refusal: 'not-applicable' });
  });

  it('that does not exist is neither', async () => {
    const nobody: Target = { kind: 'database', id: 'nobody' };
    expect(await climb(rebootDatabase, nobody)).toEqual({ refusal: 'unsafe-to-act' });
    expect(await climb(failOverDatabase, nobody)).toEqual({ refusal: 'unsafe-to-act' });
  });
});

describe.skipIf(whyNoNodes !== '')(`on a real machine${whyNoNodes}`, () => {
  const target: Target = { kind: 'instance', id: INSTANCE };
  let machine: ManagedNode;

  beforeAll(async () => {
    machine = await bootNode({ name: 'remedies', instanceId: INSTANCE });
    node = machine;
  });
  afterAll(() => machine?.destroy());

  it('a service that was killed is restarted and stays up', async () => {
    await machine.exec(['systemctl', 'kill', '--signal=SIGKILL', 'web.service']);
    await expect.poll(() => machine.processesOf('web.service')).toEqual([]);
    const { look } = await climb(restartService, target, { service: 'web', stableFor: { seconds: 1 } });
    expect(await finished(look)).toMatchObject({ kind: 'done' });
    expect(await shell(machine, 'systemctl is-active web.service')).toBe('active');
    expect(machine.processesOf('web.service')).not.toEqual([]);
  });

  it('a service that does not exist is a failure that says so', async () => {
    const { look } = await climb(restartService, target, { service: 'no-such-service' });
    expect(await finished(look)).toMatchObject({ kind: 'failed', why: expect.stringContaining('no-such-service') });
  });

  it('old temporary files are deleted and young ones kept', async () => {
    const disk = await agingDisk(machine, '/srv/web/tmp');
    try {
      await shell(machine, 'cd /srv/web/tmp; echo young > young; echo old > old; touch -d "2 days ago" old');
      await disk.age();
      const { look } = await climb(clearCaches, target, { paths: ['/srv/web/tmp'] });
      expect(await finished(look)).toMatchObject({ kind: 'done' });
      expect(await shell(machine, 'ls /srv/web/tmp')).toBe('young');
    } finally {
      await disk.detach();
    }
  });

  it('a command is found again by the token of its attempt, when its answer was lost', async () => {
    const { look, order, receipt } = await climb(clearCaches, target, { paths: ['/srv/web/tmp'], dryRun: true });
    await finished(look);
    expect(order && (await clearCaches.recall?.(order, stage.ports))).toEqual(receipt);
    expect(order && (await clearCaches.recall?.({ ...order, token: 'another' }, stage.ports))).toBeUndefined();
  });

  it('nothing is sent to a machine whose agent is silent', async () => {
    machine.agentOnline = false;
    const before = stage.aws.count('SendCommand');
    expect(await climb(restartService, target, { service: 'web' })).toEqual({ refusal: 'not-applicable' });
    expect(stage.aws.count('SendCommand')).toBe(before);
    machine.agentOnline = true;
  });

  it('is rebooted once by its own agent, and the script says so after it', async () => {
    const before = machine.initPid();
    const { look } = await climb(restartInstance, target);
    expect(await look?.()).toMatchObject({ kind: 'running' });
    expect(await finished(look)).toMatchObject({ kind: 'done', detail: expect.stringContaining('REBOOTED: ') });
    expect(machine.initPid()).not.toBe(before);
    expect(stage.aws.count('RebootInstances')).toBe(0);
  });

  it('is moved to another host by the runbook of AWS: running until it was started anew, then done', async () => {
    const before = machine.initPid();
    const { look } = await climb(moveInstance, target);
    expect(await look?.()).toMatchObject({ kind: 'running', why: expect.stringContaining('InProgress') });
    expect(await finished(look)).toMatchObject({ kind: 'done', detail: expect.stringContaining('started anew at 20') });
    expect(machine.initPid()).not.toBe(before);
    expect(await climb(moveInstance, { kind: 'instance', id: stage.member() })).toEqual({ refusal: 'unsafe-to-act' });
  });

  it('is rebooted by EC2 when its agent is silent, by force when it does not shut down', async () => {
    await untilAnswered(machine, '/fault/hang');
    machine.agentOnline = false;
    const before = machine.initPid();
    const { look } = await climb(restartInstance, target);
    expect(await look?.()).toMatchObject({ kind: 'unknown', why: expect.stringContaining('silent') });
    await expect.poll(async () => look?.()).toMatchObject({ kind: 'done', detail: 'its agent answers' });
    expect(machine.initPid()).not.toBe(before);
    await untilAnswered(machine);
    expect(stage.aws.count('RebootInstances')).toBe(1);
  });
});
