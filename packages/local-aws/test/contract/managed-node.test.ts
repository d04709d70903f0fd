import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hierarchies } from '../../nodes/control-groups.ts';
import { bootNode, type ManagedNode } from '../../nodes/managed-node.ts';
import { mountsBelow } from '../../nodes/mounts.ts';
import { cleanUpLeftovers } from '../../nodes/node-cleanup.ts';
import { NODES_ROOT } from '../../nodes/node-folder.ts';
import { createNodeMeter } from '../../nodes/node-measurements.ts';
import { shell, untilAnswered, whyNoNodes } from '../../testing/nodes.ts';

/** Runs a program of its own that boots a node and then waits, so that it can be ended in the middle. */
async function bootElsewhere(name: string): Promise<{ pid: number; ended: Promise<unknown> }> {
  const folder = mkdtempSync(`${tmpdir()}/rehearsal-test-`);
  const module = new URL('../../nodes/managed-node.ts', import.meta.url);
  writeFileSync(
    `${folder}/boot.mts`,
    `import { bootNode } from '${module}';
     await bootNode({ name: '${name}', instanceId: 'i-1' });
     console.log('up');
     setInterval(() => undefined, 1000);`,
  );
  const child = spawn(process.execPath, [`${folder}/boot.mts`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  rmSync(folder, { recursive: true });
  if (child.pid === undefined) throw new Error('the program could not be started');
  return { pid: child.pid, ended };
}

/** What a node of this name leaves on the host: mounts, and control groups with their processes. */
function traces(name: string): readonly string[] {
  const groups = hierarchies().flatMap((hierarchy) => readdirSync(hierarchy).filter((group) => group.endsWith(`-${name}`)));
  return [...mountsBelow(NODES_ROOT).filter((path) => path.includes(`/${name}`)), ...groups];
}

describe.skipIf(whyNoNodes !== '')(`a managed node${whyNoNodes}`, () => {
  let node: ManagedNode;
  let neighbour: ManagedNode;

  beforeAll(async () => {
    [node, neighbour] = await Promise.all([
      bootNode({ name: 'first', instanceId: 'i-0000000000000001' }),
      bootNode({ name: 'second', instanceId: 'i-0000000000000002' }),
    ]);
  });
  afterAll(() => Promise.all([node?.destroy(), neighbour?.destroy()]));

  it('is a machine of its own beside its neighbour', async () => {
    expect(await shell(node, 'hostname; cat /proc/1/comm')).toBe('first\nsystemd');
    expect(await shell(neighbour, 'hostname')).toBe('second');

    await shell(node, 'systemctl stop web; touch /etc/only-here');

    expect((await node.request('/')).answered).toBe(false);
    await untilAnswered(neighbour);
    expect((await neighbour.exec(['test', '-e', '/etc/only-here'])).exitCode).toBe(1);
    expect(existsSync('/etc/only-here')).toBe(false);
    await shell(node, 'systemctl start web');
  });

  it('passes program, environment and input on and gives back exit code and both outputs', async () => {
    const result = await node.exec(['sh', '-c', 'cat; printf "$NAME" >&2; exit 7'], { env: { NAME: 'value' }, stdin: 'input' });

    expect(result).toEqual({ exitCode: 7, stdout: 'input', stderr: 'value', timedOut: false });
  });

  it('shows a node that is down as down, and its disk survives the loss of power', async () => {
    await shell(node, 'echo kept > /srv/web/kept');

    await node.powerOff();
    expect(node.isUp()).toBe(false);
    await expect(node.exec('true')).rejects.toThrow('node first is down');
    expect(node.processesOf('web.service')).toEqual([]);
    await node.powerOn();

    expect(await shell(node, 'cat /srv/web/kept')).toBe('kept');
    await untilAnswered(node);
  });

  it('comes back from a reboot with another init', async () => {
    const before = node.initPid();

    await node.reboot();

    expect(node.initPid()).not.toBe(before);
    expect((await node.request('/health')).answered).toBe(true);
  });

  it('measures faults that are really there', async ({ onTestFinished }) => {
    onTestFinished(async () => {
      await shell(node, 'systemctl restart web');
      await untilAnswered(node);
    });
    const meter = createNodeMeter(node, { answerTimeoutMs: 300 });
    const healthy = await meter.measure();
    expect(healthy).toMatchObject({ serviceProcesses: 1, answer: { answered: true, status: 200 } });
    expect(healthy.memoryUsedPercent).toBeLessThan(50);

    await node.request('/fault/leak?megabytes=200');
    await node.request('/fault/fill?percent=90&ageMinutes=60');
    const full = await meter.measure();
    expect(full.memoryUsedPercent).toBeGreaterThan(80);
    expect(full.diskUsedPercent).toBeGreaterThanOrEqual(90);

    await node.request('/fault/cpu?percent=100');
    await meter.measure();
    await sleep(1500);
    // On a busy machine a node that wants a whole core gets a part of one.
    await expect.poll(async () => (await meter.measure()).cpuUsedPercent, { interval: 1500 }).toBeGreaterThan(50);

    await node.request('/fault/hang');
    expect((await meter.measure()).answer).toMatchObject({ answered: false, why: 'no answer within 300 ms' });
    await shell(node, 'systemctl kill --signal=SIGKILL web');
    await expect.poll(async () => (await meter.measure()).serviceProcesses).toBe(0);
    expect(await meter.measure()).toMatchObject({ memoryUsedPercent: undefined, answer: { answered: false } });
  });

  it('leaves nothing on the host after it was destroyed', async () => {
    const passing = await bootNode({ name: 'passing', instanceId: 'i-0000000000000003' });
    expect(traces('passing')).not.toEqual([]);

    await passing.destroy();

    expect(traces('passing')).toEqual([]);
    expect(existsSync(passing.folder.base)).toBe(false);
  });

  it('is cleaned up when its program is interrupted', async () => {
    const { pid, ended } = await bootElsewhere('interrupted');
    expect(traces('interrupted')).not.toEqual([]);

    process.kill(pid, 'SIGINT');

    expect(await ended).toEqual([130, null]);
    expect(traces('interrupted')).toEqual([]);
  });

  it('is cleaned up by the next run when its program was killed, and no node that is in use is', async () => {
    const { pid, ended } = await bootElsewhere('orphan');
    expect(cleanUpLeftovers()).not.toContain('orphan');
    process.kill(pid, 'SIGKILL');
    await ended;
    expect(traces('orphan')).not.toEqual([]);

    const cleaned = cleanUpLeftovers();

    expect(cleaned).toContain('orphan');
    expect(traces('orphan')).toEqual([]);
    expect(node.isUp()).toBe(true);
  });
});
