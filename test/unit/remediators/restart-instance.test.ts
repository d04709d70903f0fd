import { aGroup, aMember, anInstance } from '@self-healing/simulation/accounts.ts';
import { INSTANCE_ID, NOW } from '@self-healing/simulation/builders.ts';
import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import type { CommandResult } from '../../../lambdas/core/ports.ts';
import { remediator } from '../../../lambdas/remediators/restart-instance.ts';

const target = { kind: 'instance', id: INSTANCE_ID } as const;
const either = remediator.params.parse({});
const byAgent = { id: INSTANCE_ID, how: 'agent' };
const byEc2 = { id: INSTANCE_ID, how: 'ec2' };
const instance = anInstance();

describe('planning to restart an instance', () => {
  it.each([
    ['through its agent when that answers', 'online', {}, byAgent],
    ['by EC2 when the agent is silent', 'silent', {}, byEc2],
    ['by EC2 when Systems Manager does not know it', 'unregistered', {}, byEc2],
    ['by EC2 when told so, whatever the agent says', 'online', { by: 'ec2' }, byEc2],
    ['through its agent when told so', 'online', { by: 'agent' }, byAgent],
  ])('does it %s', (_, agent, params, plan) => {
    expect(remediator.plan({ instance, agent }, remediator.params.parse(params))).toEqual(plan);
  });

  it('remembers when the agent had reported last, by which one that reports after a reboot by EC2 is known', () => {
    expect(remediator.plan({ instance, agent: 'silent', pingedAt: NOW }, either)).toEqual({ ...byEc2, pingedAt: NOW });
    expect(remediator.plan({ instance, agent: 'online', pingedAt: NOW }, either)).toEqual(byAgent);
  });

  it('does not apply when it may only use an agent that is silent', () => {
    expect(remediator.plan({ instance, agent: 'silent' }, { by: 'agent' })).toEqual({
      refusal: 'not-applicable',
      why: 'its Systems Manager agent is silent',
    });
  });

  it.each([
    ['does not exist', {}, 'the instance does not exist'],
    ['is stopped', { instance: anInstance({ state: 'stopped' }) }, 'the instance is stopped, not running'],
    ['still starts', { instance: anInstance({ state: 'pending' }) }, 'the instance is pending, not running'],
    ['was put aside by its group', { instance, lifecycle: 'Standby' }, 'its Auto Scaling group has it in Standby'],
    ['is being ended by its group', { instance, lifecycle: 'Terminating:Wait' }, 'its Auto Scaling group has it in Terminating:Wait'],
  ])('refuses as unsafe when the instance %s', (_, observed, why) => {
    expect(remediator.plan({ agent: 'online', ...observed }, either)).toEqual({ refusal: 'unsafe-to-act', why });
  });

  it('may restart a member that is in service, since a reboot keeps its place, disks and addresses', () => {
    expect(remediator.plan({ instance, agent: 'online', lifecycle: 'InService' }, either)).toEqual(byAgent);
  });

  it('finds the place of the instance in its group by the tag that Auto Scaling sets', async () => {
    const { ports, account } = fakePorts();
    account.instances.set(INSTANCE_ID, anInstance({ tags: { 'aws:autoscaling:groupName': 'web' } }));
    account.groups.set('web', aGroup({ members: [aMember('i-00000001'), aMember(INSTANCE_ID, { lifecycle: 'Standby' })] }));
    expect(await remediator.observe(target, either, ports)).toMatchObject({ agent: 'unregistered', lifecycle: 'Standby' });
  });

  it.each([{ by: 'hand' }, { force: true }])('refuses the parameters %o', (params) => {
    expect(remediator.params.safeParse(params).success).toBe(false);
  });
});

describe('restarting an instance', () => {
  const token = `${'a'.repeat(64)}-0`;
  const order = (plan: unknown) => ({ target, plan, token, document: 'healing-restart-instance' });

  it('sends one command, whose script gets the token of the attempt and by which it is found again', async () => {
    const { ports, account } = fakePorts();
    const receipt = await remediator.execute(order(byAgent), ports);
    expect([...account.commands.values()]).toMatchObject([{ request: { instanceId: INSTANCE_ID, parameters: { Token: token }, token } }]);
    expect(token).toMatch(new RegExp(remediator.document?.parameters.Token?.allowedPattern ?? '$^'));
    expect(await remediator.recall?.(order(byAgent), ports)).toEqual(receipt);
    expect(account.rebooted).toEqual([]);
  });

  it('asks EC2 once, which leaves nothing by which the reboot could be found again', async () => {
    const { ports, account } = fakePorts();
    expect(await remediator.execute(order(byEc2), ports)).toEqual({});
    expect(account.rebooted).toEqual([INSTANCE_ID]);
    expect(account.commands.size).toBe(0);
    expect(await remediator.recall?.(order(byEc2), ports)).toBeUndefined();
  });
});

describe('assessing the restart of an instance', () => {
  const ended = (output: string): CommandResult => ({ status: 'succeeded', detail: 'Success', exitCode: 0, output, errors: '' });

  it('is done by the agent when the script ran again after the reboot', () => {
    const command = ended('REBOOTED: boot a is over, this is boot b');
    expect(remediator.assess(byAgent, { instance, agent: 'online', command })).toMatchObject({ kind: 'done' });
  });

  it('failed when the command succeeded without a reboot', () => {
    expect(remediator.assess(byAgent, { instance, agent: 'online', command: ended('') })).toEqual({
      kind: 'failed',
      why: 'the script reports no reboot',
      detail: '',
    });
  });

  it.each([
    ['succeeded', 194],
    ['failed', 194],
    ['running', 194],
    ['succeeded', 3010],
    ['failed', 3010],
  ] as const)('is running when the command shows as %s with %i, by which the script asks for the reboot', (status, exitCode) => {
    const command: CommandResult = { status, detail: 'SuccessAndReboot', exitCode, output: 'asking for the reboot of boot a', errors: '' };
    expect(remediator.assess(byAgent, { instance, agent: 'online', command }).kind).toBe('running');
  });

  it('is running while the command runs', () => {
    expect(remediator.assess(byAgent, { instance, agent: 'online' }).kind).toBe('running');
  });

  it.each([
    ['its agent answers again', { agent: 'online', checks: 'initializing' }, 'done'],
    ['its status checks are passed, as they may be before it begins,', { agent: 'unregistered', checks: 'ok' }, 'unknown'],
    ['its status checks begin anew', { agent: 'silent', checks: 'initializing' }, 'running'],
    ['its status checks fail', { agent: 'silent', checks: 'impaired' }, 'running'],
    ['nothing is known', { agent: 'silent' }, 'running'],
  ])('by EC2, when %s, is %s', (_, observed, kind) => {
    expect(remediator.assess(byEc2, { instance, ...observed }).kind).toBe(kind);
  });

  it.each([
    ['is done when the agent has reported since', NOW + 1, 'done'],
    ['is not done while Systems Manager shows the agent as it was before', NOW, 'unknown'],
    ['is not done by an agent of which no report is shown', undefined, 'unknown'],
  ])('by EC2 %s', (_, pingedAt, kind) => {
    const observed = { instance, agent: 'online', checks: 'ok', ...(pingedAt !== undefined && { pingedAt }) };
    expect(remediator.assess({ ...byEc2, pingedAt: NOW }, observed).kind).toBe(kind);
  });

  it('by EC2 is done by an agent that answers where an earlier version planned it', () => {
    expect(remediator.assess(byEc2, { instance, agent: 'online', pingedAt: NOW }).kind).toBe('done');
  });

  it.each([
    ['is gone', undefined],
    ['was stopped meanwhile', anInstance({ state: 'stopped' })],
  ])('failed when the instance %s', (_, gone) => {
    expect(remediator.assess(byEc2, { agent: 'silent', ...(gone && { instance: gone }) }).kind).toBe('failed');
  });
});
