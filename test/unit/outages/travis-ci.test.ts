import { anInstance } from '@self-healing/simulation/accounts.ts';
import { aRung } from '@self-healing/simulation/builders.ts';
import { NO_HAZARDS } from '@self-healing/simulation/story.ts';
import { describe, expect, it } from 'vitest';
import { remediatorNamed } from '../../../lambdas/remediators/registry.ts';
import { aFault, fleetOf, fleetPolicy, memberId, reasonsOf, simulated } from '../../support/outage-stage.ts';

// Travis CI, 2016: a clean-up deleted images of virtual machines by their age, and with them good ones that were in use.

const clearing = (params: Record<string, unknown>) => fleetPolicy({ ladder: [aRung({ remedy: 'clear-caches', params })] });

const clear = remediatorNamed('clear-caches');
const isAccepted = (params: unknown) => clear?.params.safeParse(params).success;

describe('Travis CI, 2016: a clean-up by age deleted what was in use', () => {
  it.each([['/'], [''], ['tmp'], ['.'], ['/tmp/*'], ['/tmp:/etc'], ['/tmp; rm -rf /'], ['$HOME/cache']])(
    'the folder "%s" is none, and a policy with it does nothing but call people',
    async (folder) => {
      const history = await simulated({ policies: [clearing({ paths: [folder] })] });
      expect(history.acts).toEqual([]);
      expect(reasonsOf(history)).toEqual(['unexpected-error']);
      expect(history.notices).toHaveLength(1);
    },
  );

  it.each([
    ['no folder', { paths: [] }],
    ['a folder of Windows without a drive', { windowsPaths: ['\\Temp'] }],
    ['the root of a drive', { windowsPaths: ['C:\\'] }],
    ['an age of more than a year', { olderThan: { days: 366 } }],
    ['a protected name with a separator in it', { protect: ['keep:me'] }],
    ['a parameter that is misspelt', { protected: ['keep'] }],
  ])('%s is refused', (_, params) => {
    expect(isAccepted({})).toBe(true);
    expect(isAccepted(params)).toBe(false);
  });

  it('without a word about it only files are deleted that nobody touched for a day', () => {
    expect(clear?.params.parse({})).toMatchObject({ olderThan: { days: 1 }, paths: ['/tmp', '/var/tmp'], dockerLeftovers: false });
  });

  it('the protect list and the age reach the one instance that the alarm names', async () => {
    const sent: unknown[] = [];
    const policy = clearing({ olderThan: { days: 30 }, protect: ['stable-*', '*.img'] });
    const history = await simulated(
      { policies: [policy], faults: [aFault({ curedBy: ['clear-caches'] })] },
      {
        breakPorts: (ports) => ({
          ...ports,
          commands: {
            ...ports.commands,
            send(request) {
              sent.push([request.instanceId, request.parameters.Protect, request.parameters.OlderThanMinutes]);
              return ports.commands.send(request);
            },
          },
        }),
      },
    );
    expect(sent).toEqual([[memberId(0), 'stable-*:*.img', String(30 * 24 * 60)]]);
    expect(history.acts).toHaveLength(1);
  });

  it('an instance that people have excluded is never cleaned', async () => {
    const [, ...others] = fleetOf(10);
    const kept = anInstance({ id: memberId(0), tags: { SelfHeal: 'enabled', SelfHealExclude: 'holds the good images' } });
    const history = await simulated({ policies: [clearing({})], instances: [kept, ...others] });
    expect(history.acts).toEqual([]);
    expect(reasonsOf(history)).toEqual(['excluded']);
  });

  it('a clean-up that the script refused, as for a system folder, is not sent again', async () => {
    const history = await simulated({ policies: [clearing({ paths: ['/etc'] })], hazards: { ...NO_HAZARDS, failedCommands: 1 } });
    expect(history.acts).toHaveLength(1);
    expect(history.lines.filter(({ kind }) => kind === 'outcome')).toMatchObject([{ outcome: 'handed-off', reason: 'ladder-exhausted' }]);
  });
});
