import { setTimeout as sleep } from 'node:timers/promises';
import { targetInWords } from '../../lambdas/core/target.ts';
import { fixtures } from '../stage/fixtures.ts';
import type { Stage } from '../stage/stage.ts';
import { diskGrown, fillDisk } from './disk-grown.ts';
import { instanceOf, realNode, simulatedNode } from './fleet-node.ts';
import type { Scenario } from './scenario.ts';

const { node: NODE } = fixtures.volume;
const HOURS_LATER = 48;

/** What the volume has become by then. */
const gibibytes = Math.ceil(fixtures.volume.gibibytes * 1.2);

const FIRST_ENDS_WITHIN_MS = 90_000;

export const diskGrownAgain: Scenario = {
  ...diskGrown,
  name: 'disk-grown-again',
  title: 'Two days after the volume was grown, data fills the disk once more: what did not help then is left out, and it is grown again',
  expected: {
    outcome: 'recovered',
    reason: 'healed',
    acts: ['SendCommand healing-grow-volume', `ModifyVolume ${Math.ceil(gibibytes * 1.2)} GiB`, 'SendCommand healing-grow-file-system'],
  },
  real: [
    ...realNode,
    'It is a second fault of the same node under the same policy; the attempts of the first one were in the table and decided what was tried.',
    `The disk, xfs of ${gibibytes} GiB by then, really became larger a second time while it was in use.`,
  ],
  simulated: [
    ...simulatedNode,
    `EBS's clock was put ${HOURS_LATER} hours forward: it takes four changes of a volume in 24 hours.`,
    'The pipeline remembers attempts for a time that is shortened as all others, in which both faults lie.',
  ],
  async before(stage) {
    // Simulated alone, the first fault has not been there yet.
    if (stage.machines.volumes().some((volume) => volume.gibibytes === fixtures.volume.gibibytes)) await growOnce(stage);
    stage.machines.letHoursPass(HOURS_LATER);
  },
  breakIt: (stage) => fillDisk(stage, gibibytes),
};

async function growOnce(stage: Stage): Promise<void> {
  const since = Date.now();
  const target = targetInWords(instanceOf(stage.machines.named(NODE)));
  await diskGrown.breakIt(stage);
  while (
    !(await stage.history.since(since)).some(
      ({ kind, policy, target: of }) => kind === 'outcome' && policy === diskGrown.policy && of === target,
    )
  ) {
    if (Date.now() - since > FIRST_ENDS_WITHIN_MS) throw new Error('the first fault did not come to its end');
    await sleep(500);
  }
  await diskGrown.tidyUp?.(stage);
}
