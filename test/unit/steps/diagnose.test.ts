import { anInstance } from '@self-healing/simulation/accounts.ts';
import { aPolicy, aState, INSTANCE_ID, NOW } from '@self-healing/simulation/builders.ts';
import { FIRST_RECORD, failing, fakePorts, type World } from '@self-healing/simulation/doubles/fake-ports.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { TryAgain } from '../../../lambdas/core/failure.ts';
import { conclude } from '../../../lambdas/core/next.ts';
import { endFor } from '../../../lambdas/core/reasons.ts';
import type { WorkflowState } from '../../../lambdas/core/workflow-state.ts';
import type { Diagnostic } from '../../../lambdas/diagnostics/diagnostic.ts';
import { diagnostics, diagnosticsAt } from '../../../lambdas/diagnostics/registry.ts';
import { type DiagnoseSettings, diagnose } from '../../../lambdas/steps/diagnose.ts';

const never = () => new Promise<never>(() => {});
const handOff = conclude(endFor('ladder-exhausted', 'none helped', 2));

let world: World;
beforeEach(() => {
  world = fakePorts();
  world.account.instances.set(INSTANCE_ID, anInstance());
  world.account.agents.set(INSTANCE_ID, 'online');
  world.account.commandsEnd.look = {
    ...{ status: 'succeeded', detail: 'Success', exitCode: 0, errors: '' },
    output: '## Machine\n load 9\n## Processes with most memory\n 812 MiB, process 7 of app: java -Ddb.password=hunter2 shop.jar\n',
  };
});

const look = (given: Partial<WorkflowState> = {}, settings: Partial<DiagnoseSettings> = {}) =>
  diagnose(
    aState({ next: handOff, ...given }),
    { diagnostics: diagnosticsAt('aws'), document: 'healing-diagnose', timeIsUp: never, ...settings },
    world.ports,
    NOW,
  );
const one = (gather: Diagnostic['gather']): Diagnostic => ({ name: 'made-up', appliesTo: () => true, permissions: [], gather });

describe('the diagnosis of a hand-off', () => {
  it('tells what EC2 says of the instance, and what is to be seen on it, without secrets', async () => {
    const sections = await look();
    expect(sections.map(({ title }) => title)).toEqual(['Instance', 'Machine', 'Processes with most memory']);
    expect(sections[0]?.lines).toContain('status checks: ok');
    expect(sections[2]?.lines).toEqual(['812 MiB, process 7 of app: java -Ddb.password=[redacted] shop.jar']);
  });

  it('is not read for another end, and nobody is asked', async () => {
    expect(await look({ next: conclude(endFor('healed', 'gone', 1)) })).toEqual([]);
    expect(world.calls).toEqual([]);
  });

  it('adds to what an earlier step read, and keeps that where it reads nothing', async () => {
    const diagnosis = [{ title: 'Database', lines: ['available'] }];
    const settings = { diagnostics: [one(async () => [{ title: 'Sessions', lines: ['3'] }])] };
    expect(await look({ diagnosis }, settings)).toEqual([...diagnosis, { title: 'Sessions', lines: ['3'] }]);
    expect(await look({ diagnosis, next: conclude(endFor('healed', 'gone', 1)) }, settings)).toEqual(diagnosis);
  });

  it('tells of each look that failed or hung, and of all others what they saw', async () => {
    const settings = {
      diagnostics: [
        one(async () => Promise.reject(new TryAgain('describe it: Throttling', undefined))),
        { ...one(never), name: 'slow' },
        one(async () => [{ title: 'Seen', lines: ['well'] }]),
      ],
    };
    const { promise, resolve } = Promise.withResolvers<void>();
    const answer = look({}, { ...settings, timeIsUp: () => promise });
    // The others have seen what they see.
    await new Promise(setImmediate);
    resolve();
    expect(await answer).toEqual([
      { title: 'Made up', lines: ['not known: describe it: Throttling'] },
      { title: 'Slow', lines: ['not known: it took too long'] },
      { title: 'Seen', lines: ['well'] },
    ]);
  });

  it('changes nothing and writes nothing', async () => {
    await look();
    expect(world.calls.toSorted()).toEqual([
      'commands.agent',
      'commands.look',
      'instances.describe',
      'instances.describe',
      'instances.statusChecks',
      'instances.statusChecks',
      'modes.read',
      'pauseSwitch.read',
    ]);
  });
});

describe('nobody goes onto the machine', () => {
  it('while the pipeline is paused; what AWS says is told all the same', async () => {
    world.pause.text = 'noon (by anna)';
    const sections = await look();
    expect(sections).toMatchObject([{ title: 'Instance' }, { title: 'Machine', lines: [expect.stringContaining('not looked at: ')] }]);
    expect(sections[1]?.lines[0]).toContain('noon (by anna)');
    expect(world.calls).not.toContain('commands.look');
  });

  it('where it cannot be read whether the pipeline is paused', async () => {
    world.disturb.before = (call) => {
      if (call === 'pauseSwitch.read') throw new TryAgain('read the switch: no answer', undefined);
    };
    expect(await look()).toMatchObject([{}, { title: 'Machine', lines: ['not known: read the switch: no answer'] }]);
    expect(world.calls).not.toContain('commands.look');
  });

  it.each([
    ['demoted to shadow', 'shadow', () => world.approvals.overrides.set('Web-memory', { mode: 'shadow', why: 'x', at: NOW, by: 'ada' })],
    ['deployed anew', 'deployed anew', () => world.records.set('Web-memory', ['another record'])],
    ['taken away', 'taken away', () => world.records.set('Web-memory', [])],
  ])('for a policy that was %s since', async (_, words, arrange) => {
    arrange();
    const sections = await look({ record: FIRST_RECORD });
    expect(sections[1]).toMatchObject({ title: 'Machine', lines: [expect.stringContaining(`not looked at: `)] });
    expect(sections[1]?.lines[0]).toContain(words);
    expect(world.calls.filter((call) => call.startsWith('commands.'))).toEqual([]);
  });

  it.each(['muted', 'policy-changed'] as const)('after an end for %s', async (reason) => {
    await look({ next: conclude(endFor(reason, 'a person did it', 1)) });
    expect(world.calls.filter((call) => call.startsWith('commands.'))).toEqual([]);
  });

  it.each(['modes.read', 'policyRecords.current'])('where the last look fails at %s', async (failed) => {
    failing(world, failed, new TryAgain('no answer', undefined));
    expect(await look({ record: FIRST_RECORD })).toMatchObject([{}, { title: 'Machine', lines: ['not known: no answer'] }]);
    expect(world.calls).not.toContain('commands.look');
  });

  it('where a policy of earlier versions is in the mode shadow', async () => {
    await look({ policy: aPolicy({ mode: 'shadow' }) });
    expect(world.calls).not.toContain('commands.look');
  });

  it.each([
    ['is not running', () => world.account.instances.set(INSTANCE_ID, anInstance({ state: 'stopped' })), 'it is not running'],
    ['does not answer EC2', () => world.account.statusChecks.set(INSTANCE_ID, 'impaired'), 'its status checks fail'],
    ['has a silent agent', () => world.account.agents.set(INSTANCE_ID, 'silent'), 'its Systems Manager agent does not answer'],
    ['is unknown to Systems Manager', () => world.account.agents.delete(INSTANCE_ID), 'Systems Manager does not know it'],
  ])('that %s, and nobody waits for it', async (_, arrange, why) => {
    arrange();
    const sections = await look();
    expect(sections.find(({ title }) => title === 'On the machine')?.lines.join()).toContain(`not seen: ${why}`);
    expect(world.calls).not.toContain('commands.look');
  });
});

describe('a look on a machine', () => {
  const seen = async () => (await look()).filter(({ title }) => title !== 'Instance');

  it('that did not answer in time is said to be missing', async () => {
    world.account.commandsEnd.look = undefined;
    world.ports.commands.look = async () => undefined;
    expect(await seen()).toEqual([{ title: 'On the machine', lines: ['not seen: it did not answer within half a minute'] }]);
  });

  it('that failed tells what it saw before, and how it failed', async () => {
    world.account.commandsEnd.look = {
      status: 'timed-out',
      detail: 'Execution Timed Out',
      output: '## Machine\n load 9',
      errors: 'killed',
    };
    expect(await seen()).toEqual([
      { title: 'Machine', lines: ['load 9'] },
      { title: 'On the machine', lines: ['not seen: the script ended as Execution Timed Out: killed'] },
    ]);
  });

  it('parts no secret from its beginning on another line', async () => {
    const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----';
    world.account.commandsEnd.look = {
      status: 'succeeded',
      detail: 'Success',
      output: `## Last errors since the boot\n ${key}\n after`,
      errors: '',
    };
    expect(await seen()).toEqual([{ title: 'Last errors since the boot', lines: ['[redacted]', 'after'] }]);
  });
});

it('every diagnostic has a name of its own, and is run at one place', () => {
  const names = diagnostics.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const run = [...diagnosticsAt('aws'), ...diagnosticsAt('database')].map(({ name }) => name);
  expect(run.toSorted()).toEqual(names.toSorted());
});
