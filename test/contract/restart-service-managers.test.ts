import { bootNode, type ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { runDocument, shell, whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { documentScript } from '../support/document-script.ts';
import { DOCKER, INIT_SCRIPT, SUPERVISORCTL } from '../support/service-managers.ts';

const script = documentScript('restart-service');

/** Programs of a service, as shell text. */
const steady = 'echo ready; exec sleep 1000';
const deaf = "trap '' TERM; echo ready; while :; do sleep 0.2; done";
const crashing = 'echo about to crash; sleep 1.2; exit 3';

describe.skipIf(whyNoNodes !== '')(`restart-service without systemd${whyNoNodes}`, () => {
  let node: ManagedNode;

  const write = (path: string, text: string) => shell(node, `cat > ${path} <<'TEXT'\n${text}\nTEXT\nchmod +x ${path}`);

  beforeAll(async () => {
    node = await bootNode({ name: 'managers', instanceId: 'i-0000000000000000e' });
    await shell(node, 'mkdir -p /run/stand-in/supervisorctl /run/stand-in/docker');
    await write('/usr/local/sbin/supervisorctl', SUPERVISORCTL);
    await write('/usr/local/sbin/docker', DOCKER);
  });
  afterAll(() => node?.destroy());

  const restart = (parameters: Readonly<Record<string, string>>) => runDocument(node, script, { StableSeconds: '1', ...parameters });
  const alive = async (pid: string) => (await node.exec(['test', '-d', `/proc/${pid}`])).exitCode === 0;

  describe.each([
    {
      manager: 'sysv',
      service: 'initd',
      pidFile: '/run/initd.pid',
      install: async (program: string) => {
        await write('/etc/init.d/initd', INIT_SCRIPT);
        await write('/run/initd.program', program);
      },
      start: '/etc/init.d/initd start > /dev/null 2>&1',
    },
    {
      manager: 'supervisor',
      service: 'program',
      pidFile: '/run/stand-in/supervisorctl/program.pid',
      install: (program: string) => write('/run/stand-in/supervisorctl/program.program', program),
      start: 'supervisorctl start program',
    },
    {
      manager: 'docker',
      service: 'box',
      pidFile: '/run/stand-in/docker/box.pid',
      install: (program: string) => write('/run/stand-in/docker/box.program', program),
      start: 'docker restart -t 1 box',
    },
  ])('a service of $manager', ({ manager, service, pidFile, install, start }) => {
    const pid = async () => (await node.exec(['cat', pidFile])).stdout.trim();
    const killHard = 'kill -9 -"$pid" 2>/dev/null || true';

    beforeEach(async () => {
      await shell(node, `if pid=$(cat ${pidFile} 2>/dev/null); then ${killHard}; fi; rm -f ${pidFile}`);
      await install(steady);
    });

    it('is found by itself and brought back after it died, with its state and log told first', async () => {
      // The service leads its process group a moment after its start.
      await shell(node, `${start}; pid=$(cat ${pidFile}); until kill -9 -$pid; do sleep 0.1; done; sleep 0.1`);

      const result = await restart({ Service: service });

      expect(result.stdout).toMatch(new RegExp(`before: ${service} \\(${manager}\\) is .*(not up|EXITED|exited)`));
      expect(result.stdout).toContain('last log lines:');
      expect(result.stdout).toContain(`OK: ${service} (${manager}) was restarted`);
      expect(result.exitCode).toBe(0);
      expect(await alive(await pid())).toBe(true);
    });

    it('is restarted while it runs, twice in a row, each time as a new process', async () => {
      await shell(node, start);
      const pids = [await pid()];
      for (let round = 0; round < 2; round += 1) {
        expect((await restart({ Service: service, Manager: manager })).exitCode).toBe(0);
        pids.push(await pid());
      }

      expect(new Set(pids).size).toBe(3);
      expect(await alive(pids[0] ?? '')).toBe(false);
    });

    it('is killed when it ignores SIGTERM, in bounded time', async () => {
      await install(deaf);
      await shell(node, `${start}; sleep 0.3`);
      const before = await pid();
      const started = Date.now();

      const result = await restart({ Service: service, Manager: manager, StopTimeoutSeconds: '1' });

      expect(result.exitCode, result.stdout).toBe(0);
      expect(Date.now() - started).toBeLessThan(20_000);
      expect(await alive(before)).toBe(false);
    });

    it('that comes up and dies again is not called restarted', async () => {
      await install(crashing);

      const result = await restart({ Service: service, Manager: manager, StableSeconds: '4' });

      expect(result.stdout).toContain('did not stay so for 4 s');
      expect(result.exitCode).toBe(22);
    });

    it('that never comes up is given up in bounded time', async () => {
      await install('exit 1');

      const result = await restart({ Service: service, Manager: manager, StartTimeoutSeconds: '2' });

      // One look may fall into the moment before it ends.
      expect(result.stdout).toMatch(/did not become active within 2 s|did not stay so for 1 s/);
      expect([20, 22]).toContain(result.exitCode);
    });

    it('lets two restarts at once take turns', async () => {
      const results = await Promise.all([1, 2].map(() => restart({ Service: service, Manager: manager })));

      expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    });

    it('is brought back once by two at once that saw no process', async () => {
      await shell(node, `${start}; pid=$(cat ${pidFile}); until kill -9 -$pid; do sleep 0.1; done; sleep 0.1`);

      const results = await Promise.all([1, 2].map(() => restart({ Service: service, Manager: manager, WhenActive: 'refuse' })));

      expect(results.map(({ exitCode }) => exitCode).toSorted((a, b) => a - b)).toEqual([0, 16]);
    });

    it('does not inherit the lock, so that a later restart need not wait for it to end', async () => {
      await restart({ Service: service, Manager: manager });

      expect(await shell(node, `ls -l /proc/$(cat ${pidFile})/fd`)).not.toContain('self-healing/restart');
    });
  });

  it.each([
    { manager: 'sysv', service: 'initd', pid: '/run/initd.pid' },
    { manager: 'supervisor', service: 'program', pid: '/run/stand-in/supervisorctl/program.pid' },
  ])('starts a service of $manager that it has stopped before it lets itself be ended', async ({ manager, service, pid }) => {
    const slow = "trap 'touch /run/was-told; sleep 3; exit' TERM; while :; do sleep 0.1; done";
    await write('/etc/init.d/initd', INIT_SCRIPT);
    for (const program of ['/run/initd.program', '/run/stand-in/supervisorctl/program.program']) await write(program, slow);
    await shell(
      node,
      manager === 'sysv'
        ? '/etc/init.d/initd stop; /etc/init.d/initd start > /dev/null 2>&1'
        : 'supervisorctl stop program || true; supervisorctl start program',
    );
    await shell(node, `rm -f /run/was-told; sleep 0.3`);
    const before = await shell(node, `cat ${pid}`);
    const running = runDocument(node, `#!/bin/sh\necho $$ > /run/restarting\n${script}`, { Service: service, Manager: manager });
    await shell(node, 'until [ -e /run/was-told ]; do sleep 0.05; done; kill -TERM $(cat /run/restarting)');

    expect(await running).toMatchObject({ exitCode: 23, stdout: expect.stringContaining('was ended from outside') });
    expect(await alive(before)).toBe(false);
    const after = await shell(node, `cat ${pid}`);
    expect(await alive(after)).toBe(true);
    // What a process ignores, so do its children.
    expect(await shell(node, `sed -n 's/^SigIgn:[[:space:]]*//p' /proc/${after}/status`)).not.toMatch(/[4-7c-f]...$/);
  });

  it('waits for the old process before it starts a service whose script only tells it to end', async () => {
    await write('/etc/init.d/initd', INIT_SCRIPT.replace('while alive; do sleep 0.1; done; rm -f $file', 'touch /run/was-told'));
    await write('/run/initd.program', "trap 'sleep 4; exit 0' TERM; while :; do sleep 0.1; done");
    await shell(
      node,
      'rm -f /run/was-told; /etc/init.d/initd stop; sleep 5; /etc/init.d/initd start > /dev/null 2>&1; rm -f /run/was-told; sleep 0.3',
    );
    const running = runDocument(node, `#!/bin/sh\necho $$ > /run/restarting\n${script}`, { Service: 'initd', Manager: 'sysv' });
    await shell(node, 'until [ -e /run/was-told ]; do sleep 0.05; done; sleep 0.7; kill -TERM $(cat /run/restarting)');

    expect((await running).exitCode).toBe(23);
    expect(await shell(node, 'sleep 5; /etc/init.d/initd status')).toContain('is running');
  });

  it('kills no process named by a pid file that others than root can write', async () => {
    await write('/etc/init.d/initd', INIT_SCRIPT.replace('file=/run/$name.pid', 'file=/run/initd/$name.pid'));
    await write('/run/initd.program', deaf);
    await shell(
      node,
      `mkdir -p /run/initd; /etc/init.d/initd start > /dev/null 2>&1; cp /run/initd/initd.pid /run/initd/true.pid; sleep 0.2; chmod 666 /run/initd/initd.pid
       rm -f /run/initd.pid; sleep 60 > /dev/null 2>&1 & echo $! | tee /run/innocent.pid > /run/initd/initd.pid`,
    );

    const result = await restart({ Service: 'initd', Manager: 'sysv', StopTimeoutSeconds: '1' });

    expect(result.stdout).toContain('no pid file that only root can write');
    expect(result.exitCode).toBe(21);
    expect(await alive(await shell(node, 'cat /run/innocent.pid'))).toBe(true);
    await shell(node, 'kill -9 -$(cat /run/initd/true.pid); rm -rf /run/initd');
  });

  it('shows no file to which the log was linked', async () => {
    await write('/etc/init.d/initd', INIT_SCRIPT);
    await write('/run/initd.program', steady);
    await shell(node, 'echo top-secret > /root/secret; mkdir -p /var/log/initd; ln -sf /root/secret /var/log/initd/initd.log');

    const result = await restart({ Service: 'initd', Manager: 'sysv' });

    expect(result.exitCode).toBe(0);
    expect(result.stdout).not.toContain('top-secret');
    await shell(node, 'rm -r /var/log/initd');
  });

  it('keeps the report short and printable whatever the log holds', async () => {
    await write(
      '/run/stand-in/supervisorctl/program.program',
      "i=0; while [ $i -lt 60 ]; do printf '\\033[31m%01000d\\n' $i; i=$((i+1)); done; exec sleep 1000",
    );
    await restart({ Service: 'program' });

    const result = await restart({ Service: 'program' });

    expect(result.exitCode).toBe(0);
    expect(result.stdout.length).toBeLessThan(4000);
    expect(result.stdout).not.toContain('\u001b');
  });

  it('refuses an init script that cannot tell whether its service is up', async () => {
    await write('/etc/init.d/silent', '#!/bin/sh\ntouch /run/silent-was-run');

    const result = await restart({ Service: 'silent' });

    expect(result.stdout).toContain('no status action');
    expect(result.exitCode).toBe(14);
    expect((await node.exec(['test', '-e', '/run/silent-was-run'])).exitCode).toBe(1);
  });

  it('refuses an init script that is a link to a protected one', async () => {
    await write('/etc/init.d/ssh', INIT_SCRIPT);
    await shell(node, 'ln -sf ssh /etc/init.d/innocent');

    expect((await restart({ Service: 'innocent', Manager: 'sysv' })).exitCode).toBe(15);
  });

  it('waits until a container with a health check is healthy, and says so when it is not', async () => {
    await write('/run/stand-in/docker/box.program', steady);
    await shell(node, 'echo unhealthy > /run/stand-in/docker/box.health');

    const result = await restart({ Service: 'box', Manager: 'docker', StartTimeoutSeconds: '2' });
    await shell(node, 'rm /run/stand-in/docker/box.health');

    expect(result.exitCode).toBe(20);
  });

  describe('when it is asked because no process was seen', () => {
    const unseen = (service: string, manager: string) => restart({ Service: service, Manager: manager, WhenActive: 'refuse' });

    it.each([
      { manager: 'docker', service: 'box', start: 'docker restart -t 1 box', state: 'box.health', word: 'starting', folder: 'docker' },
      {
        manager: 'supervisor',
        service: 'program',
        start: 'supervisorctl start program',
        state: 'program.state',
        word: 'STARTING',
        folder: 'supervisorctl',
      },
    ])('leaves a service of $manager alone that is up, or starting', async ({ manager, service, start, state, word, folder }) => {
      await write(`/run/stand-in/${folder}/${service}.program`, steady);
      await shell(node, `${start}; sleep 0.2`);
      const before = await shell(node, `cat /run/stand-in/${folder}/${service}.pid`);
      const up = await unseen(service, manager);
      await shell(node, `echo ${word} > /run/stand-in/${folder}/${state}`);
      const starting = await unseen(service, manager);
      await shell(node, `rm /run/stand-in/${folder}/${state}`);

      expect(up).toMatchObject({ exitCode: 16, stdout: expect.stringContaining(`${service} (${manager}) is up`) });
      expect(starting).toMatchObject({ exitCode: 16, stdout: expect.stringContaining(`${service} (${manager}) is starting still`) });
      expect(await shell(node, `cat /run/stand-in/${folder}/${service}.pid`)).toBe(before);
    });

    it.each([
      { case: 'a container that is found ill', manager: 'docker', service: 'box', state: 'docker/box.health', word: 'unhealthy' },
      {
        case: 'a program between two starts',
        manager: 'supervisor',
        service: 'program',
        state: 'supervisorctl/program.state',
        word: 'BACKOFF',
      },
    ])('but not $case', async ({ manager, service, state, word }) => {
      await shell(node, `echo ${word} > /run/stand-in/${state}; (sleep 2; rm /run/stand-in/${state}) > /dev/null 2>&1 &`);
      expect((await unseen(service, manager)).exitCode).toBe(0);
    });
  });

  describe('when it is asked because no process was seen, and somebody meant it to be down', () => {
    const unseen = (service: string, manager: string) => restart({ Service: service, Manager: manager, WhenActive: 'refuse' });
    const inSupervisor = (script: string) => shell(node, `cd /run/stand-in/supervisorctl; ${script}`);
    const pidOf = (name: string) => inSupervisor(`cat ${name}.pid`);

    beforeEach(async () => {
      for (const name of ['one', 'two']) await write(`/run/stand-in/supervisorctl/${name}.program`, steady);
      await inSupervisor(`printf 'one\\ntwo\\n' > pair.group; rm -f main.log one.state two.state /run/self-healing/restarting-*
        for name in one two; do supervisorctl stop $name || true; supervisorctl start $name; done; sleep 0.2`);
    });
    const kill = (name: string) => inSupervisor(`kill -9 -$(cat ${name}.pid); sleep 0.2`);

    it('leaves a program alone that was stopped by hand, which a person may still have restarted', async () => {
      await inSupervisor('supervisorctl stop one');
      expect(await unseen('one', 'supervisor')).toMatchObject({ exitCode: 16, stdout: expect.stringContaining('was stopped by hand') });
      expect((await restart({ Service: 'one', Manager: 'supervisor' })).exitCode).toBe(0);
    });

    it('starts what a restart of its own had stopped when it was killed', async () => {
      await inSupervisor('supervisorctl stop one; : > /run/self-healing/restarting-one.supervisor');
      expect((await unseen('one', 'supervisor')).exitCode).toBe(0);
      await inSupervisor('supervisorctl stop one');
      expect((await unseen('one', 'supervisor')).exitCode).toBe(16);
    });

    it('leaves down after a restart that failed what had been stopped by hand before it', async () => {
      await kill('one');
      await inSupervisor('supervisorctl stop two');
      await write('/run/stand-in/supervisorctl/one.program', 'exit 1');
      expect((await restart({ Service: 'pair', Manager: 'supervisor', WhenActive: 'refuse', StartTimeoutSeconds: '2' })).exitCode).toBe(20);

      await write('/run/stand-in/supervisorctl/one.program', steady);
      await unseen('pair', 'supervisor');
      expect([await alive(await pidOf('one')), await alive(await pidOf('two'))]).toEqual([true, false]);
    });

    it.each([
      { case: 'leaves a program alone that ended as expected', log: 'exited: one (exit status 0; expected)', exitCode: 16 },
      { case: 'runs one again that ended unexpectedly', log: 'exited: one (exit status 1; not expected)', exitCode: 0 },
      { case: 'runs one again that was killed since', log: 'exited: one (terminated by SIGKILL; not expected)', exitCode: 0 },
      { case: 'runs one again of whose end nothing is known', log: 'exited: done (exit status 0; expected)', exitCode: 0 },
    ])('$case', async ({ log, exitCode }) => {
      await kill('one');
      await inSupervisor(
        `echo '2025-11-30 10:00:00,000 INFO exited: one (exit status 7; not expected)' > main.log; echo '2025-11-30 10:00:01,000 INFO ${log}' >> main.log`,
      );
      expect((await unseen('one', 'supervisor')).exitCode).toBe(exitCode);
    });

    it.each(['FATAL', 'BACKOFF'])('restarts a program that is %s', async (word) => {
      await kill('one');
      await inSupervisor(`echo ${word} > one.state`);
      expect((await unseen('one', 'supervisor')).exitCode).toBe(0);
    });

    it('starts of a group only what died, and leaves alone what runs or was stopped by hand', async () => {
      const before = await pidOf('one');
      await kill('two');
      const died = await unseen('pair', 'supervisor');
      expect(died, died.stdout).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('OK: pair (supervisor) was restarted') });
      expect([await pidOf('one'), await alive(await pidOf('two'))]).toEqual([before, true]);

      await inSupervisor('supervisorctl stop two');
      expect((await unseen('pair', 'supervisor')).exitCode).toBe(16);
      expect([await pidOf('one'), await alive(await pidOf('two'))]).toEqual([before, false]);
    });

    it.each([
      { case: 'leaves a container alone that ended well', make: 'echo 0 > box.code', exitCode: 16 },
      {
        case: 'leaves one alone that ended well and is restarted on failure',
        make: 'echo 0 > box.code; echo on-failure > box.policy',
        exitCode: 16,
      },
      { case: 'leaves one alone that is paused', make: 'touch box.paused', exitCode: 16 },
      { case: 'starts one that is always to run', make: 'echo 0 > box.code; echo always > box.policy', exitCode: 0 },
      {
        case: 'starts one that a restart of its own had stopped',
        make: 'echo 0 > box.code; : > /run/self-healing/restarting-box.docker',
        exitCode: 0,
      },
      { case: 'starts one that failed', make: 'true', exitCode: 0 },
    ])('$case', async ({ make, exitCode }) => {
      await write('/run/stand-in/docker/box.program', steady);
      await shell(node, `cd /run/stand-in/docker; kill -9 -$(cat box.pid) 2>/dev/null || true; sleep 0.2; ${make}`);
      const result = await unseen('box', 'docker');
      await shell(node, 'cd /run/stand-in/docker; rm -f box.code box.policy box.paused');
      expect(result.exitCode, result.stdout).toBe(exitCode);
    });
  });

  it('says so when the engine does not restart the container', async () => {
    await write('/run/stand-in/docker/box.program', steady);
    await shell(node, 'docker restart -t 1 box; touch /run/stand-in/docker/box.fixed');

    const result = await restart({ Service: 'box', Manager: 'docker' });
    await shell(node, 'rm /run/stand-in/docker/box.fixed');

    expect(result.stdout).toContain('Cannot restart container');
    expect(result.exitCode).toBe(23);
  });

  it.each([
    { case: 'the beginning of a container id', service: '0123abcd', manager: 'docker', exitCode: 12 },
    { case: 'a name that no manager knows', service: 'nobody', manager: 'auto', exitCode: 12 },
    { case: 'a name that the named manager does not know', service: 'web', manager: 'supervisor', exitCode: 12 },
    { case: 'a manager that is not known', service: 'web', manager: 'upstart', exitCode: 10 },
    { case: 'an injection by the manager', service: 'web', manager: 'sysv; touch /run/injected', exitCode: 10 },
    { case: 'a way out of the init scripts', service: '../../run/evil', manager: 'sysv', exitCode: 10 },
    { case: 'an option to the client', service: '--all', manager: 'docker', exitCode: 10 },
    { case: 'all programs', service: 'all:*', manager: 'supervisor', exitCode: 10 },
    { case: 'a container of an orchestrator', service: 'k8s_web_1', manager: 'docker', exitCode: 15 },
    { case: 'the agent in a container', service: 'ecs-agent', manager: 'docker', exitCode: 15 },
    { case: 'the reboot script', service: 'reboot', manager: 'sysv', exitCode: 15 },
    { case: 'the remote shell', service: 'ssh', manager: 'supervisor', exitCode: 15 },
  ])('refuses $case with exit code $exitCode', async ({ service, manager, exitCode }) => {
    await write('/run/stand-in/docker/box.program', steady);

    const result = await restart({ Service: service, Manager: manager });

    expect(result.stdout).toMatch(/^REFUSED: /);
    expect(result.exitCode).toBe(exitCode);
    expect((await node.exec(['test', '-e', '/run/injected'])).exitCode).toBe(1);
  });

  it.each([
    { client: 'supervisorctl', manager: 'supervisor' },
    { client: 'docker', manager: 'docker' },
  ])('names $manager where nobody knows the service and it gives no answer', async ({ client, manager }) => {
    expect((await restart({ Service: 'nobody' })).stdout).not.toContain('without an answer');
    await shell(node, `mv /usr/local/sbin/${client} /usr/local/sbin/away; ln -s /bin/false /usr/local/sbin/${client}`);
    const result = await restart({ Service: 'nobody' }).finally(() => shell(node, `mv /usr/local/sbin/away /usr/local/sbin/${client}`));
    expect(result).toMatchObject({ exitCode: 12, stdout: expect.stringContaining(`without an answer: ${manager}\n`) });
  });

  it.each(['flock', 'timeout'])('names the tool %s where it is missing', async (tool) => {
    await shell(node, `mv /usr/bin/${tool} /usr/bin/${tool}.away`);
    const result = await restart({ Service: 'program' }).finally(() => shell(node, `mv /usr/bin/${tool}.away /usr/bin/${tool}`));
    expect(result).toMatchObject({ exitCode: 11, stdout: `REFUSED: ${tool} is not on this machine\n` });
  });

  it('refuses a manager that the machine does not have', async () => {
    await shell(node, 'mv /usr/local/sbin/supervisorctl /usr/local/sbin/away');

    const result = await restart({ Service: 'program', Manager: 'supervisor' });
    await shell(node, 'mv /usr/local/sbin/away /usr/local/sbin/supervisorctl');

    expect(result.exitCode).toBe(11);
  });
});
