import { aRung, HOUR } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { aFault, fleetPolicy, memberId, reasonsOf, simulated } from '../../support/outage-stage.ts';

const disk = fleetPolicy({
  name: 'Web-disk',
  symptom: 'disk',
  ladder: [
    aRung({ remedy: 'clear-caches', params: {}, verifyWithin: { minutes: 5 } }),
    aRung({ remedy: 'grow-volume', params: { ceilingGibibytes: 200 }, settle: { minutes: 1 }, verifyWithin: { minutes: 5 } }),
    aRung({ remedy: 'grow-file-system', params: { path: '/' }, verifyWithin: { minutes: 5 } }),
  ],
});
const volume = {
  id: 'vol-0123456789abcdef0',
  gibibytes: 50,
  state: 'in-use',
  attachedTo: [memberId(0)],
  tags: { SelfHeal: 'enabled' },
} as const;

describe('a disk ladder whose second rung only makes the room that the third one takes', () => {
  it('heals again two days later, past what did not help and over what did', async () => {
    const fills = (at: number) => aFault({ policy: disk.name, at, deliveries: [0], curedBy: ['grow-file-system'] });
    const history = await simulated(
      { policies: [disk], volumes: [volume], faults: [fills(0), fills(48 * HOUR)] },
      // The first change is completed by then; the simulated account has no clock.
      { breakPorts: (ports) => ({ ...ports, volumes: { ...ports.volumes, lastModification: async () => undefined } }) },
    );

    expect(reasonsOf(history)).toEqual(['healed', 'healed']);
    const acts = history.lines.filter(({ kind }) => kind === 'acted').map(({ text }) => text);
    expect(acts).toEqual([
      'clear old temporary files in /tmp, /var/tmp',
      'grow volume vol-0123456789abcdef0 at /dev/xvda from 50 to 60 GiB',
      'grow the file system of / to the size of its disk',
      'grow volume vol-0123456789abcdef0 at /dev/xvda from 60 to 72 GiB',
      'grow the file system of / to the size of its disk',
    ]);
  });
});
