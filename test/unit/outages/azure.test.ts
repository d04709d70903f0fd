import { MINUTE, SECOND } from '@self-healing/simulation/builders.ts';
import { describe, expect, it } from 'vitest';
import { aFault, fleetOf, fleetPolicy, member, memberId, reasonsOf, simulated } from '../../support/outage-stage.ts';

// Azure, 29 February 2012: on the leap day agents could not make a certificate and did not start. Their servers looked like bad
// hardware and were set aside, and the machines on them were moved to other servers, where the same happened.

const SIZE = 40;
/** 20 % of forty. */
const THRESHOLD = 8;
/** 10 % of forty. */
const BLAST_RADIUS = 4;

const onAll = (count: number, apart: number) =>
  Array.from({ length: count }, (_, number) => aFault({ target: member(number), at: number * apart, curedBy: ['replace-instance'] }));

describe('Azure, 2012: the same fault everywhere was taken for bad hardware, and healing spread it', () => {
  it('the same fault on all members at once is one incident for a person, and nothing is repaired', async () => {
    const history = await simulated({ instances: fleetOf(SIZE), faults: onAll(SIZE, 0) });
    const reasons = reasonsOf(history);

    expect(history.acts).toEqual([]);
    expect(reasons.filter((reason) => reason === 'storm')).toHaveLength(1);
    expect(reasons.filter((reason) => reason === 'part-of-storm')).toHaveLength(SIZE - 1);
    expect(history.notices).toHaveLength(1);
  });

  it('a fault that goes from member to member is repaired on a few, and no more once it is seen to be one cause', async () => {
    const history = await simulated({ instances: fleetOf(SIZE), faults: onAll(SIZE, 5 * SECOND) });
    const declared = history.lines.find(({ text }) => text.startsWith('declares a storm'));

    expect(history.acts.length).toBeLessThanOrEqual(BLAST_RADIUS);
    expect(declared).toBeDefined();
    expect(history.acts.filter(({ at }) => at > Date.parse(declared?.at ?? ''))).toEqual([]);
    expect(Date.parse(declared?.at ?? '') - history.startedAt).toBeLessThanOrEqual(THRESHOLD * 5 * SECOND);
    expect(new Set(reasonsOf(history))).toContain('storm');
  });

  it('members that fall ill during the storm are not repaired', async () => {
    const latecomer = aFault({ target: member(30), at: 10 * MINUTE, curedBy: ['restart-service'] });
    const history = await simulated({ instances: fleetOf(SIZE), faults: [...onAll(THRESHOLD, 0), latecomer] });
    expect(history.acts).toEqual([]);
    expect(reasonsOf(history).at(-1)).toBe('part-of-storm');
  });

  it('fewer members than make a storm are repaired', async () => {
    const faults = onAll(2, 0).map((fault) => ({ ...fault, curedBy: ['restart-service'] }));
    const history = await simulated({ instances: fleetOf(SIZE), policies: [fleetPolicy()], faults });
    expect(history.acts.map(({ target }) => target).sort()).toEqual([0, 1].map((number) => `instance#${memberId(number)}`));
    expect(reasonsOf(history)).toEqual(['healed', 'healed']);
  });
});
