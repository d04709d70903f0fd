import { createHash } from 'node:crypto';
import { AGENT_CONFIGURATIONS, AGENT_SERVICE, INSTALL_AGENT } from '@self-healing/local-aws/nodes/agent-package.ts';
import { bootNode, type ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { shell, whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { agentConfiguration } from '../../lib/agent-configuration.ts';
import { mergedConfiguration } from '../../lib/agent-merge.ts';
import { shardOf } from '../../lib/own-series.ts';
import { documentScript } from '../support/document-script.ts';

const script = documentScript('configure-agent');
const firstStep = script.replace('\n', '\ndocument_step=first\n');
const INSTANCE = 'i-0000000000000000c';
const FILE = `${AGENT_CONFIGURATIONS}/file_self-healing-healing-Web.json`;
const FOLDER = '/var/lib/self-healing/agent';

const web = { pipeline: 'healing', protection: 'Web', shards: 1 };
const memory = agentConfiguration([{ section: 'mem', measurement: 'used_percent' }], web);
const memoryAndDisk = agentConfiguration(
  [
    { section: 'mem', measurement: 'used_percent' },
    { section: 'disk', measurement: 'used_percent', path: '/' },
  ],
  web,
);

/** A number of the machine's own, as the product says that it works it out. */
function numberOf(from: number): number {
  return Number.parseInt(
    createHash('sha256')
      .update(INSTANCE)
      .digest('hex')
      .slice(from, from + 7),
    16,
  );
}

describe.skipIf(whyNoNodes !== '')(`the configure-agent document on a node${whyNoNodes}`, { timeout: 120_000 }, () => {
  let node: ManagedNode;

  beforeAll(async () => {
    node = await bootNode({ name: 'agents', instanceId: INSTANCE });
    await shell(node, INSTALL_AGENT);
  });
  afterAll(() => node?.destroy());
  beforeEach(() =>
    shell(node, `systemctl stop ${AGENT_SERVICE} || true; rm -rf ${FOLDER} ${AGENT_CONFIGURATIONS}/* ${AGENT_CONFIGURATIONS}/../*.toml`),
  );

  const run = (configuration: object, more: Readonly<Record<string, string>> = {}, text = script) => {
    const { Name = 'healing-Web', ...others } = more;
    const given = { Name, Configuration: Buffer.from(JSON.stringify(configuration)).toString('base64'), ...others };
    const env = Object.fromEntries(Object.entries(given).map(([name, value]) => [`SSM_${name}`, value]));
    return node.exec(text, { env: { ...env, AWS_SSM_INSTANCE_ID: INSTANCE }, timeoutMs: 90_000 });
  };
  const taken = async (file = FILE) => JSON.parse(await shell(node, `cat ${file}`)) as typeof memory;
  const startedAt = () => shell(node, `systemctl show -p InvocationID --value ${AGENT_SERVICE}`);
  const write = (path: string, content: object) => shell(node, `printf '%s' '${JSON.stringify(content)}' >'${path}'`);
  /** A configuration of the team's, as the agent has it after a fetch. */
  const team = (metrics: object) => write(`${AGENT_CONFIGURATIONS}/ssm_AmazonCloudWatch-team`, { metrics });

  it('gives the agent its configuration, and restarts nothing while the content is the same', async () => {
    expect(await run(memory)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('CONFIGURED: healing-Web, shard 1 of 1') });
    expect((await taken()).metrics.metrics_collected.mem).toMatchObject({ append_dimensions: { SelfHealing: 'healing/Web/1-of-1' } });
    const before = await startedAt();
    expect(await run(memory)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('UNCHANGED') });
    expect(await startedAt()).toBe(before);
  });

  it('works out the shard from the id of the machine', async () => {
    const shard = shardOf(INSTANCE, 7);
    const result = await run(agentConfiguration([{ section: 'mem', measurement: 'used_percent' }], { ...web, shards: 7 }), { Shards: '7' });
    expect(result.stdout).toContain(`shard ${shard} of 7`);
    expect((await taken()).metrics.metrics_collected.mem).toMatchObject({
      append_dimensions: { SelfHealing: `healing/Web/${shard}-of-7` },
    });
  });

  it('takes a changed configuration only when its share of the machines has come, and the first one at once', async () => {
    const place = numberOf(7) % 100;
    expect((await run(memory, { ReachPercent: '0' })).stdout).toContain('CONFIGURED');
    const waiting = await run(memoryAndDisk, { ReachPercent: String(place) });
    expect(waiting).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('WAITS: healing-Web has changed') });
    expect(await taken()).not.toHaveProperty('metrics.metrics_collected.disk');
    expect((await run(memoryAndDisk, { ReachPercent: String(place + 1) })).stdout).toContain('CONFIGURED');
    expect(await taken()).toHaveProperty('metrics.metrics_collected.disk');
  });

  it('starts an agent that was stopped', async () => {
    await run(memory);
    await shell(node, `systemctl stop ${AGENT_SERVICE}`);
    expect(await run(memory)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('STARTED') });
    await shell(node, `systemctl is-active ${AGENT_SERVICE}`);
  });

  it('stands beside a configuration of the team that does not contradict it', async () => {
    await team({ metrics_collected: { swap: { measurement: ['used_percent'] } } });
    expect(await run(memory)).toMatchObject({ exitCode: 0 });
    const merged = JSON.parse(await shell(node, `cat ${AGENT_CONFIGURATIONS}/../amazon-cloudwatch-agent.toml`)) as typeof memory;
    expect(Object.keys(merged.metrics.metrics_collected).toSorted()).toEqual(['mem', 'swap']);
  });

  it('changes nothing where a configuration of the team contradicts it, names the settings, and leaves the agent running as it was', async () => {
    await team({
      append_dimensions: { InstanceId: `$\{aws:InstanceId}`, InstanceType: `$\{aws:InstanceType}` },
      metrics_collected: { mem: { measurement: ['mem_used_percent'] } },
    });
    await shell(node, `/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a start -m ec2`);
    const [before, files] = [await startedAt(), await shell(node, `cd ${AGENT_CONFIGURATIONS}/.. && find . -type f | xargs sha256sum`)];
    const result = await run(memory);
    expect(result).toMatchObject({ exitCode: 20, stdout: expect.stringContaining('/metrics/append_dimensions') });
    expect(result.stdout).toContain('/metrics/metrics_collected/mem');
    expect(await startedAt()).toBe(before);
    expect(await shell(node, `cd ${AGENT_CONFIGURATIONS}/.. && find . -type f | xargs sha256sum`)).toBe(files);
  });

  it('leaves a configuration of the team alone that sends the series of the pipeline already', async () => {
    const { configuration } = mergedConfiguration(
      {
        metrics: {
          append_dimensions: { InstanceType: `$\{aws:InstanceType}` },
          metrics_collected: { mem: { measurement: ['used_percent'] } },
        },
      },
      memory,
    );
    await team(JSON.parse(JSON.stringify(configuration.metrics).replaceAll('@SHARD@', '1')));
    expect(await run(memory)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('MERGED') });
    expect(await shell(node, `ls ${AGENT_CONFIGURATIONS}`)).toBe('ssm_AmazonCloudWatch-team');
  });

  it('gives the agent back what it had when it does not run with the new configuration', async () => {
    await run(memory);
    const crash = { metrics: { ...memory.metrics, namespace: 'Crash' } };
    expect(await run(crash)).toMatchObject({ exitCode: 21, stdout: expect.stringContaining('got back what it had') });
    expect((await taken()).metrics.namespace).toBe('CWAgent');
    await shell(node, `systemctl is-active ${AGENT_SERVICE}`);
  });

  it('refuses to stand beside another configuration of the pipeline, and names both', async () => {
    await run(memory);
    const second = await run(agentConfiguration([{ section: 'mem', measurement: 'used_percent' }], { ...web, protection: 'Shop' }), {
      Name: 'healing-Shop',
    });
    expect(second).toMatchObject({ exitCode: 14 });
    expect(second.stdout).toMatch(/healing-Web is on this machine already, so healing-Shop was not added/);
    expect(await shell(node, `ls ${AGENT_CONFIGURATIONS}`)).toBe('file_self-healing-healing-Web.json');
  });

  it('takes the place of one that no run confirms any more, as after a rename', async () => {
    await run(memory);
    await shell(node, `touch -d '4 hours ago' ${FOLDER}/healing-Web.confirmed`);
    const renamed = agentConfiguration([{ section: 'mem', measurement: 'used_percent' }], { ...web, protection: 'Shop' });
    const long = script.replace('/proc/uptime', '/tmp/uptime');
    // A machine that was off cannot have confirmed anything.
    await shell(node, `echo '600.00 1.00' >/tmp/uptime`);
    expect(await run(renamed, { Name: 'healing-Shop' }, long)).toMatchObject({ exitCode: 14 });
    await shell(node, `echo '99999.00 1.00' >/tmp/uptime`);
    expect(await run(renamed, { Name: 'healing-Shop' }, long)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('gives way') });
    expect(await shell(node, `ls ${AGENT_CONFIGURATIONS}`)).toBe('file_self-healing-healing-Shop.json');
  });

  it('replaces what was appended from Parameter Store under the same name, and puts it back when the agent refuses the new one', async () => {
    const old = `${AGENT_CONFIGURATIONS}/ssm_AmazonCloudWatch-healing-Web`;
    await write(old, {
      metrics: { aggregation_dimensions: [['InstanceId']], metrics_collected: { mem: { measurement: ['used_percent'] } } },
    });
    await team({ append_dimensions: { ImageId: `$\{aws:ImageId}` }, metrics_collected: {} });
    expect(await run(memory)).toMatchObject({ exitCode: 20 });
    await shell(node, `test -f ${old}; rm ${AGENT_CONFIGURATIONS}/ssm_AmazonCloudWatch-team`);
    expect(await run(memory)).toMatchObject({ exitCode: 0 });
    expect(await shell(node, `ls ${AGENT_CONFIGURATIONS}`)).toBe('file_self-healing-healing-Web.json');
  });

  it('mends what a run that was cut off left behind', async () => {
    await run(memory);
    await shell(node, `mkdir ${FOLDER}/aside; echo '{' >${FOLDER}/aside/file_self-healing-old.json`);
    expect(await run(memory)).toMatchObject({ exitCode: 0 });
    expect(await shell(node, `ls ${AGENT_CONFIGURATIONS}`)).toBe('file_self-healing-healing-Web.json');
  });

  it('ends the document as the first step where there is an agent, and goes on where there is none', async () => {
    expect(await run(memory, {}, firstStep)).toMatchObject({ exitCode: 168 });
    expect(await run(memory, { Shards: '0' }, firstStep)).toMatchObject({ exitCode: 169 });
    const elsewhere = firstStep.replace('agent=/opt/aws', 'agent=/opt/nowhere');
    expect(await run(memory, {}, elsewhere)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('no CloudWatch agent yet') });
    expect(await run(memory, {}, elsewhere.replace('document_step=first', ''))).toMatchObject({ exitCode: 11 });
  });

  it('follows no link to the folder of its files', async () => {
    await shell(node, 'mkdir -p /tmp/trap; ln -s /tmp/trap /var/lib/self-healing/agent');
    try {
      expect(await run(memory)).toMatchObject({ exitCode: 12, stdout: expect.stringContaining('is a link') });
      expect(await shell(node, 'ls /tmp/trap')).toBe('');
    } finally {
      await shell(node, 'rm /var/lib/self-healing/agent');
    }
  });

  it.each([
    ['no name', { Name: '' }],
    ['a path as a name', { Name: '../x' }],
    ['text that is not base64', { Configuration: '$(reboot)' }],
    ['base64 that breaks off', { Configuration: '=' }],
    ['no shards', { Shards: '0' }],
    ['too many shards', { Shards: '51' }],
    ['a share above everything', { ReachPercent: '101' }],
    ['a share that is no number', { ReachPercent: 'all' }],
  ])('refuses %s', async (_, bad) => {
    expect(await run(memory, bad)).toMatchObject({ exitCode: 10 });
  });
});
