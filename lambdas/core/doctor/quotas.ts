import { check } from './check.ts';
import { ok, warning, wrong } from './finding.ts';

/** From this share on the next deployment may not fit. */
const NEARLY = 0.9;

/** Whether AWS's limits leave room. */
export const quotas = check({
  name: 'quotas',
  whether: 'rules, alarms and concurrent functions are well within what the account may have',
  needs: ['quotas'],
  judge: ({ quotas: found }) =>
    found.map(({ name, used, allowed, known, more }) => {
      const says = `${used} of ${allowed} are used${known ? '' : " (AWS's default; the account's own could not be read)"}`;
      const mend = more ?? 'remove what is not needed; AWS raises this limit for nobody';
      if (used >= allowed) return wrong(name, says, mend);
      return used >= allowed * NEARLY ? warning(name, says, mend) : ok(name, says);
    }),
});
