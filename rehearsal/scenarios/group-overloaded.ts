import { SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { cast } from '../stage/cast.ts';
import type { Scenario } from './scenario.ts';

/** All that two members can do, and two thirds of what three can. */
const WORK_PERCENT_OF_ONE_MEMBER = 200;

export const groupOverloaded: Scenario = {
  name: 'group-overloaded',
  title: 'The Auto Scaling group has too little capacity for its load',
  track: 'group',
  policy: 'Group-group-cpu',
  expected: { outcome: 'recovered', reason: 'healed', acts: ['SetDesiredCapacity shop 3'] },
  real: ['The members really burnt CPU time, measured from outside; a third node was booted and took its share of the work.'],
  simulated: ['The Auto Scaling group is played by the rehearsal; the work is dealt out evenly in place of a load balancer.'],
  target: () => ({ kind: 'auto-scaling-group', name: cast.group.name }),
  breakIt: (stage) => stage.load.set(WORK_PERCENT_OF_ONE_MEMBER),
  isBroken: async (stage) => WORK_PERCENT_OF_ONE_MEMBER / stage.groupNodes().length > 80,
  endsCured: true,
  async tidyUp(stage) {
    await stage.load.set(0);
    await stage.clients.autoScaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: cast.group.name, DesiredCapacity: cast.group.desired }),
    );
    await stage.autoScaling.settled();
  },
};
