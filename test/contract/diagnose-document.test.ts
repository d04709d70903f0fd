import { bootNode, type ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { runDocument, shell, whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentScript } from '../support/document-script.ts';

const script = documentScript('diagnose');

/** The sections of what the script prints, by their titles. */
function sectionsOf(output: string): ReadonlyMap<string, readonly string[]> {
  const [, ...parts] = `\n${output}`.split('\n## ');
  return new Map(
    parts.map((part) => {
      const [title = '', ...lines] = part.trimEnd().split('\n');
      return [title, lines.map((line) => line.trim())];
    }),
  );
}

describe.skipIf(whyNoNodes !== '')(`the diagnose document on a node${whyNoNodes}`, () => {
  let node: ManagedNode;

  beforeAll(async () => {
    node = await bootNode({ name: 'diagnosed', instanceId: 'i-0000000000000000c' });
    // The disk of the node is to be the fullest one: `/` is the whole host's.
    await shell(node, 'mkdir /srv/web/old; head -c 5000000 /dev/zero >/srv/web/old/one');
  });
  afterAll(() => node?.destroy());

  const run = async () => {
    const { exitCode, stdout, stderr } = await runDocument(node, script, {});
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return { stdout, sections: sectionsOf(stdout) };
  };
  /** Has a program run under the name and arguments given until the next call. */
  const busy = async (...words: readonly string[]) => {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    await shell(node, `systemctl stop busy.service 2>/dev/null || true; systemd-run -q --unit=busy --collect ${quoted}`);
    // It has the memory only when it has run for a moment.
    await expect
      .poll(() => shell(node, 'awk "/VmRSS/ { print (\\$2 > 60000) }" /proc/$(systemctl show -p MainPID --value busy)/status'), {
        timeout: 60_000,
      })
      .toBe(words.includes('spinner') ? '0' : '1');
  };

  it('tells of the machine, and of its last boot', async () => {
    const { sections } = await run();
    expect([...sections.keys()]).toEqual([
      'Machine',
      'Processes with most memory',
      'Processes with most CPU',
      'Fullest file systems',
      expect.stringMatching(/^Fullest folders of \//),
      'Last errors since the boot',
    ]);
    const machine = sections.get('Machine') ?? [];
    expect(machine[0]).toMatch(/^last boot 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(machine[1]).toMatch(/^load [\d.]+, [\d.]+, [\d.]+ on \d+ processors$/);
    expect(machine[2]).toMatch(/^memory \d+ of \d+ MiB available, swap \d+ of \d+ MiB free$/);
  });

  it('names failed units, with and without the sign that systemd 219 puts before them', async () => {
    await shell(
      node,
      `printf '%s\\n' '#!/bin/sh' 'echo "* web@1.service loaded failed failed Web"; echo "mail.service loaded failed failed Mail"' > /usr/local/bin/systemctl
      chmod +x /usr/local/bin/systemctl`,
    );
    const { sections } = await run().finally(() => shell(node, 'rm /usr/local/bin/systemctl'));
    expect(sections.get('Machine')).toEqual(expect.arrayContaining(['failed unit web@1.service', 'failed unit mail.service']));
  });

  it('names the process with most memory and the one with most CPU, with user and command line', async () => {
    await busy('perl', '-e', '$$x = "a" x 120000000; sleep 300', 'hog');
    expect((await run()).sections.get('Processes with most memory')?.[0]).toMatch(/^\d{2,} MiB, process \d+ of root: \S*perl -e .*hog$/);
    await busy('perl', '-e', '1 while 1', 'spinner');
    expect((await run()).sections.get('Processes with most CPU')?.[0]).toMatch(/^\d+ %, process \d+ of root: \S*perl -e .*spinner$/);
    await shell(node, 'systemctl stop busy.service');
  });

  it.each([
    ['an option with a value behind it', ['--password', 'hunter2']],
    ['an option with its value', ['--db-password=hunter2']],
    ['a value of several words', ['--token', 'hunter2 and hunter2']],
    ['a variable in a script', ['DB_PASSWD=hunter2 run']],
    ['a URL', ['postgres://app:hunter2@db/orders']],
    ['a URL with a slash in its password', ['https://app:hun/hunter2@host/']],
    ['a header', ['Authorization: Bearer hunter2']],
    ['a value behind a space', ['password= hunter2']],
    ['a secret access key', ['wJalrXUtnFEMIK7MDENGbPxRfiCYhunter2KEY12']],
    ['a key with a line break in it', ['--private-key', 'line\nhunter2']],
  ])('leaves a secret out that is %s', async (_, words) => {
    await busy('perl', '-e', '$$x = "a" x 90000000; sleep 300', '--', ...words);
    const { stdout } = await run();
    expect(stdout).toMatch(/perl -e .*\[redacted\]/);
    expect(stdout).not.toContain('hunter2');
    await shell(node, 'systemctl stop busy.service');
  });

  it('leaves the password of a database client out that is a short option', async () => {
    await shell(node, 'ln -sf "$(command -v perl)" /usr/local/bin/mysql');
    await busy('/usr/local/bin/mysql', '-e', '$$x = "a" x 90000000; sleep 300', '--', '-phunter2');
    const { stdout } = await run();
    expect(stdout).toContain('-p[redacted]');
    expect(stdout).not.toContain('hunter2');
    await shell(node, 'systemctl stop busy.service; rm /usr/local/bin/mysql');
  });

  it('names the fullest folder by what is in itself, and follows no link', async () => {
    await shell(
      node,
      'cd /srv/web; mkdir -p shop/uploads elsewhere; head -c 19000000 /dev/zero >shop/uploads/one; ln -s /srv/web/shop/uploads elsewhere/link',
    );
    const { sections } = await run();
    const folders = [...sections].find(([title]) => title.startsWith('Fullest folders'))?.[1] ?? [];
    expect(folders).toContainEqual(expect.stringMatching(/^18 MiB in \/srv\/web\/shop\/uploads$/));
    expect(folders.join('\n')).not.toMatch(/elsewhere|in \/srv\/web\/shop$/m);
    await shell(node, 'rm -r /srv/web/shop /srv/web/elsewhere');
  });

  it('keeps the last errors, on one line each, however long and whatever is in them', async () => {
    await shell(node, `systemd-cat -p err -t shop printf '%s\\n' 'pool exhausted' "## Machine" "$(printf '%02000d' 7)"; journalctl --sync`);
    const { sections, stdout } = await run();
    expect(sections.get('Last errors since the boot')?.join('\n')).toContain('pool exhausted');
    expect(stdout.match(/^## Machine$/gm)).toHaveLength(1);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(241);
  });

  it('takes no file or process for more than it is, whatever its name', async () => {
    await shell(
      node,
      `mkdir -p "/srv/web/$(printf 'a\\n## Machine\\n1 b')"; head -c 5000000 /dev/zero >"/srv/web/$(printf 'a\\n## Machine\\n1 b')/one"`,
    );
    await shell(node, 'cp "$(command -v sleep)" "/tmp/x) S 1 1 (y"; systemd-run -q --unit=odd --collect "/tmp/x) S 1 1 (y" 300');
    expect((await run()).stdout.match(/^## Machine$/gm)).toHaveLength(1);
    await shell(node, 'systemctl stop odd.service; rm -r /srv/web/a* /tmp/x*');
  });

  it('changes nothing', async () => {
    const files =
      'find /etc /opt /srv /usr/local /var/lib /var/spool /tmp -xdev -newer /run/before -not -path "/var/lib/amazon/*" -not -path "/tmp/systemd-*"';
    await shell(node, 'touch /run/before; sync');
    await run();
    expect(await shell(node, files)).toBe('');
  });
});
