import { awsCommandHere } from '../commands-here.ts';
import { inWords, milliseconds } from '../duration.ts';
import { check } from './check.ts';
import { ok, wrong } from './finding.ts';

/** The sweep comes by every five minutes; three may be missing. */
const WITHIN = { minutes: 15 };

/** Whether the pipeline itself is alive. */
export const heartbeat = check({
  name: 'heartbeat',
  whether: 'the sweep came by lately',
  needs: ['heartbeat'],
  judge({ heartbeat: last }, { now, ...place }) {
    const mend = awsCommandHere(place, `logs tail /aws/lambda/${place.pipeline}-sweep --since 1h`);
    if (last === undefined)
      return [wrong('sweep', 'no sweep came by in the last hour; after a first deployment wait for ten minutes', mend)];
    const age = inWords(now - last);
    return now - last > milliseconds(WITHIN)
      ? [wrong('sweep', `the last sweep came by ${age} ago`, mend)]
      : [ok('sweep', `the last one came by ${age} ago`)];
  },
});
