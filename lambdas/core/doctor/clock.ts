import { inWords, milliseconds } from '../duration.ts';
import { check } from './check.ts';
import { ok, wrong } from './finding.ts';

/** AWS refuses a signature that is five minutes off; times of the history are misread long before. */
const WITHIN = { minutes: 1 };

/** Whether times mean the same here and there. */
export const clock = check({
  name: 'clock',
  whether: 'the clock here agrees with that of AWS',
  needs: ['ahead'],
  judge({ ahead }) {
    const off = Math.abs(ahead);
    if (off <= milliseconds(WITHIN)) return [ok('clock', 'it agrees with that of AWS within a minute')];
    return [wrong('clock', `it is ${inWords(off)} ${ahead > 0 ? 'ahead of' : 'behind'} that of AWS`, 'timedatectl set-ntp true')];
  },
});
