import { setTimeout as sleep } from 'node:timers/promises';
import { fixtures } from '../stage/fixtures.ts';
import type { Stage } from '../stage/stage.ts';
import type { Scenario } from './scenario.ts';

/** All that two members can do, and two thirds of what three can. */
const WORK_PERCENT_OF_ONE_MEMBER = 200;

const POLICY = 'Group-group-cpu';

/** The half hour that the capacity is kept takes a minute here; the rest is room for looks that come too early. */
const GIVEN_BACK_WITHIN_MS = 150_000;

export const groupOverloaded: Scenario = {
  name: 'group-overloaded',
  title: 'The Auto Scaling group has too little capacity for its load; when the load is over, capacity is given back',
  track: 'group',
  policy: POLICY,
  expected: { outcome: 'recovered', reason: 'healed', acts: ['SetDesiredCapacity shop 3', 'SetDesiredCapacity shop 2'] },
  real: [
    'The members really burnt CPU time, measured from outside; a third node was booted and took its share of the work.',
    'When the work was over, a node was really shut down, and two served on.',
  ],
  simulated: ['The Auto Scaling group is simulated by the rehearsal; the work is dealt out evenly in place of a load balancer.'],
  target: () => ({ kind: 'auto-scaling-group', name: fixtures.group.name }),
  breakIt: (stage) => stage.load.set(WORK_PERCENT_OF_ONE_MEMBER),
  isBroken: async (stage) => WORK_PERCENT_OF_ONE_MEMBER / stage.groupNodes().length > 80,
  endsCured: true,
  async afterwards(stage, faultAt) {
    await stage.load.set(0);
    if (stage.groupNodes().length === fixtures.group.desired) throw new Error('no capacity was added that could be given back');
    await untilGivenBack(stage, faultAt);
    await stage.autoScaling.settled();
    const left = stage.groupNodes().length;
    if (left !== fixtures.group.desired) throw new Error(`${left} members serve after the capacity was given back`);
  },
  tidyUp: (stage) => stage.load.set(0),
};

async function untilGivenBack(stage: Stage, faultAt: number): Promise<void> {
  const deadline = Date.now() + GIVEN_BACK_WITHIN_MS;
  while (Date.now() < deadline) {
    const lines = await stage.history.since(faultAt);
    if (lines.some(({ kind, policy }) => kind === 'given-back' && policy === POLICY)) return;
    await sleep(500);
  }
  throw new Error(`the capacity was not given back within ${GIVEN_BACK_WITHIN_MS / 1_000} s`);
}
