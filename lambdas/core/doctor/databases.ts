import { awsCommandHere } from '../commands-here.ts';
import { targetInWords } from '../target.ts';
import { check } from './check.ts';
import { ok, warning, wrong } from './finding.ts';

/** Whether the databases are there. */
export const databases = check({
  name: 'databases',
  whether: 'each database that is named exists and is available',
  needs: ['databases'],
  judge({ databases: found }, place) {
    if (found.length === 0) return [ok('databases', 'none is protected')];
    return found.map(({ target, status }) => {
      const about = targetInWords(target);
      const kind = target.kind === 'database' ? 'instances' : 'clusters';
      if (status === undefined)
        return wrong(about, 'RDS knows none of that name in this Region', awsCommandHere(place, `rds describe-db-${kind}`));
      return status === 'available'
        ? ok(about, status)
        : warning(about, `it is ${status}`, awsCommandHere(place, 'rds describe-events --duration 60'));
    });
  },
});
