import { describe, expect, it } from 'vitest';
import { mountsBelow } from '../../nodes/mounts.ts';
import { anonymousKilobytes, cpuPercent, processorTicks, usedPercent } from '../../nodes/node-readings.ts';
import { assessHost } from '../../nodes/node-support.ts';

describe('readings', () => {
  it('find the processor time behind a command name with spaces and parentheses', () => {
    expect(processorTicks('42 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 700 30 0 0 20 0 1 0 12345')).toBe(730);
  });

  it('take the memory that belongs to the process alone', () => {
    expect(anonymousKilobytes('VmRSS:\t  90000 kB\nRssAnon:\t   28000 kB\nRssFile:\t   62000 kB\n')).toBe(28_000);
    expect(anonymousKilobytes('Name:\tnode\nState:\tZ (zombie)\nTgid:\t7\n')).toBe(0);
    expect(anonymousKilobytes('Name:\tnode\nState:\tR (running)\nTgid:\t7\n')).toBe(0);
    expect(() => anonymousKilobytes('Name:\tx\nVmRSS:\t  90000 kB\n')).toThrow('RssAnon');
  });

  it.each([
    { case: 'an empty disk', disk: { blocks: 100, bfree: 100, bavail: 100 }, percent: 0 },
    { case: 'a full disk', disk: { blocks: 100, bfree: 0, bavail: 0 }, percent: 100 },
    { case: 'a disk whose last blocks are reserved for root', disk: { blocks: 100, bfree: 5, bavail: 0 }, percent: 100 },
    { case: 'a disk without blocks', disk: { blocks: 0, bfree: 0, bavail: 0 }, percent: 0 },
  ])('call $case $percent % used', ({ disk, percent }) => {
    expect(usedPercent(disk)).toBe(percent);
  });

  it.each([
    { case: 'a fifth of a core for a second, with a limit of a fifth', ticks: 20, elapsedMs: 1000, percent: 100 },
    { case: 'a tenth of a core for two seconds, with a limit of a fifth', ticks: 20, elapsedMs: 2000, percent: 50 },
    { case: 'no time between the readings', ticks: 0, elapsedMs: 0, percent: undefined },
    { case: 'a process that was replaced', ticks: -5, elapsedMs: 1000, percent: undefined },
  ])('make $case $percent %', ({ ticks, elapsedMs, percent }) => {
    expect(cpuPercent(ticks, elapsedMs, 20)).toBe(percent);
  });
});

describe('mounts below a folder', () => {
  it('come innermost first and leave out neighbours whose names begin alike', () => {
    const line = (path: string) => `1 2 0:3 / ${path} rw - tmpfs none rw`;
    const mountinfo = ['/', '/a/b', '/a/b/c\\040d', '/a/bc'].map(line).join('\n');

    expect(mountsBelow('/a/b', mountinfo)).toEqual(['/a/b/c d', '/a/b']);
  });
});

describe('whether nodes can run', () => {
  const good = { platform: 'linux', root: true, systemdInit: true, nspawn: true, nsenter: true, aptGet: true, overlay: true };

  it('is yes with everything there', () => {
    expect(assessHost(good)).toEqual({ ok: true, how: 'nspawn' });
  });

  it.each([
    { missing: { platform: 'darwin' }, why: /need Linux/ },
    { missing: { root: false }, why: /need root/ },
    { missing: { nspawn: false }, why: /systemd-nspawn is missing/ },
    { missing: { systemdInit: false }, why: /nothing to boot/ },
    { missing: { nsenter: false }, why: /nsenter is missing/ },
    { missing: { overlay: false }, why: /no overlay/ },
  ])('names what is missing: $missing', ({ missing, why }) => {
    expect(assessHost({ ...good, ...missing })).toMatchObject({ ok: false, why: expect.stringMatching(why) });
  });
});
