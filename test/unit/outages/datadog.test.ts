import { MINUTE } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { aFault, fleetOf, fleetPolicy, member, memberId, reasonsOf, simulated } from '../../support/outage-stage.ts';

// Datadog, 8 March 2023: an unattended upgrade restarted a system service on every node, in five regions of three clouds within
// an hour, and took the nodes' network routes away. Zones, which fail apart from each other, were hit at the same time.

const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];
const SIZE = 12;

/** Half of the fleet at once, but of a zone's four members a quarter. */
const staggered = { percent: 50, members: 6, zonePercent: 25 };
/** So that what holds here is the zones' limit and not the common cause. */
const stormLimits = { percent: 100, targets: 40, within: { minutes: 10 }, exitAfter: { minutes: 15 } };

/** Three members of the first zone and one of each other. */
const ill = [0, 3, 6, 1, 2];

const zoneOf = (target: string) => ZONES[Number.parseInt(target.replace('instance#i-', ''), 16) % ZONES.length];

function upgraded(waitAtMost: { readonly minutes: number }, curedBy: readonly string[]) {
  const policy = fleetPolicy({ guardrails: { blastRadius: staggered, storm: stormLimits, waitAtMost } });
  const faults = ill.map((number) => aFault({ target: member(number), curedBy, cureTakes: MINUTE }));
  return simulated({ policies: [policy], instances: fleetOf(SIZE, ZONES), faults });
}

describe('Datadog, 2023: the same change was made to all zones at once', () => {
  it('members of one zone are repaired one after the other, each after the one before has proved itself', async () => {
    const history = await upgraded({ minutes: 60 }, ['restart-service']);
    const inFirstZone = history.acts.filter(({ target }) => zoneOf(target) === ZONES[0]).map(({ at }) => at);

    expect(inFirstZone).toHaveLength(3);
    for (const [index, at] of inFirstZone.slice(1).entries()) expect(at - (inFirstZone[index] as number)).toBeGreaterThan(4 * MINUTE);
    expect(reasonsOf(history)).toEqual(ill.map(() => 'healed'));
    expect(history.lines.some(({ text }) => text.startsWith('wait (blast-radius): 1 of 4 members in eu-west-1a'))).toBe(true);
  });

  it('when the first repair of a zone does not help, nothing more of the zone is touched', async () => {
    const history = await upgraded({ minutes: 2 }, []);
    const zones = history.acts.map(({ target }) => zoneOf(target)).sort();

    expect(zones).toEqual(ZONES);
    expect(history.lines.filter(({ reason }) => reason === 'blast-radius')).toMatchObject([
      { kind: 'outcome', outcome: 'handed-off', text: expect.stringContaining('eu-west-1a') },
      { kind: 'outcome', outcome: 'handed-off', text: expect.stringContaining('eu-west-1a') },
    ]);
  });

  it("without the zones' limit that fleet would have been repaired in all places at once", async () => {
    const policy = fleetPolicy({ guardrails: { blastRadius: { ...staggered, zonePercent: 100 }, storm: stormLimits } });
    const faults = ill.map((number) => aFault({ target: member(number) }));
    const history = await simulated({ policies: [policy], instances: fleetOf(SIZE, ZONES), faults });
    expect(
      history.acts
        .filter(({ at }) => at === history.startedAt)
        .map(({ target }) => target)
        .sort(),
    ).toEqual(ill.map((number) => `instance#${memberId(number)}`).sort());
  });
});
