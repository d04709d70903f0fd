import { MINUTE } from '@self-healing/simulation/builders.ts';
import type { Story } from '@self-healing/simulation/story.ts';
import { describe, expect, it } from 'vitest';
import { targetKey } from '../../../lambdas/core/target.ts';
import { aFault, fleetPolicy, member, reasonsOf, simulated } from '../../support/outage-stage.ts';

// Facebook, 23 September 2010: the repair of cached configuration read every error of the database as one more bad value, and
// asked the database again to repair it. The more errors there were, the more it repaired, until the site was turned off.

const never = Number.POSITIVE_INFINITY;
const unanswered = (...ports: string[]): Pick<Story, 'outages'> => ({ outages: [{ from: 0, to: never, ports }] });

describe('Facebook, 2010: an error in reading the state was taken for the fault, and each repair made more errors', () => {
  it.each(['alarms', 'instances', 'store', 'claims', 'pauseSwitch'])('nothing is acted on while %s answer nobody', async (port) => {
    const { acts } = await simulated(unanswered(port));
    expect(acts).toEqual([]);
  });

  it.each([
    ['of the fleet', fleetPolicy()],
    ['of one instance', fleetPolicy({ targets: { kind: 'fixed', target: member(0) } })],
  ])('an alarm %s that cannot be read ends as a hand-off that says so, and not as a repair', async (_, policy) => {
    const { acts, notices, lines } = await simulated({ policies: [policy], ...unanswered('alarms') });

    expect(acts).toEqual([]);
    expect(lines.filter(({ kind }) => kind === 'outcome')).toMatchObject([
      { outcome: 'handed-off', reason: 'unexpected-error', text: expect.stringContaining('no answer') },
    ]);
    expect(notices).toHaveLength(1);
  });

  it('what went wrong while the state could not be read is repaired once it can be', async () => {
    const outages = [{ from: 0, to: 5_000, ports: ['alarms'] }];
    const { acts, lines } = await simulated({ outages, faults: [aFault({ curedBy: ['restart-service'], cureTakes: MINUTE })] });

    expect(acts).toHaveLength(1);
    expect(reasonsOf({ lines })).toEqual(['healed']);
  });

  it('a member whose metric stopped is looked at for a while and handed off, never acted on', async () => {
    const policy = fleetPolicy({ targets: { kind: 'fixed', target: member(0) } });
    const history = await simulated(
      { policies: [policy] },
      {
        breakPorts: (ports) => ({ ...ports, alarms: { ...ports.alarms, state: async () => ({ state: 'INSUFFICIENT_DATA', reason: '' }) } }),
      },
    );

    expect(history.acts).toEqual([]);
    expect(reasonsOf(history)).toEqual(['symptom-unknown']);
  });

  it('repairs that fail one after the other stop: the circuit breaker opens, and later faults are not repaired', async () => {
    const faults = [0, 1, 2, 3, 4].map((number) => aFault({ target: member(number), at: number * 12 * MINUTE }));
    const history = await simulated({ faults });

    expect(history.acts.map(({ target }) => target)).toEqual([0, 1, 2].map((number) => targetKey(member(number))));
    expect(history.lines.filter(({ kind }) => kind === 'breaker')).toHaveLength(1);
    expect(reasonsOf(history)).toEqual([...Array(3).fill('ladder-exhausted'), ...Array(2).fill('breaker-open')]);
  });
});
