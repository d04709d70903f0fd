import { bootNode, type ManagedNode } from '@self-healing/local-aws/nodes/managed-node.ts';
import { runDocument, shell, whyNoNodes } from '@self-healing/local-aws/testing/nodes.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AgingDisk, agingDisk } from '../support/aging-disk.ts';
import { CACHE_SERVER, DOCKER_LEFTOVERS } from '../support/cache-stand-ins.ts';
import { documentScript } from '../support/document-script.ts';

const script = documentScript('clear-caches');
const folder = '/srv/web/tmp';

describe.skipIf(whyNoNodes !== '')(`the options of clear-caches on a node${whyNoNodes}`, () => {
  let node: ManagedNode;
  let disk: AgingDisk;

  beforeAll(async () => {
    node = await bootNode({ name: 'options', instanceId: 'i-0000000000000000c' });
    disk = await agingDisk(node, folder);
  });
  afterAll(async () => {
    await disk?.detach();
    await node?.destroy();
  });

  const clear = (parameters: Readonly<Record<string, string>> = {}) => runDocument(node, script, { Paths: folder, ...parameters });
  const write = (path: string, text: string) => shell(node, `cat > ${path} <<'TEXT'\n${text}\nTEXT\nchmod +x ${path}`);

  it('tells how many files and inodes came back', async () => {
    await shell(node, `cd ${folder}; seq 300 | xargs touch -d '3 days ago'`);
    await disk.age();

    const { stdout } = await clear();

    const inodes = [...stdout.matchAll(/disk of \S+ (?:before|after): .*, (\d+) inodes free/g)].map(([, free]) => Number(free));
    expect(inodes).toHaveLength(2);
    expect((inodes[1] ?? 0) - (inodes[0] ?? 0)).toBe(300);
    expect(stdout).toMatch(/total: freed 300 files/);
  });

  it('does none of the options unless asked', async () => {
    const { stdout, exitCode } = await clear();

    expect(stdout).not.toMatch(/page cache|docker|redis|memcached/);
    expect(exitCode).toBe(0);
  });

  it.each([
    { name: 'PageCache', value: '1' },
    { name: 'DockerLeftovers', value: '$(id)' },
    { name: 'FlushService', value: 'mysql' },
    { name: 'FlushService', value: 'redis; touch /run/injected' },
    { name: 'FlushPort', value: '70000' },
    { name: 'FlushPort', value: '6379 -h 10.0.0.1' },
    { name: 'FlushPort', value: '-1' },
  ])('refuses $name = $value and deletes nothing', async ({ name, value }) => {
    await shell(node, `touch -d '3 days ago' ${folder}/a`);

    const result = await clear({ FlushService: 'redis', [name]: value });

    expect(result.stdout).toContain(`REFUSED: SSM_${name}`);
    expect(result.exitCode).toBe(10);
    expect(await shell(node, `ls ${folder}/a; ls /run/injected 2>/dev/null || true`)).toBe(`${folder}/a`);
  });

  describe('the page cache', () => {
    it('says so where the kernel does not let it be dropped, which is so in a container', async () => {
      const result = await clear({ PageCache: 'true' });

      expect(result.stdout).toContain('page cache: the kernel did not let it be dropped');
      expect(result.exitCode).toBe(13);
    });

    // The kernel is the host's, so a file takes the place of its switch.
    it('alone is dropped, not directory entries and inodes, after a sync', async () => {
      await shell(node, 'touch /run/switch; mount --bind /run/switch /proc/sys/vm/drop_caches');

      const dry = await clear({ PageCache: 'true', DryRun: 'true' });
      const untouched = await shell(node, 'cat /run/switch');
      const result = await clear({ PageCache: 'true' }).finally(() => shell(node, 'umount /proc/sys/vm/drop_caches'));

      expect(dry.stdout).toMatch(/page cache \(at most\): would free [\d.]+ \w+ of memory \([1-9]\d+ bytes\)/);
      expect(untouched).toBe('');
      expect(await shell(node, 'cat /run/switch')).toBe('1');
      expect(result.stdout).toMatch(/page cache: freed [\d.]+ \w+ of memory \(\d+ bytes\)/);
      expect(result.exitCode).toBe(0);
    });
  });

  describe('Docker leftovers', () => {
    /** Containers: `id finished bytes name`; the stand-in lists those that ended. */
    const present = (kind: string) => shell(node, `ls /run/docker/${kind}`);

    beforeAll(() => write('/usr/local/sbin/docker', DOCKER_LEFTOVERS));
    beforeEach(() =>
      shell(
        node,
        `rm -rf /run/docker; mkdir -p /run/docker/container /run/docker/image; cd /run/docker
         old=$(date -u -d '3 days ago' +%Y-%m-%dT%H:%M:%S.123456789Z); young=$(date -u -d '1 hour ago' +%Y-%m-%dT%H:%M:%S.123456789Z)
         echo "aaa $old 1000 /ended-long-ago" > container/aaa; echo "bbb $young 1000 /ended-lately" > container/bbb
         echo "ccc $old 1000 /keep-me" > container/ccc; echo "ddd 0001-01-01T00:00:00Z 1000 /never-ran" > container/ddd
         echo "eee $old 1000 /in-use" > container/eee; touch container/eee.in-use
         echo "sha256:111 $old 5000 -" > image/sha256:111; echo "sha256:222 $young 5000 -" > image/sha256:222`,
      ),
    );

    it('that are old go, by the time of their end, and each is reported', async () => {
      const result = await clear({ DockerLeftovers: 'true', Protect: 'keep-*' });

      expect(await present('container')).toBe('bbb\nccc\nddd\neee\neee.in-use');
      expect(await present('image')).toBe('sha256:222');
      expect(result.stdout).toContain('docker containers: freed 1, at most 1000 B (1000 bytes); kept 2');
      expect(result.stdout).toContain('docker images: freed 1, at most 4.9 KB (5000 bytes); kept 0');
      expect(result.stdout).toContain('total: freed 0 files, 5.9 KB (6000 bytes)');
      expect(result.exitCode).toBe(0);
    });

    it('are removed without force and without volumes', async () => {
      await clear({ DockerLeftovers: 'true' });

      const asked = await shell(node, 'cat /run/docker/asked');
      expect(asked).toMatch(/^container rm aaa$/m);
      expect(asked).not.toMatch(/prune|--force|-f |--volumes|-v |volume/);
    });

    it('stay in a dry run', async () => {
      const result = await clear({ DockerLeftovers: 'true', DryRun: 'true' });

      expect(result.stdout).toContain('docker containers: would free 3');
      expect(await shell(node, 'grep -c " rm " /run/docker/asked || true')).toBe('0');
    });

    it('are left where the engine does not answer', async () => {
      await shell(node, 'touch /run/docker/silent');

      const result = await clear({ DockerLeftovers: 'true' });

      expect(result.stdout).toContain('docker: not on this machine, or it does not answer; skipped');
      expect(result.exitCode).toBe(0);
    });
  });

  describe('a cache of this machine', () => {
    const asked = () => shell(node, 'cat /run/cache/asked 2>/dev/null || true');

    /** Starts a stand-in that speaks the protocol of the cache, in the manner of a case. */
    const serve = async (kind: string, port: number) => {
      await write('/run/cache-server.mjs', CACHE_SERVER);
      await shell(
        node,
        `rm -rf /run/cache; mkdir /run/cache; setsid /usr/local/lib/rehearsal/node /run/cache-server.mjs ${kind} ${port} >/run/cache/log 2>&1 </dev/null & echo $! > /run/cache.pid
         for i in $(seq 50); do [ -e /run/cache/ready ] && exit 0; sleep 0.1; done; cat /run/cache/log; exit 1`,
      );
      return { [Symbol.asyncDispose]: async () => void (await shell(node, 'kill $(cat /run/cache.pid)')) };
    };

    it('is emptied when it is Redis, in the background, and the memory is reported', async () => {
      await using _server = await serve('redis', 6379);

      const result = await clear({ FlushService: 'redis' });

      expect(result.stdout).toContain('redis: freed 9.5 MB of memory (10000000 bytes)');
      expect(await asked()).toContain('FLUSHALL ASYNC');
      expect(result.exitCode).toBe(0);
    });

    it('is only measured in a dry run', async () => {
      await using _server = await serve('redis', 6400);

      const result = await clear({ FlushService: 'redis', FlushPort: '6400', DryRun: 'true' });

      expect(result.stdout).toContain('redis (at most): would free 10.5 MB of memory (11000000 bytes)');
      expect(await asked()).not.toContain('FLUSHALL');
    });

    it('forgets everything when it is memcached', async () => {
      await using _server = await serve('memcached', 11_211);

      const result = await clear({ FlushService: 'memcached' });

      expect(result.stdout).toContain('memcached: forgot 7 items of 9.8 KB (10000 bytes)');
      expect(await asked()).toContain('flush_all');
      expect(result.exitCode).toBe(0);
    });

    it.each([
      { kind: 'redis-with-file', why: 'it keeps an append-only file' },
      { kind: 'redis-replica', why: 'it is a replica' },
      { kind: 'redis-with-password', why: 'it asks for a password' },
      { kind: 'web-server', why: 'no Redis answers' },
      { kind: 'flood', why: 'no Redis answers' },
      { kind: 'mute', why: 'no Redis answers' },
    ])('is left alone when it is a $kind', async ({ kind, why }) => {
      await using _server = await serve(kind, 6379);

      const result = await clear({ FlushService: 'redis' });

      expect(result.stdout).toContain(`redis: not emptied: ${why}`);
      expect(result.stdout).toContain(`FAILED: nothing was freed: redis was not emptied: ${why}`);
      expect(await asked()).not.toContain('FLUSHALL');
      expect(result.exitCode).toBe(13);
      expect(result.stdout.length).toBeLessThan(2000);
    });

    it('that is not there is said, and the folders are cleared all the same', async () => {
      await shell(node, `touch -d '3 days ago' ${folder}/a`);
      await disk.age();

      const result = await clear({ FlushService: 'memcached', FlushPort: '12345' });

      expect(result.stdout).toContain('no memcached answers on port 12345');
      expect(result.stdout).toContain('total: freed 1 files');
      expect(result.stdout).toContain('PARTLY: memcached was not emptied: no memcached answers on port 12345');
      expect(result.exitCode).toBe(0);
    });
  });
});
