import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { commandVersion } from '../../../bin/heal/command-version.ts';
import { commands } from '../../../bin/heal/commands.ts';
import { givenJson, givenText } from '../../../bin/heal/given-file.ts';
import { endsWithItsReader } from '../../../bin/heal/pipe.ts';
import { program } from '../../../bin/heal/program.ts';
import { sinceOption } from '../../../bin/heal/since.ts';
import { span } from '../../../bin/heal/span.ts';
import { watched, watchOption } from '../../../bin/heal/watch.ts';

const whole = program();
const helpOf = (name: string) => {
  const parts: string[] = [];
  const command = whole.commands.find((each) => each.name() === name);
  command?.configureOutput({ writeOut: (more) => parts.push(more) }).outputHelp();
  return parts.join('');
};

describe('the commands', () => {
  it('are those of the registry, each under its name', () => {
    expect(whole.commands.map((command) => command.name())).toEqual(Object.keys(commands));
  });

  it.each(Object.keys(commands))('%s names the place, the zone and the form of its answer, unless it prints a script', (name) => {
    const options = whole.commands.find((each) => each.name() === name)?.options.map(({ long }) => long) ?? [];
    const common = ['--pipeline', '--region', '--profile', '--utc', '--json'];
    expect(options).toEqual(expect.arrayContaining(name === 'completion' ? [] : common));
  });

  it.each(Object.entries(commands).filter(([name]) => name !== 'completion'))('%s says what its JSON holds', (_, { json }) => {
    expect(Object.keys(json)).not.toEqual([]);
  });

  it('have the version of the package', () => {
    expect(whole.version()).toBe(commandVersion);
    expect(commandVersion).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it.each(['status', 'history', 'why', 'pause', 'deny', 'demote', 'advise'])('%s shows examples', (name) => {
    expect(helpOf(name)).toContain(`Examples:\n  self-healing-pipeline ${name}`);
  });

  it('say spans as people do', () => {
    expect(helpOf('history').replaceAll(/\s+/g, ' ')).toContain('(default: 1d)');
    expect(sinceOption('7d').defaultValue).toBe(7 * 86_400_000);
  });
});

describe('a span', () => {
  it.each([
    ['30s', 30_000],
    ['30m', 1_800_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
  ])('%s is %i milliseconds', (typed, milliseconds) => {
    expect(span(typed)).toBe(milliseconds);
  });

  it.each(['', '7', 'd', '7 d', '-1h', '1.5h', '1w', '86400000'])('"%s" is none', (typed) => {
    expect(() => span(typed)).toThrow('must be seconds, minutes, hours or days');
  });

  it.each(['3651d', '30000d', '999999999d', '99999999999999999999s'])('is not as long as %s, which may be no date', (typed) => {
    expect(() => span(typed)).toThrow('must be 3650d at the most');
    expect(span('3650d')).toBe(3_650 * 86_400_000);
  });
});

describe('a command that is watched', () => {
  it.each([
    ['0s', undefined, 'must be 1s or longer'],
    ['1s', 2_000, 'must be 2s or longer'],
  ])('is not asked every %s', (typed, shortest, says) => {
    expect(() => watchOption(shortest).parseArg?.(typed, undefined)).toThrow(says);
    expect(watchOption(shortest).parseArg?.('2s', undefined)).toBe(2_000);
  });

  it('ends where its reader closes the pipe, and fails of anything else', () => {
    const out = new EventEmitter();
    const end = vi.fn();
    endsWithItsReader(out, end);
    out.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    expect(end).toHaveBeenCalledOnce();
    expect(() => out.emit('error', Object.assign(new Error('no space'), { code: 'ENOSPC' }))).toThrow('no space');
  });

  it('answers once where nobody asked for more', async () => {
    const once = vi.fn(async () => {});
    await watched({}, once);
    expect(once).toHaveBeenCalledTimes(1);
  });

  it.each([
    [true, 5_000],
    [10_000, 10_000],
  ] as const)('answers again after each span (%s), until it is stopped', async (watch, span) => {
    const waits: number[] = [];
    const once = vi.fn(async () => {});
    const wait = async (milliseconds: number) => {
      waits.push(milliseconds);
      if (waits.length === 3) throw new Error('Ctrl-C');
    };
    await expect(watched({ watch }, once, wait)).rejects.toThrow('Ctrl-C');
    expect([once.mock.calls.length, waits]).toEqual([3, [span, span, span]]);
  });
});

describe('wrong arguments', () => {
  const said = (...typed: readonly string[]) => {
    const parts: string[] = [];
    const asked = program(typed).exitOverride();
    for (const each of [asked, ...asked.commands]) {
      each.exitOverride();
      each.configureOutput({ writeErr: (text) => parts.push(text) });
    }
    expect(() => asked.parse([...typed], { from: 'user' })).toThrow();
    return parts.join('');
  };

  it('are told in JSON where that is asked for', () => {
    expect(JSON.parse(said('history', '--sinc', '3d', '--json'))).toEqual({
      error: "unknown option '--sinc'\n(Did you mean --since?)",
      next: 'see what it takes with "self-healing-pipeline history --help"',
    });
  });

  it('are told with what to do next', () => {
    expect(said('history', '--sinc', '3d')).toBe(
      'unknown option \'--sinc\'\n  (Did you mean --since?)\n→ see what it takes with "self-healing-pipeline history --help"\n',
    );
    expect(said('--region', 'eu-west-1', 'status')).toMatch(/\n→ see the commands with .+ options stand behind the command\n$/);
  });

  // What is empty is an unset variable of a shell, and the SDK takes the usual profile for an empty one.
  const named = Object.keys(commands).filter((name) => name !== 'completion');
  it.each(named.flatMap((name) => ['--pipeline', '--region', '--profile'].map((option) => [name, option])))(
    'are those of %s with an empty %s',
    (name, option) => {
      expect(said(name, option, '')).toContain('must have 1 to 255 characters');
    },
  );

  const about = ['why', 'approve', 'deny', 'promote', 'release-breaker', 'drill'].map((name) => [name, '']);
  const withReason = ['demote', 'hold-breaker'].map((name) => [name, '', 'a reason']);
  it.each([...about, ...withReason])('are those of %s about nothing', (...typed) => {
    expect(said(...typed)).toContain('must have 1 to 255 characters');
  });

  const ofHub = ['status', 'doctor', 'drill', 'resume', 'pause why'].map((words) => words.split(' '));

  it.each(ofHub)('are a hub without all its pipelines: %s', (...typed) => {
    expect(said(...typed, '--hub', 'platform')).toMatch(/^option '--hub <name>' belongs to option '--all'/);
  });

  it.each(ofHub)('are one pipeline and all of a hub: %s', (...typed) => {
    expect(said(...typed, '--all', '--pipeline', 'shop')).toMatch(/^option '--all' cannot be used with option '--pipeline <name>'/);
  });

  it.each([
    [['status', '--all', '--limit', '3'], "option '--all' cannot be used with option '--limit <n>'"],
    [['doctor', '--all', '--only', 'roles'], "option '--all' cannot be used with option '--only <check...>'"],
    [['doctor', '--all', '--on-nodes'], "option '--all' cannot be used with option '--on-nodes'"],
    [['drill', 'Fleet-memory', '--minutes', '10'], "option '--minutes <number>' belongs to option '--for-real'"],
    [['drill', 'Fleet-memory', '--target', ''], 'must have 1 to 255 characters'],
    [['drill', 'Fleet-memory', '--target', 'i'.repeat(256)], 'must have 1 to 255 characters'],
    [['history', '--target', ' '], 'must have 1 to 255 characters'],
    [['history', '--policy', ''], 'must have 1 to 255 characters'],
    [['history', '--since', '0d'], 'must be longer than nothing'],
  ])('are %j', (typed, says) => {
    expect(said(...typed)).toContain(says);
  });
});

describe('a file that somebody names', () => {
  it('fails in words where it is not there, or is no JSON', () => {
    expect(() => givenText('/nope', 'name it')).toThrow('the file /nope cannot be read: ENOENT');
    expect(() => givenJson(import.meta.filename, 'name it')).toThrow(`the file ${import.meta.filename} is no JSON`);
    expect(givenJson(`${import.meta.dirname}/../../../package.json`, 'name it')).toHaveProperty('name');
  });
});
