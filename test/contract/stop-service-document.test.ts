import { bootNode, type ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { runDocument, shell, whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { documentScript } from '../support/document-script.ts';

const script = documentScript('stop-service');

describe.skipIf(whyNoNodes !== '')(`the stop-service document on a node${whyNoNodes}`, () => {
  let node: ManagedNode;

  /** The same script, with seconds in the place of minutes. */
  const replacedTimer = (after: string) => script.replace(/--on-active="[^"]+"/, `--on-active=${after}`);

  const unit = (name: string, more = '') =>
    `cat > /etc/systemd/system/${name}.service <<'UNIT'\n[Unit]\n${more}\n[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\nUNIT`;

  beforeAll(async () => {
    node = await bootNode({ name: 'drilled', instanceId: 'i-000000000000000d1' });
    await shell(
      node,
      [
        unit('drilled'),
        unit('loose'),
        unit('needed'),
        unit('tired', 'StartLimitBurst=2\nStartLimitIntervalSec=600'),
        unit('needs', 'Requires=needed.service\nAfter=needed.service'),
        'systemctl daemon-reload',
        'systemctl enable drilled needed needs tired',
        'systemctl start drilled loose needed needs tired',
      ].join('\n'),
    );
  });
  afterEach(async () => {
    await shell(node, 'systemctl stop self-healing-drill.timer 2>/dev/null || :; systemctl reset-failed; systemctl start drilled');
  });
  afterAll(() => node?.destroy());

  const stop = (Service: string, Minutes = '5') => runDocument(node, script, { Service, Minutes });
  const stateOf = async (name: string) => (await shell(node, `systemctl is-active ${name} || :`)).trim();

  it('stops the service, with the timer that starts it again armed', async () => {
    const { exitCode, stdout } = await stop('drilled');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('stopped drilled.service for a drill')]);
    expect(await stateOf('drilled.service')).toBe('inactive');
    expect(await stateOf('self-healing-drill.timer')).toBe('active');
    const left = (await shell(node, 'systemctl show -p NextElapseUSecMonotonic --value self-healing-drill.timer')).trim();
    expect(left).toMatch(/\d/);
  });

  it('has it started again by the timer, by nothing but systemd', async () => {
    const soon = replacedTimer('2s');
    expect(soon).not.toBe(script);
    expect((await runDocument(node, soon, { Service: 'drilled', Minutes: '5' })).exitCode).toBe(0);
    await expect.poll(() => stateOf('drilled.service')).toBe('active');
    await expect.poll(() => stateOf('self-healing-drill.timer')).toBe('inactive');
  });

  it('has it started again also where systemd finds that it was started too often', async () => {
    await shell(node, 'systemctl restart tired');
    expect((await runDocument(node, replacedTimer('2s'), { Service: 'tired', Minutes: '5' })).exitCode).toBe(0);
    await expect.poll(() => stateOf('self-healing-drill.timer')).toBe('inactive');
    await expect.poll(() => stateOf('tired.service')).toBe('active');
  });

  it('can be held again after one that is over', async () => {
    const soon = replacedTimer('1s');
    await runDocument(node, soon, { Service: 'drilled', Minutes: '5' });
    await expect.poll(() => stateOf('self-healing-drill.timer')).toBe('inactive');
    await expect.poll(() => stateOf('drilled.service')).toBe('active');
    expect((await stop('drilled')).exitCode).toBe(0);
  });

  it('is refused while another drill is under way, which goes on', async () => {
    await stop('drilled');
    await shell(node, 'systemctl start drilled');
    expect(await stop('drilled')).toMatchObject({ exitCode: 24, stdout: expect.stringContaining('another drill is under way') });
    expect(await stateOf('drilled.service')).toBe('active');
  });

  it.each([
    ['ssh', 15, 'is protected'],
    ['loose', 15, 'is not enabled'],
    ['needed', 15, 'needs.service would be stopped with needed.service'],
    ['nowhere', 12, 'does not know'],
  ])('stops no %s', async (service, exitCode, words) => {
    expect(await stop(service)).toMatchObject({ exitCode, stdout: expect.stringContaining(words) });
    expect(await stateOf('self-healing-drill.timer')).toBe('inactive');
  });

  it.each([
    ['SuccessAction=reboot', 'mighty.service:SuccessAction=reboot: a stop of mighty.service could take down the machine'],
    ['FailureAction=poweroff', 'mighty.service:FailureAction=poweroff'],
    ['JobTimeoutSec=60\nJobTimeoutAction=reboot', 'mighty.service:JobTimeoutAction=reboot'],
    ['OnFailure=reboot.target', 'mighty.service:OnFailure=reboot.target'],
    ['Wants=ender.service', 'ender.service:SuccessAction=reboot'],
    ['PropagatesStopTo=amazon-ssm-agent.service', 'amazon-ssm-agent.service is protected, and a stop of mighty.service stops it, too'],
    ['OnSuccess=rival.service', 'amazon-ssm-agent.service conflicts with what the end of mighty.service starts'],
    ['PropagatesStopTo=follower.service', 'follower.service would be stopped with mighty.service'],
    ['PropagatesStopTo=beginner.service', 'beginner.service would be stopped with mighty.service'],
    ['Upholds=mighty.service', 'upholder.service would start mighty.service again by itself', 'upholder'],
  ])('stops nothing where a stop would do more or less, as with %j', async (setting, words, of = 'mighty') => {
    await shell(
      node,
      [
        unit('mighty'),
        unit('follower'),
        unit('amazon-ssm-agent'),
        unit('ender', 'SuccessAction=reboot'),
        unit('upholder'),
        unit('rival', 'Conflicts=amazon-ssm-agent.service'),
        "printf '[Service]\\nType=notify\\nTimeoutStartSec=infinity\\nExecStart=/bin/sleep infinity\\n' > /etc/systemd/system/beginner.service",
        'systemctl daemon-reload; systemctl enable -q mighty',
        'systemctl start mighty follower amazon-ssm-agent upholder; systemctl start --no-block beginner',
        unit(of, setting),
        'systemctl daemon-reload',
      ].join('\n'),
    );
    const result = await stop('mighty');
    const others = ['mighty', 'follower', 'amazon-ssm-agent', 'beginner', 'self-healing-drill.timer'];
    const states = await Promise.all(others.map(stateOf));
    await shell(
      node,
      `cd /etc/systemd/system; rm mighty.service follower.service amazon-ssm-agent.service ender.service rival.service upholder.service beginner.service
       systemctl daemon-reload; systemctl kill -s KILL upholder mighty follower amazon-ssm-agent beginner || :`,
    );
    expect(result).toMatchObject({ exitCode: 15, stdout: expect.stringContaining(words) });
    expect(states).toEqual(['active', 'active', 'active', 'activating', 'inactive']);
  });

  it('stops nothing that is down already', async () => {
    await shell(node, 'systemctl stop drilled');
    expect(await stop('drilled')).toMatchObject({ exitCode: 16 });
  });

  it.each(['4', '61', '0', '05', '600', 'x', '5; reboot'])('refuses %j minutes', async (minutes) => {
    expect((await stop('drilled', minutes)).exitCode).toBe(10);
    expect(await stateOf('drilled.service')).toBe('active');
  });
});
