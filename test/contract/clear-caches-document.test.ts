import { bootNode, type ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { runDocument, shell, whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { whyNeverCleared } from '../../lib/cleared-folders.ts';
import { type AgingDisk, agingDisk } from '../support/aging-disk.ts';
import { documentScript } from '../support/document-script.ts';

const script = documentScript('clear-caches');

/** The folder on the node's small disk that the web service uses for temporary files. */
const folder = '/srv/web/tmp';

describe.skipIf(whyNoNodes !== '')(`the clear-caches document on a node${whyNoNodes}`, () => {
  let node: ManagedNode;
  let disk: AgingDisk;

  beforeAll(async () => {
    node = await bootNode({ name: 'caches', instanceId: 'i-0000000000000000b' });
    disk = await agingDisk(node, folder);
  });
  afterAll(async () => {
    await disk?.detach();
    await node?.destroy();
  });
  beforeEach(async () => {
    await disk.clean();
    await shell(
      node,
      `find /tmp -xdev -mindepth 1 -not -name '.*-unix' -delete; mkdir -p /home/victim; echo precious > /home/victim/file; touch -d '3 days ago' /home/victim/file`,
    );
  });

  const run = (parameters: Readonly<Record<string, string>> = {}) => runDocument(node, script, { Paths: folder, ...parameters });
  /** The same, once nothing that `touch` made old was changed since, either. */
  const clear = async (parameters: Readonly<Record<string, string>> = {}) => {
    await disk.age();
    return run(parameters);
  };

  /** Makes old files; each name is a word of a shell script. */
  const oldFiles = (...names: readonly string[]) =>
    shell(node, `cd ${folder}\nfor name in ${names.join(' ')}; do echo content > "./$name"; touch -d '3 days ago' "./$name"; done`);

  const findStandIn = (text: string) =>
    shell(node, `cat > /usr/local/sbin/find <<'TEXT'\n#!/bin/sh\n${text}\nTEXT\nchmod +x /usr/local/sbin/find`);

  /** What lies in the folder, one name per line, as `find` quotes them. */
  const remaining = async () => (await shell(node, `cd ${folder}; find . -mindepth 1 | sort`)).split('\n').filter(Boolean);

  /** The counting line of the folder, without its verb. */
  const counts = (stdout: string) => /^\/srv\/web\/tmp: (?:would free|freed) (.*)$/m.exec(stdout)?.[1];

  it('refuses to run without parameters, as an agent too old to hand them over would have it', async () => {
    await shell(node, `touch -d '3 days ago' /tmp/kept`);
    const result = await runDocument(node, script, {});
    expect(result.exitCode).toBe(10);
    expect(result.stdout).toContain('SSM_Paths is missing');
    expect(await shell(node, 'ls /tmp/kept')).toBe('/tmp/kept');
  });

  it('deletes old files whatever their names are', async () => {
    await shell(
      node,
      `cd ${folder}
       for name in 'two words' '-rf' '--' '*' '?' '[a]' 'a;b' '$(id)' '"' "'" '\\' "$(printf 'two\\nlines')" "$(printf 'line\\n/etc/passwd')"; do
         case $name in */*) mkdir -p "./\${name%/*}" ;; esac
         echo x > "./$name"; touch -d '3 days ago' "./$name"
       done`,
    );

    const result = await clear();

    expect(await shell(node, `find ${folder} -type f`)).toBe('');
    expect(result.stdout).toContain('freed 13 files, 52.0 KB (53248 bytes)');
    expect(result.exitCode).toBe(0);
    expect(await shell(node, 'test -s /etc/passwd && echo there')).toBe('there');
  });

  it('frees a full disk, where nothing more can be written', async () => {
    await shell(node, `cd ${folder}; head -c 100m /dev/zero > big 2>/dev/null || touch -d '3 days ago' big`);
    expect((await node.exec(`echo x > ${folder}/more`)).exitCode).not.toBe(0);
    await shell(node, `rm -f ${folder}/more`);

    const result = await clear();

    expect(result.stdout).toMatch(/disk of \/srv\/web\/tmp before: 100% used, 0 MB available/);
    expect(result.stdout).toMatch(/disk of \/srv\/web\/tmp after: [0-2]% used, \d\d MB available/);
    expect(result.exitCode).toBe(0);
  });

  it('works when /tmp itself is full', async () => {
    await oldFiles('a');
    await disk.age();
    await shell(node, 'mount -t tmpfs -o size=1m full /tmp; head -c 2m /dev/zero > /tmp/big || true');

    const result = await run({ Paths: `/tmp:${folder}` }).finally(() => shell(node, 'umount /tmp'));

    expect(result.stdout).toMatch(/disk of \/tmp before: 100% used, 0 MB available/);
    expect(result.stdout).toMatch(/total: freed 1 files/);
    expect(result.exitCode).toBe(0);
  });

  it('keeps young files, files read lately, links, pipes, sockets and directories', async () => {
    await oldFiles('old', 'read-lately');
    await shell(
      node,
      `cd ${folder}; touch young; touch -a read-lately; ln -s /home/victim/file link; mkfifo pipe; mkdir -p empty
       touch -h -d '3 days ago' link pipe empty
       /usr/local/lib/rehearsal/node -e 'require("net").createServer().listen("${folder}/socket", () => process.exit(0))'`,
    );

    const result = await clear();

    expect(await remaining()).toEqual(expect.arrayContaining(['./empty', './link', './pipe', './read-lately', './socket', './young']));
    expect(await remaining()).not.toContain('./old');
    expect(result.stdout).toContain('kept 2 young, 0 open, 0 protected');
  });

  it('never follows a link out of the folder', async () => {
    await shell(node, `cd ${folder}; ln -s /home/victim out; mkdir deep; ln -s /home/victim/file deep/file`);

    await clear();

    expect(await shell(node, 'cat /home/victim/file')).toBe('precious');
  });

  it('clears no file system of a kind whose files others may have open unseen, as those of a network', async () => {
    await shell(node, `mount -t mqueue shared ${folder}; touch -d '3 days ago' ${folder}/held-elsewhere`);
    try {
      const result = await run({ OlderThanMinutes: '1' });
      expect(result).toMatchObject({ exitCode: 11, stdout: expect.stringMatching(/^REFUSED: \/srv\/web\/tmp is on mqueue, /) });
      expect(await remaining()).toEqual(['./held-elsewhere']);
    } finally {
      await shell(node, `rm -f ${folder}/held-elsewhere; umount ${folder}`);
    }
    expect(await run()).toMatchObject({ exitCode: 0 });
  });

  it('keeps files that a process holds open or has mapped', async () => {
    await oldFiles('open', 'mapped', 'idle');
    await shell(node, `cd ${folder}; cp /bin/sleep mapped; chmod +x mapped; touch -d '3 days ago' mapped`);
    await disk.age();
    await shell(
      node,
      `cd ${folder}; mount -o remount,noatime ${folder}
       (sleep 30 3< open & echo $! ; ./mapped 30 & echo $!) > /run/holders 2>/dev/null; sleep 0.3`,
    );

    const result = await run().finally(() =>
      shell(node, 'kill $(cat /run/holders); while kill -0 $(cat /run/holders) 2>/dev/null; do sleep 0.05; done'),
    );

    expect(await remaining()).toEqual(['./mapped', './open']);
    expect(result.stdout).toContain('kept 0 young, 2 open, 0 protected');
  });

  it('keeps what is protected by name, by pattern and by path, and what programs expect to find', async () => {
    await shell(node, `mkdir -p ${folder}/sessions ${folder}/deep/keep ${folder}/systemd-private-abc ${folder}/tmux-0`);
    await oldFiles(
      'plain',
      'a.important',
      'sessions/one',
      'deep/keep/two',
      'deep/three',
      'systemd-private-abc/four',
      'tmux-0/five',
      'x.pid',
    );

    const result = await clear({ Protect: `*.important:keep\n${folder}/sessions` });

    const files = (await remaining()).filter((name) => /plain|important|one|two|three|four|five|pid$/.test(name));
    expect(files).toEqual(['./a.important', './deep/keep/two', './sessions/one', './systemd-private-abc/four', './tmux-0/five', './x.pid']);
    expect(result.stdout).toContain('freed 2 files');
    expect(result.stdout).toContain('6 protected');
  });

  it('keeps everything in a folder that lies in a protected path', async () => {
    await oldFiles('a');

    await clear({ Protect: '/srv' });

    expect(await remaining()).toEqual(['./a']);
  });

  it('reports in a dry run exactly what the real run then does', async () => {
    await shell(node, `mkdir ${folder}/deep`);
    await oldFiles('a', 'deep/b', "'c d'", 'keep.me');
    await shell(node, `touch ${folder}/young; ln ${folder}/a ${folder}/hard-link`);

    const dry = await clear({ DryRun: 'true', Protect: '*.me' });
    expect(await remaining()).toHaveLength(7);
    const real = await clear({ Protect: '*.me' });

    expect(dry.stdout).toContain('would free 4 files');
    expect(counts(real.stdout)).toBe(counts(dry.stdout));
    expect(await remaining()).toEqual(['./deep', './keep.me', './young']);
  });

  it('frees nothing the second time, and is content', async () => {
    await oldFiles('a');
    await clear();

    const second = await clear();

    expect(second.stdout).toContain('freed 0 files, 0 B (0 bytes)');
    expect(second.exitCode).toBe(0);
  });

  it('lets two runs at once take turns, so that every file is counted once', async () => {
    await oldFiles('$(seq 500)');

    await disk.age();
    const results = await Promise.all([run(), run()]);

    const freed = results.map((result) => Number(/total: freed (\d+) files/.exec(result.stdout)?.[1]));
    expect(freed.toSorted((a, b) => a - b)).toEqual([0, 500]);
    expect(results.map((result) => result.exitCode)).toEqual([0, 0]);
  });

  it('can be killed halfway and run again', async () => {
    const files = 4_000;
    await shell(node, `cd ${folder}; seq ${files} | xargs touch -d '3 days ago'`);
    await disk.age();
    const killed = new AbortController();
    const free = async () => Number(await shell(node, `df --output=iavail ${folder} | tail -n 1`));
    const before = await free();
    const first = node.exec(script, { env: { SSM_Paths: folder }, signal: killed.signal });
    await expect.poll(free, { interval: 5, timeout: 60_000 }).toBeGreaterThan(before);
    killed.abort();
    expect((await first).exitCode).toBe(-1);

    const second = await run();

    expect(second.exitCode).toBe(0);
    expect(await remaining()).toEqual([]);
    expect(await shell(node, 'ls /run/self-healing')).toBe('clear-caches.lock');
  });

  it('stops at the limit of files and says so', async () => {
    await shell(node, `cd ${folder}; seq 1000 | xargs touch -d '3 days ago'`);

    const result = await clear({ MaxFiles: '100' });

    expect(result.stdout).toContain('total: freed 100 files');
    expect(await remaining()).toHaveLength(900);
    expect(result.stdout).toContain('stopped at the limit of about 100 files');
    expect(result.exitCode).toBe(0);
  });

  it('never enters another file system or another place mounted inside the folder', async () => {
    await shell(node, `mkdir ${folder}/other ${folder}/bound ${folder}/kept`);
    await oldFiles('kept/b');
    await disk.age();
    await shell(node, `cd ${folder}; mount -t tmpfs other other; echo x > other/a; touch -d '3 days ago' other/a; mount --bind kept bound`);

    const result = await run();

    expect(result.stdout).toContain('freed 0 files');
    expect(await shell(node, `cat ${folder}/other/a ${folder}/kept/b`)).toBe('x\ncontent');
  });

  describe('keeps what is in use without being open:', () => {
    const release = (script: string) => shell(node, `${script}; rm -rf /srv/elsewhere`);

    it.each([
      {
        what: 'a file that is mounted elsewhere',
        use: 'touch /srv/elsewhere/x; mount --bind used /srv/elsewhere/x',
        end: 'umount /srv/elsewhere/x',
      },
      {
        what: 'a folder that is mounted elsewhere',
        use: 'mkdir /srv/elsewhere/x; mount --bind way /srv/elsewhere/x',
        end: 'umount /srv/elsewhere/x',
      },
      {
        what: 'a folder that is mounted in the namespace of another process alone',
        use: `mkdir /srv/elsewhere/x; setsid unshare --mount sh -c 'mount --bind way /srv/elsewhere/x; echo $$ > /run/holder; exec sleep 60' > /dev/null 2>&1 &
          while [ ! -s /run/holder ]; do sleep 0.05; done`,
        end: 'kill $(cat /run/holder); while kill -0 $(cat /run/holder) 2>/dev/null; do sleep 0.05; done; rm /run/holder',
      },
      { what: 'a file behind a loop device', use: 'losetup --find --show used > /run/loop', end: 'losetup --detach $(cat /run/loop)' },
      {
        what: 'a file that is swapped to (the list of the kernel is simulated)',
        use: `printf 'Filename Type Size Used Priority\\n%s file 64 0 -2\\n' '${folder}/used' > /run/swaps; mount --bind /run/swaps /proc/swaps`,
        end: 'umount /proc/swaps',
      },
      {
        what: 'a layer of an overlay',
        use: `mkdir /srv/elsewhere/x; mount -t overlay -o lowerdir=${folder}/way:/srv/elsewhere overlay /srv/elsewhere/x`,
        end: 'umount /srv/elsewhere/x',
      },
    ])('$what', async ({ use, end }) => {
      await shell(node, `mkdir ${folder}/way /srv/elsewhere`);
      await oldFiles('plain', 'used', 'way/used');
      await disk.age();
      await shell(node, `cd ${folder}; ${use}`);

      const result = await run().finally(() => release(end));

      const left = (await remaining()).filter((name) => name !== './way');
      expect(left).toEqual([use.includes('way') ? './way/used' : './used']);
      expect(result.stdout).toContain('freed 2 files');
      expect(result.stdout).toContain('kept 0 young, 1 open, 0 protected');
    });
  });

  describe('deletes nothing where it cannot tell which files are open:', () => {
    const stays = async (result: { readonly exitCode: number; readonly stdout: string }) => {
      expect(result.stdout).toContain('FAILED: cannot tell which files are open');
      expect(result.exitCode).toBe(13);
      expect(await remaining()).toEqual(['./free', './held']);
    };

    it('the list of them was cut short, for which there was no room for a moment', async () => {
      await oldFiles('held', 'free');
      await disk.age();
      // The list takes some 100 KB, and what takes the room goes as soon as it was made.
      await findStandIn(
        'status=0; /usr/bin/find "$@" || status=$?\ncase $* in *-L*/fd*) rm -f /run/self-healing/other ;; esac\nexit $status',
      );
      await shell(
        node,
        `mkdir -p /run/self-healing; mount -t tmpfs -o size=200k,mode=755 tmpfs /run/self-healing; head -c 160k /dev/zero > /run/self-healing/other
        cd ${folder}
        setsid bash -c 'for n in $(seq 3 2500); do exec {file}< /etc/passwd; done; exec {file}< held; echo $$ > /run/holder; exec sleep 100' > /dev/null 2>&1 &
        while [ ! -s /run/holder ]; do sleep 0.05; done`,
      );

      const result = await run().finally(() =>
        shell(node, 'kill $(cat /run/holder); rm /run/holder /usr/local/sbin/find; umount /run/self-healing'),
      );

      await stays(result);
    });

    it('the kernel does not let it see the files of other processes', async () => {
      await oldFiles('held', 'free');
      await disk.age();
      await shell(
        node,
        `cd ${folder}; setsid setpriv --reuid=nobody --regid=nogroup --clear-groups sh -c 'exec sleep 100 3< held' > /dev/null 2>&1 & echo $! > /run/holder; sleep 0.3`,
      );
      const less = '[ -n "$AGAIN" ] || AGAIN=1 exec setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace sh "$0"';

      const result = await runDocument(node, `#!/bin/sh\n${less}\n${script}`, { Paths: folder }).finally(() =>
        shell(node, 'kill $(cat /run/holder); rm /run/holder'),
      );

      await stays(result);
    });
  });

  it('goes on where a process has a file open that root itself may not ask about, or an open folder of its own', async () => {
    await oldFiles('free');
    await disk.age();
    await findStandIn(
      `case $* in *-L*/fd*) echo "find: '/proc/9/fd/3': Permission denied" >&2; /usr/bin/find "$@"; exit 1 ;; esac; exec /usr/bin/find "$@"`,
    );
    await shell(node, `setsid bash -c 'cd /proc/self/fd; exec 3< .; exec sleep 100' > /dev/null 2>&1 & echo $! > /run/holder; sleep 0.3`);

    const result = await run().finally(() => shell(node, 'kill $(cat /run/holder); rm /run/holder /usr/local/sbin/find'));

    expect(result).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('freed 1 files') });
  });

  it('takes at most about eight times the work for eight times the files, all of which are open', { timeout: 180_000 }, async () => {
    // Within the limit of open files that a process of any node has.
    const each = 800;
    const hold = `for n in $(seq $1 $2); do exec {file}< $n; done; echo $$ >> /run/holding; exec sleep 150`;
    const work = async (files: number) => {
      await shell(node, `cd ${folder}; seq ${files} | xargs touch -d '3 days ago'`);
      await disk.age();
      await shell(
        node,
        `cd ${folder}; : > /run/holding
        for first in $(seq 1 ${each} ${files}); do
          last=$((first + ${each - 1} < ${files} ? first + ${each - 1} : ${files}))
          setsid bash -c '${hold}' bash $first $last > /dev/null 2>&1 &
        done
        while [ "$(wc -l < /run/holding)" -lt ${Math.ceil(files / each)} ]; do sleep 0.05; done`,
      );
      // The time that processors worked, which hardly depends on what else the machine does.
      const timed = `sh -c "$SCRIPT"\ntimes`;
      const { stdout } = await node.exec(timed, { env: { SSM_Paths: folder, SCRIPT: script }, timeoutMs: 120_000 });
      await shell(node, 'kill $(cat /run/holding); while kill -0 $(cat /run/holding) 2>/dev/null; do sleep 0.05; done');
      expect(counts(stdout)).toBe(`0 files, 0 B (0 bytes); kept 0 young, ${files} open, 0 protected`);
      const [, minutes, seconds] = /\n(\d+)m([\d.]+)s \S+\n*$/.exec(stdout) ?? [];
      return Number(minutes) * 60 + Number(seconds);
    };
    const [few, many] = [await work(2_500), await work(20_000)];
    expect(few).toBeGreaterThan(0);
    // One look at every open file for every file took more than forty times.
    expect(many / few).toBeLessThan(16);
  });

  it('takes nothing for old that an archive only says is old: it came here just now', async () => {
    await oldFiles('used-to-be-old');
    await shell(
      node,
      `cd ${folder}; echo x > member; touch -d '2019-05-01' member; tar -cf /run/old.tar member; rm member
       tar -xf /run/old.tar; touch -a -d '2019-05-01' member; rm /run/old.tar`,
    );

    // The disk is not aged here.
    const result = await run();

    expect(await remaining()).toEqual(['./member', './used-to-be-old']);
    expect(result.stdout).toContain('kept 2 young');
  });

  it.each([
    { options: 'noatime', minutes: '1440', told: /reads are not recorded there \(noatime\)/ },
    { options: 'relatime', minutes: '60', told: /reads are recorded once a day there \(relatime\)/ },
    { options: 'relatime', minutes: '1440', told: undefined },
    { options: 'strictatime', minutes: '60', told: undefined },
  ])('says with $options and an age of $minutes minutes whether reads count', async ({ options, minutes, told }) => {
    await oldFiles('a');
    await disk.age();
    await shell(node, `mount -o remount,${options} ${folder}`);

    const { stdout } = await run({ OlderThanMinutes: minutes });

    if (told) expect(stdout).toMatch(told);
    else expect(stdout).not.toMatch(/reads are/);
    expect(stdout).toContain('freed 1 files');
  });

  it('says that something could not be deleted, deletes the rest, and is content with that', async () => {
    await oldFiles('a', 'fixed');
    await shell(node, `chattr +i ${folder}/fixed`);

    const result = await clear();
    const second = await run().finally(() => shell(node, `chattr -i ${folder}/fixed`));

    expect(result.stdout).toContain('some files could not be deleted or looked at (1)');
    expect(result.stdout).toMatch(/\/srv\/web\/tmp: freed 1 files/);
    expect(result.stdout).toMatch(/^PARTLY: some files of \/srv\/web\/tmp could not be deleted/m);
    expect(result.exitCode).toBe(0);
    expect(second.stdout).toMatch(/^FAILED: nothing was freed: some files of \/srv\/web\/tmp could not be deleted/m);
    expect(second.exitCode).toBe(13);
  });

  it('names who holds the space of files that are deleted already', async () => {
    await shell(
      node,
      `cd ${folder}; head -c 3m /dev/zero > held
       setsid sh -c 'exec 3< held; rm held; echo $$ > /run/holder; exec sleep 60' > /dev/null 2>&1 &
       while [ ! -s /run/holder ]; do sleep 0.05; done`,
    );
    const holder = await shell(node, 'cat /run/holder');

    const result = await run().finally(() => shell(node, 'kill $(cat /run/holder); rm /run/holder'));

    expect(result.stdout).toContain(`deleted files that are still open hold 3.0 MB (3145728 bytes): sleep, process ${holder};`);
  });

  describe('in a folder below one of another user', () => {
    const parent = '/srv/web/tmp/app';
    const below = `${parent}/cache`;
    afterEach(() => shell(node, `rm -rf ${parent}`));

    it('takes the files of that user and no others', async () => {
      await shell(node, `mkdir -p ${below}`);
      await oldFiles('app/cache/own', 'app/cache/of-root');
      await shell(node, `chown 1234 ${parent} ${below} ${below}/own`);

      const result = await clear({ Paths: below });

      expect(await shell(node, `ls ${below}`)).toBe('of-root');
      expect(result.stdout).toContain('kept 1 of others than user 1234');
    });

    it.each([
      { what: 'is a folder of root that was put in its place', make: `chown 1234 ${parent}`, why: 'is not of user 1234' },
      { what: 'lies where everybody may write', make: `chmod 777 ${parent}`, why: 'others than its owner may write' },
      { what: 'lies where a group may write', make: `chgrp 1234 ${parent}; chmod 775 ${parent}`, why: 'others than its owner may write' },
    ])('refuses one that $what', async ({ make, why }) => {
      await shell(node, `mkdir -p ${below}`);
      await oldFiles('app/cache/a');
      await shell(node, make);

      const result = await clear({ Paths: below });

      expect(result.stdout).toMatch(/^REFUSED: /);
      expect(result.stdout).toContain(why);
      expect(result.exitCode).toBe(11);
      expect(await shell(node, `ls ${below}`)).toBe('a');
    });

    it('goes on where everybody may write but only rename what is theirs', async () => {
      await shell(node, `mkdir -p ${below}`);
      await oldFiles('app/cache/a');
      await shell(node, `chmod 1777 ${parent}`);
      expect(await clear({ Paths: below })).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('freed 1 files') });
    });
  });

  it('never deletes anything outside while a hostile user keeps swapping a directory for a link', async () => {
    const files = 800;
    const oldFilesIn = (where: string) => shell(node, `mkdir -p ${where}; cd ${where}; seq ${files} | xargs touch -d '3 days ago'`);
    /** Runs a script while the directory is being swapped, and gives the number of files that the victim still has. */
    const attack = async (victim: string, attacked: string) => {
      await oldFilesIn(victim);
      await oldFilesIn(`${folder}/d`);
      await disk.age();
      const swapping = new AbortController();
      const swap = `cd ${folder}; while :; do mv d e; ln -s ${victim} d; rm d; mv e d; done 2>/dev/null`;
      const swapper = node.exec(swap, { signal: swapping.signal });
      await node.exec(attacked, { env: { SSM_Paths: folder } });
      swapping.abort();
      await swapper;
      await shell(node, `cd ${folder}; rm -rf d e`);
      return Number(await shell(node, `ls ${victim} | wc -l`));
    };

    // The attack is a real one: it works against a deletion by paths that were listed before.
    const byPath = `seq ${files} | sed 's:^:${folder}/d/:' | xargs -n1 rm -f`;
    expect(await attack('/home/victim/naive', byPath)).toBeLessThan(files);
    for (let round = 0; round < 4; round += 1) expect(await attack('/home/victim/data', script)).toBe(files);
  });

  it('refuses by the same lists as synthesis does', async () => {
    const folders = [
      ...[
        '/tmp',
        '/tmp/x',
        '/var/tmp',
        '/var/cache/nginx',
        '/var/cache',
        '/srv/web/tmp',
        '/srv/web/Cache/x',
        '/srv/web/my-scratch.d',
        '/srv/web/TMP',
      ],
      ...[
        '/etc',
        '/etc/tmp/cache',
        '/bin/a/tmp',
        '/usr/share/cache',
        '/root/.cache/x',
        '/run/user/tmp',
        '/var/lib/mysql/tmp',
        '/var/lib/app/tmp',
      ],
      ...[
        '/home/app/.ssh/tmp',
        '/home/app/.cache/pip',
        '/srv/tmp',
        '/tmpx/a/b',
        '/srv/web/templates',
        '/srv/web/tmp/',
        '/srv/./web/tmp',
        '/var/run/tmp/a',
      ],
    ];
    await shell(node, `cat > /run/script <<'SCRIPT'\n${script}\nSCRIPT`);
    const { stdout } = await node.exec(
      `for folder in ${folders.join(' ')}; do SSM_Paths=$folder SSM_DryRun=true sh /run/script 2>&1 | grep '^REFUSED' || echo ok; done`,
    );
    // That a folder is not on this machine, or leads through a link, is no matter of the lists.
    const refused = stdout
      .trimEnd()
      .split('\n')
      .map((line) => !/^ok$|none of the given folders exists|symbolic link|not of user/.test(line));
    expect(folders.map((folder, index) => [folder, refused[index]])).toEqual(
      folders.map((folder) => [folder, whyNeverCleared(folder) !== undefined]),
    );
  });

  it.each([
    { case: 'the root', paths: '/', exitCode: 11 },
    { case: 'the configuration', paths: '/etc', exitCode: 11 },
    { case: 'a folder in the configuration', paths: '/etc/tmp/cache', exitCode: 11 },
    { case: 'the programs', paths: '/usr/local/tmp', exitCode: 11 },
    { case: 'the devices', paths: '/dev/shm/tmp', exitCode: 11 },
    { case: 'the homes', paths: '/home', exitCode: 11 },
    { case: 'the home of root', paths: '/root/.cache', exitCode: 11 },
    { case: 'credentials', paths: '/home/victim/.ssh/tmp', exitCode: 11 },
    { case: '/var', paths: '/var', exitCode: 11 },
    { case: '/var/cache as a whole', paths: '/var/cache', exitCode: 11 },
    { case: '/var/lib', paths: '/var/lib', exitCode: 11 },
    { case: 'a folder of a database engine', paths: '/var/lib/mysql/tmp', exitCode: 11 },
    { case: 'a service as a whole', paths: '/srv/web', exitCode: 11 },
    { case: 'a folder that is not called temporary', paths: '/home/victim/data', exitCode: 11 },
    { case: 'templates, which are not temporary', paths: '/srv/web/templates', exitCode: 11 },
    { case: 'a way out', paths: `${folder}/../../../etc`, exitCode: 11 },
    { case: 'a relative path', paths: 'tmp', exitCode: 11 },
    { case: 'two slashes', paths: '//tmp', exitCode: 11 },
    { case: 'a command substitution', paths: '/tmp/$(touch /run/injected)', exitCode: 10 },
    { case: 'a pattern', paths: '/tmp/*', exitCode: 10 },
    { case: 'folders that do not exist', paths: '/tmp/none:/srv/none/tmp', exitCode: 11 },
    { case: 'a good folder together with a bad one', paths: `${folder}:/etc`, exitCode: 11 },
  ])('refuses $case with exit code $exitCode and deletes nothing', async ({ paths, exitCode }) => {
    await oldFiles('a');

    const result = await clear({ Paths: paths });

    expect(result.stdout).toMatch(/^REFUSED: /);
    expect(result.exitCode).toBe(exitCode);
    expect(await remaining()).toEqual(['./a']);
    expect((await node.exec(['test', '-e', '/run/injected'])).exitCode).toBe(1);
  });

  it.each([
    { case: 'the given folder itself is a link', path: `${folder}/cache`, make: `ln -s /home/victim ${folder}/cache` },
    {
      case: 'a folder above it is a link',
      path: '/srv/way/tmp',
      make: 'mkdir -p /home/victim/tmp; rm -f /srv/way; ln -s /home/victim /srv/way',
    },
  ])('refuses when $case', async ({ path, make }) => {
    await shell(node, make);

    const result = await clear({ Paths: path });

    expect(result.stdout).toContain('leads through a symbolic link');
    expect(result.exitCode).toBe(11);
    expect(await shell(node, 'cat /home/victim/file')).toBe('precious');
  });

  it.each([
    { name: 'OlderThanMinutes', value: '0' },
    { name: 'OlderThanMinutes', value: '-1' },
    { name: 'OlderThanMinutes', value: '1 -o -true' },
    { name: 'MaxFiles', value: '99999999999999999999' },
    { name: 'DryRun', value: 'yes' },
    { name: 'PackageCaches', value: '$(id)' },
    { name: 'VacuumJournalMegabytes', value: '1M' },
    { name: 'Protect', value: 'a`id`' },
    { name: 'Protect', value: 'a/b' },
  ])('refuses $name = $value', async ({ name, value }) => {
    await oldFiles('a');

    const result = await clear({ [name]: value });

    expect(result.stdout).toContain(`REFUSED: SSM_${name}`);
    expect(result.exitCode).toBe(10);
    expect(await remaining()).toEqual(['./a']);
  });

  it('shrinks the journal and clears package downloads only when asked', async () => {
    await shell(node, 'echo x > /var/cache/apt/archives/old.deb');

    const without = await clear();
    expect(without.stdout).not.toMatch(/journal|apt-get/);
    const result = await clear({ VacuumJournalMegabytes: '1', PackageCaches: 'true' });

    expect(result.stdout).toMatch(/^journal: freed/m);
    expect(result.stdout).toMatch(/^apt-get cache: freed/m);
    expect((await node.exec(['test', '-e', '/var/cache/apt/archives/old.deb'])).exitCode).toBe(1);
  });
});
