import { aHosting, anInstance } from '@self-healing/simulation/accounts.ts';
import { INSTANCE_ID } from '@self-healing/simulation/builders.ts';
import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import { remediator } from '../../../lambdas/remediators/move-instance.ts';

const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/0f0f0f0f-0000-4000-8000-000000000001';
const target = { kind: 'instance', id: INSTANCE_ID } as const;
const params = remediator.params.parse({});
const instance = anInstance();
const hosting = aHosting();
const plan = { id: INSTANCE_ID, launchedAt: hosting.launchedAt, addressChanges: false };

describe('planning to move an instance', () => {
  it('remembers when it was started, by which the move is seen', () => {
    expect(remediator.plan({ instance, hosting }, params)).toEqual(plan);
    expect(remediator.summary(plan)).toBe('stop the instance and start it on another host');
  });

  it.each([
    ['changes', true],
    ['kept', false],
    ['none', false],
  ] as const)('says whether its public address changes: %s', (publicAddress, said) => {
    const planned = remediator.plan({ instance, hosting: aHosting({ publicAddress }) }, params);
    expect(remediator.summary(planned).includes('its public IPv4 address changes')).toBe(said);
  });

  it.each([
    ['that does not exist', {}, 'does not exist'],
    ['that is stopped', { instance: anInstance({ state: 'stopped' }), hosting }, 'is stopped, not running'],
    [
      'of an Auto Scaling group',
      { instance: anInstance({ tags: { 'aws:autoscaling:groupName': 'web' } }), hosting },
      'its Auto Scaling group web would replace it',
    ],
    ['on the spot market', { instance, hosting: aHosting({ lifecycle: 'spot' }) }, 'spot'],
    ['on a schedule', { instance, hosting: aHosting({ lifecycle: 'scheduled' }) }, 'scheduled'],
    ['of a capacity block', { instance, hosting: aHosting({ lifecycle: 'capacity-block' }) }, 'capacity-block'],
    [
      'of a reservation that can be interrupted',
      { instance, hosting: aHosting({ lifecycle: 'interruptible-capacity-reservation' }) },
      'interruptible-capacity-reservation',
    ],
    ['with an instance store', { instance, hosting: aHosting({ instanceStore: true }) }, 'instance store'],
    ['with a volume under a key that was not named', { instance, hosting: aHosting({ keys: [KEY] }) }, KEY],
  ])('refuses an instance %s as unsafe', (_, observed, why) => {
    expect(remediator.plan(observed, params)).toEqual({ refusal: 'unsafe-to-act', why: expect.stringContaining(why) });
  });

  it('moves an instance whose keys were all named', () => {
    expect(remediator.plan({ instance, hosting: aHosting({ keys: [KEY] }) }, { keys: [KEY] })).toEqual(plan);
  });

  it('leaves one on a Dedicated Host to the next rung, since it would come back to it', () => {
    expect(remediator.plan({ instance, hosting: aHosting({ dedicatedHost: true }) }, params)).toMatchObject({ refusal: 'not-applicable' });
  });

  it.each(['alias/aws/ebs', '*', 'arn:aws:kms:eu-west-1:111122223333:key/*'])('refuses %s for a key', (key) => {
    expect(remediator.params.safeParse({ keys: [key] }).success).toBe(false);
  });
});

describe('moving an instance', () => {
  it("starts AWS's runbook for the one instance, twice under one token the same execution", async () => {
    const { ports } = fakePorts();
    const order = { target, plan, token: `${'a'.repeat(64)}-1`, document: '' };
    const receipt = await remediator.execute(order, ports);
    expect(await remediator.execute(order, ports)).toEqual(receipt);
  });

  const succeeded = { status: 'succeeded', detail: 'Success' } as const;
  const movedTo = aHosting({ launchedAt: '2026-11-02T10:20:00.000Z' });
  it.each([
    ['running', 'the execution is not shown yet', { instance, hosting }],
    [
      'running',
      'it stops',
      { instance: anInstance({ state: 'stopping' }), hosting, execution: { status: 'running', detail: 'InProgress' } },
    ],
    [
      'failed',
      'it stayed stopped',
      { instance: anInstance({ state: 'stopped' }), hosting, execution: { status: 'failed', detail: 'no capacity' } },
    ],
    ['stopped', 'somebody cancelled the runbook', { instance, hosting, execution: { status: 'cancelled', detail: 'Cancelled' } }],
    ['failed', 'it does not exist any more', { execution: succeeded }],
    ['failed', 'it was not stopped at all', { instance, hosting, execution: succeeded }],
    ['done', 'it was started anew', { instance, hosting: movedTo, execution: succeeded }],
  ])('is %s when %s', (kind, _, observed) => {
    expect(remediator.assess(plan, observed).kind).toBe(kind);
  });

  it('is done where the runbook ends while it is looked at: nothing that was seen of the instance is older than the end', async () => {
    const { ports } = fakePorts();
    let seen = 0;
    const passing = {
      ...ports,
      instances: {
        ...ports.instances,
        describe: async () => [instance],
        // Each read that was made meanwhile brings the move further: it is over with the second.
        hosting: async () => (++seen > 1 ? movedTo : hosting),
      },
      runbooks: {
        ...ports.runbooks,
        execution: async () => (++seen > 1 ? succeeded : ({ status: 'running', detail: 'InProgress' } as const)),
      },
    };
    const looks = [];
    for (let look = 0; look < 2; look += 1)
      looks.push(remediator.assess(plan, await remediator.observe(target, params, passing, { executionId: 'e' })).kind);
    expect(looks).toEqual(['running', 'done']);
  });
});
