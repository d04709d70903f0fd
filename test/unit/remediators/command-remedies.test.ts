import { INSTANCE_ID } from '@self-healing/simulation/builders.ts';
import { fakePorts } from '@self-healing/simulation/doubles/fake-ports.ts';
import { describe, expect, it } from 'vitest';
import type { CommandResult } from '../../../lambdas/core/ports.ts';
import { remediator as clearCaches } from '../../../lambdas/remediators/clear-caches.ts';
import { remediator as reconnectSessions } from '../../../lambdas/remediators/reconnect-sessions.ts';
import { isRefusal } from '../../../lambdas/remediators/remediator.ts';
import { remediator as restartService } from '../../../lambdas/remediators/restart-service.ts';

const target = { kind: 'instance', id: INSTANCE_ID } as const;

describe('planning a restart', () => {
  it('passes the service as the parameter of the document', () => {
    const plan = restartService.plan({ agent: 'online' }, restartService.params.parse({ service: 'nginx' }));
    expect(plan).toEqual({
      parameters: {
        Service: 'nginx',
        Manager: 'auto',
        StopTimeoutSeconds: '20',
        StartTimeoutSeconds: 'own',
        StableSeconds: '5',
        WhenActive: 'restart',
        TimeLimitSeconds: '465',
      },
    });
    expect(restartService.summary(plan)).toBe('restart service nginx');
  });

  it.each([
    [{}, 'own', '465'],
    [{ startTimeout: { minutes: 15 } }, '900', '1065'],
    [{ startTimeout: { seconds: 60 }, stopTimeout: { seconds: 60 } }, '60', '305'],
  ])('with %j lets the agent end the script only when it must be over', (times, start, limit) => {
    const params = restartService.params.parse({ service: 'nginx', ...times });
    expect(restartService.plan({ agent: 'online' }, params)).toMatchObject({
      parameters: { StartTimeoutSeconds: start, TimeLimitSeconds: limit },
    });
    expect(restartService.longest?.(params)).toEqual({ seconds: Number(limit) + 30 });
  });

  it.each([{ seconds: 0 }, { minutes: 16 }, { seconds: 0.5 }])('refuses a start timeout of %j', (startTimeout) => {
    expect(restartService.params.safeParse({ service: 'nginx', startTimeout }).success).toBe(false);
  });

  it('says that it leaves a service alone that is up, when asked to', () => {
    const plan = restartService.plan({ agent: 'online' }, restartService.params.parse({ service: 'nginx', whenActive: 'hand-off' }));
    expect(plan).toMatchObject({ parameters: { WhenActive: 'refuse' } });
    expect(restartService.summary(plan)).toBe('restart service nginx, unless it is up');
  });

  it.each(['nginx', 'php8.3-fpm', 'worker@2.service'])('accepts the unit %s', (service) => {
    expect(restartService.params.parse({ service })).toMatchObject({ service });
  });

  it.each([
    'nginx; reboot',
    '$(reboot)',
    '-H host',
    '',
    'a b',
    '../x',
    'x'.repeat(129),
    'nginx.socket',
    'multi-user.target',
    'worker@',
    'worker@.service',
  ])('refuses the unit %j', (service) => {
    expect(restartService.params.safeParse({ service }).success).toBe(false);
  });
});

describe('naming who runs the service', () => {
  it('passes it on', () => {
    const params = restartService.params.parse({ service: 'web', manager: 'docker' });
    expect(restartService.plan({ agent: 'online' }, params)).toMatchObject({ parameters: { Manager: 'docker' } });
  });

  it('refuses one that is not known', () => {
    expect(restartService.params.safeParse({ service: 'web', manager: 'upstart' }).success).toBe(false);
  });
});

describe('planning to clear caches', () => {
  it('takes /tmp and /var/tmp and files of a day when nothing is said', () => {
    const plan = clearCaches.plan({ agent: 'online' }, clearCaches.params.parse({}));
    expect(plan).toEqual({
      parameters: {
        Paths: '/tmp:/var/tmp',
        WindowsPaths: 'C:\\Windows\\Temp',
        OlderThanMinutes: '1440',
        PackageCaches: 'false',
        VacuumJournalMegabytes: '0',
        PageCache: 'false',
        DockerLeftovers: 'false',
        FlushService: 'none',
        FlushPort: '0',
        DryRun: 'false',
      },
    });
    expect(clearCaches.summary(plan)).toBe('clear old temporary files in /tmp, /var/tmp');
  });

  it('rounds an age up to whole minutes, so that nothing younger is deleted', () => {
    const plan = clearCaches.plan({ agent: 'online' }, clearCaches.params.parse({ olderThan: { seconds: 61 } }));
    expect(plan).toMatchObject({ parameters: { OlderThanMinutes: '2' } });
  });

  it('says of a dry run that it only looks', () => {
    const plan = clearCaches.plan({ agent: 'online' }, clearCaches.params.parse({ paths: ['/srv/tmp'], dryRun: true }));
    expect(clearCaches.summary(plan)).toBe('look for old temporary files in /srv/tmp');
  });

  it('passes on which cache of the machine is emptied', () => {
    const plan = clearCaches.plan({ agent: 'online' }, clearCaches.params.parse({ flush: { service: 'redis', port: 6400 } }));
    expect(plan).toMatchObject({ parameters: { FlushService: 'redis', FlushPort: '6400' } });
  });

  it.each([
    ['a relative folder', { paths: ['tmp'] }],
    ['a folder with a variable', { paths: ['/$HOME'] }],
    ['a Windows folder without a drive', { windowsPaths: ['\\Temp'] }],
    ['a Windows folder with a variable', { windowsPaths: ['C:\\$env:TEMP'] }],
    ['a share', { windowsPaths: ['\\\\server\\tmp'] }],
    ['two folders in one', { paths: ['/tmp:/etc'] }],
    ['no folder', { paths: [] }],
    ['an unknown key', { force: true }],
    ['a cache it cannot speak to', { flush: { service: 'mysql' } }],
    ['a cache on another machine', { flush: { service: 'redis', host: '10.0.0.1' } }],
    ['a port that there is not', { flush: { service: 'redis', port: 65_536 } }],
    ['a protected name with a colon', { protect: ['a:b'] }],
  ])('refuses %s', (_, params) => {
    expect(clearCaches.params.safeParse(params).success).toBe(false);
  });
});

describe('planning to reconnect', () => {
  it.each<[object, object, string]>([
    [
      { by: 'pgbouncer' },
      { By: 'pgbouncer', SocketFolder: '/var/run/postgresql', Port: '6432' },
      'have PgBouncer renew its server connections',
    ],
    [
      { by: 'service', service: 'shop' },
      { By: 'service', Service: 'shop', Action: 'reload' },
      'reload shop, so that it connects to its database anew',
    ],
    [
      { by: 'hook', hook: '/opt/team/reconnect' },
      { By: 'hook', Hook: '/opt/team/reconnect' },
      'run /opt/team/reconnect, so that the clients connect to their database anew',
    ],
  ])('makes of %j the parameters of the document', (given, parameters, summary) => {
    const plan = reconnectSessions.plan({ agent: 'online' }, reconnectSessions.params.parse(given));
    expect(plan).toEqual({ parameters });
    expect(reconnectSessions.summary(plan)).toBe(summary);
  });

  it.each([
    {},
    { by: 'reboot' },
    { by: 'hook', hook: 'reconnect' },
    { by: 'hook', hook: '/opt/x; reboot' },
    { by: 'hook', hook: '/opt/x', args: 'y' },
    { by: 'service', service: 'shop', action: 'stop' },
    { by: 'pgbouncer', port: 0 },
  ])('refuses %j', (params) => {
    expect(reconnectSessions.params.safeParse(params).success).toBe(false);
  });
});

describe.each([
  ['restart-service', restartService, restartService.params.parse({ service: 'nginx' })],
  ['clear-caches', clearCaches, clearCaches.params.parse({})],
  ['reconnect-sessions by PgBouncer', reconnectSessions, reconnectSessions.params.parse({ by: 'pgbouncer' })],
  ['reconnect-sessions by a service', reconnectSessions, reconnectSessions.params.parse({ by: 'service', service: 'shop' })],
  ['reconnect-sessions by a hook', reconnectSessions, reconnectSessions.params.parse({ by: 'hook', hook: '/opt/team/reconnect' })],
])('%s by Run Command', (_, remediator, params) => {
  it.each([
    ['silent', 'its Systems Manager agent does not answer'],
    ['unregistered', 'Systems Manager does not know it'],
  ])('does not apply when the agent is %s', (agent, why) => {
    expect(remediator.plan({ agent }, params)).toEqual({
      refusal: 'not-applicable',
      why: `Run Command cannot reach the instance: ${why}`,
    });
  });

  it('gives only values that its own document allows', () => {
    const plan = remediator.plan({ agent: 'online' }, params);
    if (isRefusal(plan)) throw new Error(plan.why);
    const { parameters } = plan as { parameters: Record<string, string> };
    const allowed = remediator.document?.parameters ?? {};
    const { TimeLimitSeconds: limit = '60', ...read } = parameters;
    expect(limit).toMatch(/^[1-9][0-9]{1,3}$/);
    for (const [name, { default: spared }] of Object.entries(allowed)) expect(parameters[name] ?? spared, name).toBeDefined();
    for (const [name, value] of Object.entries(read)) expect(value).toMatch(new RegExp(allowed[name]?.allowedPattern ?? '$^'));
  });

  it('sends one command to the one instance, with the token by which it is found again', async () => {
    const world = fakePorts();
    const order = { target, plan: { parameters: { A: 'b' } }, token: 'token-0', document: 'healing-doc' };

    const receipt = await remediator.execute(order, world.ports);

    expect(world.account.commands.get('command-1')?.request).toEqual({
      document: 'healing-doc',
      instanceId: INSTANCE_ID,
      parameters: { A: 'b' },
      token: 'token-0',
    });
    expect(await remediator.recall?.(order, world.ports)).toEqual(receipt);
    expect(await remediator.recall?.({ ...order, token: 'token-1' }, world.ports)).toBeUndefined();
  });

  it('does not run on anything but an instance', async () => {
    await expect(remediator.observe({ kind: 'database', id: 'orders' }, params, fakePorts().ports)).rejects.toThrow(TypeError);
  });
});

describe('assessing a command', () => {
  const result: CommandResult = { status: 'succeeded', detail: 'Success', exitCode: 0, output: 'ok', errors: '' };

  it.each<[string, CommandResult | undefined, object]>([
    ['done when it exited with 0', result, { kind: 'done', detail: 'ok' }],
    ['running while Systems Manager does not show it yet', undefined, { kind: 'running' }],
    [
      'running while it runs',
      { ...result, status: 'running', detail: 'In Progress' },
      { kind: 'running', why: 'the command is In Progress' },
    ],
    [
      'failed with its exit code and its last words',
      { ...result, status: 'failed', detail: 'Failed', exitCode: 3, errors: 'unit not found\n' },
      { kind: 'failed', why: 'the command ended as Failed with exit code 3: unit not found' },
    ],
    ...['', 'failed to run commands: exit status 1\n'].map((errors): [string, CommandResult, object] => [
      `failed with the likely cause when the agent gave no reason but ${JSON.stringify(errors)}`,
      { ...result, status: 'failed', detail: 'Failed', exitCode: 1, output: '', errors },
      {
        kind: 'failed',
        why: 'the command ended as Failed with exit code 1: the agent could give no reason; the disk on which it works (/var/lib/amazon/ssm) may be full, or its machine went down',
      },
    ]),
    [
      'failed with what the shell said when a script ended without a line of its own',
      { ...result, status: 'failed', detail: 'Failed', exitCode: 1, output: '', errors: 'sh: syntax error' },
      { kind: 'failed', why: 'the command ended as Failed with exit code 1: sh: syntax error' },
    ],
    [
      'failed when it was never delivered',
      { status: 'timed-out', detail: 'Delivery Timed Out', output: '', errors: '' },
      { kind: 'failed', why: 'the command ended as Delivery Timed Out' },
    ],
    [
      'left alone when the script found the service up',
      { ...result, status: 'failed', detail: 'Failed', exitCode: 16, output: 'REFUSED: nginx.service is active' },
      { kind: 'left-alone', why: 'the command ended as Failed with exit code 16: nginx.service is active' },
    ],
    [
      'stopped when somebody cancelled it, whatever the script had said',
      { ...result, status: 'cancelled', detail: 'Cancelled', exitCode: 1, output: 'REFUSED: busy' },
      { kind: 'stopped', why: 'the command ended as Cancelled with exit code 1: busy' },
    ],
    [
      'never begun when Systems Manager itself dropped it',
      { status: 'cancelled', detail: 'Terminated', output: '', errors: '' },
      { kind: 'failed', untouched: 'not-taken' },
    ],
  ])('is %s', (_, command, progress) => {
    expect(restartService.assess({}, { agent: 'online', ...(command && { command }) })).toMatchObject(progress);
  });

  it('keeps the end of a long output', () => {
    const output = `${'x'.repeat(5_000)}freed 12 bytes`;
    const progress = restartService.assess({}, { agent: 'online', command: { ...result, output } });
    expect(progress).toMatchObject({ detail: expect.stringMatching(/^x{1986}freed 12 bytes$/) });
  });
});
